"""Link cards as VK's crawler finds them: what is wrong with one is said, with the cure."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image as Drawing

from bot.source.card import CRAWLER, LinkCards
from bot.source.fetch import Fetcher

PAGES = {
    "good": '<meta property="og:title" content="T"><meta property="og:image" content="/wide.png">',
    "untitled": '<meta property="og:image" content="/wide.png">',
    "bare": '<meta property="og:title" content="T">',
    "narrow": '<meta property="og:title" content="T"><meta property="og:image" content="/narrow.png">',
    "lost": '<meta property="og:title" content="T"><meta property="og:image" content="/lost.png">',
    "drawn": '<meta property="og:title" content="T"><meta property="og:image" content="/drawn.svg">',
    "told": '<meta property="og:title" content="T"><meta property="og:image" content="/drawn.svg">'
    '<meta property="og:image:width" content="1200">',
}
WIDTHS = {"wide.png": 500, "narrow.png": 499}


def _png(width: int) -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (width, 9)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """Pages and pictures by name, for VK's crawler alone."""

    async def answer(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if request.headers["User-Agent"] != CRAWLER:
            return web.Response(status=403)
        if name in PAGES:
            return web.Response(text=f"<html><head>{PAGES[name]}</head></html>", content_type="text/html")
        if name == "drawn.svg":
            return web.Response(text="<svg/>", content_type="image/svg+xml")
        return web.Response(body=_png(WIDTHS[name])) if name in WIDTHS else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.mark.parametrize(
    ("name", "up", "problem"),
    [
        ("good", True, None),
        ("told", True, None),
        ("untitled", True, "has no og:title"),
        ("bare", True, "has no og:image"),
        ("narrow", True, "is 499 pixels wide"),
        ("lost", True, "can't be read"),
        ("drawn", True, "no picture that VK reads"),
        ("absent", False, "404"),
    ],
)
async def test_what_vk_would_make_of_a_page(site: str, name: str, up: bool, problem: str | None) -> None:
    """A page that does not answer is not up; every other fault is a poor card."""
    async with Fetcher(user_agent=CRAWLER, allow_networks=[ip_network("127.0.0.0/8")]) as fetcher:
        card = await LinkCards(fetcher)(site + name)
    assert card.up is up
    assert (card.problem is None) == (problem is None)
    assert problem is None or problem in str(card.problem)
