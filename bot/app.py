"""The composition root: everything is put together here, opened in order and closed in reverse. Tests use it too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog

from bot.assembly import fetcher_for, profiles_of
from bot.channels.telegram import open_telegram
from bot.channels.vk import open_vk
from bot.config import Settings
from bot.errors import SettingsError
from bot.ports import Clock
from bot.service import App, Doors, Role
from bot.source.newsstand import Newsstand
from bot.store import Store, open_server, open_store
from bot.web.server import serve

log = structlog.get_logger(__name__)

STOP_SECONDS = 4.0
"""How long sends in flight may take once the bot is told to stop; then they are cancelled, which an adapter may answer
within its own grace of 3 s. An operator is promised 10 s in all."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def open_app(settings: Settings, *, role: Role = "all", clock: Clock | None = None) -> AsyncIterator[App]:
    """The bot, running until the block ends; then sends in flight have STOP_SECONDS to finish.

    Raises SettingsError, or StoreError when the state can't be had.
    """
    if role != "all" and settings.redis.url is None:
        raise SettingsError([f"redis.url: missing; --role {role} shares its state with others and needs a server"])
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        store = await enter_store(settings, stack)
        doors = await open_doors(settings, stack, clock)
        fetcher = await stack.enter_async_context(fetcher_for(settings))
        limit = await stack.enter_async_context(_stop_limit())
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        app = App(settings, store=store, doors=doors, tasks=tasks, clock=clock)
        stack.callback(limit.begin)
        stack.callback(app.stop)
        await _web(app, stack)
        app.start(Newsstand(fetcher, profiles_of(settings)), role)
        yield app


async def enter_store(settings: Settings, stack: AsyncExitStack, *, join: bool = False) -> Store:
    """The store of the settings. With `join` the embedded server of a running bot is shared. Raises StoreError."""
    if settings.redis.url is not None:
        return await stack.enter_async_context(open_store(settings.redis.url.get_secret_value(), None))
    server = await stack.enter_async_context(open_server(settings.data_dir, join=join))
    return await stack.enter_async_context(open_store(None, server.socket))


async def open_doors(settings: Settings, stack: AsyncExitStack, clock: Clock) -> Doors:
    """The platforms that have a token. Raises SettingsError for a token that can't be one."""
    telegram = vk = None
    if settings.telegram.token is not None:
        token = settings.telegram.token.get_secret_value()
        telegram = await stack.enter_async_context(open_telegram(token, settings.telegram.api_base, clock=clock))
    if settings.vk.token is not None and settings.vk.group_id is not None:
        user_token = settings.vk.user_token.get_secret_value() if settings.vk.user_token else None
        key = settings.vk.token.get_secret_value()
        door = open_vk(key, settings.vk.api_base, settings.vk.group_id, user_token=user_token, clock=clock)
        vk = await stack.enter_async_context(door)
    for name, door_or_none in (("telegram", telegram), ("vk", vk)):
        if door_or_none is None:
            log.warning("platform_off", platform=name, why=f"no DEPECHE_{name.upper()}__TOKEN")
    return Doors(telegram, vk)


async def _web(app: App, stack: AsyncExitStack) -> None:
    web, telegram = app.settings.web, app.settings.telegram
    if web.port is None:
        return
    webhook = None
    if telegram.mode == "webhook" and telegram.webhook_url is not None:
        secret = telegram.webhook_secret.get_secret_value() if telegram.webhook_secret else ""
        webhook = (urlsplit(telegram.webhook_url).path or "/", secret, app.hear_webhook)
    await stack.enter_async_context(serve(web.host, web.port, health=app.health, webhook=webhook))


class _StopLimit:
    """Cancels what is still running STOP_SECONDS after `begin`."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout

    def begin(self) -> None:
        self._timeout.reschedule(asyncio.get_running_loop().time() + STOP_SECONDS)


@asynccontextmanager
async def _stop_limit() -> AsyncIterator[_StopLimit]:
    try:
        async with asyncio.timeout(None) as timeout:
            yield _StopLimit(timeout)
    except TimeoutError:
        log.warning("stopped_with_work_in_flight", seconds=STOP_SECONDS)
