"""Pictures by their address: what is none, or too big, or not there, is None."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.source import picture
from bot.source.fetch import Fetcher
from bot.source.picture import Pictures

BODIES = {
    "png": b"\x89PNG\r\n\x1a\n...",
    "jpeg": b"\xff\xd8\xff...",
    "gif": b"GIF89a...",
    "webp": b"RIFF\x10\0\0\0WEBP...",
    "page": b"<html>not found</html>",
    "nothing": b"",
}


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A site that has a picture of each kind under its name."""

    async def answer(request: web.Request) -> web.Response:
        body = BODIES.get(request.match_info["name"])
        return web.Response(status=404) if body is None else web.Response(body=body)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def pictures() -> AsyncIterator[Pictures]:
    async with Fetcher(user_agent="test", allow_networks=[ip_network("127.0.0.0/8")]) as fetcher:
        yield Pictures(fetcher)


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "webp"])
async def test_a_picture_is_given_as_it_is(pictures: Pictures, address: str, name: str) -> None:
    """Whatever the site calls it."""
    assert await pictures(address + name) == BODIES[name]


@pytest.mark.parametrize("name", ["page", "nothing", "missing"])
async def test_what_is_no_picture_is_none(pictures: Pictures, address: str, name: str) -> None:
    """A page that says so politely with 200 is none either."""
    assert await pictures(address + name) is None


async def test_one_that_is_too_big_is_none(pictures: Pictures, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram would refuse it after a long upload."""
    monkeypatch.setattr(picture, "LARGEST", 10)
    assert await pictures(address + "png") is None


async def test_private_addresses_are_guarded() -> None:
    """A feed can't make the bot look into the network it lives in."""
    async with Fetcher(user_agent="test") as fetcher:
        assert await Pictures(fetcher)("http://127.0.0.1:9/secret.png") is None
