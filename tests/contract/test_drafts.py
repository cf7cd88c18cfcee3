"""Where an editor must agree: the draft is the very post, one person is on it, nothing goes out over their heads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Refused
from bot.model import Place, Platform
from bot.roles import Grant, Role
from bot.store import Store
from bot.wishes import UNDO
from handlers.authority import Authority
from handlers.editors_room import EditorsRoom
from handlers.texts import Texts
from scheduler.drafts import AGAIN, Drafts
from tests.contract.test_queueing import MINUTE, Newsroom
from tests.fakes import Person, text_of
from tests.newsdesk import CHANNEL, an_article

A, B = an_article(1), an_article(2)
OFFICE = "-1007"


class Room(Newsroom):
    """The main channel goes out at once, but wants two to agree; drafts come into the editors' chat."""

    def open_room(self, *, offices: bool = True, **rules: object) -> None:
        channel = self.publications["main"].channel
        self.rules = replace(
            channel,
            approval=True,
            timetable=replace(channel.timetable, schedule="at once"),
            **rules,  # type: ignore[arg-type]  # a test's own words
        )
        self.build((self.rules, self.publications["wall"].channel))
        places = {Platform.TELEGRAM: OFFICE} if offices else {}
        self.authority = Authority(self.roles, self.store.grants, places)
        self.bot.offices = places
        self.bot.talk = self.bot.restarted()
        room = EditorsRoom(
            publishers=self.bot.inboxes,
            authority=self.authority,
            subscriptions=self.store.subscriptions,
            threads=self.store.threads,
            texts=Texts("en"),
            clock=self.desk.clock,
            zone=self.zone,
        )
        self.drafts = Drafts(self.queue, room, self.desk.jobs, self.desk.clock)

    def in_office(self) -> Person:
        return Person(self.bot.talk, self.bot.inboxes[Platform.TELEGRAM], Place(Platform.TELEGRAM, OFFICE), "en")

    def shown(self) -> list[str]:
        return [text_of(post) for post in self.bot.inboxes[Platform.TELEGRAM].posts]


def says(number: str) -> dict[str, object]:
    """Somebody in the editors' chat."""
    return {"person": number, "private": False}


@pytest.fixture
async def room(store: Store) -> Room:
    room = Room(store)
    room.open_room()
    await room.desk.queued(A)
    await room.opens()
    await room.drafts.run()
    return room


async def test_a_draft_is_the_very_post_with_buttons(room: Room) -> None:
    """Once; and nothing goes out."""
    post, card = room.bot.inboxes[Platform.TELEGRAM].posts
    assert (post.params["chat_id"], text_of(post)) == (-1007, "THE POST: Headline 1")
    assert "Draft: 0 of 1 approvals" in text_of(card)
    assert {"Approve", "Reject", "I'm on it"} <= room.in_office().buttons.keys()
    await room.drafts.run()
    await room.passes(timedelta(hours=3))
    assert len(room.shown()) == 2
    assert room.posted() == []


async def test_an_approved_draft_goes_out(room: Room) -> None:
    """By its channel's rules; the card says who agreed."""
    assert "Approved by telegram 3." in await room.in_office().presses("Approve", **says("3"))
    await room.passes()
    assert room.posted() == ["1"]


async def test_two_must_agree_where_the_settings_say_so(store: Store) -> None:
    """One person pressing twice is one; the second opens the door."""
    room = Room(store)
    room.open_room(approvers=2)
    await room.desk.queued(A)
    await room.opens()
    await room.drafts.run()
    office = room.in_office()
    assert "Draft: 1 of 2 approvals" in await office.presses("Approve", **says("3"))
    assert "It is so already." in await office.presses("Approve", **says("3"))
    await room.passes()
    assert room.posted() == []
    await office.presses("Approve", **says("4"))
    await room.passes()
    assert room.posted() == ["1"]


async def test_one_person_is_on_it(room: Room) -> None:
    """Others see who, and can't decide over their head; when they leave it, others can."""
    office = room.in_office()
    assert "telegram 3 is on it" in await office.presses("I'm on it", **says("3"))
    assert "telegram 3 is on it" in await office.presses("Approve", **says("4"))
    assert "telegram 3 is on it" in await office.says(f"/edit {A.key} lead: Mine", **says("4"))
    assert "New words by telegram 3." in await office.says(f"/edit {A.key} lead: Mine", **says("3"))
    await office.presses("Leave it", **says("3"))
    await office.presses("Approve", **says("4"))
    await room.passes()
    assert room.posted() == ["1"]


async def test_a_rejected_draft_stays_out_with_the_reason(room: Room) -> None:
    """By a button or in words; ten seconds to undo; `/why` has it."""
    office = room.in_office()
    await office.presses("Reject", **says("3"))
    assert "Rejected by telegram 3." in await office.presses("a duplicate", **says("3"))
    await room.passes(UNDO)
    word = await room.desk.last_word(A)
    assert word is not None
    assert word.reason == "rejected by telegram 3: a duplicate"
    assert "waits no more" in await office.says(f"/approve {A.key}", **says("3"))


async def test_a_draft_is_answered_with_a_new_lead(room: Room) -> None:
    """The card is answered in the editors' chat, and so is the post above it."""
    office = room.in_office()
    answer = await office.says("A better lead", reply_to="1", **says("3"))
    assert "A better lead" in answer
    wish = (await room.store.wishes.of("main", [A.key]))[A.key]
    assert wish.lead == "A better lead"


async def test_strangers_in_the_editors_chat_decide_nothing(room: Room) -> None:
    """Neither do viewers, nor editors of another channel."""
    office = room.in_office()
    for number in ("1", "2", "5"):
        await office.presses("Approve", **says(number))
    assert room.bot.inboxes[Platform.TELEGRAM].posts[2:] == [
        post for post in room.bot.inboxes[Platform.TELEGRAM].posts if post.method == "answerCallbackQuery"
    ], "the card stays as it is for those who may"
    await room.passes(timedelta(hours=1))
    assert room.posted() == []


async def test_an_untouched_draft_goes_out_by_itself_where_the_settings_say_so(store: Store) -> None:
    """After 45 minutes, unless somebody is on it."""
    room = Room(store)
    room.open_room(release_after=45 * MINUTE)
    await room.desk.queued(A, B)
    await room.opens()
    await room.drafts.run()
    await room.in_office().presses("I'm on it", **says("3"))
    await room.passes(44 * MINUTE)
    assert room.posted() == []
    await room.passes(MINUTE)
    assert room.posted() == ["1"]


async def test_an_unanswered_draft_is_held_by_itself(store: Store) -> None:
    """Where the settings say so, unless somebody is on it; then it goes nowhere until an editor says so."""
    room = Room(store)
    room.open_room(hold_after=45 * MINUTE)
    await room.desk.queued(A, B)
    await room.opens()
    await room.drafts.run()
    held = [one.article.headline for one in await room.queue.entries(now=room.desk.clock.now()) if one.wish.held_by]
    assert held == []
    await room.passes(46 * MINUTE)
    entries = await room.queue.entries(now=room.desk.clock.now())
    assert [one.wish.held_by for one in entries] == ["nobody, since nobody answered"] * 2
    assert room.posted() == []
    await room.editor().says(f"/approve {A.key}")
    await room.passes(MINUTE)
    assert room.posted() == []


async def test_who_got_the_right_by_grant_is_shown_drafts_too(store: Store) -> None:
    """And who has it for another channel alone is not."""
    room = Room(store)
    await store.grants.give(Grant("telegram:77", Role.EDITOR, "main"))
    await store.grants.give(Grant("telegram:78", Role.EDITOR, "wall"))
    room.open_room(offices=False)
    await room.desk.queued(A)
    await room.opens()
    await room.drafts.run()
    chats = {post.params["chat_id"] for post in room.bot.inboxes[Platform.TELEGRAM].posts}
    assert chats == {3, 4, 77}


async def test_without_an_editors_chat_each_editor_is_asked(store: Store) -> None:
    """Those of the channel, in private; one who is faster has decided for all."""
    room = Room(store)
    room.open_room(offices=False)
    await room.desk.queued(A)
    await room.opens()
    await room.drafts.run()
    chats = [post.params["chat_id"] for post in room.bot.inboxes[Platform.TELEGRAM].posts]
    assert chats == [3, 3, 4, 4]
    press = room.editor("4").buttons["Approve"]
    await room.editor("3").presses("Approve")
    await room.passes()
    assert room.posted() == ["1"]
    assert "waits no more" in await room.editor("4").says(press, pressed="7", callback="cb")


async def test_a_draft_that_reached_nobody_is_shown_again(store: Store) -> None:
    """A minute later; `/approve` lists it meanwhile."""
    room = Room(store)
    room.open_room()
    await room.desk.queued(A)
    room.bot.inboxes[Platform.TELEGRAM].faults = [Refused("not a member")]
    await room.drafts.run()
    assert room.shown() == []
    assert "1 article waits" in await room.editor().says("/approve")
    await room.passes(AGAIN)
    assert "THE POST: Headline 1" in room.shown()
    assert room.desk.telegram.at(CHANNEL) == []
