"""How fast to send: decisions over values. Nothing here waits, asks a clock or knows a library.

A platform tells its limit only by refusing. What holds it back from refusing is kept in three rules:

1. Messages start at evenly spaced moments, with at most two slots of catch-up: no bursts.
2. A second never holds more messages than are believed safe, also where they bunch on the way: a message counts until a
   second after it arrived at the latest, which its answer tells.
3. On a refusal everything is held for as long as was asked, and the pace is cut. Then it creeps up again: every higher
   rate is first tried for one second whose messages are counted exactly, so that what was allowed once is known to be
   allowed. A rate that was refused is not tried again for ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.pacing import Limits, Pace, Trial

CATCH_UP = 2
"""Slots that may be made up for after a delay."""
CUT = 0.93
"""What is left of a pace that was refused unexpectedly."""
FAR_OFF = 0.85
"""When fewer than this share of the believed limit had been sent, the limit is what had been sent."""
HALF = 0.5
"""No single refusal cuts the pace below this share of it."""
WALL_LIFE = timedelta(minutes=10)
"""How long a refused rate is not tried again: one refusal in about 18,000 messages at 30 a second."""
AFTER_REFUSAL = timedelta(seconds=1.2)
AFTER_SUCCESS = timedelta(seconds=0.1)
BUSY = 0.8
"""A higher rate is tried only while this share of the allowed one is used."""
STALE = timedelta(seconds=3)
"""A trial whose answers are not there this long after its last message is given up."""
SECOND = timedelta(seconds=1)

WARM = 200
"""Answers after which their times are known well enough."""
FIRST_SLACK = timedelta(milliseconds=60)
MOST_SLACK = timedelta(milliseconds=100)
_LEAK = 2e-5
"""The extremes fade with every answer, so that a route that changed is noticed within half an hour at full pace."""
_OUTLIER = 0.2
_GUARD = timedelta(milliseconds=1)


def slot(tat: datetime, now: datetime, interval: timedelta) -> tuple[datetime, datetime]:
    """The next evenly spaced moment, and the one after it. `tat`: the moment that was next (GCRA's theoretical arrival
    time). What was missed is made up for by at most CATCH_UP slots."""
    due = max(tat, now - CATCH_UP * interval)
    return max(now, due), due + interval


def burst_free(tat: datetime, now: datetime, interval: timedelta, burst: int) -> datetime:
    """When one more is allowed where `burst` may come at once and then one an interval (GCRA)."""
    return max(now, tat - (burst - 1) * interval)


@dataclass(frozen=True, slots=True)
class Travel:
    """How long answers take: the extremes lately, in seconds, and how many were seen."""

    low: float = 0.0
    high: float = 0.0
    seen: int = 0

    def after(self, took: timedelta) -> Travel:
        """With one more answer."""
        seconds = max(0.0, took.total_seconds())
        if not self.seen:
            return Travel(seconds, seconds, 1)
        low = min(self.low + (seconds - self.low) * _LEAK, seconds)
        high = max(self.high - (self.high - seconds) * _LEAK, min(seconds, low + _OUTLIER))
        return Travel(low, high, self.seen + 1)

    @property
    def slack(self) -> timedelta:
        """By how much a message may arrive later than another that took the shortest time: half of the spread, since
        there and back share it, and a tenth for what was not seen yet."""
        if self.seen < WARM:
            return FIRST_SLACK
        return min(MOST_SLACK, timedelta(seconds=(self.high - self.low) / 2 * 1.1) + _GUARD)

    @property
    def quiet(self) -> timedelta:
        """How long until the answers to what was just sent are there."""
        return timedelta(seconds=self.high + 0.01) if self.seen else timedelta(seconds=0.3)

    def release(self, started: datetime, answered: datetime) -> datetime:
        """Until when a message counts: a second after it arrived at the latest. It can't have been longer on its way
        than the whole took beyond the shortest time."""
        latest = self.slack
        if self.seen >= WARM:
            beyond = (answered - started).total_seconds() - self.low + 0.06 * (self.high - self.low)
            latest = min(latest, timedelta(seconds=max(0.0, beyond)))
        return started + SECOND + latest + _GUARD


def refused(pace: Pace, limits: Limits, *, granted: datetime, before: int, now: datetime, until: datetime) -> Pace:
    """The pace after a refusal that concerns everybody, of a turn given at `granted`. `before`: how many had been sent
    in the second before it; `until`: when sending goes on.

    A refused trial leaves the pace as it is: it has told the limit exactly. Otherwise the pace is cut: to what had been
    sent if that is far less than was believed, else by some 7 %.
    """
    if pace.cut_at is not None and granted <= pace.cut_at:
        return pace
    limit, wall = pace.limit, min(pace.room, before + 1)
    if pace.trial is not None:
        wall = pace.trial.rate
    elif before < FAR_OFF * limit:
        limit = max(limits.least, HALF * limit, float(before))
    else:
        limit = max(limits.least, CUT * limit)
    return replace(
        pace,
        limit=limit,
        wall=max(wall, int(limit) + 1),
        wall_until=now + WALL_LIFE,
        next_trial=until + AFTER_REFUSAL,
        cut_at=now,
        trial=None,
    )


def proved(pace: Pace, *, now: datetime) -> Pace:
    """The pace after a trial without a refusal."""
    if pace.trial is None:
        return pace
    return replace(pace, limit=float(pace.trial.rate), trial=None, next_trial=now + AFTER_SUCCESS)


def next_trial(pace: Pace, limits: Limits, travel: Travel, *, in_second: int, now: datetime) -> Pace | None:
    """The pace with a trial of one more a second, or without one that came to nothing. None: nothing to change."""
    if pace.trial is not None:
        given_up = now > pace.trial.bursts + STALE
        return replace(pace, trial=None, next_trial=now + SECOND) if given_up else None
    if travel.seen < WARM or in_second < BUSY * pace.room or not _may_try(pace, limits, now):
        return None
    gap = 2 * travel.slack
    opens = now + 2 * SECOND / pace.limit + gap
    return replace(pace, trial=Trial(pace.room + 1, opens, opens - gap / 2 + SECOND))


def _may_try(pace: Pace, limits: Limits, now: datetime) -> bool:
    wanted = pace.room + 1
    if wanted > limits.most or (pace.next_trial is not None and now < pace.next_trial):
        return False
    believed = pace.wall_until is not None and now < pace.wall_until
    return not (believed and pace.wall is not None and wanted >= pace.wall)


LONG = timedelta(seconds=60)
SHORT = timedelta(seconds=5)


def held_for_all(asked: timedelta, *, private: bool, chats_refused: int, busy: bool) -> timedelta | None:
    """For how long a refusal holds everybody; None: the chat alone.

    No platform says whom a wait concerns. `chats_refused`: how many chats were refused since anything was last sent:
    two at once speak for the token. So does a refusal while much is being sent (`busy`), but a long wait, or some
    seconds in a group or channel, may well be the chat's own: there everybody goes on until a second chat is refused.
    """
    if chats_refused > 1:
        return asked
    if busy and (asked <= SHORT or (private and asked <= LONG)):
        return asked
    return None
