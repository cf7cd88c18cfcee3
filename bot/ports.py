"""The doors to the outside, as the core sees them: narrow Protocols without a library's type in them.

Implementations live in `bot/channels`, `bot/source` and `bot/store`; every one of them passes the contract tests in
`tests/contract`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import (
    Article,
    Attempt,
    Claim,
    Place,
    Planned,
    Post,
    Reader,
    Receipt,
    Slot,
    SlotState,
    SourceState,
    Status,
    TagCount,
)


class Clock(Protocol):
    """Where the time comes from. Always aware."""

    def now(self) -> datetime: ...


class Publisher(Protocol):
    """Puts a post where its parameters say. One per platform."""

    async def publish(self, post: Post) -> Receipt:
        """Send it once. Raises a DeliveryError: TryLater, Refused, Gone or OutcomeUnknown; never anything else."""
        ...


class Newsstand(Protocol):
    """Reads sources. Raises SourceError; never blocks the event loop on parsing."""

    async def feed(self, url: str, state: SourceState) -> FeedReading: ...

    async def page(self, url: str, profile: str) -> Article: ...


class FeedReading(Protocol):
    """A feed as it was found: `entries` is None when the source said that nothing has changed."""

    @property
    def entries(self) -> tuple[Article, ...] | None: ...

    @property
    def problems(self) -> tuple[str, ...]: ...

    @property
    def etag(self) -> str | None: ...

    @property
    def last_modified(self) -> str | None: ...


class Articles(Protocol):
    """The archive, and what each channel still has to decide about. Lifetimes are the store's business."""

    async def unknown(self, articles: Sequence[Article]) -> list[Article]:
        """Those never seen before, in the order given. What is known is kept known for as long again."""
        ...

    async def add(self, article: Article, *, source: str, at: datetime, queues: Iterable[str]) -> None:
        """Keep an article and put it into the queues, in one atomic step; an article kept before is left as it is."""
        ...

    async def find(self, name: str) -> Article | None:
        """By key, by the publisher's id or by URL."""
        ...

    async def recent(self, limit: int, *, tag: str | None = None) -> list[Article]:
        """The newest first; with `tag` (folded) only those filed under that term."""
        ...

    async def tags(self, limit: int) -> list[TagCount]:
        """The most used first."""
        ...


class Queues(Protocol):
    """Per queue (a channel, or the fan-out to readers): the articles still to be decided about, oldest first."""

    async def waiting(self, queue: str, limit: int = 1000) -> list[Article]: ...

    async def remove(self, queue: str, articles: Iterable[str]) -> None: ...

    async def sizes(self, queues: Sequence[str]) -> Mapping[str, int]: ...


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

    async def story(self, article: str) -> list[Attempt]:
        """Everything about one article, in order of time."""
        ...


class Overdue(Protocol):
    """The ledger's view by time."""

    async def expire(self, *, now: datetime) -> list[Slot]:
        """Turn every claim whose lease has run out into `unconfirmed`, and name them."""
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

    async def resolve(self, attempt: Attempt) -> bool:
        """Decide: sent, refused, skipped, or deferred to be sent again. False: somebody decided before."""
        ...


class Subscriptions(Protocol):
    """Readers and their tags. Tags are labels as people write them; matching is by `bot.tags.fold`."""

    async def reader(self, place: Place) -> Reader | None: ...

    async def save(self, reader: Reader) -> None:
        """Keep a reader as given: language, tags, and whether they can be reached. Adds them if new."""
        ...

    async def forget(self, place: Place) -> None:
        """Erase everything kept about a reader."""
        ...

    async def matching(self, terms: Iterable[str]) -> list[Place]:
        """The active readers who subscribed to any of the folded terms, each once."""
        ...

    async def count(self) -> Mapping[str, int]:
        """Active readers by platform."""
        ...


class Labels(Protocol):
    """Short names for tags, so that a tag of any length fits into a button."""

    async def label(self, tag_id: str) -> str | None: ...


class SourceStates(Protocol):
    """What is remembered of each source between two readings."""

    async def load(self, source: str) -> SourceState: ...

    async def save(self, source: str, state: SourceState) -> None: ...


class Marks(Protocol):
    """Small facts that must survive a restart: an update offset, a long-poll `ts`, an event seen."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...

    async def once(self, name: str, lifetime: timedelta) -> bool:
        """True for the first caller within the lifetime."""
        ...


class Desk(Protocol):
    """What an admin can see and do: the scheduler's side, as the commands see it."""

    async def status(self, *, now: datetime) -> Status: ...

    async def plan(self, *, now: datetime, hours: float) -> list[Planned]:
        """What will go out, in order of time."""
        ...

    async def post_now(self, channel: str | None, *, now: datetime) -> list[Attempt]:
        """Send the next article at once to one channel, or to each of them. Raises CommandError for an unknown name."""
        ...
