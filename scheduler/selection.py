"""What goes out, where, when and why. Pure: articles, settings and `now` in; decisions out.

`select` decides for one moment. `plan` asks `select` for every coming moment in turn, so that what `/queue` and
`depeche plan` show is what will happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.model import Article, Place, Planned
from bot.query import Query, facets, matches
from scheduler.slots import Timetable

ENDLESS = 1_000_000
"""A budget no queue reaches: a channel that posts at once takes all there is."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One public place and the rules for what goes there."""

    name: str
    place: Place
    timetable: Timetable
    filter: Query | None = None
    filter_text: str | None = None
    per_slot: int = 1
    approval: bool = False
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """An article that will not go out here, and why."""

    article: Article
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What to do at one moment. `wait_until`: nothing more before then (None: nothing more is wanted)."""

    send: tuple[Article, ...] = ()
    skip: tuple[Skip, ...] = ()
    wait_until: datetime | None = None


def why_not(channel: Channel, article: Article, *, now: datetime) -> str | None:
    """The reason an article does not belong on a channel, or None. Sources are not known here, tags are."""
    if channel.filter is not None and not matches(channel.filter, facets(article)):
        return f"does not match the filter {channel.filter_text}"
    if channel.max_age is not None and article.published_at is not None:
        age = now - article.published_at
        if age > channel.max_age:
            return f"older than {channel.max_age}: published {article.published_at.isoformat()}"
    return None


def select(
    channel: Channel,
    waiting: Sequence[Article],
    *,
    now: datetime,
    budget: int,
    last_sent: datetime | None,
) -> Selection:
    """What of the waiting articles (oldest first) goes out now: at most `budget`, never in quiet hours, never sooner
    than the gap after the last one. With a gap, one at a time."""
    reasons = [(article, why_not(channel, article, now=now)) for article in waiting]
    skip = tuple(Skip(article, reason) for article, reason in reasons if reason is not None)
    wanted = [article for article, reason in reasons if reason is None]
    if not wanted or channel.approval or budget <= 0:
        return Selection(skip=skip)
    free = channel.timetable.free_from(now, last_sent)
    if free > now:
        return Selection(skip=skip, wait_until=free)
    count = 1 if channel.timetable.gap else budget
    rest = len(wanted) > count and budget > count
    return Selection(
        send=tuple(wanted[:count]),
        skip=skip,
        wait_until=channel.timetable.free_from(now + channel.timetable.gap, None) if rest else None,
    )


def plan(
    channel: Channel,
    waiting: Sequence[Article],
    *,
    now: datetime,
    until: datetime,
    last_sent: datetime | None,
    held_until: datetime | None = None,
) -> list[Planned]:
    """What will go out to a channel up to `until`, if nothing new comes. `held_until`: the platform lets nothing out
    before then."""
    planned: list[Planned] = []
    left = list(waiting)
    for chance in _chances(channel, now=now, until=until):
        at: datetime | None = max(chance.opens, held_until or chance.opens)
        spent = 0
        while at is not None and at < chance.closes and left and spent < chance.budget:
            chosen = select(channel, left, now=at, budget=chance.budget - spent, last_sent=last_sent)
            gone = {article.key for article in chosen.send} | {skip.article.key for skip in chosen.skip}
            left = [article for article in left if article.key not in gone]
            planned += [Planned(at, channel.name, article, chance.why) for article in chosen.send]
            spent += len(chosen.send)
            last_sent = at if chosen.send else last_sent
            at = chosen.wait_until
    return planned


@dataclass(frozen=True, slots=True)
class _Chance:
    """From `opens` until `closes` up to `budget` articles may go out."""

    opens: datetime
    closes: datetime
    budget: int
    why: str


def _chances(channel: Channel, *, now: datetime, until: datetime) -> Iterator[_Chance]:
    """A slot may wait for quiet hours or a gap to end, but not past the next slot: slots never add up to a flood."""
    timetable = channel.timetable
    if timetable.at_once:
        yield _Chance(now, until, ENDLESS, "at once")
        return
    for slot, following in pairwise(timetable.slots(now)):
        if slot >= until:
            return
        yield _Chance(slot, min(following, until), channel.per_slot, f"slot {timetable.schedule}")
