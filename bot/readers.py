"""Readers: what they subscribed to, and how they want to be served. Pure values.

A **Subscription** is what a chat asks for: a query as people see it. A single tag is a query of one term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache

from bot.errors import DepecheError
from bot.model import Place, digest
from bot.query import Facets, Query, Term, matches, parse
from bot.spelling import meaning, phrase
from bot.tags import tag_id

_QUERIES_KEPT = 50_000
"""Texts whose meaning is kept in memory: most readers share their queries."""


class Delivery(StrEnum):
    """When a subscription's articles come: at once, or together at certain times."""

    NOW = "now"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


SOONEST = tuple(Delivery)
"""Every delivery, the soonest first."""


class Form(StrEnum):
    """How much of an article a message shows."""

    LEAD = "lead"
    HEADLINE = "headline"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a chat asks for. `text` is the query as people see it; it can be read by `bot.query.parse`."""

    text: str
    delivery: Delivery = Delivery.NOW

    @classmethod
    def to(cls, tag: str, delivery: Delivery = Delivery.NOW) -> Subscription:
        """To a single tag; one with operators or quotes in it is quoted."""
        return cls(phrase(tag), delivery)

    @property
    def query(self) -> Query:
        """What it asks for. Raises QueryError where `text` is no query."""
        return _parsed(self.text)

    @property
    def is_tag(self) -> bool:
        """Whether it asks for a single tag, and not for a query of the reader's own."""
        return isinstance(self.query, Term) and self.query.field is None

    @property
    def key(self) -> str:
        """Its short name for buttons, the same for every spelling; of a single tag it is the tag's id."""
        return _key(self.text)

    @property
    def label(self) -> str:
        """How it is shown: as it was written, a quoted phrase without its quotes."""
        inner = self.text[1:-1]
        return inner if self.text == f'"{inner}"' and '"' not in inner else self.text


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a chat wants to be served. `delivery`: of what they subscribe to next; `timezone` None: the newsroom's;
    `snoozed`: subscriptions by key, until when."""

    delivery: Delivery = Delivery.NOW
    timezone: str | None = None
    digest_at: time = time(9)
    digest_day: int = 0
    quiet: tuple[time, time] | None = None
    daily_cap: int | None = None
    silent: bool = False
    form: Form = Form.LEAD
    paused_until: datetime | None = None
    snoozed: Mapping[str, datetime] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody (or some chat) who subscribed. `active` is False while messages can't reach them. `broadcast`: a
    channel, whose readers neither subscribed themselves nor can press its buttons."""

    place: Place
    language: str
    subscriptions: tuple[Subscription, ...] = ()
    preferences: Preferences = Preferences()
    active: bool = True
    broadcast: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """What they subscribed to, as it is shown."""
        return tuple(one.label for one in self.subscriptions)

    def has(self, tag: str) -> bool:
        """Whether they subscribed to this very tag, in any spelling."""
        return self.subscription(tag_id(tag)) is not None

    def subscription(self, key: str) -> Subscription | None:
        """Their subscription of that key."""
        return next((one for one in self.subscriptions if one.key == key), None)

    def wanting(self, found: Facets) -> tuple[Subscription, ...]:
        """By which of their subscriptions an article with these facets comes to them."""
        return tuple(one for one in self.subscriptions if matches(one.query, found))


@dataclass(frozen=True, slots=True)
class Match:
    """Who gets an article, and by which of their subscriptions."""

    place: Place
    subscriptions: tuple[Subscription, ...]

    @property
    def delivery(self) -> Delivery:
        """The soonest of them: an article comes once, whatever matches."""
        return min((one.delivery for one in self.subscriptions), key=SOONEST.index)


def to_tags(tags: Iterable[str]) -> tuple[Subscription, ...]:
    """One subscription a tag, each once; what is no tag is left out."""
    found: dict[str, Subscription] = {}
    for tag in tags:
        try:
            found.setdefault(tag_id(tag), Subscription.to(tag))
        except DepecheError:
            continue
    return tuple(found.values())


@lru_cache(_QUERIES_KEPT)
def _parsed(text: str) -> Query:
    return parse(text)


@lru_cache(_QUERIES_KEPT)
def _key(text: str) -> str:
    return digest(meaning(_parsed(text)))
