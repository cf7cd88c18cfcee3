"""A newsroom's desk over a real store, without a network: time moves when a test says so, and timers fire in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.imprint import Imprint
from bot.model import Article, Attempt, Place, Platform, Post, Receipt, Slot, SlotState
from bot.ports import Newsstand as NewsstandPort
from bot.ports import Publisher, Queues
from bot.problems import Problems
from bot.query import parse
from bot.readers import Reader
from bot.source.merge import merge
from bot.store import Store
from bot.store.articles import RedisArticles
from bot.wishes import edited
from scheduler.collect import Collector, Routes
from scheduler.deliver import Delivery
from scheduler.desk import NewsDesk
from scheduler.directory import Directory
from scheduler.fanout import AGAIN, FRESH, FanOut
from scheduler.jobs import Jobs
from scheduler.lineup import Lineups
from scheduler.mailing import Mailing
from scheduler.outages import last_outage
from scheduler.pinning import Pinning
from scheduler.publish import Publication
from scheduler.readings import Readings
from scheduler.same_story import SameStory
from scheduler.selection import Channel
from scheduler.slots import Quiet, Timetable
from scheduler.source import Source
from tests.fakes import NOON, FixedClock
from tests.readers import a_reader

CHANNEL = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
ANN = Place(Platform.TELEGRAM, "1001")
BEN = Place(Platform.TELEGRAM, "1002")
ILYA = Place(Platform.VK, "43")
SOURCE = Source("digest", "https://news.example/rss", timedelta(minutes=5))


class CrashError(Exception):
    """The process died here: nobody above is told, and nothing after it is done."""


def an_article(number: int, *tags: str, age: timedelta | None = None) -> Article:
    """Article 1 is older than article 2."""
    url = f"https://news.example/{number}"
    at = NOON - timedelta(hours=1) + timedelta(seconds=number) if age is None else NOON - age
    return Article(id=url, url=url, headline=f"Headline {number}", tags=tags, published_at=at)


def a_channel(
    name: str = "main",
    place: Place = CHANNEL,
    *,
    schedule: str = "at once",
    gap: timedelta = timedelta(0),
    quiet: Quiet | None = None,
    query: str | None = None,
    per_slot: int = 1,
    max_age: timedelta | None = None,
) -> Channel:
    """A channel whose clock is UTC."""
    return Channel(
        name=name,
        place=place,
        timetable=Timetable(ZoneInfo("UTC"), schedule, gap, quiet),
        filter=parse(query) if query else None,
        filter_text=query,
        per_slot=per_slot,
        max_age=max_age,
    )


class SteppedJobs(Jobs):
    """Timers that fire when the test lets time pass, in order, each with the clock at its own moment."""

    def __init__(self, clock: FixedClock) -> None:
        self._hands = clock
        self.timers: dict[str, tuple[datetime, Callable[[], Awaitable[None]]]] = {}

    def at(self, name: str, when: datetime, action: Callable[[], Awaitable[None]]) -> None:
        self.timers[name] = (when, action)

    def now(self, name: str, action: Callable[[], Awaitable[None]]) -> None:
        self.at(name, self._hands.now(), action)

    async def run_until(self, moment: datetime) -> None:
        """Let time pass up to and including a moment."""
        while self.timers and (first := min(self.timers.items(), key=lambda timer: timer[1][0]))[1][0] <= moment:
            name, (when, action) = first
            del self.timers[name]
            self._hands.at = max(self._hands.at, when)
            await action()
        self._hands.at = max(self._hands.at, moment)

    async def pass_time(self, by: timedelta = timedelta(0)) -> None:
        """Let so much time pass; nothing at all fires what is due now."""
        await self.run_until(self._hands.at + by)


class Wire:
    """A platform: what was posted where, by headline. Each of `faults` spoils one call: an exception, or
    (exception, "posted") when the post stands there all the same; None lets a call through."""

    def __init__(self, clock: FixedClock) -> None:
        self.faults: list[BaseException | tuple[BaseException, str] | None] = []
        self.posted: list[tuple[str, str]] = []
        self.posts: list[Post] = []
        self.calls = 0
        self._clock = clock

    async def publish(self, post: Post) -> Receipt:
        self.calls += 1
        await asyncio.sleep(0)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, BaseException):
            raise fault
        self.posts.append(post)
        if "to" in post.params:
            self.posted.append((post.params["to"], post.params["text"]))
        if fault is not None:
            raise fault[0]
        return Receipt(str(len(self.posted)), self._clock.now(), f"https://example.org/{len(self.posted)}")

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Every headline that was posted, and where."""
        return [(to, line) for to, text in self.posted for line in text.split("\n")]

    def at(self, place: Place) -> list[str]:
        """What stands at a place, in order."""
        return [line for to, line in self.lines if to == str(place)]


def compose(article: Article, place: Place, *, silent: bool = False) -> Post:
    """The headline is the whole post."""
    return Post(place.platform, "sendMessage", {"to": str(place), "text": article.headline, "silent": silent})


def compose_together(articles: Sequence[Article], reader: Reader, among: str) -> tuple[Post, int]:
    """A headline a line."""
    text = "\n".join(article.headline for article in articles)
    return Post(reader.place.platform, "sendMessage", {"to": str(reader.place), "text": text}), len(articles)


@dataclass
class Newsdesk:
    """The scheduler's parts over one store, clock and set of timers."""

    store: Store
    clock: FixedClock = field(default_factory=FixedClock)
    problems: Problems = field(default_factory=Problems)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.jobs = SteppedJobs(self.clock)
        self.wires = {platform: Wire(self.clock) for platform in Platform}

    @property
    def telegram(self) -> Wire:
        return self.wires[Platform.TELEGRAM]

    @property
    def vk(self) -> Wire:
        return self.wires[Platform.VK]

    def restart(self) -> None:
        """The process is another one: timers and problems are forgotten, the store and the platforms are not."""
        self.jobs = SteppedJobs(self.clock)
        self.problems = Problems()
        self.stopping = asyncio.Event()

    async def queued(self, *articles: Article, queues: tuple[str, ...] = ("main",)) -> None:
        """They were collected just now."""
        for article in articles:
            await self.store.articles.add(article, source="digest", at=self.clock.now(), queues=queues)

    async def subscribed(self, place: Place, *tags: str) -> None:
        await self.store.subscriptions.save(a_reader(place, "en", *tags))

    def delivery(self) -> Delivery:
        publishers: Mapping[Platform, Publisher] = self.wires
        return Delivery(self.store.ledger, publishers, self.clock)

    def publication(self, channel: Channel | None = None, *, queues: Queues | None = None) -> Publication:
        return Publication(
            channel or a_channel(),
            queues=queues or self.store.queues,
            ledger=self.store.ledger,
            overdue=self.store.overdue,
            delivery=self.delivery(),
            compose=lambda article, to, wish: compose(edited(article, wish), to.place, silent=wish.silent),
            jobs=self.jobs,
            problems=self.problems,
            clock=self.clock,
            stopping=self.stopping,
            lineups=self.lineups(queues),
            pin=Pinning(self.wires, self.problems).pin,
        )

    def lineups(self, queues: Queues | None = None) -> Lineups:
        store = self.store
        return Lineups(
            queues or store.queues,
            store.overdue,
            wishes=store.wishes,
            posted=store.ledger,
            outage=lambda now: last_outage(store.marks, now),
            evergreens=store.evergreens,
        )

    def fanout(self, *, queues: Queues | None = None, mailing: Mailing | None = None) -> FanOut:
        return FanOut(
            queues=queues or self.store.queues,
            ledger=self.store.ledger,
            campaigns=self.store.campaigns,
            mailing=mailing
            or Mailing(
                campaigns=self.store.campaigns,
                subscriptions=self.store.subscriptions,
                delivery=self.delivery(),
                compose=compose_together,
                clock=self.clock,
            ),
            platforms=list(Platform),
            public=(CHANNEL, WALL),
            jobs=self.jobs,
            clock=self.clock,
            stopping=self.stopping,
        )

    def collector(
        self, newsstand: NewsstandPort, *, same_story: SameStory | None = None, readings: Readings | None = None
    ) -> Collector:
        return Collector(
            newsstand=newsstand,
            articles=self.store.articles,
            ledger=self.store.ledger,
            readings=readings or Readings(self.store.sources, self.problems, self.clock),
            same_story=same_story,
            routes=Routes(channels=("main",), places=(CHANNEL,), readers=(FRESH, AGAIN)),
            clock=self.clock,
            stopping=self.stopping,
            merge=merge,
        )

    def desk(self, *publications: Publication, sources: tuple[Source, ...] = (SOURCE,), **more: Any) -> NewsDesk:
        return NewsDesk(
            publications=publications,
            directory=Directory(sources, self.store.directives, self.store.sources, merge),
            queues=self.store.queues,
            overdue=self.store.overdue,
            states=self.store.sources,
            subscriptions=self.store.subscriptions,
            problems=self.problems,
            started_at=self.clock.now(),
            lineups=self.lineups(),
            **more,
        )

    async def last_word(self, article: Article, place: Place = CHANNEL) -> Attempt | None:
        return (await self.store.ledger.states([Slot(article.key, place)]))[0]

    async def state(self, article: Article, place: Place = CHANNEL) -> SlotState | None:
        word = await self.last_word(article, place)
        return word.state if word else None

    async def waiting(self, queue: str = "main") -> list[str]:
        """Headlines in a queue."""
        return [article.headline for article in await self.store.queues.waiting(queue)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed gave."""

    entries: tuple[Article, ...] | None
    problems: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    address: str | None = None
    why_there: str | None = None
    fresh_for: timedelta | None = None
    whole: bool = True
    imprint: Imprint | None = None
    ttl: timedelta | None = None
    hub: str | None = None


@dataclass(frozen=True, slots=True)
class Studied:
    """A page that tells everything by its JSON-LD, but for a lead that may be only guessed."""

    article: Article
    guessed: bool = False

    @property
    def certain(self) -> Article:
        return replace(self.article, lead=None) if self.guessed else self.article

    @property
    def believed(self) -> Mapping[str, str]:
        return {"headline": "jsonld", "lead": "guess" if self.guessed else "jsonld", "image": "jsonld"}


class Newsstand:
    """A feed that says "not modified" to whoever knows its ETag, and its pages by address."""

    def __init__(self, *entries: Article) -> None:
        self.entries = list(entries)
        self.pages: dict[str, Article | SourceError] = {}
        self.problems: tuple[str, ...] = ()
        self.down: SourceError | None = None
        self.asked: list[str] = []
        self.guessed: set[str] = set()

    @property
    def etag(self) -> str:
        """Changes with the feed."""
        return f'"{hash((tuple(self.entries), self.problems))}"'

    async def feed(
        self,
        url: str,  # noqa: ARG002 - the port's argument
        state: SourceState,
        listing: str | None = None,  # noqa: ARG002 - the port's argument
        last: Imprint | None = None,  # noqa: ARG002 - the port's argument
    ) -> Reading:
        if self.down is not None:
            raise self.down
        if state.etag == self.etag:
            return Reading(None, etag=self.etag)
        newest_first = tuple(reversed(self.entries))
        return Reading(newest_first, self.problems, self.etag)

    async def page(self, url: str, profile: str) -> Article:
        return (await self.study(url, profile)).certain

    async def study(self, url: str, profile: str) -> Studied:  # noqa: ARG002 - the port's argument
        self.asked.append(url)
        page = self.pages.get(url, SourceError(f"{url} answered 404"))
        if isinstance(page, SourceError):
            raise page
        return Studied(page, guessed=url in self.guessed)


class CrashingQueues(RedisArticles):
    """The store's queues; the process dies instead of taking an article out, `times` times."""

    def __init__(self, store: Store, times: int = 1) -> None:
        super().__init__(store.client)
        self.times = times

    async def remove(self, queue: str, articles: Iterable[str]) -> None:
        decided = list(articles)
        if decided and self.times > 0:
            self.times -= 1
            raise CrashError
        await super().remove(queue, decided)
