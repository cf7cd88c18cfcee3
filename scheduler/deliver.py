"""One post to one place: claim the slot, send, write down how it ended.

The claim comes before the send and the record after it, so that a crash at any point leaves either nothing sent or a
claim that nobody may take again: it becomes `unconfirmed`. Zero posts beat two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.checkpoints import Moment, passed
from bot.errors import DeliveryError, Gone, OutcomeUnknown, Refused, StoreError, TryLater
from bot.model import Attempt, Claim, Place, Platform, Post, Receipt, Slot, SlotState
from bot.ports import Clock, Ledger, Publisher, Traces
from bot.problems import Problems
from scheduler.breaker import Breakers
from scheduler.circular import publish_to_many
from scheduler.evidence import trace

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than any send with its retries may take; after it a claim counts as a crash."""
MENDING = timedelta(minutes=10)
"""How long a place that refuses everything is left alone before the same post is tried there again."""
RECORD_AGAIN = timedelta(seconds=2)
"""Between two tries to write down how a send ended, while the store is away."""

Moved = Callable[[Place, Place], Awaitable[None]]
"""Told when a chat turned out to have a new address: the old one, the new one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a send ended. `gone`: the reader can't be reached. `broken`: the place refuses everything, with its words."""

    attempt: Attempt
    gone: bool = False
    broken: str | None = None


class Delivery:
    """Sends through the ledger: the only way a post of an article leaves the program."""

    def __init__(
        self,
        ledger: Ledger,
        publishers: Mapping[Platform, Publisher],
        clock: Clock,
        *,
        lease: timedelta = LEASE,
        breakers: Breakers | None = None,
        moved: Moved | None = None,
        traces: Traces | None = None,
    ) -> None:
        self._ledger = ledger
        self._publishers = publishers
        self._clock = clock
        self._lease = lease
        self._breakers = breakers or Breakers(clock, Problems())
        self._moved = moved
        self._traces = traces

    async def send(self, slot: Slot, post: Post, *, public: bool, wording: str | None = None) -> Outcome | None:
        """Send a post once. None: the ledger gave no claim, because the slot is settled, deferred or being sent.

        `wording` is kept with the outcome: a correction finds by it what still says the old.

        A reader who is gone is let go; a `public` place that is gone (the bot was removed from its own channel) is
        broken, and waits to be mended.
        """
        claim = await self.claim(slot)
        if claim is None:
            return None
        passed(Moment.CLAIMED)
        outcome = await self.carry_out(slot, post, public=public)
        outcome = replace(outcome, attempt=replace(outcome.attempt, wording=wording))
        passed(Moment.SENT)
        await self.settle(claim, outcome.attempt)
        passed(Moment.SETTLED)
        await self._follow(slot, outcome.attempt.receipt)
        return outcome

    async def claim(self, slot: Slot) -> Claim | None:
        """The right to send to a slot. Raises StoreError."""
        return await self._ledger.claim(slot, now=self._clock.now(), lease=self._lease)

    async def carry_out(self, slot: Slot, post: Post, *, public: bool) -> Outcome:
        """Send what is claimed, and say how that ended. How a public post is recognised is kept before: later the
        article, or what editors want of it, may have changed."""
        began = self._clock.now()
        if public and self._traces is not None:
            await self._traces.sending(slot, trace(post))
        outcome = await self._publish(slot, post, public=public)
        since = began if outcome.attempt.state is SlotState.UNCONFIRMED else None
        return replace(outcome, attempt=replace(outcome.attempt, since=since))

    async def settled(
        self, claim: Claim, outcome: Outcome, *, began: datetime, wording: str | None, together: tuple[str, ...] = ()
    ) -> None:
        """What was claimed for a reader has ended. `together`: the articles it went out with, in one message."""
        since = began if outcome.attempt.state is SlotState.UNCONFIRMED else None
        attempt = replace(outcome.attempt, slot=claim.slot, wording=wording, since=since, together=together)
        passed(Moment.SENT)
        await self.settle(claim, attempt)
        passed(Moment.SETTLED)
        await self._follow(claim.slot, attempt.receipt)

    async def settle(self, claim: Claim, attempt: Attempt) -> None:
        """Write down how it ended."""
        if not await self._record(claim, attempt):
            log.error("claim_lost", slot=str(attempt.slot), outcome=attempt.state)
        log.info("delivery", slot=str(attempt.slot), outcome=attempt.state, reason=attempt.reason)

    async def _record(self, claim: Claim, attempt: Attempt) -> bool:
        """Write down how it ended, however long the store is away: nobody else knows. Should the lease run out
        meanwhile, the slot is unconfirmed until then."""
        while True:
            try:
                return await self._ledger.settle(claim, attempt)
            except StoreError as error:
                log.error("not_recorded_yet", slot=str(attempt.slot), outcome=attempt.state, error=str(error))  # noqa: TRY400 - the sentence says it all
            await asyncio.sleep(RECORD_AGAIN.total_seconds())

    async def _follow(self, slot: Slot, receipt: Receipt | None) -> None:
        """A group that became a supergroup is known by its new address from now on."""
        if receipt is not None and receipt.moved_to is not None and self._moved is not None:
            await self._moved(slot.place, receipt.moved_to)

    async def _publish(self, slot: Slot, post: Post, *, public: bool) -> Outcome:
        return (await self.publish([slot], post, public=public))[0]

    async def publish(self, slots: Sequence[Slot], post: Post, *, public: bool) -> list[Outcome]:
        """Send a post once, to the receivers these slots stand for; how that ended for each. Each kind of error becomes
        the state that fits it. While the platform as a whole is in trouble, nothing is tried."""
        platform = slots[0].place.platform
        hold = self._breakers.hold(platform, public=public)
        if hold is not None:
            put_off = (
                Attempt(slot, self._clock.now(), SlotState.DEFERRED, hold.reason, until=hold.until) for slot in slots
            )
            return [Outcome(attempt) for attempt in put_off]
        try:
            answers = await self._answers(slots, post)
        except DeliveryError as error:
            self._breakers.note(platform, error, public=public)
            return [self._ended(slot, error, public=public) for slot in slots]
        self._breakers.note(platform, None, public=public)
        return [self._answered(slot, answer, public=public) for slot, answer in zip(slots, answers, strict=True)]

    async def _answers(self, slots: Sequence[Slot], post: Post) -> Sequence[Receipt | DeliveryError]:
        publisher = self._publishers[slots[0].place.platform]
        if len(slots) == 1:
            return [await publisher.publish(post)]
        return await publish_to_many(publisher, post)

    def _answered(self, slot: Slot, answer: Receipt | DeliveryError, *, public: bool) -> Outcome:
        if isinstance(answer, DeliveryError):
            return self._ended(slot, answer, public=public)
        return Outcome(Attempt(slot, self._clock.now(), SlotState.SENT, receipt=answer))

    def _ended(self, slot: Slot, error: DeliveryError, *, public: bool) -> Outcome:
        reason = str(error)
        if isinstance(error, TryLater):
            return Outcome(self._deferred(slot, reason, error.after))
        if isinstance(error, OutcomeUnknown):
            return Outcome(self._attempt(slot, SlotState.UNCONFIRMED, reason))
        refuses_all = isinstance(error, Refused) and error.whole_place
        if refuses_all and error.cause is not None:
            return self._broken(slot, reason)
        if refuses_all or isinstance(error, Gone):
            return self._broken(slot, reason) if public else self._gone(slot, reason)
        return Outcome(self._attempt(slot, SlotState.REFUSED, reason))

    def _broken(self, slot: Slot, reason: str) -> Outcome:
        return Outcome(self._deferred(slot, reason, MENDING), broken=reason)

    def _gone(self, slot: Slot, reason: str) -> Outcome:
        return Outcome(self._attempt(slot, SlotState.REFUSED, reason), gone=True)

    def _attempt(self, slot: Slot, state: SlotState, reason: str) -> Attempt:
        return Attempt(slot, self._clock.now(), state, reason)

    def _deferred(self, slot: Slot, reason: str, after: timedelta) -> Attempt:
        now = self._clock.now()
        return Attempt(slot, now, SlotState.DEFERRED, reason, until=now + after)
