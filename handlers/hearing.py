"""What an answer is made from: who asked for what, in which language, and the doors it may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.model import Place, Platform
from bot.ports import (
    Agenda,
    Articles,
    AuditLog,
    Bringing,
    Confirming,
    Desk,
    Dossiers,
    Drawing,
    Editing,
    Evergreens,
    Grants,
    Held,
    Labels,
    Previews,
    Statistics,
    Stories,
    Subscriptions,
    Threads,
)
from bot.ports.sourcing import Sourcing
from bot.readers import Reader
from bot.roles import NO_RIGHTS, Rights, Role
from bot.statistics import Echo
from bot.talk import Command, Heard, Span
from bot.wishes import Entry
from handlers.authority import Authority
from handlers.knowing import Archive, Names
from handlers.rights import Administrators
from handlers.texts import Phrases
from handlers.throttling import SELDOM, Throttle
from handlers.times import moment


@dataclass(frozen=True, slots=True)
class Membership:
    """A person blocked or unblocked the bot, or a chat dismissed it or took it back. `event` names the update; without
    one it is never taken for one that came before."""

    place: Place
    reachable: bool
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """Somebody became an admin of a chat, or no longer is one."""

    place: Place


@dataclass(frozen=True, slots=True)
class Relocation:
    """A group was upgraded to a supergroup, which is another chat."""

    place: Place
    to: Place


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Somebody types @bot and words in any chat. `at_home`: in the chat with the bot; `offset`: how far they turned."""

    id: str
    person: str
    text: str
    offset: str = ""
    language: str | None = None
    at_home: bool = False

    @property
    def place(self) -> Place:
        """Whose wish it is: what one person types is answered in order."""
        return Place(Platform.TELEGRAM, self.person)


Event = Heard | Inquiry | Membership | Promotion | Relocation | Echo
"""All that comes in."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What only the newsroom's own people may open."""

    grants: Grants
    audit: AuditLog
    editing: Editing
    threads: Threads
    previews: Previews | None = None
    bringing: Bringing | None = None
    statistics: Statistics | None = None
    draw: Drawing | None = None
    evergreens: Evergreens | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """What the answers may read and change. `subscribing`: whether readers can subscribe at all; `ours`: the channels
    that the newsroom itself posts in, by @name or number."""

    subscriptions: Subscriptions
    articles: Articles
    labels: Labels
    desk: Desk
    admins: Administrators
    authority: Authority
    names: Names
    archive: Archive
    subscribing: bool = True
    stories: Stories | None = None
    confirming: Confirming | None = None
    ours: frozenset[str] = frozenset()
    staff: Staff | None = None
    dossiers: Dossiers | None = None
    agenda: Agenda | None = None
    held: Held | None = None
    exports: Throttle = field(default_factory=lambda: Throttle(SELDOM))
    sourcing: Sourcing | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One command with everything known of it. `reader` is as kept, or a new one that nobody has saved yet. `admin`:
    may change what goes out, on one channel at least; `office`: it was said in the editors' chat."""

    command: Command
    heard: Heard
    reader: Reader
    admin: bool
    say: Phrases
    now: datetime
    zone: tzinfo
    rights: Rights = NO_RIGHTS
    office: bool = False

    @property
    def pressed(self) -> bool:
        """Whether it came from a button under one of our messages."""
        return self.heard.pressed is not None

    @property
    def by(self) -> str:
        """Who asked, as it is told to others."""
        return f"{self.heard.place.platform} {self.heard.person}"

    def may_edit(self, entry: Entry) -> bool:
        """Whether they may change what goes out on the entry's channel."""
        return self.rights.on(Role.EDITOR, entry.channel, entry.place.platform)

    def theirs(self, channels: Mapping[str, Place]) -> list[str]:
        """Of these channels, where they may change what goes out."""
        return [name for name, place in channels.items() if self.rights.on(Role.EDITOR, name, place.platform)]

    def link(self, text: str, url: str) -> tuple[Span, ...]:
        """A text that leads somewhere. VK has no hidden links: there the address stands below."""
        if self.heard.place.platform is Platform.VK:
            return (Span(text), Span(f"\n{url}"))
        return (Span(text, url=url),)

    def moment(self, at: datetime) -> str:
        """A time as the newsroom's clock shows it: the hour today, day and hour otherwise."""
        return moment(at, self.say, zone=self.zone, now=self.now)

    def own_moment(self, at: datetime) -> str:
        """The same by the reader's own clock, where they have named their time zone."""
        own = self.reader.preferences.timezone
        return moment(at, self.say, zone=ZoneInfo(own) if own else self.zone, now=self.now)
