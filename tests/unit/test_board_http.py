"""The board's HTTP side: what it shows, what it accepts, and whom it refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.sandbox.board import Board, add_board, board_routes
from bot.sandbox.board_requests import Handler
from tests.browser.standin import StandInWorld, button, run

Client = TestClient[web.Request, web.Application]

YOU = "telegram:2001"
POSTS = ("/board/say", "/board/press", "/board/publish")
GETS = ("/", "/board/static/board.js", "/board/state", "/board/plan", "/board/events")


@pytest.fixture
def world() -> StandInWorld:
    fresh = StandInWorld(stories=1)
    fresh.add_chat(YOU, "Вы", "/start")
    return fresh


@pytest.fixture
async def client(world: StandInWorld) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=50 * 1024 * 1024)
    add_board(app, world)
    async with TestClient(TestServer(app, host="127.0.0.1")) as opened:
        yield opened


async def _snapshot(events: ClientResponse) -> dict[str, Any]:
    """The next event's data; comments are passed over."""
    async with asyncio.timeout(5):
        while not (line := await events.content.readline()).startswith(b"data: "):
            assert line, "the stream ended"
    found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    return found


async def _error(answer: ClientResponse) -> str:
    """The sentence of a refusal."""
    told: dict[str, str] = await answer.json()
    assert list(told) == ["error"]
    return told["error"]


async def test_page_allows_only_its_own_scripts(client: Client) -> None:
    """The page is self-contained, and its policy keeps it so."""
    page = await client.get("/")

    assert page.status == 200
    assert page.content_type == "text/html"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "http" not in (await page.text()).replace("http-equiv", "")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("board.js", "text/javascript"), ("board.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
async def test_static_files_have_their_types(client: Client, name: str, content_type: str) -> None:
    """Scripts and styles are served with types that a `nosniff` browser accepts."""
    file = await client.get(f"/board/static/{name}")

    assert (file.status, file.content_type) == (200, content_type)


@pytest.mark.parametrize(
    "name", ["..%2Fboard.py", "%2e%2e%2fboard.py", "..%5Cboard.py", "%00", "nothing.js", ".", "a%2Fb.js"]
)
async def test_static_files_never_leave_their_folder(client: Client, name: str) -> None:
    """Whatever the name is made of, only files of the page are served."""
    file = await client.get(f"/board/static/{name}")

    assert file.status in (403, 404)
    assert "import" not in await file.text()


async def test_state_is_the_snapshot(client: Client, world: StandInWorld) -> None:
    """The state is the world's snapshot, and says whether a story can be let out and a plan can be asked for."""
    world.add("channel", run("Поезд \ud800 пришёл"))

    state = await (await client.get("/board/state")).json()

    assert (state.pop("publish"), state.pop("plan")) == (True, False)
    assert state.pop("channel")["messages"][0]["runs"][0]["text"] == "Поезд ? пришёл"
    assert state == {name: value for name, value in world.snapshot().items() if name != "channel"}


async def test_events_tell_every_change(client: Client, world: StandInWorld) -> None:
    """The stream begins with the state and goes on with each change."""
    events = await client.get("/board/events")

    assert events.content_type == "text/event-stream"
    assert (await _snapshot(events))["channel"]["messages"] == []
    world.add("channel", run("Один"))
    assert len((await _snapshot(events))["channel"]["messages"]) == 1


async def test_events_tell_a_burst_once(client: Client, world: StandInWorld) -> None:
    """What changes together is sent together."""
    events = await client.get("/board/events")
    await _snapshot(events)

    for number in range(100):
        world.add("wall", run(str(number)))

    assert len((await _snapshot(events))["wall"]["messages"]) == 100


async def test_events_beat_in_silence_and_end_when_the_client_goes(world: StandInWorld) -> None:
    """Silence is filled with comments, and a stream whose reader is gone is given up."""
    ended = asyncio.Event()

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            ended.set()

    app = web.Application(middlewares=[watch])
    app.add_routes(Board(world, heartbeat=0.02).routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        events = await client.get("/board/events")
        await _snapshot(events)
        await events.content.readline()
        assert await events.content.readline() == b": still here\n"
        assert not ended.is_set()

        events.close()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_events_end_at_once_when_the_app_stops(world: StandInWorld) -> None:
    """Nobody waits for an open page: the stream ends and the app is down at once."""
    app = web.Application()
    add_board(app, world)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        events = await client.get("/board/events")
        await _snapshot(events)
        async with asyncio.timeout(2):
            await client.server.close()
        assert await events.content.read() == b"\n"


async def test_say_reaches_the_world(client: Client, world: StandInWorld) -> None:
    """The longest text a network takes is said as it is."""
    answer = await client.post("/board/say", json={"chat": YOU, "text": "ж" * 4096})

    assert answer.status == 200
    assert world.said == [(YOU, "ж" * 4096)]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"chat": YOU, "text": "ж" * 4097}, 413),
        ({"chat": YOU, "text": " \n"}, 400),
        ({"chat": "telegram:9", "text": "привет"}, 404),
        ({"chat": "channel", "text": "привет"}, 404),
        ({"chat": YOU}, 400),
        ({"chat": 2001, "text": "привет"}, 400),
        ({"chat": YOU, "text": ["привет"]}, 400),
        ({"chat": YOU, "text": "\ud800"}, 400),
        ([YOU, "привет"], 400),
    ],
)
async def test_say_refuses_what_makes_no_sense(client: Client, world: StandInWorld, wish: object, status: int) -> None:
    """A wish that can't be done is answered with a sentence and reaches nobody."""
    answer = await client.post("/board/say", json=wish)

    assert answer.status == status
    assert (await _error(answer)).endswith(".")
    assert world.said == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"null"])
async def test_broken_json_is_refused(client: Client, body: bytes) -> None:
    """What is no JSON object is answered, not crashed upon."""
    answer = await client.post("/board/say", data=body, headers={"Content-Type": "application/json"})

    assert answer.status == 400
    assert await _error(answer)


async def test_large_and_endless_bodies_are_refused(client: Client) -> None:
    """A body of unknown or great length is not read at all."""

    async def endless() -> AsyncIterator[bytes]:
        yield b'{"chat": '

    headers = {"Content-Type": "application/json"}
    large = await client.post("/board/say", data=b" " * 70_000, headers=headers)
    chunked = await client.post("/board/say", data=endless(), headers=headers)

    assert (large.status, chunked.status) == (413, 413)


async def test_press_reaches_the_world(client: Client, world: StandInWorld) -> None:
    """A button is named by its message, row and column."""
    message = world.add(YOU, run("Темы"), buttons=[[button("Сад")], [button("Кухня"), button("Поезда")]])

    answer = await client.post("/board/press", json={"chat": YOU, "message_id": message, "row": 1, "column": 1})

    assert answer.status == 200
    assert world.pressed == [(YOU, message, 1, 1)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"message_id": "999"}, 404),
        ({"row": 1}, 404),
        ({"column": 2}, 404),
        ({"column": 1}, 404),
        ({"row": -1}, 400),
        ({"row": True}, 400),
        ({"row": "0"}, 400),
        ({"column": 0.5}, 400),
        ({"message_id": 1}, 400),
    ],
)
async def test_press_refuses_buttons_that_are_not_there(
    client: Client, world: StandInWorld, changes: dict[str, object], status: int
) -> None:
    """A missing button, and one that only opens a page, can't be pressed."""
    message = world.add(YOU, run("Темы"), buttons=[[button("Сад"), button("Сайт", url="https://example.org/")]])

    answer = await client.post(
        "/board/press", json={"chat": YOU, "message_id": message, "row": 0, "column": 0, **changes}
    )

    assert answer.status == status
    assert world.pressed == []


async def test_publish_lets_stories_out_until_there_are_none(client: Client, world: StandInWorld) -> None:
    """The next story comes out and is named; when none is left, a sentence says so."""
    first = await client.post("/board/publish", json={})
    second = await client.post("/board/publish", json={})

    assert (first.status, await first.json()) == (200, {"published": "Ночной поезд едет тише"})
    assert second.status == 409
    assert await _error(second) == "Статьи закончились: все уже вышли."


async def test_publish_without_a_newsroom() -> None:
    """A world whose stories come by themselves has no such button."""
    app = web.Application()
    app.add_routes(board_routes(StandInWorld(stories=None)))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        state = await (await client.get("/board/state")).json()
        answer = await client.post("/board/publish", json={})

    assert state["publish"] is False
    assert answer.status == 409


async def test_the_plan_is_told_in_the_askers_language(client: Client, world: StandInWorld) -> None:
    """What the bot will send out: when, where, what and why; nothing where there is no bot."""
    assert (await client.get("/board/plan")).status == 404
    line = {"time": "2026-05-14T07:00:00+00:00", "channel": "wall", "headline": "Поезд \ud800 пришёл", "why": "сразу"}
    world.expect(line)

    russian = await client.get("/board/plan")
    english = await client.get("/board/plan", headers={"Accept-Language": "en"})

    assert (await (await client.get("/board/state")).json())["plan"] is True
    assert russian.headers["Cache-Control"] == "no-store"
    assert await russian.json() == {"lines": [{**line, "headline": "Поезд ? пришёл", "why": "сразу (ru)"}]}
    assert (await english.json())["lines"][0]["why"] == "сразу (en)"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7:8080", "", "a:b:c", "localhost.evil"]
)
async def test_another_host_name_is_refused(client: Client, host: str) -> None:
    """A page elsewhere can point its own name at this computer; it gets nothing (DNS rebinding)."""
    for path in GETS:
        assert (await client.get(path, headers={"Host": host})).status in (400, 403)
    for path in POSTS:
        assert (await client.post(path, json={}, headers={"Host": host})).status in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "[::1]:80", "127.3.2.1"])
async def test_names_of_this_computer_are_accepted(client: Client, host: str) -> None:
    """Every usual name of the loopback works."""
    assert (await client.get("/board/state", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_posts_from_another_page_are_refused(
    client: Client, world: StandInWorld, headers: dict[str, str]
) -> None:
    """Another page in the same browser can't speak for the person."""
    answer = await client.post("/board/say", json={"chat": YOU, "text": "/forget"}, headers=headers)

    assert answer.status == 403
    assert world.said == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_posts_as_a_form_are_refused(client: Client, world: StandInWorld, kind: str) -> None:
    """What a browser would send for a foreign form without asking is not JSON, and not taken."""
    body = json.dumps({"chat": YOU, "text": "/forget"}).encode()

    answer = await client.post("/board/say", data=body, headers={"Content-Type": kind})

    assert answer.status == 415
    assert world.said == []


async def test_own_page_may_post(client: Client, world: StandInWorld) -> None:
    """The board's own requests, as a browser marks them, are taken."""
    own = {"Origin": str(client.make_url("/")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    answer = await client.post("/board/say", json={"chat": YOU, "text": "/start"}, headers=own)

    assert answer.status == 200
    assert world.said == [(YOU, "/start")]


async def test_refusals_speak_the_askers_language(client: Client) -> None:
    """The sentence is English for who asks so, else Russian."""
    wish = {"chat": "nobody", "text": "hello"}
    english = await client.post("/board/say", json=wish, headers={"Accept-Language": "en-GB,en;q=0.9"})
    russian = await client.post("/board/say", json=wish)

    assert await _error(english) == "There is no such chat. Reload the page."
    assert await _error(russian) == "Такого чата нет. Обновите страницу."
