"""A collector as the bot has it, with a state in redis, whose sources have all been read before."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.conditions import SourceState
from bot.problems import Problems
from bot.source.fetch import Fetcher
from bot.source.merge import merge
from bot.source.newsstand import Newsstand
from bot.store import open_server, open_store
from scheduler.collect import Collector, Routes
from scheduler.directory import Directory
from scheduler.readings import Readings
from scheduler.source import Source

TIMES = 60
"""Articles whose moments are remembered of each source."""


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def collecting(
    feeds: int, address: str, names: AbstractResolver
) -> AsyncIterator[tuple[Callable[[str, int], Awaitable[int]], aiohttp.ClientSession]]:
    """What reads a source by its number, and a session of the same network."""
    allowed, clock = [ip_network("127.0.0.0/8")], _Now()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_server(Path(folder, "var")) as server,
            open_store(None, server.socket) as store,
            Fetcher(user_agent="bench", allow_networks=allowed, resolver=names, rests=store.rests) as fetcher,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=names)) as session,
        ):
            sources = [Source(f"source {n}", address.format(n), timedelta(minutes=5)) for n in range(feeds)]
            for number, source in enumerate(sources):
                await store.sources.save(source.name, _read_before(source, number + 1, clock.now()))
            directory = Directory(sources, store.directives, store.sources, merge)
            collector = Collector(
                newsstand=Newsstand(fetcher, {}),
                articles=store.articles,
                ledger=store.ledger,
                readings=Readings(store.sources, Problems(), clock, jitter=random.random),
                routes=Routes((), (), ()),
                clock=clock,
                stopping=asyncio.Event(),
                merge=merge,
            )

            async def read(_: str, number: int) -> int:
                source = await directory.find(sources[number].name)
                assert source is not None
                found = await collector.collect(source)
                await collector.next_check(source)
                return found

            yield read, session


def _read_before(source: Source, newest: int, now: datetime) -> SourceState:
    times = tuple(now - timedelta(minutes=40) * back for back in range(TIMES, 0, -1))
    return SourceState(
        etag=f'"{newest}"', checked_at=now, read_before=True, asked=source.url, whole_at=now, times=times
    )
