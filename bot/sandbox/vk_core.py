"""What the sandbox's VK remembers, and the rules its methods share: errors, people, photos, limits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.newsroom import Newsroom
from bot.sandbox.state import Card, Chat, Message
from bot.sandbox.vk_longpoll import LongPoll
from bot.sandbox.vk_rules import GROUP, USER
from bot.sandbox.world import EDITOR_ID, GROUP_ID, World

Args = dict[str, Any]
GROUP_TOKEN = "vk1.a.sandbox-community-key"  # noqa: S105 - it opens this sandbox only
USER_TOKEN = "vk1.a.sandbox-user-key"  # noqa: S105 - it opens this sandbox only
FIRST_CONVERSATION = 2_000_000_000
WALL_ALBUM, MESSAGES_ALBUM = -14, -64
MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    8: "Invalid request",
    15: "Access denied",
    27: "Group authorization failed: method is unavailable with group auth.",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    105: "Couldn't save file",
    113: "Invalid user id",
    121: "Invalid hash",
    125: "Invalid group id",
    150: "Invalid timestamp",
    210: "Access to wall's post denied",
    214: "Access to adding post denied",
    901: "Can't send messages for users without permission",
    909: "Can't edit this message, because it's too old",
    911: "Keyboard format is invalid",
    914: "Message is too long",
    917: "You don't have access to this chat",
    924: "Can't delete this message for everybody",
}


class VkRefusal(Exception):
    """An error of VK: its code, and the end of its message."""

    def __init__(self, code: int, more: str = "") -> None:
        self.code = code
        self.message = f"{MESSAGES[code]}: {more}" if more else MESSAGES[code]
        super().__init__(f"[{code}] {self.message}")


@dataclass(slots=True)
class VkLimits:
    """None: as often as one likes. Requests a second by kind of key; posts a day on the wall (error 214)."""

    user_per_second: int | None = None
    group_per_second: int | None = None
    posts_per_day: int | None = None
    _requests: dict[str, deque[datetime]] = field(default_factory=dict)

    def check(self, kind: str, now: datetime) -> None:
        """Count a request. Raises VkRefusal 6 when it is one too many."""
        allowed = self.user_per_second if kind == USER else self.group_per_second
        past = self._requests.setdefault(kind, deque())
        while past and past[0] <= now - timedelta(seconds=1):
            past.popleft()
        if allowed is not None and len(past) >= allowed:
            raise VkRefusal(6)
        past.append(now)


@dataclass(frozen=True, slots=True)
class Photo:
    """A saved photo. `name` is what attachments call it: "photo-220_1". `url` is where screens load it from."""

    id: int
    owner_id: int
    album_id: int
    url: str
    at: datetime

    @property
    def name(self) -> str:
        """The photo as an attachment."""
        return f"photo{self.owner_id}_{self.id}"

    def raw(self) -> Args:
        """The photo as VK tells it. The sandbox does not measure pictures."""
        size = {"type": "x", "url": self.url, "width": 604, "height": 317}
        about = {"id": self.id, "owner_id": self.owner_id, "album_id": self.album_id, "text": "", "has_tags": False}
        return about | {"date": int(self.at.timestamp()), "access_key": f"key{self.id}", "sizes": [size]}


@dataclass(slots=True)
class Postponed:
    """A post that waits for its time."""

    message: Message
    due: datetime


class VkState:
    """Everything VK keeps for one community."""

    def __init__(self, world: World, newsroom: Newsroom, url: str) -> None:
        self.world = world
        self.newsroom = newsroom
        self.url = f"{url}/vk"
        self.token = GROUP_TOKEN
        self.user_token = USER_TOKEN
        self.group_id = GROUP_ID
        self.user_id = EDITOR_ID
        self.limits = VkLimits()
        self.longpoll = LongPoll(self.url, GROUP_ID)
        self.uploads: dict[str, tuple[bytes, str]] = {}
        self.photos: dict[str, Photo] = {}
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.short_links: dict[str, str] = {}
        self.opened: dict[str, int] = {}
        self.postponed: list[Postponed] = []
        self.guids: dict[str, tuple[datetime, int]] = {}
        self.random_ids: dict[tuple[int, int], Message] = {}
        self.pressed: dict[str, Chat] = {}
        self.event_answers: list[Args] = []
        self._last_message = 0
        self._last_photo = 456_239_000

    @property
    def wall(self) -> Chat:
        """The community's wall."""
        return self.world.wall

    def key_kind(self, token: str) -> str:
        """The kind of a key. Raises VkRefusal 5 for a wrong one."""
        if token == self.token:
            return GROUP
        if token == self.user_token:
            return USER
        raise VkRefusal(5)

    def next_message_id(self) -> int:
        """The number of the community's next message, in any conversation."""
        self._last_message += 1
        return self._last_message

    def person(self, user_id: int) -> Chat | None:
        """The private chat with a person."""
        chat = self.world.chats.get(f"vk:{user_id}")
        return chat if chat and chat.kind == "private" else None

    def conversation(self, peer: int) -> Chat:
        """A chat of several people that the community is in. Raises VkRefusal 917 for any other."""
        chat = self.world.chats.get(f"vk:{peer}")
        if chat is None or chat.kind != "group" or chat.bot_status in ("left", "kicked"):
            raise VkRefusal(917)
        return chat

    def own_group(self, group_id: int) -> None:
        """Raises VkRefusal 125 when it is not the community of the key."""
        if group_id != self.group_id:
            raise VkRefusal(125)

    def save_photo(self, owner_id: int, album_id: int, photo: str) -> Photo:
        """Keep an uploaded photo for use. Raises VkRefusal 121 when nothing was uploaded under that name."""
        if photo not in self.uploads:
            raise VkRefusal(121)
        self._last_photo += 1
        saved = Photo(self._last_photo, owner_id, album_id, f"{self.url}/photo/{photo}", self.world.now())
        self.photos[saved.name] = saved
        return saved

    def link(self, url: str) -> tuple[Args, Card | None]:
        """The link attachment of an address, and the card people see of it."""
        card = self.newsroom.card(url)
        attached: Args = {"url": url, "title": card.title if card else url, "is_favorite": False}
        if card:
            attached |= {"caption": card.site or "", "description": card.description or ""}
        if card and card.image:
            attached["photo"] = Photo(1, self.group_id, -2, card.image, self.world.now()).raw()
        return {"type": "link", "link": attached}, card
