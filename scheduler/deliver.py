"""One post to one place: claim the slot, send, write down how it ended.

The claim comes before the send and the record after it, so that a crash at any point leaves either nothing sent or a
claim that nobody may take again: it becomes `unconfirmed`. Zero posts beat two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Attempt, Platform, Post, Slot, SlotState
from bot.ports import Clock, Ledger, Publisher

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than any send with its retries may take; after it a claim counts as a crash."""
MENDING = timedelta(minutes=10)
"""How long a place that refuses everything is left alone before the same post is tried there again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a send ended. `gone`: the reader can't be reached. `broken`: the place refuses everything, with its words."""

    attempt: Attempt
    gone: bool = False
    broken: str | None = None


class Delivery:
    """Sends through the ledger: the only way a post of an article leaves the program."""

    def __init__(self, ledger: Ledger, publishers: Mapping[Platform, Publisher], clock: Clock) -> None:
        self._ledger = ledger
        self._publishers = publishers
        self._clock = clock

    async def send(self, slot: Slot, post: Post, *, public: bool) -> Outcome | None:
        """Send a post once. None: the ledger gave no claim, because the slot is settled, deferred or being sent.

        A reader who is gone is let go; a `public` place that is gone (the bot was removed from its own channel) is
        broken, and waits to be mended.
        """
        claim = await self._ledger.claim(slot, now=self._clock.now(), lease=LEASE)
        if claim is None:
            return None
        outcome = await self._publish(slot, post, public=public)
        if not await self._ledger.settle(claim, outcome.attempt):
            log.error("claim_lost", slot=str(slot), outcome=outcome.attempt.state)
        log.info("delivery", slot=str(slot), outcome=outcome.attempt.state, reason=outcome.attempt.reason)
        return outcome

    async def _publish(self, slot: Slot, post: Post, *, public: bool) -> Outcome:
        """Each kind of error becomes the state that fits it."""
        try:
            receipt = await self._publishers[slot.place.platform].publish(post)
        except TryLater as error:
            return Outcome(self._deferred(slot, str(error), error.after))
        except Gone as error:
            return self._broken(slot, str(error)) if public else self._gone(slot, str(error))
        except Refused as error:
            if error.whole_place:
                return self._broken(slot, str(error))
            return Outcome(self._attempt(slot, SlotState.REFUSED, str(error)))
        except OutcomeUnknown as error:
            return Outcome(self._attempt(slot, SlotState.UNCONFIRMED, str(error)))
        return Outcome(Attempt(slot, self._clock.now(), SlotState.SENT, receipt=receipt))

    def _broken(self, slot: Slot, reason: str) -> Outcome:
        return Outcome(self._deferred(slot, reason, MENDING), broken=reason)

    def _gone(self, slot: Slot, reason: str) -> Outcome:
        return Outcome(self._attempt(slot, SlotState.REFUSED, reason), gone=True)

    def _attempt(self, slot: Slot, state: SlotState, reason: str) -> Attempt:
        return Attempt(slot, self._clock.now(), state, reason)

    def _deferred(self, slot: Slot, reason: str, after: timedelta) -> Attempt:
        now = self._clock.now()
        return Attempt(slot, now, SlotState.DEFERRED, reason, until=now + after)
