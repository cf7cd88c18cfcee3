"""What posts leave behind in the store, on every kind of redis."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Article, Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.sightings import Seen, Trace
from bot.store import Store, keys
from bot.store.ledger import EXPIRED
from bot.story import Due, Origin
from tests.fakes import NOON

CHANNEL = Place(Platform.TELEGRAM, "@gardens")
WALL = Place(Platform.VK, "-220")
READER = Place(Platform.TELEGRAM, "1001")
LEASE = timedelta(minutes=2)


async def sent(
    store: Store, article: str, number: int, place: Place = CHANNEL, *, receipt: Receipt | None = None
) -> None:
    slot = Slot(article, place)
    claim = await store.ledger.claim(slot, now=NOON, lease=LEASE)
    assert claim is not None
    await store.ledger.settle(claim, Attempt(slot, NOON, SlotState.SENT, receipt=receipt or Receipt(str(number), NOON)))


async def in_doubt(store: Store, article: str, place: Place = CHANNEL) -> Slot:
    slot = Slot(article, place)
    claim = await store.ledger.claim(slot, now=NOON, lease=LEASE)
    assert claim is not None
    await store.ledger.settle(claim, Attempt(slot, NOON, SlotState.UNCONFIRMED, "a reset", since=NOON))
    return slot


def article(number: int) -> Article:
    """All of the same second, as feeds tell the time."""
    return Article(str(number), f"https://news.example/{number}", f"Headline {number}", published_at=NOON)


async def test_posts_are_known_by_their_numbers(any_store: Store) -> None:
    """The newest first, place by place; what was not sent, and what went to a reader, has none."""
    await sent(any_store, "rose", 17)
    await sent(any_store, "oak", 9)
    await sent(any_store, "rose", 3, WALL)
    await sent(any_store, "rose", 5, READER)
    await in_doubt(any_store, "elm")
    assert await any_store.traces.receipts(CHANNEL) == [(17, "rose"), (9, "oak")]
    assert await any_store.traces.receipts(CHANNEL, 1) == [(17, "rose")]
    assert await any_store.traces.receipts(READER) == []
    assert await any_store.traces.article_at(CHANNEL, 9) == "oak"
    assert await any_store.traces.article_at(WALL, 9) is None


async def test_an_album_has_all_of_its_numbers(any_store: Store) -> None:
    """Else its further messages would be taken for the next post that is in doubt. They survive the store, too."""
    album = Receipt("5", NOON, others=("6", "7"))
    await sent(any_store, "rose", 5, receipt=album)
    assert await any_store.traces.receipts(CHANNEL) == [(7, "rose"), (6, "rose"), (5, "rose")]
    assert await any_store.traces.article_at(CHANNEL, 7) == "rose"
    [word] = await any_store.ledger.states([Slot("rose", CHANNEL)])
    assert word is not None
    assert word.receipt == album


async def test_what_was_sent_last_is_known_by_its_words(any_store: Store) -> None:
    """Place by place; another post of the same article takes its place."""
    slot, wall = Slot("rose", CHANNEL), Slot("rose", WALL)
    assert await any_store.traces.said(slot) is None
    for headline in ("Roses", "Roses in March"):
        await any_store.traces.sending(slot, Trace(headline + " early", headline, None))
    await any_store.traces.sending(wall, Trace("Розы", "Розы", "news.example/1"))
    assert await any_store.traces.said(slot) == Trace("Roses in March early", "Roses in March", None)
    assert await any_store.traces.said(wall) == Trace("Розы", "Розы", "news.example/1")


async def test_calls_are_open_until_it_is_known_how_they_ended(any_store: Store) -> None:
    """Reader by reader, each with the number its message went out with."""
    ilya, olga = Place(Platform.VK, "43"), Place(Platform.VK, "44")
    await any_store.calls.begin("rose", 7, [ilya, olga])
    await any_store.calls.begin("oak", 8, [ilya])
    await any_store.calls.end("rose", [ilya])
    await any_store.calls.end("oak", [])
    assert await any_store.calls.open("rose") == {olga: 7}
    assert await any_store.calls.open("oak") == {ilya: 8}


async def test_only_so_many_numbers_are_kept(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest."""
    monkeypatch.setattr(keys, "RECEIPTS_KEPT", 2)
    for number in (1, 2, 3):
        await sent(any_store, f"a{number}", number)
    assert [number for number, _ in await any_store.traces.receipts(CHANNEL)] == [3, 2]


async def test_what_the_platform_told_is_remembered_for_a_while(any_store: Store) -> None:
    """In order, each once, and the oldest goes."""
    posts = [
        Seen(str(number), f"text {number}", ("https://news.example/1",), "https://vk.com/1") for number in range(3)
    ]
    for seen in (*posts, posts[0]):
        await any_store.traces.note(WALL, seen)
    assert await any_store.traces.noted(WALL) == [posts[1], posts[2], posts[0]]
    assert await any_store.traces.noted(CHANNEL) == []
    for number in range(keys.SEEN_KEPT):
        await any_store.traces.note(WALL, Seen(f"9{number}"))
    assert len(await any_store.traces.noted(WALL)) == keys.SEEN_KEPT


async def test_the_first_due_time_stays(any_store: Store) -> None:
    """What was put off was due before."""
    due = Due(CHANNEL, NOON, "slot */20 * * * *")
    await any_store.traces.set_due("rose", due)
    await any_store.traces.set_due("rose", Due(CHANNEL, NOON + LEASE, "at once"))
    await any_store.traces.set_due("rose", Due(WALL, NOON, "at once"))
    assert await any_store.traces.dues("rose") == [due, Due(WALL, NOON, "at once")]
    assert await any_store.traces.dues("oak") == []


async def test_an_article_remembers_where_it_comes_from(any_store: Store) -> None:
    """Source and time; nothing of an article that is not kept."""
    await any_store.articles.add(article(1), source="digest", at=NOON, queues=())
    assert await any_store.traces.origin(article(1).key) == Origin("digest", NOON)
    assert await any_store.traces.origin("rose") is None


async def test_an_article_goes_back_into_its_queue_in_the_same_step(any_store: Store) -> None:
    """Before all that came in the same second, and several in their old order; nothing when somebody was first."""
    for number in (1, 2, 3, 4):
        await any_store.articles.add(article(number), source="digest", at=NOON, queues=["main"])
    doubts = [await in_doubt(any_store, article(number).key) for number in (1, 2)]
    await any_store.queues.remove("main", [article(1).key, article(2).key])
    for slot in reversed(doubts):
        again = Attempt(slot, NOON, SlotState.DEFERRED, "not there", until=NOON)
        assert await any_store.doubts.resolve(again, queue="main")
        assert not await any_store.doubts.resolve(Attempt(slot, NOON, SlotState.SKIPPED), queue="other")
    assert [one.id for one in await any_store.queues.waiting("main")] == ["1", "2", "3", "4"]
    assert await any_store.queues.waiting("other") == []


async def test_what_no_receipt_accounts_for_is_named(any_store: Store) -> None:
    """What is being sent and what is in doubt, at that place alone."""
    doubtful = await in_doubt(any_store, "elm")
    await in_doubt(any_store, "elm", WALL)
    await sent(any_store, "oak", 9)
    claimed = Slot("rose", CHANNEL)
    assert await any_store.ledger.claim(claimed, now=NOON, lease=LEASE)
    assert set(await any_store.doubts.unsettled(CHANNEL)) == {doubtful, claimed}


async def test_a_claim_that_ran_out_tells_when_the_sending_began(any_store: Store) -> None:
    """The platform's memory of it counts from there, however long nobody was up to look."""
    slot = Slot("rose", CHANNEL)
    assert await any_store.ledger.claim(slot, now=NOON, lease=LEASE)
    late = NOON + timedelta(hours=3)
    assert await any_store.overdue.expire(now=late) == [slot]
    lost = Attempt(slot, late, SlotState.UNCONFIRMED, EXPIRED, since=NOON)
    assert await any_store.doubts.unconfirmed() == [lost]
