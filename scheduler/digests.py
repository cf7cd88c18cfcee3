"""When a reader is served, and with what: at once, in a digest, or not before their quiet hours are over. Pure.

Times that recur are those of the reader's own clock. An hour that a change of the clocks leaves out comes right after
the gap, one that comes twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto

from bot.readers import SOONEST, Delivery, Preferences, Reader, Subscription
from scheduler.slots import Quiet

_HOUR = timedelta(hours=1)


class How(Enum):
    """What the fan-out does with an article for one reader."""

    NOW = auto()
    HELD = auto()
    LEFT = auto()


@dataclass(frozen=True, slots=True)
class Serving:
    """`until`: when a held article may come. What is left is wanted by nothing."""

    how: How
    until: datetime | None = None


AT_ONCE, LEFT = Serving(How.NOW), Serving(How.LEFT)


@dataclass(frozen=True, slots=True)
class Due:
    """What a reader gets now. `moment` is when it was planned for and names it; `kinds` are the deliveries whose
    articles are in it, beside what was held."""

    moment: datetime
    kinds: frozenset[Delivery]


@dataclass(frozen=True, slots=True)
class Step:
    """One look at a reader: what is due, when each kind of digest comes next, and when to look again."""

    due: Due | None
    planned: Mapping[Delivery, datetime] = field(default_factory=dict)
    next_look: datetime | None = None


def wanted(reader: Reader, matching: Iterable[Subscription], at: datetime) -> tuple[Subscription, ...]:
    """The subscriptions that count for an article that came at a moment: those that are not snoozed then."""
    snoozed = reader.preferences.snoozed
    return tuple(one for one in matching if one.key not in snoozed or snoozed[one.key] <= at)


def delivery(subscriptions: Iterable[Subscription]) -> Delivery | None:
    """The soonest of them: an article comes once. None: nothing wants it."""
    return min((one.delivery for one in subscriptions), key=SOONEST.index, default=None)


def serving(
    reader: Reader, matching: Iterable[Subscription], *, now: datetime, zone: tzinfo, sent_today: int
) -> Serving:
    """What becomes of a new article that matches some of a reader's subscriptions. `sent_today`: how many articles they
    got at once since their midnight."""
    kind, preferences = delivery(wanted(reader, matching, now)), reader.preferences
    if kind is None:
        return LEFT
    if kind is not Delivery.NOW:  # a change of mind while it was on its way: it may be too old for their first digest
        return Serving(How.HELD, next_time(kind, preferences, now, zone))
    free = free_from(preferences, now, zone)
    if free > now:
        return Serving(How.HELD, free)
    if preferences.daily_cap is not None and sent_today >= preferences.daily_cap:
        return Serving(How.HELD, next_time(Delivery.DAILY, preferences, now, zone))
    return AT_ONCE


def free_from(preferences: Preferences, moment: datetime, zone: tzinfo) -> datetime:
    """The first moment, not before the given one, at which a reader is neither paused nor in their quiet hours."""
    if preferences.paused_until is not None and preferences.paused_until > moment:
        moment = preferences.paused_until
    quiet = Quiet(*preferences.quiet) if preferences.quiet is not None else None
    local = moment.astimezone(zone)
    if quiet is None or not quiet.covers(local):
        return moment
    # an end of quiet that falls into a gap of the clocks is right after it, and so not later than it says
    return max(quiet.over(local).astimezone(UTC), moment)


def next_time(kind: Delivery, preferences: Preferences, after: datetime, zone: tzinfo) -> datetime:
    """When the next digest of a kind comes, later than a moment."""
    if kind is Delivery.HOURLY:
        return _next_hour(after, zone)
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        day += timedelta(days=1)
        if kind is Delivery.WEEKLY and day.weekday() != preferences.digest_day:
            continue
        at = _at(day, preferences.digest_at, zone)
        if at > after:
            return at


def step(
    reader: Reader,
    planned: Mapping[Delivery, datetime],
    held_from: datetime | None,
    *,
    now: datetime,
    zone: tzinfo,
) -> Step:
    """Look at a reader. `planned`: what was planned at the last look; `held_from`: when the first held article may
    come.

    What is planned for later is planned anew, by what the reader prefers now. Of several digests that were missed, or
    that come together, one is made.
    """
    if not reader.active:
        return Step(None)
    kinds = {one.delivery for one in reader.subscriptions} - {Delivery.NOW}
    plan = {kind: _planned(kind, planned.get(kind), reader.preferences, now, zone) for kind in kinds}
    ready = frozenset(kind for kind, at in plan.items() if at <= now)
    moments = [plan[kind] for kind in ready]
    if held_from is not None and held_from <= now:
        moments.append(held_from)
    free = free_from(reader.preferences, now, zone)
    if not moments:
        later = [*plan.values(), *([held_from] if held_from is not None else [])]
        return Step(None, plan, min(later, default=None))
    if free > now:
        return Step(None, plan, free)
    after = {kind: next_time(kind, reader.preferences, now, zone) if kind in ready else at for kind, at in plan.items()}
    return Step(Due(min(moments), ready), after, min(after.values(), default=None))


def _planned(
    kind: Delivery, before: datetime | None, preferences: Preferences, now: datetime, zone: tzinfo
) -> datetime:
    return before if before is not None and before <= now else next_time(kind, preferences, now, zone)


def _next_hour(after: datetime, zone: tzinfo) -> datetime:
    """The next full hour of the local clock; it keeps its rhythm over a change of the clocks."""
    local = after.astimezone(zone)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return after - into + _HOUR


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    """A local time as a moment: the first of two, and one that does not exist by what the clocks showed before."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
