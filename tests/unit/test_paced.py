"""A publisher that sends in turn: what it waits for, what it learns, and what it never does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import pytest

from bot.errors import OutcomeUnknown, Refused, StoreError, TryLater
from bot.model import Place, Platform, Post, Receipt
from bot.pacing import TELEGRAM, VK_COMMUNITY, Ask, Lane, Limits, Pace, Tally, Turn, Wait
from bot.ports import Publisher
from scheduler.pace import SECOND
from scheduler.paced import PATIENCE, Pacing, place_of
from tests.pacing import MemoryLimiter
from tests.virtual import VirtualClock, run

Result = TypeVar("Result")


def to(chat: str) -> Post:
    return Post(Platform.TELEGRAM, "sendMessage", {"chat_id": chat})


class Network:
    """Takes a twentieth of a second for each message; raises what it is told to, once each."""

    def __init__(self, *faults: BaseException) -> None:
        self.faults = list(faults)
        self.calls: list[tuple[float, str]] = []
        self.at_once = 0
        self._under_way = 0

    async def publish(self, post: Post) -> Receipt:
        self.calls.append((asyncio.get_running_loop().time(), str(post.params["chat_id"])))
        self._under_way += 1
        self.at_once = max(self.at_once, self._under_way)
        await asyncio.sleep(0.05)
        self._under_way -= 1
        if self.faults:
            raise self.faults.pop(0)
        return Receipt("1", VirtualClock().now())


class AwayLimiter(MemoryLimiter):
    """Gives turns, then the store goes away."""

    async def settle(self, turn: Turn, *, sent: bool, release: datetime, now: datetime) -> Tally:
        del turn, sent, release, now
        raise StoreError("redis is away")

    async def hold(self, place: Place | None, *, until: datetime, now: datetime) -> None:
        del place, until, now
        raise StoreError("redis is away")


class NoLimiter(MemoryLimiter):
    """The store is away from the start."""

    async def reserve(self, ask: Ask, *, now: datetime) -> Turn | Wait:
        del ask, now
        raise StoreError("redis is away")


class Engine:
    """A pace before a network."""

    def __init__(self, network: Network, limits: Limits = TELEGRAM, limiter: MemoryLimiter | None = None) -> None:
        self.network = network
        self.limiter = limiter or MemoryLimiter(limits)
        self.stopping = asyncio.Event()
        self.pacing = Pacing(network, self.limiter, limits, clock=VirtualClock(), stopping=self.stopping)

    def lane(self, lane: Lane) -> Publisher:
        return self.pacing.lane(lane)


def played(story: Callable[[], Awaitable[Result]]) -> Result:
    """Run a story in virtual time."""

    async def whole() -> Result:
        return await story()

    return run(whole())


def test_a_receipt_is_never_lost_to_the_limiter() -> None:
    """The message is out when the store goes away: that it is out must be told."""

    async def story() -> Receipt:
        return await Engine(Network(), limiter=AwayLimiter(TELEGRAM)).lane(Lane.PUBLIC).publish(to("-1001"))

    assert played(story).message_id == "1"


def test_a_refusal_is_told_when_the_limiter_is_away() -> None:
    """The same for a 429."""

    async def story() -> None:
        slow = TryLater("429", after=SECOND, too_fast=True)
        await Engine(Network(slow), limiter=AwayLimiter(TELEGRAM)).lane(Lane.PUBLIC).publish(to("-1001"))

    with pytest.raises(TryLater, match="429"):
        played(story)


def test_without_a_limiter_nothing_is_sent() -> None:
    """It can't be known whether it may; it is put off for some seconds."""

    async def story() -> None:
        engine = Engine(network, limiter=NoLimiter(TELEGRAM))
        await engine.lane(Lane.READERS).publish(to("1001"))

    network = Network()
    with pytest.raises(TryLater) as caught:
        played(story)
    assert caught.value.after > timedelta(0)
    assert network.calls == []


@pytest.mark.parametrize("error", [OutcomeUnknown("no word"), Refused("no"), TryLater("unreachable", after=SECOND)])
def test_other_ends_change_no_pace(error: Exception) -> None:
    """They pass as they are, and nobody is held."""

    async def story() -> Pace:
        engine = Engine(Network(error))
        with pytest.raises(type(error)):
            await engine.lane(Lane.PUBLIC).publish(to("-1001"))
        await engine.lane(Lane.PUBLIC).publish(to("-1002"))
        return engine.limiter.pace

    assert played(story) == Pace(TELEGRAM.start)


def test_a_short_wait_is_waited_for_and_a_long_one_put_off() -> None:
    """Within its patience a message waits where it is; beyond it the ledger keeps it, and the wait is said."""

    async def story() -> tuple[float, timedelta]:
        engine = Engine(network)
        now = VirtualClock().now()
        await engine.limiter.hold(Place(Platform.TELEGRAM, "-1"), until=now + 3 * SECOND, now=now)
        await engine.limiter.hold(Place(Platform.TELEGRAM, "-2"), until=now + 43_837 * SECOND, now=now)
        await engine.lane(Lane.PUBLIC).publish(to("-1"))
        with pytest.raises(TryLater) as caught:
            await engine.lane(Lane.PUBLIC).publish(to("-2"))
        return network.calls[0][0], caught.value.after

    network = Network()
    began, after = played(story)
    assert began == pytest.approx(3, abs=0.01)
    assert after > 43_000 * SECOND
    assert len(network.calls) == 1


def test_nobody_stands_behind_a_chat_that_waits() -> None:
    """Its own second is its own."""

    async def story() -> float:
        engine = Engine(Network())
        now = VirtualClock().now()
        await engine.limiter.hold(Place(Platform.TELEGRAM, "-1"), until=now + 4 * SECOND, now=now)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(engine.lane(Lane.PUBLIC).publish(to("-1")))
            await asyncio.sleep(0.01)
            await engine.lane(Lane.PUBLIC).publish(to("-2"))
            return asyncio.get_running_loop().time()

    assert played(story) < 0.5


def test_a_stop_ends_the_waiting_but_not_the_sending() -> None:
    """What waits was surely not sent; what is under way ends as it ends."""

    async def story() -> tuple[list[object], float]:
        engine = Engine(Network())
        now = VirtualClock().now()
        async with asyncio.TaskGroup() as tasks:
            under_way = tasks.create_task(engine.lane(Lane.PUBLIC).publish(to("-1")))
            await asyncio.sleep(0.01)
            await engine.limiter.hold(None, until=now + 4 * SECOND, now=now)
            waiting = tasks.create_task(_caught(engine.lane(Lane.PUBLIC).publish(to("-2"))))
            await asyncio.sleep(0.01)
            engine.stopping.set()
            await under_way
            found = await waiting
            return [under_way.result().message_id, found.after if isinstance(found, TryLater) else found], (
                asyncio.get_running_loop().time()
            )

    ends, took = played(story)
    assert ends == ["1", timedelta(0)]
    assert took < 1


async def _caught(sending: Awaitable[Receipt]) -> object:
    try:
        return await sending
    except TryLater as error:
        return error


def test_a_429_in_the_middle_of_much_holds_everybody_and_slows_down() -> None:
    """For as long as was asked, in every lane; then it goes on, slower."""

    async def story() -> tuple[float, Pace]:
        engine = Engine(network)
        async with asyncio.TaskGroup() as tasks:
            sends = [tasks.create_task(_caught(engine.lane(Lane.READERS).publish(to(str(n))))) for n in range(60)]
        assert sum(isinstance(send.result(), Receipt) for send in sends) == 59
        return max(later[0] - sooner[0] for sooner, later in pairwise(network.calls)), engine.limiter.pace

    class Refusing(Network):
        async def publish(self, post: Post) -> Receipt:
            if len(self.calls) == 29:
                self.faults = [TryLater("429", after=2 * SECOND, too_fast=True)]
            return await super().publish(post)

    network = Refusing()
    pause, pace = played(story)
    assert pause > 2
    assert pace.limit == pytest.approx(27.9)


def test_one_refused_chat_holds_nobody_else_while_little_is_sent() -> None:
    """A second chat refused right after it does: then it is the token."""

    async def story() -> tuple[Wait | Turn, Wait | Turn]:
        engine = Engine(Network(*[TryLater("429", after=100 * SECOND, too_fast=True)] * 2))
        found = []
        for chat in ("1001", "1002"):
            with pytest.raises(TryLater):
                await engine.lane(Lane.REPLY).publish(to(chat))
            ask = Ask(Lane.REPLY, Place(Platform.TELEGRAM, "1003"), timedelta(0), timedelta(0))
            found.append(await engine.limiter.reserve(ask, now=VirtualClock().now()))
        return found[0], found[1]

    first, second = played(story)
    assert isinstance(first, Turn)
    assert isinstance(second, Wait)
    assert second.everybody


def test_vk_is_handed_one_call_of_a_lane_at_a_time() -> None:
    """Its door sends one after another: an answer stands behind one message of each lane, not behind forty."""

    async def story() -> float:
        engine = Engine(network, VK_COMMUNITY)
        async with asyncio.TaskGroup() as tasks:
            for number in range(40):
                tasks.create_task(engine.lane(Lane.READERS).publish(to(str(number))))
            await asyncio.sleep(0.2)
            await engine.lane(Lane.REPLY).publish(to("500"))
            return asyncio.get_running_loop().time()

    network = Network()
    assert played(story) < 0.5
    assert network.at_once <= 2


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"chat_id": "@digest"}, "@digest"),
        ({"chat_id": -1001, "message_thread_id": 7}, "-1001"),
        ({"peer_id": 42}, "42"),
        ({"owner_id": -220}, "-220"),
        ({"callback_query_id": "7"}, None),
    ],
)
def test_where_a_call_goes(params: dict[str, object], place: str | None) -> None:
    """Each platform's own name for it."""
    found = place_of(Post(Platform.TELEGRAM, "anything", params))
    assert (found and found.chat) == place


def test_patience_is_shorter_than_a_claim_lives() -> None:
    """Else a message that waits would be taken for one that was lost."""

    async def story() -> timedelta:
        engine = Engine(Network())
        pacing = Pacing(
            engine.network,
            engine.limiter,
            TELEGRAM,
            clock=VirtualClock(),
            stopping=asyncio.Event(),
            most_patience=SECOND,
        )
        now = VirtualClock().now()
        await engine.limiter.hold(None, until=now + 2 * SECOND, now=now)
        with pytest.raises(TryLater) as caught:
            await pacing.lane(Lane.READERS).publish(to("1001"))
        return caught.value.after

    assert played(story) == 2 * SECOND
    assert max(PATIENCE.values()) <= timedelta(seconds=60)


def test_who_waits_too_long_in_the_line_is_put_off() -> None:
    """Two messages a second, and a hundred want to go: those beyond the patience come again, and none is sent late."""

    async def story() -> tuple[int, int, float]:
        engine = Engine(network, replace(TELEGRAM, start=2, most=2))
        async with asyncio.TaskGroup() as tasks:
            sends = [tasks.create_task(_caught(engine.lane(Lane.READERS).publish(to(str(n))))) for n in range(100)]
        found = [send.result() for send in sends]
        return (
            sum(isinstance(one, Receipt) for one in found),
            sum(isinstance(one, TryLater) for one in found),
            network.calls[-1][0],
        )

    network = Network()
    through, put_off, last = played(story)
    assert through + put_off == 100
    assert 35 <= through <= 45
    assert last <= PATIENCE[Lane.READERS].total_seconds() + 1
