"""The bot as a process: stopping, being killed, being started twice, and losing its store."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from bot.sandbox.faults import Hang
from bot.sandbox.server import open_sandbox
from bot.sandbox.world import CHANNEL, WALL
from tests.journeys.newsroom import fresh, has_read, headlines
from tests.journeys.process import depeche, write_settings
from tests.waiting import until


async def test_sigterm_ends_the_bot_in_order(tmp_path: Path) -> None:
    """Exit code 0, soon; its redis goes with it; what was posted stays posted once after the next start."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await bot.has_said("started")
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted")
            began = time.monotonic()
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.ends() == 0
            assert time.monotonic() - began < 10
            assert not (tmp_path / "var" / "valkey.sock").exists()
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the second, and the first not again")


async def test_ctrl_c_ends_it_even_while_a_platform_hangs(tmp_path: Path) -> None:
    """A send that gets no answer does not hold up the end for longer than ten seconds, and is not repeated later:
    lost: nothing, doubled: nothing, one question for an admin."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            sandbox.faults.add("telegram", "sendMessage", Hang())
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "the wall does not wait for Telegram")
            await until(lambda: any(call.method == "sendMessage" for call in sandbox.world.calls), "being sent")
            began = time.monotonic()
            bot.process.send_signal(signal.SIGINT)
            assert await bot.ends() == 0
            assert time.monotonic() - began < 10
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "the wall goes on")
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox)[1:], "the channel goes on after it")


async def test_a_killed_bot_is_followed_by_one_that_goes_on(tmp_path: Path) -> None:
    """kill -9 leaves a redis behind; the next bot takes its place, posts what was missed, and repeats nothing."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL), "posted")
            await bot.has_said("delivery")
            bot.process.kill()
            await bot.ends()
        sandbox.newsroom.publish_next()
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "both, each once")
            await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "on the wall too")


async def test_a_killed_redis_is_started_again(tmp_path: Path) -> None:
    """The bot goes on by itself; lost: nothing."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            pid = int((tmp_path / "var" / "valkey.lock").read_text())
            os.kill(pid, signal.SIGKILL)
            sandbox.newsroom.publish_next()
            await bot.has_said("store.server_started_again")
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted after all")


async def test_a_second_bot_on_the_same_folder_is_turned_away(tmp_path: Path) -> None:
    """It says who has the folder and what to do, exits with 1, and the first bot does not notice."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as first:
            await has_read(sandbox)
            before = sorted(path.name for path in (tmp_path / "var").iterdir())
            async with depeche("run", cwd=tmp_path, env=env, log="second.log") as second:
                assert await second.ends() == 1
                assert f"in use by another bot, process {first.process.pid}" in second.said
                assert "Traceback" not in second.said
            assert sorted(path.name for path in (tmp_path / "var").iterdir()) == before
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the first goes on")


async def test_settings_that_cannot_be_used_exit_with_2(tmp_path: Path) -> None:
    """Every mistake in one message, no traceback, nothing started."""
    (tmp_path / "depeche.toml").write_text('language = "xx"\n[[sources]]\nname = "a"\n', encoding="utf-8")
    async with depeche("run", cwd=tmp_path, env={}) as bot:
        assert await bot.ends() == 2
    assert "language: found" in bot.said
    assert "sources[0].url: missing" in bot.said
    assert "Traceback" not in bot.said
    assert not (tmp_path / "var").exists()


async def test_a_redis_that_is_away_is_a_clear_error(tmp_path: Path) -> None:
    """At start: exit code 1 and a sentence with the address, without its password."""
    env = {"DEPECHE_REDIS__URL": "redis://user:hunter2@127.0.0.1:9/0"}
    async with depeche("run", cwd=tmp_path, env=env) as bot:
        assert await bot.ends(within=30) == 1
    assert "127.0.0.1:9" in bot.said
    assert "hunter2" not in bot.said
    assert "Traceback" not in bot.said


async def test_a_token_never_reaches_the_log(tmp_path: Path) -> None:
    """Neither a right one nor a wrong one, whatever goes wrong; the bot runs on and says what to do."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        env["DEPECHE_TELEGRAM__TOKEN"] = "987654321:WrongWrongWrongWrongWrongWrongWrong"
        env["DEPECHE_VK__TOKEN"] = "vk1.a.wrong-wrong"
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            await bot.has_said("problem")
            sandbox.newsroom.publish_next()
            await until(lambda: len(bot.events("problem")) >= 4, "both platforms and both channels are reported")
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.ends() == 0
        assert "WrongWrong" not in bot.said
        assert "wrong-wrong" not in bot.said
        assert "Traceback" not in bot.said
        assert headlines(sandbox, CHANNEL) == []


async def test_roles_need_a_redis_of_their_own(tmp_path: Path) -> None:
    """Parts of a bot can't share a store that lives in one of them."""
    async with depeche("run", "--role", "worker", cwd=tmp_path, env={}) as bot:
        assert await bot.ends() == 2
    assert "redis.url" in bot.said


async def test_the_demo_counts_what_arrived(tmp_path: Path) -> None:
    """The whole of it, without a screen: exit code 0 when everything arrived where it belongs, each once."""
    async with depeche("demo", "--headless", "--exit-after", "32", cwd=tmp_path, env={}) as demo:
        assert await demo.ends(within=50) == 0, demo.said
    assert "each once" in demo.said
    assert not (tmp_path / "var").exists()


async def test_a_demo_without_time_proves_nothing(tmp_path: Path) -> None:
    """Nothing arrived in three seconds, so it does not say that all is well."""
    async with depeche("demo", "--headless", "--exit-after", "3", cwd=tmp_path, env={}) as demo:
        assert await demo.ends(within=40) == 1
    assert "only 0 articles arrived" in demo.said
