"""The door to VK: posts to a community's wall and to its readers' chats, and reads its events. Its errors are ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from aiohttp import ClientSession

from bot.channels.deadlines import Deadlines
from bot.channels.vk_chats import VkChats
from bot.channels.vk_check import community_problems, key_problems, long_poll_problems, user_problem
from bot.channels.vk_circular import alone, answers, receivers
from bot.channels.vk_door import Door
from bot.channels.vk_events import LongPoll
from bot.channels.vk_extras import Helpers, Surroundings
from bot.channels.vk_outcomes import (
    USER_ONLY,
    VkFault,
    delivery_error,
    is_gone,
    receipt,
    refused_inside,
    remedy,
    repeatable,
)
from bot.errors import DeliveryError, OutcomeUnknown, Refused, TryLater
from bot.model import Post, Receipt
from bot.ports import Clock

log = structlog.get_logger(__name__)

REMEDIES = 3
"""A post may be sent otherwise: without its source line, without its link card, without its media."""
SAVE_FILE = 105
"""VK's error for a file that it can't keep."""
_Answer = TypeVar("_Answer", Receipt, list[Receipt | VkFault])
_UPLOAD_PAUSE = timedelta(seconds=15)


class Vk:
    """Publishes to, and listens to, VK as one community. Use `open_vk`."""

    def __init__(
        self,
        door: Door,
        user_door: Door | None,
        long_poll: LongPoll,
        group_id: int,
        *,
        clock: Clock,
        pause: float,
        helpers: Helpers,
    ) -> None:
        self._door = door
        self._user_door = user_door
        self._long_poll = long_poll
        self._group_id = group_id
        self._clock = clock
        self._pause = pause
        upload = self.upload_wall_photo if user_door is not None else None
        look = partial(_asked, user_door) if user_door is not None else None
        self._surroundings = Surroundings(partial(_asked, door), upload, clock, helpers, look)

    async def publish(self, post: Post) -> Receipt:
        """Call `post.method` with `post.params`; raises a DeliveryError and nothing else.

        When no answer came, a wall.post with a `guid` and a messages.send with a `random_id` are sent once more: VK
        knows a repeat by them. A source or a link card that VK refuses is left out, refused media sends
        `post.fallback`. What a post's `extras` ask for is done around it, see `Surroundings`: a page that is not up yet
        raises TryLater. A cancelled send is awaited to its end, see `settled`. Posts are edited and deleted with the
        user key if there is one; a post to delete that is not there counts as deleted.
        """
        if {"peer_ids", "user_ids"} & post.params.keys():
            raise Refused("a call with several receivers has an answer for each of them: see publish_to_many")
        post = await self._surroundings.prepared(post)
        post, answer = await self._remedied(post, self._once)
        if isinstance(answer, VkFault):
            raise delivery_error(answer)
        await self._surroundings.follow(post, answer)
        return answer

    async def publish_to_many(self, post: Post) -> list[Receipt | DeliveryError]:
        """Send one message to the receivers in `peer_ids`; what became of it at each. Raises a DeliveryError when the
        call as a whole failed. A message that VK can't take as it is for one of them goes to that one by itself."""
        _, said = await self._remedied(post, self._once_to_many)
        if isinstance(said, VkFault):
            raise delivery_error(said)
        return [await self._at_one(post, peer, one) for peer, one in zip(receivers(post), said, strict=True)]

    async def _at_one(self, post: Post, peer: str, answer: Receipt | VkFault) -> Receipt | DeliveryError:
        if not isinstance(answer, VkFault):
            return answer
        if remedy(post, answer) is None:
            return delivery_error(answer)
        try:
            return await self.publish(alone(post, peer))
        except DeliveryError as error:
            return error

    async def _remedied(
        self, post: Post, once: Callable[[Post], Awaitable[_Answer | VkFault]]
    ) -> tuple[Post, _Answer | VkFault]:
        """What was sent in the end, the post or a better one in its place, and the answer to it."""
        answer = await self._send(post, once)
        for _ in range(REMEDIES):
            better = remedy(post, answer) if isinstance(answer, VkFault) else None
            if better is None:
                break
            log.warning("sending_otherwise", method=better.method, reason=str(answer))
            post = better
            answer = await self._send(post, once)
        return post, answer

    async def _send(self, post: Post, once: Callable[[Post], Awaitable[_Answer | VkFault]]) -> _Answer | VkFault:
        answer = await once(post)
        if isinstance(answer, VkFault) and answer.unknown and repeatable(post):
            log.warning("sending_again_with_the_same_key", method=post.method, reason=answer.words)
            await asyncio.sleep(self._pause)
            again = await once(post)
            # A refusal of the repeat says nothing of the first: it may stand all the same.
            return answer if isinstance(again, VkFault) else again
        return answer

    async def _once_to_many(self, post: Post) -> list[Receipt | VkFault] | VkFault:
        answer = await _asked(self._door, post.method, post.params)
        return answer if isinstance(answer, VkFault) else answers(post, answer, self._clock.now())

    async def _once(self, post: Post) -> Receipt | VkFault:
        params = await self._uploaded(post.params)
        if isinstance(params, VkFault):
            return params
        answer = await _asked(self._door_for(post.method), post.method, params)
        answer = refused_inside(post, answer) or answer
        if isinstance(answer, VkFault):
            return Receipt("", self._clock.now()) if await self._gone(post, answer) else answer
        seen = receipt(post, answer, self._clock.now(), self._group_id)
        return VkFault("an answer that does not say what was sent") if seen is None else seen

    async def _uploaded(self, params: Mapping[str, Any]) -> Mapping[str, Any] | VkFault:
        """The parameters with a picture or a document uploaded and attached. What fails here was surely not sent."""
        picture, file = params.get("photo"), params.get("document")
        if isinstance(picture, Mapping):
            return await self._with_picture(params, picture["content"])
        if not isinstance(file, Mapping):
            return params
        try:
            saved = await self._door.upload_document(str(file["text"]), str(file["name"]), str(params["peer_id"]))
        except VkFault as fault:
            return VkFault(fault.words, code=fault.code or SAVE_FILE, redirect=fault.redirect)
        document = saved.get("doc") if isinstance(saved, Mapping) else None
        if not isinstance(document, Mapping):
            return VkFault("VK took the file but did not say under which name", code=SAVE_FILE)
        name = f"doc{document.get('owner_id')}_{document.get('id')}"
        rest = {key: value for key, value in params.items() if key != "document"}
        return {**rest, "attachment": name}

    async def _with_picture(self, params: Mapping[str, Any], image: bytes) -> Mapping[str, Any] | VkFault:
        try:
            saved = await self._door.upload_photo(image, str(params["peer_id"]))
            attachment = _attachment(saved)
        except VkFault as fault:
            return VkFault(fault.words, code=fault.code or SAVE_FILE, redirect=fault.redirect)
        except Refused as error:
            return VkFault(str(error), code=SAVE_FILE)
        rest = {key: value for key, value in params.items() if key != "photo"}
        return {**rest, "attachment": attachment}

    async def clicks(self, key: str) -> int:
        """How often a short address was opened so far. Raises a DeliveryError."""
        asked = {"key": key, "interval": "forever", "intervals_count": 1, "extended": 0}
        answer = await _asked(self._door, "utils.getLinkStats", asked)
        if isinstance(answer, VkFault):
            raise delivery_error(answer)
        counted = answer.get("stats") if isinstance(answer, Mapping) else None
        views = [one.get("views") for one in counted or () if isinstance(one, Mapping)]
        return sum(one for one in views if isinstance(one, int))

    def _door_for(self, method: str) -> Door:
        return self._user_door if self._user_door is not None and method in USER_ONLY else self._door

    async def _gone(self, post: Post, fault: VkFault) -> bool:
        """Error 210 is said of a post that is gone and of one that is closed to us: the wall itself knows."""
        if post.method != "wall.delete" or self._user_door is None or fault.code is None:
            return False
        named = {"posts": f"{post.params.get('owner_id')}_{post.params.get('post_id')}"}
        return is_gone(post, fault, await _asked(self._user_door, "wall.getById", named))

    async def upload_wall_photo(self, image: bytes) -> str:
        """Put a picture where wall posts can show it; the name to give in `attachments`. JPG, PNG or GIF, up to 50 MB.

        Needs the user token. Raises TryLater or Refused: an upload nobody uses harms nothing, so it may be repeated.
        """
        if self._user_door is None:
            raise Refused("a picture can be uploaded only with vk.user_token")
        try:
            saved = await self._user_door.upload_photo(image, self._group_id)
        except VkFault as fault:
            saved = fault
        if isinstance(saved, VkFault):
            error = delivery_error(saved)
            raise TryLater(str(error), after=_UPLOAD_PAUSE) if isinstance(error, OutcomeUnknown) else error
        return _attachment(saved)

    @property
    def chats(self) -> VkChats:
        """What VK tells of its chats."""
        return VkChats(self._door)

    async def events(self, ts: str | None) -> tuple[list[dict[str, Any]], str]:
        """See `LongPoll.events`."""
        return await self._long_poll.events(ts)

    async def check(self) -> list[str]:
        """What stands in the way of posting and listening: a sentence each, with what to do. Empty: nothing."""
        permissions = await _asked(self._door, "groups.getTokenPermissions")
        problems = key_problems(permissions)
        if not isinstance(permissions, VkFault):
            group = {"group_id": self._group_id}
            problems += community_problems(await _asked(self._door, "groups.getById", group), self._group_id)
            problems += long_poll_problems(await _asked(self._door, "groups.getLongPollSettings", group))
        if self._user_door is not None:
            problem = user_problem(await _asked(self._user_door, "users.get"))
            problems += [problem] if problem else []
        return problems


async def _asked(door: Door, method: str, params: Mapping[str, Any] | None = None) -> object:
    """VK's answer, or the fault as a value: what is raised for it later then has no context."""
    try:
        return await door.call(method, params)
    except VkFault as fault:
        return fault


def _attachment(saved: object) -> str:
    """`photo<owner>_<id>`, with the access key if there is one, of the first photo that was saved."""
    photo = saved[0] if isinstance(saved, list) and saved else None
    if not isinstance(photo, dict) or "owner_id" not in photo or "id" not in photo:
        raise Refused("VK took the picture but did not say under which name")
    key = f"_{photo['access_key']}" if photo.get("access_key") else ""
    return f"photo{photo['owner_id']}_{photo['id']}{key}"


@asynccontextmanager
async def open_vk(
    token: str,
    api_base: str,
    group_id: int,
    *,
    user_token: str | None = None,
    clock: Clock,
    deadlines: Deadlines | None = None,
    helpers: Helpers | None = None,
) -> AsyncIterator[Vk]:
    """A Vk for the length of the block; nothing is asked of the network yet."""
    limits = deadlines or Deadlines()
    door = Door(token, api_base, community=True, deadlines=limits)
    user_door = Door(user_token, api_base, community=False, deadlines=limits) if user_token else None
    try:
        async with ClientSession() as http:
            long_poll = LongPoll(door, http, group_id, limits)
            yield Vk(
                door,
                user_door,
                long_poll,
                group_id,
                clock=clock,
                pause=limits.pause,
                helpers=helpers or Helpers(),
            )
    finally:
        door.close()
        if user_door is not None:
            user_door.close()
