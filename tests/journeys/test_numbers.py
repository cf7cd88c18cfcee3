"""The numbers over the sandbox: people react, like, repost, click and subscribe, and an editor asks what came of it."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_app
from bot.sandbox import telegram_groups, vk_wall
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, GROUP_ID, WALL
from tests.journeys.newsroom import ANNA, EDITOR, ILYA, asks, has_read, headlines, is_listening, settings
from tests.waiting import until, until_true

CHANNELS = [
    {"name": "main", "platform": "telegram", "target": "@digest"},
    {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}", "short_links": True},
]


async def people_answer(sandbox: Sandbox) -> None:
    """Of the last post on each side."""
    telegram, vk = sandbox.telegram, sandbox.vk
    post = list(sandbox.world.channel.messages.values())[-1]
    telegram_groups.react(telegram, sandbox.world.channel, post, heart=2, fire=1)
    number = list(sandbox.world.wall.messages)[-1]
    for person in (42, 43, 44):
        vk_wall.like(vk, number, person)
    vk_wall.like(vk, number, 44, takes_back=True)
    vk_wall.repost(vk, number, 42)
    vk.longpoll.repeat_last()


def pictures(sandbox: Sandbox, chat: str) -> list[str]:
    return [one.photo for one in sandbox.world.chat(chat).messages.values() if one.photo and not one.raw.get("caption")]


async def test_an_editor_asks_what_came_of_the_posts(tmp_path: Path) -> None:
    """Lines and a picture, on Telegram in English and on VK in Russian; clicks come with the next start of the hour."""
    roles = {"viewer": ["vk:43"]}
    async with open_sandbox() as sandbox:
        ready = settings(sandbox, tmp_path, channels=CHANNELS, roles=roles)
        async with open_app(ready):
            await has_read(sandbox)
            await is_listening(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) and headlines(sandbox, WALL), "both are posted to")
            await asks(sandbox, EDITOR, "/language en")
            await asks(sandbox, ANNA, "/subscribe Science")
            await people_answer(sandbox)
            telling = ("3 reactions", "2 likes", "1 repost,", "subscribers +1 −0")

            async def told() -> bool:
                answer = await asks(sandbox, EDITOR, "/stats")
                return all(part in answer for part in telling)

            await until_true(told, "all of it is counted")
            await until(lambda: pictures(sandbox, EDITOR), "a picture")
            assert "3 реакции" in await asks(sandbox, ILYA, "статистика")
            await until(lambda: pictures(sandbox, ILYA), "a picture on VK")
            [key] = sandbox.vk.short_links
            sandbox.vk.opened[key] = 5
        async with open_app(ready):
            await until(lambda: any(call.method == "utils.getLinkStats" for call in sandbox.world.calls), "clicks")
            assert "5 clicks" in await asks(sandbox, EDITOR, "/stats")
