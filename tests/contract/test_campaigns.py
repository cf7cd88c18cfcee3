"""What campaigns promise: a crowd that stays as it was, every message acknowledged, nothing lost when a bot dies."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import OutcomeUnknown, TryLater
from bot.model import Attempt, Claim, Place, Platform, Post, Receipt, Slot, SlotState
from bot.query import facets
from bot.readers import Delivery, Reader, Subscription
from bot.store import Store, keys
from bot.store.campaigns import RedisCampaigns
from bot.store.leases import Fence
from bot.store.ledger import RedisLedger
from bot.store.readers import wishes_of
from bot.store.roster import Roster
from scheduler.belt import IN_FLIGHT
from scheduler.fanout import AGAIN, FRESH
from tests.fakes import NOON
from tests.newsdesk import ANN, BEN, ILYA, Newsdesk, Wire, an_article
from tests.readers import a_reader
from tests.waiting import until

LEASE = timedelta(minutes=3)
ONE, TWO = an_article(1, "Gardens"), an_article(2, "Gardens")
CROWD = [Place(Platform.TELEGRAM, str(number)) for number in range(3001, 3101)]
FOUND = facets(ONE)


async def subscribed(store: Store, *places: Place) -> None:
    for place in places:
        await store.subscriptions.save(a_reader(place, "en", "Gardens"))


async def waiting(store: Store) -> list[Place]:
    """Who was not tried yet."""
    campaign = await store.campaigns.begin(ONE.key, FOUND, now=NOON)
    numbers = [number for crowd in campaign.waiting.values() for number in crowd]
    return [place for place in await store.campaigns.places(numbers) if place is not None]


async def claimed(store: Store, place: Place, *, lease: timedelta = LEASE) -> Claim:
    claim = await store.ledger.claim(Slot(ONE.key, place), now=NOON, lease=lease)
    assert claim is not None
    return claim


async def sent(store: Store, place: Place, number: str = "7") -> Claim:
    claim = await claimed(store, place)
    there = Attempt(claim.slot, NOON, SlotState.SENT, receipt=Receipt(number, NOON), wording="w")
    assert await store.ledger.settle(claim, there)
    return claim


async def state(store: Store, place: Place) -> SlotState | None:
    word = (await store.ledger.states([Slot(ONE.key, place)]))[0]
    return word.state if word else None


async def another_process(store: Store) -> Store:
    """The same redis, with nothing in mind."""
    fresh = Roster(store.client, wishes_of)
    campaigns = RedisCampaigns(store.client, fresh, Fence())
    ledger = RedisLedger(store.client, campaigns)
    return replace(store, campaigns=campaigns, ledger=ledger, overdue=ledger, doubts=ledger)


async def test_the_crowd_is_who_wanted_it_when_it_came(any_store: Store) -> None:
    """Who subscribes later, or wants it in a digest, is not among them; who leaves has no place any more."""
    await subscribed(any_store, ANN, BEN)
    digest = Subscription("Gardens", Delivery.DAILY)
    await any_store.subscriptions.save(Reader(ILYA, "ru", (digest,)))
    assert await waiting(any_store) == [ANN, BEN]
    await subscribed(any_store, *CROWD[:3])
    assert await waiting(any_store) == [ANN, BEN]
    await any_store.subscriptions.forget(ANN)
    assert await waiting(any_store) == [BEN]


async def test_every_message_is_acknowledged(any_store: Store) -> None:
    """Claimed by one, sent once, with its number, its time and what it said; also in the eyes of another process."""
    await subscribed(any_store, ANN, BEN, ILYA)
    assert len(await waiting(any_store)) == 3
    await sent(any_store, BEN, "123456")
    assert await any_store.ledger.claim(Slot(ONE.key, BEN), now=NOON, lease=LEASE) is None
    other = await another_process(any_store)
    for store in (any_store, other):
        word = (await store.ledger.states([Slot(ONE.key, BEN)]))[0]
        receipt = Receipt("123456", NOON)
        assert word == Attempt(Slot(ONE.key, BEN), NOON, SlotState.SENT, receipt=receipt, wording="w")
        assert await store.ledger.story(ONE.key) == [word]
    assert await waiting(other) == [ANN, ILYA]
    assert (await other.overdue.tally())[SlotState.SENT] == 1


async def test_many_at_a_time_are_all_acknowledged(any_store: Store) -> None:
    """Claims and ends that come at the same moment go to the store together, and none is mixed up with another."""
    await subscribed(any_store, *CROWD)
    await waiting(any_store)
    dice = random.Random(1)  # noqa: S311 - an order, not a secret
    order = dice.sample(CROWD, len(CROWD))
    await asyncio.gather(*(sent(any_store, place, place.chat) for place in order))
    words = await any_store.ledger.story(ONE.key)
    assert sorted((word.slot.place.chat, word.receipt.message_id) for word in words if word.receipt) == [
        (place.chat, place.chat) for place in CROWD
    ]
    assert (await any_store.overdue.tally())[SlotState.SENT] == len(CROWD)


@pytest.mark.parametrize("number", ["0", "4294967296", "a name", ""])
async def test_a_number_that_does_not_fit_is_kept_all_the_same(any_store: Store, number: str) -> None:
    """In words, as at any other place."""
    await subscribed(any_store, ANN)
    await waiting(any_store)
    await sent(any_store, ANN, number)
    word = (await any_store.ledger.states([Slot(ONE.key, ANN)]))[0]
    assert word is not None
    assert word.receipt is not None
    assert (word.state, word.receipt.message_id) == (SlotState.SENT, number)
    assert await waiting(any_store) == []


async def test_what_is_put_off_is_claimed_again_when_it_is_due(any_store: Store) -> None:
    """Not before; and then its end is kept."""
    await subscribed(any_store, ANN)
    await waiting(any_store)
    claim, later = await claimed(any_store, ANN), NOON + timedelta(minutes=1)
    assert await any_store.ledger.settle(claim, Attempt(claim.slot, NOON, SlotState.DEFERRED, "flood", until=later))
    assert [word.until for word in await any_store.ledger.put_off(ONE.key)] == [later]
    assert await any_store.ledger.claim(claim.slot, now=NOON, lease=LEASE) is None
    again = await any_store.ledger.claim(claim.slot, now=later, lease=LEASE)
    assert again is not None
    assert await any_store.ledger.settle(again, Attempt(claim.slot, later, SlotState.SENT, receipt=Receipt("8", later)))
    assert await state(any_store, ANN) is SlotState.SENT
    assert await any_store.ledger.put_off(ONE.key) == []


@pytest.mark.parametrize("orphaned", [True, False])
async def test_the_claims_of_the_dead_are_doubts(any_store: Store, orphaned: bool) -> None:
    """When their lease is over, or at once when nobody can be alive; the rest is untouched, and nothing is lost."""
    await subscribed(any_store, *CROWD[:10])
    await waiting(any_store)
    await sent(any_store, CROWD[0])
    for place in CROWD[1:4]:
        await claimed(any_store, place)
    other = await another_process(any_store)
    assert (await other.overdue.tally())[SlotState.CLAIMED] == 3
    assert len(await waiting(other)) == 6
    assert await other.overdue.expire(now=NOON) == []
    then = NOON if orphaned else NOON + LEASE + timedelta(seconds=1)
    assert {slot.place for slot in await other.overdue.expire(now=then, orphaned=orphaned)} == set(CROWD[1:4])
    assert {word.slot.place for word in await other.doubts.unconfirmed()} == set(CROWD[1:4])
    assert (await other.overdue.tally())[SlotState.CLAIMED] == 0
    assert await state(other, CROWD[0]) is SlotState.SENT


class DyingWire(Wire):
    """Answers so many, and nobody from then on."""

    def __init__(self, desk: Newsdesk, answers: int) -> None:
        super().__init__(desk.clock)
        self.answers = answers

    async def publish(self, post: Post) -> Receipt:
        if self.calls >= self.answers:
            self.calls += 1
            await asyncio.Event().wait()
        return await super().publish(post)


@pytest.mark.parametrize("answers", [0, 1, 7, IN_FLIGHT, IN_FLIGHT + 23])
async def test_a_bot_killed_after_any_message_loses_nobody(desk: Newsdesk, answers: int) -> None:
    """Also while words on messages wait to be written together: everybody has it once or is in doubt, and in doubt are
    at most as many as were in flight."""
    await subscribed(desk.store, *CROWD)
    await desk.queued(ONE, queues=(FRESH, AGAIN))
    dying = desk.wires[Platform.TELEGRAM] = DyingWire(desk, answers)
    async with asyncio.TaskGroup() as tasks:
        round_ = tasks.create_task(desk.fanout().run())
        await until(lambda: dying.calls > answers and len(dying.posted) == answers, "so many were answered")
        round_.cancel()
    desk.store = await another_process(desk.store)
    desk.restart()
    doubtful = {str(slot.place) for slot in await desk.store.overdue.expire(now=NOON, orphaned=True)}
    calm = desk.wires[Platform.TELEGRAM] = Wire(desk.clock)
    await desk.fanout().run()
    before, after = ([to for to, _ in wire.posted] for wire in (dying, calm))
    assert len(set(before + after)) == len(before + after)
    assert {*before, *after, *doubtful} == {str(place) for place in (ANN, BEN, *CROWD)}
    assert not doubtful & set(after)
    assert len(doubtful) <= IN_FLIGHT


async def test_a_word_that_comes_after_the_lease_still_counts(any_store: Store) -> None:
    """The last claimer knows best, as long as nobody has decided since."""
    await subscribed(any_store, ANN, BEN)
    await waiting(any_store)
    late, decided = await claimed(any_store, ANN), await claimed(any_store, BEN)
    other = await another_process(any_store)
    assert len(await other.overdue.expire(now=NOON + 2 * LEASE)) == 2
    await other.doubts.resolve(Attempt(decided.slot, NOON, SlotState.SKIPPED, "decided"))
    for claim in (late, decided):
        there = Attempt(claim.slot, NOON, SlotState.SENT, receipt=Receipt("7", NOON))
        assert await any_store.ledger.settle(claim, there) is (claim is late)
    assert (await state(any_store, ANN), await state(any_store, BEN)) == (SlotState.SENT, SlotState.SKIPPED)


async def test_a_campaign_that_is_called_off_reaches_nobody_else(any_store: Store) -> None:
    """Also one that never began; who has it, has it. The groups in it are named, since their slots are others'."""
    group = Place(Platform.TELEGRAM, "-1005", 3)
    await subscribed(any_store, ANN, BEN, group)
    await waiting(any_store)
    await sent(any_store, ANN)
    for article in (ONE, TWO):
        assert await any_store.campaigns.call_off(article.key, FOUND, "retracted", now=NOON) == [group]
        assert await any_store.ledger.claim(Slot(article.key, BEN), now=NOON, lease=LEASE) is None
    words = {word.slot.place: (word.state, word.reason) for word in await any_store.ledger.story(ONE.key)}
    assert words == {ANN: (SlotState.SENT, None), BEN: (SlotState.SKIPPED, "retracted")}


async def test_a_skipped_slot_is_not_sent_and_a_sent_one_not_skipped(any_store: Store) -> None:
    """The first word stays."""
    await subscribed(any_store, ANN, BEN)
    await waiting(any_store)
    await sent(any_store, ANN)
    for place in (ANN, BEN):
        await any_store.ledger.skip(Slot(ONE.key, place), now=NOON, reason="no")
    assert (await state(any_store, ANN), await state(any_store, BEN)) == (SlotState.SENT, SlotState.SKIPPED)
    assert await any_store.ledger.claim(Slot(ONE.key, BEN), now=NOON, lease=LEASE) is None


async def test_a_campaign_survives_export_and_import(any_store: Store) -> None:
    """Nobody gets an article again because the state moved to another machine."""
    await subscribed(any_store, ANN, BEN)
    await waiting(any_store)
    await sent(any_store, ANN)
    rows = [row async for row in any_store.dump()]
    await any_store.client.write("FLUSHALL")
    await any_store.restore(rows)
    other = await another_process(any_store)
    assert await waiting(other) == [BEN]
    assert (await other.ledger.states([Slot(ONE.key, ANN)]))[0] is not None


async def test_a_campaign_lives_as_long_as_the_readers_ledger(any_store: Store) -> None:
    """Every part of it."""
    await subscribed(any_store, ANN)
    await waiting(any_store)
    await sent(any_store, ANN)
    parts = [keys.campaign(ONE.key), keys.acks(1), *(keys.crowd(f"1:{platform}") for platform in Platform)]
    lives = await any_store.client.reads([("TTL", key) for key in parts])
    assert all(0 < life <= keys.seconds(keys.READERS_LEDGER) for life in lives)
    assert await any_store.client.read("ZCARD", keys.FLIGHTS) == 1


# The fan-out over them


@pytest.fixture
async def desk(store: Store) -> Newsdesk:
    desk = Newsdesk(store)
    await subscribed(store, ANN, BEN)
    return desk


async def test_articles_that_wait_for_the_same_reader_come_in_one_message(desk: Newsdesk) -> None:
    """In their order; each of them has its end in the ledger, and knows its companions."""
    await desk.subscribed(BEN, "Gardens", "Trains")
    three = an_article(3, "Trains")
    await desk.queued(ONE, TWO, three, queues=(FRESH, AGAIN))
    await desk.fanout().run()
    assert sorted(desk.telegram.posted) == [
        (str(ANN), "Headline 1\nHeadline 2"),
        (str(BEN), "Headline 1\nHeadline 2\nHeadline 3"),
    ]
    word = await desk.last_word(TWO, ANN)
    assert word is not None
    assert word.together == (ONE.key, TWO.key)
    assert await desk.waiting(FRESH) == await desk.waiting(AGAIN) == []


async def test_a_merged_message_that_is_put_off_comes_whole(desk: Newsdesk) -> None:
    """Everything it held is deferred, and comes together again."""
    await desk.queued(ONE, TWO, queues=(FRESH, AGAIN))
    desk.telegram.faults = [TryLater("flood", after=timedelta(minutes=1))]
    await desk.fanout().run()
    assert len(desk.telegram.posted) == 1
    await desk.jobs.pass_time(timedelta(minutes=2))
    assert sorted(desk.telegram.posted) == [(str(one), "Headline 1\nHeadline 2") for one in (ANN, BEN)]


async def test_a_reader_who_unsubscribed_meanwhile_gets_nothing(desk: Newsdesk) -> None:
    """Put off, then not wanted any more: that is decided, and nobody waits for it."""
    await desk.queued(ONE, queues=(FRESH, AGAIN))
    desk.telegram.faults = [TryLater("flood", after=timedelta(minutes=1))]
    await desk.fanout().run()
    away = ANN if desk.telegram.at(BEN) else BEN
    await desk.subscribed(away, "Trains")
    await desk.jobs.pass_time(timedelta(minutes=2))
    assert len(desk.telegram.posted) == 1
    assert await desk.state(ONE, away) is SlotState.SKIPPED
    assert await desk.waiting(AGAIN) == []


async def test_a_merged_message_of_unknown_outcome_is_not_repeated(desk: Newsdesk) -> None:
    """Neither whole nor in part."""
    await desk.queued(ONE, TWO, queues=(FRESH, AGAIN))
    desk.telegram.faults = [(OutcomeUnknown("no answer"), "posted"), None]
    await desk.fanout().run()
    desk.restart()
    await desk.fanout().run()
    assert len(desk.telegram.posted) == 2
