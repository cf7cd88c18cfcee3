"""Readers' digests: one timer and a sorted set of due moments, however many readers there are.

What is in a digest is not collected beforehand: it is what came since the last one and is wanted now, beside what was
held. Each message is claimed before it is sent, with what is in it: after a crash it is that message which may have
arrived, whatever came meanwhile. How far the reader was served is written down after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import structlog

from bot.agenda import Arrived, Page, Plan
from bot.checkpoints import Moment, passed
from bot.errors import DeliveryError, Gone, TryLater
from bot.model import Article, Place, Platform, Post
from bot.ports import Agenda, Arrivals, Clock, Held, Marks, Publisher, Subscriptions
from bot.problems import Problems
from bot.query import facets
from bot.readers import Preferences, Reader
from scheduler.breaker import Breakers
from scheduler.deliver import Moved
from scheduler.digests import Due, How, delivery, serving, step, wanted
from scheduler.jobs import Jobs
from scheduler.mailing import KNOWN_BY

log = structlog.get_logger(__name__)

LOOK = timedelta(seconds=10)
"""How soon what a reader has just changed is taken up, where the change was made in another process."""
PAGE = 40
"""Readers served at a time: more than go out in a second."""
MESSAGES = 3
"""As many messages make one digest at most; what is left is only counted."""
CLAIM = timedelta(days=14)
STUCK = timedelta(minutes=10)

Compose = Callable[[Reader, Sequence[Article], Due, int], tuple[Post, int]]
"""One message: the reader, the articles, what it is, and how many messages came before it. Answers how many of the
articles it holds, from the first on."""


def zone_of(preferences: Preferences, newsroom: tzinfo) -> tzinfo:
    """Where a reader's clock hangs."""
    return ZoneInfo(preferences.timezone) if preferences.timezone else newsroom


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at everybody who is due."""

    now: datetime
    newest: int
    arrived: Sequence[Arrived]


@dataclass(frozen=True, slots=True)
class _Message:
    """One message of a digest. `again`: it may have arrived. No `post`: nobody wants any more what was in it."""

    page: Page
    post: Post | None
    again: bool


class Digests:
    """Serves those who are due."""

    def __init__(
        self,
        *,
        agenda: Agenda,
        arrivals: Arrivals,
        held: Held,
        subscriptions: Subscriptions,
        marks: Marks,
        publishers: Mapping[Platform, Publisher],
        compose: Compose,
        jobs: Jobs,
        clock: Clock,
        zone: tzinfo,
        stopping: asyncio.Event,
        breakers: Breakers | None = None,
        moved: Moved | None = None,
        repeat: bool = False,
    ) -> None:
        """`repeat`: of a message whose end nobody saw, twice is better than never."""
        self._agenda = agenda
        self._arrivals = arrivals
        self._held = held
        self._subscriptions = subscriptions
        self._marks = marks
        self._publishers = publishers
        self._compose = compose
        self._jobs = jobs
        self._clock = clock
        self._zone = zone
        self._stopping = stopping
        self._breakers = breakers or Breakers(clock, Problems())
        self._moved = moved
        self._repeat = repeat
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Set the timer."""
        self._jobs.now("digests", self.run)

    async def hold(self, article: Article, reader: Reader) -> bool:
        """Whether a reader does not get an article at once: then it is kept for later, if it is to come at all.
        Raises StoreError."""
        now, zone = self._clock.now(), zone_of(reader.preferences, self._zone)
        matching = reader.wanting(facets(article))
        decided = serving(reader, matching, now=now, zone=zone, sent_today=0)
        cap, today = reader.preferences.daily_cap, now.astimezone(zone).date()
        if decided.how is How.NOW and cap and not await self._held.has_room(reader.place, article.key, today, cap):
            decided = serving(reader, matching, now=now, zone=zone, sent_today=cap)
        if decided.how is How.HELD and decided.until is not None:
            await self._held.hold(reader.place, article.key, until=decided.until)
        return decided.how is not How.NOW

    async def run(self) -> None:
        """Serve everybody who is due, and set the timer. Raises StoreError.

        The timer is set at the end: one that fires while a long look is at work would be used up by it, and no other
        would follow.
        """
        if self._turn.locked():
            return
        async with self._turn:
            later = None
            try:
                later = await self._look()
            finally:
                latest = self._clock.now() + LOOK
                self._jobs.at("digests", min(later or latest, latest), self.run)

    async def _look(self) -> datetime | None:
        """Serve them. Returns when somebody is due next."""
        now = self._clock.now()
        newest = await self._arrivals.take_in(now=now)
        while not self._stopping.is_set() and (places := await self._agenda.due(now=now, limit=PAGE)):
            await self._serve_page(places, now, newest)
        return await self._agenda.next_look()

    async def _serve_page(self, places: Sequence[Place], now: datetime, newest: int) -> None:
        plans = await self._agenda.plans(places)
        oldest = min((stamp for plan in plans for stamp in plan.marks.values()), default=newest)
        look = _Look(now, newest, await self._arrivals.after(oldest))
        async with asyncio.TaskGroup() as tasks:
            for place, plan in zip(places, plans, strict=True):
                tasks.create_task(self._serve(place, plan, look))

    async def _serve(self, place: Place, plan: Plan, look: _Look) -> None:
        """One reader. A mishap with one must not stop the others, nor come again at once."""
        try:
            reader = await self._subscriptions.reader(place)
            if reader is None or not reader.active or place.platform not in self._publishers:
                await self._agenda.set(place, None)
                return
            await self._serve_reader(reader, plan, look)
        except (DeliveryError, ValueError, LookupError):
            log.exception("digest_failed", place=str(place))
            await self._agenda.set(place, look.now + STUCK)

    async def _serve_reader(self, reader: Reader, plan: Plan, look: _Look) -> None:
        held = await self._held.held(reader.place)
        zone = zone_of(reader.preferences, self._zone)
        found = step(reader, plan.planned, min(held.values(), default=None), now=look.now, zone=zone)
        kept = Plan({kind: plan.marks.get(kind, look.newest) for kind in found.planned}, found.planned)
        if found.due is None:
            await self._agenda.keep(reader.place, replace(plan, marks=kept.marks, planned=kept.planned))
            await self._agenda.set(reader.place, found.next_look)
            return
        free = [key for key, until in held.items() if until <= look.now]
        articles = await self._content(reader, found.due, plan, free, look)
        pause, after = await self._send(reader, found.due, articles, plan)
        if pause is not None:
            waiting = replace(after, marks={**kept.marks, **plan.marks}, tries=plan.tries + 1)
            await self._agenda.keep(reader.place, waiting)
            await self._agenda.set(reader.place, look.now + pause)
            return
        served = dict.fromkeys(found.due.kinds, look.newest)
        await self._agenda.keep(reader.place, Plan({**kept.marks, **served}, found.planned))
        passed(Moment.SETTLED)
        await self._held.drop(reader.place, free)
        rest = [until for key, until in held.items() if key not in free]
        await self._agenda.set(reader.place, min([*rest, *found.planned.values()], default=None))

    async def _content(self, reader: Reader, due: Due, plan: Plan, free: Iterable[str], look: _Look) -> list[Article]:
        """What is in a digest, each article once, in the order they came."""
        found = {article.key: article for article in await self._held.articles(free)}
        for arrived in look.arrived:
            at = datetime.fromtimestamp(arrived.stamp / 1000, tz=look.now.tzinfo)
            kind = delivery(wanted(reader, reader.wanting(facets(arrived.article)), at))
            if kind in due.kinds and arrived.stamp > plan.marks.get(kind, look.newest):
                found.setdefault(arrived.article.key, arrived.article)
        return [article for key, article in found.items() if key not in plan.done]

    async def _send(
        self, reader: Reader, due: Due, articles: Sequence[Article], plan: Plan
    ) -> tuple[timedelta | None, Plan]:
        """Send it in as many messages as it takes. A pause: it must be gone on with later; what is kept until then."""
        left, done, pages = list(articles), plan.done, plan.pages
        for part in range(MESSAGES):
            if not left:
                break
            message = self._message(reader, left, due, part, pages)
            pages = pages if message.again else (*pages, message.page)
            claim = _claim(reader.place, due, plan.tries, len(done))
            try:
                await self._one(reader.place, message, claim, replace(plan, pages=pages))
            except TryLater as error:
                return error.after, replace(plan, done=done, pages=plan.pages[part:])
            except Gone as error:
                await self._subscriptions.save(replace(reader, active=False))
                log.info("reader_gone", platform=reader.place.platform, reason=str(error))
                break
            done += message.page.articles
            left = [article for article in left if article.key not in message.page.articles]
        if done:
            log.info("digest", place=str(reader.place), articles=len(done), left=len(left))
        return None, plan

    def _message(self, reader: Reader, left: Sequence[Article], due: Due, part: int, pages: Sequence[Page]) -> _Message:
        """The next message: one that may have arrived with what was in it, under its number; else what comes next."""
        if part >= len(pages):
            post, count = self._compose(reader, left, due, part)
            page = Page(post.params.get(KNOWN_BY), tuple(article.key for article in left[:count]))
            return _Message(page, post, again=False)
        page = pages[part]
        same = [article for article in left if article.key in page.articles]
        if not same:
            return _Message(page, None, again=True)
        post, _ = self._compose(reader, same, due, part)
        if page.number is not None:
            post = replace(post, params={**post.params, KNOWN_BY: page.number})
        return _Message(page, post, again=True)

    async def _one(self, place: Place, message: _Message, claim: str, plan: Plan) -> None:
        """One message of a digest, kept and claimed before. One that was kept or claimed earlier has an end that nobody
        saw: VK knows a repeat from a second message, Telegram does not. Raises TryLater or Gone."""
        if message.post is None:
            return
        hold = self._breakers.hold(place.platform, public=False)
        if hold is not None:
            raise TryLater(hold.reason, after=max(hold.until - self._clock.now(), LOOK))
        if not message.again:
            await self._agenda.keep(place, plan)
        first = await self._marks.once(claim, CLAIM) and not message.again
        if not (first or self._repeat or place.platform is Platform.VK):
            return
        passed(Moment.CLAIMED)
        try:
            await self._published(place, message.post)
            passed(Moment.SENT)
        except (TryLater, Gone):
            raise
        except DeliveryError as error:
            log.warning("digest_not_sent", place=str(place), reason=str(error))

    async def _published(self, place: Place, post: Post) -> None:
        try:
            receipt = await self._publishers[place.platform].publish(post)
        except DeliveryError as error:
            self._breakers.note(place.platform, error, public=False)
            raise
        self._breakers.note(place.platform, None, public=False)
        if receipt.moved_to is not None and self._moved is not None:
            await self._moved(place, receipt.moved_to)


def _claim(place: Place, due: Due, tries: int, after: int) -> str:
    """The name of one message of a digest: which digest, which try, and what of it went before."""
    return f"digest:{place}:{round(due.moment.timestamp())}:{tries}:{after}"
