"""Bringing a channel's articles out: what `select` chose goes through the ledger to the platform.

The queue of a channel holds what is still to be decided about. An article leaves it once its slot is settled: sent,
skipped, refused or unconfirmed. One that must wait (a flood, a broken channel) stays at its head, so that the order of
the articles is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.checkpoints import Moment, passed
from bot.model import Article, Attempt, Place, Post, Receipt, Slot, SlotState
from bot.ports import Clock, Ledger, Origins, Overdue, Queues
from bot.problems import Problems
from bot.render import under
from bot.story import Due
from bot.wishes import Wish
from scheduler.deliver import LEASE, Delivery, Outcome
from scheduler.follow_ups import FollowUps
from scheduler.jobs import Jobs
from scheduler.lineup import Lineup, Lineups
from scheduler.selection import ENDLESS, Channel, Selection, Skip
from scheduler.together import RoundUps
from scheduler.wording import wording

log = structlog.get_logger(__name__)

Compose = Callable[[Article, Channel, Wish], Post]
"""What goes out, in the editors' words and with a sound only if they want one."""
Pin = Callable[[Channel, Article, Receipt], Awaitable[None]]
"""Puts a post at the top of its place."""
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
        lineups: Lineups | None = None,
        pin: Pin | None = None,
        round_ups: RoundUps | None = None,
        follow_ups: FollowUps | None = None,
    ) -> None:
        self.channel = channel
        self.budget = 0
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
        self._lineups = lineups or Lineups(queues, overdue)
        self._pin = pin
        self._round_ups = round_ups
        self._follow_ups = follow_ups
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
        """There may be something new, something due again, or something that editors want otherwise."""
        await self.post()

    async def post(self, budget: int | None = None) -> None:
        """Send what is due: `budget` articles that need a slot (else what is left of the last one), and before them
        those that need none. While it is being found out whether the last post is there, nothing: the order is kept."""
        async with self._turn:
            budget = ENDLESS if self.channel.timetable.at_once else self.budget if budget is None else budget
            self.budget = budget
            held = await self._hold()
            if held is not None:
                self._wake(held)
                return
            lineup = await self._lineups.of(self.channel, now=self._clock.now())
            chosen = lineup.select(budget)
            if chosen.spare is not None:
                begun = await self._lineups.bring_back(self.channel, chosen.spare, at=lineup.at)
                chosen = chosen if begun else Selection(skip=chosen.skip, wait_until=chosen.wait_until)
            await self._skip(chosen.skip)
            sending = await self._send(chosen, lineup)
            interrupted = sending.freed or sending.held_until is not None
            self.budget = budget - sending.used if interrupted else chosen.left  # what nobody wants lapses
            again = sending.held_until or (lineup.at if sending.freed else chosen.wait_until)
            self._wake(again, None if sending.held_until else lineup.next_due)

    async def post_now(self) -> Attempt | None:
        """Send the next article at once, past slots, quiet hours and gaps. None: there is nothing to send. One that is
        put off by the platform is not overtaken: its last word is the answer."""
        async with self._turn:
            lineup = await self._lineups.of(self.channel, now=self._clock.now())
            for article in lineup.waiting:
                if not lineup.may_go(article):
                    continue
                reason = lineup.why_not(article)
                if reason is not None:
                    await self._skip((Skip(article, reason),))
                    continue
                await self._set_due(article, "now")
                outcome = await self._deliver(article, lineup)
                if outcome is not None:
                    self._wake(outcome.attempt.until, timer="asked for")
                    return outcome.attempt
                blocking = await self._blocking(article)
                if blocking is not None:
                    return blocking
            return None

    async def _send(self, chosen: Selection, lineup: Lineup) -> _Sending:
        """Send what goes alone, in order, then what goes together."""
        together = chosen.together if self._round_ups is not None else ()
        alone = await self._send_each([one for one in chosen.send if one not in together], chosen, lineup)
        if self._round_ups is None or not together or alone.held_until is not None or self._stopping.is_set():
            return alone
        after = await self._send_together(self._round_ups, chosen, lineup)
        return _Sending(alone.used + after.used, after.held_until, alone.freed or after.freed)

    async def _send_each(self, articles: Sequence[Article], chosen: Selection, lineup: Lineup) -> _Sending:
        """A deferred article has used its chance: the ledger keeps the next one for it."""
        used, freed = 0, False
        for article in articles:
            if self._stopping.is_set():
                break
            await self._set_due(article, chosen.why[article.key])
            outcome = await self._deliver(article, lineup)
            if outcome is None:
                blocking = await self._blocking(article)
                if blocking is not None:
                    soonest = self._clock.now() + LOOK_AGAIN
                    return _Sending(used, held_until=max(blocking.until or soonest, soonest))
                freed = True
                continue
            used += article.key in chosen.spending
            if outcome.attempt.state is SlotState.DEFERRED:
                return _Sending(used, held_until=outcome.attempt.until)
            held = await self._hold() if outcome.attempt.state is SlotState.UNCONFIRMED else None
            if held is not None:
                return _Sending(used, held_until=held)
        return _Sending(used, freed=freed)

    async def _send_together(self, round_ups: RoundUps, chosen: Selection, lineup: Lineup) -> _Sending:
        """Send a round-up. What was left out of it, for want of room or since it is settled, is looked at again."""
        for article in chosen.together:
            await self._set_due(article, chosen.why[article.key])
        passed(Moment.SELECTED)
        ended = await round_ups.send(chosen.together, self.channel, self._delivery, wish=lineup.wish)
        keys = [article.key for article, _ in ended]
        outcome = ended[0][1] if ended else None
        if outcome is None:
            blocking = [await self._blocking(article) for article in chosen.together]
            waits = [one.until for one in blocking if one is not None and one.until is not None]
            return _Sending(0, held_until=min(waits, default=None), freed=True)
        if outcome.attempt.state is not SlotState.DEFERRED:
            await self._queues.remove(self.name, keys)
            passed(Moment.DEQUEUED)
        self._tell(ended[0][0], outcome)
        used = sum(key in chosen.spending for key in keys)
        held = outcome.attempt.until if outcome.attempt.state is SlotState.DEFERRED else await self._hold()
        return _Sending(used, held_until=held, freed=len(keys) < len(chosen.together))

    async def _hold(self) -> datetime | None:
        return await self._held_until(self.channel.place) if self._held_until is not None else None

    async def _set_due(self, article: Article, why: str) -> None:
        """For the story of the article: it is its turn now, and why now."""
        if self._origins is not None:
            await self._origins.set_due(article.key, Due(self.channel.place, self._clock.now(), why))

    async def _deliver(self, article: Article, lineup: Lineup) -> Outcome | None:
        passed(Moment.SELECTED)
        slot, wish = Slot(article.key, self.channel.place), lineup.wish(article)
        post = under(self._compose(article, self.channel, wish), await self._above(article))
        if self._round_ups is not None:
            await self._round_ups.alone(slot)
        outcome = await self._delivery.send(slot, post, public=True, wording=wording(article))
        if outcome is None:
            return None
        if outcome.attempt.state is not SlotState.DEFERRED:
            await self._queues.remove(self.name, [article.key])
            passed(Moment.DEQUEUED)
        self._tell(article, outcome)
        if wish.pinned and outcome.attempt.receipt is not None and self._pin is not None:
            await self._pin(self.channel, article, outcome.attempt.receipt)
        return outcome

    async def _above(self, article: Article) -> Receipt | None:
        return await self._follow_ups.above(article, self.channel) if self._follow_ups is not None else None

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

    def _wake(self, *times: datetime | None, timer: str = "next") -> None:
        """Look again at the first of these moments. A slot that could not be used now is used then, but not past the
        next one: slots never add up."""
        known = [time for time in times if time is not None]
        if known:
            self._jobs.at(f"{self.name}: {timer}", min(known), self.news)

    def _set_next_slot(self) -> None:
        slot = self.channel.timetable.next_slot(self._clock.now())
        if slot is not None:
            self._jobs.at(f"{self.name}: slot", slot, lambda: self._fire(slot))

    async def _fire(self, slot: datetime) -> None:
        """A cron slot has come: taken once, even if two processes wake for it."""
        self._set_next_slot()
        if await self._overdue.first_firing(self.name, slot):
            await self.post(self.channel.per_slot)
