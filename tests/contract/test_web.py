"""The small HTTP server: health, and the webhook that lets nobody in but Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.errors import StoreError
from bot.listening import hear_update
from bot.store import Store
from bot.web.server import LARGEST_UPDATE, SECRET_HEADER, serve
from tests.fakes import TalkingBot, text_of

SECRET = "Open-Sesame_42"
GREETING = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1715680800,
        "chat": {"id": 1001, "type": "private", "first_name": "Ann"},
        "from": {"id": 1001, "is_bot": False, "first_name": "Ann", "language_code": "en"},
        "text": "/start",
    },
}


@dataclass
class Site:
    """A served site: what it heard, and how it is."""

    heard: list[Mapping[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"ok": True})
    away: bool = False
    url: str = ""

    async def health(self) -> Mapping[str, Any]:
        return self.state

    async def hear(self, update: Mapping[str, Any]) -> None:
        if self.away:
            raise StoreError("redis is away")
        self.heard.append(update)

    async def delivers(self, body: object, headers: Mapping[str, str] | None = None) -> int:
        """The status of the answer to an update; `body` goes out as it is when it is bytes or a file."""
        told = {SECRET_HEADER: SECRET} if headers is None else headers
        async with ClientSession() as http:
            sent = {"data": body} if isinstance(body, (bytes, BytesIO)) else {"json": body}
            async with http.post(f"{self.url}/hook", headers=told, **sent) as answer:
                return answer.status

    async def get(self, path: str) -> tuple[int, str]:
        async with ClientSession() as http, http.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with serve("127.0.0.1", 0, health=site.health, webhook=("/hook", SECRET, site.hear)) as port:
        site.url = f"http://127.0.0.1:{port}"
        yield site


async def test_health_while_all_is_well(site: Site) -> None:
    """200, and what is known."""
    site.state["problems"] = ["source digest: answered 503"]
    status, text = await site.get("/health")
    assert status == 200
    assert "answered 503" in text


async def test_health_while_the_store_is_down(site: Site) -> None:
    """503, with the reason."""
    site.state = {"ok": False, "store": "redis can't be reached"}
    status, text = await site.get("/health")
    assert status == 503
    assert "can't be reached" in text


async def test_an_update_with_the_secret_is_heard(site: Site) -> None:
    """200 once it is dealt with."""
    assert await site.delivers(GREETING) == 200
    assert site.heard == [GREETING]


@pytest.mark.parametrize(
    "headers",
    [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "Сезам"}, {SECRET_HEADER: SECRET + "x"}],
)
async def test_without_the_secret_there_is_nothing_here(site: Site, headers: dict[str, str]) -> None:
    """404, whatever was tried, and nothing is heard."""
    assert await site.delivers(GREETING, headers) == 404
    assert site.heard == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b'"text"', b"[" * 100_000])
async def test_what_is_no_update_is_a_bad_request(site: Site, body: bytes) -> None:
    """400, and the server goes on."""
    assert await site.delivers(body) == 400
    assert await site.delivers(GREETING) == 200


async def test_an_update_that_is_too_large_is_turned_away(site: Site) -> None:
    """413: it is not read to its end."""
    assert await site.delivers(BytesIO(b" " * (LARGEST_UPDATE + 1))) == 413


async def test_while_the_store_is_away_an_update_is_to_come_again(site: Site) -> None:
    """503, which makes Telegram deliver it once more."""
    site.away = True
    assert await site.delivers(GREETING) == 503
    site.away = False
    assert await site.delivers(GREETING) == 200
    assert site.heard == [GREETING]


async def test_without_a_webhook_only_health_is_served() -> None:
    """The path is unknown."""
    site = Site()
    async with serve("127.0.0.1", 0, health=site.health, webhook=None) as port:
        site.url = f"http://127.0.0.1:{port}"
        assert await site.delivers(GREETING) == 404
        assert (await site.get("/health"))[0] == 200


async def test_an_update_is_answered_once_even_if_it_comes_twice(store: Store) -> None:
    """The first answer got lost on its way to Telegram: nobody hears it twice. What can't be read is let go."""
    bot = TalkingBot(store)
    ann = bot.person()
    async with serve(
        "127.0.0.1",
        0,
        health=Site().health,
        webhook=("/hook", SECRET, lambda update: hear_update(update, bot.talk)),
    ) as port:
        site = Site(url=f"http://127.0.0.1:{port}")
        assert [await site.delivers(GREETING) for _ in range(2)] == [200, 200]
        assert await site.delivers({"update_id": "x", "message": 3}) == 200
        assert await site.delivers({"update_id": 2, "poll_of_the_future": {}}) == 200
    [answer] = ann.inbox.posts
    assert text_of(answer).startswith("Hello!")
