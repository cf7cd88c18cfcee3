"""Doors to articles: sources, the archive, editions, and what waits to be decided about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.conditions import SourceState
from bot.editions import Edition
from bot.identity import Told
from bot.imprint import Imprint
from bot.model import Article
from bot.names import Name


class Newsstand(Protocol):
    """Reads sources. Raises SourceError; never blocks the event loop on parsing."""

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> FeedReading:
        """`listing`: the name of the CSS selectors for a page that lists articles. `last`: how the feed was written
        when all of it was kept; entries that stand there as before may then be left out."""
        ...

    async def page(self, url: str, profile: str) -> Article:
        """What a page tells beside its feed: a lead that is only guessed is left out, since the feed knows better."""
        ...

    async def study(self, url: str, profile: str) -> PageReading:
        """The same page with all that it tells, and why it is read so."""
        ...


class PageReading(Protocol):
    """The article of a page."""

    @property
    def article(self) -> Article:
        """With all that is guessed, for who has nothing but the page."""
        ...

    @property
    def certain(self) -> Article:
        """Without a lead that is only guessed."""
        ...

    @property
    def believed(self) -> Mapping[str, str]:
        """For each field the kind of evidence that gave it."""
        ...


class FeedReading(Protocol):
    """A feed as it was found: `entries` is None when nothing has changed."""

    @property
    def entries(self) -> tuple[Article, ...] | None: ...

    @property
    def problems(self) -> tuple[str, ...]: ...

    @property
    def etag(self) -> str | None: ...

    @property
    def last_modified(self) -> str | None: ...

    @property
    def fresh_for(self) -> timedelta | None:
        """How long it stays as it is, by its own word."""
        ...

    @property
    def address(self) -> str | None:
        """Where the feed really is, when that is elsewhere for good."""
        ...

    @property
    def why_there(self) -> str | None: ...

    @property
    def whole(self) -> bool:
        """Whether `entries` are all there are, or only those that changed."""
        ...

    @property
    def imprint(self) -> Imprint | None:
        """How it is written now, to be given with the next question once all of it is kept."""
        ...

    @property
    def ttl(self) -> timedelta | None:
        """How long the feed itself says it stays as it is."""
        ...

    @property
    def hub(self) -> str | None:
        """Where one could have its news pushed from (WebSub)."""
        ...


class Articles(Protocol):
    """The archive, and what each channel still has to decide about. Lifetimes are the store's business."""

    async def unknown(self, articles: Sequence[Article], source: str = "") -> list[Article]:
        """Those of a source never seen before, in the order given: known by id, by address in any variant, or by what
        they say. What is known is kept known for as long again."""
        ...

    async def add(
        self,
        article: Article,
        *,
        source: str,
        at: datetime,
        queues: Iterable[str],
        entry: Article | None = None,
        same_as: str | None = None,
    ) -> None:
        """Keep an article and put it into the queues, in one atomic step; an article kept before is left as it is.
        `entry`: how the feed told it. `same_as`: the article in which another source told the same story before."""
        ...

    async def told(self, limit: int) -> list[Told]:
        """What was told last, and by which source, the oldest first."""
        ...

    async def find(self, name: str) -> Article | None:
        """By key, by the publisher's id or by URL."""
        ...

    async def recent(self, limit: int, *, tag: str | None = None) -> list[Article]:
        """The newest first; with `tag` (folded) only those filed under that term."""
        ...

    async def newest(self) -> list[str]:
        """The keys of all that readers may be shown, the newest first."""
        ...

    async def several(self, articles: Sequence[str]) -> list[Article]:
        """Those of them that are kept, in the order given."""
        ...

    async def names(self) -> list[Name]:
        """Everything that articles were filed under, the most used in the last week first."""
        ...

    async def stamp(self) -> str:
        """Something that is another once an article was added."""
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


class Queues(Protocol):
    """Per queue (a channel, or the fan-out to readers): the articles still to be decided about, oldest first."""

    async def waiting(self, queue: str, limit: int = 1000) -> list[Article]: ...

    async def remove(self, queue: str, articles: Iterable[str]) -> None: ...

    async def sizes(self, queues: Sequence[str]) -> Mapping[str, int]: ...

    async def holds(self, queues: Sequence[str], article: str) -> bool:
        """Whether an article waits in any of them."""
        ...


class SourceStates(Protocol):
    """What is remembered of each source between two readings."""

    async def load(self, source: str) -> SourceState: ...

    async def save(self, source: str, state: SourceState) -> None: ...
