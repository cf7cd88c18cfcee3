"""What is wrong is told to the admins: once, several things in one message, and again when it is over.

What they were told is remembered in the store, so that a restart tells nothing twice, and the end of something from
before it is told as well. While the store is away this copy's own memory has to do.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import StoreError
from bot.ports import Alerted, Clock
from bot.problems import Problems

log = structlog.get_logger(__name__)

GATHER = timedelta(seconds=3)
"""What begins within this is told in one message."""
CHANGED = timedelta(minutes=4)
"""A problem that goes on in other words (the next article refused, the next captcha) is told again after this."""
MOST = 10
"""Refused articles told of in one message; the rest follows in the next, UNHEARD later."""
UNHEARD = timedelta(minutes=1)
"""Before trying again when no admin could be reached, or the store not written to."""
STORE_PATIENCE = timedelta(seconds=3)
"""How long the store may take; an alert about the store itself does not wait for it."""
_PATIENCE = (
    (re.compile(r"source "), timedelta(minutes=15)),
    (re.compile(r".* updates"), timedelta(minutes=1)),
    (re.compile(r".*: unreachable"), timedelta(minutes=1)),
)
"""Troubles that often pass by themselves, and how long they are waited for; `/status` and the log tell at once."""


@dataclass(frozen=True, slots=True)
class News:
    """Problems that began or changed, and those that are over: names with the sentences told."""

    began: tuple[tuple[str, str], ...]
    over: tuple[tuple[str, str], ...]


def patience(name: str) -> timedelta:
    """How long a problem must last before anybody is disturbed."""
    return next((wait for pattern, wait in _PATIENCE if pattern.match(name)), timedelta(0))


def same(told: str | None, sentence: str) -> bool:
    """Whether a sentence says what was told already; other numbers, such as seconds to wait, say nothing new."""
    return told is not None and re.sub(r"\d+", "#", told) == re.sub(r"\d+", "#", sentence)


@dataclass(slots=True)
class _Open:
    sentence: str
    since: datetime
    told_at: datetime | None = None


class Alerts:
    """`speak` tells the admins and says whether anybody heard. Only the copy of the bot that is `in_office` speaks."""

    def __init__(
        self,
        alerted: Alerted,
        problems: Problems,
        speak: Callable[[News], Awaitable[bool]],
        *,
        clock: Clock,
        in_office: Callable[[], bool],
    ) -> None:
        self._alerted = alerted
        self._speak = speak
        self._clock = clock
        self._in_office = in_office
        self._open: dict[str, _Open] = {}
        self._ended: set[str] = set()
        self._told: dict[str, str | None] = {}
        self._unsaved: set[str] = set()
        self._store_away = False
        self._changed = asyncio.Event()
        self._mentions: list[tuple[str, str]] = []
        problems.watch(self._notice, self._mention)

    async def run(self) -> None:
        """Tell what there is to tell, until cancelled."""
        wake: float | None = None
        while True:
            try:
                await asyncio.wait_for(self._changed.wait(), wake)
                await asyncio.sleep(GATHER.total_seconds())
            except TimeoutError:
                pass  # something has lasted long enough now
            self._changed.clear()
            wake = await self.tell() if self._in_office() else GATHER.total_seconds()

    async def tell(self) -> float | None:
        """Tell now what is due. Answers the seconds after which more may be, or None: only when something happens."""
        self._store_away = False
        began = {name: one.sentence for name, one in list(self._open.items()) if await self._is_due(name, one)}
        over = {name: told for name in list(self._ended) if (told := await self._last(name)) is not None}
        ended = {name for name in self._ended if name in self._told}  # of the others nobody can say now what was told
        mentions = self._mentions[:MOST]
        known = self._known(began)
        news = News((*_each_once(began, known), *mentions), _each_once(over, known))
        if (news.began or news.over) and not await self._speak(news):
            log.error("admins_not_reached", problems=list(began))
            return UNHEARD.total_seconds()
        del self._mentions[: len(mentions)]
        for name in ended:
            await self._remember(name, None)
        self._ended -= ended
        for name, sentence in began.items():
            await self._told_now(name, sentence)
        for name in sorted(self._unsaved):
            await self._remember(name, self._told[name])
        return self._next()

    async def _told_now(self, name: str, sentence: str) -> None:
        await self._remember(name, sentence)
        if name in self._open:
            self._open[name].told_at = self._clock.now()
        else:  # it ended while it was being told
            self._ended.add(name)
            self._changed.set()

    def _notice(self, name: str, sentence: str | None) -> None:
        if sentence is None:
            self._open.pop(name, None)
            if self._told.get(name, "") is None:
                return  # it is over, and nobody was told that it was not
            self._ended.add(name)
        else:
            self._ended.discard(name)
            one = self._open.setdefault(name, _Open(sentence, self._clock.now()))
            one.sentence = sentence
        self._changed.set()

    def _mention(self, name: str, sentence: str) -> None:
        self._mentions.append((name, sentence))
        self._changed.set()

    async def _is_due(self, name: str, one: _Open) -> bool:
        return self._due_at(name, one) <= self._clock.now() and not same(await self._last(name), one.sentence)

    def _due_at(self, name: str, one: _Open) -> datetime:
        return one.since + patience(name) if one.told_at is None else one.told_at + CHANGED

    def _next(self) -> float | None:
        """When the first of those comes due that are not told in their present words."""
        untold = [
            self._due_at(name, one)
            for name, one in self._open.items()
            if name not in self._told or not same(self._told[name], one.sentence)
        ]
        if self._mentions or self._ended or self._unsaved:
            return UNHEARD.total_seconds()
        return max((min(untold) - self._clock.now()).total_seconds(), 0.1) if untold else None

    def _known(self, began: dict[str, str]) -> set[str]:
        """What the admins have been told and what still holds: the same of another name is no news."""
        return {one.sentence for name, one in self._open.items() if name not in began and self._told.get(name)}

    async def _last(self, name: str) -> str | None:
        """What they were told of it last. A store that is away is asked once a round: each asking takes seconds."""
        if name not in self._told and not self._store_away:
            try:
                async with asyncio.timeout(STORE_PATIENCE.total_seconds()):
                    self._told[name] = await self._alerted.told(name)
            except (StoreError, TimeoutError):
                self._store_away = True
        return self._told.get(name)

    async def _remember(self, name: str, sentence: str | None) -> None:
        before = self._told.get(name)
        self._told[name] = sentence
        if self._store_away:
            self._unsaved.add(name)
            return
        unsaved = name in self._unsaved
        self._unsaved.discard(name)
        try:
            async with asyncio.timeout(STORE_PATIENCE.total_seconds()):
                if sentence is not None:
                    await self._alerted.remember(name, sentence)
                elif before is not None or unsaved:
                    await self._alerted.forget(name)
        except (StoreError, TimeoutError) as error:
            log.warning("alert_not_remembered", problem=name, error=str(error))
            self._store_away = True
            self._unsaved.add(name)


def _each_once(told: dict[str, str], known: set[str]) -> tuple[tuple[str, str], ...]:
    """A token that is refused breaks every channel with the same words: the first name stands for all of them."""
    first: dict[str, str] = {}
    for name in sorted(told, key=lambda name: name.startswith("channel ")):
        first.setdefault(told[name], name)
    return tuple((name, sentence) for sentence, name in first.items() if sentence not in known)
