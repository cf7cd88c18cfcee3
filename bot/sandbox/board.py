"""The board: a page that shows the sandbox's channel, wall and private chats side by side, live.

The page reads the whole state of the world as Server-Sent Events and speaks through three small POSTs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from bot.sandbox.board_requests import (
    HEADERS,
    TEXT_LIMIT,
    Problem,
    RefusedRequest,
    guard,
    index_of,
    language_of,
    read_wish,
    text_of,
)

Planner = Callable[[str], Awaitable[Sequence[Mapping[str, str]]]]
"""What the bot beside the board will send out, in a language: `time` (ISO), `channel`, `headline` and `why`."""

HEARTBEAT_S = 15.0
"""Seconds of silence after which a comment is sent, so that nothing on the way takes the line for dead."""
COALESCE_S = 0.05
"""Seconds to wait after a change: what changes together is sent once."""

STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class World(Protocol):
    """What the board needs of the sandbox.

    A world may also have `publish: Callable[[], str] | None`, which lets the next story out now and names it, and
    raises LookupError when none is left. Without it the board has no such button. The same with `plan: Planner | None`.
    """

    def snapshot(self) -> dict[str, Any]:
        """All there is to show, as JSON, with its `revision`."""
        ...

    async def changed(self, since: int) -> int:
        """Wait until the revision is over `since`, and return it."""
        ...

    async def say(self, chat: str, text: str) -> object:
        """The person of a private chat says something."""
        ...

    async def press(self, chat: str, message_id: str, row: int, column: int) -> object:
        """The person of a private chat presses a button."""
        ...


def board_routes(world: World) -> list[web.RouteDef]:
    """The board's routes. Where the app can be told of its own end, prefer `add_board`: the streams end at once."""
    return Board(world).routes()


def add_board(app: web.Application, world: World) -> None:
    """Put the board into an app, and end its streams when the app shuts down."""
    board = Board(world)
    app.add_routes(board.routes())
    app.on_shutdown.append(board.stop)


class Board:
    """The handlers of one world. `heartbeat` is in seconds."""

    def __init__(self, world: World, *, heartbeat: float = HEARTBEAT_S) -> None:
        self._world = world
        self._heartbeat = heartbeat
        self._waits: set[asyncio.Timeout] = set()
        self._stopped = False

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.get("/", guard(self._page), allow_head=True),
            web.get("/board/static/{name}", guard(self._static)),
            web.get("/board/state", guard(self._state)),
            web.get("/board/plan", guard(self._plan)),
            web.get("/board/events", guard(self._events), allow_head=False),
            web.post("/board/say", guard(self._say)),
            web.post("/board/press", guard(self._press)),
            web.post("/board/publish", guard(self._publish)),
        ]

    async def stop(self, _app: web.Application | None = None) -> None:
        """End every stream of events now."""
        self._stopped = True
        for wait in (wait for wait in self._waits if not wait.expired()):
            wait.reschedule(asyncio.get_running_loop().time())

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return _file("board.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["name"])

    async def _state(self, _request: web.Request) -> web.StreamResponse:
        headers = {**HEADERS, "Cache-Control": "no-store"}
        return web.Response(body=_encode(self._shown()), content_type="application/json", headers=headers)

    def _shown(self) -> dict[str, Any]:
        """The snapshot, and whether the world can let a story out, and knows what will go out."""
        known = {"publish": self._publisher() is not None, "plan": self._planner() is not None}
        return {**self._world.snapshot(), **known}

    async def _plan(self, request: web.Request) -> web.StreamResponse:
        plan = self._planner()
        if plan is None:
            raise RefusedRequest(Problem.NO_PLAN)
        lines = [dict(line) for line in await plan(language_of(request))]
        headers = {**HEADERS, "Cache-Control": "no-store"}
        return web.Response(body=_encode({"lines": lines}), content_type="application/json", headers=headers)

    def _planner(self) -> Planner | None:
        plan: Planner | None = getattr(self._world, "plan", None)
        return plan

    def _publisher(self) -> Callable[[], str] | None:
        publish: Callable[[], str] | None = getattr(self._world, "publish", None)
        return publish

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        stream.content_type = "text/event-stream"
        await stream.prepare(request)
        try:
            await self._narrate(stream)
        except ConnectionResetError:
            pass  # the reader closed the page
        return stream

    async def _narrate(self, stream: web.StreamResponse) -> None:
        revision = await self._tell(stream)
        while not self._stopped:
            if await self._change(revision):
                await asyncio.sleep(COALESCE_S)
                revision = await self._tell(stream)
            elif not self._stopped:
                await stream.write(b": still here\n\n")

    async def _tell(self, stream: web.StreamResponse) -> int:
        shown = self._shown()
        await stream.write(b"data: " + _encode(shown) + b"\n\n")
        return int(shown["revision"])

    async def _change(self, revision: int) -> bool:
        """Whether something changed before it was time for a heartbeat, or for the end."""
        wait = asyncio.timeout(self._heartbeat)
        try:
            async with wait:
                self._waits.add(wait)
                await self._world.changed(revision)
        except TimeoutError:
            return False
        finally:
            self._waits.discard(wait)
        return True

    async def _say(self, request: web.Request) -> web.StreamResponse:
        wish = await read_wish(request)
        text = text_of(wish, "text")
        if not text.strip():
            raise RefusedRequest(Problem.EMPTY)
        if len(text) > TEXT_LIMIT:
            raise RefusedRequest(Problem.LONG)
        chat = self._chat(wish)
        await self._world.say(chat["id"], text)
        return web.json_response({}, headers=HEADERS)

    async def _press(self, request: web.Request) -> web.StreamResponse:
        wish = await read_wish(request)
        message_id, row, column = text_of(wish, "message_id"), index_of(wish, "row"), index_of(wish, "column")
        chat = self._chat(wish)
        if not _can_press(chat, message_id, row, column):
            raise RefusedRequest(Problem.BUTTON)
        await self._world.press(chat["id"], message_id, row, column)
        return web.json_response({}, headers=HEADERS)

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        await read_wish(request)
        publish = self._publisher()
        if publish is None:
            raise RefusedRequest(Problem.NO_NEWSROOM)
        try:
            published = publish()
        except LookupError:
            raise RefusedRequest(Problem.NO_STORIES) from None
        return web.json_response({"published": published}, headers=HEADERS)

    def _chat(self, wish: Mapping[str, Any]) -> Mapping[str, Any]:
        name = text_of(wish, "chat")
        chats: list[Mapping[str, Any]] = self._world.snapshot()["chats"]
        for chat in chats:
            if chat["id"] == name:
                return chat
        raise RefusedRequest(Problem.CHAT)


def _file(name: str) -> web.FileResponse:
    """A file of the page, by its bare name."""
    path = STATIC / name
    if path.name != name or path.suffix not in _TYPES or not path.is_file():
        raise RefusedRequest(Problem.FILE)
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": _TYPES[path.suffix]})


def _encode(shown: Mapping[str, Any]) -> bytes:
    """One line of JSON. A lone surrogate, which UTF-8 has no place for, becomes a question mark."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _can_press(chat: Mapping[str, Any], message_id: str, row: int, column: int) -> bool:
    for message in chat["messages"]:
        if message["id"] == message_id:
            rows = message["buttons"]
            return row < len(rows) and column < len(rows[row]) and bool(rows[row][column]["press"])
    return False
