"""When a channel may post: its cron slots, its quiet hours, its gap. Pure; every time is aware.

Cron fields are read as Debian's cron reads them (package cronsim), also over a change of the clocks: a job at an hour
that does not exist runs right after the gap, one at an hour that comes twice runs once, and one that runs all through
the day keeps its rhythm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day without posts, from `start` up to but not including `end`; over midnight when end < start."""

    start: time
    end: time

    def covers(self, moment: datetime) -> bool:
        """Whether a moment, in the newsroom's time zone, is quiet."""
        clock = moment.time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, moment: datetime) -> datetime:
        """When the quiet that covers a moment ends."""
        day = moment.date() if moment.time() < self.end else moment.date() + timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=moment.tzinfo)


@dataclass(frozen=True, slots=True)
class Timetable:
    """A channel's times. `schedule` is cron fields or "at once"; `gap` the least time between two posts."""

    timezone: ZoneInfo
    schedule: str = AT_ONCE
    gap: timedelta = timedelta(0)
    quiet: Quiet | None = None

    @property
    def at_once(self) -> bool:
        """Articles go out as they come, not in slots."""
        return self.schedule == AT_ONCE

    def slots(self, after: datetime) -> Iterator[datetime]:
        """The cron slots later than a moment, without end. Empty for "at once"."""
        if not self.at_once:
            yield from CronSim(self.schedule, after.astimezone(self.timezone))

    def next_slot(self, after: datetime) -> datetime | None:
        """The first of them."""
        return next(self.slots(after), None)

    def free_from(self, moment: datetime, last_sent: datetime | None) -> datetime:
        """The first moment, not before the given one, that is past the gap and outside the quiet hours."""
        start = moment if last_sent is None else max(moment, last_sent + self.gap)
        local = start.astimezone(self.timezone)
        if self.quiet is not None and self.quiet.covers(local):
            return self.quiet.over(local)
        return local if start > moment else moment
