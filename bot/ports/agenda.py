"""Doors to what readers get later: the agenda, what is held for them, and what came meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.agenda import Arrived, Plan
from bot.model import Article, Place
from bot.readers import Delivery


class Agenda(Protocol):
    """When to look at which reader. Raises StoreError."""

    async def look(self, place: Place, *, at: datetime) -> None:
        """Look at a reader then, unless that is to be done sooner."""
        ...

    async def set(self, place: Place, at: datetime | None) -> None:
        """Look at a reader then and not before; None: never."""
        ...

    async def begin(self, place: Place, kinds: Iterable[Delivery], *, now: datetime) -> None:
        """Look at a reader now. Digests of these kinds that they had none of before hold what comes from now on."""
        ...

    async def due(self, *, now: datetime, limit: int) -> list[Place]: ...

    async def next_look(self) -> datetime | None: ...

    async def plans(self, places: Sequence[Place]) -> list[Plan]: ...

    async def keep(self, place: Place, plan: Plan) -> None: ...


class Arrivals(Protocol):
    """Articles that came for readers, for some days. Raises StoreError."""

    async def take_in(self, *, now: datetime) -> int:
        """Stamp what came since the last time; the newest stamp."""
        ...

    async def after(self, stamp: int) -> list[Arrived]:
        """In their order; without those that were taken back."""
        ...


class Held(Protocol):
    """Articles that a reader does not get at once. Raises StoreError."""

    async def hold(self, place: Place, article: str, *, until: datetime) -> None:
        """Keep an article for a reader, and look at them then."""
        ...

    async def release(self, place: Place, *, now: datetime) -> None:
        """Whatever is held may come now."""
        ...

    async def held(self, place: Place) -> Mapping[str, datetime]:
        """Until when each article is held."""
        ...

    async def articles(self, keys: Iterable[str]) -> list[Article]:
        """Those that are still kept and were not taken back."""
        ...

    async def drop(self, place: Place, articles: Iterable[str]) -> None: ...

    async def has_room(self, place: Place, article: str, day: date, cap: int) -> bool:
        """Whether an article is one of the first so many that a reader gets at once that day; then it is counted."""
        ...
