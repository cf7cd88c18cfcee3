"""What the ledger promises, on every kind of redis."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Attempt, Claim, Place, Platform, Receipt, Slot, SlotState
from bot.store import Store

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=2)
CHANNEL = Place(Platform.TELEGRAM, "@gardens")
WALL = Place(Platform.VK, "-220")
READER = Place(Platform.TELEGRAM, "1001")
SLOT = Slot("rose", CHANNEL)
RECEIPT = Receipt("17", NOW, "https://t.me/gardens/17")


def after(**parts: float) -> datetime:
    return NOW + timedelta(**parts)


async def claimed(store: Store, slot: Slot = SLOT, at: datetime = NOW) -> Claim:
    claim = await store.ledger.claim(slot, now=at, lease=LEASE)
    assert claim is not None
    return claim


def sent(slot: Slot = SLOT, at: datetime = NOW) -> Attempt:
    return Attempt(slot, at, SlotState.SENT, receipt=RECEIPT)


def deferred(until: datetime, slot: Slot = SLOT) -> Attempt:
    return Attempt(slot, NOW, SlotState.DEFERRED, "flood", until)


async def test_one_of_fifty_claimers_gets_the_slot(any_store: Store) -> None:
    """However many ask at once, one may send."""
    claims = await asyncio.gather(*(any_store.ledger.claim(SLOT, now=NOW, lease=LEASE) for _ in range(50)))

    winners = [claim for claim in claims if claim]
    assert [claim.slot for claim in winners] == [SLOT]
    assert after(minutes=2) == winners[0].until


async def test_a_slot_without_history_has_no_state(any_store: Store) -> None:
    """The ledger knows nothing of a slot before somebody claims or skips it."""
    assert await any_store.ledger.states([SLOT]) == [None]
    assert await any_store.ledger.states([]) == []
    assert await any_store.ledger.story("rose") == []


async def test_what_was_written_is_read_back(any_store: Store) -> None:
    """An attempt comes back as it was, to the microsecond, with its receipt."""
    attempt = Attempt(SLOT, NOW, SlotState.SENT, "slot of 12:00 — «роза»", None, RECEIPT)

    assert await any_store.ledger.settle(await claimed(any_store), attempt)

    assert await any_store.ledger.states([Slot("oak", CHANNEL), SLOT]) == [None, attempt]


@pytest.mark.parametrize("state", [SlotState.SENT, SlotState.REFUSED, SlotState.SKIPPED, SlotState.UNCONFIRMED])
async def test_a_decided_slot_is_never_claimed_again(any_store: Store, state: SlotState) -> None:
    """Sent, refused, skipped and unconfirmed are the end, a year later too."""
    assert await any_store.ledger.settle(await claimed(any_store), Attempt(SLOT, NOW, state))

    assert await any_store.ledger.claim(SLOT, now=after(days=365), lease=LEASE) is None


async def test_places_do_not_disturb_each_other(any_store: Store) -> None:
    """The same article is claimed once per place, topics of a group included."""
    places = [CHANNEL, WALL, READER, Place(Platform.TELEGRAM, "-1001"), Place(Platform.TELEGRAM, "-1001", 7)]

    claims = [await claimed(any_store, Slot("rose", place)) for place in places]

    assert len({claim.fence for claim in claims}) == 5


async def test_a_deferred_slot_waits_until_it_is_due(any_store: Store) -> None:
    """A deferred slot can't be claimed before its time, and can at it."""
    await any_store.ledger.settle(await claimed(any_store), deferred(after(minutes=5)))

    assert await any_store.ledger.claim(SLOT, now=after(minutes=4, seconds=59), lease=LEASE) is None
    assert await any_store.overdue.deferred(CHANNEL, now=after(minutes=4)) == (
        [],
        after(minutes=5).replace(microsecond=123000),
    )
    assert await any_store.overdue.deferred(CHANNEL, now=after(minutes=5)) == (["rose"], None)
    await claimed(any_store, at=after(minutes=5))
    assert await any_store.overdue.deferred(CHANNEL, now=after(minutes=5)) == ([], None)


async def test_a_late_holder_is_refused(any_store: Store) -> None:
    """Once a newer claim exists, the older one's word changes nothing."""
    first = await claimed(any_store)
    await any_store.ledger.settle(first, deferred(NOW))
    second = await claimed(any_store, at=after(seconds=1))

    assert second.fence > first.fence
    assert not await any_store.ledger.settle(first, sent())
    assert (await any_store.ledger.states([SLOT]))[0].state is SlotState.CLAIMED  # type: ignore[union-attr]  # it is there
    assert await any_store.ledger.settle(second, sent())


async def test_settling_twice_the_same_way_counts_once(any_store: Store) -> None:
    """When the answer to a settlement gets lost, saying it again is harmless."""
    claim = await claimed(any_store)

    assert await any_store.ledger.settle(claim, sent())
    assert await any_store.ledger.settle(claim, sent())
    assert not await any_store.ledger.settle(claim, Attempt(SLOT, NOW, SlotState.REFUSED))

    assert [sent()] == await any_store.ledger.story("rose")
    assert (await any_store.overdue.tally())[SlotState.SENT] == 1


async def test_a_claim_is_settled_only_as_its_own_slot(any_store: Store) -> None:
    """Mixing up slots, or ending a claim as claimed, is a mistake of ours and is said at once."""
    claim = await claimed(any_store)

    with pytest.raises(ValueError, match="rose@vk:-220"):
        await any_store.ledger.settle(claim, sent(Slot("rose", WALL)))
    with pytest.raises(ValueError, match="claimed"):
        await any_store.ledger.settle(claim, Attempt(SLOT, NOW, SlotState.CLAIMED))


async def test_an_expired_claim_becomes_unconfirmed(any_store: Store) -> None:
    """Whoever vanished may have sent: the slot is not free, it is in doubt, and it is named once."""
    await claimed(any_store)

    assert await any_store.overdue.expire(now=after(seconds=119)) == []
    assert await any_store.ledger.claim(SLOT, now=after(hours=1), lease=LEASE) is None
    assert await any_store.overdue.expire(now=after(seconds=120)) == [SLOT]
    assert await any_store.overdue.expire(now=after(hours=1)) == []

    assert await any_store.ledger.claim(SLOT, now=after(hours=2), lease=LEASE) is None
    [doubt] = await any_store.doubts.unconfirmed()
    assert (doubt.slot, doubt.state) == (SLOT, SlotState.UNCONFIRMED)
    assert doubt.reason


async def test_what_the_dead_had_claimed_is_taken_up_at_once(any_store: Store) -> None:
    """Nobody who made a claim is alive: every one becomes unconfirmed, however long its lease."""
    claim = await any_store.ledger.claim(SLOT, now=NOW, lease=timedelta(minutes=3))
    assert claim is not None
    assert await any_store.overdue.expire(now=after(seconds=1)) == []
    assert await any_store.overdue.expire(now=after(seconds=1), orphaned=True) == [SLOT]
    [word] = await any_store.doubts.unconfirmed()
    assert word.since == NOW
    assert await any_store.ledger.claim(SLOT, now=after(hours=1), lease=timedelta(minutes=3)) is None


async def test_only_what_ran_out_expires(any_store: Store) -> None:
    """Settled and younger claims are left alone."""
    await any_store.ledger.settle(await claimed(any_store, Slot("oak", CHANNEL)), sent(Slot("oak", CHANNEL)))
    await claimed(any_store, Slot("elm", READER))
    await claimed(any_store, Slot("fir", WALL), at=after(minutes=1))

    assert [Slot("elm", READER)] == await any_store.overdue.expire(now=after(minutes=2))
    assert [Slot("fir", WALL)] == await any_store.overdue.expire(now=after(minutes=3))


async def test_the_last_holder_knows_best(any_store: Store) -> None:
    """Its word is taken even after the lease, unless somebody decided meanwhile."""
    late, overtaken = await claimed(any_store), await claimed(any_store, Slot("oak", CHANNEL))
    await any_store.overdue.expire(now=after(minutes=3))
    decided = Attempt(Slot("oak", CHANNEL), after(minutes=4), SlotState.SKIPPED, "an admin said so")

    assert await any_store.ledger.settle(late, sent())
    assert await any_store.doubts.resolve(decided)
    assert not await any_store.ledger.settle(overtaken, sent(Slot("oak", CHANNEL)))

    assert [sent(), decided] == await any_store.ledger.states([SLOT, Slot("oak", CHANNEL)])
    assert await any_store.doubts.unconfirmed() == []


async def test_a_doubt_can_be_resolved_by_sending_again(any_store: Store) -> None:
    """Deferred by an admin, the slot can be claimed anew; a doubt is resolved once."""
    await claimed(any_store)
    await any_store.overdue.expire(now=after(minutes=3))
    again = deferred(after(minutes=3))

    assert await any_store.doubts.resolve(again)
    assert not await any_store.doubts.resolve(Attempt(SLOT, NOW, SlotState.SKIPPED))
    assert not await any_store.doubts.resolve(Attempt(Slot("oak", CHANNEL), NOW, SlotState.SKIPPED))
    await claimed(any_store, at=after(minutes=3))
    with pytest.raises(ValueError, match="decides nothing"):
        await any_store.doubts.resolve(Attempt(SLOT, NOW, SlotState.UNCONFIRMED))


async def test_skipping_leaves_a_state_alone(any_store: Store) -> None:
    """A skip is for slots without a state: it neither undoes a post nor takes a claim away."""
    other = Slot("oak", CHANNEL)
    await any_store.ledger.settle(await claimed(any_store), sent())

    await any_store.ledger.skip(SLOT, now=NOW, reason="older than 24 h")
    await any_store.ledger.skip(other, now=NOW, reason="older than 24 h")
    await any_store.ledger.skip(other, now=after(hours=1), reason="another reason")

    assert [sent(), Attempt(other, NOW, SlotState.SKIPPED, "older than 24 h")] == await any_store.ledger.states(
        [SLOT, other]
    )
    assert await any_store.ledger.claim(other, now=after(days=1), lease=LEASE) is None


async def test_a_story_is_told_in_order(any_store: Store) -> None:
    """Everything that happened to an article at its public places, and the last word on each reader."""
    wall, reader = Slot("rose", WALL), Slot("rose", READER)
    await any_store.ledger.settle(await claimed(any_store), deferred(after(minutes=1)))
    await any_store.ledger.skip(wall, now=after(seconds=30), reason="filter")
    await any_store.ledger.settle(await claimed(any_store, at=after(minutes=1)), sent(at=after(minutes=2)))
    await any_store.ledger.settle(await claimed(any_store, reader), sent(reader, after(minutes=3)))
    await claimed(any_store, Slot("rose", Place(Platform.VK, "42")), at=after(minutes=4))

    story = await any_store.ledger.story("rose")

    assert [
        (CHANNEL, SlotState.DEFERRED),
        (WALL, SlotState.SKIPPED),
        (CHANNEL, SlotState.SENT),
        (READER, SlotState.SENT),
        (Place(Platform.VK, "42"), SlotState.CLAIMED),
    ] == [(word.slot.place, word.state) for word in story]


async def test_the_tally_follows_every_change(any_store: Store) -> None:
    """Claimed, deferred and unconfirmed are counted now; sent, refused and skipped ever. Every state is named."""
    for article, state in [("a", "sent"), ("b", "sent"), ("c", "refused"), ("d", "deferred"), ("e", "unconfirmed")]:
        slot = Slot(article, CHANNEL)
        await any_store.ledger.settle(await claimed(any_store, slot), Attempt(slot, NOW, SlotState(state), until=NOW))
    await any_store.ledger.skip(Slot("f", CHANNEL), now=NOW, reason="filter")
    await claimed(any_store, Slot("g", CHANNEL))

    assert await any_store.overdue.tally() == {
        SlotState.CLAIMED: 1,
        SlotState.SENT: 2,
        SlotState.DEFERRED: 1,
        SlotState.REFUSED: 1,
        SlotState.UNCONFIRMED: 1,
        SlotState.SKIPPED: 1,
    }

    await claimed(any_store, Slot("d", CHANNEL))
    tally = await any_store.overdue.tally()
    assert (tally[SlotState.CLAIMED], tally[SlotState.DEFERRED]) == (2, 0)


async def test_the_last_post_of_a_place_is_remembered(any_store: Store) -> None:
    """By our own clock; a word that comes late does not set it back; refusals don't count."""
    assert await any_store.overdue.last_sent(CHANNEL) is None
    slots = [Slot(article, CHANNEL) for article in ("a", "b", "c")]
    claims = [await claimed(any_store, slot) for slot in slots]

    await any_store.ledger.settle(claims[0], sent(slots[0], after(minutes=9)))
    await any_store.ledger.settle(claims[1], sent(slots[1], after(minutes=1)))
    await any_store.ledger.settle(claims[2], Attempt(slots[2], after(minutes=20), SlotState.REFUSED))

    assert await any_store.overdue.last_sent(CHANNEL) == after(minutes=9).replace(microsecond=123000)
    assert await any_store.overdue.last_sent(WALL) is None


async def test_a_firing_is_taken_once(any_store: Store) -> None:
    """Of many processes that see the same slot of a schedule, one acts; the next slot is a new one."""
    takers = await asyncio.gather(*(any_store.overdue.first_firing("main", NOW) for _ in range(20)))

    assert sum(takers) == 1
    assert await any_store.overdue.first_firing("main", after(minutes=20))
    assert await any_store.overdue.first_firing("other", NOW)


async def test_long_forgotten_doubts_leave_the_list(any_store: Store) -> None:
    """What nobody decided about leaves the lists when its ledger is gone, so that they can't grow for ever."""
    await any_store.ledger.settle(await claimed(any_store), Attempt(SLOT, NOW, SlotState.UNCONFIRMED))
    other = Slot("oak", CHANNEL)
    await any_store.ledger.settle(await claimed(any_store, other), deferred(NOW, other))

    await any_store.overdue.expire(now=after(days=91))

    tally = await any_store.overdue.tally()
    assert (tally[SlotState.UNCONFIRMED], tally[SlotState.DEFERRED]) == (0, 0)
