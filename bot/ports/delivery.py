"""Doors to the ledger: what was sent where, what is in doubt, and what became of corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Attempt, Claim, Place, Slot, SlotState
from bot.sightings import Doubt, Seen, Sighting, Trace
from bot.story import Due, Origin


class Amendments(Protocol):
    """Editions on their way to where their articles stand. In slots, `article` is the name of an edition. Carrying one
    out twice does what once does; an older edition never follows a newer one."""

    async def due(self, *, now: datetime) -> tuple[list[str], datetime | None]:
        """Names of the editions to be worked on now, and when the next one will be."""
        ...

    async def postpone(self, name: str, *, until: datetime) -> None: ...

    async def close(self, name: str) -> None: ...

    async def claim(self, slot: Slot, *, now: datetime, lease: timedelta) -> Claim | None:
        """The right to bring an edition to a place. None: decided, not due, in other hands, or overtaken."""
        ...

    async def settle(self, claim: Claim, attempt: Attempt) -> bool:
        """Write down how it ended. False: somebody else had it since."""
        ...

    async def words(self, article: str) -> Mapping[Place, Attempt]:
        """The last word at each place an edition of an article was brought to."""
        ...


class Ledger(Protocol):
    """What was sent where, what was not, and why. Claiming is atomic."""

    async def claim(self, slot: Slot, *, now: datetime, lease: timedelta) -> Claim | None:
        """The right to send, or None: sent, refused, skipped, unconfirmed, claimed by another, or deferred to later."""
        ...

    async def settle(self, claim: Claim, attempt: Attempt) -> bool:
        """Write down how it ended. False: the claim was no longer ours and nothing was changed."""
        ...

    async def skip(self, slot: Slot, *, now: datetime, reason: str) -> None:
        """Decide that a slot will not be sent. A slot that has a state keeps it."""
        ...

    async def states(self, slots: Sequence[Slot]) -> list[Attempt | None]:
        """The last word on each slot."""
        ...

    async def put_off(self, article: str) -> list[Attempt]:
        """The slots of an article whose last word is `deferred`."""
        ...

    async def story(self, article: str) -> list[Attempt]:
        """Everything about one article, in order of time."""
        ...


class Overdue(Protocol):
    """The ledger's view by time."""

    async def expire(self, *, now: datetime, orphaned: bool = False) -> list[Slot]:
        """Turn every claim whose lease has run out into `unconfirmed`, and name them; `orphaned`: every claim there is,
        since nobody who made one is alive."""
        ...

    async def deferred(self, place: Place, *, now: datetime) -> tuple[list[str], datetime | None]:
        """Articles at a place that are due again, and when the next one will be."""
        ...

    async def last_sent(self, place: Place) -> datetime | None: ...

    async def tally(self) -> Mapping[SlotState, int]: ...

    async def first_firing(self, name: str, at: datetime) -> bool:
        """True for the first caller only: a schedule's firing is taken once, by whichever process came first."""
        ...


class Doubts(Protocol):
    """Slots of which nobody knows whether they were sent. They are never claimed again until somebody decides."""

    async def unconfirmed(self, limit: int = 100) -> list[Attempt]:
        """The oldest first."""
        ...

    async def unsettled(self, place: Place) -> list[Slot]:
        """What is being sent to a place, or was with an unknown end: messages that no receipt accounts for."""
        ...

    async def resolve(self, attempt: Attempt, *, queue: str | None = None) -> bool:
        """Decide: sent, refused, skipped, or deferred to be sent again; with `queue` the article goes back into that
        queue in the same step. False: somebody decided before."""
        ...


class Traces(Protocol):
    """What posts at public places leave behind. Numbers are message or post ids."""

    async def note(self, place: Place, seen: Seen) -> None:
        """Keep for some hours what the platform told of a post: the word may come before anybody asks."""
        ...

    async def noted(self, place: Place) -> list[Seen]:
        """The oldest first."""
        ...

    async def receipts(self, place: Place, limit: int = 200) -> list[tuple[int, str]]:
        """The numbers of the last posts, each with its article's key, the newest number first."""
        ...

    async def article_at(self, place: Place, number: int) -> str | None:
        """The key of the article whose post has that number."""
        ...

    async def sending(self, slot: Slot, said: Trace) -> None:
        """Keep for some days how a post that is about to be sent will be recognised."""
        ...

    async def said(self, slot: Slot) -> Trace | None:
        """How what was sent last, or may have been, is recognised."""
        ...


class Companions(Protocol):
    """Which articles went out at a place in one post."""

    async def remember(self, place: Place, articles: Sequence[str]) -> None:
        """These are sent together now, in this order; what was remembered of each of them before is forgotten."""
        ...

    async def forget(self, place: Place, article: str) -> None:
        """It goes by itself."""
        ...

    async def together(self, place: Place, article: str) -> tuple[str, ...]:
        """The articles of the post it is in, in their order; empty when it is alone there."""
        ...


class Origins(Protocol):
    """How an article's story begins."""

    async def origin(self, article: str) -> Origin | None: ...

    async def set_due(self, article: str, due: Due) -> None:
        """It is to go out at a place; the first word on it stays."""
        ...

    async def dues(self, article: str) -> list[Due]: ...


class Witness(Protocol):
    """Finds out whether a post of unknown outcome is there. One per platform."""

    async def look(self, doubt: Doubt) -> Sighting:
        """Look once, without leaving anything behind that readers see, but for the post itself where the platform knows
        a repeat from a second post. Raises TryLater alone: nothing can be seen now."""
        ...
