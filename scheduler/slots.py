"""When a channel may post: its slots, its quiet hours, its gap, its days off, its daily cap. Pure; every time is aware.

Cron fields are read as Debian's cron reads them (package cronsim), also over a change of the clocks: a job at an hour
that does not exist runs right after the gap, one at an hour that comes twice runs once, and one that runs all through
the day keeps its rhythm. Sums and comparisons are made in UTC: on two days a year the wall clock can't be added to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from heapq import merge
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim

_SATURDAY = 5
AT_ONCE = "at once"
OFF = "off"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MOST_REFUSED = 20_000
"""Slots in a row that fall on days without posts, before a schedule is taken to have none."""
_MOST_STEPS = 1000
"""Days off and quiet hours in a row."""


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
        """When the quiet that covers a moment ends. An end that comes twice is over the second time only."""
        day = moment.date() if moment.time() < self.end else moment.date() + timedelta(days=1)
        end = datetime.combine(day, self.end, tzinfo=moment.tzinfo)
        return max(end.astimezone(UTC), end.replace(fold=1).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Timetable:
    """A channel's times. `schedule` is cron fields, times of the day ("09:00, 18:30") or "at once"; `gap` the least
    time between two posts.

    `weekend` is the schedule of Saturdays, Sundays and `holidays` ("2026-12-31", or "01-07" of every year), or "off".
    Without it a weekend is like any day, and on a holiday nothing goes out. `jitter` moves each slot by up to so much
    later, always the same for the same `seed`. `daily` is the most posts of one day.
    """

    timezone: ZoneInfo
    schedule: str = AT_ONCE
    gap: timedelta = timedelta(0)
    quiet: Quiet | None = None
    weekend: str | None = None
    holidays: frozenset[str] = frozenset()
    jitter: timedelta = timedelta(0)
    seed: str = ""
    daily: int | None = None

    @property
    def at_once(self) -> bool:
        """Articles go out as they come, not in slots."""
        return self.schedule == AT_ONCE

    def schedule_on(self, moment: datetime) -> str:
        """The schedule of a moment's day; "off" when nothing goes out on it."""
        day = moment.astimezone(self.timezone).date()
        holiday = bool(self.holidays & {day.isoformat(), f"{day:%m-%d}"})
        if self.weekend is None:
            return OFF if holiday else self.schedule
        return self.weekend if holiday or day.weekday() >= _SATURDAY else self.schedule

    def slots(self, after: datetime) -> Iterator[datetime]:
        """The slots later than a moment, in UTC. Empty for "at once"."""
        if self.at_once:
            return
        for slot, following in pairwise(chain(self._planned(after.astimezone(UTC) - self.jitter), (None,))):
            if slot is None:
                return
            late = slot + self._delay(slot, following)
            if late > after:
                yield late

    def next_slot(self, after: datetime) -> datetime | None:
        """The first of them."""
        return next(self.slots(after), None)

    def free_from(self, moment: datetime, last_sent: datetime | None, posted: Sequence[datetime] = ()) -> datetime:
        """The first moment, not before the given one, that is past the gap, outside the quiet hours, on a day with
        posts, and on a day whose cap is not reached. `posted`: when posts went out, of late."""
        start = moment.astimezone(UTC)
        if last_sent is not None:
            start = max(start, last_sent.astimezone(UTC) + self.gap)
        for _ in range(_MOST_STEPS):
            local = start.astimezone(self.timezone)
            if self.schedule_on(local) == OFF or self.room(local, posted) == 0:
                start = datetime.combine(local.date() + timedelta(days=1), time(), self.timezone).astimezone(UTC)
            elif self.quiet is not None and self.quiet.covers(local):
                start = self.quiet.over(local)
            else:
                break
        return start

    def room(self, moment: datetime, posted: Sequence[datetime]) -> int | None:
        """How many more posts the cap of a moment's day allows; None without a cap."""
        if self.daily is None:
            return None
        day = moment.astimezone(self.timezone).date()
        return max(0, self.daily - sum(one.astimezone(self.timezone).date() == day for one in posted))

    def waited(self, since: datetime, now: datetime) -> timedelta:
        """The time between two moments without the days on which nothing goes out."""
        total, at = timedelta(), since.astimezone(UTC)
        for _ in range(_MOST_STEPS):
            if at >= now:
                break
            local = at.astimezone(self.timezone)
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), self.timezone).astimezone(UTC)
            if self.schedule_on(local) != OFF:
                total += min(midnight, now) - at
            at = midnight
        return total

    def day_begins(self, moment: datetime) -> datetime:
        """Midnight before a moment, in UTC."""
        return datetime.combine(moment.astimezone(self.timezone).date(), time(), self.timezone).astimezone(UTC)

    def _planned(self, after: datetime) -> Iterator[datetime]:
        """The slots before they are moved, each once."""
        schedules = dict.fromkeys(one for one in (self.schedule, self.weekend) if one not in {None, OFF, AT_ONCE})
        streams = [self._of(cron, schedule, after) for schedule in schedules if schedule for cron in crons(schedule)]
        last = None
        for slot in merge(*streams):
            if slot != last:
                yield slot
            last = slot

    def _of(self, cron: str, schedule: str, after: datetime) -> Iterator[datetime]:
        refused = 0
        for slot in CronSim(cron, after.astimezone(self.timezone)):
            refused = 0 if self.schedule_on(slot) == schedule else refused + 1
            if refused > _MOST_REFUSED:
                return
            if not refused:
                yield slot.astimezone(UTC)

    def _delay(self, slot: datetime, following: datetime | None) -> timedelta:
        """By how much a slot is moved: never past the middle to the next one, so that their order stays."""
        if not self.jitter:
            return timedelta(0)
        most = min(self.jitter, (following - slot) / 2) if following is not None else self.jitter
        drawn = blake2b(f"{self.seed}{slot.timestamp()}".encode(), digest_size=4).digest()
        return timedelta(seconds=int(most.total_seconds() * int.from_bytes(drawn, "big") / 2**32))


def crons(schedule: str) -> tuple[str, ...]:
    """The cron fields of a schedule: as given, or one for each time of the day."""
    times = _CLOCK.findall(schedule)
    return tuple(f"{int(minute)} {int(hour)} * * *" for hour, minute in times) if times else (schedule,)
