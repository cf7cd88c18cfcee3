"""From the phone: a link or a text becomes a post in the queue, and breaking news goes out everywhere after one yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.model import Platform
from bot.roles import Grant, Role
from bot.store import Store
from bot.wishes import UNDO
from scheduler.drafting import Drafting
from scheduler.slots import Quiet
from tests.contract.test_queueing import MINUTE, Newsroom
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
