"""Chats that nothing reaches any more are forgotten after half a year."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.ports import Clock, Dormant, Subscriptions
from scheduler.jobs import Jobs

log = structlog.get_logger(__name__)

KEPT = timedelta(days=180)
"""How long a reader is kept who blocked the bot, or has no subscription: long enough to come back to what one had. What
they were sent is forgotten after two weeks in any case."""
EVERY = timedelta(days=1)


class Ageing:
    """Looks once a day."""

    def __init__(self, dormant: Dormant, subscriptions: Subscriptions, jobs: Jobs, clock: Clock) -> None:
        self._dormant = dormant
        self._subscriptions = subscriptions
        self._jobs = jobs
        self._clock = clock

    def start(self) -> None:
        """Set the timer."""
        self._jobs.now("ageing", self.run)

    async def run(self) -> None:
        """Note who is dormant, and forget who has been for long. Raises StoreError."""
        now = self._clock.now()
        self._jobs.at("ageing", now + EVERY, self.run)
        await self._dormant.note(now=now)
        forgotten = 0
        while places := await self._dormant.since(now - KEPT):
            for place in places:
                await self._subscriptions.erase(place)
                await self._dormant.drop(place)
            forgotten += len(places)
        if forgotten:
            log.info("forgotten_by_age", chats=forgotten, days=KEPT.days)
