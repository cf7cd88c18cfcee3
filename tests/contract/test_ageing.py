"""Chats that nothing reaches are forgotten after half a year, on every kind of redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Place, Platform
from bot.store import Store
from scheduler.ageing import KEPT, Ageing
from scheduler.jobs import Jobs
from tests.fakes import FixedClock
from tests.readers import a_reader

ANN, BEN, CEM, DAN = (
    a_reader(Place(Platform.TELEGRAM, "730011"), "en", "Gardens"),
    a_reader(Place(Platform.VK, "42"), "ru", "Gardens", "Only mine"),
    a_reader(Place(Platform.TELEGRAM, "-1005", 4), "en", active=True),
    a_reader(Place(Platform.TELEGRAM, "730012"), "en", "Gardens", active=False),
)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    """Time stands still until it is moved."""
    return FixedClock()


async def look(store: Store, clock: FixedClock) -> None:
    """One day's look."""
    async with asyncio.TaskGroup() as tasks:
        await Ageing(store.dormant, store.subscriptions, Jobs(tasks, clock), clock).run()


async def kept(store: Store) -> list[str]:
    """Who is known."""
    readers = [await store.subscriptions.reader(one.place) for one in (ANN, BEN, CEM, DAN)]
    return [str(reader.place) for reader in readers if reader is not None]


async def test_half_a_year_of_silence_is_the_end(any_store: Store, clock: FixedClock) -> None:
    """Who blocked the bot, and who subscribed to nothing, is forgotten; readers stay as long as they like."""
    for reader in (ANN, replace(BEN, active=False), CEM, DAN):
        await any_store.subscriptions.save(reader)
    await look(any_store, clock)
    clock.advance(KEPT - DAY)
    await look(any_store, clock)
    assert len(await kept(any_store)) == 4
    await any_store.subscriptions.save(replace(DAN, active=True))
    clock.advance(DAY)
    await look(any_store, clock)
    assert await kept(any_store) == [str(ANN.place), str(DAN.place)]
    left = [row async for row in any_store.dump() if "vk:42" in str(row) or "Only mine" in str(row)]
    assert left == []


async def test_who_came_back_begins_anew(any_store: Store, clock: FixedClock) -> None:
    """The time counts from the last silence."""
    await any_store.subscriptions.save(replace(ANN, active=False))
    await look(any_store, clock)
    await any_store.subscriptions.save(ANN)
    clock.advance(KEPT - DAY)
    await look(any_store, clock)
    await any_store.subscriptions.save(replace(ANN, active=False))
    clock.advance(DAY)
    await look(any_store, clock)
    clock.advance(KEPT - DAY)
    await look(any_store, clock)
    assert await kept(any_store) == [str(ANN.place)]
    clock.advance(DAY)
    await look(any_store, clock)
    assert await kept(any_store) == []
