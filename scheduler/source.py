"""A source: one feed, sitemap or page that lists articles, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Source:
    """`every` and `slowest` are the bounds of its interval; without `slowest` it is read at one pace."""

    name: str
    url: str
    every: timedelta
    full_page: bool = True
    profile: str = "auto"
    listing: str | None = None
    backfill: int = 0
    slowest: timedelta | None = None

    @property
    def slowest_or_every(self) -> timedelta:
        """The longest interval."""
        return max(self.every, self.slowest or self.every)
