"""Articles that wait for too long are told of once, and so is the end of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.store import Store
from bot.wishes import Wish
from scheduler.selection import Channel
from scheduler.slots import Timetable
from scheduler.waiting import EVERY, Waiting, topic
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, Newsdesk, a_channel, an_article

HOUR = timedelta(hours=1)
A, B = an_article(1), an_article(2)
NEVER = a_channel(schedule="0 9 1 1 *")


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


def watch(desk: Newsdesk, channel: Channel = NEVER, longest: timedelta = 24 * HOUR) -> Waiting:
    return Waiting(
        [channel],
        lineups=desk.lineups(),
        origins=desk.store.traces,
        longest=longest,
        problems=desk.problems,
        jobs=desk.jobs,
        clock=desk.clock,
    )


async def test_a_queue_that_is_too_old_is_told_of_until_it_is_not(desk: Newsdesk) -> None:
    """In the same words, whichever article is the oldest: it is told once. When the queue is empty, it is over."""
    told: list[tuple[str, str | None]] = []
    desk.problems.watch(lambda name, sentence: told.append((name, sentence)), lambda *_: None)
    await desk.queued(A)
    await watch(desk).run()
    await desk.jobs.pass_time(24 * HOUR)
    await desk.queued(B)
    assert desk.problems.of(topic("main")) is None
    await desk.jobs.pass_time(EVERY)
    sentence = desk.problems.of(topic("main"))
    assert sentence == "articles have waited for longer than 24 h on the channel main"
    await desk.store.queues.remove("main", [A.key])
    await desk.jobs.pass_time(25 * HOUR)
    await desk.store.queues.remove("main", [B.key])
    await desk.jobs.pass_time(EVERY)
    assert [one for one in told if one[1]] == [(topic("main"), sentence)] * 2, "B was young for a while"
    assert told[-1] == (topic("main"), None)


@pytest.mark.parametrize(
    ("wish", "waits"),
    [
        (Wish(), True),
        (Wish(held_by="Anna"), False),
        (Wish(embargo=NOON + 400 * HOUR), False),
        (Wish(at=NOON + 400 * HOUR), False),
        (Wish(at=NOON + 5 * HOUR), True),
        (Wish(put_at=NOON + 20 * HOUR, wanted=True), False),
    ],
    ids=["nothing", "held", "embargo", "later", "overdue", "put there lately"],
)
async def test_what_editors_hold_back_waits_for_nobody(desk: Newsdesk, wish: Wish, waits: bool) -> None:
    """Nor is an old article old in the queue into which it was put today."""
    await desk.queued(A)
    await desk.store.wishes.change("main", A.key, before=Wish(), after=replace(wish, revision=1))
    await watch(desk).run()
    await desk.jobs.pass_time(30 * HOUR)
    assert (desk.problems.of(topic("main")) is not None) == waits


async def test_a_draft_waits_for_the_editors(desk: Newsdesk) -> None:
    """Also where it could go out at once."""
    await desk.queued(A)
    await watch(desk, replace(a_channel(), approval=True)).run()
    await desk.jobs.pass_time(25 * HOUR)
    assert desk.problems.of(topic("main"))


async def test_it_can_be_switched_off(desk: Newsdesk) -> None:
    """By no time at all."""
    await desk.queued(A)
    await watch(desk, longest=timedelta()).run()
    assert "waiting" not in desk.jobs.timers


def test_days_off_are_no_waiting() -> None:
    """From Friday noon to Monday noon are twenty-four hours; the day on which the clocks go back has twenty-five."""
    berlin = ZoneInfo("Europe/Berlin")
    weekdays = Timetable(berlin, "0 * * * *", weekend="off")
    friday = datetime(2026, 3, 6, 11, tzinfo=UTC)
    assert weekdays.waited(friday, friday + 72 * HOUR) == 24 * HOUR
    assert Timetable(berlin, "0 * * * *").waited(friday, friday + 72 * HOUR) == 72 * HOUR
    changed = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight before the day with twenty-five hours
    assert Timetable(berlin, "0 * * * *").waited(changed, changed + 25 * HOUR) == 25 * HOUR


async def test_the_status_names_the_oldest_and_what_is_put_off(desk: Newsdesk) -> None:
    """Since when it has waited, and until when the platform asked to wait."""
    await desk.queued(A, B)
    publication = desk.publication(NEVER)
    opened = [("vk posts: captcha", NOON + HOUR)]
    news = desk.desk(publication, origins=desk.store.traces, breakers=lambda: opened)
    state = await news.status(now=NOON + HOUR)
    assert state.channels[0].oldest == NOON
    assert state.breakers == tuple(opened)
    assert state.channels[0].place == CHANNEL
