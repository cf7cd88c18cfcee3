"""What stands around a post: pictures on their way, link cards, short links and first comments, over real HTTP."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image as Drawing

from bot.channels.deadlines import Deadlines
from bot.channels.telegram import open_telegram
from bot.channels.vk import Vk, open_vk
from bot.channels.vk_extras import AT_MOST, Helpers
from bot.errors import Refused, TryLater
from bot.model import Article, Image, Outlet, Place, Platform
from bot.ports import Card, Caution
from bot.render import Style, correction_for, post_for, removals_for, under
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.store import Store
from tests.fakes import FixedClock

LIMITS = Deadlines(connect=1.0, total=2.0, grace=1.0, pause=0.01)
CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
PHOTO = Style(image="photo")
ARTICLE = Article(
    id="1",
    url="https://digest.example/1",
    headline="Night trains are back",
    image=Image("https://digest.example/1.jpg"),
    gallery=(Image("https://digest.example/2.jpg"),),
    outlet=Outlet("Le Rail"),
)
ALONE = replace(ARTICLE, gallery=())
NO_PICTURE = fault.TelegramError(400, "Bad Request: failed to get HTTP URL content")


def png(width: int = 600) -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (width, 300), "red").save(out, "PNG")
    return out.getvalue()


GOOD = Card(up=True)


@dataclass
class Site:
    """A newsroom's site as the doors see it: what its pictures and its link cards are like now."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    card: Card = GOOD
    asked: list[str] = field(default_factory=list)
    told: list[str | None] = field(default_factory=list)

    async def picture(self, address: str) -> bytes | None:
        self.asked.append(address)
        return self.pictures.get(address)

    async def look(self, address: str) -> Card:
        self.asked.append(address)
        return self.card


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        yield running


@pytest.fixture
def site() -> Site:
    return Site({f"https://digest.example/{n}.jpg": png(600 + n) for n in (1, 2)})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def telegram(sandbox: Sandbox, site: Site, store: Store, clock: FixedClock) -> AsyncIterator[Any]:
    door = open_telegram(
        sandbox.telegram_token,
        sandbox.telegram_api,
        clock=clock,
        deadlines=LIMITS,
        pictures=site.picture,
        cautions=store.cautions,
    )
    async with door as opened:
        yield opened


@asynccontextmanager
async def open_wall(
    sandbox: Sandbox, site: Site, store: Store, clock: FixedClock, *, user_key: bool = False
) -> AsyncIterator[Vk]:
    helpers = Helpers(site.look, site.picture, store.cautions, site.told.append)
    user_token = sandbox.vk_user_token if user_key else None
    async with open_vk(
        sandbox.vk_token, sandbox.vk_api, 220, user_token=user_token, clock=clock, deadlines=LIMITS, helpers=helpers
    ) as opened:
        yield opened


@pytest.fixture
async def wall(sandbox: Sandbox, site: Site, store: Store, clock: FixedClock) -> AsyncIterator[Vk]:
    async with open_wall(sandbox, site, store, clock) as opened:
        yield opened


def methods(sandbox: Sandbox) -> list[str]:
    return [call.method for call in sandbox.world.calls if call.platform != "news"]


async def test_a_picture_goes_as_its_bytes(telegram: Any, sandbox: Sandbox) -> None:
    """Telegram need not reach the newsroom's site."""
    await telegram.publish(post_for(ALONE, CHANNEL, PHOTO))
    [message] = sandbox.world.channel.messages.values()
    assert message.photo is not None
    assert message.photo.startswith(sandbox.url)


async def test_bytes_that_are_refused_give_way_to_the_address_and_that_to_text(
    telegram: Any, sandbox: Sandbox, store: Store
) -> None:
    """Two refusals, then the text; next time the picture is not offered at all."""
    sandbox.faults.add("telegram", "sendPhoto", NO_PICTURE, times=2)
    await telegram.publish(post_for(ALONE, CHANNEL, PHOTO))
    assert methods(sandbox) == ["sendPhoto", "sendPhoto", "sendMessage"]
    assert await store.cautions.since(Caution.PICTURE_REFUSED, "https://digest.example/1.jpg") is not None
    await telegram.publish(post_for(replace(ALONE, id="2"), CHANNEL, PHOTO))
    assert methods(sandbox)[3:] == ["sendMessage"]


async def test_several_pictures_are_an_album(telegram: Any, sandbox: Sandbox) -> None:
    """The words stand under the first; the receipt is its number, with those of the rest."""
    receipt = await telegram.publish(post_for(ARTICLE, CHANNEL, PHOTO))
    first, second = sandbox.world.channel.messages.values()
    assert (receipt.message_id, receipt.others) == (str(first.id), (str(second.id),))
    assert first.raw["caption"].startswith("Night trains are back")
    assert first.raw["media_group_id"] == second.raw["media_group_id"]
    assert first.photo != second.photo


async def test_an_album_is_corrected_in_its_caption_and_taken_back_whole(telegram: Any, sandbox: Sandbox) -> None:
    """Also when one of its pictures was deleted by hand."""
    receipt = await telegram.publish(post_for(ARTICLE, CHANNEL, PHOTO))
    changed = replace(ARTICLE, headline="Night trains are late")
    await telegram.publish(correction_for(changed, CHANNEL, PHOTO, receipt, receipt.at))
    first, second = sandbox.world.channel.messages.values()
    assert first.text.startswith("Night trains are late")
    assert second.text == ""
    del sandbox.world.channel.messages[second.id]
    delete, note = removals_for(CHANNEL, "en", receipt, public=True, fresh=True)
    await telegram.publish(note)
    assert first.text == "Retracted"
    await telegram.publish(delete)
    assert sandbox.world.channel.messages == {}


async def test_an_album_goes_on_under_an_earlier_post(telegram: Any, sandbox: Sandbox) -> None:
    """Like any other; without it, should that be gone."""
    earlier = await telegram.publish(post_for(ALONE, CHANNEL, Style()))
    for above in (earlier, replace(earlier, message_id="999")):
        await telegram.publish(under(post_for(ARTICLE, CHANNEL, PHOTO), above))
    answered = [
        one.raw.get("reply_to_message", {}).get("message_id") for one in sandbox.world.channel.messages.values()
    ]
    assert answered == [None, *[int(earlier.message_id)] * 2, None, None]
    shown = [message["answers"] for message in sandbox.world.snapshot()["channel"]["messages"]]
    assert shown == [None, *["Night trains are back"] * 2, None, None]  # and the board says so


async def test_an_album_that_is_refused_is_a_text(telegram: Any, sandbox: Sandbox) -> None:
    """Nothing of the article is lost but its pictures."""
    sandbox.faults.add("telegram", "sendMediaGroup", NO_PICTURE, times=2)
    await telegram.publish(post_for(ARTICLE, CHANNEL, PHOTO))
    [message] = sandbox.world.channel.messages.values()
    assert message.text.startswith("Night trains are back")


async def test_a_page_that_is_not_up_is_waited_for_but_not_for_ever(
    wall: Vk, sandbox: Sandbox, site: Site, clock: FixedClock
) -> None:
    """VK would keep the empty card. After a quarter of an hour the post goes out, and the newsroom is told."""
    site.card = Card(up=False, problem="digest.example answered 404")
    post = post_for(ARTICLE, WALL, Style())
    with pytest.raises(TryLater, match="the page is not up yet"):
        await wall.publish(post)
    clock.advance(AT_MOST - timedelta(seconds=1))
    with pytest.raises(TryLater):
        await wall.publish(post)
    assert (len(sandbox.world.wall.messages), site.told) == (0, [])
    clock.advance(timedelta(seconds=1))
    await wall.publish(post)
    assert len(sandbox.world.wall.messages) == 1
    assert site.told == ["digest.example answered 404"]


async def test_a_poor_card_is_told_of_and_with_a_user_key_the_picture_is_uploaded(
    sandbox: Sandbox, site: Site, store: Store, clock: FixedClock
) -> None:
    """Before the link, which stands below it."""
    site.card = Card(up=True, problem="no og:image")
    async with open_wall(sandbox, site, store, clock, user_key=True) as wall:
        await wall.publish(post_for(ARTICLE, WALL, Style()))
        site.card = Card(up=True)
        await wall.publish(post_for(replace(ARTICLE, id="2", url="https://digest.example/2"), WALL, Style()))
    first, second = sandbox.world.wall.messages.values()
    assert [one["type"] for one in first.raw["attachments"]] == ["photo", "link"]
    assert [one["type"] for one in second.raw["attachments"]] == ["link"]
    assert site.told == ["no og:image", None]


async def test_without_a_user_key_a_poor_card_is_only_told_of(wall: Vk, sandbox: Sandbox, site: Site) -> None:
    """The post goes out with what there is."""
    site.card = Card(up=True, problem="no og:image")
    await wall.publish(post_for(ARTICLE, WALL, Style()))
    [post] = sandbox.world.wall.messages.values()
    assert [one["type"] for one in post.raw["attachments"]] == ["link"]


async def test_with_a_user_key_the_picture_can_be_wanted_in_any_case(
    sandbox: Sandbox, site: Site, store: Store, clock: FixedClock
) -> None:
    """`image = "photo"`: the card is not asked about. A picture that VK refuses leaves the link."""
    async with open_wall(sandbox, site, store, clock, user_key=True) as wall:
        await wall.publish(post_for(ARTICLE, WALL, PHOTO))
        sandbox.faults.add("vk", "upload", fault.Body(b'{"server":1,"photo":"[]","hash":""}'))
        await wall.publish(post_for(replace(ARTICLE, id="2", url="https://digest.example/2"), WALL, PHOTO))
    first, second = sandbox.world.wall.messages.values()
    assert [one["type"] for one in first.raw["attachments"]] == ["photo", "link"]
    assert [one["type"] for one in second.raw["attachments"]] == ["link"]
    assert site.told == []


async def test_a_correction_keeps_what_is_attached_to_the_post(
    sandbox: Sandbox, site: Site, store: Store, clock: FixedClock
) -> None:
    """VK drops what an edit does not send again: the picture that was uploaded, and whatever an editor put there. The
    address in the text stays a short one. A note in the place of the post keeps nothing."""
    site.card, style = Card(up=True, problem="no og:image"), Style(short_links=True)
    async with open_wall(sandbox, site, store, clock, user_key=True) as wall:
        receipt = await wall.publish(post_for(ARTICLE, WALL, style))
        [post] = sandbox.world.wall.messages.values()
        post.raw["attachments"].append({"type": "poll", "poll": {"owner_id": -220, "id": 7, "access_key": "k"}})
        changed = replace(ARTICLE, headline="Night trains are late")
        await wall.publish(correction_for(changed, WALL, style, receipt, receipt.at))
        assert [one["type"] for one in post.raw["attachments"]] == ["photo", "poll", "link"]
        assert post.text.startswith("Night trains are late")
        assert "https://vk.cc/" in post.text
        assert ARTICLE.url not in post.text
        [_, note] = removals_for(WALL, "en", receipt, public=True, fresh=True)
        await wall.publish(note)
    assert post.raw["attachments"] == []


async def test_a_wall_that_can_not_be_seen_is_edited_later(
    sandbox: Sandbox, site: Site, store: Store, clock: FixedClock
) -> None:
    """Better than an edit that loses the picture."""
    async with open_wall(sandbox, site, store, clock, user_key=True) as wall:
        receipt = await wall.publish(post_for(ARTICLE, WALL, PHOTO))
        edit = correction_for(replace(ARTICLE, headline="New"), WALL, PHOTO, receipt, receipt.at)
        sandbox.faults.add("vk", "wall.getById", fault.HtmlPage(502))
        with pytest.raises(TryLater, match="can't be seen"):
            await wall.publish(edit)
        sandbox.faults.add("vk", "wall.getById", fault.VkError(15))
        with pytest.raises(Refused):
            await wall.publish(edit)
        await wall.publish(edit)
    [post] = sandbox.world.wall.messages.values()
    assert post.text.startswith("New")
    assert [one["type"] for one in post.raw["attachments"]] == ["photo", "link"]


async def test_a_short_link_stands_in_text_and_comment(wall: Vk, sandbox: Sandbox) -> None:
    """The card keeps the article's own address; its clicks are counted by the one in the text."""
    style = Style(short_links=True, first_comment="Читать: {{ link }}")
    await wall.publish(post_for(ARTICLE, WALL, style))
    [post] = sandbox.world.wall.messages.values()
    [comment] = post.comments
    assert "https://vk.cc/" in post.text
    assert ARTICLE.url not in post.text
    assert comment.text.startswith("Читать: https://vk.cc/")
    assert post.raw["attachments"][0]["link"]["url"] == ARTICLE.url


async def test_what_can_not_be_shortened_or_commented_is_no_reason_not_to_post(wall: Vk, sandbox: Sandbox) -> None:
    """The whole address stands in the text, and the post is there."""
    sandbox.faults.add("vk", "utils.getShortLink", fault.VkError(100))
    sandbox.faults.add("vk", "wall.createComment", fault.VkError(213))
    receipt = await wall.publish(post_for(ARTICLE, WALL, Style(short_links=True, first_comment="{{ link }}")))
    [post] = sandbox.world.wall.messages.values()
    assert receipt.message_id == str(post.id)
    assert ARTICLE.url in post.text
    assert post.comments == []


async def test_cautions_remember_the_first_time_and_not_for_ever(store: Store, clock: FixedClock) -> None:
    """Each kind by itself."""
    first = await store.cautions.note(Caution.PAGE_NOT_UP, "https://x.example", at=clock.now())
    clock.advance(timedelta(minutes=5))
    assert await store.cautions.note(Caution.PAGE_NOT_UP, "https://x.example", at=clock.now()) == first
    assert await store.cautions.since(Caution.PICTURE_REFUSED, "https://x.example") is None
    [row] = [row async for row in store.dump() if ":caution:" in row["key"]]
    assert row["ttl"] > 0
