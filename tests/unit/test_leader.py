"""When a copy of the bot works, and when it stands back: by its own clock first, by the store's word second."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.errors import StoreError, StoreReadOnly, Superseded, TryLater
from bot.model import Lease, Platform, Post, Receipt
from bot.problems import Problems
from scheduler.leader import LIFETIME, MARGIN, RENEW, Halt, Leadership, led
from tests.fakes import FixedClock, RecordingPublisher

POST = Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 1, "text": "Trains"})


@dataclass
class Registry:
    """Leases in memory: whoever is `owner` has them; without one the next who asks. `fault` is raised instead."""

    owner: str | None = None
    epoch: int = 1
    fault: StoreError | None = None
    released: list[str] = field(default_factory=list)

    async def hold(self, duties: Sequence[str], holder: str, lifetime: timedelta, *, force: bool = False) -> Lease:
        del duties, lifetime
        if self.fault is not None:
            raise self.fault
        self.owner = holder if force or self.owner is None else self.owner
        return Lease(self.epoch, self.owner)

    async def release(self, duties: Sequence[str], holder: str) -> None:
        del duties
        if self.fault is not None:
            raise self.fault
        self.released.append(holder)


@dataclass
class Copy:
    """One copy of the bot with a clock that is set by hand. `office` is what it was told: begin, end, begin…"""

    registry: Registry = field(default_factory=Registry)
    seconds: float = 1000.0
    office: list[str] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)

    def __post_init__(self) -> None:
        self.leadership = Leadership(self.registry, ["bot"], self.problems, elapsed=lambda: self.seconds)

    def leads(self) -> bool:
        """Whether it may work now."""
        return self.leadership.leading

    async def asks(self) -> None:
        """One turn of keeping the lease."""
        keeping = self.leadership.keep(lambda: self.office.append("begin"), lambda: self.office.append("end"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(keeping, 0.01)


async def test_it_leads_until_its_lease_could_have_ended() -> None:
    """By its own clock, a little sooner than the store would say."""
    copy = Copy()
    await copy.asks()
    assert copy.office == ["begin"]
    copy.seconds += (LIFETIME - MARGIN).total_seconds() - 0.1
    assert copy.leads()
    copy.seconds += 0.2
    assert not copy.leads()
    assert copy.leadership.in_office


async def test_renewing_in_time_changes_nothing() -> None:
    """Work that goes on is not begun anew."""
    copy = Copy()
    await copy.asks()
    copy.seconds += RENEW.total_seconds()
    await copy.asks()
    assert copy.office == ["begin"]


async def test_after_a_pause_everything_begins_anew() -> None:
    """Even when nobody came in between: timers that came due meanwhile were not heeded."""
    copy = Copy()
    await copy.asks()
    copy.seconds += LIFETIME.total_seconds()
    await copy.asks()
    assert copy.office == ["begin", "end", "begin"]


async def test_a_new_number_is_a_new_term() -> None:
    """The redis may have lost the lease, and somebody else have had it for a moment."""
    copy = Copy()
    await copy.asks()
    copy.registry.epoch += 1
    await copy.asks()
    assert copy.office == ["begin", "end", "begin"]


async def test_one_that_was_followed_stands_back_and_says_by_whom() -> None:
    """It waits, and leads again once the other has gone."""
    copy = Copy()
    await copy.asks()
    copy.seconds += 60
    copy.registry.owner = "host/7/abc"
    await copy.asks()
    assert copy.office == ["begin", "end"]
    assert copy.leadership.rival == "host/7/abc"
    copy.registry.owner = None
    await copy.asks()
    assert copy.office == ["begin", "end", "begin"]
    assert copy.leadership.rival is None


async def test_a_store_that_is_away_is_a_problem_and_no_end() -> None:
    """It holds when its time is over, and says what is wrong until that is over."""
    copy = Copy()
    await copy.asks()
    copy.registry.fault = StoreError("redis can't be reached")
    await copy.asks()
    assert copy.leads()
    assert copy.problems.of("store") == "redis can't be reached"
    copy.seconds += LIFETIME.total_seconds()
    assert not copy.leads()
    assert copy.office == ["begin"]
    copy.registry.fault = None
    await copy.asks()
    assert copy.problems.all() == ()
    assert copy.office == ["begin", "end", "begin"]


async def test_halt_is_set_while_it_may_not_work_and_when_it_stops() -> None:
    """Work looks at it before each piece."""
    copy, stopping = Copy(), asyncio.Event()
    halt = Halt(stopping, copy.leadership)
    assert halt.is_set()
    await copy.asks()
    assert not halt.is_set()
    stopping.set()
    assert halt.is_set()


async def test_a_frozen_copy_asks_before_it_sends() -> None:
    """Awake again, it sends nothing when another one leads, and nothing when nobody can say."""
    copy, clock = Copy(), FixedClock()
    inner = RecordingPublisher(clock)
    publisher = led({Platform.TELEGRAM: inner}, copy.leadership)[Platform.TELEGRAM]
    await copy.asks()
    assert isinstance(await publisher.publish(POST), Receipt)
    copy.seconds += 60
    copy.registry.owner = "host/7/abc"
    with pytest.raises(TryLater):
        await publisher.publish(POST)
    copy.registry.fault = StoreError("away")
    with pytest.raises(TryLater):
        await publisher.publish(POST)
    assert len(inner.posts) == 1


async def test_a_store_that_takes_nothing_in_lets_people_be_answered() -> None:
    """Nobody else can have got the lease there, so what needs no writing goes on."""
    copy = Copy()
    await copy.asks()
    copy.seconds += 60
    copy.registry.fault = StoreReadOnly("redis is out of memory")
    await copy.leadership.confirm()
    assert not copy.leads()


async def test_one_that_never_led_confirms_nothing() -> None:
    """Whatever the store's trouble is."""
    copy = Copy()
    copy.registry.fault = StoreReadOnly("redis is out of memory")
    with pytest.raises(StoreReadOnly):
        await copy.leadership.confirm()
    copy.registry.fault = None
    copy.registry.owner = "host/7/abc"
    with pytest.raises(Superseded):
        await copy.leadership.confirm()


async def test_leaving_gives_the_lease_back() -> None:
    """So that the next one need not wait; a store that is away is no trouble then."""
    copy = Copy()
    await copy.asks()
    await copy.leadership.leave()
    assert copy.registry.released == [copy.registry.owner]
    assert not copy.leads()
    copy.registry.fault = StoreError("away")
    await copy.leadership.leave()
