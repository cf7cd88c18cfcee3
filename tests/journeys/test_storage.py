"""Trouble with the state, on real servers: the bot says so, holds, posts nothing it could not record, and goes on."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from bot import checkpoints
from bot.app import open_app
from bot.checkpoints import Moment
from bot.model import Slot, SlotState
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, EDITOR_ID, LOG_CHAT, WALL
from bot.service import App
from bot.store import keeper
from scheduler import deliver, leader
from tests.conftest import missing
from tests.journeys.newsroom import EDITOR, asks, fresh, has_read, headlines, said, settings
from tests.journeys.process import depeche, write_settings
from tests.stores import valkey_binary
from tests.waiting import until, until_true

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def _short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease of two seconds in the place of ten, so that its end is seen soon."""
    monkeypatch.setattr(leader, "LIFETIME", timedelta(seconds=2))
    monkeypatch.setattr(leader, "MARGIN", timedelta(seconds=0.2))
    monkeypatch.setattr(leader, "RENEW", timedelta(seconds=0.3))
    monkeypatch.setattr(leader, "RETRY", timedelta(seconds=0.2))
    monkeypatch.setattr(deliver, "RECORD_AGAIN", timedelta(seconds=0.1))


@dataclass
class Redis:
    """A redis of one's own whose state is on disk, and which can be stopped and started again at the same address."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    def start(self) -> None:
        command = [str(valkey_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--logfile", "log"]
        self.process = subprocess.Popen(command)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait()

    def says(self, *command: str) -> None:
        """One command of the operator's."""
        with self.client as client:
            client.execute_command(*command)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (tmp_path / "redis").mkdir()
    one = Redis(tmp_path / "redis", port)
    one.start()
    try:
        yield one
    finally:
        if one.process is not None and one.process.poll() is None:
            one.process.send_signal(signal.SIGCONT)
            one.stop(signal.SIGKILL)


@dataclass
class Newsroom:
    """The bot at work over a sandbox; its editor has the bot's chat open."""

    sandbox: Sandbox
    app: App

    def publish(self) -> None:
        self.sandbox.newsroom.publish_next()

    async def all_arrives(self) -> None:
        """Everything published stands on the channel and the wall, in order, each once."""
        await until(lambda: headlines(self.sandbox, CHANNEL) == fresh(self.sandbox), "the channel has them all")
        await until(lambda: headlines(self.sandbox, WALL) == fresh(self.sandbox), "the wall has them all")

    async def is_told(self, words: str) -> None:
        """The admin hears of it without asking."""
        await until(lambda: any(words in text for text in said(self.sandbox, EDITOR)), f"the admin is told: {words}")

    async def trouble_ends(self) -> None:
        """The trouble is over, and so the admin is told."""
        await until(lambda: self.app.problems.of("store") is None, "the store is back")
        await until(lambda: any("✓ store" in text for text in said(self.sandbox, EDITOR)), "the admin is told so")

    async def state(self) -> SlotState | None:
        """The ledger's last word on the last article in the channel."""
        slug = self.sandbox.newsroom.published[-1].story.slug
        article = await self.app.store.articles.find(self.sandbox.newsroom.page_url(slug))
        if article is None:
            return None
        [word] = await self.app.store.ledger.states([Slot(article.key, self.app.channels[0].place)])
        return word.state if word else None


@asynccontextmanager
async def newsroom(data_dir: Path, url: str | None = None) -> AsyncIterator[Newsroom]:
    async with open_sandbox() as sandbox:
        chosen = {"redis": {"url": url}} if url else {}
        async with open_app(settings(sandbox, data_dir, **chosen)) as app:
            await has_read(sandbox)
            await asks(sandbox, EDITOR, "/help")
            yield Newsroom(sandbox, app)


async def test_posting_begins_with_one(tmp_path: Path, server: Redis) -> None:
    """The ground for the rest: with this server all is well."""
    async with newsroom(tmp_path, server.url) as news:
        news.publish()
        await news.all_arrives()
        assert await news.state() is SlotState.SENT


FULL = [
    (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0"), "out of memory"),
    (("REPLICAOF", "127.0.0.1", "9"), ("REPLICAOF", "NO", "ONE"), "read-only replica"),
    (("CONFIG", "SET", "min-replicas-to-write", "1"), ("CONFIG", "SET", "min-replicas-to-write", "0"), "replicas"),
]


@pytest.mark.parametrize(("spoil", "mend", "words"), FULL, ids=["out of memory", "a replica", "too few replicas"])
async def test_a_redis_that_takes_nothing_in(
    tmp_path: Path, server: Redis, spoil: tuple[str, ...], mend: tuple[str, ...], words: str
) -> None:
    """Nothing is posted; the admin is told what to do, once, and /status still answers. Afterwards it goes on."""
    async with newsroom(tmp_path, server.url) as news:
        server.says(*spoil)
        news.publish()
        news.publish()
        await news.is_told(words)
        await until(lambda: not news.app.leadership.leading, "its lease has run out")
        assert words in await asks(news.sandbox, EDITOR, "/status")
        assert words in " ".join((await news.app.health())["problems"])
        assert headlines(news.sandbox, CHANNEL) == []

        server.says(*mend)
        await news.all_arrives()
        await news.trouble_ends()
        alerts = [text for text in said(news.sandbox, EDITOR) if words in text]
        assert len(alerts) == 2, "one alert and one answer to /status"


async def test_a_redis_that_is_away_for_a_while(tmp_path: Path, server: Redis) -> None:
    """Stopped, and started again with what it had: what came meanwhile goes out then, in order, each once."""
    async with newsroom(tmp_path, server.url) as news:
        news.publish()
        await news.all_arrives()
        server.stop()
        news.publish()
        news.publish()
        await news.is_told("can't be reached")
        assert len(headlines(news.sandbox, CHANNEL)) == 1
        assert (await news.app.health())["ok"] is False
        server.start()
        await news.all_arrives()
        await news.trouble_ends()


async def test_a_redis_that_is_frozen_for_a_while(tmp_path: Path, server: Redis) -> None:
    """It takes connections and answers nothing: the same."""
    async with newsroom(tmp_path, server.url) as news:
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        news.publish()
        await news.is_told("did not answer within")
        assert headlines(news.sandbox, CHANNEL) == []
        server.process.send_signal(signal.SIGCONT)
        await news.all_arrives()
        await news.trouble_ends()


@contextmanager
def at(moment: Moment, deed: Callable[[], None]) -> Iterator[None]:
    """Do something once, exactly when the first post passes this moment."""
    done: list[Moment] = []

    def hook(passed: Moment) -> None:
        if passed is moment and not done:
            done.append(passed)
            deed()

    checkpoints.watch(hook)
    try:
        yield
    finally:
        checkpoints._hooks.remove(hook)


@pytest.mark.parametrize("stopped", [False, True], ids=["out of memory", "away"])
async def test_a_post_that_could_not_be_recorded_is_recorded_later(
    tmp_path: Path, server: Redis, stopped: bool
) -> None:
    """The store goes away between the send and the record: the bot remembers, and writes it down when it can. Nothing
    is posted twice, and nobody is asked."""

    def spoil() -> None:
        if stopped:
            server.stop(signal.SIGKILL)
        else:
            server.says("CONFIG", "SET", "maxmemory", "1")

    async with newsroom(tmp_path, server.url) as news:
        with at(Moment.SENT, spoil):
            news.publish()
            await news.is_told("can't be reached" if stopped else "out of memory")
        news.publish()
        assert len(headlines(news.sandbox, CHANNEL) + headlines(news.sandbox, WALL)) <= 2
        if stopped:
            server.start()
        else:
            server.says("CONFIG", "SET", "maxmemory", "0")
        await news.all_arrives()
        tally = await news.app.store.overdue.tally()
        await until_true(lambda: settled(news), "every post is recorded as sent")
        assert tally[SlotState.UNCONFIRMED] == 0


async def settled(news: Newsroom) -> bool:
    tally = await news.app.store.overdue.tally()
    return tally[SlotState.SENT] == 4 and tally[SlotState.CLAIMED] == 0


@pytest.mark.parametrize("dies", [False, True], ids=["it lives", "it died of a write"])
async def test_a_full_disk_under_the_embedded_redis(tmp_path: Path, dies: bool) -> None:
    """Nothing is written that would not fit, so the server lives. One that dies all the same, of what was being written
    when the disk filled up, is started again, full as it is. Either way the admin is told once, and which disk, and
    /status answers; with room again it goes on by itself."""
    with small_disk(tmp_path / "disk") as disk:
        async with newsroom(disk / "var") as news:
            news.publish()
            await news.all_arrives()
            ballast = disk / "ballast"
            fill(ballast, disk, leaving=keeper.LEAST_ROOM // 2)
            pid = server_pid(disk / "var")
            news.publish()
            news.publish()
            await news.is_told("is full: free some space there")
            fill(ballast, disk)
            if dies:
                os.kill(pid, signal.SIGKILL)
                await until(lambda: server_pid(disk / "var") != pid, "it is started again")
                pid = server_pid(disk / "var")
            await until(lambda: not news.app.leadership.leading, "its lease has run out")
            assert "is full" in await asks(news.sandbox, EDITOR, "/status")
            assert len(headlines(news.sandbox, CHANNEL)) == 1
            assert server_pid(disk / "var") == pid
            ballast.unlink()
            await news.all_arrives()
            await news.trouble_ends()
            alerts = [text for text in said(news.sandbox, EDITOR) if "is full" in text]
            assert len(alerts) == 2, "one alert and one answer to /status"


async def test_a_disk_that_fills_up_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full before anybody could see it coming: the server ends itself at each write and is started again. Nothing is
    posted that was not recorded; the admin is told, and when with room again it goes on."""
    monkeypatch.setattr(keeper, "LEAST_ROOM", 0)
    with small_disk(tmp_path / "disk") as disk:
        async with newsroom(disk / "var") as news:
            news.publish()
            await news.all_arrives()  # the first reading is on the disk: what comes later is new
            ballast = disk / "ballast"
            fill(ballast, disk)
            news.publish()
            await news.is_told("! store")
            assert len(headlines(news.sandbox, CHANNEL)) == 1
            ballast.unlink()
            await news.all_arrives()
            await news.trouble_ends()


async def test_a_cut_record_of_changes(tmp_path: Path) -> None:
    """Power is cut in the middle of a write, so the last change is half on disk: the next start reads what is whole,
    repeats nothing and loses nothing."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL), "posted")
            await until(lambda: len(bot.events("delivery")) == 2, "recorded")
            pid = server_pid(tmp_path / "var")
            bot.process.kill()
            await bot.ends()
            os.kill(pid, signal.SIGKILL)
        changes = max((tmp_path / "var" / "appendonlydir").glob("*.incr.aof"))
        whole = changes.read_bytes()
        changes.write_bytes(whole + b"*3\r\n$3\r\nSET\r\n$9\r\ndepeche")
        sandbox.newsroom.publish_next()
        async with depeche("run", cwd=tmp_path, env=env):
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL), "goes on")


async def test_the_log_chat_hears_of_it_too(tmp_path: Path, server: Redis) -> None:
    """`telegram.log_chat` gets what the admins get; one of them who can't be reached keeps it from nobody."""
    async with open_sandbox() as sandbox:
        telegram = {
            "token": sandbox.telegram_token,
            "api_base": sandbox.telegram_api,
            "admins": [EDITOR_ID, 4711],
            "log_chat": int(LOG_CHAT.removeprefix("telegram:")),
        }
        changes = {"redis": {"url": server.url}, "telegram": telegram}
        async with open_app(settings(sandbox, tmp_path, **changes)):
            await has_read(sandbox)
            server.says("CONFIG", "SET", "maxmemory", "1")
            await until(lambda: any("out of memory" in text for text in said(sandbox, LOG_CHAT)), "the log chat hears")
            server.says("CONFIG", "SET", "maxmemory", "0")
            await until(lambda: any("✓ store" in text for text in said(sandbox, LOG_CHAT)), "and that it is over")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of six megabytes."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        missing("the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(ballast: Path, disk: Path, *, leaving: int = 0) -> None:
    """Leave no room at all, or so many bytes: what is being written at that moment still fits then."""
    page = 4096
    with ballast.open("ab", buffering=0) as file:
        try:
            while shutil.disk_usage(disk).free >= leaving + page:
                file.write(b"x" * page)
        except OSError:
            pass  # full
    assert shutil.disk_usage(disk).free <= leaving


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "valkey.lock").read_text())
