"""A cancellation is never lost in the store: a bot that is told to stop, stops."""

from __future__ import annotations

import asyncio
import random
from itertools import count

from bot.store import Store


async def test_every_cancellation_ends_what_it_meets(store: Store) -> None:
    """Two hundred loops of writes, each cancelled at some moment: all of them end at the first word."""
    dice = random.Random(1)  # noqa: S311 - moments, not secrets

    async def write_for_ever() -> None:
        for number in count():
            await store.marks.put("loop", str(number))

    for _ in range(200):
        async with asyncio.TaskGroup() as tasks:
            loop = tasks.create_task(write_for_ever())
            await asyncio.sleep(dice.uniform(0, 0.01))
            loop.cancel()
            done, _ = await asyncio.wait({loop}, timeout=2)
            assert done, "the cancellation was dropped"
