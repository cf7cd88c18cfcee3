"""An editor and the queue: each button works once, says what happened and by whom, and the channel does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Refused
from bot.model import Platform, Post
from bot.roles import Grant, Role
from bot.store import Store
from bot.wishes import NOTHING, UNDO, Wish
from handlers.queue_cards import short
from scheduler.queueing import QueueDesk
from scheduler.selection import Channel
from tests.fakes import Person, PreparedDesk, TalkingBot
from tests.newsdesk import CHANNEL, WALL, Newsdesk, a_channel, an_article

MINUTE = timedelta(minutes=1)
SLOTS = "*/20 * * * *"
A, B, C = (an_article(number) for number in range(1, 4))


@dataclass
class Newsroom:
    """Two channels at work, and a bot to talk to: one clock, one store."""

    store: Store
    roles: tuple[Grant, ...] = (
        Grant("telegram:3", Role.EDITOR),
        Grant("telegram:4", Role.EDITOR),
        Grant("telegram:2", Role.VIEWER),
        Grant("telegram:5", Role.EDITOR, "wall"),
        Grant("vk:3", Role.EDITOR),
    )
    desk: Newsdesk = field(init=False)

    zone = ZoneInfo("Europe/Moscow")

    def __post_init__(self) -> None:
        self.desk = Newsdesk(self.store)
        self.bot = TalkingBot(self.store, clock=self.desk.clock, desk=PreparedDesk(), roles=self.roles)
        self.build((a_channel(schedule=SLOTS), a_channel("wall", WALL, schedule="30 * * * *")))

    def build(self, channels: tuple[Channel, ...]) -> None:
        """Set up the channels, and the bot over them."""
        self.publications = {one.name: self.desk.publication(one) for one in channels}
        self.queue = QueueDesk(
            channels,
            self.desk.lineups(),
            self.store.wishes,
            wake=lambda name: self.desk.jobs.now(f"{name}: news", self.publications[name].news),
            budget=lambda name: self.publications[name].budget,
            compose=lambda article, to, _wish: Post(
                to.place.platform, "sendMessage", {"chat_id": to.place.chat, "text": f"THE POST: {article.headline}"}
            ),
        )
        self.bot.editing = self.queue
        self.bot.talk = self.bot.restarted()

    async def opens(self) -> None:
        for publication in self.publications.values():
            await publication.start()

    def editor(self, number: str = "3", platform: Platform = Platform.TELEGRAM) -> Person:
        return self.bot.person(platform, number)

    def posted(self) -> list[str]:
        return [headline.removeprefix("Headline ") for headline in self.desk.telegram.at(CHANNEL)]

    async def passes(self, time: timedelta = timedelta(0)) -> None:
        await self.desk.jobs.pass_time(time)


@pytest.fixture
async def room(store: Store) -> Newsroom:
    room = Newsroom(store)
    await room.desk.queued(A, B, C)
    await room.opens()
    return room


async def test_the_queue_shows_what_will_happen(room: Newsroom) -> None:
    """Times and channels in order, as the plan has them; a button for each."""
    answer = await room.editor().says("/queue")
    assert answer.startswith("3 articles wait\n\n1. 12:20 main\nHeadline 1\nschedule */20 * * * *\n\n2. 12:40 main")
    assert list(room.editor().buttons) == ["1", "2", "3"]


@pytest.mark.parametrize("platform", list(Platform))
async def test_an_article_moves_up(room: Newsroom, platform: Platform) -> None:
    """The second becomes the first; a second press on the same button moves nothing and says so."""
    editor = room.editor(platform=platform)
    await editor.says("/queue")
    await editor.presses("2")
    press = editor.buttons["▲"]
    assert f"Moved up by {platform} 3." in await editor.presses("▲")
    assert "this button is old" in await editor.says(press, pressed="7", callback="cb")
    await room.passes(20 * MINUTE)
    assert room.posted() == ["2"]


async def test_an_article_is_held_and_released(room: Newsroom) -> None:
    """The others go on; released, it takes the next slot."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    assert "Held by telegram 3." in await editor.presses("Hold")
    await room.passes(20 * MINUTE)
    assert room.posted() == ["2"]
    assert "Held by telegram 3" in await editor.says("/queue")
    await editor.presses("2")
    await editor.presses("Release")
    await room.passes(20 * MINUTE)
    assert room.posted() == ["2", "1"]


async def test_an_article_is_left_out_and_the_gap_closes(room: Newsroom) -> None:
    """Ten seconds to undo; then the next one has its slot, and the ledger has the reason with the name."""
    editor = room.editor()
    assert "Will be left out in 10 seconds, says telegram 3." in await editor.says(f"/skip {A.key} we had this")
    await editor.presses("Undo")
    await room.passes(2 * UNDO)
    assert await room.desk.last_word(A) is None
    await editor.says(f"/skip {A.key} we had this")
    await room.passes(20 * MINUTE)
    word = await room.desk.last_word(A)
    assert word is not None
    assert word.reason == "skipped by telegram 3: we had this"
    assert room.posted() == ["2"]


async def test_post_now_waits_ten_seconds(room: Newsroom) -> None:
    """Long enough to take it back; then it goes out before its slot, once."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("3")
    assert "Goes out in 10 seconds" in await editor.presses("Post now")
    await room.passes(UNDO / 2)
    assert "Undone by telegram 3." in await editor.presses("Undo")
    await room.passes(UNDO)
    assert room.posted() == []
    await editor.presses("Post now")
    await room.passes(UNDO)
    assert room.posted() == ["3"]
    assert "waits no more" in await editor.presses("Undo")


async def test_another_time_and_an_embargo(room: Newsroom) -> None:
    """By a button or in words; the plan says it at once."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    await editor.presses("Time")
    answer = await editor.presses("In an hour")
    assert "main: 13:00 (time set by an editor)" in answer
    assert "Time set by telegram 3." in answer
    assert "Not before 18:00" in await editor.says(f"/hold {B.key} 18:00")
    assert "A time such as" in await editor.says(f"/hold {B.key} whenever")
    await room.passes(60 * MINUTE)
    assert room.posted() == ["3", "1"]


async def test_another_channel(room: Newsroom) -> None:
    """There it is put, here it is left out."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    await editor.presses("Channel")
    await editor.presses("wall")
    await room.passes(30 * MINUTE)
    assert room.desk.vk.at(WALL) == ["Headline 1"]
    assert room.posted() == ["2"]


async def test_new_words_by_answering_the_card(room: Newsroom) -> None:
    """Headline and lead, for this channel; the bot sends these words, and knows the article all the same."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    number = str(len(editor.inbox.posts))
    answer = await editor.says("headline: Better\nlead: Shorter", reply_to=number)
    assert "New words by telegram 3." in answer
    assert "Better" in answer
    await room.passes(20 * MINUTE)
    assert room.desk.telegram.at(CHANNEL) == ["Better"]
    assert "waits no more" in await editor.says("Too late", reply_to=number)


async def test_words_that_can_not_be_are_refused(room: Newsroom) -> None:
    """An empty headline, a novel, no words at all: what is allowed is said, and nothing changes."""
    editor = room.editor()
    for argument in ("headline:", f"headline: {'x' * 301}", f"lead: {'x' * 4001}"):
        assert "A headline may have up to 300" in await editor.says(f"/edit {A.key} {argument}")
    assert "Like this" in await editor.says(f"/edit {A.key}")
    assert "Name the article" in await editor.says("/edit")
    assert await room.store.wishes.of("main", [A.key]) == {}


async def test_the_preview_is_the_very_post(room: Newsroom) -> None:
    """As it will be sent, into the editor's own chat."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    await editor.presses("More")
    assert "THE POST: Headline 1" in await editor.presses("Preview")
    shown = next(post for post in editor.inbox.posts if "THE POST" in str(post.params.get("text")))
    assert shown.params["chat_id"] == 3


async def test_silent_and_pinned(room: Newsroom) -> None:
    """It goes out without a sound, and then to the top of the channel."""
    editor = room.editor()
    await editor.says("/queue")
    await editor.presses("1")
    await editor.presses("More")
    await editor.presses("Silent")
    await editor.presses("More")
    await editor.presses("Pin")
    await room.passes(20 * MINUTE)
    sent, pinned = room.desk.telegram.posts
    assert sent.params["silent"] is True
    assert (pinned.method, pinned.params["message_id"]) == ("pinChatMessage", 1)


async def test_what_can_not_be_pinned_is_out_all_the_same(room: Newsroom) -> None:
    """An admin is told; nothing is sent again."""
    told: list[str] = []
    room.desk.problems.watch(lambda _name, _sentence: None, lambda _name, sentence: told.append(sentence))
    await room.store.wishes.change("main", A.key, before=NOTHING, after=Wish(1, pinned=True))
    room.desk.telegram.faults = [None, Refused("no right to pin")]
    await room.passes(20 * MINUTE)
    assert room.posted() == ["1"]
    assert told == ["“Headline 1” is out, but can't be pinned: no right to pin"]


async def test_a_viewer_sees_the_queue_and_changes_nothing(room: Newsroom) -> None:
    """No buttons on the card; one that is made up changes nothing. An editor of another channel is no better off."""
    viewer, stranger, other = room.editor("2"), room.editor("1"), room.editor("5")
    await viewer.says("/queue")
    assert "Headline 1" in await viewer.presses("1")
    press = f"/queue hold {short('main')} {A.key} 0"
    for person in (viewer, other):
        await person.says(press, pressed="7", callback="cb")
        assert "not in your hands" in str(person.inbox.posts[-1].params["text"])
    assert "don't understand" in await stranger.says(press, pressed="7", callback="cb")
    assert "don't understand" in await viewer.says(f"/skip {A.key}")
    assert await room.store.wishes.of("main", [A.key]) == {}


@pytest.mark.parametrize(
    "press",
    [
        "/queue explode {channel} {key} 0",
        "/queue hold {channel} {key} -1",
        "/queue hold {channel} {key}",
        "/queue hold",
    ],
)
async def test_forged_buttons_change_nothing(room: Newsroom, press: str) -> None:
    """Whatever a client sends."""
    editor = room.editor()
    await editor.says(press.format(channel=short("main"), key=A.key), pressed="7", callback="cb")
    assert await room.store.wishes.of("main", [A.key]) == {}


async def test_of_two_editors_one_is_faster(room: Newsroom) -> None:
    """The other sees how it is now, and who did it; the log has the one deed."""
    ann, ben = room.editor("3"), room.editor("4")
    for editor in (ann, ben):
        await editor.says("/queue")
        await editor.presses("1")
    await ann.presses("Hold")
    await ben.says(f"/queue skip {short('main')} {A.key} 0", pressed="7", callback="cb")
    wish = (await room.store.wishes.of("main", [A.key]))[A.key]
    assert (wish.held_by, wish.drop_at) == ("telegram 3", None)
    deeds = [deed.by for deed in await room.store.audit.deeds(9) if deed.outcome.startswith("Held")]
    assert deeds == ["telegram 3"]


async def test_a_long_queue_has_pages(room: Newsroom) -> None:
    """Eight on a page, and the last page is not past the end."""
    await room.desk.queued(*(an_article(number) for number in range(4, 24)))
    editor = room.editor()
    assert "23 articles wait, page 1 of 3" in await editor.says("/queue")
    assert "page 2 of 3" in await editor.presses("›")
    assert "page 3 of 3" in await editor.says("/queue page 99")
