"""Doors to what editors change about articles that wait, and to what went out when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Place
from bot.wishes import Wish


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
