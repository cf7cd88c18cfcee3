"""A channel at work: budgets, gaps, crashes, and two processes at once."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta

import pytest

from bot.errors import Refused, TryLater
from bot.model import Attempt, Slot, SlotState
from bot.store import Store
from scheduler.deliver import LEASE, MENDING
from scheduler.slots import Quiet
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, CrashError, CrashingQueues, Newsdesk, a_channel, an_article

MINUTE = timedelta(minutes=1)
SLOTS = "*/20 * * * *"
A, B, C, D = (an_article(number) for number in range(1, 5))


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


def on_channel(desk: Newsdesk) -> str:
    """The numbers of what stands there, in order."""
    return "".join(headline.removeprefix("Headline ") for headline in desk.telegram.at(CHANNEL))


async def test_a_deferred_article_does_not_take_the_next_slot(desk: Newsdesk) -> None:
    """It has used its own: at the next slot it goes out and the next one too."""
    await desk.queued(A, B, C)
    desk.telegram.faults = [TryLater("flood", after=25 * MINUTE)]
    await desk.publication(a_channel(schedule=SLOTS)).start()
    await desk.jobs.pass_time(20 * MINUTE)
    assert (on_channel(desk), desk.telegram.calls) == ("", 1)
    await desk.jobs.pass_time(24 * MINUTE)  # the second slot comes while the channel is held, and waits with it
    assert on_channel(desk) == ""
    await desk.jobs.pass_time(MINUTE)
    assert on_channel(desk) == "12"
    await desk.jobs.pass_time(15 * MINUTE)
    assert on_channel(desk) == "123"


async def test_slots_that_pass_while_a_channel_is_broken_do_not_add_up(desk: Newsdesk) -> None:
    """Broken over three slots; mended, the held one and one more go out, not four at once."""
    await desk.queued(A, B, C, D)
    desk.telegram.faults = [Refused("no right", whole_place=True)] * 7
    await desk.publication(a_channel(schedule=SLOTS)).start()
    await desk.jobs.pass_time(20 * MINUTE + 7 * MENDING)
    assert on_channel(desk) == "12"
    await desk.jobs.pass_time(10 * MINUTE)
    assert on_channel(desk) == "123"


async def test_a_slot_waits_for_the_gap_but_not_past_the_next_slot(desk: Newsdesk) -> None:
    """A gap of 15 minutes: the second of a slot of three goes 15 minutes later, the third never in this slot."""
    await desk.queued(A, B, C, D)
    await desk.publication(a_channel(schedule=SLOTS, gap=15 * MINUTE, per_slot=3)).start()
    await desk.jobs.pass_time(34 * MINUTE)
    assert on_channel(desk) == "1"
    await desk.jobs.pass_time(MINUTE)
    assert on_channel(desk) == "12"
    await desk.jobs.pass_time(14 * MINUTE)  # 12:49: the slot of 12:40 waits for the gap
    assert on_channel(desk) == "12"
    await desk.jobs.pass_time(MINUTE)
    assert on_channel(desk) == "123"


async def test_a_deferred_article_waits_for_quiet_hours_to_end(desk: Newsdesk) -> None:
    """Due in the night, sent in the morning, and not only at the first slot of the day."""
    quiet = Quiet(time(9, 21), time(9, 50))
    await desk.queued(A)
    desk.telegram.faults = [TryLater("flood", after=5 * MINUTE)]
    await desk.publication(a_channel(schedule="20 9 * * *", quiet=quiet)).start()
    await desk.jobs.pass_time(49 * MINUTE)
    assert (on_channel(desk), desk.telegram.calls) == ("", 1)
    await desk.jobs.pass_time(MINUTE)
    assert on_channel(desk) == "1"


async def test_a_deferred_article_that_grew_too_old_is_skipped_and_gives_no_chance_away(desk: Newsdesk) -> None:
    """Its last word is the reason; the channel keeps to its slots."""
    await desk.queued(A, B, C)
    old = an_article(9, age=timedelta(minutes=90))
    await desk.queued(old)
    channel = a_channel(schedule=SLOTS, max_age=timedelta(minutes=115))
    desk.telegram.faults = [Refused("no right", whole_place=True)]
    publication = desk.publication(channel)
    await publication.start()
    await desk.jobs.pass_time(20 * MINUTE)
    assert await desk.state(old) is SlotState.DEFERRED
    await desk.jobs.pass_time(10 * MINUTE)
    word = await desk.last_word(old)
    assert word is not None
    assert word.state is SlotState.SKIPPED
    assert "older than" in str(word.reason)
    for _ in range(3):
        await publication.news()
        await desk.jobs.pass_time()
    assert on_channel(desk) == ""
    await desk.jobs.pass_time(10 * MINUTE)
    assert on_channel(desk) == "1"


async def test_a_crash_after_the_send_never_sends_again(desk: Newsdesk) -> None:
    """The process dies before the outcome is written: the claim runs out, a person looks, the next goes on."""
    await desk.queued(A, B)
    desk.telegram.faults = [(CrashError(), "posted")]
    with pytest.raises(CrashError):
        await desk.publication().start()
    desk.restart()
    await desk.publication().start()
    assert on_channel(desk) == "1"
    await desk.jobs.pass_time(LEASE / 2)
    assert desk.telegram.calls == 1
    desk.clock.advance(LEASE / 2)
    assert await desk.store.overdue.expire(now=desk.clock.now()) == [Slot(A.key, CHANNEL)]
    await desk.jobs.pass_time()
    assert on_channel(desk) == "12"
    assert await desk.state(A) is SlotState.UNCONFIRMED


async def test_a_claim_that_ran_out_is_not_asked_for_all_the_time(desk: Newsdesk) -> None:
    """Until the sweep has looked at it the channel asks every few seconds, not in a circle."""
    await desk.queued(A)
    desk.telegram.faults = [CrashError()]
    with pytest.raises(CrashError):
        await desk.publication().start()
    desk.restart()
    desk.clock.advance(2 * LEASE)
    await desk.publication().start()
    async with asyncio.timeout(5):
        await desk.jobs.pass_time()
    assert all(when > desk.clock.now() for when, _ in desk.jobs.timers.values())


async def test_a_crash_before_the_queue_is_cleared_costs_no_slot(desk: Newsdesk) -> None:
    """The post is in the ledger but still in the queue: it is dropped there, and the slot goes to the next."""
    await desk.queued(A, B)
    channel = a_channel(schedule=SLOTS)
    await desk.publication(channel, queues=CrashingQueues(desk.store)).start()
    with pytest.raises(CrashError):
        await desk.jobs.pass_time(20 * MINUTE)
    desk.restart()
    assert await desk.waiting() == ["Headline 1", "Headline 2"]
    await desk.publication(channel).start()
    await desk.jobs.pass_time(20 * MINUTE)
    assert on_channel(desk) == "12"


async def test_a_firing_is_taken_by_one_of_two_processes(desk: Newsdesk) -> None:
    """Both wake for the slot; one article goes out."""
    await desk.queued(A, B)
    other = Newsdesk(desk.store, desk.clock)
    other.wires = desk.wires
    for one in (desk, other):
        await one.publication(a_channel(schedule=SLOTS)).start()
    await asyncio.gather(*(one.jobs.run_until(NOON + 20 * MINUTE) for one in (desk, other)))
    assert on_channel(desk) == "1"


async def test_two_processes_never_send_the_same(desk: Newsdesk) -> None:
    """At the same moment, the same queue: the claim is atomic, and the other one waits its turn."""
    await desk.queued(A, B, C)
    other = Newsdesk(desk.store, desk.clock)
    other.wires = desk.wires
    await asyncio.gather(desk.publication().start(), other.publication().start())
    for one in (desk, other):
        await one.publication().news()
    assert sorted(on_channel(desk)) == ["1", "2", "3"]


async def test_a_lost_claim_changes_nothing_in_the_ledger(desk: Newsdesk) -> None:
    """An admin decided while the send hung: the late word is logged, not written."""
    await desk.queued(A)
    slot = Slot(A.key, CHANNEL)
    store = desk.store

    class Hanging:
        async def publish(self, post: object) -> None:  # noqa: ARG002 - the port's argument
            desk.clock.advance(2 * LEASE)
            await store.overdue.expire(now=desk.clock.now())
            decided = Attempt(slot, desk.clock.now(), SlotState.SKIPPED, "not wanted")
            assert await store.doubts.resolve(decided)
            raise TryLater("flood", after=MINUTE)

    desk.wires = {platform: Hanging() for platform in desk.wires}  # type: ignore[misc]  # stands in for a wire
    await desk.publication().start()
    assert await desk.state(A) is SlotState.SKIPPED


async def test_now_goes_past_slots_and_gaps(desk: Newsdesk) -> None:
    """An editor asks for the next at once; what does not belong there is skipped on the way."""
    await desk.queued(an_article(1, "Trains"), an_article(2, "Gardens"))
    publication = desk.publication(a_channel(schedule="0 9 1 1 *", query="Gardens", gap=timedelta(hours=9)))
    attempt = await publication.post_now()
    assert attempt is not None
    assert attempt.state is SlotState.SENT
    assert on_channel(desk) == "2"
    assert await publication.post_now() is None


async def test_now_in_a_flood_is_tried_again_when_it_is_over(desk: Newsdesk) -> None:
    """Asked for now, put off by the platform: it does not wait for the first of January."""
    await desk.queued(A)
    desk.telegram.faults = [TryLater("flood", after=MINUTE)]
    await desk.publication(a_channel(schedule="0 9 1 1 *")).post_now()
    await desk.jobs.pass_time(MINUTE)
    assert on_channel(desk) == "1"


async def test_now_does_not_overtake_what_is_put_off(desk: Newsdesk) -> None:
    """The platform asked to wait: the editor is told so, and the order is kept."""
    await desk.queued(A, B)
    desk.telegram.faults = [TryLater("flood", after=MINUTE)]
    publication = desk.publication(a_channel(schedule="0 9 1 1 *"))
    for _ in range(2):
        attempt = await publication.post_now()
        assert attempt is not None
        assert (attempt.state, attempt.reason) == (SlotState.DEFERRED, "flood")
    assert desk.telegram.calls == 1


async def test_stopping_sends_nothing_more(desk: Newsdesk) -> None:
    """What is queued stays queued."""
    await desk.queued(A)
    desk.stopping.set()
    await desk.publication().start()
    assert desk.telegram.calls == 0
    assert await desk.waiting() == ["Headline 1"]
