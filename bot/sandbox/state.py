"""What the sandbox's world is made of: chats, the messages in them, and how each of them looks to a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = Any
"""What JSON can hold: the networks' own objects, checked where they come in."""
Sender = Literal["bot", "person"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a message in one style, as a person sees it."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None
    hashtag: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A link card: what a network shows of a page, from the page's OpenGraph tags."""

    url: str
    title: str
    description: str | None = None
    image: str | None = None
    site: str | None = None


PRESSED = ("callback", "text", "inline")
"""Buttons that tell the bot something."""


@dataclass(frozen=True, slots=True)
class Key:
    """A button under a message. `url` opens a page; otherwise `kind` says what a press sends, and `value` is that. One
    that is `inline` stands for a result of an inline query: choosing it sends it as the person's own message."""

    label: str
    kind: Literal["url", "callback", "text", "inline", "other"]
    value: str = ""

    def view(self) -> dict[str, Any]:
        """The button as the board draws it."""
        is_link = self.kind == "url"
        return {"label": self.label, "url": self.value if is_link else None, "press": self.kind in PRESSED}


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment under a post of the wall."""

    id: int
    text: str
    guid: str = ""


Keys = tuple[tuple[Key, ...], ...]


@dataclass(slots=True)
class Message:
    """One message or post. `raw` is the platform's own JSON of it; the rest is what a person sees."""

    id: int
    sender: Sender
    at: datetime
    raw: dict[str, Any]
    runs: tuple[Run, ...] = ()
    card: Card | None = None
    photo: str | None = None
    source: str | None = None
    keys: Keys = ()
    edited: bool = False
    comments: list[Comment] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is written, without its styles."""
        return "".join(run.text for run in self.runs)

    def view(self) -> dict[str, Any]:
        """The message as the board draws it."""
        return {
            "id": str(self.id),
            "from": self.sender,
            "at": self.at.isoformat(),
            "runs": [asdict(run) for run in self.runs],
            "card": asdict(self.card) if self.card else None,
            "photo": self.photo,
            "source": self.source,
            "buttons": [[key.view() for key in row] for row in self.keys],
            "edited": self.edited,
            "answers": self._answered(),
        }

    def _answered(self) -> str | None:
        """The first line of the message that this one answers; a picture without words is an ellipsis."""
        answered = self.raw.get("reply_to_message")
        if not isinstance(answered, dict):
            return None
        lines = str(answered.get("text") or answered.get("caption") or "").strip().splitlines()
        return lines[0] if lines else "…"


@dataclass(slots=True)
class Chat:
    """A channel, a wall, a group or a private chat. A person's private chat has the person's own id.

    `started`: the person has written first, so the bot may write. `bot_status`, `can_post` and `can_edit` are the bot's
    rights in a Telegram channel or group; `threads` are a forum's topics; nothing of a `protected` chat is forwarded.
    `admins` are the persons who administer a group or channel beside its owner, the editor; a group that was upgraded
    is another chat since, `moved_to`.
    """

    platform: Literal["telegram", "vk"]
    id: int
    kind: Literal["private", "channel", "group", "supergroup", "wall"]
    title: str
    username: str | None = None
    language: str = "ru"
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    started: bool = False
    blocked: bool = False
    bot_status: Literal["administrator", "member", "left", "kicked"] = "administrator"
    can_post: bool = True
    can_edit: bool = True
    protected: bool = False
    threads: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    moved_to: int | None = None
    pinned: int | None = None
    notice: str | None = None

    @property
    def name(self) -> str:
        """The chat's name in the world: "telegram:2001"."""
        return f"{self.platform}:{self.id}"

    @property
    def address(self) -> str:
        """What people call it by: "@digest", or its number."""
        return f"@{self.username}" if self.username else str(self.id)

    def next_id(self) -> int:
        """The number of the next message. Numbers grow and are never used again."""
        self.last_id += 1
        return self.last_id


@dataclass(frozen=True, slots=True)
class Call:
    """One request the sandbox was sent. VK's waiting for events is not among them.

    `method` of the newsroom is "rss", "atom", "page" or "picture"; of VK's upload address it is "upload".
    """

    platform: Literal["telegram", "vk", "news"]
    method: str
    params: dict[str, Any]
    at: datetime
