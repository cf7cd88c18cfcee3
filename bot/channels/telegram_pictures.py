"""How a picture travels to Telegram: its bytes, else its address, else not at all.

What Telegram refused as bytes and by address is remembered for a while and not offered again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiogram.types import BufferedInputFile

from bot.errors import StoreError
from bot.model import Post
from bot.ports import Caution, Cautions, Clock, Pictures

log = structlog.get_logger(__name__)


async def no_pictures(address: str) -> bytes | None:  # noqa: ARG001 - the port's argument
    """Where nothing is fetched."""
    return None


class PictureWays:
    """The ways of one bot. Without `cautions` nothing is remembered."""

    def __init__(self, pictures: Pictures, cautions: Cautions | None, clock: Clock) -> None:
        self._pictures = pictures
        self._cautions = cautions
        self._clock = clock

    async def prepared(self, post: Post) -> Post:
        """The post as it is tried first. What to try next is its fallback, and that one's fallback in turn."""
        addresses = addresses_of(post)
        if not addresses:
            return post
        if post.fallback is not None and [one for one in addresses if await self._is_refused(one)]:
            log.info("picture_left_out", addresses=len(addresses))
            return post.fallback
        bodies = {address: await self._pictures(address) for address in addresses}
        if not any(bodies.values()):
            return post
        return replace(post, params=_with_bodies(post.params, bodies), fallback=post)

    async def given_up(self, post: Post) -> None:
        """Every way was refused: remember the pictures of this post."""
        for address in addresses_of(post):
            try:
                if self._cautions is not None:
                    await self._cautions.note(Caution.PICTURE_REFUSED, address, at=self._clock.now())
            except StoreError as error:
                log.warning("refused_picture_not_noted", error=str(error))

    async def _is_refused(self, address: str) -> bool:
        try:
            return self._cautions is not None and bool(await self._cautions.since(Caution.PICTURE_REFUSED, address))
        except StoreError:
            return False


def addresses_of(post: Post) -> list[str]:
    """The web addresses of a post's pictures."""
    media = post.params.get("media")
    parts = [one.get("media") for one in media if isinstance(one, Mapping)] if isinstance(media, Sequence) else []
    return [one for one in (post.params.get("photo"), *parts) if isinstance(one, str) and one.startswith("http")]


def _with_bodies(params: Mapping[str, Any], bodies: Mapping[str, bytes | None]) -> dict[str, Any]:
    def one(name: object) -> object:
        body = bodies.get(name) if isinstance(name, str) else None
        return BufferedInputFile(body, "picture") if body else name

    if "media" in params:
        return {**params, "media": [{**part, "media": one(part["media"])} for part in params["media"]]}
    return {**params, "photo": one(params.get("photo"))}
