"""Articles that may return: into empty slots, after a rest, each time as a slot of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conditions import Planned
from bot.errors import TryLater
from bot.model import Place, Platform, Slot, SlotState
from bot.ports import Editing
from bot.roles import Grant, Role
from bot.store import Store
from bot.wishes import EVERGREEN, Wish
from scheduler.selection import Spare, plan, resting
from tests.fakes import NOON, PlannedEditing, PreparedDesk, TalkingBot
from tests.newsdesk import CHANNEL, Newsdesk, a_channel, an_article
from tests.unit.test_selection import article as other_article

HOUR = timedelta(hours=1)
A, B, C = an_article(1, "Rome"), an_article(2, "Rome"), an_article(3, "Art")
HOURLY = replace(a_channel(schedule="0 * * * *", query="Rome"), evergreen_after=3 * HOUR)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def out(desk: Newsdesk, **more: Any) -> None:
    """They went out, slot by slot, and may return."""
    await desk.queued(A)
    publication = desk.publication(replace(HOURLY, **more))
    await publication.start()
    await desk.jobs.pass_time(HOUR)
    await desk.store.evergreens.mark(A.key, returns=True)


async def test_it_returns_into_an_empty_slot_after_its_rest(desk: Newsdesk) -> None:
    """Out at 13, back at 16 and 19, each time under a key of its own, which the ledger knows."""
    await out(desk)
    await desk.jobs.pass_time(2 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]
    await desk.jobs.pass_time(4 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"] * 3
    slots = [Slot(key, CHANNEL) for key in (A.key, f"{A.key}.1", f"{A.key}.2", f"{A.key}.3")]
    words = await desk.store.ledger.states(slots)
    assert [word.state if word else None for word in words] == [SlotState.SENT] * 3 + [None]
    assert [word.at for word in words if word] == [NOON + number * HOUR for number in (1, 4, 7)]
    again = await desk.store.articles.find(f"{A.key}.2")
    assert again is not None
    assert (again.key, again.base, again.repeat) == (f"{A.key}.2", A.key, 2)


async def test_what_is_new_goes_before_what_returns(desk: Newsdesk) -> None:
    """The slot of 16 is wanted by another: the old one comes an hour later."""
    await out(desk)
    await desk.jobs.pass_time(2 * HOUR + timedelta(minutes=30))
    await desk.queued(B)
    await desk.jobs.pass_time(timedelta(minutes=90))
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2", "Headline 1"]


async def test_the_plan_shows_what_will_return(desk: Newsdesk) -> None:
    """In its slot and with the reason; and so it happens."""
    await out(desk)
    publication = desk.publication(HOURLY)
    planned = await desk.desk(publication).plan(now=desk.clock.now(), hours=24)
    assert [(line.time, line.article.base, line.why) for line in planned] == [(NOON + 4 * HOUR, A.key, "evergreen")]


async def test_one_that_is_put_off_is_tried_again(desk: Newsdesk) -> None:
    """It waits in the queue like any other, and comes once."""
    await out(desk)
    desk.telegram.faults = [TryLater("flood", after=timedelta(minutes=5))]
    await desk.jobs.pass_time(5 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"] * 2


async def test_what_may_return_no_more_stays_away(desk: Newsdesk) -> None:
    """The mark taken back, an article that does not fit the channel, and a channel on which nothing returns."""
    await out(desk)
    await desk.store.evergreens.mark(A.key, returns=False)
    await desk.store.evergreens.mark(C.key, returns=True)
    await desk.jobs.pass_time(10 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]


async def test_on_a_channel_without_the_setting_nothing_returns(desk: Newsdesk) -> None:
    """Nor where approval is asked for twice is anybody asked again."""
    await out(desk, evergreen_after=None)
    await desk.jobs.pass_time(10 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]


async def test_where_editors_agreed_before_they_are_not_asked_again(desk: Newsdesk) -> None:
    """Two of them had to."""
    await out(desk)
    await desk.jobs.pass_time()
    desk.restart()
    publication = desk.publication(replace(HOURLY, approval=True, approvers=2))
    await publication.start()
    await desk.jobs.pass_time(3 * HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"] * 2


async def test_only_one_of_two_copies_brings_it_back(any_store: Store) -> None:
    """Whoever is first; the other's word changes nothing."""
    desk = Newsdesk(any_store)
    await out(desk)
    [again] = await any_store.evergreens.marked()
    begin = any_store.evergreens.begin
    assert await begin(again, "main", CHANNEL, Wish(wanted=True), at=NOON)
    assert not await begin(again, "main", CHANNEL, Wish(wanted=True), at=NOON)
    assert [one.key for one in await any_store.queues.waiting("main")] == [f"{A.key}.1"]


@settings(deadline=None, max_examples=60)
@given(
    rests=st.lists(st.integers(-5, 60), max_size=5),
    waiting=st.integers(0, 6),
    per_slot=st.integers(1, 2),
)
def test_a_plan_with_returning_articles_keeps_every_rule(rests: list[int], waiting: int, per_slot: int) -> None:
    """Nothing returns before its rest is over, nor while anything new waits, nor twice; what is new loses no slot."""
    fresh = [other_article(number) for number in range(waiting)]
    spare = [
        Spare(replace(other_article(100 + number), repeat=1), NOON + hours * HOUR) for number, hours in enumerate(rests)
    ]
    spare.sort(key=lambda one: one.rests_until)
    rules = replace(HOURLY, filter=None, per_slot=per_slot)
    moments: dict[str, Any] = {"now": NOON, "until": NOON + 72 * HOUR, "last_sent": None}
    planned = plan(rules, fresh, spare=spare, **moments)
    ends = {one.article.key: one.rests_until for one in spare}
    back = [line for line in planned if line.why == "evergreen"]
    assert all(ends[line.article.key] <= line.time for line in back)
    assert len({line.article.key for line in planned}) == len(planned)
    new = [line for line in planned if line.why != "evergreen"]
    assert new == plan(rules, fresh, **moments)
    assert not back or not new or max(line.time for line in new) < min(line.time for line in back)
    assert len(back) == len(rests), "none is forgotten"


def test_only_what_went_out_there_returns_there() -> None:
    """A channel on which an article never was has not missed it."""
    assert resting(HOURLY, [replace(A, repeat=1)], {}, []) == ()
    assert resting(HOURLY, [replace(A, repeat=1)], {A.key: NOON}, [replace(A, repeat=1)]) == ()
    assert resting(HOURLY, [replace(A, repeat=1), replace(C, repeat=1)], {A.key: NOON, C.key: NOON}, []) == (
        Spare(replace(A, repeat=1), NOON + 3 * HOUR),
    )


async def test_the_queue_ends_with_what_returns(store: Store) -> None:
    """Below what waits, or alone; without a button, since it does not wait."""
    back = Planned(NOON + HOUR, "main", A, EVERGREEN)
    told = PreparedDesk(planned=[back, Planned(NOON + 2 * HOUR, "wall", B, "at once")])
    bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({"1"})}, desk=told)
    bot.editing = PlannedEditing(PreparedDesk(planned=told.planned[1:]))
    bot.talk = bot.restarted()
    admin = bot.person(chat="1")
    answer = await admin.says("/queue")
    assert answer.startswith("1 article waits")
    assert answer.endswith("Return within 24 hours, if the slot stays empty:\n13:00 main: Headline 1")
    assert list(admin.buttons) == ["1"]
    told.planned = [back]
    bot.editing = PlannedEditing(PreparedDesk())
    admin.talk = bot.restarted()
    answer = await admin.says("/queue")
    assert answer.startswith("Nothing waits.")
    assert answer.endswith("13:00 main: Headline 1")


async def test_editors_mark_what_may_return(store: Store) -> None:
    """By address or key, once; the list has a button for each; an editor of one channel may not."""
    desk = Newsdesk(store)
    await desk.queued(A)
    one_channel = Grant("telegram:5", Role.EDITOR, "wall")
    bot = TalkingBot(
        store,
        admins={Platform.TELEGRAM: frozenset({"1"})},
        roles=[one_channel],
        evergreens=store.evergreens,
        editing=cast("Editing", OneChannel()),
    )
    admin, other = bot.person(chat="1"), bot.person(chat="5")
    assert "May return" not in admin.buttons
    assert (await admin.says("/evergreen")).startswith("No article may return yet.")
    assert "may return. Marked by telegram 1." in await admin.says(f"/evergreen {A.url}")
    assert "it was so already" in await admin.says(f"/evergreen on {A.key}")
    assert "not in your hands" in await other.says(f"/evergreen off {A.key}")
    assert "1 article may return" in await admin.says("/вечнозелёные")
    assert "returns no more" in await admin.presses("1. No more")
    assert "/evergreen off" in await admin.says("/audit")


class OneChannel:
    """A queue without anything in it."""

    channels: ClassVar = {"main": Place(Platform.TELEGRAM, "@digest")}
