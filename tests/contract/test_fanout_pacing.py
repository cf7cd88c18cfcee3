"""The readers' round as a whole: many at a time, news that joins in, and order for each reader."""

from __future__ import annotations

import asyncio

import pytest

from bot.model import Place, Platform, Post, Receipt
from bot.store import Store
from scheduler.belt import IN_FLIGHT
from scheduler.fanout import AGAIN, AT_ONCE, FRESH
from tests.newsdesk import ANN, BEN, ILYA, Newsdesk, Wire, an_article
from tests.waiting import until

ONE, TWO = an_article(1, "Gardens"), an_article(2, "Trains")
CROWD = [Place(Platform.TELEGRAM, str(number)) for number in range(3001, 3001 + 2 * IN_FLIGHT)]


class SlowWire(Wire):
    """Answers nobody until it is let go; counts how many wait at a time."""

    def __init__(self, desk: Newsdesk) -> None:
        super().__init__(desk.clock)
        self.go_on = asyncio.Event()
        self.waiting = self.most = 0

    async def publish(self, post: Post) -> Receipt:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await self.go_on.wait()
        self.waiting -= 1
        return await super().publish(post)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def test_many_are_sent_at_a_time_and_each_once(desk: Newsdesk) -> None:
    """The next does not wait for the last answer; claims are bounded."""
    for place in CROWD:
        await desk.subscribed(place, "Gardens")
    slow = desk.wires[Platform.TELEGRAM] = SlowWire(desk)
    await desk.queued(ONE, queues=(FRESH, AGAIN))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.fanout().run())
        await until(lambda: slow.waiting == IN_FLIGHT, "as many as may be are in flight")
        slow.go_on.set()
    assert slow.most == IN_FLIGHT
    assert sorted(to for to, _ in slow.posted) == sorted(map(str, CROWD))
    assert await desk.waiting(FRESH) == await desk.waiting(AGAIN) == []


async def test_news_joins_a_round_under_way(desk: Newsdesk) -> None:
    """Telegram's readers of the first are still being served when VK's reader of the second has it."""
    await desk.subscribed(ANN, "Gardens")
    await desk.subscribed(ILYA, "Trains")
    slow = desk.wires[Platform.TELEGRAM] = SlowWire(desk)
    await desk.queued(ONE, queues=(FRESH, AGAIN))
    fanout = desk.fanout()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fanout.run())
        await until(lambda: slow.waiting, "the round has begun")
        await desk.queued(TWO, queues=(FRESH, AGAIN))
        await fanout.run()
        await until(lambda: desk.vk.at(ILYA), "Илья has the second")
        assert slow.posted == []
        slow.go_on.set()
    assert slow.at(ANN) == ["Headline 1"]
    assert await desk.waiting(FRESH) == []


async def test_a_reader_of_several_articles_gets_them_in_their_order(desk: Newsdesk) -> None:
    """However many are on their way."""
    for place in (ANN, BEN, *CROWD[:20]):
        await desk.subscribed(place, "Gardens")
    written = [an_article(number, "Gardens") for number in range(1, 7)]
    await desk.queued(*written, queues=(FRESH, AGAIN))
    await desk.fanout().run()
    for place in (ANN, BEN, *CROWD[:20]):
        assert desk.telegram.at(place) == [article.headline for article in written]


async def test_more_articles_than_are_served_at_a_time_are_all_served(desk: Newsdesk) -> None:
    """Those that have no place yet take it as soon as another is through, in the same round."""
    await desk.subscribed(ANN, "Gardens")
    written = [an_article(number, "Gardens") for number in range(1, AT_ONCE + 8)]
    await desk.queued(*written, queues=(FRESH, AGAIN))
    await desk.fanout().run()
    assert desk.telegram.at(ANN) == [article.headline for article in written]
    assert await desk.waiting(FRESH) == await desk.waiting(AGAIN) == []
