"""Politeness towards a host: two requests at a time, and none while it wants to be left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from weakref import WeakValueDictionary

import structlog

from bot.errors import HeldError, SourceError, StoreError
from bot.ports import Rests

PER_HOST = 2
LONGEST = timedelta(days=1)
UNTOLD = timedelta(minutes=5)
"""How long a host is left alone that says "too many requests", and not for how long."""

log = structlog.get_logger(__name__)


class Turns:
    """Who may ask a host now. Every source on it waits for what one of them was told."""

    def __init__(self, rests: Rests | None = None) -> None:
        """`rests`: what hosts asked for before a restart, and will have after the next."""
        self._rests = rests
        self._recalled: set[str] = set()
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._held: dict[str, float] = {}

    def of(self, host: str) -> Turn:
        """A turn at a host, taken in order. Raises HeldError while it wants no visitors."""
        turns = self._turns.get(host)
        if turns is None:
            turns = self._turns[host] = asyncio.Semaphore(PER_HOST)
        return Turn(self, host, turns)

    async def check(self, host: str) -> None:
        """Raises HeldError while the host wants no visitors."""
        if self._rests is not None and host not in self._recalled:
            await self._recall(host, self._rests)
        left = self._held.get(host, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            sentence = f"{host} asked us to come less often, and is left alone for {_told(left)} more."
            raise HeldError(sentence, say=sentence, after=timedelta(seconds=left))
        self._held.pop(host, None)

    async def heed(self, host: str, asked: timedelta) -> None:
        """Leave the host alone for as long as it said."""
        wait = min(asked, LONGEST)
        until = asyncio.get_running_loop().time() + wait.total_seconds()
        if until <= self._held.get(host, 0.0):
            return
        self._held[host] = until
        if self._rests is not None:
            with _store_or_not(host):
                await self._rests.note(host, wait)

    async def _recall(self, host: str, rests: Rests) -> None:
        with _store_or_not(host):
            left = await rests.left(host)
            self._recalled.add(host)
            if left is not None:
                self._held.setdefault(host, asyncio.get_running_loop().time() + left.total_seconds())


class Turn:
    """One turn at a host, as a context."""

    __slots__ = ("_all", "_host", "_turns")

    def __init__(self, every: Turns, host: str, turns: asyncio.Semaphore) -> None:
        self._all = every
        self._host = host
        self._turns = turns

    async def __aenter__(self) -> None:
        await self._turns.acquire()
        try:
            await self._all.check(self._host)
        except BaseException:
            self._turns.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, SourceError) and error.after is not None:
                await self._all.heed(self._host, error.after)
        finally:
            self._turns.release()


@contextmanager
def _store_or_not(host: str) -> Iterator[None]:
    """Without the store, what a host asked for holds until the next start."""
    try:
        yield
    except StoreError as error:
        log.warning("rest_not_kept", host=host, error=str(error))


def _told(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
