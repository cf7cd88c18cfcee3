"""Doors through which messages leave: platforms, their pace, the clock, and the right to work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.errors import DeliveryError
from bot.model import Lease, Place, Post, Receipt
from bot.pacing import Ask, Pace, Tally, Turn, Wait


class Clock(Protocol):
    """Where the time comes from. Always aware."""

    def now(self) -> datetime: ...


class Publisher(Protocol):
    """Puts a post where its parameters say. One per platform."""

    async def publish(self, post: Post) -> Receipt:
        """Send it once. Raises a DeliveryError: TryLater, Refused, Gone or OutcomeUnknown; never anything else."""
        ...


@runtime_checkable
class Circular(Protocol):
    """A publisher by which many readers may get one post in one call."""

    async def publish_to_many(self, post: Post) -> Sequence[Receipt | DeliveryError]:
        """Send it once to all the receivers it names; what became of it at each, in their order. Raises a DeliveryError
        when it reached nobody, or nobody knows whom."""
        ...


class Limiter(Protocol):
    """The books of one token: who may send when. Shared by every process, kept over restarts. Raises StoreError."""

    async def reserve(self, ask: Ask, *, now: datetime) -> Turn | Wait:
        """A turn, counted against the token, its chat and its group in one step; or how long to wait before asking
        again, and then nothing is taken."""
        ...

    async def settle(self, turn: Turn, *, sent: bool, release: datetime, now: datetime) -> Tally:
        """The answer to a turn is there: it was `sent` and counts until `release`, or it was refused."""
        ...

    async def hold(self, place: Place | None, *, until: datetime, now: datetime) -> None:
        """Give no turns before a moment: to one chat, or to nobody."""
        ...

    async def adopt(self, pace: Pace, *, instead_of: Pace) -> bool:
        """Change the pace. False: somebody else has changed it before, or the moment for a trial is missed."""
        ...


class Leases(Protocol):
    """Which copy of the bot does which duties. Several copies may ask; one of them has the duties at a time."""

    async def hold(self, duties: Sequence[str], holder: str, lifetime: timedelta, *, force: bool = False) -> Lease:
        """Take or keep all of the duties for `lifetime`, and say who has them now: `holder`, or else somebody before.

        With `force` they are taken from whoever has them. Claims of the ledger made by this process are refused from
        the moment on at which the duties are no longer `holder`'s. Raises StoreError.
        """
        ...

    async def release(self, duties: Sequence[str], holder: str) -> None:
        """Give back what the holder has."""
        ...
