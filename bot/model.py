"""The vocabulary: what travels through the program, as frozen values.

The noun names the stage: an **Article** is read from a source; a **Slot** is one article at one place; a **Post** is
the API call that puts it there; a **Receipt** says that it is there. A person's text is a **Command**, its answer a
**Reply**. No third-party import here.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

DIGEST_CHARS = 10
"""Length of a short digest: 50 bits, so that a clash among 100,000 articles has odds of 1 in 200,000."""


def digest(text: str) -> str:
    """A short, stable name for a text: lower-case letters and digits, fit for keys, buttons and deep links."""
    raw = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return b32encode(raw).decode("ascii").lower()[:DIGEST_CHARS]


class Platform(StrEnum):
    """A network that people read."""

    TELEGRAM = "telegram"
    VK = "vk"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address, with the credit its photographer or agency is owed."""

    url: str
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """The newspaper, agency or station whose text the article is about."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One digest article. Unknown is None or an empty tuple; times are aware; texts are plain, without markup.

    `id` is the publisher's own (a feed's guid or Atom id), else the canonical URL. Inside the program an article is
    known by its `key`. `gallery`: pictures beyond the first.
    """

    id: str
    url: str
    headline: str
    canonical_url: str | None = None
    lead: str | None = None
    body: str | None = None
    image: Image | None = None
    outlet: Outlet | None = None
    original_url: str | None = None
    country: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    disclaimer: str | None = None
    gallery: tuple[Image, ...] = ()
    source: str | None = field(default=None, compare=False)
    """By which of our sources it came, once it is kept; no part of what it says."""
    kept_at: datetime | None = field(default=None, compare=False)
    """Since when it is kept."""
    repeat: int = 0
    """How often it has returned, where it is one of those that may; each time it is known by a key of its own."""
    alike: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Folded terms it is filed under that have other names, each with one of these, as the settings have them."""

    @property
    def key(self) -> str:
        """The article's name in the store, in buttons and in `/why`: a digest of its canonical URL."""
        return f"{self.base}.{self.repeat}" if self.repeat else self.base

    @property
    def base(self) -> str:
        """The key of the article that returned; of any other its own."""
        return digest(self.canonical_url or self.url or self.id)

    @property
    def link(self) -> str:
        """The address readers are sent to."""
        return self.canonical_url or self.url


@dataclass(frozen=True, slots=True)
class Feed:
    """What one reading of a feed gave. `problems` names every entry that had to be left out, and why.

    `ttl`: how long the feed says it stays as it is. `hub`: where one could subscribe to being told (WebSub).
    """

    title: str | None
    url: str
    language: str | None
    entries: tuple[Article, ...]
    problems: tuple[str, ...] = ()
    ttl: timedelta | None = None
    hub: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message can stand: a channel, a wall, a group, a topic of it, or a private chat.

    `chat` is the platform's own address as text: "@digest" or "-1001" or "1001" on Telegram, "-220" (a wall) or "42"
    (a peer) on VK.
    """

    platform: Platform
    chat: str
    thread: int | None = None

    def __str__(self) -> str:
        base = f"{self.platform}:{self.chat}"
        return base if self.thread is None else f"{base}:{self.thread}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of `str(place)`. Raises ValueError on anything else."""
        platform, _, rest = text.partition(":")
        chat, _, thread = rest.partition(":")
        if not chat:
            raise ValueError(f"not a place: {text!r}")
        return cls(Platform(platform), chat, int(thread) if thread else None)


@dataclass(frozen=True, slots=True)
class Slot:
    """One article at one place: the unit of the ledger, sent at most once in public."""

    article: str
    place: Place

    def __str__(self) -> str:
        return f"{self.article}@{self.place}"


@dataclass(frozen=True, slots=True)
class Extras:
    """What is done around a call, as far as it can be: none of it decides whether the post goes out for good.

    `card`: the address whose link card is looked at first. `picture`: what is uploaded in the place of a poor card, or
    (`upload`) in any case. `shorten`: the address in the text that a shorter one takes the place of. `comment`: the
    text of a first comment under the post. `keeps`: of an edit, that what else is attached to the post stays.
    """

    card: str | None = None
    picture: str | None = None
    upload: bool = False
    shorten: str | None = None
    comment: str | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """The exact API call that puts something at a place. If its media is refused, `fallback` is sent instead."""

    platform: Platform
    method: str
    params: Mapping[str, Any]
    fallback: Post | None = None
    extras: Extras | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's word that a post is there. `url` is where a person can see it, if anybody can.

    `moved_to`: the chat has got a new address, and the post stands there. `others`: its further messages, as an album
    has them, whose first one bears the words.
    """

    message_id: str
    at: datetime
    url: str | None = None
    moved_to: Place | None = None
    others: tuple[str, ...] = ()


class SlotState(StrEnum):
    """What the ledger knows of a slot; a slot it never heard of has no state at all."""

    CLAIMED = "claimed"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one slot until `until`. `fence` grows with each claim: a late holder's word is refused."""

    slot: Slot
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """Which copy of the bot works, and the number of its term: each begins with a greater one."""

    epoch: int
    holder: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of a slot's story: what became of it, when and why. `until`: when a deferred slot is due again;
    `since`: when the sending began, where it ended without a word; `wording`: a digest of what the article said;
    `together`: the keys of all articles of the message, where it holds several."""

    slot: Slot
    at: datetime
    state: SlotState
    reason: str | None = None
    until: datetime | None = None
    receipt: Receipt | None = None
    since: datetime | None = None
    wording: str | None = None
    together: tuple[str, ...] = ()
