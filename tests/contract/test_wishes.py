"""Wishes of editors are kept once, in order, and a channel does what they say, as the plan has said before."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import SlotState
from bot.store import Store
from bot.wishes import NOTHING, Wish
from scheduler.outages import LEAST, Outages, last_outage
from scheduler.selection import CatchUp, Outage
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, Newsdesk, a_channel, an_article

MINUTE = timedelta(minutes=1)
SLOTS = "*/20 * * * *"
A, B, C, D = (an_article(number) for number in range(1, 5))
FULL = Wish(
    revision=1,
    held_by="telegram 7",
    at=NOON,
    now=NOON,
    drop_at=NOON,
    drop_why="a duplicate",
    embargo=NOON,
    wanted=True,
    headline="Another headline",
    lead="",
    silent=True,
    pinned=True,
    approved_by=("telegram 7", "vk 8"),
    taken_by="vk 8",
    asked_at=NOON,
)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def test_a_wish_comes_back_as_it_was(any_store: Store) -> None:
    """Every field of it; of others nothing is said."""
    desk = Newsdesk(any_store)
    await desk.queued(A, B)
    assert await any_store.wishes.change("main", A.key, before=NOTHING, after=FULL)
    assert await any_store.wishes.of("main", [A.key, B.key]) == {A.key: replace(FULL, lead=None)}
    assert await any_store.wishes.of("main", []) == {}


async def test_of_two_changes_at_once_one_is_kept(any_store: Store) -> None:
    """Who changes an older wish than the last one, or an article that waits no more, is told so."""
    desk = Newsdesk(any_store)
    await desk.queued(A)
    first, second = Wish(revision=1, held_by="anna"), Wish(revision=1, silent=True)
    assert await any_store.wishes.change("main", A.key, before=NOTHING, after=first)
    assert not await any_store.wishes.change("main", A.key, before=NOTHING, after=second)
    assert await any_store.wishes.of("main", [A.key]) == {A.key: first}
    assert not await any_store.wishes.change("main", B.key, before=NOTHING, after=first)


async def test_two_articles_change_places(any_store: Store) -> None:
    """Also when they came in the same moment; the others stay where they are."""
    desk = Newsdesk(any_store)
    same = [replace(an_article(number), published_at=NOON) for number in range(1, 5)]
    await desk.queued(*same)
    assert await any_store.wishes.swap("main", same[1].key, same[2].key)
    assert await desk.waiting() == ["Headline 1", "Headline 3", "Headline 2", "Headline 4"]
    assert not await any_store.wishes.swap("main", same[1].key, "gone")


async def test_an_article_is_put_into_a_queue_once(any_store: Store) -> None:
    """At its end, whatever its age."""
    desk = Newsdesk(any_store)
    await desk.queued(B, C)
    await desk.queued(A, queues=())
    assert await any_store.wishes.put("main", A.key, Wish(wanted=True), at=NOON - timedelta(days=9))
    assert not await any_store.wishes.put("main", A.key, Wish(revision=1), at=NOON)
    assert await desk.waiting() == ["Headline 2", "Headline 3", "Headline 1"]


async def test_what_went_out_is_known_by_its_time(any_store: Store) -> None:
    """The caps count it, and the statistics."""
    desk = Newsdesk(any_store)
    await desk.queued(A, B)
    await desk.publication(a_channel(schedule=SLOTS)).start()
    await desk.jobs.pass_time(40 * MINUTE)
    assert await any_store.ledger.posted(CHANNEL, since=NOON + 21 * MINUTE) == [(B.key, NOON + 40 * MINUTE)]


async def test_a_channel_does_what_editors_want(desk: Newsdesk) -> None:
    """Held, dropped, in other words, silently: each as it was wanted, and the rest in its slots."""
    await desk.queued(A, B, C, D)
    wishes = desk.store.wishes
    for article, wish in [
        (A, Wish(1, held_by="anna")),
        (B, Wish(1, drop_at=NOON + MINUTE, drop_why="a duplicate")),
        (C, Wish(1, headline="Better words", silent=True)),
        (D, Wish(1, at=NOON + 5 * MINUTE)),
    ]:
        assert await wishes.change("main", article.key, before=NOTHING, after=wish)
    await desk.publication(a_channel(schedule=SLOTS)).start()
    await desk.jobs.pass_time(60 * MINUTE)
    assert desk.telegram.at(CHANNEL) == ["Headline 4", "Better words"]
    assert [post.params["silent"] for post in desk.telegram.posts] == [False, True]
    word = await desk.last_word(B)
    assert word is not None
    assert (word.state, word.reason) == (SlotState.SKIPPED, "a duplicate")
    assert await desk.waiting() == ["Headline 1"]


async def test_an_empty_slot_is_not_saved_up(desk: Newsdesk) -> None:
    """An article that comes after an empty slot waits for the next one."""
    publication = desk.publication(a_channel(schedule=SLOTS))
    await publication.start()
    await desk.jobs.pass_time(25 * MINUTE)
    await desk.queued(A)
    await publication.news()
    await desk.jobs.pass_time(14 * MINUTE)
    assert desk.telegram.at(CHANNEL) == []
    await desk.jobs.pass_time(MINUTE)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]


@pytest.mark.parametrize("seed", range(6))
async def test_what_the_plan_says_is_what_happens(desk: Newsdesk, seed: int) -> None:
    """Whatever the rules and the wishes: the channel posts the planned articles at the planned times, no others."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    articles = [an_article(number) for number in range(12)]
    await desk.queued(*articles)
    for article in articles:
        moment = NOON + chance.randrange(1, 300) * MINUTE
        wish = chance.choice(
            [
                NOTHING,
                NOTHING,
                Wish(1, at=moment),
                Wish(1, embargo=moment),
                Wish(1, now=moment),
                Wish(1, held_by="anna"),
            ]
        )
        if wish != NOTHING:
            assert await desk.store.wishes.change("main", article.key, before=NOTHING, after=wish)
    channel = a_channel(
        schedule=chance.choice(["at once", SLOTS, "09:30, 11:00, 12:10"]),
        gap=chance.choice([0, 7, 25]) * MINUTE,
        per_slot=chance.choice([1, 2]),
    )
    channel = replace(
        channel,
        timetable=replace(channel.timetable, daily=chance.choice([None, 6]), jitter=chance.choice([0, 4]) * MINUTE),
    )
    publication = desk.publication(channel)
    planned = await desk.desk(publication).plan(now=NOON, hours=36)
    await publication.start()
    await desk.jobs.pass_time(timedelta(hours=36) - timedelta(seconds=1))
    happened = [(at, article) for article, at in await desk.store.ledger.posted(CHANNEL, since=NOON)]
    assert sorted(happened) == sorted((line.time, line.article.key) for line in planned)
    assert desk.telegram.at(CHANNEL) == [line.article.headline for line in planned]


async def test_the_bot_notices_that_it_was_down(desk: Newsdesk) -> None:
    """After a night of silence it knows from when to when; a short restart is none; an old one is forgotten."""
    marks = desk.store.marks
    await Outages(marks, desk.jobs, desk.clock).start()
    await desk.jobs.pass_time(10 * MINUTE)
    since = desk.clock.now()
    desk.restart()
    desk.clock.advance(LEAST / 2)
    await Outages(marks, desk.jobs, desk.clock).start()
    assert await last_outage(marks, desk.clock.now()) is None
    since = desk.clock.now()
    desk.restart()
    desk.clock.advance(9 * 60 * MINUTE)
    await Outages(marks, desk.jobs, desk.clock).start()
    assert await last_outage(marks, desk.clock.now()) == Outage(since, desk.clock.now())
    assert await last_outage(marks, desk.clock.now() + timedelta(days=3)) is None


async def test_what_was_missed_does_not_come_as_a_flood(desk: Newsdesk) -> None:
    """Four articles of the night on a channel without slots: one at once, the others five minutes apart."""
    await desk.queued(A, B, C, D)
    await desk.store.marks.put("outage", f"{(NOON - timedelta(hours=2)).isoformat()} {NOON.isoformat()}")
    publication = desk.publication(replace(a_channel(), catch_up=CatchUp.SPREAD))
    planned = await desk.desk(publication).plan(now=NOON, hours=1)
    await publication.start()
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]
    await desk.jobs.pass_time(15 * MINUTE)
    assert desk.telegram.at(CHANNEL) == [line.article.headline for line in planned]
    assert len(planned) == 4
