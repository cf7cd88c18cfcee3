"""Doors to what editors change about articles that wait, and to what went out when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Article, Place, Post
from bot.wishes import Entry, Order, Result, Wish


class Wishes(Protocol):
    """What editors want of the articles in a queue, by the articles' keys. Raises StoreError."""

    async def of(self, queue: str, articles: Sequence[str]) -> Mapping[str, Wish]:
        """Those of the articles of which anybody wants anything, also after they have left the queue."""
        ...

    async def change(self, queue: str, article: str, *, before: Wish, after: Wish) -> bool:
        """Keep a wish in the place of the one before it. False: somebody changed it since, or the article waits no
        more."""
        ...

    async def swap(self, queue: str, first: str, second: str) -> bool:
        """Two articles of a queue change places. False: one of them waits no more."""
        ...

    async def put(self, queue: str, article: str, wish: Wish, *, at: datetime) -> bool:
        """Put a kept article into a queue, at its end, with a wish. False: it waits there already."""
        ...


class Posted(Protocol):
    """What went out at public places, and when."""

    async def posted(self, place: Place, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """Articles' keys with their times, in order of time."""
        ...


class Evergreens(Protocol):
    """Articles that editors let return. Raises StoreError."""

    async def mark(self, article: str, *, returns: bool) -> bool:
        """Let an article return, or no longer. False: it was so already."""
        ...

    async def marked(self) -> list[Article]:
        """Those that are kept and not taken back, each as it would return next."""
        ...

    async def last(self, place: Place) -> Mapping[str, datetime]:
        """When they went out at a place last, by the keys of the articles that return."""
        ...

    async def begin(self, article: Article, queue: str, place: Place, wish: Wish, *, at: datetime) -> bool:
        """It returns to a place now, under a key of its own, by way of the queue. False: somebody else was first."""
        ...


class Editing(Protocol):
    """What editors do to the articles that wait. Raises StoreError."""

    @property
    def channels(self) -> Mapping[str, Place]:
        """By name, in the order of the settings."""
        ...

    async def entries(self, *, now: datetime) -> list[Entry]:
        """All that wait on any channel: first what has its time, in order, then what goes nowhere yet."""
        ...

    async def entry(self, channel: str, article: str, *, now: datetime) -> Entry | None: ...

    async def order(self, entry: Entry, order: Order, *, by: str, now: datetime) -> Result:
        """Carry out an order on an entry as it was seen."""
        ...

    async def move(self, entry: Entry, *, up: bool, now: datetime) -> Result:
        """Change places with the article before or after it on its channel."""
        ...

    async def put(self, channel: str, article: str, wish: Wish, *, now: datetime) -> bool:
        """Put a kept article on a channel. False: it waits there already."""
        ...

    def post(self, entry: Entry) -> Post:
        """The very post that goes out."""
        ...


class Bringing(Protocol):
    """Articles that editors bring themselves. Raises StoreError."""

    async def from_link(self, url: str) -> Article | None:
        """As it is known, or read now and kept. None: it can't be read."""
        ...

    async def from_text(self, text: str) -> Article: ...


class Showing(Protocol):
    """Shows drafts to the editors."""

    async def show(self, entry: Entry, post: Post) -> bool:
        """The very post, with what can be done to it. False: it reached nobody."""
        ...


class Threads(Protocol):
    """Which of our messages is about which entry, so that it can be answered. Raises StoreError."""

    async def tie(self, place: Place, message: str, entry: str) -> None: ...

    async def entry_of(self, place: Place, message: str) -> str | None: ...
