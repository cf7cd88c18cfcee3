"""A day's log, at the bot's own verbosity, holds nothing of anybody."""

from __future__ import annotations

import re
from pathlib import Path

from bot.sandbox import faults, telegram_groups, vk_chats
from bot.sandbox.server import open_sandbox
from bot.sandbox.state import Chat
from tests.journeys.newsroom import asks, fresh, has_read, headlines, is_listening
from tests.journeys.newsroom import said as said_in
from tests.journeys.process import depeche, write_settings
from tests.waiting import until

XENIA, OSIP = "telegram:730011997", "vk:881155331"
PERSONAL = (
    *("730011997", "881155331", "Ксенофонтова", "ksenofontova", "Осип Мандельштамов"),
    *("Единороги", "единороги", "мой секрет", "Драконы", "Дворик"),
)
"""Numbers, names and words of two people."""


async def test_a_days_log_names_nobody(tmp_path: Path) -> None:
    """Two people subscribe, get articles, fail to, block and come back, take their data away and are forgotten: the log
    tells of all that happened, and of nobody."""
    async with open_sandbox() as sandbox:
        world = sandbox.world
        xenia = world.add_chat(Chat("telegram", 730011997, "private", "Ксенофонтова", username="ksenofontova"))
        osip = world.add_chat(Chat("vk", 881155331, "private", "Осип Мандельштамов"))
        group = world.add_chat(Chat("telegram", -1005, "supergroup", "Дворик", bot_status="member", admins={xenia.id}))
        talk = world.add_chat(Chat("vk", 2_000_000_001, "group", "Дворик", admins={osip.id}))
        async with depeche("run", cwd=tmp_path, env=write_settings(tmp_path, sandbox)) as bot:
            await bot.has_said("started")
            await has_read(sandbox)
            await is_listening(sandbox)
            await asks(sandbox, XENIA, "/subscribe Наука, Европа, Единороги")
            await asks(sandbox, OSIP, "подписаться Наука, Европа, Драконы")
            await asks(sandbox, XENIA, "мой секрет")
            telegram_groups.say(sandbox.telegram, group, xenia, "/subscribe Единороги")
            vk_chats.say(sandbox.vk, talk, osip, "/подписаться Драконы")
            await until(
                lambda: said_in(sandbox, group.name) and said_in(sandbox, talk.name), "both groups are answered"
            )
            for lost in (faults.HtmlPage(), faults.TooMany(1), faults.TelegramError(403, "Forbidden: bot was blocked")):
                sandbox.faults.add("telegram", "sendMessage", lost)
                asked = len(await sandbox.world.called("telegram", "sendMessage"))
                await sandbox.world.say(XENIA, "/mytags")
                await sandbox.world.called("telegram", "sendMessage", asked + 1)  # so that no post meets the fault
            sandbox.faults.add("vk", "messages.send", faults.VkError(901, "no permission"))
            for _ in range(5):
                sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, "telegram:-1001000000001") == fresh(sandbox), "posted")
            for chat in (XENIA, OSIP):
                sandbox.world.block(chat)
                sandbox.world.unblock(chat)
            await asks(sandbox, XENIA, "/export")
            await asks(sandbox, OSIP, "мои данные")
            await asks(sandbox, XENIA, "/forget yes")
            deliveries = bot.events("delivery")
        said = bot.said
    assert deliveries
    assert any("~" in str(line["slot"]) for line in deliveries)
    assert [word for word in PERSONAL if re.search(rf"(?<!\d){word}(?!\d)", said)] == []
