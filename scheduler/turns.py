"""Whether, when and why it is one article's turn on one channel. Pure: rules, wishes and the clock in, a turn out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.model import Article, Place
from bot.query import Query, facets, matches
from bot.wishes import NOTHING, Wish
from scheduler.slots import Timetable


class CatchUp(StrEnum):
    """What becomes of articles that were due while the bot was down."""

    FOLD = "fold"
    SPREAD = "spread"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Outage:
    """The time in which the bot was down."""

    since: datetime
    until: datetime

    def covers(self, article: Article) -> bool:
        """Whether an article appeared in it."""
        at = article.published_at
        return at is not None and self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Channel:
    """One public place and the rules for what goes there.

    `breaking`: what matches waits for no slot. `approvers`: how many editors must agree where `approval` is asked for.
    `release_after`, `hold_after`: after how long unanswered drafts go out, or are held, by themselves; None: never.
    `round_up`: what goes out at one moment goes in one post. `threaded`: what goes on with a story answers its post, on
    Telegram. `backlog_after`: what has waited for longer goes out together; None: nothing does. `evergreen_after`: how
    long an article that may return rests here; None: none returns.
    """

    name: str
    place: Place
    timetable: Timetable
    filter: Query | None = None
    filter_text: str | None = None
    per_slot: int = 1
    approval: bool = False
    max_age: timedelta | None = None
    breaking: Query | None = None
    catch_up: CatchUp = CatchUp.SPREAD
    approvers: int = 1
    release_after: timedelta | None = None
    hold_after: timedelta | None = None
    round_up: bool = False
    threaded: bool = True
    backlog_after: timedelta | None = None
    evergreen_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """An article may go from `at` on, if the rules of the channel allow it then; None: only when somebody says so.

    `free`: without a slot. `forced`: past quiet hours, gap and cap. `drop`: it is then given up, for `why`.
    """

    article: Article
    at: datetime | None
    why: str
    free: bool = False
    forced: bool = False
    drop: bool = False


def why_not(channel: Channel, article: Article, *, now: datetime) -> str | None:
    """The reason an article does not belong on a channel, or None."""
    if channel.filter is not None and not _fits(channel.filter, article):
        return f"does not match the filter {channel.filter_text}"
    if channel.max_age is not None and article.published_at is not None:
        age = now - article.published_at
        if age > channel.max_age:
            return f"older than {channel.max_age}: published {article.published_at.isoformat()}"
    return None


def is_missed(channel: Channel, article: Article, outage: Outage | None) -> bool:
    """Whether an article was due while the bot was down, so that the channel's rule for catching up holds for it."""
    return outage is not None and outage.covers(article) and not is_breaking(channel, article)


def is_backlog(channel: Channel, article: Article, wish: Wish, *, now: datetime) -> bool:
    """Whether an article has waited for its turn too long to go out by itself; what an editor has had in hand, and what
    is breaking, does all the same."""
    if channel.backlog_after is None or article.kept_at is None or wish != NOTHING:
        return False
    return now - article.kept_at > channel.backlog_after and not is_breaking(channel, article)


def is_breaking(channel: Channel, article: Article) -> bool:
    """Whether an article waits for no slot."""
    return channel.breaking is not None and _fits(channel.breaking, article)


def is_approved(channel: Channel, wish: Wish, *, now: datetime) -> bool:
    """Whether enough editors have agreed, or nobody has answered for so long that it goes by itself."""
    if not channel.approval or len(set(wish.approved_by)) >= channel.approvers:
        return True
    released = _released_at(channel, wish)
    return released is not None and released <= now


def is_stopped(channel: Channel, wish: Wish, *, now: datetime) -> bool:
    """Whether an article goes nowhere yet, whatever the rules of the channel say."""
    embargoed = wish.embargo is not None and wish.embargo > now
    stopped = wish.held_by is not None or wish.drop_at is not None or embargoed
    return stopped or not is_approved(channel, wish, now=now)


def turn_of(
    channel: Channel,
    article: Article,
    wish: Wish,
    *,
    now: datetime,
    due: Collection[str] = (),
    outage: Outage | None = None,
) -> Turn:
    """What the wishes say goes before what the rules say. `due`: put off by the platform, and to be tried again."""
    if wish.drop_at is not None:
        return Turn(article, wish.drop_at, wish.drop_why or "skipped by an editor", drop=True)
    if wish.now is not None:
        return Turn(article, wish.now, "asked for", free=True, forced=True)
    against = None if wish.wanted else _against(channel, article, now=now, outage=outage)
    if against is not None:
        return Turn(article, now, against, drop=True)
    if wish.held_by is not None:
        return Turn(article, None, f"held by {wish.held_by}")
    if not is_approved(channel, wish, now=now):
        return Turn(article, _released_at(channel, wish), "waits for approval")
    if wish.embargo is not None and wish.embargo > now:
        return Turn(article, wish.embargo, "embargo")
    if wish.at is not None:
        return Turn(article, wish.at, "set by an editor", free=True)
    return _in_line(channel, article, now=now, due=due)


def _against(channel: Channel, article: Article, *, now: datetime, outage: Outage | None) -> str | None:
    against = why_not(channel, article, now=now)
    if against is None and channel.catch_up is CatchUp.SKIP and is_missed(channel, article, outage) and outage:
        return f"missed: the bot was down from {outage.since.isoformat()} to {outage.until.isoformat()}"
    return against


def _in_line(channel: Channel, article: Article, *, now: datetime, due: Collection[str]) -> Turn:
    if article.key in due:
        return Turn(article, now, "put off before", free=True)
    if is_breaking(channel, article):
        return Turn(article, now, "breaking", free=True)
    timetable = channel.timetable
    return Turn(article, now, "at once" if timetable.at_once else f"slot {timetable.schedule_on(now)}")


def is_unanswered(channel: Channel, wish: Wish, *, now: datetime) -> bool:
    """Whether a draft was shown so long ago that it is to be held by itself; with somebody on it, never."""
    if channel.hold_after is None or wish.asked_at is None or wish.taken_by is not None or wish.held_by is not None:
        return False
    return not is_approved(channel, wish, now=now) and wish.asked_at + channel.hold_after <= now


def _released_at(channel: Channel, wish: Wish) -> datetime | None:
    """When an unanswered draft goes out by itself; with somebody on it, never."""
    if channel.release_after is None or wish.asked_at is None or wish.taken_by is not None:
        return None
    return wish.asked_at + channel.release_after


@lru_cache(maxsize=4096)
def _fits(query: Query, article: Article) -> bool:
    return matches(query, facets(article))
