"""Time that passes only when everybody waits: an event loop to measure hours of sending in seconds, always the same.

What is really outside (a redis) takes no virtual time: while `outside` counts a call, time stands still.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.store.connection import Answer, Argument, Client, Script

Result = TypeVar("Result")
TICK = 1e-7
BEGIN = datetime(2031, 5, 14, 9, 0, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Waits for what is outside; else lets the loop's time jump to what is next."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0
        self.outside = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if self.outside:
            return ready if ready or timeout == 0 else super().select(1.0)
        # Also work takes a little time: who asks again and again until it has passed must see it pass.
        self.elapsed += TICK + (0 if ready else timeout or 0)
        return super().select(1.0) if timeout is None and not ready else ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is not the world's."""

    def __init__(self) -> None:
        self.hands = _Selector()
        super().__init__(self.hands)

    def time(self) -> float:
        return self.hands.elapsed

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Time stands still in this block."""
        self.hands.outside += 1
        try:
            yield
        finally:
            self.hands.outside -= 1


class VirtualClock:
    """The loop's time as a moment."""

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())


class OutsideClient(Client):
    """A client of a real redis, for which no virtual time passes."""

    def __init__(self, client: Client) -> None:
        super().__init__(client._redis, client.address)

    async def run(self, script: Script, keys: Any, arguments: Any) -> Answer:
        return await outside(super().run(script, keys, arguments))

    async def write(self, *command: Argument) -> Answer:
        return await outside(super().write(*command))


async def outside(call: Awaitable[Result]) -> Result:
    """Await something real."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    with loop.outside():
        return await call


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
