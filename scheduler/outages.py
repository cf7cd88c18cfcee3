"""When the bot was down: it leaves a mark every minute, and looks at the last one when it starts."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.ports import Clock, Marks
from scheduler.jobs import Jobs
from scheduler.selection import Outage

log = structlog.get_logger(__name__)

BEAT = timedelta(minutes=1)
LEAST = timedelta(minutes=30)
"""A shorter absence leaves no heap of articles."""
REMEMBERED = timedelta(days=2)
"""How long what was missed is still made up for."""
ALIVE = "alive"
LAST = "outage"


async def last_outage(marks: Marks, now: datetime) -> Outage | None:
    """The last time the bot was down for long, if that is still of interest. Raises StoreError."""
    kept = await marks.get(LAST)
    if kept is None:
        return None
    since, until = (datetime.fromisoformat(part) for part in kept.split())
    return Outage(since, until) if now - until < REMEMBERED else None


class Outages:
    """Notices them."""

    def __init__(self, marks: Marks, jobs: Jobs, clock: Clock) -> None:
        self._marks = marks
        self._jobs = jobs
        self._clock = clock

    async def start(self) -> None:
        """Look when the bot was last there, and go on leaving marks. Raises StoreError."""
        now = self._clock.now()
        last = await self._marks.get(ALIVE)
        since = datetime.fromisoformat(last) if last else now
        if now - since >= LEAST:
            log.warning("was_down", since=since.isoformat(), until=now.isoformat())
            await self._marks.put(LAST, f"{since.isoformat()} {now.isoformat()}")
        await self._beat()

    async def _beat(self) -> None:
        now = self._clock.now()
        self._jobs.at("alive", now + BEAT, self._beat)
        await self._marks.put(ALIVE, now.isoformat())
