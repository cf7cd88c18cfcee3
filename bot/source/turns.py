"""Politeness towards a host: two requests at a time, and none while it wants to be left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.errors import HeldError, SourceError

PER_HOST = 2
LONGEST = timedelta(days=1)
UNTOLD = timedelta(minutes=5)
"""How long a host is left alone that says "too many requests", and not for how long."""


class Turns:
    """Who may ask a host now. Every source on it waits for what one of them was told."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._held: dict[str, float] = {}

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """A turn at a host, taken in order. Raises HeldError while it wants no visitors."""
        turn = self._turns.setdefault(host, asyncio.Semaphore(PER_HOST))
        async with turn:
            self._check(host)
            try:
                yield
            except SourceError as error:
                self._heed(host, error)
                raise

    def _check(self, host: str) -> None:
        left = self._held.get(host, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            sentence = f"{host} asked us to come less often, and is left alone for {_told(left)} more."
            raise HeldError(sentence, say=sentence, after=timedelta(seconds=left))
        self._held.pop(host, None)

    def _heed(self, host: str, error: SourceError) -> None:
        if error.after is not None:
            wait = min(error.after, LONGEST).total_seconds()
            self._held[host] = max(self._held.get(host, 0.0), asyncio.get_running_loop().time() + wait)


def _told(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
