"""Pulling new articles: read the feed, open each new article's page, keep it, queue it.

An article is queued in the same step in which it is kept, so that a crash leaves it either unknown (and read again) or
queued. What the feed said of itself (ETag) is remembered only after all of its articles are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.checkpoints import Moment, passed
from bot.errors import SourceError
from bot.model import Article, Place, Slot, SourceState
from bot.ports import Articles, Clock, FeedReading, Ledger, Newsstand, SourceStates
from bot.problems import Problems

log = structlog.get_logger(__name__)

LONGEST_BACKOFF = timedelta(days=1)
KEPT_PROBLEMS = 5
"""How many of a feed's bad entries are named to an admin."""


@dataclass(frozen=True, slots=True)
class Source:
    """One feed and how to read it."""

    name: str
    url: str
    every: timedelta
    full_page: bool = True
    profile: str = "auto"
    listing: str | None = None
    backfill: int = 0


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


def backoff(every: timedelta, failures: int) -> timedelta:
    """The wait before the next try: doubled with each failure in a row, a day at most.

    >>> backoff(timedelta(minutes=5), 0), backoff(timedelta(minutes=5), 3)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=2400))
    """
    doubled: timedelta = every * (1 << min(failures, 20))
    return max(every, min(doubled, LONGEST_BACKOFF))


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
        states: SourceStates,
        routes: Routes,
        problems: Problems,
        clock: Clock,
        stopping: asyncio.Event,
        merge: Callable[[Article, Article], Article],
        watching: Watching | None = None,
    ) -> None:
        self._newsstand = newsstand
        self._articles = articles
        self._ledger = ledger
        self._states = states
        self._routes = routes
        self._problems = problems
        self._clock = clock
        self._stopping = stopping
        self._merge = merge
        self._watching = watching or _Unwatched()

    async def collect(self, source: Source, tell: Callable[[], None] = lambda: None) -> int:
        """Read a source once; how many new articles were queued. Never raises SourceError: it is kept in the state.

        `tell` is called as soon as each of them is queued: the first does not wait for the page of the last.
        """
        state = await self._states.load(source.name)
        try:
            reading = await self._newsstand.feed(source.url, state, source.listing)
        except SourceError as error:
            await self._failed(source, state, error)
            return 0
        passed(Moment.FEED_READ)
        entry_problems = list(reading.problems)
        queued = unread = 0
        if reading.entries is not None:
            new = await self._articles.unknown(reading.entries)
            old, fresh = ([], by_age(new)) if state.read_before else self._first_run(source, new)
            for article in old:
                await self._baseline(source, article)
            for article in fresh:
                if self._stopping.is_set():
                    return queued
                if await self._keep(source, article, entry_problems, with_readers=state.read_before):
                    queued += 1
                    tell()
                else:
                    unread += 1
            unread += not await self._watching.look(source, reading.entries)
        await self._succeeded(source, state, reading, entry_problems, read_again=unread > 0)
        return queued

    async def next_check(self, source: Source) -> datetime:
        """When a source is due. A change of `every` counts at once."""
        state = await self._states.load(source.name)
        now = self._clock.now()
        latest = now + backoff(source.every, state.failures)
        return max(now, min(state.next_check or now, latest))

    @staticmethod
    def _first_run(source: Source, new: Sequence[Article]) -> tuple[list[Article], list[Article]]:
        """What is old and stays unposted, and the newest few that `backfill` asks for."""
        ordered = by_age(new)
        cut = max(0, len(ordered) - source.backfill)
        return ordered[:cut], ordered[cut:]

    async def _baseline(self, source: Source, article: Article) -> None:
        now = self._clock.now()
        known = replace(article, headline=article.headline or article.link)  # the archive keeps none without
        await self._watching.remember(source, article, known.key)
        await self._articles.add(known, source=source.name, at=now, queues=())
        for place in self._routes.places:
            reason = "was in the feed before the first reading, and backfill did not ask for it"
            await self._ledger.skip(Slot(article.key, place), now=now, reason=reason)

    async def _keep(self, source: Source, entry: Article, entry_problems: list[str], *, with_readers: bool) -> bool:
        """Queue one new article. False: it has no headline yet, neither in the feed nor on its page."""
        article = await self._whole(source, entry, entry_problems)
        passed(Moment.PAGE_READ)
        if not article.headline:
            entry_problems.append(f"{entry.url}: no headline; tried again at the next reading")
            return False
        queues = (*self._routes.channels, *(self._routes.readers if with_readers else ()))
        await self._watching.remember(source, entry, article.key)  # first: a change must never be the first thing heard
        await self._articles.add(article, source=source.name, at=self._clock.now(), queues=queues)
        passed(Moment.KEPT)
        log.info("collected", source=source.name, article=article.key, url=article.url)
        return True

    async def _whole(self, source: Source, entry: Article, entry_problems: list[str]) -> Article:
        """The entry with what its page adds. A page that can't be read takes nothing away."""
        if not source.full_page:
            return entry
        try:
            page = await self._newsstand.page(entry.url, source.profile)
        except SourceError as error:
            entry_problems.append(f"{entry.url}: {error}; posted from the feed alone")
            log.warning("page_unread", source=source.name, url=entry.url, error=str(error))
            return entry
        return replace(self._merge(entry, page), url=entry.url)

    async def _failed(self, source: Source, state: SourceState, error: SourceError) -> None:
        now = self._clock.now()
        failures = state.failures + 1
        wait = max(backoff(source.every, failures), error.after or timedelta(0))
        await self._states.save(
            source.name,
            replace(state, checked_at=now, next_check=now + wait, failures=failures, error=str(error)),
        )
        self._problems.report(f"source {source.name}", str(error))

    async def _succeeded(
        self,
        source: Source,
        state: SourceState,
        reading: FeedReading,
        entry_problems: Sequence[str],
        *,
        read_again: bool,
    ) -> None:
        """Remember the reading. `read_again`: the feed must come whole next time, even if it has not changed."""
        now = self._clock.now()
        unchanged = reading.entries is None
        await self._states.save(
            source.name,
            replace(
                state,
                etag=None if read_again else state.etag if unchanged else reading.etag,
                last_modified=None if read_again else state.last_modified if unchanged else reading.last_modified,
                checked_at=now,
                succeeded_at=now,
                next_check=now + source.every,
                failures=0,
                error=None,
                problems=state.problems if unchanged else tuple(entry_problems[:KEPT_PROBLEMS]),
                read_before=True,
            ),
        )
        passed(Moment.READING_KEPT)
        self._problems.clear(f"source {source.name}")
        for sentence in set(entry_problems) - set(state.problems):
            log.warning("entry_problem", source=source.name, what=sentence)
