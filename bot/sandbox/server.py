"""The sandbox: a Telegram Bot API, a VK API and a newsroom on one loopback port, and the board that shows them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from bot.ports import Clock
from bot.sandbox.board import add_board
from bot.sandbox.faults import Faults
from bot.sandbox.newsroom import Newsroom
from bot.sandbox.telegram_server import TelegramServer
from bot.sandbox.vk_server import VkServer
from bot.sandbox.world import World

HOST = "127.0.0.1"
_LARGEST_UPLOAD = 50 * 1024 * 1024
_SHUTDOWN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: where its doors are, and the parts tests turn."""

    url: str
    world: World
    faults: Faults
    telegram: TelegramServer
    vk: VkServer
    newsroom: Newsroom

    @property
    def telegram_api(self) -> str:
        """What stands in for https://api.telegram.org."""
        return f"{self.url}/telegram"

    @property
    def telegram_token(self) -> str:
        """The bot's token."""
        return self.telegram.token

    @property
    def vk_api(self) -> str:
        """What stands in for https://api.vk.ru."""
        return f"{self.url}/vk"

    @property
    def vk_token(self) -> str:
        """The community key."""
        return self.vk.token

    @property
    def vk_user_token(self) -> str:
        """The administrator's own key."""
        return self.vk.user_token

    @property
    def feed_url(self) -> str:
        """The newsroom's RSS feed."""
        return f"{self.url}/news/rss"


@contextlib.asynccontextmanager
async def open_sandbox(
    *, port: int = 0, every: float | None = None, clock: Clock | None = None
) -> AsyncIterator[Sandbox]:
    """A sandbox on 127.0.0.1, closed at the end of the block.

    `port` 0 takes any free one. `every`: seconds between two new articles; None leaves publishing to the caller.
    Raises OSError when the port is taken.
    """
    listener = socket.create_server((HOST, port))
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    closing = asyncio.Event()
    world, faults = World(clock), Faults()
    newsroom = Newsroom(world, faults, closing, url)
    world.publish = newsroom.publish_next
    telegram = TelegramServer(world, faults, newsroom, closing, url)
    vk = VkServer(world, faults, newsroom, closing, url)
    async with contextlib.AsyncExitStack() as stack:
        await _serve(stack, listener, world, [newsroom.routes(), telegram.routes(), vk.routes()])
        tasks = asyncio.TaskGroup()
        await tasks.__aenter__()
        # Closed by hand, so that an error in the caller's block reaches the caller as it is, not in a group.
        stack.push_async_callback(tasks.__aexit__, None, None, None)
        running = [tasks.create_task(telegram.deliver_to_webhook())]
        if every is not None:
            running.append(tasks.create_task(newsroom.publish_every(every)))
        for task in running:
            stack.callback(task.cancel)
        stack.callback(closing.set)
        yield Sandbox(url, world, faults, telegram, vk, newsroom)


async def _serve(
    stack: contextlib.AsyncExitStack, listener: socket.socket, world: World, routes: list[list[web.RouteDef]]
) -> None:
    app = web.Application(client_max_size=_LARGEST_UPLOAD)
    for part in routes:
        app.add_routes(part)
    add_board(app, world)
    # A client that goes away ends its request: this is how a hang and a long poll are over.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN_SECONDS)
    stack.push_async_callback(runner.cleanup)
    await runner.setup()
    await web.SockSite(runner, listener).start()
