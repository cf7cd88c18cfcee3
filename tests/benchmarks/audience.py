"""How long it takes to find an article's readers, and what that costs: this index, redis sets, SQLite, a plain scan.

Readers have 5 of 20,000 tags each, drawn by Zipf's law; articles have 10 tags: the hottest, some of everything, or rare
ones. Each way answers the same articles in the same run and must find the same readers. Also measured: bytes per
subscription in memory and in redis, the load at a start, whole queries, and what a subscribe costs in pings.

Run as a module from the project's root: `python -m tests.benchmarks.audience [readers …]`.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

from pyroaring import BitMap
from redis import Redis

from bot.model import Place, Platform
from bot.query import Term, parse
from bot.readers import Reader, Subscription
from bot.store import open_store
from bot.store.audience import Audience, standing_query
from bot.store.connection import Client
from bot.store.roster import _packed, _unpacked
from tests.stores import running, valkey_binary

SIZES = (10_000, 100_000, 1_000_000)
TAGS, EACH, ARTICLE_TAGS = 20_000, 5, 10
ROUNDS, MANY = 7, 101
"""Of what takes long, and of what doesn't."""
FEW_READERS = 1000
SUBSCRIBES = 2000
BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Case:
    """An article, by its tags' numbers."""

    name: str
    tags: tuple[int, ...]


CASES = (
    Case("hot", tuple(range(ARTICLE_TAGS))),
    Case("mixed", (40, 120, 400, 900, 2000, 4000, 7000, 11_000, 15_000, 19_000)),
    Case("rare", tuple(range(TAGS - ARTICLE_TAGS, TAGS))),
)


def drawn(readers: int) -> list[tuple[int, ...]]:
    """The tags of every reader."""
    dice = random.Random(7)  # noqa: S311 - the same readers in every run
    weights = list(accumulate(1 / (rank + 1) for rank in range(TAGS)))
    tags = range(TAGS)
    whole: list[tuple[int, ...]] = []
    while len(whole) < readers:
        row = dice.choices(tags, cum_weights=weights, k=EACH + 3)
        if len(kept := tuple(dict.fromkeys(row))[:EACH]) == EACH:
            whole.append(kept)
    return whole


def milliseconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The best, of every way alike: what a busy machine adds is nobody's."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def indexed(subscribed: Sequence[tuple[int, ...]]) -> Audience:
    """Every reader's standing queries in the index, one by one."""
    audience = Audience()
    standing = [standing_query(Term(f"tag {tag}"), "now") for tag in range(TAGS)]
    for number, tags in enumerate(subscribed, 1):
        audience.put(
            number, Place(Platform.TELEGRAM, str(7_000_000_000 - number * 37)), (), [standing[t] for t in tags]
        )
    return audience


def facets(case: Case) -> dict[str, frozenset[str]]:
    """What the index is asked."""
    return {"tag": frozenset(f"tag {tag}" for tag in case.tags)}


def in_sqlite(subscribed: Sequence[tuple[int, ...]], path: str) -> sqlite3.Connection:
    """A table in a file, found by an article's tags; and in memory one of tags as numbers with an index, and one
    without any, as the peers have it."""
    base = sqlite3.connect(path, check_same_thread=False)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("ATTACH ':memory:' AS memory")
    rows = [(tag, number) for number, tags in enumerate(subscribed, 1) for tag in tags]
    columns = "delivery TEXT, reader INTEGER"
    for table in ("numbered", "plain"):
        base.execute(f"CREATE TABLE memory.{table} (tag INTEGER, {columns})")
        base.executemany(f"INSERT INTO memory.{table} VALUES (?, 'now', ?)", rows)  # noqa: S608 - two names of ours
    base.execute("CREATE INDEX memory.by_tag ON numbered (tag, delivery, reader)")
    base.execute(f"CREATE TABLE indexed (tag TEXT, {columns}, PRIMARY KEY (tag, delivery, reader)) WITHOUT ROWID")
    named = sorted((f"tag {tag}", reader) for tag, reader in rows)
    base.executemany("INSERT INTO indexed VALUES (?, 'now', ?)", named)
    base.commit()
    return base


def by_index(base: sqlite3.Connection, case: Case) -> set[int]:
    """One query that the index serves, of the table in the file."""
    return _distinct(base, "indexed", [f"tag {tag}" for tag in case.tags])


def by_number(base: sqlite3.Connection, case: Case) -> set[int]:
    """The same in memory, of somebody who has the numbers of the tags."""
    return _distinct(base, "memory.numbered", case.tags)


def _distinct(base: sqlite3.Connection, table: str, tags: Sequence[str | int]) -> set[int]:
    marks = ",".join("?" * len(tags))
    query = f"SELECT DISTINCT reader FROM {table} WHERE tag IN ({marks}) AND delivery = 'now'"  # noqa: S608 - names and question marks of ours
    return {reader for (reader,) in base.execute(query, tags)}


SCAN = "SELECT reader FROM memory.plain WHERE tag = ? AND delivery = 'now'"


def by_scan(base: sqlite3.Connection, case: Case) -> set[int]:
    """A query a tag, none served by an index."""
    found: set[int] = set()
    for tag in case.tags:
        found.update(reader for (reader,) in base.execute(SCAN, (tag,)))
    return found


async def in_redis(client: Client, subscribed: Sequence[tuple[int, ...]]) -> None:
    """A set of readers a tag."""
    readers: dict[int, list[int]] = {}
    for number, tags in enumerate(subscribed, 1):
        for tag in tags:
            readers.setdefault(tag, []).append(number)
    for tag, numbers in readers.items():
        for start in range(0, len(numbers), BATCH):
            await client.write("SADD", f"set:{tag}", *numbers[start : start + BATCH])


def union_in_redis(client: Redis, case: Case) -> set[int]:
    """SUNION."""
    return set(map(int, client.sunion([f"set:{tag}" for tag in case.tags])))


async def used(client: Client) -> int:
    """Bytes redis has given out."""
    about = await client.read("INFO", "memory")
    return int(about["used_memory"])


async def compared(client: Client, plain: Redis, readers: int, folder: str) -> None:
    """All ways over so many readers."""
    subscribed = drawn(readers)
    subscriptions = readers * EACH
    print(f"\n{readers:,} readers x {EACH} tags\n")
    before = resident()
    audience = await asyncio.to_thread(indexed, subscribed)
    grown = resident() - before
    fields = _packed(audience)
    packed = {_bytes(name): _bytes(value) for name, value in zip(fields[::2], fields[1::2], strict=True)}
    del audience, fields
    before = resident()
    began = time.perf_counter()
    audience = _unpacked(packed)
    load = time.perf_counter() - began
    loaded = resident() - before
    base = await asyncio.to_thread(in_sqlite, subscribed, f"{folder}/{readers}.sqlite")
    empty = await used(client)
    await in_redis(client, subscribed)
    sets = await used(client)
    for name, value in packed.items():
        await client.write("HSET", "index", name, value)
    hashed = await used(client)
    print(
        f"memory: {loaded / subscriptions:.1f} bytes a subscription as loaded,"
        f" {grown / subscriptions:.1f} as grown one by one; redis: {(hashed - sets) / subscriptions:.2f},"
        f" as sets {(sets - empty) / subscriptions:.1f}; loaded in {load:.2f} s\n"
    )
    print("| article | readers | this index, ms | SUNION | indexed SQL | in memory | the peers' scan |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for case in CASES:
        found = facets(case)
        ours = milliseconds(partial(_asked, audience, found), MANY)
        expected = by_index(base, case)
        assert expected == set(audience.matching(found, "now")) == by_scan(base, case) == union_in_redis(plain, case)
        rounds = ROUNDS if len(expected) > FEW_READERS else MANY
        others = [
            milliseconds(partial(union_in_redis, plain, case), rounds),
            milliseconds(partial(by_index, base, case), rounds),
            milliseconds(partial(by_number, base, case), rounds),
            milliseconds(partial(by_scan, base, case), 3),
        ]
        cells = " | ".join(f"{other:.3g} ({other / ours:.0f}x)" for other in others)
        print(f"| {case.name} | {len(expected):,} | {ours:.3g} | {cells} |")
    base.close()
    with_queries(audience, readers)
    await client.write("FLUSHALL")


def _asked(audience: Audience, found: dict[str, frozenset[str]]) -> BitMap:
    return audience.matching(found, "now")


def _bytes(word: object) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()


def with_queries(audience: Audience, readers: int) -> None:
    """A tenth as many readers have a query of their own beside their tags: three in four of two terms, one of a NOT."""
    dice = random.Random(8)  # noqa: S311 - the same in every run
    for number in range(1, readers // 10 + 1):
        one, other = (f"tag {min(int(dice.paretovariate(0.6)), TAGS) - 1}" for _ in range(2))
        text = f"{one} & {other}" if number % 4 else f"{one} & !{other}"
        audience.put(number, Place(Platform.VK, str(number)), (), [standing_query(parse(text), "now")])
    for case in CASES:
        ours = milliseconds(partial(_asked, audience, facets(case)), 9)
        print(f"with {readers // 10:,} queries of two terms, {case.name}: {ours:.3g} ms")


async def subscribing(url: str) -> None:
    """What a subscribe costs, durable in redis, beside a PING on the same connection."""
    async with open_store(url, None) as store:
        await store.client.write("FLUSHALL")
        await store.subscriptions.count()
        pings, saves = [], []
        for number, tags in enumerate(drawn(SUBSCRIBES)):
            place = Place(Platform.TELEGRAM, str(1_000_000 + number % 500))
            standing = tuple(Subscription(f"tag {tag}") for tag in tags)
            began = time.perf_counter()
            await store.client.read("PING")
            middle = time.perf_counter()
            await store.subscriptions.save(Reader(place, "ru", standing))
            pings.append(middle - began)
            saves.append(time.perf_counter() - middle)
        ping, save = statistics.median(pings) * 1e6, statistics.median(saves) * 1e6
        print(f"\na subscribe with 5 queries: {save:.0f} us, a ping {ping:.0f} us: {save / ping:.1f} pings")


async def main(sizes: Sequence[int]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running(valkey_binary(), "valkey", "--appendonly", "yes") as address:
        assert address.url is not None
        async with open_store(address.url, None) as store:
            plain = Redis.from_url(address.url)
            for readers in sizes:
                await compared(store.client, plain, readers, folder)
        await subscribing(address.url)


if __name__ == "__main__":
    asyncio.run(main(tuple(map(int, sys.argv[1:])) or SIZES))
