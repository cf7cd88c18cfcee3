"""The week's numbers go to the editors on Monday morning, once, also when the bot was down at that hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

import structlog

from bot.ports import Clock, Marks, Reporting, Statistics
from bot.statistics import week_before
from scheduler.jobs import Jobs

log = structlog.get_logger(__name__)

HOUR = time(9)
MARK = "weekly report"
LATE = timedelta(days=2)
"""After this the numbers of a week are no news."""


def monday(now: datetime, zone: tzinfo) -> datetime:
    """The last moment at which a report was due."""
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=local.weekday())
    due = datetime.combine(day, HOUR, zone)
    return (due if due <= local else datetime.combine(day - timedelta(days=7), HOUR, zone)).astimezone(UTC)


class WeeklyReport:
    """Keeps a timer of its own."""

    def __init__(
        self,
        statistics: Statistics,
        reporting: Reporting,
        marks: Marks,
        jobs: Jobs,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._statistics = statistics
        self._reporting = reporting
        self._marks = marks
        self._jobs = jobs
        self._clock = clock
        self._zone = zone

    async def run(self) -> None:
        """Tell what is due, and wait for the next Monday. A new bot has no week to tell of."""
        now = self._clock.now()
        due = monday(now, self._zone)
        self._jobs.at("weekly report", monday(due + timedelta(days=8), self._zone), self.run)
        told = await self._marks.get(MARK)
        if told is None:
            await self._marks.put(MARK, due.isoformat())
        elif datetime.fromisoformat(told) < due and now - due < LATE:
            await self._tell(due)

    async def _tell(self, due: datetime) -> None:
        """It is marked first: twice is worse than not at all."""
        await self._marks.put(MARK, due.isoformat())
        first, last = week_before(due.astimezone(self._zone))
        if not await self._reporting.tell(await self._statistics.sheet(first, last)):
            log.warning("weekly_report_reached_nobody")
