"""Things said to redis at the same moment, said as one: whoever finds the line busy is taken along by the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

MOST = 500
"""In one go."""

Say = Callable[[Sequence[Any]], Awaitable[Sequence[int]]]


class _Asked:
    """One thing to say, and what came of it."""

    __slots__ = ("answer", "error", "what")

    def __init__(self, what: object) -> None:
        self.what = what
        self.answer: int | None = None
        self.error: Exception | None = None


class Together:
    """One line to redis for things of one kind."""

    def __init__(self) -> None:
        self._waiting: list[_Asked] = []
        self._turn = asyncio.Lock()

    async def say(self, what: object, say: Say) -> int:
        """The answer to it. `say` is called with everything that waits by then. Raises what it raises, to each."""
        mine = _Asked(what)
        self._waiting.append(mine)
        try:
            async with self._turn:
                while mine.answer is None and mine.error is None:
                    await self._go(say)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)  # cancelled before it was said
        if mine.error is not None:
            raise mine.error
        return mine.answer or 0

    async def _go(self, say: Say) -> None:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            answers = await say([one.what for one in batch])
        except Exception as error:  # noqa: BLE001 - not swallowed: everybody in the batch raises it
            for one in batch:
                one.error = error
            return
        except BaseException:  # cancelled: nobody knows whether it was heard, and saying it again does no harm
            self._waiting = [*batch, *self._waiting]
            raise
        for one, answer in zip(batch, answers, strict=True):
            one.answer = answer
