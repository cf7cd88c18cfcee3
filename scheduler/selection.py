"""What goes out, where, when and why. Pure: articles, wishes, settings and `now` in; decisions out.

`select` decides for one moment. `plan` asks `select` for every coming moment in turn, so that what `/queue`, the board
and `depeche plan` show is what will happen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.conditions import Planned
from bot.model import Article
from bot.wishes import EVERGREEN, NO_WISHES, NOTHING, Wish
from scheduler.slots import Timetable
from scheduler.turns import CatchUp, Channel, Outage, Turn, is_backlog, is_missed, turn_of, why_not

__all__ = ["ENDLESS", "CatchUp", "Channel", "Outage", "Selection", "Skip", "plan", "select", "why_not"]

ENDLESS = 1_000_000
"""A budget no queue reaches: a channel that posts at once takes all there is."""
MOST_TOGETHER = 20
"""How many articles a round-up may have; how many of them fit is asked when it is written."""
CATCHING_UP = timedelta(minutes=5)
"""The least time between two posts of a channel without slots while it makes up for an outage."""


@dataclass(frozen=True, slots=True)
class Skip:
    """An article that will not go out here, and why."""

    article: Article
    reason: str


@dataclass(frozen=True, slots=True)
class Spare:
    """An article that may return in an empty slot, from a moment on."""

    article: Article
    rests_until: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """What to do at one moment. `wait_until`: nothing more before then (None: nothing more is wanted). `why`: by the
    keys of what is sent. `spending`: the keys of what takes of the budget; `left`: what of it is still wanted later.
    `together`: what of `send` goes out in one post. `spare`: what of it returns, since nothing else wants the slot."""

    send: tuple[Article, ...] = ()
    skip: tuple[Skip, ...] = ()
    wait_until: datetime | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    spending: frozenset[str] = frozenset()
    left: int = 0
    together: tuple[Article, ...] = ()
    spare: Article | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """Whose turn it is now, in order; whose turn comes later; what is given up."""

    forced: list[Turn]
    free: list[Turn]
    ordinary: list[Turn]
    later: list[datetime]
    skip: tuple[Skip, ...]


def select(
    channel: Channel,
    waiting: Sequence[Article],
    *,
    now: datetime,
    budget: int,
    last_sent: datetime | None,
    posted: Sequence[datetime] = (),
    wishes: Mapping[str, Wish] = NO_WISHES,
    due: Collection[str] = (),
    outage: Outage | None = None,
    spare: Sequence[Spare] = (),
) -> Selection:
    """What of the waiting articles (in their order) goes out now: at most `budget` that need a slot, never in quiet
    hours, never sooner than the gap after the last one, never above the day's cap. With a gap, one at a time. What an
    editor wants now goes past all of it."""
    ready = _sorted(channel, waiting, now=now, wishes=wishes, due=due, outage=outage)
    missed = [turn.article for turn in ready.ordinary if is_missed(channel, turn.article, outage)]
    timetable = _slowed(channel.timetable) if missed else channel.timetable
    last, history = last_sent, list(posted)
    if ready.forced:
        last, history = now, [*history, *[now] * len(ready.forced)]
    line = ready.free + ready.ordinary[: max(0, budget)]
    if spare and budget > 0 and not line and not ready.forced and not channel.timetable.at_once:
        free = channel.timetable.free_from(now, last_sent, posted) <= now
        return _returning(ready, [one for one in spare if free and one.rests_until <= now])
    free_from = timetable.free_from(now, last, history) if line else None
    chosen = (
        _let_through(timetable, line, now=now, posted=history) if free_from is not None and free_from <= now else []
    )
    folded = missed if missed and channel.catch_up is CatchUp.FOLD else _backlog(channel, ready, wishes, now)
    together = _together(channel, chosen, line, ready.ordinary, folded, due)
    chosen += [turn for turn in together if turn not in chosen]
    if len(chosen) < len(line) and chosen:
        free_from = timetable.free_from(now, now, [*history, *[now] * len(chosen)])
    times = [*ready.later, *([free_from] if free_from is not None and len(chosen) < len(line) else [])]
    going = [*ready.forced, *chosen]
    spending = frozenset(turn.article.key for turn in chosen if not turn.free)
    return Selection(
        send=tuple(turn.article for turn in going),
        skip=ready.skip,
        wait_until=min(times, default=None),
        why={turn.article.key: turn.why for turn in going},
        spending=spending,
        left=max(0, sum(not turn.free for turn in line) - len(spending)),
        together=tuple(turn.article for turn in together),
    )


def _backlog(channel: Channel, ready: _Ready, wishes: Mapping[str, Wish], now: datetime) -> list[Article]:
    """What has waited for so long that it goes out together."""
    waiting = [turn.article for turn in ready.ordinary]
    return [one for one in waiting if is_backlog(channel, one, wishes.get(one.key, NOTHING), now=now)]


def _returning(ready: _Ready, rested: Sequence[Spare]) -> Selection:
    """Nothing wants the open slot: what has rested longest returns. A slot that can't be used now is not kept."""
    later = min(ready.later, default=None)
    if not rested:
        return Selection(skip=ready.skip, wait_until=later)
    article = rested[0].article
    return Selection((article,), ready.skip, later, {article.key: EVERGREEN}, frozenset({article.key}), spare=article)


def plan(
    channel: Channel,
    waiting: Sequence[Article],
    *,
    now: datetime,
    until: datetime,
    last_sent: datetime | None,
    held_until: datetime | None = None,
    posted: Sequence[datetime] = (),
    wishes: Mapping[str, Wish] = NO_WISHES,
    outage: Outage | None = None,
    budget: int = 0,
    spare: Sequence[Spare] = (),
) -> list[Planned]:
    """What will go out to a channel up to `until`, if nothing new comes. `held_until`: the platform lets nothing out
    before then. `budget`: what is left of the slot that is open now."""
    planned: list[Planned] = []
    left, history = list(waiting), list(posted)
    budget = ENDLESS if channel.timetable.at_once else budget
    slots = channel.timetable.slots(now)
    slot = next(slots, None)
    at: datetime | None = max(now, held_until or now)
    while (left or spare) and at is not None and at < until:
        while slot is not None and slot <= at:  # slots never add up to a flood
            budget, slot = channel.per_slot, next(slots, None)
        chosen = select(
            channel,
            left,
            now=at,
            budget=budget,
            last_sent=last_sent,
            posted=history,
            wishes=wishes,
            outage=outage,
            spare=spare,
        )
        gone = {article.key for article in chosen.send} | {skip.article.key for skip in chosen.skip}
        left = [article for article in left if article.key not in gone]
        spare = [one for one in spare if one.article.key not in gone]
        planned += [Planned(at, channel.name, article, chosen.why[article.key]) for article in chosen.send]
        budget = ENDLESS if channel.timetable.at_once else chosen.left
        history += [at] * len(chosen.send)
        last_sent = at if chosen.send else last_sent
        at = min((one for one in (chosen.wait_until, slot) if one is not None and one > at), default=None)
    return planned


def resting(
    channel: Channel, marked: Sequence[Article], last: Mapping[str, datetime], waiting: Sequence[Article]
) -> tuple[Spare, ...]:
    """Which articles may return to a channel and when, the one that has rested longest first: those that went out
    there, still fit its filter, and do not wait there now."""
    if channel.evergreen_after is None:
        return ()
    there, ageless = {article.base for article in waiting}, replace(channel, max_age=None)
    found = [
        Spare(one, last[one.base] + channel.evergreen_after)
        for one in marked
        if one.base in last and one.base not in there and why_not(ageless, one, now=last[one.base]) is None
    ]
    return tuple(sorted(found, key=lambda one: one.rests_until))


def _sorted(
    channel: Channel,
    waiting: Sequence[Article],
    *,
    now: datetime,
    wishes: Mapping[str, Wish],
    due: Collection[str],
    outage: Outage | None,
) -> _Ready:
    ready = _Ready([], [], [], [], ())
    skip: list[Skip] = []
    for article in waiting:
        wish = wishes.get(article.key, NOTHING)
        turn = turn_of(channel, article, wish, now=now, due=due, outage=outage)
        if turn.at is None:
            continue
        if turn.at > now:
            ready.later.append(turn.at)
        elif turn.drop:
            skip.append(Skip(article, turn.why))
        else:
            (ready.forced if turn.forced else ready.free if turn.free else ready.ordinary).append(turn)
    return replace(ready, skip=tuple(skip))


def _together(
    channel: Channel,
    chosen: list[Turn],
    line: list[Turn],
    ordinary: list[Turn],
    folded: list[Article],
    due: Collection[str],
) -> list[Turn]:
    """What goes out in one post, if anything may go now: all that was missed or has waited too long, or all that this
    moment has room for. A post counts once for the gap."""
    turns: list[Turn] = []
    if len(folded) > 1 and any(turn.article in folded for turn in chosen):
        turns = [turn for turn in ordinary if turn.article in folded]
    elif channel.round_up and any(_waits_its_turn(turn, due) for turn in chosen):
        turns = [turn for turn in line if _waits_its_turn(turn, due)]
    return turns[:MOST_TOGETHER] if len(turns) > 1 else []


def _waits_its_turn(turn: Turn, due: Collection[str]) -> bool:
    """What is breaking goes by itself."""
    return not turn.free or turn.article.key in due


def _let_through(timetable: Timetable, line: list[Turn], *, now: datetime, posted: Sequence[datetime]) -> list[Turn]:
    room = timetable.room(now, posted)
    count = 1 if timetable.gap else len(line)
    return line[: count if room is None else min(count, room)]


def _slowed(timetable: Timetable) -> Timetable:
    """A channel without slots makes up for an outage one by one; one with slots goes on slot by slot anyway."""
    return replace(timetable, gap=max(timetable.gap, CATCHING_UP)) if timetable.at_once else timetable
