"""The bot as a process of its own, as an operator starts it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.server import Sandbox
from tests.journeys.nursery import Child, start
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
data_dir = "var"
[telegram]
api_base = "{telegram}"
admins = [1001]
[vk]
api_base = "{vk}"
group_id = 220
[fetch]
allow_networks = ["127.0.0.0/8"]
[[sources]]
name = "digest"
url = "{feed}"
every = "1s"
[[channels]]
name = "channel"
platform = "telegram"
target = "@digest"
[[channels]]
name = "wall"
platform = "vk"
target = -220
"""


def write_settings(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """A depeche.toml in the folder; the environment with the sandbox's tokens."""
    text = SETTINGS.format(telegram=sandbox.telegram_api, vk=sandbox.vk_api, feed=sandbox.feed_url)
    (folder / "depeche.toml").write_text(text, encoding="utf-8")
    return {"DEPECHE_TELEGRAM__TOKEN": sandbox.telegram_token, "DEPECHE_VK__TOKEN": sandbox.vk_token}


@dataclass
class Running:
    """A process and what it has said so far."""

    process: Child
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def events(self, name: str) -> list[dict[str, object]]:
        """The log lines of one event."""
        lines = [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == name]

    async def has_said(self, event: str) -> None:
        await until(lambda: self.events(event), f"the bot says {event}; it said:\n{self.said}")

    async def ends(self, within: float = 15.0) -> int:
        """Its exit code."""
        async with asyncio.timeout(within):
            return await self.process.wait()


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The tests' own, without settings of ours, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEPECHE_")}  # noqa: TID251 - for a child
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)} | dict(more)


@asynccontextmanager
async def depeche(*arguments: str, cwd: Path, env: Mapping[str, str], log: str = "bot.log") -> AsyncIterator[Running]:
    """`python -m bot …` in a folder; killed at the end of the block if it still runs."""
    path = cwd / log
    process = start("bot", *arguments, cwd=cwd, env=environment(env), out=path)
    try:
        yield Running(process, path)
    finally:
        process.kill()
        await process.wait()
