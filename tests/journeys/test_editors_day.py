"""An editor's day on a phone, over the sandbox: a draft, a queue, a text of one's own, and who did what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from aiohttp import ClientSession

from bot.app import open_app
from bot.sandbox.demo import planned
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, EDITOR_ID, GROUP_ID, WALL
from tests.journeys.newsroom import EDITOR, asks, fresh, has_read, headlines, said, settings
from tests.waiting import until, until_true

LONG = "The bridge is closed until Monday, and the ferry runs every hour instead."


async def presses(sandbox: Sandbox, label: str) -> None:
    """The editor presses a button of the last message that has it."""
    for message in reversed(list(sandbox.world.chat(EDITOR).messages.values())):
        for row, keys in enumerate(message.keys):
            for column, key in enumerate(keys):
                if key.label == label:
                    await sandbox.world.press(EDITOR, str(message.id), row, column)
                    return
    raise AssertionError(f"no button {label!r} in {said(sandbox, EDITOR)}")


async def has_said(sandbox: Sandbox, words: str) -> None:
    await until(lambda: any(words in text for text in said(sandbox, EDITOR)), f"the bot says {words!r}")


async def test_an_editors_day(tmp_path: Path) -> None:
    """A draft comes, is approved and goes out; a text goes into the wall's queue, and out by "post now" without waiting
    for the slot; the log tells both."""
    channels = [
        {"name": "main", "platform": "telegram", "target": "@digest", "approval": True},
        {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}", "schedule": "0 9 1 1 *"},
    ]
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path, language="en", channels=channels)):
        await has_read(sandbox)
        await asks(sandbox, EDITOR, "/language en")  # a bot can't be the first to speak
        sandbox.newsroom.publish_next()
        await has_said(sandbox, "Draft: 0 of 1 approvals")
        assert headlines(sandbox, EDITOR)[:1] == fresh(sandbox), "the draft is the very post"
        assert headlines(sandbox, CHANNEL) == []
        await presses(sandbox, "Approve")
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the approved draft is out")
        await sandbox.world.say(EDITOR, LONG)
        await has_said(sandbox, "On which channel?")
        await presses(sandbox, "wall")
        await has_said(sandbox, f"Queued by telegram {EDITOR_ID}.")
        await presses(sandbox, "Post now")
        await until(lambda: any(LONG[:20] in text for text in said(sandbox, WALL)), "the text is on the wall")
        log = await asks(sandbox, EDITOR, "/audit")
        assert "/queue approve" in log
        assert "/queue now" in log


async def test_the_board_shows_the_plan_of_the_queue(tmp_path: Path) -> None:
    """The bot beside the board tells it what `/queue` tells the editor: when, where, what and why."""
    async with open_sandbox() as sandbox:
        slot = sandbox.world.now() + timedelta(minutes=30)
        wall = {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}", "schedule": f"{slot:%-M} * * * *"}
        async with open_app(settings(sandbox, tmp_path, channels=[wall])) as app, ClientSession() as browser:
            await has_read(sandbox)
            with planned(app, sandbox):
                sandbox.newsroom.publish_next()
                await until_true(lambda: waits(browser, sandbox), "the article waits on the board")
                [line] = await waits(browser, sandbox)
                assert line["time"] == slot.replace(second=0, microsecond=0).isoformat()
                assert (line["channel"], line["headline"]) == ("wall", sandbox.newsroom.published[-1].story.headline)
                told = await asks(sandbox, EDITOR, "/queue")
                assert line["headline"] in told
                assert line["why"] in told
            async with browser.get(f"{sandbox.url}/board/plan") as answer:
                assert answer.status == 404


async def waits(browser: ClientSession, sandbox: Sandbox) -> list[dict[str, str]]:
    async with browser.get(f"{sandbox.url}/board/plan") as answer:
        lines: list[dict[str, str]] = (await answer.json())["lines"]
        return lines
