"""Things said to redis together: everybody has their own answer, nothing is lost when somebody goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.errors import StoreError
from bot.store.group_commit import GroupCommit


class Line:
    """Answers with ten times what was said. `open`: until then it is silent; `broken`: what it can't hear."""

    def __init__(self) -> None:
        self.heard: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.broken: int | None = None

    async def __call__(self, batch: Sequence[int]) -> Sequence[int]:
        self.heard.append(list(batch))
        await self.open.wait()
        if self.broken in batch:
            raise StoreError("away")
        return [one * 10 for one in batch]


async def test_what_is_said_at_one_moment_goes_as_one() -> None:
    """And everybody has the answer to their own."""
    line, together = Line(), GroupCommit()
    assert await asyncio.gather(*(together.say(number, line) for number in range(5))) == [0, 10, 20, 30, 40]
    assert line.heard == [[0, 1, 2, 3, 4]]


async def test_who_is_expected_is_waited_for() -> None:
    """However late in the same second; nobody is waited for in vain for longer than patience goes."""
    line, together = Line(), GroupCommit(patience=60)

    async def later() -> int:
        await asyncio.sleep(0.02)
        return await together.say(2, line, lambda: 2)

    assert sum(await asyncio.gather(together.say(1, line, lambda: 2), later())) == 30
    assert line.heard == [[1, 2]]
    hasty = GroupCommit(patience=0.01)
    assert await hasty.say(3, line, lambda: 9) == 30


async def test_an_error_is_everybodys() -> None:
    """Of the batch that it happened to, and of no other."""
    line, together = Line(), GroupCommit()
    line.broken = 1
    said = await asyncio.gather(*(together.say(number, line) for number in range(3)), return_exceptions=True)
    assert [type(one) for one in said] == [StoreError] * 3
    assert await together.say(7, line) == 70


@pytest.mark.parametrize("gone", [0, 1, 2])
async def test_who_goes_takes_nobody_along(gone: int) -> None:
    """Cancelled while the line is silent, whether they speak for all, are spoken for, or have just come."""
    line, together = Line(), GroupCommit()
    line.open.clear()
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(together.say(number, line)) for number in range(2)]
        while not line.heard:
            await asyncio.sleep(0)
        asked.append(tasks.create_task(together.say(2, line)))
        await asyncio.sleep(0)
        asked[gone].cancel()
        await asyncio.sleep(0)
        line.open.set()
    assert asked[gone].cancelled()
    assert [one.result() for one in asked if one is not asked[gone]] == [n * 10 for n in range(3) if n != gone]
    assert await together.say(5, line) == 50
