"""A simulated platform that enforces limits nobody knows, and the engine at work on it. Everything in seconds."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pyroaring import BitMap

from bot.errors import TryLater
from bot.model import Article, Place, Platform, Post, Receipt
from bot.pacing import AHEAD, TELEGRAM, Ask, Lane, Limits, Pace, Tally, Turn, Wait
from bot.ports import Clock, Limiter
from scheduler.belt import Belt, Parcel, Way
from scheduler.pace import SECOND, burst_free, slot
from scheduler.paced import Pacing
from tests.virtual import VirtualClock

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BLOCK = 5
"""Seconds for which a strict platform takes nothing after a 429."""
GROUPS = ("-1001", "-1002")


@dataclass(slots=True)
class Simulated:
    """A platform: `limit` messages in any second, one a second in a chat (bursts allowed), 20 a minute in a group.

    `latency` is the time there and back; each way takes half of it, more or less by up to `jitter`. A lenient platform
    refuses what is too much; a strict one takes nothing for BLOCK seconds after each 429. `answers` are chats that must
    wait for so many seconds, whoever else sends.
    """

    limit: int
    latency: float
    strict: bool
    jitter: float = 0.25
    seed: int = 1
    refused: int = 0
    taken: list[tuple[float, str]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    _second: deque[float] = field(default_factory=deque)
    _chats: dict[str, float] = field(default_factory=dict)
    _groups: dict[str, deque[float]] = field(default_factory=dict)
    _blocked: float = 0.0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    async def send(self, chat: str) -> int:
        """Send one message. Returns 0, or the seconds to wait."""
        await asyncio.sleep(self._way())
        self.calls[chat] += 1
        wait = self.answers.get(chat) or self._judge(chat, asyncio.get_running_loop().time())
        await asyncio.sleep(self._way())
        return wait

    async def publish(self, post: Post) -> Receipt:
        """The same as a publisher."""
        wait = await self.send(str(post.params["chat_id"]))
        if wait:
            raise TryLater("too many requests", after=timedelta(seconds=wait), too_fast=True)
        return Receipt(str(len(self.taken)), VirtualClock().now())

    def _way(self) -> float:
        return self.latency / 2 * (1 + self._random.uniform(-self.jitter, self.jitter))

    def _judge(self, chat: str, now: float) -> int:
        if now < self._blocked:
            self.refused += 1
            return math.ceil(self._blocked - now)
        wait = self._too_much(chat, now)
        if wait:
            self.refused += 1
            if self.strict:
                self._blocked, wait = now + BLOCK, BLOCK
            return math.ceil(wait)
        self._second.append(now)
        self._chats[chat] = max(self._chats.get(chat, 0.0), now) + 1
        if chat.startswith("-"):
            self._groups[chat].append(now)
        self.taken.append((now, chat))
        return 0

    def _too_much(self, chat: str, now: float) -> float:
        while self._second and self._second[0] <= now - 1:
            self._second.popleft()
        waits = [1.0 if len(self._second) >= self.limit else 0.0, self._chats.get(chat, 0.0) - 2 - now]
        if chat.startswith("-"):
            minute = self._groups.setdefault(chat, deque())
            while minute and minute[0] <= now - 60:
                minute.popleft()
            waits.append(minute[0] + 60 - now if len(minute) >= 20 else 0.0)
        return max(0.0, *waits)


@dataclass(slots=True)
class MemoryLimiter:
    """The limiter's books in memory, by the same rules; what the store's scripts are held against."""

    limits: Limits
    pace: Pace = field(init=False)
    last: datetime | None = None
    _tat: datetime | None = None
    _hold: datetime | None = None
    _chats: dict[str, datetime] = field(default_factory=dict)
    _chat_holds: dict[str, datetime] = field(default_factory=dict)
    _groups: dict[str, list[datetime]] = field(default_factory=dict)
    _second: dict[str, datetime] = field(default_factory=dict)
    _starts: dict[str, datetime] = field(default_factory=dict)
    _placed: int = 0
    _answered: int = 0
    _closed: datetime | None = None
    _number: int = 0

    def __post_init__(self) -> None:
        self.pace = Pace(self.limits.start)

    async def reserve(self, ask: Ask, *, now: datetime) -> Turn | Wait:
        free = self._chat_free(ask, now)
        if free > now:
            return Wait(free - now, everybody=False)
        held = max(self._hold or now, now)
        return Wait(held - now, everybody=True) if held > now else self._next(ask, now)

    def _next(self, ask: Ask, now: datetime) -> Turn | Wait:
        interval = SECOND / self.pace.limit
        trial = self.pace.trial
        trying = trial is not None and self._placed < trial.rate and now <= trial.bursts + timedelta(seconds=0.3)
        tat = self._tat or LONG_AGO
        if trial is not None and trying and now >= trial.bursts:
            moment, tat = now, tat + interval
        else:
            moment, after = slot(tat, now, interval)
            moment = max(moment, self._room_from(now))
            if trial is not None and trying:
                moment = max(moment, trial.opens)
                if moment >= trial.bursts:
                    return Wait(trial.bursts - now, everybody=True)
            if moment - now > max(AHEAD[ask.lane], 2 * interval):
                return Wait(moment - now - interval, everybody=True)
            tat = max(after, moment - interval)
        if trial is not None and trying:
            self._placed += 1
            if self._placed >= trial.rate:
                tat, self._closed = max(tat, moment + ask.quiet), moment
        self._tat = tat
        return self._place(ask, moment, now)

    def _room_from(self, now: datetime) -> datetime:
        self._second = {one: until for one, until in self._second.items() if until > now}
        over = len(self._second) - self.pace.room
        return sorted(self._second.values())[over] if over >= 0 else now

    def _chat_free(self, ask: Ask, now: datetime) -> datetime:
        if ask.place is None:
            return now
        chat, limits = ask.place.chat, self.limits
        free = self._chat_holds.get(chat, now)
        if limits.chat_every is not None:
            burst = limits.chat_burst if ask.lane is Lane.REPLY else 1
            free = max(free, burst_free(self._chats.get(chat, now), now, limits.chat_every, burst))
            group = self._groups.get(chat, [])
            if not chat.isdigit() and len(group) >= limits.group_count:
                free = max(free, group[-limits.group_count] + limits.group_span)
        return free

    def _place(self, ask: Ask, moment: datetime, now: datetime) -> Turn:
        self._number += 1
        turn = Turn(str(self._number), moment, now)
        self.last = max(self.last or moment, moment)
        self._second[turn.id] = moment + SECOND + ask.slack
        self._starts[turn.id] = moment
        if ask.place is not None and self.limits.chat_every is not None:
            chat = ask.place.chat
            self._chats[chat] = max(self._chats.get(chat, moment), moment) + self.limits.chat_every
            self._groups.setdefault(chat, []).append(moment)
        return turn

    async def settle(self, turn: Turn, *, sent: bool, release: datetime, now: datetime) -> Tally:
        start, before, trial = self._starts.get(turn.id, turn.at), 0, self.pace.trial
        if sent:
            if turn.id in self._second:
                self._second[turn.id] = release
            if trial is not None and trial.opens <= start <= (self._closed or start):
                self._answered += 1
        else:
            before = sum(1 for one in self._starts.values() if start - SECOND < one < start)
            self._second.pop(turn.id, None)
            self._starts.pop(turn.id, None)
        in_second = sum(1 for until in self._second.values() if until > now)
        self._starts = {one: at for one, at in self._starts.items() if at > now - 10 * SECOND}
        return Tally(self.pace, in_second, before, trial is not None and self._answered >= trial.rate)

    async def hold(self, place: Place | None, *, until: datetime, now: datetime) -> None:
        del now
        if place is None:
            self._hold = max(until, self._hold or until)
        else:
            self._chat_holds[place.chat] = max(until, self._chat_holds.get(place.chat, until))

    async def adopt(self, pace: Pace, *, instead_of: Pace) -> bool:
        if instead_of.version != self.pace.version:
            return False
        if pace.trial is not None and self.last is not None:
            gap = 2 * (pace.trial.opens + SECOND - pace.trial.bursts)
            if self.last > pace.trial.opens - gap:
                return False
        self.pace = replace(pace, version=self.pace.version + 1)
        self._placed, self._answered, self._closed = 0, 0, None
        return True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went: the share of the allowed rate that was used (per cent), 429s, and messages never delivered."""

    share: float
    refused: int
    lost: int


def chats(messages: int) -> list[str]:
    """Private chats, one message each; now and then a message to one of two groups, each 10 a minute at 30 a second."""
    return [GROUPS[n // 180 % 2] if n % 90 == 45 else str(1001 + n) for n in range(messages)]


def outcome(platform: Simulated, messages: int) -> Outcome:
    """What became of the messages."""
    began, ended = platform.taken[0][0], max(at for at, _ in platform.taken)
    taken = len(platform.taken)
    return Outcome(100 * (taken - 1) / (ended - began) / platform.limit, platform.refused, messages - taken)


def paced(platform: Simulated, limiter: Limiter, clock: Clock | None = None) -> Pacing:
    """The engine before a simulated platform."""
    return Pacing(platform, limiter, TELEGRAM, clock=clock or VirtualClock(), stopping=asyncio.Event())


ARTICLE = Article(id="a", url="https://news.example/a", headline="A")


class Deliveries:
    """Articles on their way through the engine, as the fan-out and the channels send them: what is put off comes again
    in time; a group has a queue of its own. `through`: when each article was everywhere."""

    def __init__(self, pacing: Pacing, articles: Sequence[Sequence[str]], tasks: asyncio.TaskGroup) -> None:
        self._pacing = pacing
        self._tasks = tasks
        self._left = [len(to) for to in articles]
        self.through: dict[int, float] = {}
        self.belt = Belt(tasks, self._send, lambda: False, lambda: None, Way(articles=1))
        for number, to in enumerate(articles):
            self._begin(replace(ARTICLE, id=str(number)), to)

    def _begin(self, article: Article, to: Sequence[str]) -> None:
        self.belt.add(article, BitMap(int(chat) for chat in to if chat not in GROUPS))
        for group in set(GROUPS) & set(to):
            self._tasks.create_task(self._queue(article, Place(Platform.TELEGRAM, group), to.count(group)))

    async def _publish(self, lane: Lane, article: Article, place: Place) -> float:
        """0 when it is there, or the seconds until it is due again."""
        try:
            await self._pacing.lane(lane).publish(Post(Platform.TELEGRAM, "sendMessage", {"chat_id": place.chat}))
        except TryLater as error:
            return max(0.001, error.after.total_seconds())
        number = int(article.id)
        self._left[number] -= 1
        if not self._left[number]:
            self.through[number] = asyncio.get_running_loop().time()
        return 0

    async def _send(self, parcel: Parcel) -> None:
        (article,), (reader,) = parcel.articles, parcel.readers
        place = Place(Platform.TELEGRAM, str(reader))
        if after := await self._publish(Lane.READERS, article, place):
            self._tasks.create_task(self._again(article, place, after))

    async def _again(self, article: Article, place: Place, after: float) -> None:
        await asyncio.sleep(after)
        self.belt.add(article, BitMap([int(place.chat)]))

    async def _queue(self, article: Article, place: Place, messages: int) -> None:
        for _ in range(messages):
            while after := await self._publish(Lane.PUBLIC, article, place):
                await asyncio.sleep(after)


async def fan_out(pacing: Pacing, articles: Sequence[Sequence[str]]) -> dict[int, float]:
    """Bring articles to their chats, each to the end; when each was through."""
    async with asyncio.TaskGroup() as tasks:
        deliveries = Deliveries(pacing, articles, tasks)
    if deliveries.belt.failures:
        raise ExceptionGroup("sending", deliveries.belt.failures)
    return deliveries.through
