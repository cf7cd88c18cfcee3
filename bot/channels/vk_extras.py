"""What is done around a wall post: its link card is looked at before, a picture uploaded where the card is poor, the
address in the text shortened, and a first comment written after. At an edit, what is attached to the post is kept.

Only one thing of it can hold a post back, and not for long: a page that is not up yet, since VK keeps the empty card it
makes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.channels.deadlines import cancel_again_later
from bot.channels.vk_outcomes import VkFault, delivery_error
from bot.errors import DeliveryError, StoreError, TryLater
from bot.model import Extras, Post, Receipt, digest
from bot.ports import Caution, Cautions, Clock, LinkCards, Pictures, ShortLinks

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=1)
AT_MOST = timedelta(minutes=15)
"""How long a page that is not up is waited for; then the post goes out as it is."""
_UPLOADABLE = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")

Ask = Callable[[str, Mapping[str, Any]], Awaitable[object]]
"""Calls a method of VK; the answer, or a VkFault as a value."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """What looks after wall posts; without one of them its part is left out. `tell` hears what is wrong with link
    cards, or None when the last one was well."""

    cards: LinkCards | None = None
    pictures: Pictures | None = None
    cautions: Cautions | None = None
    tell: Callable[[str | None], None] | None = None
    short_links: ShortLinks | None = None


class Surroundings:
    """What one community's posts get around them. `upload` and `look` (asking as a user) need a user key."""

    def __init__(
        self,
        ask: Ask,
        upload: Callable[[bytes], Awaitable[str]] | None,
        clock: Clock,
        helpers: Helpers,
        look: Ask | None = None,
    ) -> None:
        self._ask = ask
        self._look = look
        self._upload = upload
        self._clock = clock
        self._helpers = helpers

    async def prepared(self, post: Post) -> Post:
        """The post or the edit as it goes out. Raises TryLater for a page that is not up yet, and what looking at the
        wall before an edit failed with."""
        extras = post.extras
        if extras is None or post.method not in {"wall.post", "wall.edit"}:
            return post
        if extras.keeps and self._look is not None:
            post = await self._with_what_is_attached(post, self._look)
        poor = await self._is_poor(extras.card) if extras.card else False
        if extras.picture and (poor or extras.upload):
            post = await self._with_picture(post, extras.picture)
        return await self._with_short_link(post, extras.shorten) if extras.shorten else post

    async def _is_poor(self, address: str) -> bool:
        """Whether the picture had better be uploaded. Raises TryLater."""
        if self._helpers.cards is None:
            return False
        card = await self._helpers.cards(address)
        if not card.up and not await self._waited_enough(address):
            raise TryLater(f"the page is not up yet, VK would keep an empty card: {card.problem}", after=LOOK_AGAIN)
        if self._helpers.tell is not None:
            self._helpers.tell(card.problem)
        return card.problem is not None

    async def _waited_enough(self, address: str) -> bool:
        if self._helpers.cautions is None:
            return True
        now = self._clock.now()
        try:
            since = await self._helpers.cautions.note(Caution.PAGE_NOT_UP, address, at=now)
        except StoreError:
            return True
        return now - since >= AT_MOST

    async def _with_picture(self, post: Post, address: str) -> Post:
        """With the picture before the link, which then stands below it. The post without it should VK refuse it."""
        if self._upload is None or self._helpers.pictures is None:
            return post
        body = await self._helpers.pictures(address)
        if body is None or not body.startswith(_UPLOADABLE):
            return post
        try:
            name = await self._upload(body)
        except DeliveryError as error:
            log.warning("picture_not_uploaded", reason=str(error))
            return post
        attachments = ",".join(part for part in (name, post.params.get("attachments")) if part)
        return replace(post, params={**post.params, "attachments": attachments}, fallback=post)

    async def _with_what_is_attached(self, post: Post, look: Ask) -> Post:
        """An edit with the pictures and whatever else stands on the post, which VK drops when it is not sent again."""
        answer = await look("wall.getById", {"posts": f"{post.params.get('owner_id')}_{post.params.get('post_id')}"})
        if isinstance(answer, VkFault):
            if answer.unknown:
                raise TryLater(f"what stands on the wall can't be seen: {answer.words}", after=LOOK_AGAIN)
            raise delivery_error(answer)
        found = answer.get("items") if isinstance(answer, Mapping) else answer
        standing = found[0] if isinstance(found, list) and found else {}
        names = [name for one in standing.get("attachments") or () if (name := _name_of(one))]
        if not names:
            return post
        attachments = ",".join(part for part in (*names, post.params.get("attachments")) if part)
        return replace(post, params={**post.params, "attachments": attachments}, fallback=post)

    async def _with_short_link(self, post: Post, address: str) -> Post:
        """With vk.cc's address in the text, whose clicks the community can count; else with the whole one."""
        answer = await self._ask("utils.getShortLink", {"url": address, "private": 0})
        said = answer if isinstance(answer, Mapping) else {}
        short, key = said.get("short_url"), said.get("key")
        if not isinstance(short, str) or not short:
            log.warning("link_not_shortened", reason=str(answer))
            return post
        if isinstance(key, str) and self._helpers.short_links is not None:
            try:
                await self._helpers.short_links.shortened(address, key)
            except StoreError as error:
                log.warning("clicks_not_counted", error=str(error))
        extras = post.extras or Extras()
        comment = extras.comment.replace(address, short) if extras.comment else None
        message = str(post.params.get("message", "")).replace(address, short)
        return replace(post, params={**post.params, "message": message}, extras=replace(extras, comment=comment))

    async def follow(self, post: Post, receipt: Receipt) -> None:
        """Write the first comment. Whatever becomes of it, the post is there."""
        comment = post.extras.comment if post.extras and post.method == "wall.post" else None
        if not comment or not receipt.message_id.isdecimal():
            return
        params = {
            "owner_id": post.params.get("owner_id"),
            "post_id": int(receipt.message_id),
            "from_group": abs(int(post.params.get("owner_id") or 0)),
            "message": comment,
            "guid": digest(f"{post.params.get('guid')} comment"),
        }
        try:
            answer = await self._ask("wall.createComment", params)
        except asyncio.CancelledError:
            # the post itself is out, and its receipt must not be lost: the cancellation comes again
            cancel_again_later(asyncio.current_task())
            return
        if not isinstance(answer, Mapping):
            log.warning("comment_not_written", post=receipt.url, reason=str(answer))


def _name_of(attached: Mapping[str, Any]) -> str | None:
    """How what is attached to a post is named in a call; None for a link, which the edit itself names."""
    kind = str(attached.get("type"))
    thing = attached.get(kind)
    if not isinstance(thing, Mapping) or "owner_id" not in thing or "id" not in thing:
        return None
    key = f"_{thing['access_key']}" if thing.get("access_key") else ""
    return f"{kind}{thing['owner_id']}_{thing['id']}{key}"
