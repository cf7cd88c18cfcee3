"""Two copies of the bot on one redis: one works, the other waits; real processes, killed and frozen while posting."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.faults import Hang
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, WALL
from tests.journeys.newsroom import ANNA, asks, fresh, has_read, headlines, said
from tests.journeys.process import Running, depeche, write_settings
from tests.stores import running, valkey_binary
from tests.waiting import until, until_true

pytestmark = pytest.mark.timeout(120)
TAKEN_OVER_WITHIN = 15.0


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A redis of one's own, shared by the copies of one test."""
    with running(valkey_binary(), "valkey") as address:
        assert address.url is not None
        yield address.url


@dataclass
class Pair:
    """Two copies of one bot: the first works, the second waits."""

    sandbox: Sandbox
    first: Running
    second: Running
    ports: tuple[int, int]

    async def health(self, number: int) -> dict[str, object]:
        """What a copy says to whoever watches it."""
        url = f"http://127.0.0.1:{self.ports[number]}/health"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return dict(json.loads(await answer.text()), status=answer.status)

    async def is_sending_and_has_the_wall_done(self) -> None:
        """Telegram hangs, and the wall has its post recorded: a claim left there would hold it for its whole lease."""
        await until(lambda: sends(self.sandbox) == 1, "it is being sent")
        await until(lambda: len(self.first.events("delivery")) == 1, "the wall has it, and that is recorded")

    async def second_leads(self, since: float) -> None:
        """Wait for it, no longer than was promised."""
        await until(lambda: self.second.events("leading"), "the second takes over", within=TAKEN_OVER_WITHIN + 5)
        assert time.monotonic() - since < TAKEN_OVER_WITHIN


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def two_copies(folder: Path, redis_url: str) -> AsyncIterator[Pair]:
    """Started one after the other, so that it is known which one works."""
    ports = (free_port(), free_port())
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox())
        env = write_settings(folder, sandbox) | {"DEPECHE_REDIS__URL": redis_url}
        copies: list[Running] = []
        for port in ports:
            mine = env | {"DEPECHE_WEB__PORT": str(port)}
            copy = await stack.enter_async_context(depeche("run", cwd=folder, env=mine, log=f"{port}.log"))
            copies.append(copy)
            await copy.has_said("waiting" if len(copies) == 2 else "leading")
        await has_read(sandbox)
        yield Pair(sandbox, copies[0], copies[1], ports)


async def test_one_works_and_the_other_says_that_it_waits(tmp_path: Path, redis_url: str) -> None:
    """In its log and to whoever watches it. Ended in order, the first is followed at once."""
    async with two_copies(tmp_path, redis_url) as pair:
        [waiting] = pair.second.events("waiting")
        assert f"/{pair.first.process.pid}/" in str(waiting["leader"])
        first, second = await pair.health(0), await pair.health(1)
        assert (first["status"], first["leads"], first["leader"]) == (200, True, None)
        assert (second["status"], second["leads"], second["leader"]) == (200, False, waiting["leader"])

        await asks(pair.sandbox, ANNA, "/subscribe наука, поезда, сад, кухня")
        for _ in range(3):
            pair.sandbox.newsroom.publish_next()
        await until(lambda: headlines(pair.sandbox, CHANNEL) == fresh(pair.sandbox), "posted once")
        await until(lambda: headlines(pair.sandbox, WALL) == fresh(pair.sandbox), "on the wall too")
        assert pair.second.events("delivery") == []

        began = time.monotonic()
        pair.first.process.send_signal(signal.SIGTERM)
        assert await pair.first.ends() == 0
        await until(lambda: pair.second.events("leading"), "the second takes over", within=5)
        assert time.monotonic() - began < 10
        pair.sandbox.newsroom.publish_next()
        await until(lambda: headlines(pair.sandbox, CHANNEL) == fresh(pair.sandbox), "the rest is posted, once")
        before = len(said(pair.sandbox, ANNA))
        assert await asks(pair.sandbox, ANNA, "/mytags")
        assert len(said(pair.sandbox, ANNA)) == before + 1


async def test_no_copy_is_told_of_by_telegram(tmp_path: Path, redis_url: str) -> None:
    """Only the one that works listens, so Telegram never answers 409."""
    async with two_copies(tmp_path, redis_url) as pair:
        await asks(pair.sandbox, ANNA, "/help")
        assert "another copy of this bot is reading its updates" not in pair.first.said + pair.second.said


async def test_a_copy_killed_while_posting_is_followed(tmp_path: Path, redis_url: str) -> None:
    """SIGKILL while Telegram hangs: within 15 s the other goes on. The post that was on its way is not repeated."""
    async with two_copies(tmp_path, redis_url) as pair:
        pair.sandbox.faults.add("telegram", "sendMessage", Hang())
        pair.sandbox.newsroom.publish_next()
        await pair.is_sending_and_has_the_wall_done()
        pair.first.process.kill()
        killed = time.monotonic()
        pair.sandbox.newsroom.publish_next()
        await pair.second_leads(killed)
        await until(lambda: headlines(pair.sandbox, WALL) == fresh(pair.sandbox), "the wall has both, each once")
        assert headlines(pair.sandbox, CHANNEL) == []
        assert sends(pair.sandbox) == 1


async def test_a_copy_that_was_frozen_while_posting_does_nothing_when_it_wakes(tmp_path: Path, redis_url: str) -> None:
    """SIGSTOP while Telegram hangs, SIGCONT once the other works: the first notices and stands back. Lost: nothing;
    doubled: nothing; one post of which nobody knows."""
    async with two_copies(tmp_path, redis_url) as pair:
        pair.sandbox.faults.add("telegram", "sendMessage", Hang())
        pair.sandbox.newsroom.publish_next()
        await pair.is_sending_and_has_the_wall_done()
        os.kill(pair.first.process.pid, signal.SIGSTOP)
        frozen = time.monotonic()
        await pair.second_leads(frozen)
        pair.sandbox.newsroom.publish_next()
        await until(lambda: headlines(pair.sandbox, WALL) == fresh(pair.sandbox), "the second posts")
        before = len(pair.first.events("delivery"))

        os.kill(pair.first.process.pid, signal.SIGCONT)
        await pair.first.has_said("superseded")
        pair.sandbox.newsroom.publish_next()
        await until(lambda: headlines(pair.sandbox, WALL) == fresh(pair.sandbox), "the second goes on")
        await until_true(lambda: standing_by(pair), "the first says that it waits")
        sent = [line for line in pair.first.events("delivery")[before:] if line["outcome"] == "sent"]
        assert sent == []
        assert sends(pair.sandbox) == 1
        assert "Traceback" not in pair.first.said


async def test_a_copy_frozen_between_its_posts_repeats_none(tmp_path: Path, redis_url: str) -> None:
    """It wakes to timers that are due and updates it has asked for; the other has dealt with all of them."""
    async with two_copies(tmp_path, redis_url) as pair:
        pair.sandbox.newsroom.publish_next()
        await until(lambda: len(pair.first.events("delivery")) == 2, "posted on both, and recorded")
        os.kill(pair.first.process.pid, signal.SIGSTOP)
        frozen = time.monotonic()
        for _ in range(3):
            pair.sandbox.newsroom.publish_next()
        await pair.sandbox.world.say(ANNA, "/help")
        await pair.second_leads(frozen)
        await until(lambda: headlines(pair.sandbox, CHANNEL) == fresh(pair.sandbox), "the second posts them")
        await until(lambda: len(said(pair.sandbox, ANNA)) == 1, "Anna has her answer")

        os.kill(pair.first.process.pid, signal.SIGCONT)
        await pair.first.has_said("superseded")
        await asks(pair.sandbox, ANNA, "/mytags")
        pair.sandbox.newsroom.publish_next()
        await until(lambda: headlines(pair.sandbox, CHANNEL) == fresh(pair.sandbox), "all, in order, each once")
        await until(lambda: headlines(pair.sandbox, WALL) == fresh(pair.sandbox), "on the wall too")
        assert len(said(pair.sandbox, ANNA)) == 2


async def test_one_of_each_role_works(tmp_path: Path, redis_url: str) -> None:
    """Parts of a bot have leases of their own; a second of the same part waits, and so does a whole bot."""
    async with open_sandbox() as sandbox, AsyncExitStack() as stack:
        env = write_settings(tmp_path, sandbox) | {"DEPECHE_REDIS__URL": redis_url}

        async def start(role: str, event: str) -> None:
            name = f"{role}-{event}.log"
            part = await stack.enter_async_context(depeche("run", "--role", role, cwd=tmp_path, env=env, log=name))
            await part.has_said(event)

        for role in ("bot", "scheduler", "worker"):
            await start(role, "leading")
        await start("worker", "waiting")
        await start("all", "waiting")
        await has_read(sandbox)
        await asks(sandbox, ANNA, "/subscribe наука")
        for _ in range(4):
            sandbox.newsroom.publish_next()
        stories = {one.story.slug: one.story for one in sandbox.newsroom.published}
        science = [slug for slug in fresh(sandbox) if "Наука" in stories[slug].tags]
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted once")
        await until(lambda: headlines(sandbox, ANNA) == science, "Anna has the science")


def sends(sandbox: Sandbox) -> int:
    """How often Telegram was asked to send something to the channel."""
    return sum(call.method == "sendMessage" and "@digest" in str(call.params) for call in sandbox.world.calls)


async def standing_by(pair: Pair) -> bool:
    """Whether the first copy says that it waits for the second."""
    health = await pair.health(0)
    return health["leads"] is False and f"/{pair.second.process.pid}/" in str(health["leader"])
