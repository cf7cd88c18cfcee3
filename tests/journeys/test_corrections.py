"""Corrections and retractions, end to end: every place is edited once, whatever goes wrong on the way."""

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
from bot.sandbox import faults as fault
from bot.sandbox.newsroom import OLD_AT_START, sample_stories
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Message
from bot.sandbox.world import CHANNEL, GROUP_ID, WALL
from bot.service import App
from scheduler import corrections
from tests.journeys.newsroom import ANNA, EDITOR, ILYA, YOU, asks, has_read, is_listening, said, settings
from tests.waiting import until, until_true

QUICK = Deadlines(connect=1.0, total=1.0, grace=1.0, pause=0.02)
NEW = "Harbour Gazette: the clock tower strikes thirteen"
EDITS = ("editMessageText", "editMessageCaption", "wall.edit", "messages.edit")
DELETIONS = ("deleteMessage", "wall.delete", "messages.delete")
CHANGES = (*DELETIONS, "wall.edit", "messages.edit")
"""What a retraction may call; the editor's own screen is drawn anew with editMessageText."""


@dataclass
class Newsroom:
    """One article is on its way to the channel, the wall, Anna and Илья."""

    sandbox: Sandbox
    app: App
    slug: str = ""

    async def is_out(self) -> None:
        """Publish the next article and wait until everybody has it."""
        self.slug = self.sandbox.newsroom.publish_next()
        headline = self.sandbox.newsroom.published[-1].story.headline
        for chat in (CHANNEL, WALL, ANNA, ILYA):
            await self.appears(chat, headline)

    def in_(self, chat: str, text: str) -> list[Message]:
        """The bot's messages in a chat with these words."""
        return [
            one for one in self.sandbox.world.chat(chat).messages.values() if one.sender == "bot" and text in one.text
        ]

    async def appears(self, chat: str, text: str) -> None:
        """Wait until the words stand in a chat."""
        await until(lambda: self.in_(chat, text), f"{chat} shows {text!r}")

    async def vanishes(self, chat: str, text: str) -> None:
        """Wait until they don't."""
        await until(lambda: not self.in_(chat, text), f"{chat} is rid of {text!r}")

    def calls(self, *methods: str) -> list[str]:
        """What of these was asked of the networks, in order."""
        return [call.method for call in self.sandbox.world.calls if call.method in methods]

    def told(self, words: str) -> list[str]:
        """What the editor was told with these words."""
        return [text for text in said(self.sandbox, EDITOR) if words in text]

    async def is_settled(self) -> None:
        """Nothing of any edition is left to be done now, and what was done is written down."""

        async def closed() -> bool:
            due, _ = await self.app.store.amendments.due(now=self.sandbox.world.now())
            return not due

        await until_true(closed, "everything is settled")


@asynccontextmanager
async def a_newsroom(
    sandbox: Sandbox, folder: Path, *, lease: timedelta = timedelta(seconds=2), **changes: Any
) -> AsyncIterator[Newsroom]:
    async with open_app(settings(sandbox, folder, **changes), lease=lease, deadlines=QUICK) as app:
        yield Newsroom(sandbox, app)


async def welcomed(sandbox: Sandbox) -> None:
    """The readers have subscribed to what comes next, and the editor has opened the chat."""
    await has_read(sandbox)
    await is_listening(sandbox)
    await asks(sandbox, EDITOR, "/start")
    tags = ", ".join(sample_stories()[OLD_AT_START].tags)
    await asks(sandbox, ANNA, f"/subscribe {tags}")
    await asks(sandbox, ILYA, f"подписаться {tags}")


async def reads_again(sandbox: Sandbox) -> None:
    """The bot reads the feed twice more: what the first reading found is dealt with then."""
    await has_read(sandbox, 1 + sum(call.method == "rss" for call in sandbox.world.calls))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is of unknown outcome is repeated after a moment, not after a quarter of a minute."""
    monkeypatch.setattr(corrections, "AGAIN", timedelta(milliseconds=50))


def with_user_token(sandbox: Sandbox) -> dict[str, Any]:
    vk = {"token": sandbox.vk_token, "user_token": sandbox.vk_user_token, "api_base": sandbox.vk_api}
    return {"vk": vk | {"group_id": GROUP_ID}}


async def test_a_changed_headline_is_corrected_everywhere_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """Channel and readers' messages are edited and marked, each in its language; the community key can't edit the wall,
    so the editor is told, with the link. Neither more readings of the feed nor a restart edit anything again."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        sandbox.newsroom.correct(news.slug, headline=NEW)
        for chat, mark in ((CHANNEL, "обновлено "), (ANNA, "updated "), (ILYA, "обновлено ")):
            await news.appears(chat, NEW)
            [message] = news.in_(chat, NEW)
            assert message.edited
            assert mark in message.text
            assert message.keys or chat == CHANNEL
        [post] = news.in_(WALL, "")
        await until(lambda: news.told("вручную"), "the editor is told")
        [told] = news.told("вручную")
        assert NEW in told
        assert f"https://vk.com/wall-{GROUP_ID}_{post.id}" in told
        await reads_again(sandbox)
        await news.is_settled()
    edits = news.calls(*EDITS)
    assert sorted(edits) == ["editMessageText", "editMessageText", "messages.edit", "wall.edit"]
    async with a_newsroom(sandbox, tmp_path) as again:
        await reads_again(sandbox)
        await again.is_settled()
        assert again.calls(*EDITS) == edits
        assert len(again.told("вручную")) == 1


async def test_with_a_user_token_the_wall_is_corrected_too(sandbox: Sandbox, tmp_path: Path) -> None:
    """Link card and source stay, which VK drops at an edit that does not name them; nobody need be told."""
    async with a_newsroom(sandbox, tmp_path, **with_user_token(sandbox)) as news:
        await welcomed(sandbox)
        await news.is_out()
        [before] = news.in_(WALL, "")
        source = before.source
        sandbox.newsroom.correct(news.slug, headline=NEW, lead="Nobody knows why.")
        await until(lambda: news.in_(WALL, NEW), "the wall is corrected")
        [post] = news.in_(WALL, NEW)
        assert "Nobody knows why." in post.text
        assert post.card is not None
        assert post.source == source is not None
        await until(lambda: news.in_(CHANNEL, NEW), "the channel too")
        await news.is_settled()
        assert news.told("вручную") == []


async def test_a_photo_post_gets_a_new_caption(sandbox: Sandbox, tmp_path: Path) -> None:
    """The caption is edited; the picture stays."""
    channels = [{"name": "main", "platform": "telegram", "target": "@digest", "image": "photo"}]
    async with a_newsroom(sandbox, tmp_path, channels=channels) as news:
        await has_read(sandbox)
        news.slug = sandbox.newsroom.publish_next()
        await until(lambda: news.in_(CHANNEL, ""), "it is posted")
        assert news.in_(CHANNEL, "")[0].photo
        sandbox.newsroom.correct(news.slug, headline=NEW)
        await until(lambda: news.in_(CHANNEL, NEW), "it is corrected")
        assert news.in_(CHANNEL, NEW)[0].photo
        assert news.calls(*EDITS) == ["editMessageCaption"]


TROUBLE = [
    fault.TooMany(1),
    fault.Status(500),
    fault.HtmlPage(502),
    fault.Hang(),
    fault.AcceptThenHang(),
    fault.AcceptThenDrop(),
    fault.DropBefore(),
    fault.Cut(),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: type(trouble).__name__)
async def test_an_edit_in_trouble_is_done_in_the_end(sandbox: Sandbox, tmp_path: Path, trouble: fault.Fault) -> None:
    """However the first call on either network ends, the message says the new, and no second message stands there."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        sandbox.faults.add("telegram", "editMessageText", trouble)
        sandbox.faults.add("vk", "messages.edit", trouble)
        sandbox.newsroom.correct(news.slug, headline=NEW)
        for chat in (CHANNEL, ANNA, ILYA):
            await news.appears(chat, NEW)
        await news.is_settled()
        for chat in (CHANNEL, ANNA, ILYA):
            assert len(news.in_(chat, NEW)) == 1
            assert "обновлено" in news.in_(chat, NEW)[0].text or "updated" in news.in_(chat, NEW)[0].text
        assert len(news.calls(*EDITS)) <= 6  # four places, two of them tried twice


async def test_an_edit_cut_off_by_a_stop_is_carried_out_after_it(sandbox: Sandbox, tmp_path: Path) -> None:
    """The bot stops while Telegram hangs on the edit; the next start carries it out."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        sandbox.faults.add("telegram", "editMessageText", fault.Hang(), times=2)
        sandbox.newsroom.correct(news.slug, headline=NEW)
        await until(lambda: len(news.calls("editMessageText")) == 1, "the edit is on its way")
    assert news.in_(CHANNEL, NEW) == []
    async with a_newsroom(sandbox, tmp_path) as again:
        await until(lambda: again.in_(CHANNEL, NEW), "the channel is corrected")
        await until(lambda: again.in_(ANNA, NEW), "Anna's message is")
        await again.is_settled()
        assert len(again.in_(CHANNEL, "")) == 1


async def test_an_article_that_waits_goes_out_corrected(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing is edited, and nothing is marked: the first that anybody sees is the new headline."""
    channels = [{"name": "slow", "platform": "telegram", "target": "@digest", "schedule": "0 9 1 1 *"}]
    async with a_newsroom(sandbox, tmp_path, channels=channels) as news:
        await has_read(sandbox)
        await asks(sandbox, EDITOR, "/start")
        news.slug = sandbox.newsroom.publish_next()
        await until_true(lambda: news.app.store.queues.waiting("slow"), "it waits")
        sandbox.newsroom.correct(news.slug, headline=NEW)

        async def corrected() -> bool:
            return [one.headline for one in await news.app.store.queues.waiting("slow")] == [NEW]

        await until_true(corrected, "it waits in its new form")
        await asks(sandbox, EDITOR, "/now")
        await until(lambda: news.in_(CHANNEL, NEW), "it is posted")
        await news.app.amending.corrections.bring(f"{(await found(news)).key}~2")
        [post] = news.in_(CHANNEL, NEW)
        assert not post.edited
        assert "обновлено" not in post.text
        assert news.calls(*EDITS) == []


async def found(news: Newsroom) -> Any:
    article = await news.app.store.articles.find(news.sandbox.newsroom.page_url(news.slug))
    assert article is not None
    return article


async def test_what_left_the_feed_stays(sandbox: Sandbox, tmp_path: Path) -> None:
    """An article withdrawn from the site is no retraction: that is a person's decision."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        sandbox.newsroom.withdraw(news.slug)
        await reads_again(sandbox)
        assert news.calls(*EDITS, *DELETIONS) == []
        assert len(news.in_(CHANNEL, "")) == 1


async def press(sandbox: Sandbox, chat: str, message: Message, row: int = 0, column: int = 0) -> None:
    """Press a button and wait for the answer."""
    before = len(sandbox.world.calls)
    await sandbox.world.press(chat, str(message.id), row, column)
    await until(
        lambda: any(
            call.method in {"answerCallbackQuery", "messages.sendMessageEventAnswer"}
            for call in sandbox.world.calls[before:]
        ),
        "the press is acknowledged",
    )


def last(sandbox: Sandbox, chat: str) -> Message:
    return [one for one in sandbox.world.chat(chat).messages.values() if one.sender == "bot"][-1]


async def test_a_retraction_takes_everything_back(sandbox: Sandbox, tmp_path: Path) -> None:
    """Asked first, done at the press of a button, told what could not be done; pressed again, it does nothing more."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        article = await found(news)
        [post] = news.in_(WALL, "")
        url = f"https://vk.com/wall-{GROUP_ID}_{post.id}"
        question = await asks(sandbox, EDITOR, f"/retract {sandbox.newsroom.page_url(news.slug)} wrong harbour")
        assert article.headline in question
        assert url in question
        assert news.calls(*DELETIONS) == []
        asking = last(sandbox, EDITOR)
        keys = asking.keys
        await press(sandbox, EDITOR, asking)
        for chat in (CHANNEL, ANNA, ILYA):
            await news.vanishes(chat, article.headline)
        await until(lambda: "Отозвана" in last(sandbox, EDITOR).text, "the editor reads how it went")
        answer = last(sandbox, EDITOR).text
        assert "wrong harbour" in answer
        assert "t.me/digest" in answer.partition("Удалено")[2]
        assert url in answer.partition("не удалось")[2]
        assert "удалено 2" in answer
        done = news.calls(*CHANGES)
        asking.keys = keys  # the screen of somebody who pressed twice
        await press(sandbox, EDITOR, asking)
        await until(
            lambda: any(
                "устарела" in str(call.params.get("text"))
                for call in sandbox.world.calls
                if call.method == "answerCallbackQuery"
            ),
            "the second press is answered: the message has no such button any more",
        )
        again = await asks(sandbox, EDITOR, f"/retract {article.key}")
        assert "Отозвана" in again
        assert url in again
        assert "удалено 2" in again
        await news.is_settled()
        assert news.calls(*CHANGES) == done
        assert article.key not in [one.key for one in await news.app.store.articles.recent(50)]
        sandbox.newsroom.correct(news.slug, headline=NEW)
        await reads_again(sandbox)
        assert news.in_(CHANNEL, NEW) == []


async def test_with_a_user_token_the_wall_post_is_deleted(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing is left over, and the answer says so."""
    async with a_newsroom(sandbox, tmp_path, **with_user_token(sandbox)) as news:
        await welcomed(sandbox)
        await news.is_out()
        sandbox.faults.add("vk", "wall.delete", fault.AcceptThenDrop())
        await asks(sandbox, EDITOR, f"/retract {sandbox.newsroom.page_url(news.slug)}")
        await press(sandbox, EDITOR, last(sandbox, EDITOR))
        await until(lambda: news.in_(WALL, "") == [], "the wall is rid of it")
        await until(lambda: news.in_(CHANNEL, "") == [], "the channel too")
        await news.is_settled()
        assert "не удалось" not in await asks(sandbox, EDITOR, f"/retract {(await found(news)).key}")


async def test_a_waiting_article_is_never_sent_once_it_was_retracted(sandbox: Sandbox, tmp_path: Path) -> None:
    """It leaves the queue with the reason."""
    channels = [{"name": "slow", "platform": "telegram", "target": "@digest", "schedule": "0 9 1 1 *"}]
    async with a_newsroom(sandbox, tmp_path, channels=channels) as news:
        await has_read(sandbox)
        news.slug = sandbox.newsroom.publish_next()
        await until_true(lambda: news.app.store.queues.waiting("slow"), "it waits")
        article = await found(news)
        await asks(sandbox, EDITOR, f"/retract {article.key} mistaken")
        await press(sandbox, EDITOR, last(sandbox, EDITOR))
        await until(lambda: "slow" in last(sandbox, EDITOR).text, "it is taken out of the queue")
        assert await news.app.store.queues.waiting("slow") == []
        await asks(sandbox, EDITOR, "/now")
        assert news.in_(CHANNEL, "") == []
        [word] = [one for one in await news.app.store.ledger.story(article.key) if one.reason]
        assert word.reason is not None
        assert word.reason.startswith("retracted by")
        assert "mistaken" in word.reason


async def test_a_no_keeps_the_article(sandbox: Sandbox, tmp_path: Path) -> None:
    """The other button changes nothing."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        await asks(sandbox, EDITOR, f"/retract {sandbox.newsroom.page_url(news.slug)}")
        await press(sandbox, EDITOR, last(sandbox, EDITOR), column=1)
        await until(lambda: "остаётся" in last(sandbox, EDITOR).text, "the editor reads that it stays")
        assert len(news.in_(CHANNEL, "")) == 1
        assert news.calls(*DELETIONS) == []


async def test_a_stranger_learns_nothing_of_retracting(sandbox: Sandbox, tmp_path: Path) -> None:
    """The same answer as to a word that is no command, also to what the button sends."""
    async with a_newsroom(sandbox, tmp_path) as news:
        await welcomed(sandbox)
        await news.is_out()
        url = sandbox.newsroom.page_url(news.slug)
        texts = (f"/retract {url}", "/retract", "/retract !yes 12345678", "/nonsense")
        answers = {await asks(sandbox, YOU, text) for text in texts}
        assert len(answers) == 1
        assert len(news.in_(CHANNEL, "")) == 1
