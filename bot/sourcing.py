"""Sources as the admins see and change them: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.conditions import SourceState
from bot.model import Article


@dataclass(frozen=True, slots=True)
class Directive:
    """What the admins decided about a source, over restarts. `url`: set for one that they added; the others stand in
    the settings. `by`: who decided."""

    name: str
    url: str | None = None
    paused: bool = False
    removed: bool = False
    by: str | None = None


class Outcome(StrEnum):
    """What became of an admin's wish."""

    DONE = "done"
    UNKNOWN = "unknown"
    NAME_TAKEN = "name-taken"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Report:
    """A source on one line: how it is, and when it is read next. `usual`: the time between two of its articles."""

    name: str
    url: str
    state: SourceState
    paused: bool = False
    added: bool = False
    next_check: datetime | None = None
    usual: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """An article that would come out of a source, and for each field where its value is from: "feed",
    "page (jsonld)" or "feed and page (meta)", with the kind of evidence that the page gave it by.

    `why`: what kept its page from being read.
    """

    article: Article
    evidence: dict[str, str] = field(default_factory=dict)
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What would come out of a source. `read_at`: another address than the one given, and why. `hub`: where its site
    would push news from (WebSub); it is only told, since the bot polls."""

    url: str
    count: int
    samples: tuple[Sample, ...] = ()
    problems: tuple[str, ...] = ()
    read_at: str | None = None
    why_there: str | None = None
    hub: str | None = None
