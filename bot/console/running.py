"""`depeche run`: from the first signal on no new work, then an orderly end."""

from __future__ import annotations

import asyncio

import structlog

from bot.app import open_app
from bot.config import Settings
from bot.duties import Role
from bot.process import settle, wait_for_signal

log = structlog.get_logger(__name__)

ROLES: tuple[Role, ...] = ("all", "bot", "scheduler", "worker")


async def run(settings: Settings, role: Role) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError or StoreError when it can't start."""
    told_to_stop = asyncio.Event()
    wait_for_signal(told_to_stop)
    settle()
    async with open_app(settings, role=role) as app:
        log.info("started", role=role, channels=[channel.name for channel in app.channels])
        await told_to_stop.wait()
    log.info("stopped")
