"""Posts whose outcome nobody told: in the end there is exactly one of them, or exactly one question to the admins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.channels.deadlines import Deadlines
from bot.model import Article, Slot, SlotState
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, EDITOR_ID, LOG_CHAT, WALL
from bot.service import App
from bot.wishes import NOTHING, Wish
from scheduler.evidence import Patience
from tests.journeys.newsroom import (
    ANNA,
    EDITOR,
    ILYA,
    YOU,
    asks,
    fresh,
    has_read,
    headlines,
    is_listening,
    said,
    settings,
)
from tests.journeys.process import depeche, write_settings
from tests.waiting import until, until_true

QUICK = Deadlines(connect=1.0, total=1.2, grace=0.5, pause=0.02)
IMPATIENT = Patience(
    first=timedelta(seconds=0.1),
    pauses=(timedelta(seconds=0.2), timedelta(seconds=0.4)),
    settle=timedelta(seconds=0.6),
)
LOG_CHAT_ID = int(LOG_CHAT.partition(":")[2])
FAULTS: list[fault.Fault] = [
    fault.AcceptThenDrop(),
    fault.DropBefore(),
    fault.Cut(),
    fault.Hang(),
    fault.AcceptThenHang(),
    fault.Status(500),
    fault.HtmlPage(502),
]


@dataclass
class Newsroom:
    """A bot at work, and everything around it."""

    sandbox: Sandbox
    app: App

    def publish(self) -> str:
        """One more article; its slug."""
        self.sandbox.newsroom.publish_next()
        return fresh(self.sandbox)[-1]

    async def stand(self, *slugs: str, at: str = CHANNEL) -> None:
        await until(lambda: headlines(self.sandbox, at) == list(slugs), f"{slugs} stand at {at}")

    def questions(self) -> list[str]:
        """What the editor was asked."""
        return [text for text in said(self.sandbox, EDITOR) if "Не знаю, вышел ли этот пост" in text]

    async def states(self, slug: str) -> set[SlotState]:
        """How the article's public slots ended."""
        article = await self.app.store.articles.find(self.sandbox.newsroom.page_url(slug))
        slots = [Slot(article.key, channel.place) for channel in self.app.channels] if article else []
        return {word.state for word in await self.app.store.ledger.states(slots) if word is not None}

    async def waits(self, slug: str) -> Article:
        """The article, once it waits on both channels."""
        url, store = self.sandbox.newsroom.page_url(slug), self.app.store

        async def waiting() -> bool:
            queues = [await store.queues.waiting(queue) for queue in ("channel", "wall")]
            return all(any(one.url == url for one in queue) for queue in queues)

        await until_true(waiting, f"{slug} waits")
        article = await store.articles.find(url)
        assert article is not None
        return article

    async def is_settled(self, slug: str) -> None:
        """Nothing about the article is left to find out."""

        async def settled() -> bool:
            return await self.states(slug) == {SlotState.SENT}

        await until_true(settled, f"{slug} is known to be sent")

    async def presses(self, label: str, chat: str = EDITOR) -> None:
        """A person presses the button under the last message that has it."""
        messages = reversed(self.sandbox.world.chat(chat).messages.values())
        message = next(one for one in messages if any(key.label == label for row in one.keys for key in row))
        row, column = next(
            (row, column)
            for row, keys in enumerate(message.keys)
            for column, key in enumerate(keys)
            if key.label == label
        )
        await self.sandbox.world.press(chat, str(message.id), row, column)


@asynccontextmanager
async def bot_at_work(
    sandbox: Sandbox, folder: Path, *, log_chat: bool = False, **changes: Any
) -> AsyncIterator[Newsroom]:
    """The bot with little patience."""
    telegram = {"token": sandbox.telegram_token, "api_base": sandbox.telegram_api, "admins": [EDITOR_ID]}
    changes["telegram"] = telegram | ({"log_chat": LOG_CHAT_ID} if log_chat else {})
    configured = settings(sandbox, folder, **changes)
    async with open_app(configured, deadlines=QUICK, patience=IMPATIENT) as app:
        yield Newsroom(sandbox, app)


@asynccontextmanager
async def newsroom(folder: Path, *, log_chat: bool = False) -> AsyncIterator[Newsroom]:
    """The bot after its first post: from then on it knows where posts stand."""
    async with open_sandbox() as sandbox, bot_at_work(sandbox, folder, log_chat=log_chat) as room:
        sandbox.world.channel.can_edit = False
        await has_read(sandbox)
        await is_listening(sandbox)
        await asks(sandbox, EDITOR, "/start")
        first = room.publish()
        await room.stand(first)
        await room.stand(first, at=WALL)
        await room.is_settled(first)
        yield room


ASKED_FOR = [
    {"name": "channel", "platform": "telegram", "target": "@digest", "schedule": "0 9 1 1 *"},
    {"name": "wall", "platform": "vk", "target": "-220", "schedule": "0 9 1 1 *"},
]
"""Both post when an editor says so."""
EDITED = "As the editors put it"


@pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "did not arrive"])
async def test_a_post_in_the_editors_words_is_looked_for_in_them(tmp_path: Path, arrives: bool) -> None:
    """And sent again in them, if it is not there; nobody is asked, though the feed calls it otherwise, by now too."""
    broken = fault.AcceptThenDrop if arrives else fault.DropBefore
    async with (
        open_sandbox() as sandbox,
        bot_at_work(sandbox, tmp_path, log_chat=True, channels=ASKED_FOR) as room,
    ):
        sandbox.world.channel.can_edit = False
        await has_read(sandbox)
        await asks(sandbox, EDITOR, "/start")
        for slug, words in ((room.publish(), None), (room.publish(), EDITED)):
            article = await room.waits(slug)
            for queue in ("channel", "wall") if words else ():
                wish = Wish(revision=1, headline=words)
                assert await room.app.store.wishes.change(queue, article.key, before=NOTHING, after=wish)
            if words:
                sandbox.faults.add("telegram", "sendMessage", broken())
                sandbox.faults.add("vk", "wall.post", broken(), 2)
                sandbox.newsroom.correct(slug, headline="As the feed puts it later")
            await asks(sandbox, EDITOR, "/now")
            await room.is_settled(slug)
        for chat in (CHANNEL, WALL):
            assert sum(EDITED in text for text in said(sandbox, chat)) == 1
            assert len(said(sandbox, chat)) == 2
        assert room.questions() == []


@pytest.mark.parametrize("log_chat", [True, False], ids=["log-chat", "no-log-chat"])
async def test_a_channel_has_each_post_once_and_in_order(tmp_path: Path, log_chat: bool) -> None:
    """Whatever becomes of the call or its answer: found when it is there, sent again when it surely is not, and the
    article after it waits that long. Nothing is left in the log chat, and nobody is asked."""
    async with newsroom(tmp_path, log_chat=log_chat) as room:
        for broken in FAULTS:
            room.sandbox.faults.add("telegram", "sendMessage", broken)
            second, third = room.publish(), room.publish()
            await until(lambda: headlines(room.sandbox, CHANNEL) == fresh(room.sandbox), f"in order after {broken}")
            await room.is_settled(second)
            await room.is_settled(third)
        assert headlines(room.sandbox, CHANNEL) == fresh(room.sandbox)
        assert room.questions() == []
        assert room.sandbox.world.chat(LOG_CHAT).messages == {}


async def test_a_wall_has_each_post_once_and_in_order(tmp_path: Path) -> None:
    """VK knows a repeat by its key, and tells of new posts. The call fails as often as the door itself tries it, and
    more often."""
    async with newsroom(tmp_path) as room:
        for number, broken in enumerate(FAULTS):
            room.sandbox.faults.add("vk", "wall.post", broken, times=2 + number % 2)
            second, third = room.publish(), room.publish()
            await until(lambda: headlines(room.sandbox, WALL) == fresh(room.sandbox), f"in order after {broken}")
            await room.is_settled(second)
            await room.is_settled(third)
            room.sandbox.faults.clear()
        assert headlines(room.sandbox, WALL) == fresh(room.sandbox)
        assert room.questions() == []


async def test_the_event_alone_settles_a_wall_post(tmp_path: Path) -> None:
    """Every repeat fails, and still it is known that the first is there."""
    async with newsroom(tmp_path) as room:
        room.sandbox.faults.add("vk", "wall.post", fault.AcceptThenDrop())
        room.sandbox.faults.add("vk", "wall.post", fault.Status(500), times=99)
        second = room.publish()
        await room.is_settled(second)
        assert headlines(room.sandbox, WALL) == fresh(room.sandbox)
        assert room.questions() == []


@asynccontextmanager
async def asked(folder: Path, *, posted: bool) -> AsyncIterator[Newsroom]:
    """A bot that can't look (it may edit the posts of others, and has no log chat), in doubt about one post."""
    async with newsroom(folder) as room:
        room.sandbox.world.channel.can_edit = True
        room.sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenDrop() if posted else fault.DropBefore())
        room.publish()
        await until(room.questions, "the editor is asked")
        yield room


@pytest.mark.parametrize("posted", [True, False])
async def test_what_can_not_be_found_out_is_asked_once(tmp_path: Path, posted: bool) -> None:
    """One question to the admins, and the channel goes on."""
    async with asked(tmp_path, posted=posted) as room:
        doubtful, later = fresh(room.sandbox)[-1], room.publish()
        await until(lambda: later in headlines(room.sandbox, CHANNEL), "the channel goes on")
        await room.is_settled(later)
        assert len(room.questions()) == 1
        assert headlines(room.sandbox, CHANNEL).count(doubtful) == posted
        assert "1 пост без подтверждения" in await asks(room.sandbox, EDITOR, "/unconfirmed")
        assert "Не подтверждено: 1" in await asks(room.sandbox, EDITOR, "/status")


async def test_the_question_survives_a_restart_and_is_not_repeated(tmp_path: Path) -> None:
    """It stays open, and nobody is asked again."""
    async with open_sandbox() as sandbox:
        async with bot_at_work(sandbox, tmp_path) as room:
            await has_read(sandbox)
            await asks(sandbox, EDITOR, "/start")
            sandbox.faults.add("telegram", "sendMessage", fault.DropBefore())
            room.publish()
            await until(room.questions, "the editor is asked: there is no post yet from which to look on")
        async with bot_at_work(sandbox, tmp_path) as again:
            later = again.publish()
            await until(lambda: later in headlines(sandbox, CHANNEL), "the channel goes on")
            assert "1 пост без подтверждения" in await asks(sandbox, EDITOR, "/unconfirmed")
            assert len(again.questions()) == 1


async def test_pressing_it_is_there_ends_the_doubt(tmp_path: Path) -> None:
    """Nothing is sent; the button works once."""
    async with asked(tmp_path, posted=True) as room:
        doubtful = fresh(room.sandbox)[-1]
        await room.presses("Пост на месте")
        await room.is_settled(doubtful)
        await until(lambda: "пост на месте." in said(room.sandbox, EDITOR)[-1], "the answer")
        assert "Всё подтверждено" in await asks(room.sandbox, EDITOR, "/unconfirmed")
        assert headlines(room.sandbox, CHANNEL) == fresh(room.sandbox)
        await until(lambda: "✓ unconfirmed post: “" in said(room.sandbox, EDITOR)[-1], "all who were asked hear of it")


async def test_pressing_send_again_sends_it_once(tmp_path: Path) -> None:
    """Also when two admins press, or one of them twice."""
    async with asked(tmp_path, posted=False) as room:
        doubtful = fresh(room.sandbox)[-1]
        [message] = [one for one in room.sandbox.world.chat(EDITOR).messages.values() if one.keys][-1:]
        token = message.keys[0][1].value
        await room.presses("Отправить снова")
        await room.stand(*fresh(room.sandbox))
        await room.is_settled(doubtful)
        assert "уже решено" in await asks(room.sandbox, EDITOR, token)
        later = room.publish()
        await room.stand(*fresh(room.sandbox))
        assert headlines(room.sandbox, CHANNEL)[-1] == later


async def test_pressing_drop_leaves_it_unsent(tmp_path: Path) -> None:
    """For good."""
    async with asked(tmp_path, posted=False) as room:
        doubtful = fresh(room.sandbox)[-1]
        await room.presses("Не отправлять")
        await until_true(lambda: _is_skipped(room, doubtful), "it is skipped")
        later = room.publish()
        await until(lambda: headlines(room.sandbox, CHANNEL)[-1] == later, "the channel goes on")
        assert doubtful not in headlines(room.sandbox, CHANNEL)


async def _is_skipped(room: Newsroom, slug: str) -> bool:
    return SlotState.SKIPPED in await room.states(slug)


async def test_a_stranger_can_not_decide(tmp_path: Path) -> None:
    """What a button sends is answered to anybody else like a word that is none."""
    async with asked(tmp_path, posted=False) as room:
        [message] = [one for one in room.sandbox.world.chat(EDITOR).messages.values() if one.keys][-1:]
        token = message.keys[0][1].value
        nonsense = await asks(room.sandbox, YOU, "/nonsense")
        for text in (token, "/unconfirmed", "/why", "/why something"):
            assert await asks(room.sandbox, YOU, text) == nonsense
        assert len(await room.app.reconciling.decisions.open()) == 1


async def test_the_story_tells_it_all(tmp_path: Path) -> None:
    """Collected, due, asked to wait, sent: by the article's address and by that of its post."""
    async with newsroom(tmp_path) as room:
        room.sandbox.faults.add("telegram", "sendMessage", fault.TooMany(1))
        slug = room.publish()
        await room.is_settled(slug)
        url = room.sandbox.newsroom.page_url(slug)
        story = await asks(room.sandbox, EDITOR, f"/why {url}")
        number = max(room.sandbox.world.channel.messages)
        for part in ("Собрана ", " из digest", "channel:", "срок ", "Telegram попросил подождать 1 с", "отправлена "):
            assert part in story
        assert f"сообщение {number}" in story
        assert await asks(room.sandbox, EDITOR, f"/why https://t.me/digest/{number}") == story
        assert "не знаю" in await asks(room.sandbox, EDITOR, "/why https://t.me/digest/9999")


async def test_readers_are_not_sent_a_doubtful_message_twice(tmp_path: Path) -> None:
    """On VK it comes all the same, and once: VK drops a repeat by its number. On Telegram it is not repeated."""
    async with newsroom(tmp_path) as room:
        regions = {story.story.region for story in room.sandbox.newsroom.published}
        await asks(room.sandbox, ANNA, f"/subscribe {', '.join(sorted(regions))}")
        await asks(room.sandbox, ILYA, f"подписаться {', '.join(sorted(regions))}")
        for broken in (fault.AcceptThenDrop(), fault.DropBefore()):
            room.sandbox.faults.add("vk", "messages.send", broken, times=2)
            before = len(headlines(room.sandbox, ILYA))
            while len(headlines(room.sandbox, ILYA)) == before:
                slug = room.publish()
                await room.is_settled(slug)
                article = await room.app.store.articles.find(room.sandbox.newsroom.page_url(slug))
                assert article is not None
                wanted = article.region in regions
                await until(lambda: not wanted or slug in headlines(room.sandbox, ILYA), "Илья has it")  # noqa: B023 - awaited here
        assert len(set(headlines(room.sandbox, ILYA))) == len(headlines(room.sandbox, ILYA))
        assert headlines(room.sandbox, ANNA) == headlines(room.sandbox, ILYA)


async def test_a_killed_bot_posts_nothing_twice(tmp_path: Path) -> None:
    """kill -9 while the post is there and its answer is not: the next bot does not send it again."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL), "posted")
            sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenHang())
            sandbox.faults.add("vk", "wall.post", fault.AcceptThenHang())
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL), "posted")
            bot.process.kill()
            await bot.ends()
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await bot.has_said("started")
            posts = [call for call in sandbox.world.calls if call.method in ("sendMessage", "wall.post")]
            await has_read(sandbox, times=sum(call.method == "rss" for call in sandbox.world.calls) + 3)
            assert headlines(sandbox, CHANNEL) == fresh(sandbox) == headlines(sandbox, WALL)
            assert len(posts) == 4
