"""The bot's own small HTTP server: `/health` for whoever watches it, and Telegram's webhook."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web

from bot.errors import StoreError

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name, from Telegram's setWebhook
LARGEST_UPDATE = 1024 * 1024
Health = Callable[[], Awaitable[Mapping[str, Any]]]
Hear = Callable[[Mapping[str, Any]], Awaitable[None]]


@asynccontextmanager
async def serve(host: str, port: int, *, health: Health, webhook: tuple[str, str, Hear] | None) -> AsyncIterator[int]:
    """Serve until the block ends; yields the port, also when 0 asked for any free one.

    `health` answers with at least `ok`. `webhook` is its path, its secret and what takes an update. Raises OSError
    when the address is taken.
    """
    app = web.Application(client_max_size=LARGEST_UPDATE)
    app.router.add_get("/health", _healthy(health))
    if webhook is not None:
        path, secret, hear = webhook
        app.router.add_post(path, _hearing(secret, hear))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound: int = runner.addresses[0][1]
        log.info("listening", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()


def _healthy(health: Health) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        state = await health()
        return web.json_response(dict(state), status=200 if state.get("ok") else 503)

    return answer


def _hearing(secret: str, hear: Hear) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers 200 once an update is dealt with: what a crash or a dead store cut off is delivered again."""

    async def answer(request: web.Request) -> web.Response:
        told = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(told, secret.encode()):
            return web.Response(status=404)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            update = None
        if not isinstance(update, dict):
            return web.Response(status=400)
        try:
            await hear(update)
        except StoreError:
            return web.Response(status=503)
        return web.Response()

    return answer
