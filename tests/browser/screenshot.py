"""`make screenshot`: the README's picture, taken of the running demo by a real browser."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from playwright.async_api import async_playwright

from bot.app import open_app
from bot.sandbox.demo import demo_settings, planned
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, WALL
from tests.journeys.newsroom import YOU, asks, fresh, has_read, headlines
from tests.waiting import until

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PICTURES = "Promise.all([...document.images].map(one => one.decode().catch(() => null)))"
"""Until all are there. Asked in one call: the board's own rules let no page ask again and again by a text."""


def _has_all(sandbox: Sandbox, place: str) -> bool:
    return headlines(sandbox, place) == fresh(sandbox)


async def take(picture: Path) -> None:
    """Let four articles arrive, then look."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            AsyncExitStack() as stack,
            open_sandbox() as sandbox,
            open_app(demo_settings(sandbox, Path(folder))) as app,
        ):
            stack.enter_context(planned(app, sandbox))
            await has_read(sandbox)
            await asks(sandbox, YOU, "/subscribe Наука, Поезда")
            for _ in range(4):
                sandbox.newsroom.publish_next()
            for place in (CHANNEL, WALL):
                await until(partial(_has_all, sandbox, place), "the articles arrive")
            async with async_playwright() as player:
                browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
                page = await browser.new_page(
                    viewport={"width": 1440, "height": 960},
                    locale="ru-RU",
                    timezone_id="Europe/Moscow",
                    reduced_motion="reduce",
                )
                await page.goto(sandbox.url)
                await page.wait_for_load_state("load")
                await page.evaluate(PICTURES)
                await page.screenshot(path=picture)
                await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
