"""What the editions of articles and the work they make promise, on every kind of redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.editions import Edition, Saying
from bot.model import Article, Attempt, Place, Platform, Slot, SlotState
from bot.store import Store
from bot.tags import fold

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)
CHANNEL = Place(Platform.TELEGRAM, "@digest")
TRAM = Article("guid-tram", "https://trains.example/tram", "A tram \ud83d", lead="It rings", tags=("trams",))
SECOND = Edition(replace(TRAM, headline="Two trams"), 2, NOW, (Saying("A tram \ud83d", "It rings", NOW),))


async def kept(store: Store, article: Article = TRAM, *, queues: tuple[str, ...] = ("main",)) -> None:
    await store.articles.add(article, source="rails", at=NOW, queues=queues)


def settled(slot: Slot, state: SlotState = SlotState.SENT, *, until: datetime | None = None) -> Attempt:
    return Attempt(slot, NOW, state, until=until)


async def test_the_first_edition_is_the_article(any_store: Store) -> None:
    """What was never corrected is edition 1; what is not kept has none."""
    await kept(any_store)
    assert await any_store.editions.edition(TRAM.key) == Edition(TRAM)
    assert await any_store.editions.edition("nobody") is None


async def test_an_edition_takes_the_place_of_the_one_before_and_makes_work(any_store: Store) -> None:
    """It is found, it waits in the queue in the new form, and it is due to be brought everywhere."""
    await kept(any_store)
    assert await any_store.editions.replace(SECOND, at=NOW)
    assert await any_store.editions.edition(TRAM.key) == SECOND
    assert await any_store.queues.waiting("main") == [SECOND.article]
    assert await any_store.articles.find(TRAM.url) == SECOND.article
    assert await any_store.amendments.due(now=NOW) == ([SECOND.name], None)


async def test_of_two_editions_at_once_one_is_kept(any_store: Store) -> None:
    """Neither is lost without a word: the other is told so."""
    await kept(any_store)
    other = replace(SECOND, article=replace(TRAM, headline="No tram"))
    done = await asyncio.gather(*(any_store.editions.replace(one, at=NOW) for one in (SECOND, other)))
    assert sorted(done) == [False, True]
    assert not await any_store.editions.replace(replace(SECOND, number=4), at=NOW)


async def test_a_retracted_article_leaves_queues_and_lists(any_store: Store) -> None:
    """No queue hands it out any more, wherever it was put; by its name it is still found."""
    await kept(any_store, queues=("main", "@readers"))
    assert await any_store.editions.replace(replace(SECOND, retracted="the editor"), at=NOW)
    assert await any_store.queues.waiting("main") == await any_store.queues.waiting("@readers") == []
    assert await any_store.articles.recent(5) == await any_store.articles.recent(5, tag=fold("trams")) == []
    assert await any_store.articles.find(TRAM.key) is not None
    assert not await any_store.queues.holds(["main", "@readers"], TRAM.key)


async def test_a_feed_is_compared_with_itself(any_store: Store) -> None:
    """What each source said first is remembered; another source's words are no correction."""
    await kept(any_store)
    unknown = replace(TRAM, id="guid-bus", url="https://trains.example/bus")
    editions = any_store.editions
    assert await editions.retold([(TRAM, "one"), (unknown, "one")], source="rails") == []
    assert await editions.retold([(TRAM, "two")], source="roads") == []
    assert await editions.retold([(TRAM, "one"), (TRAM, "other")], source="rails") == []
    moved = replace(TRAM, url="https://trains.example/two-trams")  # known again by its id
    assert await editions.retold([(moved, "three")], source="rails") == [(TRAM.key, moved)]
    await editions.remember(TRAM.key, source="rails", said="three")
    assert await editions.retold([(moved, "three")], source="rails") == []


async def test_an_edition_is_brought_to_a_place_by_one_at_a_time_and_once(any_store: Store) -> None:
    """Claimed before, settled after; what is settled is never claimed again."""
    slot, amendments = Slot("tram~2", CHANNEL), any_store.amendments
    claims = await asyncio.gather(*(amendments.claim(slot, now=NOW, lease=LEASE) for _ in range(5)))
    [claim] = [one for one in claims if one is not None]
    assert await amendments.settle(claim, settled(slot))
    assert await amendments.claim(slot, now=NOW + LEASE, lease=LEASE) is None
    assert (await amendments.words("tram"))[CHANNEL] == settled(slot)


async def test_a_claim_whose_holder_died_may_be_taken_again(any_store: Store) -> None:
    """An edit may be repeated; but the first holder's word no longer counts."""
    slot, amendments = Slot("tram~2", CHANNEL), any_store.amendments
    first = await amendments.claim(slot, now=NOW, lease=LEASE)
    assert first is not None
    assert (await amendments.words("tram"))[CHANNEL].until == NOW + LEASE
    second = await amendments.claim(slot, now=NOW + LEASE, lease=LEASE)
    assert second is not None
    assert not await amendments.settle(first, settled(slot))
    assert await amendments.settle(second, settled(slot))


async def test_what_is_put_off_is_claimed_when_it_is_due(any_store: Store) -> None:
    """Not before."""
    slot, amendments = Slot("tram~2", CHANNEL), any_store.amendments
    claim = await amendments.claim(slot, now=NOW, lease=LEASE)
    assert claim is not None
    later = NOW + timedelta(hours=1)
    assert await amendments.settle(claim, settled(slot, SlotState.DEFERRED, until=later))
    assert await amendments.claim(slot, now=NOW + LEASE, lease=LEASE) is None
    assert await amendments.claim(slot, now=later, lease=LEASE) is not None


async def test_an_older_edition_never_follows_a_newer_one(any_store: Store) -> None:
    """The newer one waits for an older one that is on its way, and afterwards none that is older may go."""
    old, new, amendments = Slot("tram~2", CHANNEL), Slot("tram~3", CHANNEL), any_store.amendments
    assert await amendments.claim(old, now=NOW, lease=LEASE)
    assert await amendments.claim(new, now=NOW, lease=LEASE) is None
    claim = await amendments.claim(new, now=NOW + LEASE, lease=LEASE)
    assert claim is not None
    assert await amendments.claim(old, now=NOW + 2 * LEASE, lease=LEASE) is None
    assert await amendments.settle(claim, settled(new, SlotState.REFUSED))
    assert await amendments.claim(old, now=NOW + 2 * LEASE, lease=LEASE) is None


async def test_work_is_put_off_and_closed(any_store: Store) -> None:
    """What is closed does not come back by being put off."""
    await kept(any_store)
    await any_store.editions.replace(SECOND, at=NOW)
    later = NOW + timedelta(minutes=5)
    await any_store.amendments.postpone(SECOND.name, until=later)
    assert await any_store.amendments.due(now=NOW) == ([], later)
    await any_store.amendments.close(SECOND.name)
    await any_store.amendments.postpone(SECOND.name, until=NOW)
    assert await any_store.amendments.due(now=later) == ([], None)


async def test_a_forgotten_reader_leaves_no_trace_in_the_editions(any_store: Store) -> None:
    """Forgetting erases where their messages were edited."""
    anna = Place(Platform.TELEGRAM, "2002")
    slot = Slot("tram~2", anna)
    assert await any_store.amendments.claim(slot, now=NOW, lease=LEASE)
    await any_store.subscriptions.forget(anna)
    assert await any_store.amendments.words("tram") == {}
