"""When readers are to be served next, and how far each of them was served. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Article
from bot.readers import Delivery


@dataclass(frozen=True, slots=True)
class Arrived:
    """An article that came for readers. Later ones have greater stamps; a stamp is also the moment, in ms."""

    stamp: int
    article: Article


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a digest, remembered from before its call: by what the platform knows a repeat of it, if it does,
    and the keys of the articles in it."""

    number: int | None
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is kept of a reader's digests. `marks`: the stamp up to which each kind was served; `planned`: when each
    comes next; `tries` of the digest that is due, and `done`, the articles of it that were sent already; `pages`: its
    messages that may have arrived, in their order."""

    marks: Mapping[Delivery, int] = field(default_factory=dict)
    planned: Mapping[Delivery, datetime] = field(default_factory=dict)
    tries: int = 0
    done: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
