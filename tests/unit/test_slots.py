"""When a channel may post."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.slots import Quiet, Timetable

BERLIN = ZoneInfo("Europe/Berlin")
MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = Quiet(time(23), time(7))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=MOSCOW)


def test_cron_slots_are_in_the_newsrooms_time_zone() -> None:
    """Nine in the morning is nine in Moscow, wherever the question comes from."""
    timetable = Timetable(MOSCOW, "0 9 * * *")
    asked_in_utc = datetime(2026, 6, 1, 5, 30, tzinfo=ZoneInfo("UTC"))
    assert timetable.next_slot(asked_in_utc) == at(1, 9)


def test_a_slot_is_later_than_the_moment_asked() -> None:
    """At the slot itself the next one is meant, or a channel would fire twice."""
    timetable = Timetable(MOSCOW, "*/20 8-22 * * *")
    assert timetable.next_slot(at(1, 8)) == at(1, 8, 20)


def test_at_once_has_no_slots() -> None:
    """Articles go out as they come."""
    assert Timetable(MOSCOW).next_slot(at(1, 8)) is None


def test_a_nightly_slot_comes_once_when_the_clocks_go_back() -> None:
    """02:30 comes twice in the night of 25 October 2026; the post goes out once."""
    slots = list(islice(Timetable(BERLIN, "30 2 * * *").slots(datetime(2026, 10, 24, 12, tzinfo=BERLIN)), 2))
    assert [slot.date().day for slot in slots] == [25, 26]


def test_a_nightly_slot_is_not_lost_when_the_clocks_go_forward() -> None:
    """02:30 does not exist on 29 March 2026; the post goes out right after the gap."""
    slot = Timetable(BERLIN, "30 2 * * *").next_slot(datetime(2026, 3, 28, 12, tzinfo=BERLIN))
    assert slot == datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "free"),
    [
        (at(1, 22, 59), at(1, 22, 59)),
        (at(1, 23), at(2, 7)),
        (at(2, 3), at(2, 7)),
        (at(2, 7), at(2, 7)),
    ],
)
def test_quiet_hours_reach_over_midnight(moment: datetime, free: datetime) -> None:
    """From 23:00 nothing goes out before 07:00."""
    assert Timetable(MOSCOW, quiet=NIGHT).free_from(moment, None) == free


def test_quiet_hours_within_a_day() -> None:
    """A siesta from 13:00 to 15:00."""
    siesta = Timetable(MOSCOW, quiet=Quiet(time(13), time(15)))
    assert siesta.free_from(at(1, 14), None) == at(1, 15)
    assert siesta.free_from(at(1, 15), None) == at(1, 15)


def test_the_gap_counts_from_the_last_post() -> None:
    """Five minutes after a post at 12:00 the channel is free at 12:05."""
    timetable = Timetable(MOSCOW, gap=timedelta(minutes=5))
    assert timetable.free_from(at(1, 12, 1), at(1, 12)) == at(1, 12, 5)
    assert timetable.free_from(at(1, 12, 9), at(1, 12)) == at(1, 12, 9)


@given(
    start=st.times(),
    end=st.times(),
    gap=st.integers(0, 100_000),
    moment=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    since=st.integers(0, 100_000),
)
def test_what_is_free_is_never_quiet_nor_within_the_gap(
    start: time, end: time, gap: int, moment: datetime, since: int
) -> None:
    """Whatever the hours and the gap: the answer is late enough, and asking again at that moment gives it again."""
    quiet = Quiet(start, end) if start != end else None
    timetable = Timetable(BERLIN, gap=timedelta(seconds=gap), quiet=quiet)
    now = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(BERLIN)
    last_sent = now - timedelta(seconds=since)
    free = timetable.free_from(now, last_sent)
    assert free.timestamp() >= now.timestamp()
    assert quiet is None or not quiet.covers(free.astimezone(BERLIN))
