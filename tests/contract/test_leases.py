"""Which copy of the bot works: one at a time, and claims of the others are refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.errors import Superseded
from bot.model import Attempt, Lease, Place, Platform, Slot, SlotState
from bot.store import Store, open_store
from tests.fakes import NOON
from tests.stores import Address
from tests.waiting import until_true

LONG, SHORT = timedelta(minutes=1), timedelta(milliseconds=50)
DUTIES = ("bot", "scheduler")
SLOT = Slot("article", Place(Platform.TELEGRAM, "@trains"))


@pytest.fixture
async def two(server_address: Address) -> AsyncIterator[tuple[Store, Store]]:
    """Two copies' doors to one empty redis, of every kind by turns."""
    async with AsyncExitStack() as stack:
        doors = [
            await stack.enter_async_context(open_store(server_address.url, server_address.socket)) for _ in range(2)
        ]
        await doors[0].client.write("FLUSHALL")
        yield doors[0], doors[1]


async def test_one_of_fifty_gets_it(any_store: Store) -> None:
    """All that ask at once are told the same name."""
    answers = await asyncio.gather(*(any_store.leases.hold(DUTIES, f"copy/{n}", LONG) for n in range(50)))
    assert len(set(answers)) == 1


async def test_a_holder_keeps_it_under_the_same_number(any_store: Store) -> None:
    """And a lease that was given back begins with a greater one."""
    first = await any_store.leases.hold(DUTIES, "a", LONG)
    assert await any_store.leases.hold(DUTIES, "a", LONG) == first
    await any_store.leases.release(DUTIES, "a")
    second = await any_store.leases.hold(DUTIES, "b", LONG)
    assert second == Lease(first.epoch + 1, "b")


async def test_it_ends_by_itself(any_store: Store) -> None:
    """A holder that is silent is followed; when it asks again, it is told by whom."""
    await any_store.leases.hold(DUTIES, "a", SHORT)

    async def followed() -> bool:
        return (await any_store.leases.hold(DUTIES, "b", LONG)).holder == "b"

    await until_true(followed, "the lease ends")
    assert (await any_store.leases.hold(DUTIES, "a", LONG)).holder == "b"
    await any_store.leases.release(DUTIES, "a")
    assert (await any_store.leases.hold(DUTIES, "c", LONG)).holder == "b"


async def test_all_duties_or_none(any_store: Store) -> None:
    """A whole bot waits for a part of one; parts with different duties don't wait for each other."""
    await any_store.leases.hold(("worker",), "part", LONG)
    assert (await any_store.leases.hold(("bot", "worker"), "whole", LONG)).holder == "part"
    assert (await any_store.leases.hold(("bot",), "other part", LONG)).holder == "other part"


async def test_it_can_be_taken_by_force(any_store: Store) -> None:
    """Where nobody else can be there, a lease is what a crash left behind."""
    before = await any_store.leases.hold(DUTIES, "dead", LONG)
    assert await any_store.leases.hold(DUTIES, "alive", LONG, force=True) == Lease(before.epoch + 1, "alive")


async def test_a_copy_that_was_followed_claims_nothing(two: tuple[Store, Store]) -> None:
    """Whatever it believes: the store refuses in the same step in which it would give the claim. What it claimed
    before it may still settle, because only it knows how that ended."""
    old, new = two
    await old.leases.hold(DUTIES, "old", LONG)
    claim = await old.ledger.claim(SLOT, now=NOON, lease=LONG)
    assert claim is not None
    await new.leases.hold(DUTIES, "new", LONG, force=True)

    other = Slot("other", SLOT.place)
    with pytest.raises(Superseded):
        await old.ledger.claim(other, now=NOON, lease=LONG)
    assert await new.ledger.states([other]) == [None]
    assert await new.ledger.claim(other, now=NOON, lease=LONG)
    assert await old.ledger.settle(claim, Attempt(SLOT, NOON, SlotState.REFUSED, "no"))


async def test_a_lease_that_ran_out_fences_too(two: tuple[Store, Store]) -> None:
    """Even before anybody follows."""
    old, _ = two
    await old.leases.hold(DUTIES, "old", SHORT)

    async def refused() -> bool:
        try:
            await old.ledger.claim(Slot("other", SLOT.place), now=NOON, lease=timedelta(0))
        except Superseded:
            return True
        return False

    await until_true(refused, "the lease ends")


async def test_without_a_lease_nothing_is_fenced(two: tuple[Store, Store]) -> None:
    """Commands that look at or mend the state of a stopped bot need none."""
    old, new = two
    await old.leases.hold(DUTIES, "old", LONG)
    assert await new.ledger.claim(SLOT, now=NOON, lease=LONG)
