"""Doors to what came of the posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.charts import Chart
from bot.model import Place
from bot.statistics import Echo, Following, Response, Sheet


class Echoes(Protocol):
    """What came back of public posts. Raises StoreError."""

    async def note(self, place: Place, echo: Echo) -> None:
        """Count it, once."""
        ...

    async def numbers(self, place: Place, articles: Sequence[str]) -> list[str | None]:
        """The numbers of the articles' posts at a place; those of one post have the same."""
        ...

    async def of(self, place: Place, numbers: Sequence[str]) -> list[Mapping[Response, int]]:
        """What came back of the posts with these numbers."""
        ...


class Followers(Protocol):
    """Subscriptions begun and ended, by the day. Raises StoreError."""

    async def follow(self, day: date, change: Following) -> None:
        """Add to a day."""
        ...

    async def following(self, days: Sequence[date]) -> Mapping[date, Following]: ...


class ShortLinks(Protocol):
    """By which key the clicks on a shortened address are asked for. Raises StoreError."""

    async def shortened(self, address: str, key: str) -> None: ...

    async def keys_of(self, addresses: Sequence[str]) -> list[str | None]: ...


class Clicks(Protocol):
    """Asks how often a short address was opened, by its key. Raises a DeliveryError."""

    async def clicks(self, key: str) -> int: ...


class Statistics(Protocol):
    """The numbers as the commands see them. Raises StoreError."""

    async def hear(self, echo: Echo) -> None:
        """Count what came back of a message, if it stands on one of our channels."""
        ...

    async def sheet(self, first: date, last: date) -> Sheet: ...

    def today(self, now: datetime) -> date:
        """The day in the newsroom."""
        ...


class Reporting(Protocol):
    """Tells the editors."""

    async def tell(self, sheet: Sheet) -> bool:
        """False: it reached nobody."""
        ...


class Drawing(Protocol):
    """Draws a chart, without blocking anybody; a PNG."""

    async def __call__(self, chart: Chart) -> bytes: ...
