"""Group commit: what is said to redis at the same moment is said as one; who finds the line busy goes with the next.

Where more is expected soon, the next waits a little for it: a command for one costs almost as much as one for many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

MOST = 500
"""In one go."""

Answer = TypeVar("Answer")
Say = Callable[[Sequence[Any]], Awaitable[Sequence[Answer]]]
Expected = Callable[[], int]
"""How many of those who are known of are to be waited for."""


class _Asked:
    """One thing to say, and what came of it. `turn`: there is an answer, or it is theirs to say what waits."""

    __slots__ = ("answer", "error", "is_over", "turn", "what")

    def __init__(self, what: object) -> None:
        self.what = what
        self.answer: Any = None
        self.error: Exception | None = None
        self.is_over = False
        self.turn = asyncio.Event()


class GroupCommit:
    """One line to redis for things of one kind. `patience`: how many seconds who is expected is waited for."""

    def __init__(self, patience: float = 0.0) -> None:
        self._patience = patience
        self._waiting: list[_Asked] = []
        self._busy = False
        self._came = asyncio.Event()

    async def say(self, what: object, say: Say[Answer], expected: Expected = lambda: 1) -> Answer:
        """The answer to it. `say` is called with everything that waits by then. Raises what it raises, to each."""
        mine = _Asked(what)
        self._waiting.append(mine)
        self._came.set()
        if not self._busy:
            self._next()
        try:
            while not mine.is_over:
                await mine.turn.wait()
                mine.turn.clear()
                if not mine.is_over:
                    await self._go(say, expected)
                    self._next()
        except BaseException:
            self._leave(mine)
            raise
        if mine.error is not None:
            raise mine.error
        told: Answer = mine.answer
        return told

    def _next(self) -> None:
        """Whoever has waited longest says what waits by then."""
        self._busy = bool(self._waiting)
        if self._busy:
            self._waiting[0].turn.set()

    def _leave(self, mine: _Asked) -> None:
        """Cancelled: if it was theirs to say what waits, it is another's."""
        first = bool(self._waiting) and self._waiting[0] is mine
        if mine in self._waiting:
            self._waiting.remove(mine)
        if first:
            self._next()

    async def _go(self, say: Say[Any], expected: Expected) -> None:
        await self._gather(expected)
        batch = self._waiting[:MOST]
        try:
            answers = await say([one.what for one in batch])
        except Exception as error:  # noqa: BLE001 - not swallowed: everybody in the batch raises it
            for one in batch:
                one.error, one.is_over = error, True
        else:
            for one, answer in zip(batch, answers, strict=True):
                one.answer, one.is_over = answer, True
        # Cancelled before this, they still wait: nobody knows whether it was heard, and saying it again does no harm.
        self._waiting = [one for one in self._waiting if not one.is_over]
        for one in batch:
            one.turn.set()

    async def _gather(self, expected: Expected) -> None:
        """Wait for who is expected, but not for long."""
        await asyncio.sleep(0)  # who comes at the very same moment comes along
        try:
            async with asyncio.timeout(self._patience):
                while len(self._waiting) < min(expected(), MOST):
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            pass  # they come with the next
