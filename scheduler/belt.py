"""Many messages in flight on one platform, fairly between articles. A few lines of state; the sending itself is given.

Articles take turns: the next message is always one of the article that has waited longest, so that an article for fifty
readers does not stand behind one for six thousand. The next message does not wait for the last answer. Readers are
known by numbers.

Where a platform takes the same text for many at once, a call goes to a *block* of readers: the same hundred whenever it
is tried, so that a repeat can be known as one. Elsewhere a reader who waits for several articles gets them in one
message, in their order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pyroaring import BitMap

from bot.model import Article, Platform

IN_FLIGHT = 40
"""Messages of one platform claimed at a time: more than go out in a second, so that slow answers cost nothing."""

SERIAL = 4
"""The same where the door sends one after another: each claim must end while it is fresh."""
BLOCK = 100
"""Receivers of one call (dev.vk.com, messages.send, peer_ids)."""
TOGETHER = 10
"""Articles in one message."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a platform is sent to: calls in flight, readers in a call, articles in a message."""

    most: int = IN_FLIGHT
    readers: int = 1
    articles: int = TOGETHER


WAYS = {Platform.TELEGRAM: Way(), Platform.VK: Way(SERIAL, readers=BLOCK, articles=1)}
"""VK's calls reach so many that nobody waits long, and a repeat is known by article and block, so nothing is merged."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out in one call: articles, the oldest first, to readers; `block`: which of the article's blocks."""

    articles: tuple[Article, ...]
    readers: tuple[int, ...]
    block: int = 0


Send = Callable[[Parcel], Awaitable[None]]


class Line:
    """One article's readers on one platform: those still to be tried, and how many are being tried.

    A greater `number` is a later article. `crowd`: all its readers there, tried or not.
    """

    def __init__(self, article: Article, number: int, waiting: BitMap, crowd: BitMap) -> None:
        self.article = article
        self.number = number
        self.in_flight = 0
        self.left = waiting.copy()
        self._crowd = crowd | waiting

    @property
    def over(self) -> bool:
        """Everybody was tried."""
        return not self.left and not self.in_flight

    def first(self, busy: AbstractSet[int]) -> int | None:
        """The next reader who is not `busy`."""
        return next((reader for reader in self.left if reader not in busy), None)

    def block(self, reader: int, size: int) -> tuple[int, int]:
        """The block a reader belongs to, and the last reader who may be in it."""
        number = (self._crowd.rank(reader) - 1) // size
        return number, self._crowd[min((number + 1) * size, len(self._crowd)) - 1]

    def up_to(self, first: int, last: int, busy: AbstractSet[int]) -> Iterator[int]:
        """Readers from one to another who are not busy."""
        for reader in self.left.iter_equal_or_larger(first):
            if reader > last:
                return
            if reader not in busy:
                yield reader


@dataclass(slots=True, eq=False)
class Belt:
    """One platform at work. Sends run in `tasks`; `stir` is called whenever a line is over, or nothing is in flight."""

    tasks: asyncio.TaskGroup
    send: Send
    halted: Callable[[], bool]
    stir: Callable[[], None]
    way: Way = field(default_factory=Way)
    failures: list[Exception] = field(default_factory=list)
    _lines: deque[Line] = field(default_factory=deque)
    _stopped: bool = False
    _busy: set[int] = field(default_factory=set)
    _calls: int = 0
    _number: int = 0

    def add(self, article: Article, waiting: BitMap, crowd: BitMap | None = None, *, at_once: bool = True) -> Line:
        """Take an article along; it gets its share from now on. Not `at_once`: when `go` is called, so that articles
        which come together can go together."""
        self._number += 1
        line = Line(article, self._number, waiting, crowd or waiting)
        if line.left:
            self._lines.append(line)
            if at_once:
                self.go()
        return line

    @property
    def idle(self) -> bool:
        """Nothing is in flight."""
        return not self._calls

    def stop(self) -> None:
        """Start no more."""
        self._stopped = True

    def go(self) -> None:
        """Start as many sends as there is room for."""
        passed = 0
        while passed < len(self._lines) and self._calls < self.way.most and not self._over():
            line = self._lines.popleft()
            if not line.left:
                continue
            self._lines.append(line)
            reader = line.first(self._busy)
            passed = passed + 1 if reader is None else 0
            if reader is not None:
                self._begin(reader)

    def _begin(self, reader: int) -> None:
        lines = sorted((one for one in self._lines if reader in one.left), key=_number)[: self.way.articles]
        block, readers = 0, [reader]
        if self.way.readers > 1:
            block, last = lines[0].block(reader, self.way.readers)
            readers = [one for one in lines[0].up_to(reader, last, self._busy) if self._is_next(one, lines[0])]
        for line in lines:
            line.left.difference_update(BitMap(readers))
            line.in_flight += 1
        self._busy.update(readers)
        self._calls += 1
        parcel = Parcel(tuple(line.article for line in lines), tuple(readers), block)
        self.tasks.create_task(self._one(lines, parcel))

    def _is_next(self, reader: int, line: Line) -> bool:
        """Whether a reader waits for nothing older."""
        return not any(reader in one.left for one in self._lines if one.number < line.number)

    def _over(self) -> bool:
        return self._stopped or bool(self.failures) or self.halted()

    async def _one(self, lines: Sequence[Line], parcel: Parcel) -> None:
        try:
            await self.send(parcel)
        except Exception as error:  # noqa: BLE001 - a task boundary: the messages beside this one go on to their ends
            self.failures.append(error)
        finally:
            for line in lines:
                line.in_flight -= 1
            self._busy.difference_update(parcel.readers)
            self._calls -= 1
        self.go()
        if self.idle or any(line.over for line in lines):
            self.stir()


def _number(line: Line) -> int:
    return line.number
