"""When readers are served: pure decisions, over time zones and changes of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Place, Platform
from bot.readers import Delivery, Preferences, Reader, Subscription
from scheduler.digests import AT_ONCE, LEFT, How, Serving, free_from, next_time, serving, step

BERLIN, MOSCOW = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Moscow")
ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ]
).map(ZoneInfo)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 30, 59]))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given one
ANN = Reader(Place(Platform.TELEGRAM, "1001"), "en")
NOON = datetime(2026, 5, 14, 10, tzinfo=UTC)


def reader(*deliveries: Delivery, **preferences: object) -> Reader:
    """Somebody with a subscription of each kind."""
    wishes = tuple(Subscription(f"tag{n}", kind) for n, kind in enumerate(deliveries))
    return replace(ANN, subscriptions=wishes, preferences=Preferences(**preferences))  # type: ignore[arg-type]


class TestTimes:
    @given(ZONES, CLOCKS, MOMENTS)
    def test_a_daily_digest_comes_once_a_local_day(self, zone: ZoneInfo, clock: time, start: datetime) -> None:
        """Over four hundred days: each date once, at the hour asked for, or right after a gap of the clocks."""
        wanted, days, at = Preferences(digest_at=clock), [], start
        for _ in range(40):
            at = next_time(Delivery.DAILY, wanted, at, zone)
            days.append(at.astimezone(zone))
        dates = [day.date() for day in days]
        assert dates == [dates[0] + timedelta(days=n) for n in range(40)]
        for day in days:
            late = datetime.combine(day.date(), day.time()) - datetime.combine(day.date(), clock)
            assert timedelta(0) <= late <= timedelta(hours=1)
            assert not late or not _exists(day, clock, zone)

    @pytest.mark.parametrize("zone", [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
    @pytest.mark.parametrize("clock", [time(1, 30), time(2), time(2, 30), time(3)])
    def test_both_changes_of_the_clocks(self, zone: ZoneInfo, clock: time) -> None:
        """A year of digests in the very hours that are missing or doubled: one a date."""
        at, dates = datetime(2026, 1, 1, tzinfo=UTC), []
        for _ in range(370):
            at = next_time(Delivery.DAILY, Preferences(digest_at=clock), at, zone)
            dates.append(at.astimezone(zone).date())
        assert len(set(dates)) == 370

    @given(ZONES, CLOCKS, MOMENTS, st.integers(0, 6))
    def test_a_weekly_digest_comes_on_its_day(self, zone: ZoneInfo, clock: time, start: datetime, day: int) -> None:
        """Seven days apart by the calendar."""
        wanted, at, dates = Preferences(digest_at=clock, digest_day=day), start, []
        for _ in range(8):
            at = next_time(Delivery.WEEKLY, wanted, at, zone)
            dates.append(at.astimezone(zone).date())
        assert {one.weekday() for one in dates} == {day}
        assert dates == [dates[0] + timedelta(days=7 * n) for n in range(8)]

    @given(ZONES, MOMENTS)
    def test_hourly_digests_are_an_hour_apart(self, zone: ZoneInfo, start: datetime) -> None:
        """At the full hour of the local clock, all through both changes."""
        first = next_time(Delivery.HOURLY, Preferences(), start, zone)
        assert timedelta(0) < first - start <= timedelta(hours=1)
        assert first.astimezone(zone).minute == 0
        second = next_time(Delivery.HOURLY, Preferences(), first, zone)
        assert second - first <= timedelta(hours=1)

    @given(ZONES, CLOCKS, CLOCKS, MOMENTS)
    def test_quiet_is_over_within_a_day(self, zone: ZoneInfo, start: time, end: time, now: datetime) -> None:
        """What is free now is not held, and what is held is free when it is released."""
        preferences = Preferences(quiet=(start, end) if start != end else None)
        free = free_from(preferences, now, zone)
        assert now <= free <= now + timedelta(hours=25)
        assert free_from(preferences, free, zone) - free <= timedelta(hours=1)


def _exists(day: datetime, clock: time, zone: ZoneInfo) -> bool:
    local = datetime.combine(day.date(), clock, tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).time() == clock


class TestServing:
    """What becomes of a new article."""

    def now(self, one: Reader, sent_today: int = 0, now: datetime = NOON) -> object:
        return serving(one, one.subscriptions, now=now, zone=MOSCOW, sent_today=sent_today)

    def test_at_once_or_left_to_a_digest(self) -> None:
        """The soonest delivery counts; who wants it at once no more gets it with the next digest."""
        assert self.now(reader(Delivery.DAILY, Delivery.NOW)) == AT_ONCE
        assert self.now(reader(Delivery.DAILY)) == Serving(How.HELD, datetime(2026, 5, 15, 6, tzinfo=UTC))

    def test_quiet_hours_hold_until_they_are_over(self) -> None:
        """By the reader's own clock, over midnight."""
        night = datetime(2026, 5, 14, 22, tzinfo=UTC)
        held = serving(
            reader(Delivery.NOW, quiet=(time(23), time(7))), (Subscription("a"),), now=night, zone=MOSCOW, sent_today=0
        )
        assert (held.how, held.until) == (How.HELD, datetime(2026, 5, 15, 4, tzinfo=UTC))

    def test_a_pause_holds_and_a_snooze_leaves(self) -> None:
        """A snoozed subject does not come at all, unless another subscription wants the article."""
        until = NOON + timedelta(days=2)
        paused = self.now(reader(Delivery.NOW, paused_until=until))
        assert getattr(paused, "until", None) == until
        one = reader(Delivery.NOW)
        snoozed = {one.subscriptions[0].key: until}
        assert self.now(reader(Delivery.NOW, snoozed=snoozed)) == LEFT
        assert self.now(reader(Delivery.NOW, Delivery.NOW, snoozed=snoozed)) == AT_ONCE
        assert self.now(reader(Delivery.NOW, snoozed=snoozed), now=until) == AT_ONCE

    def test_over_the_cap_it_waits_for_the_digest(self) -> None:
        """At the hour of the daily one, whatever else the reader has."""
        capped = reader(Delivery.NOW, daily_cap=3)
        assert self.now(capped, sent_today=2) == AT_ONCE
        assert getattr(self.now(capped, sent_today=3), "until", None) == datetime(2026, 5, 15, 6, tzinfo=UTC)


class TestLooking:
    """One look after another, at any moment, with the bot off in between."""

    @given(ZONES, CLOCKS, MOMENTS, st.lists(st.integers(1, 60 * 50), min_size=5, max_size=60))
    def test_each_digest_once_and_the_missed_ones_together(
        self, zone: ZoneInfo, clock: time, start: datetime, minutes: list[int]
    ) -> None:
        """However irregular the looks: moments grow, none comes before its time, and after one nothing is overdue."""
        one = reader(Delivery.DAILY, digest_at=clock)
        planned: dict[Delivery, datetime] = {}
        now, seen = start, []
        for pause in minutes:
            found = step(one, planned, None, now=now, zone=zone)
            if found.due is not None:
                assert found.due.moment <= now
                seen.append(found.due.moment)
            planned = dict(found.planned)
            assert planned[Delivery.DAILY] > now
            now += timedelta(minutes=pause)
        assert seen == sorted(set(seen))
        dates = [moment.astimezone(zone).date() for moment in seen]
        assert len(set(dates)) == len(dates)

    def test_quiet_and_pause_put_a_digest_off(self) -> None:
        """It is not lost; all that came together makes one."""
        nine = datetime(2026, 5, 15, 6, tzinfo=UTC)
        one = reader(Delivery.DAILY, Delivery.WEEKLY, quiet=(time(8), time(10)))
        planned = {Delivery.DAILY: nine, Delivery.WEEKLY: nine - timedelta(days=1)}
        found = step(one, planned, None, now=nine, zone=MOSCOW)
        assert (found.due, found.next_look) == (None, nine + timedelta(hours=1))
        found = step(one, found.planned, None, now=nine + timedelta(hours=1), zone=MOSCOW)
        assert found.due is not None
        assert found.due.kinds == {Delivery.DAILY, Delivery.WEEKLY}
        assert found.due.moment == nine - timedelta(days=1)

    def test_what_is_held_comes_when_it_may(self) -> None:
        """A catch-up of its own, also for who has no digests."""
        found = step(reader(Delivery.NOW), {}, NOON, now=NOON, zone=MOSCOW)
        assert found.due is not None
        assert (found.due.moment, found.due.kinds) == (NOON, frozenset())
        later = step(reader(Delivery.NOW), {}, NOON, now=NOON - timedelta(hours=1), zone=MOSCOW)
        assert (later.due, later.next_look) == (None, NOON)

    def test_who_is_away_is_not_looked_at(self) -> None:
        """Until they come back."""
        assert step(replace(reader(Delivery.DAILY), active=False), {}, NOON, now=NOON, zone=MOSCOW).next_look is None
