"""Bringing a channel's articles out: what `select` chose goes through the ledger to the platform.

The queue of a channel holds what is still to be decided about. An article leaves it once its slot is settled: sent,
skipped, refused or unconfirmed. One that must wait (a flood, a broken channel) stays at its head, so that the order of
the articles is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.checkpoints import Moment, passed
from bot.model import Article, Attempt, Place, Post, Slot, SlotState
from bot.ports import Clock, Ledger, Origins, Overdue, Queues
from bot.problems import Problems
from bot.story import Due
from scheduler.deliver import LEASE, Delivery, Outcome
from scheduler.jobs import Jobs
from scheduler.selection import ENDLESS, Channel, Skip, select, why_not
from scheduler.wording import wording

log = structlog.get_logger(__name__)

Compose = Callable[[Article, Channel], Post]
LOOK_AGAIN = timedelta(seconds=5)
"""A claim whose lease has run out stays until the next sweep: asking for it all the time would burn the processor."""


@dataclass(frozen=True, slots=True)
class _Sending:
    """How a round went: chances used; until when the channel must wait; whether one was left over by an article that
    turned out to be settled before."""

    used: int
    held_until: datetime | None = None
    freed: bool = False


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
        held_until: Callable[[Place], Awaitable[datetime | None]] | None = None,
        origins: Origins | None = None,
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
        self._held_until = held_until
        self._origins = origins
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
        """Send what is due: `budget` new articles, and before them those deferred until now. While it is being found
        out whether the last post is there, nothing: the order is kept."""
        async with self._turn:
            now = self._clock.now()
            held = await self._hold()
            if held is not None:
                self._wake_deferred(held)
                self._wake_rest(held, budget)
                return
            waiting = await self._queues.waiting(self.name)
            put_off, next_due = await self._overdue.deferred(self.channel.place, now=now)
            due = [article for article in waiting if article.key in put_off and self._why_not(article) is None]
            chosen = select(
                self.channel,
                waiting,
                now=now,
                budget=budget + len(due),
                last_sent=await self._overdue.last_sent(self.channel.place),
            )
            await self._skip(chosen.skip)
            sending = await self._send(chosen.send)
            again = sending.held_until or (now if sending.freed else chosen.wait_until)
            self._wake_deferred(next_due, again if due else sending.held_until)
            self._wake_rest(again, budget - max(0, sending.used - len(due)))

    async def post_now(self) -> Attempt | None:
        """Send the next article at once, past slots, quiet hours and gaps. None: there is nothing to send. One that is
        put off by the platform is not overtaken: its last word is the answer."""
        async with self._turn:
            for article in await self._queues.waiting(self.name):
                reason = self._why_not(article)
                if reason is not None:
                    await self._skip((Skip(article, reason),))
                    continue
                await self._set_due(article, "now")
                outcome = await self._deliver(article)
                if outcome is not None:
                    self._wake_deferred(outcome.attempt.until)
                    return outcome.attempt
                blocking = await self._blocking(article)
                if blocking is not None:
                    return blocking
            return None

    def _why_not(self, article: Article) -> str | None:
        return why_not(self.channel, article, now=self._clock.now())

    async def _send(self, articles: tuple[Article, ...]) -> _Sending:
        """Send in order. A deferred article has used its chance: the ledger keeps the next one for it."""
        used, freed = 0, False
        for article in articles:
            if self._stopping.is_set():
                break
            await self._set_due(article)
            outcome = await self._deliver(article)
            if outcome is None:
                blocking = await self._blocking(article)
                if blocking is not None:
                    soonest = self._clock.now() + LOOK_AGAIN
                    return _Sending(used, held_until=max(blocking.until or soonest, soonest))
                freed = True
                continue
            used += 1
            if outcome.attempt.state is SlotState.DEFERRED:
                return _Sending(used, held_until=outcome.attempt.until)
            held = await self._hold() if outcome.attempt.state is SlotState.UNCONFIRMED else None
            if held is not None:
                return _Sending(used, held_until=held)
        return _Sending(used, freed=freed)

    async def _hold(self) -> datetime | None:
        return await self._held_until(self.channel.place) if self._held_until is not None else None

    async def _set_due(self, article: Article, why: str | None = None) -> None:
        """For the story of the article: it is its turn now, and why now."""
        if self._origins is not None:
            why = why or ("at once" if self.channel.timetable.at_once else f"slot {self.channel.timetable.schedule}")
            await self._origins.set_due(article.key, Due(self.channel.place, self._clock.now(), why))

    async def _deliver(self, article: Article) -> Outcome | None:
        passed(Moment.SELECTED)
        slot = Slot(article.key, self.channel.place)
        post = self._compose(article, self.channel)
        outcome = await self._delivery.send(slot, post, public=True, wording=wording(article))
        if outcome is None:
            return None
        if outcome.attempt.state is not SlotState.DEFERRED:
            await self._queues.remove(self.name, [article.key])
            passed(Moment.DEQUEUED)
        self._tell(article, outcome)
        return outcome

    async def _blocking(self, article: Article) -> Attempt | None:
        """Why there was no claim: due later (then the channel waits), or settled before (None; it leaves the queue)."""
        slot = Slot(article.key, self.channel.place)
        last = (await self._ledger.states([slot]))[0]
        if last is not None and last.state in {SlotState.DEFERRED, SlotState.CLAIMED}:
            return last
        await self._queues.remove(self.name, [article.key])
        return None

    async def _skip(self, skips: tuple[Skip, ...]) -> None:
        now = self._clock.now()
        for skip in skips:
            slot = Slot(skip.article.key, self.channel.place)
            await self._ledger.skip(slot, now=now, reason=skip.reason)
            await self._give_up(slot, skip.reason)
            log.info("skipped", slot=str(slot), channel=self.name, reason=skip.reason)
        if skips:
            await self._queues.remove(self.name, [skip.article.key for skip in skips])

    async def _give_up(self, slot: Slot, reason: str) -> None:
        """A slot that was put off has a state, which `skip` leaves alone: it is taken over, then decided."""
        last = (await self._ledger.states([slot]))[0]
        if last is None or last.state is not SlotState.DEFERRED or last.until is None:
            return
        now = self._clock.now()
        claim = await self._ledger.claim(slot, now=max(now, last.until), lease=LEASE)
        if claim is not None:
            await self._ledger.settle(claim, Attempt(slot, now, SlotState.SKIPPED, reason))

    def _tell(self, article: Article, outcome: Outcome) -> None:
        """The channel's state for /status: broken, or well again after a post. An article that is refused is told of
        once; one of which nobody knows is asked about by those who look into it."""
        attempt = outcome.attempt
        if outcome.broken is not None:
            self._problems.report(self._topic, outcome.broken)
        elif attempt.state is SlotState.SENT:
            self._problems.clear(self._topic)
        elif attempt.state is SlotState.REFUSED:
            what = f"“{article.headline}” ({article.key}) is refused and will not be sent: {attempt.reason}"
            self._problems.mention(self._topic, what)

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
