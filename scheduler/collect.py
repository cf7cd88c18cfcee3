"""Pulling new articles: read the feed, open each new article's page, keep it, queue it.

An article is queued in the same step in which it is kept, so that a crash leaves it either unknown (and read again) or
queued. What the feed said of itself (ETag) is remembered only after all of its articles are kept.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol

import structlog

from bot.checkpoints import Moment, passed
from bot.conditions import SourceState
from bot.errors import SourceError
from bot.identity import is_apart
from bot.model import Article, Place, Slot
from bot.ports import Articles, Clock, Ledger, Newsstand
from scheduler.readings import Readings
from scheduler.rhythm import seen_at
from scheduler.same_story import SameStory
from scheduler.source import Source

log = structlog.get_logger(__name__)


class Watching(Protocol):
    """Looks after what is known already."""

    async def remember(self, source: Source, entry: Article, article: str) -> None:
        """What a feed says of an article that is kept for the first time, under a key."""
        ...

    async def look(self, source: Source, entries: Sequence[Article]) -> bool:
        """Notice what was corrected. False: the feed must come whole again."""
        ...


class _Unwatched:
    """What is known stays as it is."""

    async def remember(self, source: Source, entry: Article, article: str) -> None:
        pass

    async def look(self, source: Source, entries: Sequence[Article]) -> bool:  # noqa: ARG002 - the protocol's arguments
        return True


@dataclass(frozen=True, slots=True)
class Routes:
    """Where new articles are queued, and the public places among these."""

    channels: tuple[str, ...]
    places: tuple[Place, ...]
    readers: tuple[str, ...]


class Kept(Enum):
    """What became of a new entry: queued; known or told before, so not queued; or not readable yet."""

    QUEUED = "queued"
    KNOWN = "known"
    UNREAD = "unread"


def by_age(articles: Sequence[Article]) -> list[Article]:
    """The oldest first. Feeds put the newest first, so entries without a date keep their order, reversed."""
    undated = datetime.max.replace(tzinfo=UTC)
    from_the_end = list(articles)
    from_the_end.reverse()
    return sorted(from_the_end, key=lambda article: article.published_at or undated)


class Collector:
    """Reads one source after another into the archive and the queues."""

    def __init__(
        self,
        *,
        newsstand: Newsstand,
        articles: Articles,
        ledger: Ledger,
        readings: Readings,
        routes: Routes,
        clock: Clock,
        stopping: asyncio.Event,
        merge: Callable[[Article, Article], Article],
        watching: Watching | None = None,
        same_story: SameStory | None = None,
    ) -> None:
        self._newsstand = newsstand
        self._articles = articles
        self._ledger = ledger
        self._readings = readings
        self._routes = routes
        self._clock = clock
        self._stopping = stopping
        self._merge = merge
        self._watching = watching or _Unwatched()
        self._same_story = same_story or SameStory(articles, clock, within=timedelta(0), skips_second=False)
        self._stood: dict[str, frozenset[str]] = {}  # by source: what its first reading told, until that is kept

    async def collect(self, source: Source, tell: Callable[[], None] = lambda: None) -> int:
        """Read a source once; how many new articles were queued. Never raises SourceError: it is kept in the state.

        `tell` is called as soon as each of them is queued: the first does not wait for the page of the last.
        """
        state = await self._readings.begin(source)
        try:
            last = self._readings.last(source, state)
            reading = await self._newsstand.feed(state.address or source.url, state, source.listing, last)
        except SourceError as error:
            await self._readings.failed(source, state, error)
            return 0
        passed(Moment.FEED_READ)
        problems = list(reading.problems)
        outcomes: Counter[Kept] = Counter()
        times, settled = state.times, True
        if reading.entries is not None:
            new = await self._articles.unknown(reading.entries, source.name)
            stood = frozenset[str]() if state.read_before else await self._first_told(source, state, reading.entries)
            old, fresh = self._parted(source, new, stood)
            for article in old:
                await self._baseline(source, article)
            for article in fresh:
                if self._stopping.is_set():
                    return outcomes[Kept.QUEUED]
                outcome = await self._keep(source, article, problems, with_readers=article.key not in stood)
                outcomes[outcome] += 1
                if outcome is Kept.QUEUED:
                    tell()
            settled = await self._watching.look(source, reading.entries)
            times = seen_at(times, (entry.published_at for entry in new), self._clock.now())
        read_again = not settled or outcomes[Kept.UNREAD] > 0
        await self._readings.succeeded(source, state, reading, problems, times=times, read_again=read_again)
        self._stood.pop(source.name, None)
        passed(Moment.READING_KEPT)
        return outcomes[Kept.QUEUED]

    async def next_check(self, source: Source) -> datetime:
        """When a source is due."""
        return await self._readings.next_check(source)

    async def _first_told(self, source: Source, state: SourceState, entries: Sequence[Article]) -> frozenset[str]:
        """What stood there when the source was read first: what came while the store took nothing in, or the bot was
        dead, is news."""
        if state.stood:
            return frozenset(state.stood)
        stood = self._stood.setdefault(source.name, frozenset(one.key for one in entries))
        await self._readings.first(source, state, stood)
        return stood

    @staticmethod
    def _parted(source: Source, new: Sequence[Article], stood: frozenset[str]) -> tuple[list[Article], list[Article]]:
        """What is old and stays unposted; and the newest few old ones that `backfill` wants, then what came since."""
        ordered = by_age([one for one in new if one.key in stood])
        cut = max(0, len(ordered) - source.backfill)
        return ordered[:cut], [*ordered[cut:], *by_age([one for one in new if one.key not in stood])]

    async def _baseline(self, source: Source, article: Article) -> None:
        known = replace(article, headline=article.headline or article.link)  # the archive keeps none without
        await self._watching.remember(source, article, known.key)
        await self._articles.add(known, source=source.name, at=self._clock.now(), queues=(), entry=article)
        await self._same_story.remember(known, source.name)
        await self._skip(known, "was in the feed before the first reading, and backfill did not ask for it")

    async def _keep(self, source: Source, entry: Article, problems: list[str], *, with_readers: bool) -> Kept:
        """Queue one new article, unless its page says that it is known, or another source told the story before."""
        article = await self._whole(source, entry, problems)
        passed(Moment.PAGE_READ)
        if not article.headline:
            if source.full_page:
                problems.append(f"{entry.url}: no headline; tried again at the next reading")
                return Kept.UNREAD
            problems.append(f"{entry.url}: neither a title nor a text; left out")
            return Kept.KNOWN
        if article.canonical_url != entry.canonical_url:
            new = await self._articles.unknown([article], source.name)
            if not new:
                log.info("known_by_its_page", source=source.name, url=entry.url, page=article.link)
                return Kept.KNOWN
            article = new[0]
        first = await self._same_story.first(article, source.name)
        skipped = first is not None and self._same_story.skips_second
        queues = () if skipped else (*self._routes.channels, *(self._routes.readers if with_readers else ()))
        await self._watching.remember(source, entry, article.key)  # first: a change must never be the first thing heard
        at, same_as = self._clock.now(), first.key if first else None
        await self._articles.add(article, source=source.name, at=at, queues=queues, entry=entry, same_as=same_as)
        passed(Moment.KEPT)
        await self._same_story.remember(article, source.name)
        log.info("collected", source=source.name, article=article.key, url=article.url, same_as=same_as)
        if first is not None and skipped:
            await self._skip(article, f"the same story as «{first.headline}» of {first.source} ({first.key})")
            return Kept.KNOWN
        return Kept.QUEUED

    async def _skip(self, article: Article, reason: str) -> None:
        for place in self._routes.places:
            await self._ledger.skip(Slot(article.key, place), now=self._clock.now(), reason=reason)

    async def _whole(self, source: Source, entry: Article, problems: list[str]) -> Article:
        """The entry with what its page adds. A page that can't be read takes nothing away."""
        if not source.full_page:
            return entry
        try:
            page = await self._newsstand.page(entry.url, source.profile)
        except SourceError as error:
            problems.append(f"{entry.url}: {error}; posted from the feed alone")
            log.warning("page_unread", source=source.name, url=entry.url, error=str(error))
            return entry
        whole = replace(self._merge(entry, page), url=entry.url)
        return replace(whole, canonical_url=entry.canonical_url) if is_apart(entry) else whole
