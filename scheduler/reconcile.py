"""Finding out what became of posts whose outcome nobody told, without ever sending one twice.

Of each unconfirmed slot at a public place it is asked, in this order: did the platform tell of such a post; can it be
seen there; and if neither is certain after a while, the admins, once. What follows from what was seen is decided in
`evidence`; what is asked stays open until a person decides (`decisions`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import DeliveryError, TryLater
from bot.model import Article, Attempt, Place, Platform, Post, Slot, SlotState
from bot.ports import Articles, Clock, Companions, Doubts, Ledger, Traces, Witness
from bot.sightings import Doubt, Sighting
from bot.story import ABSENT, FOUND, TAKEN_BACK
from scheduler.decisions import MOST, Decisions, token_of
from scheduler.evidence import (
    Ask,
    Case,
    Patience,
    SendAgain,
    Settle,
    Step,
    There,
    Wait,
    after_no_look,
    held_until,
    next_step,
)
from scheduler.jobs import Jobs
from scheduler.scene import Scene
from scheduler.selection import Channel

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(minutes=1)
"""After a question that reached nobody."""
NEVER = datetime.max.replace(tzinfo=UTC)


Recompose = Callable[[Article, Channel, str, Sequence[str]], Awaitable[Post]]
"""What was being sent: an article under the key of its slot, or with its companions the round-up they make."""


class Reconciler:
    """Settles what can be settled, and asks about the rest."""

    def __init__(
        self,
        *,
        doubts: Doubts,
        articles: Articles,
        traces: Traces,
        ledger: Ledger,
        scene: Scene,
        decisions: Decisions,
        witnesses: Mapping[Platform, Witness],
        compose: Recompose,
        companions: Companions,
        jobs: Jobs,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._doubts = doubts
        self._articles = articles
        self._traces = traces
        self._ledger = ledger
        self._scene = scene
        self._decisions = decisions
        self._witnesses = witnesses
        self._compose = compose
        self._companions = companions
        self._jobs = jobs
        self._clock = clock
        self._patience = patience
        self._turn = asyncio.Lock()
        self._cases: dict[str, Case] = {}

    async def run(self) -> None:
        """One round over everything in doubt at public places; what is not due yet costs little. Raises StoreError."""
        if self._turn.locked():
            return
        async with self._turn:
            unconfirmed = await self._doubts.unconfirmed(MOST)
            tokens = {token_of(attempt) for attempt in unconfirmed}
            self._cases = {token: case for token, case in self._cases.items() if token in tokens}
            for attempt in unconfirmed:
                await self._reconcile(attempt)
            times = [case.next_look for case in self._cases.values() if case.next_look < NEVER]
            if times:
                self._jobs.at("doubts: look", min(times), self.run)

    async def held_until(self, place: Place) -> datetime | None:
        """Until when, at least, nothing more should go out at a place; None: it is free. Raises StoreError.

        Later articles wait, for a while: so the order is kept, and what is found there can only be the one in doubt.
        """
        now = self._clock.now()
        cases = [self._case(one) for one in await self._doubts.unconfirmed(MOST) if one.slot.place == place]
        untils = [until for case in cases if (until := held_until(case, self._patience, now=now)) is not None]
        if untils:  # whoever asks has just met the doubt: no need to wait for the next round
            self._jobs.at(f"doubts: look at {place}", min(case.next_look for case in cases), self.run)
        return max(untils, default=None)

    def _case(self, attempt: Attempt) -> Case:
        fresh = Case(began=attempt.at, next_look=attempt.at + self._patience.first)
        return self._cases.get(token_of(attempt), fresh)

    async def _reconcile(self, attempt: Attempt) -> None:
        article = await self._articles.find(attempt.slot.article)
        channel = self._decisions.channel_of(attempt.slot, article)
        case = self._case(attempt)
        together = await self._companions.together(attempt.slot.place, attempt.slot.article)
        if together and await self._follows(attempt, together):
            return
        if channel is None or (case.asked and case.next_look > self._clock.now()):
            return
        if case.asked or article is None:
            await self._take(Ask(case.why or "the article is not kept any more"), attempt, case)
            return
        # Composed under the slot's own key: an article whose address was corrected since must not get another guid.
        post = await self._compose(article, channel, attempt.slot.article, together)
        doubt = await self._scene.doubt(attempt, post)
        companions = frozenset(Slot(one, attempt.slot.place) for one in together) - {attempt.slot}
        said = await self._traces.said(Slot(together[0] if together else attempt.slot.article, attempt.slot.place))
        doubt = replace(doubt, companions=companions, said=said)
        await self._take(await self._step(doubt, case), attempt, case)

    async def _follows(self, attempt: Attempt, together: Sequence[str]) -> bool:
        """Whether this is left to the first of its companions in doubt; what one of them was found as, it is."""
        slots = [Slot(article, attempt.slot.place) for article in together]
        words = [word for word in await self._ledger.states(slots) if word is not None]
        words = [word for word in words if await self._is_of(word.slot, together)]
        there = next((word.receipt for word in words if word.state is SlotState.SENT and word.receipt), None)
        if there is not None:
            await self._decisions.settle(attempt, SlotState.SENT, FOUND, there)
            return True
        first = next((word.slot for word in words if word.state is SlotState.UNCONFIRMED), attempt.slot)
        return first != attempt.slot

    async def _is_of(self, slot: Slot, together: Sequence[str]) -> bool:
        """Whether a slot's last word is of this very post, and not of one that it was sent in since."""
        return tuple(await self._companions.together(slot.place, slot.article)) == tuple(together)

    async def _step(self, doubt: Doubt, case: Case) -> Step:
        """What the platform told by itself counts at any time; a look is taken when it is due."""
        noted = tuple(await self._traces.noted(doubt.slot.place))
        told = await self._scene.judge(doubt, Sighting(noted))
        if isinstance(told, There):
            return Settle(told.receipt)
        if self._clock.now() < case.next_look:
            return Wait(case)
        if doubt.slot.place.platform is Platform.VK and await self._decisions.is_taken_back(doubt.slot.article):
            return Ask(TAKEN_BACK)  # there, to look is to send
        try:
            sighting = await self._witnesses[doubt.slot.place.platform].look(doubt)
        except DeliveryError as error:
            wait = max(self._patience.first, error.after if isinstance(error, TryLater) else timedelta())
            return after_no_look(case, wait, str(error), self._patience, now=self._clock.now())
        verdict = await self._scene.judge(doubt, replace(sighting, seen=(*noted, *sighting.seen)))
        log.info("looked", slot=str(doubt.slot), verdict=type(verdict).__name__, why=getattr(verdict, "why", None))
        return next_step(case, verdict, self._patience, now=self._clock.now())

    async def _take(self, step: Step, attempt: Attempt, case: Case) -> None:
        token = token_of(attempt)
        match step:
            case Settle(receipt):
                await self._decisions.settle(attempt, SlotState.SENT, FOUND, receipt)
            case SendAgain():
                await self._decisions.settle(attempt, SlotState.DEFERRED, ABSENT)
            case Wait(later):
                self._cases[token] = later
            case Ask(why):
                asked = await self._decisions.ask(attempt, why)
                again = NEVER if asked else self._clock.now() + ASK_AGAIN
                self._cases[token] = replace(case, asked=True, why=why, next_look=again)
                self._decisions.free(attempt.slot)
