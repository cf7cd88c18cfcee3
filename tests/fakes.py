"""Small fakes that work: each does what the real thing does, in memory, and can be asked what happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.aliases import NO_ALIASES
from bot.chats import FoundChat
from bot.conditions import Planned, Status
from bot.editions import Retraction
from bot.errors import CommandError, DeliveryError, Refused
from bot.model import Attempt, Place, Platform, Post, Receipt
from bot.ports import Bringing, Confirming, Drawing, Editing, Evergreens, Previews, Statistics
from bot.ports.sourcing import Sourcing
from bot.roles import Grant
from bot.store import Store
from bot.talk import Heard
from bot.wishes import Entry, Order, Result, Wish
from handlers.authority import Authority, owners
from handlers.conversation import Conversation
from handlers.hearing import Doors, Staff
from handlers.knowing import Archive, Names
from handlers.rights import Administrators
from handlers.texts import Texts
from handlers.throttling import Allowance, Crowd

NOON = datetime(2024, 5, 14, 9, 0, tzinfo=UTC)
"""Noon in Moscow, on a Tuesday in May."""


class FixedClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class RecordingPublisher:
    """Publishes into a list. `faults` are raised one by one, before anything is published; a call with a parameter that
    is `refused` never is."""

    def __init__(self, clock: FixedClock, faults: Iterable[BaseException] = ()) -> None:
        self.posts: list[Post] = []
        self.faults = list(faults)
        self.refused: set[str] = set()
        self._clock = clock

    async def publish(self, post: Post) -> Receipt:
        if self.faults:
            raise self.faults.pop(0)
        if self.refused & post.params.keys():
            raise Refused("not this")
        self.posts.append(post)
        number = len(self.posts)
        return Receipt(str(number), self._clock.now(), f"https://example.org/{number}")


def quiet() -> Status:
    """A newsroom without sources and channels, started an hour ago."""
    return Status((), (), {}, {}, started_at=NOON - timedelta(hours=1), version="1.2.3")


@dataclass
class PreparedDesk:
    """A desk whose state is given. `asked` remembers which channels were told to post at once."""

    state: Status = field(default_factory=quiet)
    planned: list[Planned] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    retractable: dict[str, Retraction] = field(default_factory=dict)
    proposed: dict[str, Retraction] = field(default_factory=dict)

    async def status(self, *, now: datetime) -> Status:  # noqa: ARG002 - the port's argument; this state is given
        return self.state

    async def plan(self, *, now: datetime, hours: float) -> list[Planned]:
        return [line for line in self.planned if now <= line.time <= now + timedelta(hours=hours)]

    async def post_now(self, channel: str | None, *, now: datetime) -> list[Attempt]:
        names = {known.name: known.place for known in self.state.channels}
        if channel is not None and channel not in names:
            raise CommandError(f"no channel {channel}", say=f"No such channel: {channel}")
        self.asked.append(channel)
        chosen = [a for a in self.attempts if channel is None or a.slot.place == names[channel]]
        return [replace(attempt, at=now) for attempt in chosen]

    async def propose_retraction(self, name: str, *, by: str, reason: str | None) -> Retraction | None:
        found = self.retractable.get(name)
        if found is not None and found.token is not None:
            self.proposed[found.token] = replace(found, token=None, by=f"{by}: {reason}" if reason else by)
        return found

    async def proposal(self, token: str) -> Retraction | None:
        return self.proposed.get(token)

    async def retract(self, token: str) -> Retraction | None:
        return self.proposed.pop(token, None)


@dataclass
class PlannedEditing:
    """The queue of a desk whose plan is given: nothing of it can be changed, `asked` remembers who tried."""

    desk: PreparedDesk
    asked: list[object] = field(default_factory=list)

    @property
    def channels(self) -> Mapping[str, Place]:
        return {channel.name: channel.place for channel in self.desk.state.channels}

    async def entries(self, *, now: datetime) -> list[Entry]:
        return [
            Entry(line.channel, Place(Platform.TELEGRAM, f"@{line.channel}"), line.article, Wish(), line)
            for line in self.desk.planned
            if line.time >= now
        ]

    async def entry(self, channel: str, article: str, *, now: datetime) -> Entry | None:
        entries = await self.entries(now=now)
        return next((one for one in entries if (one.channel, one.article.key) == (channel, article)), None)

    async def order(self, entry: Entry, order: Order, *, by: str, now: datetime) -> Result:
        self.asked.append((entry, order, by, now))
        return Result.OLD

    async def move(self, entry: Entry, *, up: bool, now: datetime) -> Result:
        self.asked.append((entry, up, now))
        return Result.OLD

    async def put(self, channel: str, article: str, wish: Wish, *, now: datetime) -> bool:
        self.asked.append((channel, article, wish, now))
        return False

    def post(self, entry: Entry) -> Post:
        return Post(entry.place.platform, "sendMessage", {"chat_id": entry.place.chat, "text": entry.article.headline})


@dataclass
class Person:
    """Somebody with a private chat on one platform: types, presses buttons, and reads what comes."""

    talk: Conversation
    inbox: RecordingPublisher
    place: Place
    language: str | None = "en"
    events: int = 0

    async def says(self, text: str, **fields: Any) -> str:
        """Type it. What came back, as text."""
        return await self._hear(text, **fields)

    async def presses(self, label: str, **fields: Any) -> str:
        """Press the button with this label under the last message that has any."""
        return await self._hear(self.buttons[label], pressed="7", callback="cb", **fields)

    async def _hear(self, text: str, **fields: Any) -> str:
        self.events += 1
        event = fields.pop("event", f"{self.place}-{self.events}")
        before = len(self.inbox.posts)
        heard = Heard(self.place, self.place.chat, text, event, self.language)
        await self.talk.hear(replace(heard, **fields))
        return "\n".join(said for post in self.inbox.posts[before:] if (said := text_of(post)))

    @property
    def buttons(self) -> dict[str, str]:
        """The buttons of the last message that has any: what stands on them, and what they send."""
        return next((found for post in reversed(self.inbox.posts) if (found := buttons_of(post))), {})

    @property
    def methods(self) -> list[str]:
        """The API methods called so far."""
        return [post.method for post in self.inbox.posts]


def text_of(post: Post) -> str:
    """The text of a message; an acknowledged press has none."""
    return (
        "" if post.method == "answerCallbackQuery" else str(post.params.get("text") or post.params.get("message", ""))
    )


def buttons_of(post: Post) -> dict[str, str]:
    """Label to press, on either platform."""
    if post.platform is Platform.TELEGRAM:
        rows = post.params.get("reply_markup", {}).get("inline_keyboard", ())
        return {button["text"]: button["callback_data"] for row in rows for button in row}
    rows = json.loads(post.params.get("keyboard", "{}")).get("buttons", ())
    actions = [button["action"] for row in rows for button in row]
    return {action["label"]: json.loads(action["payload"])["press"] for action in actions}


@dataclass
class KnownChats:
    """Chats whose admins are given by person: `admins` by chat. `asked` remembers who was asked about."""

    admins: dict[str, set[str]] = field(default_factory=dict)
    found: dict[str, FoundChat] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[DeliveryError] = field(default_factory=list)

    async def administers(self, person: str, place: Place) -> bool:
        self.asked.append((person, place.chat))
        if self.faults:
            raise self.faults.pop(0)
        return person in self.admins.get(place.chat, set())

    async def find(self, name: str) -> FoundChat | None:
        return self.found.get(name)


@dataclass
class TalkingBot:
    """The conversation over a real store, with a recording publisher on each platform."""

    store: Store
    clock: FixedClock = field(default_factory=FixedClock)
    desk: PreparedDesk = field(default_factory=PreparedDesk)
    admins: Mapping[Platform, frozenset[str]] = field(default_factory=dict)
    previews: Previews | None = None
    bringing: Bringing | None = None
    naps: list[float] = field(default_factory=list)
    chats: KnownChats = field(default_factory=KnownChats)
    crowd: Crowd = field(default_factory=lambda: Crowd(Allowance(10_000, timedelta(seconds=1))))
    roles: Sequence[Grant] = ()
    offices: Mapping[Platform, str] = field(default_factory=dict)
    editing: Editing | None = None
    sourcing: Sourcing | None = None
    statistics: Statistics | None = None
    draw: Drawing | None = None
    confirming: Confirming | None = None
    evergreens: Evergreens | None = None

    def __post_init__(self) -> None:
        self.inboxes = {platform: RecordingPublisher(self.clock) for platform in Platform}
        self.talk = self.restarted()

    def restarted(self) -> Conversation:
        """The conversation as it is after a start: nothing is remembered but what the store keeps."""
        store = self.store
        doors = Doors(
            subscriptions=store.subscriptions,
            articles=store.articles,
            labels=store.labels,
            desk=self.desk,
            admins=Administrators(dict.fromkeys(Platform, self.chats), self.clock),
            authority=Authority([*owners(self.admins), *self.roles], store.grants, self.offices),
            names=Names(store.articles, NO_ALIASES),
            archive=Archive(store.articles),
            ours=frozenset({"@digest", "-1009"}),
            staff=Staff(
                store.grants,
                store.audit,
                self.editing or PlannedEditing(self.desk),
                store.threads,
                self.previews,
                self.bringing,
                self.statistics,
                self.draw,
                self.evergreens,
            ),
            dossiers=store.dossiers,
            agenda=store.agenda,
            held=store.agenda,
            sourcing=self.sourcing,
            confirming=self.confirming,
        )
        return Conversation(
            doors,
            marks=store.marks,
            publishers=self.inboxes,
            texts=Texts("ru"),
            clock=self.clock,
            timezone=ZoneInfo("Europe/Moscow"),
            usernames={Platform.TELEGRAM: "digest_bot"},
            moved=store.moves.move,
            crowd=self.crowd,
            sleep=self._nap,
        )

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)

    def person(self, platform: Platform = Platform.TELEGRAM, chat: str = "1001", language: str | None = "en") -> Person:
        """Somebody who has the bot's chat open."""
        return Person(self.talk, self.inboxes[platform], Place(platform, chat), language)
