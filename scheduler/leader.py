"""One at a time: of several copies of the bot one works, and the others wait for its lease to end.

The lease stands in the store and is renewed all the time. Whoever has it may work until it could have ended by the
clock of this machine; so a copy that was frozen notices when it wakes, before it does anything. What slips through
that (frozen between two instructions) is caught by the store, which refuses claims under a lease that is another's.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.errors import StoreError, StoreReadOnly, Superseded, TryLater
from bot.model import Platform, Post, Receipt
from bot.ports import Leases, Publisher
from bot.problems import Problems
from scheduler.circular import Answers, publish_to_many

log = structlog.get_logger(__name__)

LIFETIME = timedelta(seconds=10)
"""Of a lease. A copy that dies is followed after this, a RETRY and the start of the other, so within 15 s."""
MARGIN = timedelta(seconds=1)
"""By so much sooner a holder thinks that its lease has ended, so that clocks may run unevenly."""
ANSWER = timedelta(seconds=4)
"""How long the store may take over it: so that a lost answer leaves time for another try."""
SILENT = f"redis did not answer within {ANSWER.total_seconds():g} s: is it overloaded, or the network slow?"
RENEW = timedelta(seconds=2)
RETRY = timedelta(seconds=1)
STORE = "store"
"""The problem's name under which trouble with the store is reported."""


def since_boot() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps, where there is such a one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def a_name() -> str:
    """This copy's name, for people and for the store: host, process, and something that no other copy has."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


class Leadership:
    """This copy's right to work. `alone`: nobody else can be there, so that a lease left by a crash counts nothing."""

    def __init__(
        self,
        leases: Leases,
        duties: Sequence[str],
        problems: Problems,
        *,
        alone: bool = False,
        elapsed: Callable[[], float] = since_boot,
    ) -> None:
        self._leases = leases
        self._duties = tuple(duties)
        self._problems = problems
        self._alone = alone
        self._elapsed = elapsed
        self._name = a_name()
        self._until = float("-inf")
        self._epoch: int | None = None
        self._rival: str | None = None
        self._begin: Callable[[], None] = lambda: None
        self._end: Callable[[], None] = lambda: None
        self._turn = asyncio.Lock()

    @property
    def leading(self) -> bool:
        """Whether this copy may work now."""
        return self._elapsed() < self._until

    @property
    def in_office(self) -> bool:
        """Whether, by the last word from the store, this copy leads: also while the store is away."""
        return self._epoch is not None

    @property
    def rival(self) -> str | None:
        """The copy that works while this one waits: host/process/…"""
        return self._rival

    async def keep(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        """Get the lease and keep it until cancelled. `begin` is called when work may start, `end` when it must stop."""
        self._begin, self._end = begin, end
        while True:
            try:
                await self._hold()
            except StoreError as error:
                self._problems.report(STORE, str(error))
            else:
                self._problems.clear(STORE)
            await asyncio.sleep((RENEW if self.leading else RETRY).total_seconds())

    async def confirm(self) -> None:
        """Returns when this copy leads, asking the store if the clock leaves a doubt.

        Raises Superseded, or StoreError when nobody can say. A store that takes nothing in gives the lease to nobody
        else, so there what needs no writing may go on.
        """
        if self.leading:
            return
        try:
            await self._hold()
        except StoreReadOnly:
            if not self.in_office:
                raise
            return
        if not self.leading:
            raise Superseded(f"another copy of the bot leads: {self._rival}")

    async def leave(self) -> None:
        """Let another copy take over at once. A store that is away lets the lease run out instead."""
        self._until, self._epoch = float("-inf"), None
        try:
            await self._leases.release(self._duties, self._name)
        except StoreError as error:
            log.warning("lease_not_released", error=str(error))

    async def _hold(self) -> None:
        async with self._turn:
            asked = self._elapsed()
            try:
                async with asyncio.timeout(ANSWER.total_seconds()):
                    lease = await self._leases.hold(self._duties, self._name, LIFETIME, force=self._alone)
            except TimeoutError:
                raise StoreError(SILENT) from None
            if lease.holder != self._name:
                self._stand_back(lease.holder)
                return
            lapsed = not self.leading
            self._until = asked + (LIFETIME - MARGIN).total_seconds()
            if lapsed or lease.epoch != self._epoch:
                self._take_office(lease.epoch)

    def _take_office(self, epoch: int) -> None:
        """Also after a pause in which the lease may have run out: whatever was under way then is begun anew."""
        if self.in_office:
            self._end()
        log.info("leading", epoch=epoch, duties=self._duties, after=self._rival)
        self._epoch, self._rival = epoch, None
        self._begin()

    def _stand_back(self, rival: str) -> None:
        self._until = float("-inf")
        if self.in_office:
            log.error("superseded", by=rival, what="this copy was away too long, and another one works now")
            self._epoch = None
            self._end()
        if rival != self._rival:
            what = "another copy of the bot works; this one waits, and takes over when that one ends"
            log.warning("waiting", leader=rival, duties=self._duties, what=what)
        self._rival = rival


class Halt(asyncio.Event):
    """What work looks at before its next piece: set when the bot stops, and also while it may not work."""

    def __init__(self, stopping: asyncio.Event, leadership: Leadership) -> None:
        super().__init__()
        self._stopping = stopping
        self._leadership = leadership

    def is_set(self) -> bool:
        """Whether to leave the rest undone."""
        return self._stopping.is_set() or not self._leadership.leading


def led(publishers: Mapping[Platform, Publisher], leadership: Leadership) -> Mapping[Platform, Publisher]:
    """The same publishers, sending only while this copy leads."""
    return {platform: LedPublisher(publisher, leadership) for platform, publisher in publishers.items()}


class LedPublisher:
    """A publisher that sends only while this copy leads."""

    def __init__(self, publisher: Publisher, leadership: Leadership) -> None:
        self._publisher = publisher
        self._leadership = leadership

    async def publish(self, post: Post) -> Receipt:
        """Raises TryLater when another copy leads, or when nobody can say."""
        await self._confirm()
        return await self._publisher.publish(post)

    async def publish_to_many(self, post: Post) -> Answers:
        """The same for many receivers."""
        await self._confirm()
        return await publish_to_many(self._publisher, post)

    async def _confirm(self) -> None:
        try:
            await self._leadership.confirm()
        except StoreError as error:
            raise TryLater(f"not sent: {error}", after=RENEW) from error
