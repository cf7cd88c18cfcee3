"""What is kept about a chat is handed over whole, and erased whole: key by key, on every kind of redis."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.channels.deadlines import Deadlines
from bot.channels.vk import open_vk
from bot.errors import Refused
from bot.model import Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.pacing import TELEGRAM, Ask, Lane
from bot.render import document_for
from bot.sandbox import faults
from bot.sandbox.server import Sandbox, open_sandbox
from bot.store import Store
from bot.talk import Document, Heard
from tests.fakes import NOON, FixedClock, TalkingBot
from tests.journeys.newsroom import ANNA, ILYA, asks, is_listening, said, settings
from tests.waiting import until

ANN = Place(Platform.TELEGRAM, "730011")
NEIGHBOUR = Place(Platform.TELEGRAM, "7300110")
GROUP = Place(Platform.TELEGRAM, "-100730011", 5)
MINUTE = timedelta(minutes=1)
LIMITS = Deadlines(connect=1.0, total=2.0, grace=1.0, pause=0.02)


async def lived_in(store: Store, place: Place) -> None:
    """Leave every kind of trace that a chat can leave."""
    bot = TalkingBot(store)
    person = bot.person(place.platform, place.chat)
    person.place = place
    await person.says(
        "/subscribe Gardens, Owls", person="-1", as_chat=place.thread is not None, private=not place.thread
    )
    for state in (SlotState.SENT, SlotState.DEFERRED, SlotState.UNCONFIRMED, SlotState.REFUSED, SlotState.CLAIMED):
        slot = Slot(f"{state}", place)
        claim = await store.ledger.claim(slot, now=NOON, lease=MINUTE)
        if claim and state is not SlotState.CLAIMED:
            receipt = Receipt("7", NOON) if state is SlotState.SENT else None
            await store.ledger.settle(claim, Attempt(slot, NOON, state, until=NOON + MINUTE, receipt=receipt))
    claim = await store.amendments.claim(Slot("sent~2", place), now=NOON, lease=MINUTE)
    assert claim is not None
    await store.amendments.settle(claim, Attempt(claim.slot, NOON, SlotState.SENT))
    await store.marks.put(f"greeted:{place}", "yes")
    await store.marks.once(f"export:{place}", MINUTE)
    ask = Ask(Lane.READERS, place, timedelta(), timedelta())
    await store.limiter("1:token", TELEGRAM).reserve(ask, now=NOON)


def mentions(row: dict[str, Any], place: Place) -> bool:
    """Whether a key, or anything in it, names a chat."""
    names = rf"(?<![\w-]){re.escape(place.chat)}(?!\d)"
    return re.search(names, json.dumps([row["key"], row["value"]], ensure_ascii=False)) is not None


@pytest.mark.parametrize("place", [ANN, GROUP])
async def test_all_that_is_kept_is_handed_over(any_store: Store, place: Place) -> None:
    """Every key that names the chat is in the answer, and nothing of anybody else."""
    for one in (place, NEIGHBOUR):
        await lived_in(any_store, one)
    about = await any_store.dossiers.about(place)
    named = {row["key"].removeprefix("depeche:") async for row in any_store.dump() if mentions(row, place)}
    assert len(named) >= 10
    assert named - set(about) == set()
    assert str(NEIGHBOUR) not in json.dumps(dict(about))
    assert {"Gardens", "Owls"} <= set(re.findall(r"Gardens|Owls", json.dumps(about[f"reader:{place}"])))


@pytest.mark.parametrize("place", [ANN, GROUP])
async def test_all_that_is_kept_is_erased(any_store: Store, place: Place) -> None:
    """No key names the chat afterwards, and the neighbour has all they had."""
    for one in (place, NEIGHBOUR):
        await lived_in(any_store, one)
    before = await any_store.dossiers.about(NEIGHBOUR)
    await any_store.subscriptions.forget(place)
    assert await any_store.dossiers.about(place) == {}
    assert [row["key"] async for row in any_store.dump() if mentions(row, place)] == []
    assert await any_store.dossiers.about(NEIGHBOUR) == before


@pytest.fixture
def bot(store: Store) -> TalkingBot:
    """Over a real store."""
    return TalkingBot(store)


class TestAsking:
    @pytest.mark.parametrize("platform", list(Platform))
    async def test_a_file_comes_after_the_sentence(self, bot: TalkingBot, platform: Platform) -> None:
        """JSON that anybody can read, with what was subscribed to."""
        ann = bot.person(platform)
        await ann.says("/subscribe Gardens")
        assert "all I keep" in await ann.says("/export")
        document = ann.inbox.posts[-1].params["document"]
        told = json.loads(document["text"])
        assert document["name"] == "depeche-2024-05-14.json"
        assert told["about"] == str(ann.place)
        assert "Gardens" in json.dumps(told["kept"][f"reader:{ann.place}"])

    async def test_who_is_unknown_is_told_so(self, bot: TalkingBot) -> None:
        """Nothing is kept of somebody who only asks."""
        assert "nothing" in await bot.person().says("/export", event="55")

    async def test_not_again_and_again(self, bot: TalkingBot) -> None:
        """Looking at every key is work."""
        ann = bot.person()
        await ann.says("/subscribe Gardens")
        answers = [await ann.says("/export") for _ in range(3)]
        assert ["ten minutes" in answer for answer in answers] == [False, False, True]

    async def test_where_no_file_is_taken_its_words_are_sent(self, bot: TalkingBot) -> None:
        """As with a key that may not upload: all of it comes as messages."""
        ann = bot.person(Platform.VK)
        await ann.says("/subscribe " + ", ".join(f"Tag number {n} of many" for n in range(80)))
        before = len(ann.inbox.posts)
        ann.inbox.refused.add("document")
        await ann.says("/export")
        texts = [post.params["message"] for post in ann.inbox.posts[before:]]
        assert len(texts) > 2
        assert all(f"Tag number {n} of many" in "".join(texts) for n in range(80))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A fresh sandbox."""
    async with open_sandbox() as opened:
        yield opened


async def test_vk_takes_the_file(sandbox: Sandbox) -> None:
    """Uploaded, saved, attached; a file that is not taken was surely not sent."""
    await sandbox.world.say(ILYA, "Начать")
    heard = Heard(Place(Platform.VK, "43"), "43", "/export", "e1")
    post = document_for(Document("all.json", '{"я": 1}'), heard)
    async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock(), deadlines=LIMITS) as vk:
        assert (await vk.publish(post)).message_id
        assert list(sandbox.vk.documents.values()) == [("all.json", '{"я": 1}'.encode())]
        sandbox.faults.add("vk", "docs.save", faults.VkError(15, "Access denied"))
        with pytest.raises(Refused):
            await vk.publish(post)
        sandbox.faults.add("vk", "upload", faults.HtmlPage())
        with pytest.raises(Refused):
            await vk.publish(post)


def has_said(sandbox: Sandbox, chat: str, times: int) -> bool:
    """Whether the bot has said so much in a chat."""
    return len(said(sandbox, chat)) == times


async def test_a_person_takes_all_away_and_is_forgotten(sandbox: Sandbox, tmp_path: Path) -> None:
    """On both networks, over the whole bot."""
    async with open_app(settings(sandbox, tmp_path)) as app:
        await is_listening(sandbox)
        for chat, wish, away, erase in (
            (ANNA, "/subscribe Наука", "/export", "/forget yes"),
            (ILYA, "подписаться Наука", "мои данные", "забыть да"),
        ):
            await asks(sandbox, chat, wish)
            expected = len(said(sandbox, chat)) + 2
            await asks(sandbox, chat, away)
            await until(partial(has_said, sandbox, chat, expected), "a file")
            assert f"reader:{chat}" in await app.store.dossiers.about(Place.parse(chat))
            await asks(sandbox, chat, erase)
            assert f"reader:{chat}" not in await app.store.dossiers.about(Place.parse(chat))
        files = [stored.body for stored in sandbox.telegram.files.values()]
        files += [body for _, body in sandbox.vk.documents.values()]
        assert len(files) == 2
        assert all("Наука" in file.decode() for file in files)
