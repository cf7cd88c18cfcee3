"""What editors want of single articles: held, at another time, skipped, in other words. Plain values.

A wish belongs to one article on one channel. The plan and the selection take wishes as they take the articles; nothing
else of the scheduler knows who wanted what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from bot.model import Article


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing, until somebody wants something. `revision` grows with each change: a button of an earlier one is old.

    `at` is a time of its own instead of a slot; `now` the same, past quiet hours, gaps and caps; `drop_at` when it is
    given up, for `drop_why`. `wanted`: an editor put it here, whatever filter and age say. `taken_by` is on the draft,
    `asked_at` is when it was shown to the editors.
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


NOTHING = Wish()
NO_WISHES: Mapping[str, Wish] = MappingProxyType({})


def edited(article: Article, wish: Wish) -> Article:
    """The article in the editors' words."""
    return replace(
        article,
        headline=article.headline if wish.headline is None else wish.headline,
        lead=article.lead if wish.lead is None else wish.lead,
    )
