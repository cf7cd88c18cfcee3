"""Moments as editors name them: a clock time, a day with it, or so much from now. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from handlers.hearing import Asked

COMPACT = "%Y%m%dT%H%M"
"""How a button carries a moment, in UTC."""
_CLOCK = re.compile(
    r"(?:(?P<day>today|tomorrow|сегодня|завтра|\d{1,2}\.\d{1,2}\.?)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_LATER = re.compile(r"\+?(?P<count>\d{1,3})\s*(?P<unit>m|min|мин|м|h|ч)")
_MORNING, _EVENING = time(9), time(18)


def moment_named(text: str, asked: Asked) -> datetime | None:
    """`18:30`, `tomorrow 9:00`, `25.11 18:30`, `+2h`; None for anything else. A clock time that is past today is
    tomorrow's, a day that is past this year is next year's."""
    said = text.strip().casefold()
    if (compact := re.fullmatch(r"\d{8}t\d{4}", said)) is not None:
        return _compact(compact[0])
    if (later := _LATER.fullmatch(said)) is not None:
        unit = timedelta(hours=1) if later["unit"] in {"h", "ч"} else timedelta(minutes=1)
        return asked.now + int(later["count"]) * unit
    clock = _CLOCK.fullmatch(said)
    return _at_clock(clock, asked) if clock is not None else None


def choices(asked: Asked) -> list[tuple[str, datetime]]:
    """What is offered, by the names of its words: in an hour, in three, this evening, tomorrow morning."""
    local = asked.now.astimezone(asked.zone)
    evening = datetime.combine(local.date(), _EVENING, asked.zone).astimezone(UTC)
    morning = datetime.combine(local.date() + timedelta(days=1), _MORNING, asked.zone).astimezone(UTC)
    offered = [("hour", asked.now + timedelta(hours=1)), ("hours", asked.now + timedelta(hours=3))]
    return [*offered, *([("evening", evening)] if evening > asked.now else []), ("morning", morning)]


def _compact(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.upper(), COMPACT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _at_clock(clock: re.Match[str], asked: Asked) -> datetime | None:
    local = asked.now.astimezone(asked.zone)
    day, named = local.date(), clock["day"]
    try:
        at = time(int(clock["hour"]), int(clock["minute"]))
        if named in {"tomorrow", "завтра"}:
            day += timedelta(days=1)
        elif named is not None and named[0].isdecimal():
            number, month = (int(part) for part in named.rstrip(".").split("."))
            day = day.replace(month=month, day=number)
            day = day if day >= local.date() else day.replace(year=day.year + 1)
    except ValueError:
        return None
    moment = datetime.combine(day, at, asked.zone).astimezone(UTC)
    if moment <= asked.now and named is None:
        moment = datetime.combine(day + timedelta(days=1), at, asked.zone).astimezone(UTC)
    return moment
