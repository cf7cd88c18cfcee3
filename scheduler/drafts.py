"""Where an editor must agree, each article is shown to the editors as a draft, once."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.ports import Clock, Showing
from bot.wishes import Order, Verb
from scheduler.jobs import Jobs
from scheduler.queueing import QueueDesk

NOBODY = "nobody, since nobody answered"
"""Who holds a draft that was left unanswered."""
log = structlog.get_logger(__name__)

AGAIN = timedelta(minutes=1)
"""When to look again for drafts that reached nobody, or came by another process."""


class Drafts:
    """Looks for them when there is news, and every now and then."""

    def __init__(self, queue: QueueDesk, showing: Showing, jobs: Jobs, clock: Clock) -> None:
        self._queue = queue
        self._showing = showing
        self._jobs = jobs
        self._clock = clock

    async def run(self) -> None:
        """Show what nobody was shown yet. It is marked first: the buttons under it belong to the marked entry."""
        self._jobs.at("drafts", self._clock.now() + AGAIN, self.run)
        now = self._clock.now()
        for entry in await self._queue.entries(now=now):
            if self._queue.is_unanswered(entry, now=now):
                await self._queue.order(entry, Order(Verb.HOLD), by=NOBODY, now=now)
                continue
            if not entry.draft or entry.wish.asked_at is not None or entry.wish.drop_at is not None:
                continue
            marked = await self._queue.asked(entry, at=now)
            if marked is not None and not await self._showing.show(marked, self._queue.post(marked)):
                log.warning("draft_reached_nobody", channel=entry.channel, article=entry.article.key)
                await self._queue.asked(marked, at=None)
