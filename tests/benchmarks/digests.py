"""Ten thousand readers who want their digest in the same minute: one timer and a sorted set, or a timer each.

For each way: how long it takes to plan them, and the longest time the loop stood still while they became due. Digests
are counted, not sent. The sorted set is on disk when it is planned; the timers are gone with the process.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.model import Place, Platform
from bot.store import open_server, open_store
from scheduler.digesting import PAGE

READERS = 10_000


class Lag:
    """The longest time the event loop did not come round."""

    def __init__(self) -> None:
        self.most = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch())
            yield
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self.most = max(self.most, time.perf_counter() - began - 0.001)


async def with_a_timer_each() -> tuple[float, float]:
    """One APScheduler job a reader, in memory."""
    timers, lag, served = AsyncIOScheduler(timezone="UTC"), Lag(), 0

    async def serve() -> None:
        nonlocal served
        served += 1

    timers.start()
    due = datetime.now(UTC) + timedelta(seconds=8)
    began = time.perf_counter()
    for _ in range(READERS):
        timers.add_job(serve, DateTrigger(due), misfire_grace_time=None)
    planned = time.perf_counter() - began
    async with lag.watched():
        while served < READERS:
            await asyncio.sleep(0.01)
    timers.shutdown(wait=False)
    return planned, lag.most


async def with_a_sorted_set() -> tuple[float, float]:
    """Ours: due moments in redis, read in pages by one timer."""
    with tempfile.TemporaryDirectory(prefix="depeche-bench-") as folder:
        async with open_server(Path(folder, "var")) as server, open_store(None, server.socket) as store:
            agenda, lag, now = store.agenda, Lag(), datetime.now(UTC)
            began = time.perf_counter()
            places = [Place(Platform.TELEGRAM, str(10_000 + n)) for n in range(READERS)]
            for start in range(0, READERS, PAGE):
                await asyncio.gather(*(agenda.set(place, now) for place in places[start : start + PAGE]))
            planned, served = time.perf_counter() - began, 0
            async with lag.watched():
                while due := await agenda.due(now=now, limit=PAGE):
                    served += len(due)
                    await asyncio.gather(*(agenda.set(place, now + timedelta(days=1)) for place in due))
            assert served == READERS
            return planned, lag.most


async def main() -> None:
    """Both ways in one run."""
    ways = {"a timer each (APScheduler, memory)": with_a_timer_each, "one timer and a sorted set": with_a_sorted_set}
    found = {name: await way() for name, way in ways.items()}
    print(f"{READERS} digests in one minute: planning s, longest stall of the loop ms")
    for name, (planned, most) in found.items():
        print(f"  {name:38} {planned:6.2f} {most * 1000:8.1f}")
    (_, slow), (_, quick) = found.values()
    print(f"  the loop stands still {slow / max(quick, 1e-6):.0f} times shorter")


if __name__ == "__main__":
    asyncio.run(main())
