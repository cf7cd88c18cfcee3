"""A name that changes its address between two look-ups gains nothing: what is dialled is what was checked."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.errors import SourceError
from bot.source import guard
from bot.source.fetch import Fetcher

ALLOWED, OURS, CLOUD = "127.0.0.2", "127.0.0.1", "169.254.169.254"
"""The site's address; the newsroom's own machine; where a cloud tells its secrets."""


class Turning(AbstractResolver):
    """DNS in the hands of an attacker: each look-up gives the next answer, and the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = answers
        self.look_ups = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert family in (socket.AF_UNSPEC, socket.AF_INET)
        found = self._answers[min(self.look_ups, len(self._answers) - 1)]
        self.look_ups += 1
        return [
            ResolveResult(hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        pass


@dataclass
class Machines:
    """Two servers behind one port; `site` may be visited, `ours` not. Neither keeps a connection open."""

    port: int
    site: BaseTestServer
    visits: list[str] = field(default_factory=list)
    to_ours: list[str] = field(default_factory=list)

    def address(self, path: str) -> str:
        return f"http://news.example:{self.port}{path}"


@pytest.fixture
async def machines() -> AsyncIterator[Machines]:
    visits: list[str] = []
    to_ours: list[str] = []

    async def site(request: web.Request) -> web.Response:
        visits.append(request.path)
        moved = request.path == "/old"
        answer = web.Response(status=302, headers={"Location": "/new"}) if moved else web.Response(text="a feed")
        answer.force_close()
        return answer

    async def ours(request: web.Request) -> web.Response:
        to_ours.append(request.path)
        return web.Response(text="a secret")

    apps = (web.Application(), web.Application())
    for app, handler in zip(apps, (site, ours), strict=True):
        app.router.add_get("/{path:.*}", handler)
    async with TestServer(apps[0], host=ALLOWED) as first:
        assert first.port is not None
        async with TestServer(apps[1], host=OURS, port=first.port):
            yield Machines(first.port, first, visits, to_ours)


def guarded(names: Turning) -> Fetcher:
    return Fetcher(user_agent="t", timeout=5, allow_networks=[ip_network(f"{ALLOWED}/32")], resolver=names)


@pytest.mark.parametrize("inside", [OURS, CLOUD])
async def test_one_look_up_is_checked_and_dialled(machines: Machines, inside: str) -> None:
    """There is no second look-up between the check and the connection that could say something else."""
    names = Turning([ALLOWED], [inside])
    async with guarded(names) as fetcher:
        for _ in range(2):
            assert (await fetcher.get(machines.address("/rss"))).body == b"a feed"
    assert (names.look_ups, machines.visits, machines.to_ours) == (1, ["/rss", "/rss"], [])


@pytest.mark.parametrize("inside", [OURS, CLOUD, "::1", "::ffff:127.0.0.1"])
async def test_a_new_look_up_is_a_new_check(machines: Machines, inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once what was known of the name is too old, its new address is refused."""
    monkeypatch.setattr(guard, "NAMES_KEPT", 0)
    names = Turning([ALLOWED], [inside])
    async with guarded(names) as fetcher:
        await fetcher.get(machines.address("/rss"))
        with pytest.raises(SourceError, match="is a private address"):
            await fetcher.get(machines.address("/rss"))
    assert (names.look_ups, machines.visits, machines.to_ours) == (2, ["/rss"], [])


@pytest.mark.parametrize("inside", [OURS, CLOUD])
async def test_every_redirect_is_checked_anew(machines: Machines, inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that leads to the very name that was permitted a moment ago."""
    monkeypatch.setattr(guard, "NAMES_KEPT", 0)
    async with guarded(Turning([ALLOWED], [inside])) as fetcher:
        with pytest.raises(SourceError, match="is a private address"):
            await fetcher.get(machines.address("/old"))
    assert (machines.visits, machines.to_ours) == (["/old"], [])


async def test_of_two_addresses_only_the_permitted_one_is_dialled(machines: Machines) -> None:
    """In either order, and even when nobody answers there."""
    async with guarded(Turning([OURS, ALLOWED, CLOUD])) as fetcher:
        assert (await fetcher.get(machines.address("/rss"))).body == b"a feed"
    await machines.site.close()
    async with guarded(Turning([ALLOWED, OURS])) as fetcher:
        with pytest.raises(SourceError, match="refuses the connection"):
            await fetcher.get(machines.address("/rss"))
    assert (machines.visits, machines.to_ours) == (["/rss"], [])
