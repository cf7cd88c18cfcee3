"""Times of the day, weekends, holidays, jitter and caps, also on the two days a year that are not 24 hours long."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.slots import OFF, Quiet, Timetable

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 6, 5, 12, tzinfo=BERLIN)
SPRING, AUTUMN = datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 10, 24, 12, tzinfo=BERLIN)


def first(timetable: Timetable, count: int, after: datetime = FRIDAY) -> list[str]:
    return [f"{slot.astimezone(BERLIN):%d.%m. %H:%M}" for slot in islice(timetable.slots(after), count)]


def test_times_of_the_day_are_slots() -> None:
    """Nobody must know cron to post at nine and at half past six."""
    assert first(Timetable(BERLIN, "09:00, 18:30"), 3) == ["05.06. 18:30", "06.06. 09:00", "06.06. 18:30"]


def test_a_weekend_has_its_own_plan() -> None:
    """Friday at noon: two slots today, one on Saturday, one on Sunday, and Monday is a working day again."""
    timetable = Timetable(BERLIN, "0 9,15,18 * * *", weekend="11:00")
    assert first(timetable, 5) == ["05.06. 15:00", "05.06. 18:00", "06.06. 11:00", "07.06. 11:00", "08.06. 09:00"]


def test_a_weekend_may_be_off() -> None:
    """After Friday comes Monday, also for what would have gone at once."""
    assert first(Timetable(BERLIN, "09:00", weekend=OFF), 1) == ["08.06. 09:00"]
    saturday = datetime(2026, 6, 6, 9, tzinfo=BERLIN)
    assert Timetable(BERLIN, weekend=OFF).free_from(saturday, None) == datetime(2026, 6, 8, tzinfo=BERLIN)


def test_a_holiday_is_like_a_weekend_or_silent() -> None:
    """Of one year, or of every year."""
    days = frozenset({"2026-06-08", "06-09"})
    assert first(Timetable(BERLIN, "09:00", weekend="11:00", holidays=days), 5)[2:] == [
        "08.06. 11:00",
        "09.06. 11:00",
        "10.06. 09:00",
    ]
    assert first(Timetable(BERLIN, "09:00", holidays=days), 3) == ["06.06. 09:00", "07.06. 09:00", "10.06. 09:00"]


def test_a_schedule_without_any_day_ends() -> None:
    """Slots on Saturdays only, and weekends off: there is no slot, and nobody waits for the answer."""
    assert Timetable(BERLIN, "0 9 * * 6", weekend=OFF).next_slot(FRIDAY) is None


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_same_clock_time_on_the_days_when_the_clocks_change(day: datetime, hours: int) -> None:
    """Nine o'clock stays nine o'clock: 23 or 25 hours after the day before."""
    before, after = islice(Timetable(BERLIN, "09:00").slots(day - timedelta(hours=4)), 2)
    assert (before.astimezone(BERLIN).hour, after.astimezone(BERLIN).hour) == (9, 9)
    assert after - before == timedelta(hours=hours)


def test_an_hour_that_comes_twice_has_each_of_its_times_once() -> None:
    """02:30 of 25 October comes twice, and is one slot; one that does not exist in March comes right after the gap."""
    assert first(Timetable(BERLIN, "02:30"), 2, AUTUMN) == ["25.10. 02:30", "26.10. 02:30"]
    assert first(Timetable(BERLIN, "02:30"), 2, SPRING) == ["29.03. 03:00", "30.03. 02:30"]


def test_a_gap_is_as_long_when_the_clocks_change() -> None:
    """Ten minutes after 02:55 summer time is ten minutes later, not an hour and ten."""
    last = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    timetable = Timetable(BERLIN, gap=timedelta(minutes=10))
    local = last.astimezone(BERLIN)
    assert timetable.free_from(local, local) == last + timedelta(minutes=10)


@pytest.mark.parametrize("hour", [0, 1])
def test_quiet_hours_that_end_in_an_hour_that_comes_twice_end_the_second_time(hour: int) -> None:
    """Quiet until half past two: at the first 02:10 and at the second one it is still quiet."""
    timetable = Timetable(BERLIN, quiet=Quiet(time(23), time(2, 30)))
    moment = datetime(2026, 10, 25, hour, 10, tzinfo=UTC)
    assert timetable.free_from(moment, None) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_cap_of_a_day_counts_by_the_newsrooms_calendar() -> None:
    """Two a day: after two the next goes after midnight in Berlin, and yesterday's don't count."""
    timetable = Timetable(BERLIN, daily=2)
    today = [FRIDAY - timedelta(hours=1), FRIDAY - timedelta(hours=2)]
    assert timetable.free_from(FRIDAY, None, today[:1]) == FRIDAY
    assert timetable.free_from(FRIDAY, None, today) == datetime(2026, 6, 6, tzinfo=BERLIN)
    assert timetable.free_from(FRIDAY, None, [one - timedelta(days=1) for one in today]) == FRIDAY


@given(
    jitter=st.integers(0, 3600),
    schedule=st.sampled_from(["*/20 * * * *", "09:00, 09:10", "30 2 * * *"]),
    seed=st.text(max_size=5),
    start=st.datetimes(min_value=datetime(2026, 3, 20), max_value=datetime(2026, 11, 10)),  # noqa: DTZ001 - made aware
)
def test_jitter_keeps_the_order_and_is_the_same_whenever_asked(
    jitter: int, schedule: str, seed: str, start: datetime
) -> None:
    """A slot moves by up to so much, never before the one before it; who asks from its middle gets the same slots."""
    after = start.replace(tzinfo=UTC)
    timetable = Timetable(BERLIN, schedule, jitter=timedelta(seconds=jitter), seed=seed)
    slots = list(islice(timetable.slots(after), 6))
    assert all(earlier < later for earlier, later in pairwise([after, *slots]))
    assert list(islice(timetable.slots(slots[2]), 3)) == slots[3:]


@given(
    start=st.datetimes(min_value=datetime(2026, 3, 20), max_value=datetime(2026, 11, 10)),  # noqa: DTZ001 - made aware
    weekend=st.sampled_from([None, OFF, "11:00"]),
    daily=st.sampled_from([None, 1, 3]),
    posted=st.lists(st.integers(0, 100_000), max_size=5),
    quiet=st.sampled_from([None, Quiet(time(23), time(2, 30)), Quiet(time(2), time(3))]),
)
def test_what_is_free_keeps_every_rule(
    start: datetime, weekend: str | None, daily: int | None, posted: list[int], quiet: Quiet | None
) -> None:
    """Not quiet, not a day off, below the cap, not in the past; and free stays free."""
    now = start.replace(tzinfo=UTC)
    timetable = Timetable(BERLIN, "09:00", quiet=quiet, weekend=weekend, holidays=frozenset({"06-12"}), daily=daily)
    history = [now - timedelta(seconds=seconds) for seconds in posted]
    free = timetable.free_from(now, None, history)
    local = free.astimezone(BERLIN)
    assert free >= now
    assert quiet is None or not quiet.covers(local)
    assert timetable.schedule_on(free) != OFF
    assert timetable.room(free, history) != 0
    assert timetable.free_from(free, None, history) == free
