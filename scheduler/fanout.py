"""An article's way to its readers: everybody with a matching subscription, once, on the platform where they subscribed.

Who that is, is written down when the article's turn comes first: its campaign. Two queues hold the articles on their
way. In FRESH an article waits until every reader was tried once; in AGAIN it waits while some of these tries are
deferred. A crash repeats a round, and the ledger repeats no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from bot.campaigns import Campaign
from bot.checkpoints import Moment, passed
from bot.errors import StoreError
from bot.model import Article, Attempt, Place, Platform
from bot.ports import Campaigns, Clock, Ledger, Queues
from bot.query import facets
from scheduler.belt import WAYS, Belt, Line
from scheduler.jobs import Jobs
from scheduler.mailing import Mailing

FRESH, AGAIN = "@readers", "@readers-again"
"""Names of queues; a channel's name has no @, so they can't clash."""

AT_ONCE = 32
"""Articles served at a time: the readers of each are in memory."""


@dataclass(slots=True)
class _Served:
    """An article being brought to its readers: which queue it came from, and a line on each platform."""

    article: Article
    queue: str
    lines: Sequence[Line]

    @property
    def tried(self) -> bool:
        """Every reader was tried once."""
        return all(line.over for line in self.lines)


class FanOut:
    """Sends articles to readers, many at a time and fairly between articles; platforms don't wait for each other."""

    def __init__(
        self,
        *,
        queues: Queues,
        ledger: Ledger,
        campaigns: Campaigns,
        mailing: Mailing,
        platforms: Iterable[Platform],
        public: Iterable[Place],
        jobs: Jobs,
        clock: Clock,
        stopping: asyncio.Event,
        doubts: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._queues = queues
        self._ledger = ledger
        self._campaigns = campaigns
        self._mailing = mailing
        self._platforms = frozenset(platforms)
        self._public = frozenset(public)
        self._jobs = jobs
        self._clock = clock
        self._stopping = stopping
        self._doubts = doubts
        self._turn = asyncio.Lock()
        self._asked = False
        self._stir = asyncio.Event()
        self._due: dict[str, datetime] = {}

    async def run(self) -> None:
        """Bring every waiting article to its readers, as far as it goes now. What comes in the middle joins in. Raises
        StoreError, once everything in flight has ended."""
        self._asked = True
        self._stir.set()
        if self._turn.locked():
            return
        async with self._turn:
            while self._asked and not self._stopping.is_set():
                _tell(await self._serve())

    async def _serve(self) -> list[Exception]:
        """What went wrong with single messages; whatever else goes wrong is raised once nothing is in flight."""
        served: dict[str, _Served] = {}
        wrong: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            belts = {
                platform: Belt(tasks, self._mailing.send, self._stopping.is_set, self._stir.set, WAYS[platform])
                for platform in self._platforms
            }
            try:
                await self._take_along(served, belts)
            except Exception as error:  # noqa: BLE001 - a task boundary: what is in flight goes on to its end
                wrong = error
                for belt in belts.values():
                    belt.stop()
        if wrong is not None:
            raise wrong
        await self._finish(served)
        return [failure for belt in belts.values() for failure in belt.failures]

    async def _take_along(self, served: dict[str, _Served], belts: Mapping[Platform, Belt]) -> None:
        while self._goes_on(belts):
            self._stir.clear()
            if self._asked:
                self._asked = False
                await self._join(served, belts)
            await self._finish(served)
            for belt in belts.values():
                belt.go()
            if self._asked:
                continue
            if all(belt.idle for belt in belts.values()):
                break
            await self._stir.wait()

    def _goes_on(self, belts: Mapping[Platform, Belt]) -> bool:
        return not self._stopping.is_set() and not any(belt.failures for belt in belts.values())

    async def _join(self, served: dict[str, _Served], belts: Mapping[Platform, Belt]) -> None:
        """Take along what waits: articles nobody was tried for yet, and what was deferred and is due."""
        if self._doubts is not None:
            await self._doubts()  # here, where nobody else takes articles out of the queues that it puts them back into
        waiting = await self._queues.waiting(FRESH)
        for article in waiting:
            if article.key not in served and len(served) < AT_ONCE:
                campaign = await self._campaign(article)
                served[article.key] = self._taken(article, FRESH, campaign, campaign.waiting, belts)
        fresh = {article.key for article in waiting}
        for article in await self._queues.waiting(AGAIN):
            if article.key not in fresh | served.keys() and len(served) < AT_ONCE:
                deferred = await self._deferred(article)
                due = [attempt.slot.place for attempt in deferred if self._is_due(attempt)]
                if due:
                    again = await self._campaigns.numbers(due)
                    served[article.key] = self._taken(article, AGAIN, await self._campaign(article), again, belts)
                else:
                    await self._put_off(article, deferred)

    async def _campaign(self, article: Article) -> Campaign:
        return await self._campaigns.begin(article.key, facets(article), now=self._clock.now())

    @staticmethod
    def _taken(
        article: Article,
        queue: str,
        campaign: Campaign,
        readers: Mapping[Platform, BitMap],
        belts: Mapping[Platform, Belt],
    ) -> _Served:
        lines = [
            belt.add(article, readers.get(platform, BitMap()), campaign.crowd.get(platform), at_once=False)
            for platform, belt in belts.items()
        ]
        return _Served(article, queue, lines)

    async def _finish(self, served: dict[str, _Served]) -> None:
        """Clear the queues of articles whose readers were all tried; the timer is set for what was deferred."""
        for key in [key for key, one in served.items() if one.tried]:
            one = served.pop(key)
            if one.queue == FRESH:
                await self._queues.remove(FRESH, [key])
                passed(Moment.DEQUEUED)
                self._asked = self._asked or len(served) == AT_ONCE - 1
            await self._put_off(one.article, await self._deferred(one.article))

    async def _put_off(self, article: Article, deferred: Sequence[Attempt]) -> None:
        """Remember when an article is due again; one that nobody waits for any more leaves the queue."""
        later = [attempt.until for attempt in deferred if attempt.until is not None]
        if later:
            self._due[article.key] = min(later)
        else:
            self._due.pop(article.key, None)
            await self._queues.remove(AGAIN, [article.key])
        if self._due:
            self._jobs.at("readers: deferred", min(self._due.values()), self.run)

    def _is_due(self, attempt: Attempt) -> bool:
        return attempt.until is not None and attempt.until <= self._clock.now()

    async def _deferred(self, article: Article) -> list[Attempt]:
        """The readers' slots of an article whose last word is `deferred`."""
        return [
            attempt for attempt in await self._ledger.put_off(article.key) if attempt.slot.place not in self._public
        ]


def _tell(failures: Sequence[Exception]) -> None:
    """Raise what went wrong with single messages. A store that is away is one plain error: the job is done again."""
    away = next((failure for failure in failures if isinstance(failure, StoreError)), None)
    if away is not None:
        raise StoreError(str(away))
    if failures:
        raise ExceptionGroup("articles on their way to readers", failures)
