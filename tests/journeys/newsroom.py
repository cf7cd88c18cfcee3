"""The whole bot over a sandbox, for journeys: settings to start from, and what stands where."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.config import Settings, given
from bot.sandbox.newsroom import OLD_AT_START
from bot.sandbox.server import Sandbox
from bot.sandbox.world import EDITOR_ID, GROUP_ID
from bot.sections import SourceSettings
from tests.waiting import PATIENCE_SECONDS, until

EDITOR = f"telegram:{EDITOR_ID}"
ANNA = "telegram:2002"
YOU = "telegram:2001"
ILYA = "vk:43"
SECOND, OFTEN = timedelta(seconds=1), timedelta(seconds=0.25)


def settings(sandbox: Sandbox, data_dir: Path, **changes: Any) -> Settings:
    """A newsroom with one source, a channel and a wall, both at once; `changes` replace whole sections."""
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "timezone": "Europe/Moscow",
        "telegram": {"token": sandbox.telegram_token, "api_base": sandbox.telegram_api, "admins": [EDITOR_ID]},
        "vk": {"token": sandbox.vk_token, "api_base": sandbox.vk_api, "group_id": GROUP_ID},
        "fetch": {"allow_networks": ["127.0.0.0/8"]},
        "sources": [{"name": "digest", "url": sandbox.feed_url, "every": "1s"}],
        "channels": [
            {"name": "channel", "platform": "telegram", "target": "@digest"},
            {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}"},
        ],
    }
    told = given(values | changes)
    return told.model_copy(update={"sources": tuple(_often(source) for source in told.sources)})


def _often(source: SourceSettings) -> SourceSettings:
    """Read more often than settings may ask for, where they ask for the most: a journey waits for each reading."""
    return source.model_copy(update={"every": OFTEN}) if source.every == SECOND else source


def headlines(sandbox: Sandbox, chat: str) -> list[str]:
    """The articles the bot has put into a chat, in order, by slug; whatever else it said is left out."""
    stories = [one.story for one in sandbox.newsroom.published]
    messages = [one for one in sandbox.world.chat(chat).messages.values() if one.sender == "bot"]
    return [story.slug for message in messages for story in stories if is_article(message.text, story.headline)]


def is_article(text: str, headline: str) -> bool:
    """Whether a message brings the article; one that names it as an example of what will come does not."""
    return headline in text and f"· {headline}" not in text


def said(sandbox: Sandbox, chat: str) -> list[str]:
    """Everything the bot has said in a chat."""
    return [one.text for one in sandbox.world.chat(chat).messages.values() if one.sender == "bot"]


def fresh(sandbox: Sandbox) -> list[str]:
    """What was published since the newsroom opened, in order."""
    return [one.story.slug for one in sandbox.newsroom.published[OLD_AT_START:]]


async def has_read(sandbox: Sandbox, times: int = 1, *, within: float = PATIENCE_SECONDS) -> None:
    """The bot has read the feed, and so knows what is old."""
    await until(
        lambda: sum(call.platform == "news" and call.method == "rss" for call in sandbox.world.calls) > times,
        "the bot reads the feed",
        within=within,
    )


async def is_listening(sandbox: Sandbox) -> None:
    """VK tells a new listener nothing of what was said before it came."""
    await until(
        lambda: any(call.method == "groups.getLongPollServer" for call in sandbox.world.calls), "the bot listens to VK"
    )


async def asks(sandbox: Sandbox, chat: str, text: str) -> str:
    """A person says something; what the bot answers."""
    before = len(said(sandbox, chat))
    await sandbox.world.say(chat, text)
    await until(lambda: len(said(sandbox, chat)) > before, f"an answer to {text!r}")
    return said(sandbox, chat)[before]
