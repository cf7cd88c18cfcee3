"""Doors to readers: subscriptions, names of tags, chats that moved, and small marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from pyroaring import BitMap

from bot.campaigns import Campaign
from bot.model import Place, Platform
from bot.query import Facets
from bot.readers import Match, Reader


class Subscriptions(Protocol):
    """Readers and their subscriptions; matching is by `bot.query.matches`."""

    async def reader(self, place: Place) -> Reader | None: ...

    async def save(self, reader: Reader) -> None:
        """Keep a reader as given: subscriptions, preferences, and whether they can be reached. Adds them if new."""
        ...

    async def forget(self, place: Place) -> None:
        """Erase everything kept about a reader."""
        ...

    async def erase(self, place: Place) -> None:
        """Erase what they subscribed to and how they are served, of a reader of whom nothing else is left."""
        ...

    async def matching(self, found: Facets) -> list[Match]:
        """The active readers whose subscriptions match an article with these facets, each once, with those that do."""
        ...

    async def topics(self, chat: Place) -> list[Place]:
        """The topics of a group that may have readers; none of a chat without topics."""
        ...

    async def count(self) -> Mapping[str, int]:
        """Active readers by platform."""
        ...


class Campaigns(Protocol):
    """Articles on their way to readers, who are known by numbers. Raises StoreError."""

    async def begin(self, article: str, found: Facets, *, now: datetime) -> Campaign:
        """Write down who gets an article with these facets at once, unless that was done before."""
        ...

    async def places(self, readers: Iterable[int]) -> list[Place | None]:
        """Where readers read; None: they asked to be forgotten."""
        ...

    async def numbers(self, places: Iterable[Place]) -> Mapping[Platform, BitMap]:
        """The readers at these places."""
        ...

    async def call_off(self, article: str, found: Facets, reason: str, *, now: datetime) -> list[Place]:
        """Nobody who was not tried yet gets it any more; the groups among its readers, whose slots are to be skipped
        one by one."""
        ...


class Calls(Protocol):
    """Calls to many readers at once, while nobody knows how they ended. Raises StoreError."""

    async def begin(self, article: str, number: int, places: Iterable[Place]) -> None:
        """An article is about to be sent to these readers under a number by which the platform knows a repeat."""
        ...

    async def end(self, article: str, places: Sequence[Place]) -> None:
        """It is known of these how it ended."""
        ...

    async def open(self, article: str) -> Mapping[Place, int]:
        """The number under which an article may have reached a reader, for each of whom that is not known."""
        ...


class Moves(Protocol):
    """Chats that got a new address. Raises StoreError."""

    async def known(self) -> Mapping[Place, Place]:
        """Where chats went, by their old addresses."""
        ...

    async def remember(self, old: Place, new: Place) -> None:
        """Keep in mind where a chat went; what is kept of it stays under its old address."""
        ...

    async def move(self, old: Place, new: Place) -> None:
        """Keep under the new address what is kept under the old one: reader, marks, ledger."""
        ...


class Dossiers(Protocol):
    """What is kept about chats. Raises StoreError."""

    async def about(self, place: Place) -> Mapping[str, Any]:
        """All of it, by where it is kept. Slow."""
        ...


class Dormant(Protocol):
    """Readers whom nothing reaches: they can't be reached, or subscribed to nothing. Raises StoreError."""

    async def note(self, *, now: datetime) -> None:
        """Look at every reader: who is dormant is so from now on, or from when it was noted first."""
        ...

    async def since(self, moment: datetime, limit: int = 1000) -> list[Place]:
        """Those who are dormant since then or longer."""
        ...

    async def drop(self, place: Place) -> None: ...


class Labels(Protocol):
    """Short names for tags, so that a tag of any length fits into a button."""

    async def label(self, tag_id: str) -> str | None: ...


class Marks(Protocol):
    """Small facts that must survive a restart: an update offset, a long-poll `ts`, an event seen."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...

    async def once(self, name: str, lifetime: timedelta) -> bool:
        """True for the first caller within the lifetime."""
        ...
