"""Much at once: a burst into one channel, readers by the dozen, and a chat that was told to wait for half a day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import lanes
from bot.app import open_app
from bot.model import Platform
from bot.pacing import TELEGRAM
from bot.sandbox import telegram_core
from bot.sandbox.faults import TooMany
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from bot.sandbox.world import CHANNEL, WALL
from tests.journeys.newsroom import ANNA, YOU, asks, fresh, has_read, headlines, settings
from tests.waiting import until

BURST = 50
MINUTE = timedelta(seconds=5)
"""How long the sandbox's minute lasts here."""
CHANNEL_ONLY = [{"name": "channel", "platform": "telegram", "target": "@digest"}]


@pytest.fixture
def short_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of twenty posts passes in MINUTE, on both sides; ten in a second are allowed in one chat."""
    monkeypatch.setattr(telegram_core, "_MINUTE", MINUTE)
    limits = replace(
        TELEGRAM, chat_every=timedelta(seconds=0.11), chat_burst=1, group_span=MINUTE + timedelta(seconds=0.5)
    )
    monkeypatch.setitem(lanes.LIMITS, Platform.TELEGRAM, limits)


def publish(sandbox: Sandbox, number: int) -> None:
    """So many articles at once: the sandbox's own, and then variations of them."""
    sample = [one.story for one in sandbox.newsroom.published]
    for again in range(number):
        if not sandbox.newsroom.waiting:
            story = sample[again % len(sample)]
            slug, headline = f"{story.slug}-{again}", f"Заметка{again:03}"
            sandbox.newsroom.add(replace(story, slug=slug, headline=headline))
        sandbox.newsroom.publish_next()


@contextmanager
def refusals() -> Iterator[list[str]]:
    """Every 429 of the sandbox's limits, by the chat."""
    refused: list[str] = []
    check = telegram_core.Limits.check

    def counted(self: telegram_core.Limits, chat: Chat, world: object) -> None:
        try:
            check(self, chat, world)  # type: ignore[arg-type]  # the World it is given
        except telegram_core.Refusal:
            refused.append(chat.name)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telegram_core.Limits, "check", counted)
        yield refused


async def quick(sandbox: Sandbox, chat: str, text: str) -> float:
    """Seconds until a person has an answer."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asks(sandbox, chat, text)
    return loop.time() - began


@pytest.mark.usefixtures("short_minute")
async def test_a_burst_into_one_channel_is_posted_in_order_without_a_refusal(tmp_path: Path) -> None:
    """Fifty articles at once, twenty a minute allowed: fifty posts, in order, no 429; and people who talk to the
    bot meanwhile have their answers at once."""
    async with open_sandbox() as sandbox:
        limits = sandbox.telegram.limits
        limits.per_second, limits.per_chat_second, limits.per_group_minute = 30, 10, 20
        with refusals() as refused:
            async with open_app(settings(sandbox, tmp_path, channels=CHANNEL_ONLY)):
                await has_read(sandbox)
                publish(sandbox, BURST // 2)
                await until(lambda: len(headlines(sandbox, CHANNEL)) > 3, "the burst has begun")
                publish(sandbox, BURST // 2)  # the feed shows thirty
                waited = [await quick(sandbox, chat, "/help") for chat in (ANNA, YOU) * 4]
                assert len(headlines(sandbox, CHANNEL)) < BURST
                await until(lambda: len(headlines(sandbox, CHANNEL)) >= BURST, "all are posted", within=40)
        assert refused == []
        assert headlines(sandbox, CHANNEL) == fresh(sandbox)
        assert max(waited) < 2


async def test_a_chat_that_must_wait_for_half_a_day_delays_nobody(tmp_path: Path) -> None:
    """The channel is told to wait 43,837 s. The wall, a reader and the commands go on, and the channel is left alone,
    also by the next start."""
    async with open_sandbox() as sandbox:

        def asked_channel() -> int:
            sends = [call for call in sandbox.world.calls if call.method == "sendMessage"]
            return sum(str(call.params.get("chat_id")) == "@digest" for call in sends)

        for _ in range(2):
            async with open_app(settings(sandbox, tmp_path)):
                await has_read(sandbox)
                if not asked_channel():
                    sandbox.faults.add("telegram", "sendMessage", TooMany(43_837))
                    publish(sandbox, 1)
                    await until(asked_channel, "the channel was told to wait")
                    await asks(sandbox, ANNA, "/subscribe Европа")
                before = len(headlines(sandbox, WALL))
                publish(sandbox, 6)
                assert await quick(sandbox, YOU, "/help") < 2
                await until(lambda: len(headlines(sandbox, WALL)) == before + 6, "the wall has them all")  # noqa: B023 - awaited here
                await until(lambda: len(headlines(sandbox, ANNA)) == european(sandbox), "the reader has them")
        assert headlines(sandbox, CHANNEL) == []
        assert asked_channel() == 1


def european(sandbox: Sandbox) -> int:
    """How many articles the reader is to have: all but those of before the subscription."""
    stories = [one.story for one in sandbox.newsroom.published]
    return sum(story.region == "Европа" for story in stories if story.slug in fresh(sandbox)[1:])
