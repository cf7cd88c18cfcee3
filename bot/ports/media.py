"""Doors to what stands around a post: pictures, link cards, and what is remembered of addresses that are no good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Caution(StrEnum):
    """What was found wrong with an address."""

    PICTURE_REFUSED = "picture"
    PAGE_NOT_UP = "page"


class Cautions(Protocol):
    """What was found wrong with addresses, for a while; then they get another chance. Raises StoreError."""

    async def since(self, what: Caution, address: str) -> datetime | None:
        """When it was noted first, or None."""
        ...

    async def note(self, what: Caution, address: str, *, at: datetime) -> datetime:
        """Note it, and say since when it is known."""
        ...


class Pictures(Protocol):
    """Gives the bytes of the picture at an address, or None when there is none to be had."""

    async def __call__(self, address: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Card:
    """A page as a network's crawler finds it. `up`: it answers; `problem`: why its card would be poor, and the cure."""

    up: bool
    problem: str | None = None


class LinkCards(Protocol):
    """Looks at a page as VK's crawler would."""

    async def __call__(self, address: str) -> Card: ...
