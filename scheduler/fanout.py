"""An article's way to its readers: everybody with a matching tag, once, on the platform where they subscribed.

Two queues hold the articles on their way. In FRESH an article waits until every matching reader was tried once; in
AGAIN it waits while some of these tries are deferred. A crash repeats a round, and the ledger repeats no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.model import Article, Attempt, Place, Platform, Post, Reader, Slot, SlotState
from bot.ports import Clock, Ledger, Queues, Subscriptions
from bot.tags import terms
from scheduler.deliver import Delivery, Outcome
from scheduler.jobs import Jobs

log = structlog.get_logger(__name__)

FRESH, AGAIN = "@readers", "@readers-again"
"""Names of queues; a channel's name has no @, so they can't clash."""

Compose = Callable[[Article, Reader], Post]


class FanOut:
    """Sends articles to readers, each platform at its own pace and not waiting for the other."""

    def __init__(
        self,
        *,
        queues: Queues,
        ledger: Ledger,
        subscriptions: Subscriptions,
        delivery: Delivery,
        compose: Compose,
        platforms: Iterable[Platform],
        public: Iterable[Place],
        jobs: Jobs,
        clock: Clock,
        stopping: asyncio.Event,
    ) -> None:
        self._queues = queues
        self._ledger = ledger
        self._subscriptions = subscriptions
        self._delivery = delivery
        self._compose = compose
        self._platforms = frozenset(platforms)
        self._public = frozenset(public)
        self._jobs = jobs
        self._clock = clock
        self._stopping = stopping
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Bring every waiting article to its readers, as far as it goes now; one round at a time."""
        if self._turn.locked():
            return
        async with self._turn:
            for article in await self._queues.waiting(FRESH):
                places = await self._subscriptions.matching(terms(article))
                if not await self._to_all(article, places):
                    return
                await self._queues.remove(FRESH, [article.key])
            await self._again()

    async def _again(self) -> None:
        """What was deferred and is due; the timer is set for what is not."""
        wake: datetime | None = None
        for article in await self._queues.waiting(AGAIN):
            due = [attempt.slot.place for attempt in await self._deferred(article) if self._is_due(attempt)]
            if not await self._to_all(article, due):
                return
            later = [attempt.until for attempt in await self._deferred(article) if attempt.until is not None]
            if later:
                wake = min([*later, *([wake] if wake else [])])
            else:
                await self._queues.remove(AGAIN, [article.key])
        if wake is not None:
            self._jobs.at("readers: deferred", wake, self.run)

    def _is_due(self, attempt: Attempt) -> bool:
        return attempt.until is not None and attempt.until <= self._clock.now()

    async def _deferred(self, article: Article) -> list[Attempt]:
        """The readers' slots of an article whose last word is `deferred`."""
        last = {attempt.slot.place: attempt for attempt in await self._ledger.story(article.key)}
        return [
            attempt
            for place, attempt in last.items()
            if attempt.state is SlotState.DEFERRED and place not in self._public
        ]

    async def _to_all(self, article: Article, places: Iterable[Place]) -> bool:
        """Try each reader once. False: the bot is stopping and some were not tried."""
        by_platform: dict[Platform, list[Place]] = {platform: [] for platform in self._platforms}
        for place in places:
            if place.platform in by_platform:
                by_platform[place.platform].append(place)
        async with asyncio.TaskGroup() as tasks:
            runs = [tasks.create_task(self._to_each(article, group)) for group in by_platform.values()]
        return all(run.result() for run in runs)

    async def _to_each(self, article: Article, places: list[Place]) -> bool:
        for place in places:
            if self._stopping.is_set():
                return False
            await self._to_one(article, place)
        return True

    async def _to_one(self, article: Article, place: Place) -> None:
        reader = await self._subscriptions.reader(place)
        if reader is None or not reader.active:
            return
        outcome = await self._delivery.send(Slot(article.key, place), self._compose(article, reader), public=False)
        if outcome is not None and outcome.gone:
            await self._switch_off(reader, outcome)

    async def _switch_off(self, reader: Reader, outcome: Outcome) -> None:
        """A reader out of reach keeps their tags, and gets nothing until they come back."""
        await self._subscriptions.save(replace(reader, active=False))
        log.info("reader_gone", platform=reader.place.platform, reason=outcome.attempt.reason)
