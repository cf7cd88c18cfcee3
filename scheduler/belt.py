"""Many messages in flight on one platform, fairly between articles. A few lines of state; the sending itself is given.

Articles take turns: the next message is always one of the article that has waited longest, so that an article for fifty
readers does not stand behind one for six thousand. A reader of both still gets the older one first. The next message
does not wait for the last answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

from bot.model import Article, Place, Platform

IN_FLIGHT = 40
"""Messages of one platform claimed at a time: more than go out in a second, so that slow answers cost nothing."""

SERIAL = 4
"""The same where the door sends one after another: each claim must end while it is fresh."""
MOST = {Platform.TELEGRAM: IN_FLIGHT, Platform.VK: SERIAL}

Send = Callable[[Article, Place], Awaitable[None]]


class Line:
    """One article's readers on one platform: those still to be tried, and how many are being tried.

    A greater `number` is a later article.
    """

    def __init__(self, article: Article, number: int, places: Iterable[Place]) -> None:
        self.article = article
        self.number = number
        self.in_flight = 0
        self._order = deque(dict.fromkeys(places))
        self.left = set(self._order)

    @property
    def over(self) -> bool:
        """Everybody was tried."""
        return not self.left and not self.in_flight

    def first(self, busy: AbstractSet[Place]) -> Place | None:
        """The next reader who is not `busy`."""
        while self._order and self._order[0] not in self.left:
            self._order.popleft()
        near = islice(self._order, len(busy) + 1)
        return next((place for place in near if place in self.left and place not in busy), None)


@dataclass(slots=True, eq=False)
class Belt:
    """One platform at work. Sends run in `tasks`; `stir` is called whenever a line is over, or nothing is in flight."""

    tasks: asyncio.TaskGroup
    send: Send
    halted: Callable[[], bool]
    stir: Callable[[], None]
    most: int = IN_FLIGHT
    failures: list[Exception] = field(default_factory=list)
    _lines: deque[Line] = field(default_factory=deque)
    _stopped: bool = False
    _busy: set[Place] = field(default_factory=set)
    _number: int = 0

    def add(self, article: Article, places: Iterable[Place]) -> Line:
        """Take an article along; it gets its share from now on."""
        self._number += 1
        line = Line(article, self._number, places)
        if line.left:
            self._lines.append(line)
            self.go()
        return line

    @property
    def idle(self) -> bool:
        """Nothing is in flight."""
        return not self._busy

    def stop(self) -> None:
        """Start no more."""
        self._stopped = True

    def go(self) -> None:
        """Start as many sends as there is room for."""
        passed = 0
        while passed < len(self._lines) and len(self._busy) < self.most and not self._over():
            line = self._lines.popleft()
            if not line.left:
                continue
            self._lines.append(line)
            place = line.first(self._busy)
            passed = passed + 1 if place is None else 0
            if place is not None:
                self._begin(min((one for one in self._lines if place in one.left), key=_number), place)

    def _begin(self, line: Line, place: Place) -> None:
        line.left.remove(place)
        line.in_flight += 1
        self._busy.add(place)
        self.tasks.create_task(self._one(line, place))

    def _over(self) -> bool:
        return self._stopped or bool(self.failures) or self.halted()

    async def _one(self, line: Line, place: Place) -> None:
        try:
            await self.send(line.article, place)
        except Exception as error:  # noqa: BLE001 - a task boundary: the messages beside this one go on to their ends
            self.failures.append(error)
        finally:
            line.in_flight -= 1
            self._busy.discard(place)
        self.go()
        if line.over or self.idle:
            self.stir()


def _number(line: Line) -> int:
    return line.number
