"""From the phone: a link or a text becomes a post in the queue, and breaking news goes out everywhere after one yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from aiogram.types import Update

from bot.model import Platform
from bot.roles import Grant, Role
from bot.store import Store
from bot.talk import Heard
from bot.wishes import UNDO
from handlers import telegram, vk
from handlers.hearing import Event
from scheduler.drafting import Drafting
from scheduler.slots import Quiet
from tests.contract.test_queueing import MINUTE, Newsroom
from tests.fakes import FixedClock
from tests.newsdesk import WALL, Newsstand, an_article

TEXT = "The bridge is closed.\nUntil Monday nobody can cross the river; the ferry runs every hour instead."
LINK = "https://news.example/9"


@pytest.fixture
async def room(store: Store) -> Newsroom:
    room = Newsroom(store)
    newsstand = Newsstand()
    newsstand.pages[LINK] = an_article(9)
    room.bot.bringing = Drafting(newsstand, store.articles, room.desk.clock)
    room.bot.talk = room.bot.restarted()
    await room.opens()
    return room


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_link_becomes_a_post_in_the_queue(room: Newsroom, platform: Platform) -> None:
    """Read, shown as it will be, and put where the editor says; it takes the next slot."""
    editor = room.editor(platform=platform)
    answer = await editor.says(LINK)
    assert "THE POST: Headline 9" in answer
    assert "On which channel?" in answer
    answer = await editor.presses("main")
    assert "main: 12:20" in answer
    assert f"Queued by {platform} 3." in answer
    await room.passes(20 * MINUTE)
    assert room.posted() == ["9"]


async def test_a_lead_that_the_page_only_lets_guess_stands_in_the_draft(store: Store) -> None:
    """No feed tells a better one, and the editor sees it before it goes out."""
    newsstand = Newsstand()
    newsstand.pages[LINK] = replace(an_article(9), lead="The first paragraph of the text.")
    newsstand.guessed.add(LINK)
    article = await Drafting(newsstand, store.articles, FixedClock()).from_link(LINK)
    assert article is not None
    assert article.lead == "The first paragraph of the text."


async def test_a_text_becomes_a_post(room: Newsroom) -> None:
    """Written or passed on; its first line is the headline, and it is the same article when it comes again."""
    editor = room.editor()
    await editor.says(TEXT, forwarded=True)
    await editor.presses("main")
    await room.passes(20 * MINUTE)
    assert room.desk.telegram.at(room.publications["main"].channel.place) == ["The bridge is closed."]
    await editor.says(TEXT)
    assert "waits no more" in await editor.presses("main") or room.posted() == ["The bridge is closed."]
    await room.passes(60 * MINUTE)
    assert len(room.posted()) == 1


@pytest.mark.parametrize("forwarded", [False, True], ids=["sent", "forwarded"])
@pytest.mark.parametrize("platform", list(Platform))
async def test_the_words_with_a_photo_become_a_post(room: Newsroom, platform: Platform, forwarded: bool) -> None:
    """As the networks send them; the words go into the queue and out, the picture is left."""
    editor = room.editor(platform=platform)
    heard = (
        _photo_on_telegram(forwarded=forwarded) if platform is Platform.TELEGRAM else _photo_on_vk(forwarded=forwarded)
    )
    assert isinstance(heard, Heard)
    await room.bot.talk.hear(heard)
    assert "main: 12:20" in await editor.presses("main")
    assert await room.desk.waiting() == ["The bridge is closed."]
    await room.passes(20 * MINUTE)
    assert room.posted() == ["The bridge is closed."]


def _photo_on_telegram(*, forwarded: bool) -> Event | None:
    ann = {"id": 3, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 60}]
    said = {"message_id": 7, "date": 1, "chat": {"id": 3, "type": "private"}, "from": ann, "photo": photo}
    origin = {"forward_origin": {"type": "user", "sender_user": ann, "date": 1}} if forwarded else {}
    return telegram.hear(Update.model_validate({"update_id": 1, "message": {**said, **origin, "caption": TEXT}}))


def _photo_on_vk(*, forwarded: bool) -> Event | None:
    words = {"text": TEXT, "attachments": [{"type": "photo", "photo": {"id": 1, "owner_id": 3}}]}
    said: dict[str, Any] = {"from_id": 3, "peer_id": 3, "conversation_message_id": 3, "out": 0}
    said |= {"text": "", "fwd_messages": [{"from_id": 9, **words}]} if forwarded else words
    said = {"message": said, "client_info": {"lang_id": 3}}
    return vk.hear({"type": "message_new", "event_id": "e1", "group_id": 220, "object": said})


async def test_what_can_not_be_read_is_said(room: Newsroom) -> None:
    """With what to do instead; small talk is no post, and a stranger's link is nothing at all."""
    editor = room.editor()
    assert "I can't read https://news.example/404" in await editor.says("https://news.example/404")
    assert "don't understand" in await editor.says("hello")
    assert "don't understand" in await editor.says(f"/nonsense {TEXT}", forwarded=True)
    for number in ("1", "2"):
        assert "don't understand" in await room.editor(number).says(LINK)
    assert "Send me a link" in await editor.says("/post")


async def test_breaking_news_goes_out_everywhere_after_one_yes(room: Newsroom) -> None:
    """Past slots and quiet hours, ten seconds later, once; a second press says that it is out."""
    main = room.publications["main"].channel
    quiet = replace(main.timetable, quiet=Quiet(time(8), time(12)))
    room.build((replace(main, timetable=quiet), room.publications["wall"].channel))
    editor = room.editor()
    answer = await editor.says(f"/breaking {TEXT}")
    assert "THE POST: The bridge is closed." in answer
    assert "past slots and quiet hours" in answer
    press = editor.buttons["Post everywhere"]
    assert "Goes out in 10 seconds on main, wall, says telegram 3." in await editor.presses("Post everywhere")
    assert room.posted() == []
    await room.passes(UNDO)
    assert room.posted() == ["The bridge is closed."]
    assert room.desk.vk.at(WALL) == ["The bridge is closed."]
    await editor.says(press, pressed="7", callback="cb")
    await room.passes(60 * MINUTE)
    assert len(room.posted()) == 1
    assert [deed.what.split()[0] for deed in await room.store.audit.deeds(1)] == ["/breaking"]


async def test_breaking_news_can_be_taken_back(room: Newsroom) -> None:
    """Within ten seconds, everywhere."""
    editor = room.editor()
    await editor.says(f"/breaking {LINK}")
    await editor.presses("Post everywhere")
    assert "Taken back by telegram 3." in await editor.presses("Undo")
    await room.passes(60 * MINUTE)
    assert (room.posted(), room.desk.vk.at(WALL)) == ([], [])


async def test_breaking_news_needs_a_right_everywhere(store: Store) -> None:
    """An editor of one channel can't post on all."""
    room = Newsroom(store, roles=(Grant("telegram:5", Role.EDITOR, "wall"),))
    assert "not in your hands" in await room.editor("5").says(f"/breaking {TEXT}")


async def test_a_no_posts_nothing(room: Newsroom) -> None:
    """Nothing was queued by the question."""
    editor = room.editor()
    await editor.says(f"/breaking {TEXT}")
    assert "nothing is posted" in await editor.presses("No")
    assert "Nothing waits" in await editor.says("/queue")
