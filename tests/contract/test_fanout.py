"""An article on its way to many readers: each once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.checkpoints import Moment
from bot.errors import OutcomeUnknown, Refused, StoreError, TryLater
from bot.model import Article, Place, Platform, Receipt, SlotState
from bot.store import Store
from scheduler import fanout as fanout_module
from scheduler.belt import IN_FLIGHT
from scheduler.fanout import AGAIN, FRESH
from tests.newsdesk import ANN, BEN, CHANNEL, ILYA, CrashError, CrashingQueues, Newsdesk, Wire, an_article
from tests.waiting import until

MINUTE = timedelta(minutes=1)
ONE, TWO = an_article(1, "Gardens"), an_article(2, "Gardens")
CROWD = [Place(Platform.TELEGRAM, str(number)) for number in range(3001, 3009)]


@pytest.fixture
async def desk(store: Store) -> Newsdesk:
    """Two readers on Telegram, one on VK, all of them gardeners."""
    desk = Newsdesk(store)
    for place in (ANN, BEN, ILYA):
        await desk.subscribed(place, "Gardens")
    return desk


async def waiting(desk: Newsdesk) -> tuple[list[str], list[str]]:
    return await desk.waiting(FRESH), await desk.waiting(AGAIN)


async def collected(desk: Newsdesk, *articles: Article) -> None:
    await desk.queued(*articles, queues=("main", FRESH, AGAIN))


async def test_a_deferred_reader_gets_it_later_while_others_have_theirs(desk: Newsdesk) -> None:
    """A flood wait for one is no reason to keep the next one waiting; nobody gets it twice."""
    await collected(desk, ONE)
    desk.telegram.faults = [TryLater("flood", after=MINUTE)]
    await desk.fanout().run()
    assert len(desk.telegram.posted) == 1
    assert desk.vk.at(ILYA) == ["Headline 1"]
    assert await waiting(desk) == ([], ["Headline 1"])
    await desk.jobs.pass_time(MINUTE / 2)
    assert desk.telegram.calls == 2
    await desk.jobs.pass_time(MINUTE / 2)
    assert sorted(desk.telegram.posted) == [(str(ANN), "Headline 1"), (str(BEN), "Headline 1")]
    assert await waiting(desk) == ([], [])
    assert "readers: deferred" not in desk.jobs.timers


async def test_a_channel_that_waits_is_none_of_the_readers_business(desk: Newsdesk) -> None:
    """The same article is deferred in the channel: the readers' round ends all the same."""
    await collected(desk, ONE)
    desk.telegram.faults = [Refused("no right", whole_place=True)]
    await desk.publication().start()
    await desk.fanout().run()
    assert await waiting(desk) == ([], [])
    assert await desk.state(ONE, CHANNEL) is SlotState.DEFERRED


@pytest.mark.parametrize("after_the_send", [True, False])
async def test_a_crash_in_the_middle_of_a_round_repeats_no_message(desk: Newsdesk, after_the_send: bool) -> None:
    """Killed at the third of ten readers: the next run serves the rest. Whoever was being served, with both articles in
    one message, is left in doubt: zero beats two."""
    for place in CROWD:
        await desk.subscribed(place, "Gardens")
    await collected(desk, ONE, TWO)
    desk.telegram.faults = [None, None, (CrashError(), "posted") if after_the_send else CrashError()]
    with pytest.raises(ExceptionGroup):
        await desk.fanout().run()
    desk.restart()
    await desk.fanout().run()
    sent = desk.telegram.lines
    assert len(sent) == len(set(sent)) == 2 * (len((ANN, BEN, *CROWD)) - (0 if after_the_send else 1))


async def test_a_crash_before_the_queue_is_cleared_repeats_no_message(desk: Newsdesk) -> None:
    """Everybody has it; the whole round is done again, and nothing is sent."""
    await collected(desk, ONE)
    with pytest.raises(CrashError):
        await desk.fanout(queues=CrashingQueues(desk.store)).run()
    desk.restart()
    await desk.fanout().run()
    assert (desk.telegram.calls, desk.vk.calls) == (2, 1)
    assert await waiting(desk) == ([], [])


async def test_a_crash_after_the_queue_was_cleared_repeats_no_message(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put off is still waiting in the other queue; there it is found that all is done."""

    def crash(moment: Moment) -> None:
        assert moment is Moment.DEQUEUED
        raise CrashError

    await collected(desk, ONE)
    monkeypatch.setattr(fanout_module, "passed", crash)
    with pytest.raises(CrashError):
        await desk.fanout().run()
    monkeypatch.undo()
    desk.restart()
    await desk.fanout().run()
    assert (desk.telegram.calls, desk.vk.calls) == (2, 1)
    assert await waiting(desk) == ([], [])


class HangingWire(Wire):
    """Answers nobody until it is let go."""

    def __init__(self, desk: Newsdesk) -> None:
        super().__init__(desk.clock)
        self.go_on = asyncio.Event()

    async def publish(self, post: object) -> Receipt:
        self.calls += 1
        await self.go_on.wait()
        return await super().publish(post)  # type: ignore[arg-type]  # a Post, as the port has it


async def test_platforms_do_not_wait_for_each_other(desk: Newsdesk) -> None:
    """Telegram hangs; VK's reader has the article before it is over."""
    slow = desk.wires[Platform.TELEGRAM] = HangingWire(desk)
    await collected(desk, ONE)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.fanout().run())
        await until(lambda: desk.vk.at(ILYA), "Илья has it")
        assert slow.posted == []
        slow.go_on.set()
    assert len(slow.posted) == 2


async def test_news_during_a_round_is_served_right_after_it(desk: Newsdesk) -> None:
    """One round at a time, and an article that came in the middle of one is not left lying until the next news."""
    slow = desk.wires[Platform.TELEGRAM] = HangingWire(desk)
    await collected(desk, ONE)
    fanout = desk.fanout()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fanout.run())
        await until(lambda: slow.calls, "the round has begun")
        await collected(desk, TWO)
        await fanout.run()
        assert slow.posted == []
        slow.go_on.set()
    assert desk.telegram.at(ANN) == ["Headline 1", "Headline 2"]


async def test_stopping_lets_the_messages_in_flight_end_and_sends_no_other(desk: Newsdesk) -> None:
    """The next start serves who was not served."""
    crowd = [Place(Platform.TELEGRAM, str(number)) for number in range(3001, 3001 + IN_FLIGHT)]
    for place in crowd:
        await desk.subscribed(place, "Gardens")
    slow = desk.wires[Platform.TELEGRAM] = HangingWire(desk)
    await collected(desk, ONE)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.fanout().run())
        await until(lambda: slow.calls == IN_FLIGHT, "as many are in flight as may be")
        desk.stopping.set()
        slow.go_on.set()
    assert len(slow.posted) == IN_FLIGHT
    assert await desk.waiting(FRESH) == ["Headline 1"]
    desk.restart()
    await desk.fanout().run()
    assert sorted(to for to, _ in slow.posted) == sorted(str(place) for place in (ANN, BEN, *crowd))


async def test_an_unknown_outcome_is_left_alone(desk: Newsdesk) -> None:
    """A reader who may have it does not get it again."""
    await collected(desk, ONE)
    desk.vk.faults = [OutcomeUnknown("no answer")]
    await desk.fanout().run()
    await desk.fanout().run()
    await desk.jobs.pass_time(timedelta(days=1))
    assert desk.vk.calls == 1
    assert await waiting(desk) == ([], [])


async def test_a_reader_who_left_in_the_meantime_gets_nothing(desk: Newsdesk) -> None:
    """Deferred, then forgotten at their own wish: the wish counts."""
    await collected(desk, ONE)
    desk.vk.faults = [TryLater("flood", after=MINUTE)]
    await desk.fanout().run()
    await desk.store.subscriptions.forget(ILYA)
    await desk.jobs.pass_time(2 * MINUTE)
    assert desk.vk.calls == 1
    assert await waiting(desk) == ([], [])


async def test_a_store_that_goes_away_is_one_plain_error(desk: Newsdesk) -> None:
    """So that the job is tried again."""
    await collected(desk, ONE)
    desk.telegram.faults = [StoreError("redis is away")]
    with pytest.raises(StoreError):
        await desk.fanout().run()
    await desk.fanout().run()
    assert len(desk.telegram.posted) == 1
