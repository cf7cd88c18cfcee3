"""What an admin sees: the state of things, and what will happen next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import CommandError, Refused, TryLater
from bot.model import SlotState
from bot.store import Store
from tests.fakes import NOON
from tests.newsdesk import ANN, CHANNEL, SOURCE, WALL, Newsdesk, Newsstand, a_channel, an_article

MINUTE = timedelta(minutes=1)
A, B = an_article(1), an_article(2)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def test_the_plan_is_what_happens(desk: Newsdesk) -> None:
    """Two channels, in order of time; then time passes, and it was so."""
    await desk.queued(A, B, queues=("slow", "wall"))
    slow = desk.publication(a_channel("slow", schedule="*/20 * * * *"))
    wall = desk.publication(a_channel("wall", WALL, schedule="30 * * * *", per_slot=2))
    for one in (slow, wall):
        await one.start()
    planned = await desk.desk(slow, wall).plan(now=NOON, hours=1)
    told = [(line.time - NOON, line.channel, line.article.headline) for line in planned]
    assert told == [
        (20 * MINUTE, "slow", "Headline 1"),
        (30 * MINUTE, "wall", "Headline 1"),
        (30 * MINUTE, "wall", "Headline 2"),
        (40 * MINUTE, "slow", "Headline 2"),
    ]
    for line in planned:
        await desk.jobs.run_until(line.time)
        place = slow.channel.place if line.channel == "slow" else WALL
        assert line.article.headline in desk.wires[place.platform].at(place)


async def test_the_plan_knows_what_is_put_off(desk: Newsdesk) -> None:
    """A flood wait of 25 minutes: nothing is promised before it ends."""
    await desk.queued(A)
    desk.telegram.faults = [TryLater("flood", after=25 * MINUTE)]
    publication = desk.publication()
    await publication.start()
    [line] = await desk.desk(publication).plan(now=NOON, hours=1)
    assert line.time == NOON + 25 * MINUTE


async def test_the_status_names_what_is_wrong_and_where(desk: Newsdesk) -> None:
    """A broken channel, a reader, a source that was never read: each in its place."""
    await desk.queued(A, B)
    await desk.subscribed(ANN, "Gardens")
    desk.telegram.faults = [Refused("no right", whole_place=True)]
    publication = desk.publication()
    await publication.start()
    desk.problems.report("telegram", "@digest_bot may not post in @digest.")
    status = await desk.desk(publication).status(now=NOON)
    [channel], [source] = status.channels, status.sources
    assert (channel.name, channel.place, channel.waiting) == ("main", CHANNEL, 2)
    assert channel.problem == "no right"
    assert channel.next_post == NOON + 10 * MINUTE
    assert source.state.succeeded_at is None
    assert status.readers["telegram"] == 1
    assert status.tally[SlotState.DEFERRED] == 1
    assert status.problems == ("telegram: @digest_bot may not post in @digest.",)


async def test_the_status_after_a_good_day(desk: Newsdesk) -> None:
    """Everything read, everything sent, nothing wrong."""
    newsstand = Newsstand()
    await desk.collector(newsstand).collect(SOURCE)
    newsstand.entries.append(A)
    await desk.collector(newsstand).collect(SOURCE)
    publication = desk.publication()
    await publication.start()
    status = await desk.desk(publication).status(now=NOON)
    assert status.sources[0].state.succeeded_at == NOON
    assert (status.channels[0].last_sent, status.channels[0].waiting) == (NOON, 0)
    assert status.channels[0].problem is None
    assert status.tally[SlotState.SENT] == 1


async def test_now_to_one_channel_or_to_all(desk: Newsdesk) -> None:
    """By name; without one, the next of each. An unknown name is told which there are."""
    await desk.queued(A, queues=("main", "wall"))
    publications = desk.publication(a_channel(schedule="0 9 1 1 *")), desk.publication(a_channel("wall", WALL))
    news = desk.desk(*publications)
    with pytest.raises(CommandError) as caught:
        await news.post_now("mian", now=NOON)
    assert caught.value.say == "main, wall"
    assert [attempt.slot.place for attempt in await news.post_now("main", now=NOON)] == [CHANNEL]
    assert [attempt.slot.place for attempt in await news.post_now(None, now=NOON)] == [WALL]
    assert await news.post_now(None, now=NOON) == []
