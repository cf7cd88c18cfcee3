"""How often a source is read, and when its silence is news. Pure: what is known of it and `now` in, moments out."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bot.conditions import SourceState

LONGEST_BACKOFF = timedelta(days=1)
REMEMBERED = 60
"""The last articles whose times tell a source's rhythm."""
_GUESSED_FROM, _SURE_FROM = 4, 10
"""Gaps between articles from which the interval is fitted, and from which silence means something."""
_SHARE = 2
"""A source is read so often between two of its usual articles."""
_SLOWING = 10
"""In a silence the interval grows to this part of it."""
_SILENT, _LONGER = 8, 1.25
"""Silence is news after so many usual gaps, and not before it is so much longer than any night or weekend seen."""
_SHORTEST_SILENCE = timedelta(hours=1)
WHOLE_EVERY = timedelta(days=30)
"""How often a feed is read whole although nothing changed: what is still in it must not be forgotten."""
JITTER = 0.1
"""The part of an interval by which the next reading may be late, so that sources don't march in step."""


def backoff(every: timedelta, failures: int) -> timedelta:
    """The wait before the next try: doubled with each failure in a row, a day at most.

    >>> backoff(timedelta(minutes=5), 0), backoff(timedelta(minutes=5), 3)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=2400))
    """
    doubled: timedelta = every * (1 << min(failures, 20))
    return max(every, min(doubled, LONGEST_BACKOFF))


def seen_at(times: Iterable[datetime], more: Iterable[datetime | None], now: datetime) -> tuple[datetime, ...]:
    """The times of the last articles with those of new ones, in order; one without a date came now."""
    known = [min(moment, now) if moment is not None else now for moment in more]
    return tuple(sorted([*times, *known])[-REMEMBERED:])


def usual_gap(times: Sequence[datetime]) -> timedelta | None:
    """The time between two articles, as it usually is; None while too few are known."""
    gaps = _gaps(times)
    return statistics.median_high(gaps) if len(gaps) >= _GUESSED_FROM else None


def interval(
    every: timedelta,
    slowest: timedelta,
    times: Sequence[datetime],
    *,
    now: datetime,
    fresh_for: timedelta | None = None,
) -> timedelta:
    """The wait until the next reading, between the bounds: fitted to how often the source publishes, slower while it is
    silent, and not before the feed says it may have changed."""
    usual = usual_gap(times)
    fitted = every if usual is None else max(usual / _SHARE, (now - times[-1]) / _SLOWING)
    return min(max(every, fitted, fresh_for or every), max(every, slowest))


def silence(times: Sequence[datetime], now: datetime) -> str | None:
    """A sentence when a source has said nothing for far longer than it usually does."""
    if not times or now - times[-1] <= _SHORTEST_SILENCE:
        return None
    gaps = _gaps(times)
    if len(gaps) < _SURE_FROM:
        return None
    usual, longest, silent = statistics.median_high(gaps), max(gaps), now - times[-1]
    if silent <= max(_SILENT * usual, _LONGER * longest, _SHORTEST_SILENCE):
        return None
    return f"usually publishes every {_told(usual)} and has been silent for {_told(silent)}"


def due(state: SourceState, every: timedelta, slowest: timedelta, now: datetime) -> datetime:
    """When a source is to be read. A change of its settings counts at once; what the site asked for is kept to."""
    allowed = max(backoff(every, state.failures), slowest if state.failures == 0 else every)
    when = state.next_check or now
    if state.checked_at is None or when - state.checked_at > allowed * (1 + JITTER):
        when = min(when, now + allowed)
    return max(now, when, state.not_before or now)


def wants_whole(state: SourceState, now: datetime) -> bool:
    """Whether the feed must come whole this time, changed or not."""
    return state.whole_at is None or now - state.whole_at >= WHOLE_EVERY


def _gaps(times: Sequence[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(times) if later > earlier]


def _told(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
