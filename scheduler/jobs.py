"""Timers: the only importer of APScheduler.

Nothing is pickled and nothing persisted here: what is due is known from settings and ledger, and the timers are set
anew at every start. A job runs however late it is (APScheduler's default drops one that is a second late), and never
beside itself. What a job raises ends in the log, not in the scheduler, which would stop firing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.errors import DepecheError
from bot.ports import Clock

log = structlog.get_logger(__name__)

Action = Callable[[], Awaitable[None]]
AGAIN = timedelta(seconds=5)
"""How soon a job that met a passing trouble (redis away) is tried again."""
RETRY = ", again"


class Jobs:
    """Named timers; setting one again moves it. Actions run in the given TaskGroup, so that stopping awaits them."""

    def __init__(self, tasks: asyncio.TaskGroup, clock: Clock, *, may_run: Callable[[], bool] = lambda: True) -> None:
        self._tasks = tasks
        self._clock = clock
        self._may_run = may_run
        self._timers = _timers()
        self._firing = False

    def start(self) -> None:
        """Begin to fire, also anew after a stop; timers of before are forgotten. Needs a running event loop."""
        self._timers = _timers()
        self._timers.start()
        self._firing = True

    def stop(self) -> None:
        """Fire no more. Actions that run already go on."""
        self._firing = False  # the timers themselves stop a moment later
        if self._timers.running:
            self._timers.shutdown(wait=False)

    def at(self, name: str, when: datetime, action: Action) -> None:
        """Run an action once, at a time or as soon after it as possible."""
        if self._timers.running:
            self._timers.add_job(
                self._start, DateTrigger(when), args=(name, action), id=name, name=name, replace_existing=True
            )

    def now(self, name: str, action: Action) -> None:
        """Run an action as soon as possible."""
        self.at(name, self._clock.now(), action)

    def _start(self, name: str, action: Action) -> None:
        if self._firing:
            self._tasks.create_task(self._run(name, action), name=name)

    async def _run(self, name: str, action: Action) -> None:
        if not self._may_run():
            return  # whoever may again starts everything anew
        try:
            await action()
        except DepecheError as error:
            log.warning("job_again", job=name, error=str(error), seconds=AGAIN.total_seconds())
            # one retry a name, however often it fails: else a long outage would pile them up
            self.at(f"{name.removesuffix(RETRY)}{RETRY}", self._clock.now() + AGAIN, action)
        except Exception:
            log.exception("job_failed", job=name)


def _timers() -> AsyncIOScheduler:
    return AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": DebugExecutor()},  # at once and in place: the other would cancel, loudly, what just began
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
