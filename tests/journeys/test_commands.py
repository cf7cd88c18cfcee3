"""Commands that ask the network, as processes of their own: what is on stdout, what on stderr, and the exit code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from bot.sandbox.server import open_sandbox
from tests.commands import Told
from tests.journeys.nursery import start
from tests.journeys.process import depeche, environment, write_settings
from tests.journeys.test_webhook import free_port
from tests.waiting import until_true


async def command(*arguments: str, cwd: Path, env: Mapping[str, str]) -> Told:
    """`python -m bot …` to its end."""
    folder = Path(mkdtemp(dir=cwd))
    out, err = folder / "stdout", folder / "stderr"
    code = await start("bot", *arguments, cwd=cwd, env=environment(env), out=out, err=err).wait()
    return Told(code, out.read_text("utf-8"), err.read_text("utf-8"))


def found(told: Told) -> dict[str, dict[str, Any]]:
    """The doctor's findings by what was looked at."""
    return {finding["check"]: finding for finding in told.document}


async def test_the_doctor_finds_a_healthy_newsroom(tmp_path: Path) -> None:
    """Everything is in order, exit code 0; one JSON document on stdout and nothing on stderr."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        told = await command("doctor", "--json", cwd=tmp_path, env=env)
        assert told.code == 0, told
        assert told.err == ""
        findings = found(told)
        assert findings.keys() >= {"settings", "redis", "telegram", "vk", "source digest", "clock"}
        assert all(finding["ok"] for finding in findings.values())
        assert not [call for call in sandbox.world.calls if call.method in {"sendMessage", "wall.post"}]


async def test_the_doctor_names_every_trouble_at_once(tmp_path: Path) -> None:
    """A wrong token, a missing right, a feed that is away: exit code 1, each with what to do, and no token shown."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        text = (tmp_path / "depeche.toml").read_text(encoding="utf-8")
        (tmp_path / "depeche.toml").write_text(text.replace("/news/rss", "/news/none"), encoding="utf-8")
        sandbox.world.channel.can_post = False
        env["DEPECHE_VK__TOKEN"] = "vk1.a.wrong-wrong"
        told = await command("doctor", "--json", cwd=tmp_path, env=env)
        assert told.code == 1
        findings = found(told)
        assert "Administrators" in findings["telegram"]["say"]
        assert "vk.token" in findings["vk"]["say"]
        assert not findings["source digest"]["ok"]
        assert "wrong-wrong" not in told.out + told.err


async def test_a_page_and_a_feed_by_their_address(tmp_path: Path) -> None:
    """`extract URL` and `feed URL` read what a browser would."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        story = sandbox.newsroom.published[-1].story
        page, feed = await asyncio.gather(
            command("extract", sandbox.newsroom.page_url(story.slug), "--json", cwd=tmp_path, env=env),
            command("feed", sandbox.feed_url, "--json", cwd=tmp_path, env=env),
        )
        assert page.document["headline"] in story.headline
        assert (page.code, page.err, feed.code, feed.err) == (0, "", 0, "")
        assert len(feed.document["entries"]) == len(sandbox.newsroom.published)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "http://169.254.169.254/latest"])
async def test_an_address_that_cannot_be_read_exits_with_1(tmp_path: Path, address: str) -> None:
    """Nobody there, or a place a newsroom has no business in: a sentence, no traceback."""
    told = await command("extract", address, "--json", cwd=tmp_path, env={})
    assert (told.code, told.out) == (1, "")
    assert told.err
    assert "Traceback" not in told.err


async def test_looking_into_the_state_of_a_running_bot(tmp_path: Path) -> None:
    """`health`, `plan` and `why` work beside it and leave it running."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox) | {"DEPECHE_WEB__PORT": str(free_port())}
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await bot.has_said("started")

            async def is_well() -> bool:
                return (await command("health", cwd=tmp_path, env=env)).code == 0

            await until_true(is_well, "the bot says that it is well")
            plan = await command("plan", "--json", cwd=tmp_path, env=env)
            assert (plan.code, plan.document, plan.err) == (0, [], "")
            url = sandbox.newsroom.page_url(sandbox.newsroom.published[0].story.slug)
            why = await command("why", url, cwd=tmp_path, env=env)
            assert why.code == 0
            assert "before the first reading" in why.out
            assert bot.process.returncode is None
        health = await command("health", cwd=tmp_path, env=env)
        assert health.code == 1
        assert json.dumps(health.out) == '""'
