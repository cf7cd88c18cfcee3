"""What is known of a place when one of its posts is in doubt: where to begin to look, and what else may stand there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Attempt, Place, Post, Slot
from bot.ports import Clock, Doubts, Ledger, Overdue, Traces
from bot.sightings import Doubt, Sighting
from scheduler.evidence import Verdict, judge

KNOWN_BACK = 20
"""How many of the last posts are looked through for the one before a doubt."""
_ROUNDING = timedelta(milliseconds=2)
"""The store keeps some times in whole milliseconds."""


class Scene:
    """Puts together what the ledger says of a place."""

    def __init__(self, *, doubts: Doubts, ledger: Ledger, overdue: Overdue, traces: Traces, clock: Clock) -> None:
        self._doubts = doubts
        self._ledger = ledger
        self._overdue = overdue
        self._traces = traces
        self._clock = clock

    async def doubt(self, attempt: Attempt, post: Post) -> Doubt:
        """A doubt with the last number before it."""
        place, since = attempt.slot.place, attempt.since or attempt.at
        receipts = await self._traces.receipts(place)
        ends = await self._ends(place, receipts)
        before = [
            number
            for (number, _), end in zip(receipts, ends, strict=False)
            if end is not None and end.receipt is not None and end.receipt.at <= since
        ]
        return Doubt(attempt.slot, post, since, max(before, default=None), _numbers(receipts))

    async def judge(self, doubt: Doubt, sighting: Sighting) -> Verdict:
        """The verdict on what was seen. What is accounted for is asked after the look: a post that was under way during
        it has its receipt by now, or is a rival."""
        place = doubt.slot.place
        receipts = await self._traces.receipts(place)
        mine = {doubt.slot, *doubt.companions}
        rivals = [slot for slot in await self._doubts.unsettled(place) if slot not in mine]
        unnumbered = await self._has_unnumbered(place, receipts)
        doubt = replace(doubt, known=doubt.known | _numbers(receipts))
        return judge(doubt, sighting, rivals=len(rivals) + unnumbered, now=self._clock.now())

    async def _has_unnumbered(self, place: Place, receipts: list[tuple[int, str]]) -> bool:
        """Whether the last post is one without a number: an admin said that it is there, and nobody knows where."""
        last = await self._overdue.last_sent(place)
        ends = [end.at for end in await self._ends(place, receipts) if end is not None]
        return last is not None and last > max(ends, default=datetime.min.replace(tzinfo=last.tzinfo)) + _ROUNDING

    async def _ends(self, place: Place, receipts: list[tuple[int, str]]) -> list[Attempt | None]:
        return await self._ledger.states([Slot(article, place) for _, article in receipts[:KNOWN_BACK]])


def _numbers(receipts: list[tuple[int, str]]) -> frozenset[str]:
    return frozenset(str(number) for number, _ in receipts)
