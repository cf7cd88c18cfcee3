"""What it costs to bring an article to a million readers: campaigns, one stream entry a message, arq and taskiq.

Every way keeps its state in one Valkey with an append-only file (fsync every second), runs on the bot's event loop, and
acknowledges every message once it was "sent", which does nothing here. Measured: how fast the deliveries are durable,
how many a second go through (and with putting them in), bytes of redis per waiting delivery, bytes of the append-only
file per delivery.

Run as a module from the project's root: `python -m tests.benchmarks.campaigns [readers]`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from arq import Worker
from arq.connections import RedisSettings, create_pool
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from bot.model import Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.process import loop_factory
from bot.query import Term
from bot.store import Store, keys, open_store
from bot.store.audience import ACTIVE, Audience, standing_query
from bot.store.connection import Client
from bot.store.roster import BEGIN, _packed
from tests.stores import running, valkey_binary

READERS = 1_000_000
THROUGH = 100_000
"""Of the campaign's deliveries, how many are sent."""
ENTRIES, JOBS = 20_000, 3_000
AT_ONCE = 40
PACED, PACE, LATENCY = 400, 28.5, 0.06
"""Messages sent as the bot sends them: so many a second, each under way for so many seconds."""
LEASE = timedelta(minutes=3)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one way. Bytes and rates are per delivery."""

    name: str
    deliveries: int
    durable: float
    waiting: float
    rate: float
    file: float

    def __str__(self) -> str:
        a_million = self.durable / self.deliveries * 1_000_000
        in_and_out = 1 / (self.durable / self.deliveries + 1 / self.rate)
        rates = (f"{self.rate:,.0f}", f"{in_and_out:,.0f}")
        cells = (f"{a_million:.3g} s", *rates, f"{self.waiting:.1f}", f"{self.file:.0f}")
        return f"| {self.name} | {' | '.join(cells)} |"


async def sizes(client: Client) -> tuple[int, int]:
    """Bytes of memory, and of the append-only file."""
    memory, disk = await client.read("INFO", "memory"), await client.read("INFO", "persistence")
    return int(memory["used_memory"]), int(disk["aof_current_size"]) + int(disk.get("aof_buffer_length", 0))


async def measured(
    client: Client,
    name: str,
    counts: tuple[int, int],
    enqueue: Callable[[], Awaitable[object]],
    drain: Callable[[], Awaitable[object]],
) -> Cost:
    """One way: put `counts[0]` deliveries in, then take `counts[1]` of them through."""
    memory, file = await sizes(client)
    began = time.perf_counter()
    await enqueue()
    durable = time.perf_counter() - began
    waiting, enqueued = await sizes(client)
    began = time.perf_counter()
    await drain()
    drained = time.perf_counter() - began
    _, ended = await sizes(client)
    deliveries, through = counts
    written = (enqueued - file) / deliveries + (ended - enqueued) / through
    return Cost(name, deliveries, durable, (waiting - memory) / deliveries, through / drained, written)


async def peopled(store: Store, readers: int) -> None:
    """So many readers with one standing query, in the index as a process finds it at its start."""
    audience = Audience()
    for number in range(1, readers + 1):
        audience.put(number, Place(Platform.TELEGRAM, str(7_000_000_000 + number * 37)), (), ())
    everybody = {standing_query(Term("news"), "now"), ACTIVE}
    for number in range(1, readers + 1):
        audience.put(number, Place(Platform.TELEGRAM, str(7_000_000_000 + number * 37)), (), everybody)
    at = await store.client.write("XADD", keys.AUDIENCE_LOG, "*", "n", 0, "p", BEGIN, "was", "", "now", "")
    fields = _packed(audience)
    for start in range(0, len(fields), 200):
        await store.client.write("HSET", keys.AUDIENCE, *fields[start : start + 200])
    await store.client.write("HSET", keys.AUDIENCE, "@at", at)
    await store.subscriptions.count()


class Paced:
    """Turns, evenly spaced."""

    def __init__(self) -> None:
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for it, and for the platform."""
        now = asyncio.get_running_loop().time()
        self._next = max(now, self._next + 1 / PACE)
        await asyncio.sleep(self._next - now + LATENCY)


async def campaigns(store: Store, readers: int, at_once: int, pace: Paced | None = None) -> Cost:
    """This engine: claimed before, acknowledged after, both awaited, by so many senders at once."""
    crowd: list[int] = []
    through = PACED if pace else THROUGH if at_once > 1 else ENTRIES // 4
    article = f"article{at_once}{bool(pace)}"

    async def enqueue() -> None:
        campaign = await store.campaigns.begin(article, {"tag": frozenset({"news"})}, now=NOW)
        crowd.extend(campaign.waiting[Platform.TELEGRAM])

    async def sender(numbers: list[int]) -> None:
        while numbers:
            (place,) = await store.campaigns.places([numbers.pop()])
            assert place is not None
            slot = Slot(article, place)
            claim = await store.ledger.claim(slot, now=NOW, lease=LEASE)
            assert claim is not None
            if pace is not None:
                await pace.turn()
            receipt = Receipt(str(len(numbers) + 1), NOW)
            assert await store.ledger.settle(claim, Attempt(slot, NOW, SlotState.SENT, receipt=receipt, wording="w"))

    async def drain() -> None:
        numbers = crowd[:through][::-1]
        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(sender(numbers))

    name = f"campaigns, {at_once} senders" if at_once > 1 else "campaigns, one message at a time"
    name += f" at {PACE} a second" if pace else ""
    return await measured(store.client, name, (readers, min(readers, through)), enqueue, drain)


async def streams(client: Client) -> Cost:
    """A stream entry a message, read one by one, acknowledged and deleted one by one, by as many consumers."""

    async def enqueue() -> None:
        await client.write("XGROUP", "CREATE", "messages", "senders", "0", "MKSTREAM")
        for start in range(0, ENTRIES, 1000):
            entries = range(start, start + 1000)
            await client.writes([("XADD", "messages", "*", "a", "article1", "r", 7_000_000_000 + n) for n in entries])

    async def consumer(name: str) -> None:
        while True:
            told = await client.write("XREADGROUP", "GROUP", "senders", name, "COUNT", 1, "STREAMS", "messages", ">")
            if not told:
                return
            entries = next(iter(told.values())) if isinstance(told, dict) else told[0][1]
            entry = entries[0][0]
            await client.writes([("XACK", "messages", "senders", entry), ("XDEL", "messages", entry)])

    async def drain() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(AT_ONCE):
                tasks.create_task(consumer(str(number)))

    return await measured(client, "a stream entry a message", (ENTRIES, ENTRIES), enqueue, drain)


async def with_arq(client: Client, url: str) -> Cost:
    """A job a message; the worker takes as many at a time."""
    where = urlsplit(url)
    redis = await create_pool(RedisSettings(host=where.hostname or "", port=where.port or 0))

    async def deliver(_context: object, _article: str, _reader: int) -> None:
        """Sent."""

    async def enqueue() -> None:
        for number in range(JOBS):
            await redis.enqueue_job("deliver", "article1", 7_000_000_000 + number)

    async def drain() -> None:
        from arq.worker import func  # noqa: PLC0415 - beside the worker it is for

        functions = [func(deliver, name="deliver")]
        worker = Worker(
            functions, redis_pool=redis, burst=True, max_jobs=AT_ONCE, keep_result=0, handle_signals=False,
            poll_delay=0.01,
        )  # fmt: skip
        await worker.async_run()
        assert worker.jobs_complete == JOBS

    try:
        return await measured(client, "arq", (JOBS, JOBS), enqueue, drain)
    finally:
        await redis.aclose()


async def with_taskiq(client: Client, url: str) -> Cost:
    """A task a message over its stream broker."""
    broker = RedisStreamBroker(url)
    done = 0

    async def sent(_article: str, _reader: int) -> None:
        nonlocal done
        done += 1

    deliver = broker.register_task(sent, task_name="deliver")

    async def enqueue() -> None:
        for number in range(JOBS):
            await deliver.kiq("article1", 7_000_000_000 + number)

    async def drain() -> None:
        async with asyncio.TaskGroup() as tasks:
            receiver = tasks.create_task(run_receiver_task(broker, max_async_tasks=AT_ONCE))
            while done < JOBS:
                await asyncio.sleep(0.002)
            receiver.cancel()

    await broker.startup()
    try:
        return await measured(client, "taskiq", (JOBS, JOBS), enqueue, drain)
    finally:
        await broker.shutdown()


async def main(readers: int) -> None:
    """Measure and print."""
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"one article for {readers:,} readers\n")
    print("| way | a million durable in | deliveries/s | with putting in | bytes waiting | bytes of file |")
    print("| --- | --- | --- | --- | --- | --- |")
    with running(valkey_binary(), "valkey", "--appendonly", "yes", "--auto-aof-rewrite-percentage", "0") as address:
        assert address.url is not None
        async with open_store(address.url, None) as store:
            await store.client.write("FLUSHALL")
            await peopled(store, readers)
            print(await campaigns(store, readers, AT_ONCE), flush=True)
            print(await campaigns(store, readers, 1), flush=True)
            print(await campaigns(store, readers, AT_ONCE, Paced()), flush=True)
            await store.client.write("FLUSHALL", "SYNC")
            for way in (
                streams(store.client),
                with_arq(store.client, address.url),
                with_taskiq(store.client, address.url),
            ):
                print(await way, flush=True)
                await store.client.write("FLUSHALL", "SYNC")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(int(sys.argv[1]) if sys.argv[1:] else READERS))
