"""How often a source is read, and when its silence is news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conditions import SourceState
from scheduler.rhythm import REMEMBERED, WHOLE_EVERY, backoff, due, interval, seen_at, silence, usual_gap, wants_whole

NOON = datetime(2024, 5, 14, 9, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)


def every(minutes: float, count: int = 20) -> tuple[datetime, ...]:
    """Times of articles, the last of them now."""
    return tuple(NOON - timedelta(minutes=minutes) * back for back in range(count))[::-1]


@pytest.mark.parametrize(
    ("times", "minutes"),
    [((), 5), (every(1), 5), (every(40), 20), (every(600), 60), (every(40, 3), 5)],
)
def test_the_interval_is_fitted_between_its_bounds(times: tuple[datetime, ...], minutes: int) -> None:
    """Half of what usually lies between two articles; unknown, and for a busy source, the shortest."""
    assert interval(FIVE, HOUR, times, now=NOON) == timedelta(minutes=minutes)


def test_a_silent_source_is_read_ever_less_often() -> None:
    """A tenth of its silence, up to the longest interval."""
    waits = [interval(FIVE, HOUR, every(10), now=NOON + timedelta(hours=hours)) for hours in (0, 2, 5, 50)]
    assert waits == [FIVE, timedelta(minutes=12), timedelta(minutes=30), HOUR]


def test_a_feed_that_says_how_long_it_stays_is_left_alone_as_long() -> None:
    """Within the bounds: it can't ask to be forgotten, nor to be read without end."""
    assert interval(FIVE, HOUR, (), now=NOON, fresh_for=timedelta(minutes=30)) == timedelta(minutes=30)
    assert interval(FIVE, HOUR, (), now=NOON, fresh_for=timedelta(days=9)) == HOUR
    assert interval(FIVE, HOUR, (), now=NOON, fresh_for=timedelta(0)) == FIVE


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=30)), max_size=80), st.timedeltas(timedelta(0)))
def test_no_rhythm_leads_out_of_the_bounds(ages: list[timedelta], fresh_for: timedelta) -> None:
    """Whatever the times are."""
    times = seen_at((), [NOON - age for age in ages], NOON)
    assert len(times) <= REMEMBERED
    assert FIVE <= interval(FIVE, HOUR, times, now=NOON, fresh_for=fresh_for) <= HOUR


def test_silence_is_news_when_it_is_far_longer_than_usual() -> None:
    """Every 40 minutes, then nothing for six hours."""
    assert silence(every(40), NOON + timedelta(hours=5)) is None
    sentence = silence(every(40), NOON + timedelta(hours=6))
    assert sentence == "usually publishes every 40 min and has been silent for 6 h"


def test_a_night_that_was_seen_before_is_no_news() -> None:
    """A newsroom that sleeps eight hours is silent for more than ten before anybody is told."""
    morning = [moment - timedelta(hours=20) for moment in every(40, 12)]
    times = tuple(sorted([*morning, *every(40, 12)]))
    longest = max(later - earlier for earlier, later in pairwise(times))
    assert silence(times, NOON + longest) is None
    assert silence(times, NOON + longest * 1.3) is not None


def test_too_few_articles_tell_nothing() -> None:
    """Neither of the usual nor of silence."""
    assert usual_gap(every(40, 4)) is None
    assert silence(every(40, 8), NOON + timedelta(days=30)) is None


def test_articles_without_a_date_come_now_and_none_comes_later() -> None:
    """A date in the future would make a silence of the present."""
    assert seen_at((), [None, NOON + HOUR, NOON - HOUR], NOON) == (NOON - HOUR, NOON, NOON)


def test_failures_slow_down_to_a_day() -> None:
    """Doubled each time."""
    assert [backoff(FIVE, failures) for failures in (0, 1, 2, 50)] == [FIVE, 2 * FIVE, 4 * FIVE, timedelta(days=1)]


def test_what_a_site_asked_for_is_kept_to_whatever_the_settings_say() -> None:
    """A shorter interval in the settings counts at once, but not against Retry-After."""
    planned = SourceState(checked_at=NOON, next_check=NOON + 3 * HOUR)
    assert due(planned, FIVE, FIVE, NOON) == NOON + FIVE
    asked = SourceState(checked_at=NOON, next_check=NOON + 3 * HOUR, not_before=NOON + 3 * HOUR, failures=1)
    assert due(asked, FIVE, FIVE, NOON) == NOON + 3 * HOUR
    late = SourceState(checked_at=NOON, next_check=NOON + FIVE * 1.1)
    assert due(late, FIVE, FIVE, NOON) == NOON + FIVE * 1.1
    assert due(SourceState(), FIVE, FIVE, NOON) == NOON


def test_now_and_then_a_feed_comes_whole() -> None:
    """Also when nothing changed for months: what is still in it must be seen."""
    assert wants_whole(SourceState(), NOON)
    assert not wants_whole(SourceState(whole_at=NOON - FIVE), NOON)
    assert wants_whole(SourceState(whole_at=NOON - WHOLE_EVERY), NOON)
