"""Politeness towards the event loop: whatever is due at once, readers and platforms are not kept waiting for it."""

from __future__ import annotations

import asyncio
from time import perf_counter

MOST = 0.008
"""Seconds for which requests are begun in one pass of the loop; those that are left begin in the next."""


class Passes:
    """How long the loop has been at it in this pass."""

    def __init__(self) -> None:
        self._began: float | None = None

    async def room(self) -> None:
        """Go on in this pass of the loop if it is young, else in a later one."""
        while self._began is not None and perf_counter() - self._began > MOST:  # noqa: ASYNC110 - a pass is no event
            await asyncio.sleep(0)
        if self._began is None:
            self._began = perf_counter()
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._began = None
