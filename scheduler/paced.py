"""Publishers that send at the pace a platform allows: a message waits for its turn, and every answer teaches.

Who waits for a chat of its own waits alone; who waits for the token waits in a line, one line for each lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from bot.errors import DeliveryError, OutcomeUnknown, StoreError, StoreReadOnly, TryLater
from bot.model import Place, Post, Receipt
from bot.pacing import Ask, Lane, Limits, Turn
from bot.ports import Clock, Limiter, Publisher
from scheduler.circular import Answers, publish_to_many
from scheduler.pace import BUSY, SECOND, Travel, held_for_all, next_trial, proved, refused

log = structlog.get_logger(__name__)

PATIENCE = {Lane.REPLY: timedelta(seconds=15), Lane.PUBLIC: timedelta(seconds=5), Lane.READERS: timedelta(seconds=20)}
"""How long a message waits for its turn here. Beyond it the message is put off in the ledger, and nobody waits behind
it. Shorter than a claim lives."""
GLANCE = timedelta(seconds=0.5)
"""How often a message that waits looks whether the bot stops."""
ANY = 1_000_000
STORE_AWAY = timedelta(seconds=5)
_Answer = TypeVar("_Answer")
_CHAT_PARAMS = ("chat_id", "peer_id", "user_id", "owner_id")


class Stopping(Protocol):
    """Whether the bot has been told to stop."""

    def is_set(self) -> bool: ...


class Pacing:
    """One token's pace, shared by the lanes of this process; the limiter shares it with the others."""

    def __init__(
        self,
        publisher: Publisher,
        limiter: Limiter,
        limits: Limits,
        *,
        clock: Clock,
        stopping: Stopping,
        most_patience: timedelta = timedelta.max,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._publisher = publisher
        self._limiter = limiter
        self._limits = limits
        self._clock = clock
        self._stopping = stopping
        self._most_patience = most_patience
        self._sleep = sleep
        self._lines = {lane: asyncio.Lock() for lane in Lane}
        self._room = {lane: asyncio.Semaphore(limits.at_once or ANY) for lane in Lane}
        self._room[Lane.REPLY] = asyncio.Semaphore(ANY)
        self._travel = Travel()
        self._held_until: datetime | None = None
        self._refused_chats: set[str] = set()

    def lane(self, lane: Lane) -> Publisher:
        """The publisher for what goes in one lane."""
        return PacedPublisher(self, lane)

    async def publish(self, post: Post, lane: Lane) -> Receipt:
        """Send in turn. Raises a DeliveryError: TryLater also when the turn is too far off, or the bot is stopping."""
        return await self._in_turn(lane, place_of(post), lambda: self._publisher.publish(post))

    async def publish_to_many(self, post: Post, lane: Lane) -> Answers:
        """The same for many receivers: one call is one turn."""
        return await self._in_turn(lane, None, lambda: publish_to_many(self._publisher, post))

    async def _in_turn(self, lane: Lane, place: Place | None, send: Callable[[], Awaitable[_Answer]]) -> _Answer:
        deadline = self._clock.now() + min(PATIENCE[lane], self._most_patience)
        async with self._room[lane]:
            return await self._sent(lane, place, send, deadline)

    async def _sent(
        self, lane: Lane, place: Place | None, send: Callable[[], Awaitable[_Answer]], deadline: datetime
    ) -> _Answer:
        turn = await self._turn(lane, place, deadline)
        started = self._clock.now()
        try:
            answer = await send()
        except TryLater as error:
            if error.too_fast:
                await self._slow_down(turn, place, error.after)
            raise
        except OutcomeUnknown:
            raise
        except DeliveryError:
            await self._learn(turn, started)
            raise
        await self._learn(turn, started)
        return answer

    async def _turn(self, lane: Lane, place: Place | None, deadline: datetime) -> Turn:
        try:
            return await self._wait_for_turn(lane, place, deadline)
        except StoreError as error:
            if lane is Lane.REPLY and isinstance(error, StoreReadOnly):
                # nothing else is sent then, and an admin asks what is wrong: there is room without counting
                return Turn("uncounted", self._clock.now(), self._clock.now())
            raise TryLater(f"no turn to send: {error}", after=STORE_AWAY) from error

    async def _wait_for_turn(self, lane: Lane, place: Place | None, deadline: datetime) -> Turn:
        while True:
            found = await self._ask_in_line(lane, place, deadline)
            if isinstance(found, Turn):
                return found
            # the chat's own wait: out of the line, so that nobody stands behind
            await self._pause(lane, found, deadline)

    async def _ask_in_line(self, lane: Lane, place: Place | None, deadline: datetime) -> Turn | timedelta:
        """A turn whose moment has come; or how long the chat must wait. TryLater: everybody must, for too long."""
        async with self._lines[lane]:
            while True:
                now = self._clock.now()
                if now > deadline:
                    raise TryLater("too many others are before it: the platform's limit", after=SECOND)
                ask = Ask(lane, place, self._travel.slack, self._travel.quiet)
                answer = await self._limiter.reserve(ask, now=now)
                if not isinstance(answer, Turn):
                    if not answer.everybody:
                        return answer.after
                    await self._pause(lane, answer.after, deadline)
                    continue
                await self._pause(lane, answer.at - now, None)
                if self._held_until is None or self._held_until <= self._clock.now():
                    return answer

    async def _pause(self, lane: Lane, span: timedelta, deadline: datetime | None) -> None:
        """Wait. Raises TryLater instead when that goes past the deadline, or when the bot stops: what waits here was
        surely not sent, and the next start sends it. A person's answer is not put off by a stop."""
        if deadline is not None and self._clock.now() + span > deadline:
            raise TryLater(f"not before {span.total_seconds():.0f} s from now: the platform's limit", after=span)
        end = self._clock.now() + span
        while (left := end - self._clock.now()) > timedelta(0):
            await self._sleep(min(left, GLANCE).total_seconds())
            if self._stopping.is_set() and lane is not Lane.REPLY:
                raise TryLater("the bot is stopping", after=timedelta(0))

    async def _learn(self, turn: Turn, started: datetime) -> None:
        """An answer came, so the message was let through, whatever became of it."""
        now = self._clock.now()
        self._travel = self._travel.after(now - started)
        self._refused_chats.clear()
        try:
            tally = await self._limiter.settle(turn, sent=True, release=self._travel.release(started, now), now=now)
            pace = tally.pace
            if tally.trial_over:
                wanted = proved(pace, now=now)
            else:
                wanted = next_trial(pace, self._limits, self._travel, in_second=tally.in_second, now=now) or pace
            if wanted is not pace and await self._limiter.adopt(wanted, instead_of=pace) and wanted.limit != pace.limit:
                log.info("pace", messages_a_second=wanted.limit)
        except StoreError as error:
            # The message is out, and that must be told; the limiter only counts it for a little longer.
            log.warning("pace_not_noted", error=str(error))

    async def _slow_down(self, turn: Turn, place: Place | None, asked: timedelta) -> None:
        """The platform asked to wait: the chat, or everybody."""
        now = self._clock.now()
        self._refused_chats.add("" if place is None else place.chat)
        try:
            tally = await self._limiter.settle(turn, sent=False, release=now, now=now)
            if place is not None:
                await self._limiter.hold(place, until=now + asked, now=now)
            span = self._held_for_all(place, asked, tally.in_second >= BUSY / 2 * tally.pace.room)
            if span is None:
                log.warning("chat_held", place=str(place), seconds=asked.total_seconds())
                return
            until = now + span
            self._held_until = max(until, self._held_until or until)
            await self._limiter.hold(None, until=until, now=now)
            slower = refused(tally.pace, self._limits, granted=turn.granted, before=tally.before, now=now, until=until)
            if slower is not tally.pace and await self._limiter.adopt(slower, instead_of=tally.pace):
                log.warning("slower", seconds=span.total_seconds(), messages_a_second=slower.limit, before=tally.before)
        except StoreError as error:
            log.warning("wait_not_noted", error=str(error))

    def _held_for_all(self, place: Place | None, asked: timedelta, busy: bool) -> timedelta | None:
        if place is None or self._limits.chat_every is None:
            return asked
        private = not place.chat.startswith(("-", "@"))
        return held_for_all(asked, private=private, chats_refused=len(self._refused_chats), busy=busy)


class PacedPublisher:
    """A publisher in one lane of a pace."""

    def __init__(self, pacing: Pacing, lane: Lane) -> None:
        self._pacing = pacing
        self._lane = lane

    async def publish(self, post: Post) -> Receipt:
        """Send it once, in turn. Raises a DeliveryError."""
        return await self._pacing.publish(post, self._lane)

    async def publish_to_many(self, post: Post) -> Answers:
        """The same for many receivers."""
        return await self._pacing.publish_to_many(post, self._lane)


def place_of(post: Post) -> Place | None:
    """The chat a call goes to; None for a call without one, such as the answer to a pressed button."""
    chat = next((str(post.params[name]) for name in _CHAT_PARAMS if post.params.get(name) is not None), None)
    return None if chat is None else Place(post.platform, chat)
