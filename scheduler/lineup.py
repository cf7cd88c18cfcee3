"""What the selection of one channel is made from, as the store has it at one moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.conditions import Planned
from bot.model import Article
from bot.ports import Evergreens, Overdue, Posted, Queues, Wishes
from bot.wishes import EVERGREEN, NO_WISHES, NOTHING, Wish
from scheduler.selection import (
    Channel,
    Outage,
    Selection,
    Spare,
    plan,
    resting,
    select,
    why_not,
)
from scheduler.turns import is_stopped

A_DAY_AND_AN_HOUR = timedelta(hours=25)
"""A day is as long as this when the clocks go back."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """Articles and wishes of one channel, and what it sent of late. `due`: what the platform put off until now;
    `next_due`: when the next of these will be."""

    channel: Channel
    at: datetime
    waiting: list[Article]
    last_sent: datetime | None
    due: frozenset[str] = frozenset()
    next_due: datetime | None = None
    posted: tuple[datetime, ...] = ()
    wishes: Mapping[str, Wish] = field(default_factory=lambda: NO_WISHES)
    outage: Outage | None = None
    spare: tuple[Spare, ...] = ()

    def wish(self, article: Article) -> Wish:
        """What editors want of an article."""
        return self.wishes.get(article.key, NOTHING)

    def may_go(self, article: Article) -> bool:
        """Whether nobody holds it back: whatever the slots say, it could go out now."""
        return not is_stopped(self.channel, self.wish(article), now=self.at)

    def why_not(self, article: Article) -> str | None:
        """Why it does not belong on the channel, unless an editor put it there."""
        return None if self.wish(article).wanted else why_not(self.channel, article, now=self.at)

    def select(self, budget: int) -> Selection:
        """What goes out now."""
        return select(
            self.channel,
            self.waiting,
            now=self.at,
            budget=budget,
            last_sent=self.last_sent,
            posted=self.posted,
            wishes=self.wishes,
            due=self.due,
            outage=self.outage,
            spare=self.spare,
        )

    def plan(self, until: datetime, budget: int = 0) -> list[Planned]:
        """What will go out, if nothing new comes."""
        return plan(
            self.channel,
            self.waiting,
            now=self.at,
            until=until,
            last_sent=self.last_sent,
            held_until=None if self.due else self.next_due,
            posted=self.posted,
            wishes=self.wishes,
            outage=self.outage,
            budget=budget,
            spare=self.spare,
        )


class Lineups:
    """Reads them. Without wishes, history or outages there are none."""

    def __init__(
        self,
        queues: Queues,
        overdue: Overdue,
        *,
        wishes: Wishes | None = None,
        posted: Posted | None = None,
        outage: Callable[[datetime], Awaitable[Outage | None]] | None = None,
        evergreens: Evergreens | None = None,
    ) -> None:
        self._queues = queues
        self._overdue = overdue
        self._wishes = wishes
        self._posted = posted
        self._outage = outage
        self._evergreens = evergreens

    async def of(self, channel: Channel, *, now: datetime) -> Lineup:
        """How a channel stands. Raises StoreError."""
        due, next_due = await self._overdue.deferred(channel.place, now=now)
        posted: Sequence[tuple[str, datetime]] = ()
        if self._posted is not None and channel.timetable.daily is not None:
            posted = await self._posted.posted(channel.place, since=now - A_DAY_AND_AN_HOUR)
        waiting = await self._queues.waiting(channel.name)
        keys = [article.key for article in waiting]
        return Lineup(
            channel,
            now,
            waiting,
            await self._overdue.last_sent(channel.place),
            frozenset(due),
            next_due,
            tuple(at for _, at in posted),
            await self._wishes.of(channel.name, keys) if self._wishes is not None else NO_WISHES,
            await self._outage(now) if self._outage is not None else None,
            await self._spare(channel, waiting),
        )

    async def bring_back(self, channel: Channel, article: Article, *, at: datetime) -> bool:
        """An article returns by way of the queue, as one that editors have agreed to. False: somebody was faster."""
        if self._evergreens is None:
            return False
        voices = tuple(f"{EVERGREEN} {number}" for number in range(channel.approvers))
        wish = Wish(wanted=True, approved_by=voices, put_at=at)
        return await self._evergreens.begin(article, channel.name, channel.place, wish, at=at)

    async def _spare(self, channel: Channel, waiting: Sequence[Article]) -> tuple[Spare, ...]:
        if self._evergreens is None or channel.evergreen_after is None:
            return ()
        marked = await self._evergreens.marked()
        return resting(channel, marked, await self._evergreens.last(channel.place), waiting) if marked else ()

    async def plan(
        self, channels: Iterable[Channel], *, now: datetime, until: datetime, budgets: Mapping[str, int] | None = None
    ) -> list[Planned]:
        """What will go out on all of them, in order of time. `budgets`: what is left of the slots that are open."""
        left = budgets or {}
        lines: list[Planned] = []
        for channel in channels:
            lines += (await self.of(channel, now=now)).plan(until, left.get(channel.name, 0))
        return sorted(lines, key=lambda line: line.time)
