"""The belt: many messages in flight, fairly between articles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from bot.model import Article
from scheduler.belt import IN_FLIGHT, Belt, Line, Parcel, Way
from tests.pacing import ARTICLE


def articles(number: int) -> list[Article]:
    return [replace(ARTICLE, id=str(one)) for one in range(number)]


class Wire:
    """Takes messages in the order they are sent; they end when it says so, the first first."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.parcels: list[Parcel] = []
        self.under_way: list[asyncio.Future[None]] = []
        self.halted = False
        self.stirred = 0

    async def send(self, parcel: Parcel) -> None:
        self.sent += [(article.id, str(reader)) for article in parcel.articles for reader in parcel.readers]
        self.parcels.append(parcel)
        self.under_way.append(asyncio.get_running_loop().create_future())
        await self.under_way[-1]

    def stir(self) -> None:
        self.stirred += 1

    async def end(self, error: Exception | None = None) -> None:
        """The oldest message under way ends."""
        await asyncio.sleep(0)
        done = self.under_way.pop(0)
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
        for _ in range(3):
            await asyncio.sleep(0)

    async def end_all(self) -> None:
        await asyncio.sleep(0)
        while self.under_way:
            await self.end()


@asynccontextmanager
async def a_belt(wire: Wire, most: int = IN_FLIGHT, *, readers: int = 1, together: int = 1) -> AsyncIterator[Belt]:
    async with asyncio.TaskGroup() as tasks:
        yield Belt(tasks, wire.send, lambda: wire.halted, wire.stir, Way(most, readers, together))
        await wire.end_all()


async def test_the_next_does_not_wait_for_the_last() -> None:
    """As many are in flight as may be, and one more as soon as one ends."""
    wire, (one,) = Wire(), articles(1)
    async with a_belt(wire) as belt:
        belt.add(one, BitMap(range(100)))
        await asyncio.sleep(0)
        assert len(wire.sent) == IN_FLIGHT
        await wire.end()
        assert len(wire.sent) == IN_FLIGHT + 1
    assert len(wire.sent) == 100


async def test_articles_take_turns() -> None:
    """One for three readers is not behind one for sixty; one that comes in the middle has its share from then on."""
    wire, (large, small, late) = Wire(), articles(3)
    async with a_belt(wire, most=1) as belt:
        belt.add(large, BitMap(range(60)))
        belt.add(small, BitMap(range(100, 103)))
        for _ in range(6):
            await wire.end()
        assert [article for article, _ in wire.sent[:6]] == ["0", "0", "1", "0", "1", "0"]
        belt.add(late, BitMap(range(200, 202)))
        for _ in range(5):
            await wire.end()
        assert [article for article, _ in wire.sent[6:12]].count("2") == 2


async def test_a_reader_of_both_gets_the_older_first_and_never_two_at_a_time() -> None:
    """Though the younger article has its turn, the reader gets what came before; then the younger."""
    wire, (large, small) = Wire(), articles(2)
    async with a_belt(wire, most=5) as belt:
        belt.add(large, BitMap(range(50)))
        belt.add(small, BitMap([40, 41]))
        for _ in range(12):
            await wire.end()
        told = [article for article, chat in wire.sent if chat == "40"]
        assert told == ["0", "1"]
        assert ("1", "41") in wire.sent
    assert len(wire.sent) == 52


async def test_articles_that_wait_for_the_same_reader_go_together() -> None:
    """In their order, as many as may be; who waits for one alone gets that one."""
    wire, (first, second, third) = Wire(), articles(3)
    async with a_belt(wire, most=1, together=2) as belt:
        belt.add(first, BitMap([1, 7, 8]))
        belt.add(second, BitMap([7, 8]))
        belt.add(third, BitMap([8]))
        await wire.end_all()
    got = [("".join(article.id for article in parcel.articles), parcel.readers) for parcel in wire.parcels]
    assert sorted(got) == [("0", (1,)), ("01", (7,)), ("01", (8,)), ("2", (8,))]


async def test_readers_go_together_in_blocks_that_stay_the_same() -> None:
    """A call never reaches over the edge of a block, so what is tried again is tried in the same company."""
    wire, (one,) = Wire(), articles(1)
    crowd = BitMap(range(10, 35))
    async with a_belt(wire, readers=10) as belt:
        belt.add(one, crowd - BitMap([12]), crowd)
        await wire.end_all()
        belt.add(one, BitMap([12, 31]), crowd)
        await wire.end_all()
    whole = [(parcel.block, len(parcel.readers)) for parcel in wire.parcels]
    assert whole == [(0, 9), (1, 10), (2, 5), (0, 1), (2, 1)]


async def test_a_reader_of_two_articles_gets_the_older_first_also_in_company() -> None:
    """They are left out of the younger's call until they have the older."""
    wire, (older, younger) = Wire(), articles(2)
    async with a_belt(wire, most=2, readers=10) as belt:
        belt.add(older, BitMap(range(5)))
        belt.add(younger, BitMap(range(3, 9)))
        await wire.end_all()
    assert [(parcel.articles[0].id, parcel.readers) for parcel in wire.parcels] == [
        ("0", (0, 1, 2, 3, 4)),
        ("1", (5, 6, 7, 8)),
        ("1", (3, 4)),
    ]


async def test_a_failure_lets_the_others_end_and_starts_no_more() -> None:
    """It is kept for whoever asks; nobody is cut off."""
    wire, (one,) = Wire(), articles(1)
    async with a_belt(wire, most=3) as belt:
        line = belt.add(one, BitMap(range(10)))
        await wire.end(ValueError("a bug"))
        await wire.end_all()
        assert [str(failure) for failure in belt.failures] == ["a bug"]
        assert (len(wire.sent), len(line.left), belt.idle) == (3, 7, True)
    assert wire.stirred


@pytest.mark.parametrize("how", ["halted", "stopped"])
async def test_a_stop_lets_what_is_in_flight_end(how: str) -> None:
    """Nothing new is begun; a halt that is over is gone on from."""
    wire, (one,) = Wire(), articles(1)
    async with a_belt(wire, most=3) as belt:
        line = belt.add(one, BitMap(range(10)))
        wire.halted = how == "halted"
        if how == "stopped":
            belt.stop()
        await wire.end_all()
        assert (len(wire.sent), line.over, belt.idle) == (3, False, True)
        wire.halted = False
        belt.go()
        await asyncio.sleep(0)
        assert len(wire.sent) == (6 if how == "halted" else 3)


async def test_an_article_for_nobody_is_over_at_once() -> None:
    """There is nothing to wait for."""
    wire, (one,) = Wire(), articles(1)
    async with a_belt(wire) as belt:
        assert belt.add(one, BitMap()).over
        assert belt.idle


@given(
    st.lists(st.lists(st.integers(0, 12), max_size=15), max_size=5),
    st.integers(1, 6),
    st.sampled_from([(1, 1), (1, 3), (4, 1)]),
    st.randoms(),
)
def test_everybody_gets_everything_once_and_in_order(
    crowds: list[list[int]], most: int, way: tuple[int, int], dice: object
) -> None:
    """However the readers of articles overlap, and in whatever order the answers come."""

    async def story() -> None:
        wire, written = Wire(), articles(len(crowds))
        lines: list[Line] = []
        async with asyncio.TaskGroup() as tasks:
            belt = Belt(tasks, wire.send, lambda: False, wire.stir, Way(most, *way))
            lines += [belt.add(article, BitMap(crowd)) for article, crowd in zip(written, crowds, strict=True)]
            await asyncio.sleep(0)
            while wire.under_way:
                dice.shuffle(wire.under_way)  # type: ignore[attr-defined]  # hypothesis gives a Random
                await wire.end()
        assert all(line.over for line in lines)
        wanted = {(article.id, str(chat)) for article, crowd in zip(written, crowds, strict=True) for chat in crowd}
        assert sorted(wire.sent) == sorted(wanted)
        for chat in {chat for _, chat in wire.sent}:
            told = [int(article) for article, to in wire.sent if to == chat]
            assert told == sorted(told)

    asyncio.run(story())
