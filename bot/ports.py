"""The doors to the outside, as the core sees them: narrow Protocols without a library's type in them.

Implementations live in `bot/channels`, `bot/source` and `bot/store`; every one of them passes the contract tests in
`tests/contract`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.editions import Edition, Retraction
from bot.model import (
    Article,
    Attempt,
    Claim,
    Lease,
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
from bot.pacing import Ask, Pace, Tally, Turn, Wait
from bot.sightings import Choice, Doubt, OpenDoubt, Seen, Sighting
from bot.story import Due, Origin, Story


class Clock(Protocol):
    """Where the time comes from. Always aware."""

    def now(self) -> datetime: ...


class Publisher(Protocol):
    """Puts a post where its parameters say. One per platform."""

    async def publish(self, post: Post) -> Receipt:
        """Send it once. Raises a DeliveryError: TryLater, Refused, Gone or OutcomeUnknown; never anything else."""
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


class Editions(Protocol):
    """Articles over time: corrected, or taken back. An article keeps its key whatever becomes of it."""

    async def retold(self, said: Sequence[tuple[Article, str]], *, source: str) -> list[tuple[str, Article]]:
        """Of a feed's entries, each with a digest of what it says: the known ones that say something else than before,
        by the key each is kept under. What a source says of an article for the first time is remembered."""
        ...

    async def remember(self, article: str, *, source: str, said: str) -> None:
        """What a source says of an article, as a digest."""
        ...

    async def edition(self, article: str) -> Edition | None:
        """The newest."""
        ...

    async def replace(self, edition: Edition, *, at: datetime) -> bool:
        """Keep an edition in the place of the one before it, and note that it must be brought everywhere: both or
        neither. False: another edition was first, or the article is gone."""
        ...


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


class Queues(Protocol):
    """Per queue (a channel, or the fan-out to readers): the articles still to be decided about, oldest first."""

    async def waiting(self, queue: str, limit: int = 1000) -> list[Article]: ...

    async def remove(self, queue: str, articles: Iterable[str]) -> None: ...

    async def sizes(self, queues: Sequence[str]) -> Mapping[str, int]: ...

    async def holds(self, queues: Sequence[str], article: str) -> bool:
        """Whether an article waits in any of them."""
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


class Questions(Protocol):
    """Puts to the admins what only a person can answer."""

    async def ask(self, doubt: OpenDoubt) -> bool:
        """Tell every admin once. False: it reached nobody."""
        ...


class Confirming(Protocol):
    """The doubts that are left to people."""

    async def open(self) -> list[OpenDoubt]:
        """At public places, the oldest first."""
        ...

    async def decide(self, token: str, choice: Choice, *, by: str) -> OpenDoubt | None:
        """Carry out a person's decision, once. None: it is decided already. `by` is told in the story."""
        ...


class Stories(Protocol):
    """Tells what became of an article."""

    async def story(self, name: str, *, now: datetime) -> Story | None:
        """By key, by the publisher's id, by URL, or by the address of a post of it."""
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


class Alerted(Protocol):
    """What the admins were told of problems that have not ended since, over restarts. Raises StoreError."""

    async def told(self, problem: str) -> str | None:
        """The sentence they were told last, or None: nothing yet, or long ago."""
        ...

    async def remember(self, problem: str, sentence: str) -> None: ...

    async def forget(self, problem: str) -> None: ...


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

    async def propose_retraction(self, name: str, *, by: str, reason: str | None) -> Retraction | None:
        """What taking an article back would do, with the token that confirms it; without one when it was taken back
        before. None: there is no such article."""
        ...

    async def retract(self, token: str) -> Retraction | None:
        """Take back what was proposed: remove it where it stands and send it nowhere again. None: the token was used
        before, or is too old."""
        ...
