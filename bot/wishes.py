"""What editors want of single articles: held, at another time, skipped, in other words. Plain values.

A wish belongs to one article on one channel. The plan and the selection take wishes as they take the articles; nothing
else of the scheduler knows who wanted what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.conditions import Planned
from bot.model import Article, Place


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing, until somebody wants something. `revision` grows with each change: a button of an earlier one is old.

    `at` is a time of its own instead of a slot; `now` the same, past quiet hours, gaps and caps; `drop_at` when it is
    given up, for `drop_why`. `wanted`: an editor put it here, whatever filter and age say. `taken_by` is on the draft,
    `asked_at` is when it was shown to the editors, `put_at` when an
    editor put it into the queue.
    """

    revision: int = 0
    held_by: str | None = None
    at: datetime | None = None
    now: datetime | None = None
    drop_at: datetime | None = None
    drop_why: str | None = None
    embargo: datetime | None = None
    wanted: bool = False
    headline: str | None = None
    lead: str | None = None
    silent: bool = False
    pinned: bool = False
    approved_by: tuple[str, ...] = ()
    taken_by: str | None = None
    asked_at: datetime | None = None
    put_at: datetime | None = None


NOTHING = Wish()
NO_WISHES: Mapping[str, Wish] = MappingProxyType({})


def edited(article: Article, wish: Wish) -> Article:
    """The article in the editors' words."""
    return replace(
        article,
        headline=article.headline if wish.headline is None else wish.headline,
        lead=article.lead if wish.lead is None else wish.lead,
    )


UNDO = timedelta(seconds=10)
"""How long something is only about to happen, and may be taken back."""


class Verb(StrEnum):
    """What an editor can do to an article that waits."""

    HOLD = "hold"
    RELEASE = "release"
    SKIP = "skip"
    NOW = "now"
    UNDO = "undo"
    AT = "at"
    EMBARGO = "embargo"
    SILENT = "silent"
    LOUD = "loud"
    PIN = "pin"
    UNPIN = "unpin"
    WORDS = "words"
    TAKE = "take"
    LEAVE = "leave"
    APPROVE = "approve"
    REJECT = "reject"


DECIDING = frozenset({Verb.APPROVE, Verb.REJECT, Verb.WORDS})
"""What only the one who is on a draft may do, as long as somebody is."""


@dataclass(frozen=True, slots=True)
class Order:
    """A verb with what it needs: a moment (None: as it would be by itself), a reason, or new words."""

    verb: Verb
    at: datetime | None = None
    why: str | None = None
    headline: str | None = None
    lead: str | None = None


class Result(StrEnum):
    """What became of an order. `same`: it was so already; `taken`: somebody else is on it; `old`: somebody was faster;
    `gone`: the article waits no more."""

    DONE = "done"
    SAME = "same"
    TAKEN = "taken"
    OLD = "old"
    GONE = "gone"


EVERGREEN = "evergreen"
"""Why an article returns, in the plan."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that waits on a channel, in the editors' words, with what they want and when it goes out by that.
    `draft`: nobody has agreed to it yet."""

    channel: str
    place: Place
    article: Article
    wish: Wish
    planned: Planned | None = None
    draft: bool = False
    approvers: int = 1


def carried_out(wish: Wish, order: Order, *, by: str, now: datetime) -> Wish | Result:
    """The wish after an order; `same` when it says that already, `taken` when it is another's to decide. Pure."""
    if order.verb in DECIDING and wish.taken_by not in {None, by}:
        return Result.TAKEN
    changed = _CHANGES[order.verb](wish, order, by, now)
    return Result.SAME if changed == wish else replace(changed, revision=wish.revision + 1)


def _take(wish: Wish, _order: Order, by: str, _now: datetime) -> Wish:
    return wish if wish.taken_by is not None else replace(wish, taken_by=by)


def _leave(wish: Wish, _order: Order, by: str, _now: datetime) -> Wish:
    return replace(wish, taken_by=None) if wish.taken_by == by else wish


def _approve(wish: Wish, _order: Order, by: str, _now: datetime) -> Wish:
    return wish if by in wish.approved_by else replace(wish, approved_by=(*wish.approved_by, by), taken_by=None)


def _skip(wish: Wish, order: Order, by: str, now: datetime) -> Wish:
    word = "rejected" if order.verb is Verb.REJECT else "skipped"
    why = f"{word} by {by}: {order.why}" if order.why else f"{word} by {by}"
    return wish if wish.drop_at is not None else replace(wish, drop_at=now + UNDO, drop_why=why, taken_by=None)


def _words(wish: Wish, order: Order, _by: str, _now: datetime) -> Wish:
    return replace(
        wish,
        headline=wish.headline if order.headline is None else order.headline,
        lead=wish.lead if order.lead is None else order.lead,
    )


_Change = Callable[[Wish, Order, str, datetime], Wish]
_CHANGES: Mapping[Verb, _Change] = {
    Verb.HOLD: lambda wish, _order, by, _now: wish if wish.held_by else replace(wish, held_by=by),
    Verb.RELEASE: lambda wish, _order, _by, _now: replace(wish, held_by=None),
    Verb.SKIP: _skip,
    Verb.REJECT: _skip,
    Verb.NOW: lambda wish, _order, _by, now: wish if wish.now else replace(wish, now=now + UNDO),
    Verb.UNDO: lambda wish, _order, _by, _now: replace(wish, now=None, drop_at=None, drop_why=None),
    Verb.AT: lambda wish, order, _by, _now: replace(wish, at=order.at),
    Verb.EMBARGO: lambda wish, order, _by, _now: replace(wish, embargo=order.at),
    Verb.SILENT: lambda wish, _order, _by, _now: replace(wish, silent=True),
    Verb.LOUD: lambda wish, _order, _by, _now: replace(wish, silent=False),
    Verb.PIN: lambda wish, _order, _by, _now: replace(wish, pinned=True),
    Verb.UNPIN: lambda wish, _order, _by, _now: replace(wish, pinned=False),
    Verb.WORDS: _words,
    Verb.TAKE: _take,
    Verb.LEAVE: _leave,
    Verb.APPROVE: _approve,
}
