"""A host that asks to be left alone is left alone, by every source and over a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import HeldError, SourceError, StoreError
from bot.ports import Rests
from bot.source.fetch import Fetcher
from bot.store import Store, keys

HOUR = timedelta(hours=1)


class Site:
    """A host of which one feed asks for an hour, at its first reading."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        busy = self.asked == ["/busy"]
        return web.Response(status=503, headers={"Retry-After": "3600"}) if busy else web.Response(text="a page")

    def __str__(self) -> str:
        return self.address


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made, app = Site(), web.Application()
    app.router.add_get("/{path}", made.answer)
    async with TestServer(app) as server:
        made.address = str(server.make_url("")).rstrip("/")
        yield made


@asynccontextmanager
async def started(rests: Rests) -> AsyncIterator[Fetcher]:
    """As the bot starts."""
    async with Fetcher(user_agent="t", allow_networks=[ip_network("127.0.0.0/8")], rests=rests) as fetcher:
        yield fetcher


async def test_a_rest_is_remembered_as_long_as_it_was_asked_for(any_store: Store) -> None:
    """Of the host that asked, and of no other; then it is forgotten by itself."""
    await any_store.rests.note("busy.example", HOUR)
    left = await any_store.rests.left("busy.example")
    assert left is not None
    assert HOUR - timedelta(minutes=1) < left <= HOUR
    assert await any_store.rests.left("other.example") is None
    await any_store.client.write("PEXPIRE", keys.rest("busy.example"), 0)
    assert await any_store.rests.left("busy.example") is None


async def test_a_host_is_left_alone_over_a_restart(store: Store, site: Site) -> None:
    """Neither its feed nor a page of it is asked; when the hour is over, both are."""
    async with started(store.rests) as fetcher:
        with pytest.raises(SourceError, match="problem of its own"):
            await fetcher.get(f"{site}/busy")
    async with started(store.rests) as fetcher:
        for path in ("busy", "page"):
            with pytest.raises(HeldError) as caught:
                await fetcher.get(f"{site}/{path}")
            assert caught.value.after is not None
            assert caught.value.after > timedelta(minutes=50)
    assert site.asked == ["/busy"]
    await store.client.write("PEXPIRE", keys.rest("127.0.0.1"), 0)
    async with started(store.rests) as fetcher:
        assert (await fetcher.get(f"{site}/busy")).body == b"a page"


class _Away:
    """A store that can't be reached."""

    async def left(self, host: str) -> timedelta | None:
        raise StoreError(f"redis is away, nothing is known of {host}")

    async def note(self, host: str, wait: timedelta) -> None:
        raise StoreError(f"redis is away, nothing is kept of {host} for {wait}")


async def test_without_the_store_a_host_is_left_alone_until_the_next_start(site: Site) -> None:
    """Reading goes on, and what the host asked for is not lost on this run."""
    async with started(_Away()) as fetcher:
        with pytest.raises(SourceError, match="problem of its own"):
            await fetcher.get(f"{site}/busy")
        with pytest.raises(HeldError):
            await fetcher.get(f"{site}/busy")
    async with started(_Away()) as fetcher:
        assert (await fetcher.get(f"{site}/busy")).body == b"a page"
