"""An article over time: what it says now and what it said before, whether it was taken back, and where that stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model import Article, Place


@dataclass(frozen=True, slots=True)
class Saying:
    """A headline and a lead that an article had, and when they were replaced."""

    headline: str
    lead: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """An article as it is kept. `number` is 1 for the first and grows with every correction, made at `changed_at`.

    `before`: what it said earlier, the oldest first. `retracted`: by whom it was taken back and why, for good.
    """

    article: Article
    number: int = 1
    changed_at: datetime | None = None
    before: tuple[Saying, ...] = ()
    retracted: str | None = None

    @property
    def name(self) -> str:
        """What the work of bringing this edition everywhere is known by."""
        return f"{self.article.key}~{self.number}"


class Fate(StrEnum):
    """What became of a post or message that was to be taken back."""

    REMOVED = "removed"
    MARKED = "marked"
    LATER = "later"
    STANDS = "stands"


@dataclass(frozen=True, slots=True)
class Standing:
    """A public place an article was posted to. `why`: the platform's words, where it still stands."""

    place: Place
    fate: Fate
    url: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """What a retraction does, or before it is confirmed would do: the public places, and readers' messages by fate.

    `token` names it in the button that confirms it; None: it was confirmed. `by` is who took the article back and why.
    """

    article: Article
    public: tuple[Standing, ...] = ()
    readers: Mapping[Fate, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    token: str | None = None
    by: str | None = None
