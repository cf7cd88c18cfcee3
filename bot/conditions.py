"""How things stand: a source from one reading to the next, and what an admin sees of sources, channels and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Article, Place, SlotState


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between two readings.

    `asked`: the address of the settings that this was read by; `address`: where the feed really is, if elsewhere.
    `not_before`: the site asked to be left alone until then. `whole_at`: when the feed last came whole. `times`: when
    its last articles appeared, in order. `ttl`: how long the feed said it stays as it is. `stood`: keys of what its
    first reading found, until all of that is kept.
    """

    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_check: datetime | None = None
    failures: int = 0
    error: str | None = None
    problems: tuple[str, ...] = field(default=())
    read_before: bool = False
    asked: str | None = None
    address: str | None = None
    not_before: datetime | None = None
    whole_at: datetime | None = None
    times: tuple[datetime, ...] = ()
    ttl: timedelta | None = None
    stood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the plan: which article goes out where and when, and why then."""

    time: datetime
    channel: str
    article: Article
    why: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source as an admin sees it."""

    name: str
    url: str
    state: SourceState


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel as an admin sees it. `problem`: what is wrong with it now, for a person. `oldest`: since when the
    oldest of what waits has waited; `put_off`: until when the platform asked to wait."""

    name: str
    place: Place
    waiting: int
    next_post: datetime | None = None
    last_sent: datetime | None = None
    problem: str | None = None
    oldest: datetime | None = None
    put_off: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of things on one screen. `problems` are sentences about what is off or broken; `breakers` are
    those that are open, by what they are about, until when."""

    sources: tuple[SourceStatus, ...]
    channels: tuple[ChannelStatus, ...]
    readers: Mapping[str, int]
    tally: Mapping[SlotState, int]
    started_at: datetime
    version: str
    problems: tuple[str, ...] = ()
    breakers: tuple[tuple[str, datetime], ...] = ()
