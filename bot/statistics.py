"""What came of the posts: how many went out, what came back of each, who began and ceased to subscribe. Plain values.

What comes back of a post is counted to the day on which the post went out. A round-up is one post with several
articles: it counts once for its day and its channel, and once for each tag and outlet of its articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.model import Article, Place, Platform
from bot.tags import tag_id

UNKNOWN = ""
"""The name of a row for what has none: an article without an outlet, a subscription in a reader's own words."""


class Response(StrEnum):
    """What people do with a post. Telegram tells of reactions, VK of the rest."""

    REACTIONS = "reactions"
    LIKES = "likes"
    REPOSTS = "reposts"
    CLICKS = "clicks"


@dataclass(frozen=True, slots=True)
class Echo:
    """Something came back of a message: `change` more of it, or `total` of it by now. `chats`: the names of the chat it
    stands in; `event`: the same when it is told again."""

    platform: Platform
    chats: tuple[str, ...]
    message: str
    response: Response
    change: int = 0
    total: int | None = None
    event: str | None = None

    @property
    def place(self) -> Place:
        """Where it came from: what one chat tells is taken in order."""
        return Place(self.platform, self.chats[0])


@dataclass(frozen=True, slots=True)
class Posting:
    """A public post, with the day on which it went out in the newsroom's time zone, and what came back of it."""

    day: date
    channel: str
    articles: tuple[Article, ...]
    responses: Mapping[Response, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Following:
    """Subscriptions begun and ended, by the tag. Whole readers stand under None."""

    gained: Counter[str | None] = field(default_factory=Counter)
    lost: Counter[str | None] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of some days, the last one included. `labels`: how tags are written, by their ids."""

    first: date
    last: date
    postings: tuple[Posting, ...]
    following: Mapping[date, Following]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """Each of them, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    posts: int = 0
    responses: Mapping[Response, int] = field(default_factory=dict)
    gained: int = 0
    lost: int = 0

    @property
    def weight(self) -> int:
        """All that came back."""
        return sum(self.responses.values())


class View(StrEnum):
    """By what the posts are told apart."""

    DAY = "day"
    CHANNEL = "channel"
    TAG = "tag"
    OUTLET = "outlet"


def total(sheet: Sheet) -> Row:
    """All of it in one line."""
    return _row("", sheet.postings, _whole(sheet.following.values()))


def rows(sheet: Sheet, view: View) -> list[Row]:
    """The table of a view: days in order, everything else by how much there is of it."""
    if view is View.DAY:
        return [
            _row(day.isoformat(), _on(sheet, day), _whole([sheet.following.get(day, Following())]))
            for day in sheet.days
        ]
    found: dict[str, list[Posting]] = {}
    for posting in sheet.postings:
        for name in _names(posting, view):
            found.setdefault(name, []).append(posting)
    table = _tags(sheet, found) if view is View.TAG else [_row(name, those) for name, those in found.items()]
    return sorted(table, key=lambda row: (-row.posts, -row.weight, -row.gained, row.name))


def _tags(sheet: Sheet, found: Mapping[str, list[Posting]]) -> list[Row]:
    """Tags by their ids, so that one spelling stands for all; those that only have subscribers, too."""
    known = {tag_id(name): name for name in reversed(list(found))}
    merged: dict[str, list[Posting]] = {}
    for name, postings in found.items():
        merged.setdefault(tag_id(name), []).extend(postings)
    came, went = (
        _sums(one.gained for one in sheet.following.values()),
        _sums(one.lost for one in sheet.following.values()),
    )
    table: dict[str, Row] = {}
    for key in dict.fromkeys([*merged, *came, *went]):
        name = known.get(key) or sheet.labels.get(key) or UNKNOWN
        row = _row(name, merged.get(key, []), (came[key], went[key]))
        table[name] = _added(table[name], row) if name in table else row
    return list(table.values())


def _sums(counts: Iterable[Counter[str | None]]) -> Counter[str]:
    """Of the tags alone."""
    sums: Counter[str] = Counter()
    for one in counts:
        sums.update({key: count for key, count in one.items() if key is not None})
    return sums


def _added(one: Row, other: Row) -> Row:
    responses = {kind: one.responses.get(kind, 0) + other.responses.get(kind, 0) for kind in Response}
    there = {kind: count for kind, count in responses.items() if count}
    return Row(one.name, one.posts + other.posts, there, one.gained + other.gained, one.lost + other.lost)


def _names(posting: Posting, view: View) -> Iterable[str]:
    if view is View.CHANNEL:
        return (posting.channel,)
    if view is View.OUTLET:
        return dict.fromkeys(one.outlet.name if one.outlet else UNKNOWN for one in posting.articles)
    return dict.fromkeys(tag for one in posting.articles for tag in one.tags)


def _on(sheet: Sheet, day: date) -> list[Posting]:
    return [posting for posting in sheet.postings if posting.day == day]


def _whole(following: Iterable[Following]) -> tuple[int, int]:
    """Whole readers who came, and who went."""
    known = list(following)
    return sum(one.gained[None] for one in known), sum(one.lost[None] for one in known)


def _row(name: str, postings: Iterable[Posting], counts: tuple[int, int] = (0, 0)) -> Row:
    responses: Counter[Response] = Counter()
    posts = 0
    for posting in postings:
        posts += 1
        responses.update(posting.responses)
    return Row(name, posts, {kind: responses[kind] for kind in Response if responses[kind]}, *counts)


def week_before(now: datetime) -> tuple[date, date]:
    """The seven days before the day of a moment."""
    last = now.date() - timedelta(days=1)
    return last - timedelta(days=6), last
