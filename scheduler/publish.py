"""Bringing a channel's articles out: what `select` chose goes through the ledger to the platform.

The queue of a channel holds what is still to be decided about. An article leaves it once its slot is settled: sent,
skipped, refused or unconfirmed. One that must wait (a flood, a broken channel) stays at its head, so that the order of
the articles is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.model import Article, Attempt, Post, Slot, SlotState
from bot.ports import Clock, Ledger, Overdue, Queues
from bot.problems import Problems
from scheduler.deliver import Delivery, Outcome
from scheduler.jobs import Jobs
from scheduler.selection import ENDLESS, Channel, Skip, select, why_not

log = structlog.get_logger(__name__)

Compose = Callable[[Article, Channel], Post]


class Publication:
    """One channel at work."""

    def __init__(
        self,
        channel: Channel,
        *,
        queues: Queues,
        ledger: Ledger,
        overdue: Overdue,
        delivery: Delivery,
        compose: Compose,
        jobs: Jobs,
        problems: Problems,
        clock: Clock,
        stopping: asyncio.Event,
    ) -> None:
        self.channel = channel
        self._queues = queues
        self._ledger = ledger
        self._overdue = overdue
        self._delivery = delivery
        self._compose = compose
        self._jobs = jobs
        self._problems = problems
        self._clock = clock
        self._stopping = stopping
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """The channel's name in the settings."""
        return self.channel.name

    async def start(self) -> None:
        """Set the timers, and take up what was left undone."""
        self._set_next_slot()
        await self.news()

    async def news(self) -> None:
        """There may be something new, or something due again."""
        await self.post(ENDLESS if self.channel.timetable.at_once else 0)

    async def post(self, budget: int) -> None:
        """Send what is due: `budget` new articles, and before them those deferred until now."""
        async with self._turn:
            now = self._clock.now()
            due, next_due = await self._overdue.deferred(self.channel.place, now=now)
            chosen = select(
                self.channel,
                await self._queues.waiting(self.name),
                now=now,
                budget=budget + len(due),
                last_sent=await self._overdue.last_sent(self.channel.place),
            )
            await self._skip(chosen.skip)
            used, held_until = await self._send(chosen.send)
            self._wake_deferred(next_due, held_until)
            self._wake_rest(held_until or chosen.wait_until, budget - max(0, used - len(due)))

    async def post_now(self) -> Attempt | None:
        """Send the next article at once, past slots, quiet hours and gaps. None: there is nothing to send."""
        async with self._turn:
            for article in await self._queues.waiting(self.name):
                reason = why_not(self.channel, article, now=self._clock.now())
                if reason is not None:
                    await self._skip((Skip(article, reason),))
                    continue
                outcome = await self._deliver(article)
                if outcome is not None:
                    return outcome.attempt
            return None

    async def _send(self, articles: tuple[Article, ...]) -> tuple[int, datetime | None]:
        """Send in order: how many chances were used, and until when the channel must wait. A deferred article has
        used its chance: the ledger keeps the next one for it."""
        used = 0
        for article in articles:
            if self._stopping.is_set():
                break
            outcome = await self._deliver(article)
            if outcome is None:
                until = await self._blocked_until(article)
                if until is not None:
                    return used, until
                continue
            used += 1
            if outcome.attempt.state is SlotState.DEFERRED:
                return used, outcome.attempt.until
        return used, None

    async def _deliver(self, article: Article) -> Outcome | None:
        slot = Slot(article.key, self.channel.place)
        outcome = await self._delivery.send(slot, self._compose(article, self.channel), public=True)
        if outcome is None:
            return None
        if outcome.attempt.state is not SlotState.DEFERRED:
            await self._queues.remove(self.name, [article.key])
        self._tell(outcome)
        return outcome

    async def _blocked_until(self, article: Article) -> datetime | None:
        """Why there was no claim: settled before (then it leaves the queue), or due later (then the channel waits)."""
        slot = Slot(article.key, self.channel.place)
        last = (await self._ledger.states([slot]))[0]
        if last is not None and last.state in {SlotState.DEFERRED, SlotState.CLAIMED}:
            return last.until
        await self._queues.remove(self.name, [article.key])
        return None

    async def _skip(self, skips: tuple[Skip, ...]) -> None:
        now = self._clock.now()
        for skip in skips:
            slot = Slot(skip.article.key, self.channel.place)
            await self._ledger.skip(slot, now=now, reason=skip.reason)
            log.info("skipped", slot=str(slot), channel=self.name, reason=skip.reason)
        if skips:
            await self._queues.remove(self.name, [skip.article.key for skip in skips])

    def _tell(self, outcome: Outcome) -> None:
        """The channel's state for /status: broken, or well again after a post."""
        attempt = outcome.attempt
        if outcome.broken is not None:
            self._problems.report(self._topic, outcome.broken)
        elif attempt.state is SlotState.SENT:
            self._problems.clear(self._topic)
        elif attempt.state in {SlotState.REFUSED, SlotState.UNCONFIRMED}:
            self._problems.report(self._topic, f"{attempt.slot.article} {attempt.state}: {attempt.reason}")

    @property
    def _topic(self) -> str:
        return f"channel {self.name}"

    def _wake_deferred(self, *times: datetime | None) -> None:
        known = [time for time in times if time is not None]
        if known:
            self._jobs.at(f"{self.name}: deferred", min(known), lambda: self.post(0))

    def _wake_rest(self, when: datetime | None, budget: int) -> None:
        """A slot that could not be used now is used later, but not past the next one: slots never add up."""
        next_slot = self.channel.timetable.next_slot(self._clock.now())
        if when is not None and budget > 0 and (next_slot is None or when < next_slot):
            self._jobs.at(f"{self.name}: the rest", when, lambda: self.post(budget))

    def _set_next_slot(self) -> None:
        slot = self.channel.timetable.next_slot(self._clock.now())
        if slot is not None:
            self._jobs.at(f"{self.name}: slot", slot, lambda: self._fire(slot))

    async def _fire(self, slot: datetime) -> None:
        """A cron slot has come: taken once, even if two processes wake for it."""
        self._set_next_slot()
        if await self._overdue.first_firing(self.name, slot):
            await self.post(self.channel.per_slot)
