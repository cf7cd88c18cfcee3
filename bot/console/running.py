"""`depeche run`: from the first signal on no new work, then an orderly end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

import structlog

from bot.app import open_app
from bot.config import Settings
from bot.service import Role

log = structlog.get_logger(__name__)

ROLES: tuple[Role, ...] = ("all", "bot", "scheduler", "worker")


async def run(settings: Settings, role: Role) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError or StoreError when it can't start."""
    async with open_app(settings, role=role) as app:
        log.info("started", role=role, channels=[channel.name for channel in app.channels])
        wait_for_signal(app.stopping)
        await app.stopping.wait()
    log.info("stopped")


def wait_for_signal(stopping: asyncio.Event) -> None:
    """Set the event at SIGTERM or SIGINT; a second Ctrl+C then ends at once, as Python does by itself."""
    loop = asyncio.get_running_loop()

    def stop(received: signal.Signals) -> None:
        loop.remove_signal_handler(received)
        stopping.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop, one)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - not on every platform

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
