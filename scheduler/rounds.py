"""The rounds of the day: sources are read when due, channels fire in their slots, readers are served, claims expire.

Everything is set up from settings and ledger at start. New articles wake the fan-out and the channels that post at
once; the rest is timers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.ports import Clock, Overdue
from scheduler.collect import Collector
from scheduler.corrections import Corrections
from scheduler.directory import Directory
from scheduler.fanout import FanOut
from scheduler.jobs import Jobs
from scheduler.outages import Outages
from scheduler.publish import Publication
from scheduler.source import Source

log = structlog.get_logger(__name__)

FALLBACK = timedelta(hours=1)
"""When a source is read again if reading it ended in a way that nobody foresaw."""
SWEEP = timedelta(seconds=5)
"""How often claims whose sender has died, and articles that another process has queued, are looked for."""


class Rounds:
    """Starts and keeps going what runs by the clock. `fanout` is None where readers can't subscribe."""

    def __init__(
        self,
        *,
        directory: Directory | None,
        collector: Collector,
        publications: Sequence[Publication],
        fanout: FanOut | None,
        corrections: Corrections | None = None,
        doubts: Callable[[], Awaitable[None]] | None = None,
        outages: Outages | None = None,
        drafts: Callable[[], Awaitable[None]] | None = None,
        overdue: Overdue,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._reading: dict[str, str] = {}
        self._collector = collector
        self._publications = tuple(publications)
        self._fanout = fanout
        self._corrections = corrections
        self._doubts = doubts
        self._outages = outages
        self._drafts = drafts
        self._overdue = overdue
        self._jobs = jobs
        self._clock = clock

    def start(self) -> None:
        """Set every timer anew; what was left undone by the last run is taken up."""
        self._jobs.now("publications", self._publish)
        self._jobs.now("sweep", self._sweep)
        self._reading.clear()
        self._jobs.now("sources", self._look_for_sources)

    async def _publish(self) -> None:
        """What the bot missed while it was down is known before the first post."""
        if self._outages is not None and self._publications:
            await self._outages.start()
        for publication in self._publications:
            self._jobs.now(f"{publication.name}: start", publication.start)
        self._show_drafts()

    def _show_drafts(self) -> None:
        if self._drafts is not None and self._publications:
            self._jobs.now("drafts", self._drafts)

    async def _look_for_sources(self) -> None:
        """Set a timer for each source that has none: at the start, and when an admin added or resumed one."""
        if self._directory is None:
            return
        active = await self._directory.active()
        self._reading = {name: url for name, url in self._reading.items() if (name, url) in _named(active)}
        for source in active:
            if source.name not in self._reading:
                await self._set_next_check(source)
                self._reading[source.name] = source.url  # last: should the store be away, it is looked for again

    async def _set_next_check(self, source: Source) -> None:
        when = await self._collector.next_check(source)
        self._jobs.at(f"source {source.name}", when, partial(self._collect, source.name))

    async def _collect(self, name: str) -> None:
        """Read a source as it is now; one that was paused or removed meanwhile is left alone."""
        source = await self._directory.find(name) if self._directory is not None else None
        if source is None:
            self._reading.pop(name, None)
            return
        # set first: a bug in one reading must not make it the last
        self._jobs.at(f"source {name}", self._clock.now() + FALLBACK, partial(self._collect, name))
        await self._collector.collect(source, self._tell_news)
        await self._set_next_check(source)
        self._correct()

    def _tell_news(self) -> None:
        if self._fanout is not None:
            self._jobs.now("readers", self._fanout.run)
        for publication in self._publications:
            self._jobs.now(f"{publication.name}: news", publication.news)
        self._show_drafts()

    def _correct(self) -> None:
        if self._corrections is not None:
            self._jobs.now("corrections", self._corrections.run)

    async def _sweep(self) -> None:
        """A claim whose lease ran out was somebody's last act: nobody knows whether the post is there."""
        self._jobs.at("sweep", self._clock.now() + SWEEP, self._sweep)
        self._jobs.now("sources", self._look_for_sources)
        if self._fanout is not None:
            self._jobs.now("readers", self._fanout.run)
        self._correct()
        # a bot in another process may have queued something, or want it otherwise
        for publication in self._publications:
            self._jobs.now(f"{publication.name}: news", publication.news)
        for slot in await self._overdue.expire(now=self._clock.now()):
            log.error("unconfirmed", slot=str(slot), what="the bot stopped while sending")
        if self._doubts is not None:
            self._jobs.now("doubts", self._doubts)


def _named(sources: Sequence[Source]) -> set[tuple[str, str]]:
    return {(source.name, source.url) for source in sources}
