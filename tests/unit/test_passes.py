"""What begins in one pass of the event loop, and what the garbage collector leaves alone."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

import pytest

from bot.process import SWITCH_SECONDS, settle
from bot.source.passes import MOST, Passes


async def test_what_is_due_at_once_begins_in_many_passes() -> None:
    """Each takes half of what a pass may: two begin in it, at most three, and all of them in the end."""
    passes, began, turn = Passes(), Counter[int](), 0

    async def work() -> None:
        await passes.room()
        began[turn] += 1
        until = perf_counter() + MOST / 2
        while perf_counter() < until:
            pass

    everything = asyncio.gather(*(work() for _ in range(20)))
    while not everything.done():
        turn += 1
        await asyncio.sleep(0)
    assert sum(began.values()) == 20
    assert max(began.values()) <= 3


async def test_quick_ones_share_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits while the pass is young."""
    monkeypatch.setattr("bot.source.passes.MOST", 60.0)
    passes, over = Passes(), asyncio.Event()
    asyncio.get_running_loop().call_soon(over.set)
    for _ in range(3):
        await passes.room()
    assert not over.is_set()


@pytest.fixture
def thawed() -> Iterator[None]:
    usual = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("thawed")
def test_what_lives_for_ever_is_looked_at_once() -> None:
    """After the start the garbage collector has next to nothing to look at, and threads make way sooner."""
    kept = [[number] for number in range(1000)]
    settle()
    assert gc.get_freeze_count() > len(kept)
    assert len(gc.get_objects()) < len(kept)
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
