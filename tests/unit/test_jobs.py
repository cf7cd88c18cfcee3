"""Timers: every one fires, however late and whatever the others do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

import scheduler.jobs
from bot.errors import StoreError
from scheduler.jobs import Jobs
from tests.waiting import until


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


CLOCK = RealClock()


@asynccontextmanager
async def running() -> AsyncIterator[Jobs]:
    async with asyncio.TaskGroup() as tasks:
        jobs = Jobs(tasks, CLOCK)
        jobs.start()
        try:
            yield jobs
        finally:
            jobs.stop()


class Counted:
    """An action that counts, and fails as long as there are errors to raise."""

    def __init__(self, *errors: Exception) -> None:
        self.times = 0
        self._errors = list(errors)

    async def __call__(self) -> None:
        self.times += 1
        if self._errors:
            raise self._errors.pop(0)


async def test_a_timer_that_is_late_runs_all_the_same() -> None:
    """By an hour, after a laptop slept."""
    late = Counted()
    async with running() as jobs:
        jobs.at("late", CLOCK.now() - timedelta(hours=1), late)
        await until(lambda: late.times == 1, "the late timer fires")


async def test_an_action_that_raises_does_not_stop_later_ones() -> None:
    """A bug ends in the log with its name; other timers, and the same one set again, fire."""
    bad, good = Counted(RuntimeError("a bug")), Counted()
    with capture_logs() as told:
        async with running() as jobs:
            jobs.now("bad", bad)
            await until(lambda: bad.times == 1, "it fails")
            jobs.now("bad", bad)
            jobs.now("good", good)
            await until(lambda: bad.times == 2 and good.times == 1, "both fire")
    assert [(line["event"], line["job"]) for line in told] == [("job_failed", "bad")]


async def test_a_passing_trouble_is_tried_again_until_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store was away three times. However long it is away, one timer is tried again, not ever more of them."""
    monkeypatch.setattr(scheduler.jobs, "AGAIN", timedelta(milliseconds=20))
    action = Counted(*[StoreError("redis is away")] * 3)
    with capture_logs() as told:
        async with running() as jobs:
            jobs.now("sweep", action)
            await until(lambda: action.times == 4, "it goes well at last")
    assert [line["event"] for line in told] == ["job_again"] * 3
    assert {line["job"] for line in told} == {"sweep", "sweep, again"}


async def test_setting_a_timer_again_moves_it() -> None:
    """Only the last one counts."""
    first, second = Counted(), Counted()
    async with running() as jobs:
        jobs.at("slot", CLOCK.now() + timedelta(milliseconds=50), first)
        jobs.at("slot", CLOCK.now() + timedelta(milliseconds=60), second)
        await until(lambda: second.times == 1, "the second fires")
    assert first.times == 0


async def test_a_long_action_holds_up_no_other() -> None:
    """Each runs in a task of its own."""
    go_on = asyncio.Event()
    short = Counted()

    async def long() -> None:
        await go_on.wait()

    async with running() as jobs:
        jobs.now("long", long)
        jobs.now("short", short)
        await until(lambda: short.times == 1, "the short one fires")
        go_on.set()


async def test_stopping_fires_no_more_and_lets_what_runs_end() -> None:
    """The group of tasks waits for it; a timer set after the end is ignored."""
    never, ended = Counted(), asyncio.Event()
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await go_on.wait()
        ended.set()

    async with running() as jobs:
        jobs.now("slow", slow)
        jobs.at("never", CLOCK.now() + timedelta(milliseconds=50), never)
        await started.wait()
        jobs.stop()
        jobs.stop()
        jobs.now("too late", never)
        go_on.set()
    assert ended.is_set()
    assert never.times == 0


async def test_a_stop_just_as_a_timer_fires_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """At whichever step of the loop it comes: the action has begun, or never does, and nothing is logged."""
    for steps in range(8):
        action = Counted()
        async with running() as jobs:
            jobs.now("sweep", action)
            for _ in range(steps):
                await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelname in {"ERROR", "WARNING"}] == []
