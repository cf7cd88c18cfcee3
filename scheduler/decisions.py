"""Doubts as people are asked about them, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.model import Article, Attempt, Receipt, Slot, SlotState, digest
from bot.ports import Alerted, Articles, Clock, Companions, Doubts, Editions, Marks, Questions
from bot.problems import UNCONFIRMED, Problems
from bot.sightings import Choice, OpenDoubt
from bot.story import ADMIN_AGAIN, ADMIN_DROP, ADMIN_THERE, TAKEN_BACK
from scheduler.selection import Channel, why_not

log = structlog.get_logger(__name__)

MOST = 1000
"""How many unconfirmed slots are looked through at a time, the oldest first."""
ASKED = timedelta(days=90)
"""As long as the ledger remembers."""
_CHOICES = {
    Choice.THERE: (SlotState.SENT, ADMIN_THERE),
    Choice.AGAIN: (SlotState.DEFERRED, ADMIN_AGAIN),
    Choice.DROP: (SlotState.SKIPPED, ADMIN_DROP),
}


def token_of(attempt: Attempt) -> str:
    """The name of one doubt. The same slot in doubt another time has another: an old button decides nothing new."""
    return digest(f"{attempt.slot} {attempt.at.isoformat()}")


class Decisions:
    """The port `Confirming` over the ledger."""

    def __init__(
        self,
        *,
        channels: Sequence[Channel],
        doubts: Doubts,
        articles: Articles,
        editions: Editions,
        marks: Marks,
        questions: Questions,
        wake: Callable[[Channel], None],
        problems: Problems,
        clock: Clock,
        companions: Companions | None = None,
        alerted: Alerted | None = None,
    ) -> None:
        self._channels = tuple(channels)
        self._doubts = doubts
        self._articles = articles
        self._editions = editions
        self._marks = marks
        self._questions = questions
        self._wake = wake
        self._problems = problems
        self._clock = clock
        self._companions = companions
        self._alerted = alerted
        self._begun: set[str] = set()

    def channel_of(self, slot: Slot, article: Article | None) -> Channel | None:
        """The channel a slot belongs to; of several at one place, one that wants the article. None: a reader's slot."""
        there = [channel for channel in self._channels if channel.place == slot.place]
        now = self._clock.now()
        wanting = [one for one in there if article is not None and why_not(one, article, now=now) is None]
        return next(iter([*wanting, *there]), None)

    async def open(self) -> list[OpenDoubt]:
        """At public places, the oldest first."""
        described = [await self._described(attempt) for attempt in await self._doubts.unconfirmed(MOST)]
        return [doubt for doubt in described if doubt is not None]

    async def decide(self, token: str, choice: Choice, *, by: str) -> OpenDoubt | None:
        """Carry out a person's decision, once. None: it is decided already, or there never was such a doubt."""
        for attempt in await self._doubts.unconfirmed(MOST):
            described = await self._described(attempt) if token_of(attempt) == token else None
            if described is not None:
                state, reason = _CHOICES[choice]
                return described if await self.settle(attempt, state, f"{reason} ({by})") else None
        return None

    async def settle(self, attempt: Attempt, state: SlotState, reason: str, receipt: Receipt | None = None) -> bool:
        """End a doubt, and with it the doubts about what was sent in the same post. One that is to be sent again is due
        now, back in its queue and before what came later."""
        for other in await self._companions_of(attempt):
            await self._settle(other, state, reason, receipt)
        return await self._settle(attempt, state, reason, receipt)

    async def _companions_of(self, attempt: Attempt) -> list[Attempt]:
        place = attempt.slot.place
        together = await self._companions.together(place, attempt.slot.article) if self._companions else ()
        others = {Slot(article, place) for article in together} - {attempt.slot}
        return [one for one in await self._doubts.unconfirmed(MOST) if one.slot in others] if others else []

    async def _settle(self, attempt: Attempt, state: SlotState, reason: str, receipt: Receipt | None) -> bool:
        slot, now = attempt.slot, self._clock.now()
        channel = self.channel_of(slot, await self._articles.find(slot.article))
        if state is SlotState.DEFERRED and await self.is_taken_back(slot.article):
            state, reason = SlotState.SKIPPED, TAKEN_BACK
        again = state is SlotState.DEFERRED
        until = now if again else None
        decided = replace(attempt, at=now, state=state, reason=reason, until=until, receipt=receipt, since=None)
        done = await self._doubts.resolve(decided, queue=channel.name if again and channel else None)
        log.info("doubt_settled", slot=str(slot), state=state, reason=reason, done=done)
        if done and channel is not None:
            self._problems.clear(f"{UNCONFIRMED} {token_of(attempt)}")  # told to those who were asked
            self._problems.clear(f"channel {channel.name}")
            self._wake(channel)
        return done

    async def is_taken_back(self, article: str) -> bool:
        """Whether an article was retracted: then it goes nowhere any more."""
        edition = await self._editions.edition(article)
        return edition is not None and edition.retracted is not None

    async def ask(self, attempt: Attempt, why: str) -> bool:
        """Put the question to the admins, once; False: it reached nobody, and should be put again.

        There are two marks, one made before and one after: a crash in between leaves one more try, and the admins
        rather see a question twice than never.
        """
        question = await self._described(attempt, why)
        if question is None:
            return True
        first, last = (f"asked:{question.token}:{number}" for number in (1, 2))
        if question.token not in self._begun:
            if not await self._marks.once(first, ASKED) and not await self._marks.once(last, ASKED):
                return True
            self._begun.add(question.token)
            log.error("unconfirmed", slot=str(attempt.slot), reason=attempt.reason, why=why)
        if not await self._questions.ask(question):
            return False
        await self._marks.once(last, ASKED)
        if self._alerted is not None:
            told = f"{UNCONFIRMED}: “{question.headline}” on the channel {question.channel}"
            await self._alerted.remember(f"{UNCONFIRMED} {question.token}", told)
        self._begun.discard(question.token)
        return True

    def free(self, slot: Slot) -> None:
        """A place does not wait for this slot any more."""
        for channel in self._channels:
            if channel.place == slot.place:
                self._wake(channel)

    async def _described(self, attempt: Attempt, why: str = "") -> OpenDoubt | None:
        article = await self._articles.find(attempt.slot.article)
        channel = self.channel_of(attempt.slot, article)
        if channel is None:
            return None
        return OpenDoubt(
            token=token_of(attempt),
            headline=article.headline if article else attempt.slot.article,
            link=article.link if article else None,
            channel=channel.name,
            since=attempt.since or attempt.at,
            why="; ".join(part for part in (attempt.reason, why) if part),
            place=channel.place,
        )
