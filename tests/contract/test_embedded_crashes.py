"""Killed bots, killed servers, cut power: the embedded server comes back, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreError
from bot.model import Article, Place, Platform, Slot
from bot.store import Store, keeper
from tests.stores import a_bot, alive, on_server, server_pid, until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNEL = Place(Platform.TELEGRAM, "@trains")


async def test_a_killed_bot_leaves_a_server_that_is_replaced(store_dir: Path) -> None:
    """After kill -9 of the bot its server still runs; the next bot stops it, and nothing is lost."""
    first = a_bot(store_dir)
    left_over = server_pid(store_dir)
    first.kill()
    first.communicate()
    assert alive(left_over)

    async with on_server(store_dir) as store:
        assert await store.marks.get("kept") == "yes"
        assert not alive(left_over)
        assert server_pid(store_dir) != left_over


async def test_a_left_over_server_that_hangs_is_killed(store_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not react to a polite request."""
    monkeypatch.setattr(keeper, "STOP_SECONDS", 0.4)
    first = a_bot(store_dir)
    left_over = server_pid(store_dir)
    first.kill()
    first.communicate()
    os.kill(left_over, signal.SIGSTOP)

    async with on_server(store_dir) as store:
        assert await store.marks.get("kept") == "yes"
    assert not alive(left_over)


async def test_a_killed_server_is_started_again_and_nothing_acknowledged_is_lost(store_dir: Path) -> None:
    """kill -9 of the server three times during work: the bot goes on, and what was answered is there."""
    acknowledged: list[Article] = []
    claims = 0
    async with on_server(store_dir) as store:
        for number in range(150):
            if number in {30, 60, 90}:
                os.kill(server_pid(store_dir), signal.SIGKILL)
            article = Article(str(number), f"https://trains.example/{number}", f"Train {number}")
            await store.articles.add(article, source="trains", at=NOW, queues=["main"])
            acknowledged.append(article)
            claims += bool(await store.ledger.claim(Slot(article.key, CHANNEL), now=NOW, lease=timedelta(hours=1)))
        assert await store.articles.unknown(acknowledged) == []
        assert await store.queues.sizes(["main"]) == {"main": 150}
        assert claims == 150
        assert len(await store.overdue.expire(now=NOW + timedelta(hours=1))) == 150


async def test_many_writers_survive_the_death_of_the_server(store_dir: Path) -> None:
    """Writes whose answer got lost are errors; every write that was answered is there."""
    answered: list[int] = []

    async def write(store: Store, number: int) -> None:
        try:
            await store.client.write("SADD", "depeche:test", number)
            answered.append(number)
        except StoreError:
            pass  # its answer got lost: nobody knows

    async with on_server(store_dir) as store:
        async with asyncio.TaskGroup() as group:
            for number in range(400):
                group.create_task(write(store, number))
            await until(lambda: len(answered) > 50)
            os.kill(server_pid(store_dir), signal.SIGKILL)
        kept = {int(member) for member in await store.client.read("SMEMBERS", "depeche:test")}
    assert len(answered) > 50
    assert set(answered) - kept == set()


async def test_a_server_that_can_not_come_back_is_tried_again(store_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While its disk is in trouble the bot lives on without it, and goes on when the trouble is over."""
    monkeypatch.setattr(keeper, "RESTART_PAUSES", (0.0, 0.02))
    with capture_logs() as logs:
        async with on_server(store_dir) as store:
            await store.marks.put("kept", "yes")
            (store_dir / "appendonlydir").rename(store_dir / "away")
            (store_dir / "appendonlydir").write_text("not a folder")
            os.kill(server_pid(store_dir), signal.SIGKILL)
            await until(lambda: any(line["event"] == "store.server_down" for line in logs))
            (store_dir / "appendonlydir").unlink()
            (store_dir / "away").rename(store_dir / "appendonlydir")
            assert await store.marks.get("kept") == "yes"
    assert {"store.server_died", "store.server_down", "store.server_started_again"} <= {line["event"] for line in logs}


def _changes(store_dir: Path) -> Path:
    """The file of changes that the server reads at its start."""
    return max((store_dir / "appendonlydir").glob("*.incr.aof"))


async def test_a_cut_tail_is_loaded(store_dir: Path) -> None:
    """A power cut in the middle of a write: everything before it is there."""
    async with on_server(store_dir) as store:
        await store.marks.put("first", "yes")
        await store.marks.put("last", "yes")
    whole = _changes(store_dir).read_bytes()
    _changes(store_dir).write_bytes(whole[:-5])

    async with on_server(store_dir) as store:
        assert await store.marks.get("first") == "yes"
        assert await store.marks.get("last") is None


async def test_a_damaged_record_is_named_with_what_to_do(store_dir: Path) -> None:
    """Damage in the middle is not guessed away: the end of the server's log is shown, and a way out."""
    async with on_server(store_dir) as store:
        for number in range(20):
            await store.marks.put("kept", str(number))
    whole = _changes(store_dir).read_bytes()
    _changes(store_dir).write_bytes(whole[:100] + b"\0" * 50 + whole[150:])

    with pytest.raises(StoreError) as caught:
        async with on_server(store_dir):
            pass
    assert "Bad file format" in str(caught.value)
    assert "depeche import" in str(caught.value)
    assert str(store_dir / "valkey.log") in str(caught.value)
