"""Editing and deleting through both publishers, over the sandbox: what stands there afterwards, and which key may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.deadlines import Deadlines
from bot.channels.telegram import Telegram, open_telegram
from bot.channels.vk import Vk, open_vk
from bot.errors import Refused
from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt
from bot.render import Style, correction_for, message_correction_for, message_for, post_for, removals_for
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, WALL
from bot.talk import Button
from tests.fakes import NOON, FixedClock

LIMITS = Deadlines(connect=1.0, total=1.5, grace=2.0, pause=0.02)
HERE, WALL_HERE = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
ANNA, ILYA = Place(Platform.TELEGRAM, "2002"), Place(Platform.VK, "43")
ROWS = ((Button("Stop", press="/unsubscribe x"),),)
PHOTO = Style(image="photo")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def sandbox(clock: FixedClock) -> AsyncIterator[Sandbox]:
    async with open_sandbox(clock=clock) as running:
        for chat in ("telegram:2002", "vk:43"):
            await running.world.say(chat, "hello")
        yield running


@pytest.fixture
async def telegram(sandbox: Sandbox, clock: FixedClock) -> AsyncIterator[Telegram]:
    async with open_telegram(sandbox.telegram_token, sandbox.telegram_api, clock=clock, deadlines=LIMITS) as opened:
        yield opened


@pytest.fixture
async def vk(sandbox: Sandbox, clock: FixedClock) -> AsyncIterator[Vk]:
    """With the community key alone."""
    async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=clock, deadlines=LIMITS) as opened:
        yield opened


@pytest.fixture
async def vk_user(sandbox: Sandbox, clock: FixedClock) -> AsyncIterator[Vk]:
    """With the user key beside it."""
    token = sandbox.vk_user_token
    async with open_vk(
        sandbox.vk_token, sandbox.vk_api, 220, user_token=token, clock=clock, deadlines=LIMITS
    ) as opened:
        yield opened


@pytest.fixture
def article(sandbox: Sandbox) -> Article:
    """One with a page, so that it has a card."""
    there = sandbox.newsroom.published[-1].story
    return Article(
        "1",
        sandbox.newsroom.page_url(there.slug),
        "A garden on the roof",
        lead="Tomatoes ring the bell.",
        image=Image(f"{sandbox.newsroom.url}/news/img/{there.slug}", "A. Gardener"),
        outlet=Outlet("Roof Weekly", "https://roof.example"),
        original_url="https://roof.example/1",
    )


def corrected(article: Article) -> Article:
    return replace(article, headline="A garden under the roof")


@pytest.mark.parametrize("before", [Style(), PHOTO], ids=["text", "photo"])
@pytest.mark.parametrize("after", [Style(), PHOTO], ids=["now text", "now photo"])
async def test_a_channel_post_is_edited_whatever_it_was_sent_as(
    sandbox: Sandbox, telegram: Telegram, article: Article, before: Style, after: Style
) -> None:
    """Also when the settings have changed from a text to a photo since, or back."""
    receipt = await telegram.publish(post_for(article, HERE, before))
    edit = correction_for(corrected(article), HERE, after, receipt, NOON)
    done = await telegram.publish(edit)
    [message] = sandbox.world.chat(CHANNEL).messages.values()
    assert message.text.startswith("A garden under the roof")
    assert "обновлено 09:00" in message.text
    assert (message.photo is not None) == (before is PHOTO)
    assert done.message_id == receipt.message_id
    again = await telegram.publish(edit)  # "message is not modified" is what was wanted
    assert again.message_id == receipt.message_id


async def test_a_refused_picture_that_became_a_text_is_edited(
    sandbox: Sandbox, telegram: Telegram, article: Article
) -> None:
    """The receipt does not say that the fallback was sent."""
    refused = fault.TelegramError(400, "Bad Request: failed to get HTTP URL content")
    sandbox.faults.add("telegram", "sendPhoto", refused)
    receipt = await telegram.publish(post_for(article, HERE, PHOTO))
    await telegram.publish(correction_for(corrected(article), HERE, PHOTO, receipt, NOON))
    [message] = sandbox.world.chat(CHANNEL).messages.values()
    assert message.photo is None
    assert message.text.startswith("A garden under the roof")


async def test_readers_messages_keep_their_buttons(
    sandbox: Sandbox, telegram: Telegram, vk: Vk, article: Article
) -> None:
    """On both networks, VK with the community key."""
    for door, place in ((telegram, ANNA), (vk, ILYA)):
        receipt = await door.publish(message_for(article, place, Style(), buttons=ROWS, because="По тегу"))
        edit = message_correction_for(
            corrected(article), place, Style(), receipt, NOON, buttons=ROWS, because="По тегу"
        )
        await door.publish(edit)
        message = list(sandbox.world.chat(str(place)).messages.values())[-1]
        assert message.text.startswith("A garden under the roof")
        assert message.text.endswith("По тегу\n\nобновлено 09:00")
        assert [key.label for row in message.keys for key in row] == ["Stop"]


async def test_a_community_key_cannot_edit_the_wall(vk: Vk, article: Article) -> None:
    """Error 27, said in words."""
    receipt = await vk.publish(post_for(article, WALL_HERE, Style()))
    with pytest.raises(Refused, match="27"):
        await vk.publish(correction_for(corrected(article), WALL_HERE, Style(), receipt, NOON))


async def test_a_user_key_edits_the_wall(sandbox: Sandbox, vk_user: Vk, article: Article) -> None:
    """The post is the community's still, with its card and its source."""
    receipt = await vk_user.publish(post_for(article, WALL_HERE, Style()))
    await vk_user.publish(correction_for(corrected(article), WALL_HERE, Style(), receipt, NOON))
    [post] = sandbox.world.chat(WALL).messages.values()
    assert post.text.startswith("A garden under the roof")
    assert post.card is not None
    assert post.source == "https://roof.example/1"
    assert post.raw["from_id"] == -220


async def test_what_is_gone_counts_as_deleted(
    sandbox: Sandbox, telegram: Telegram, vk_user: Vk, article: Article
) -> None:
    """A deletion whose answer was lost is repeated: not to find the post any more is success."""
    for door, place, chat in ((telegram, HERE, CHANNEL), (vk_user, WALL_HERE, WALL)):
        receipt = await door.publish(post_for(article, place, Style()))
        delete = removals_for(place, "en", receipt, public=True, fresh=True)[0]
        await door.publish(delete)
        assert sandbox.world.chat(chat).messages == {}
        await door.publish(delete)


async def test_a_wall_post_that_is_closed_to_us_does_not_count_as_deleted(
    sandbox: Sandbox, vk_user: Vk, article: Article
) -> None:
    """VK says 210 of both; the wall itself knows better."""
    receipt = await vk_user.publish(post_for(article, WALL_HERE, Style()))
    delete = removals_for(WALL_HERE, "en", receipt, public=True, fresh=True)[0]
    sandbox.faults.add("vk", "wall.delete", fault.VkError(210, "Access to wall's post denied"))
    with pytest.raises(Refused, match="210"):
        await vk_user.publish(delete)


async def test_old_messages_are_refused_and_can_be_marked_on_telegram(
    sandbox: Sandbox, telegram: Telegram, vk: Vk, article: Article, clock: FixedClock
) -> None:
    """After 48 hours Telegram deletes nothing but lets us edit; VK's chats allow neither after 24."""
    ways = {}
    for door, place in ((telegram, ANNA), (vk, ILYA)):
        receipt = await door.publish(message_for(article, place, Style()))
        ways[place] = removals_for(place, "en", receipt, public=False, fresh=True)
    clock.advance(timedelta(hours=49))
    with pytest.raises(Refused, match="can't be deleted"):
        await telegram.publish(ways[ANNA][0])
    await telegram.publish(ways[ANNA][1])
    assert list(sandbox.world.chat("telegram:2002").messages.values())[-1].text == "Retracted"
    for way, code in zip(ways[ILYA], ("924", "909"), strict=True):
        with pytest.raises(Refused, match=code):
            await vk.publish(way)


async def test_a_young_message_vanishes_for_its_reader(
    sandbox: Sandbox, telegram: Telegram, vk: Vk, article: Article
) -> None:
    """On both networks."""
    for door, place in ((telegram, ANNA), (vk, ILYA)):
        receipt = await door.publish(message_for(article, place, Style()))
        before = len(sandbox.world.chat(str(place)).messages)
        await door.publish(removals_for(place, "en", receipt, public=False, fresh=True)[0])
        assert len(sandbox.world.chat(str(place)).messages) == before - 1


async def test_a_receipt_without_a_number_is_refused_in_words(telegram: Telegram, vk: Vk, article: Article) -> None:
    """Never a crash, and never another message edited."""
    nothing = Receipt("", NOON)
    for door, place in ((telegram, HERE), (vk, ILYA)):
        edit: Post = (
            correction_for(article, place, Style(), nothing, NOON)
            if place is HERE
            else message_correction_for(article, place, Style(), nothing, NOON)
        )
        with pytest.raises(Refused):
            await door.publish(edit)
