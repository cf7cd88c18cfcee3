"""A chat with a new address keeps all it had, on every kind of redis."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.store import Store
from tests.fakes import NOON
from tests.readers import a_reader, who

OLD, NEW = Place(Platform.TELEGRAM, "-40"), Place(Platform.TELEGRAM, "-10040")
ALIKE = Place(Platform.TELEGRAM, "-401")
MINUTE = timedelta(minutes=1)


async def settled(store: Store, article: str, place: Place, state: SlotState, until: timedelta | None = None) -> Slot:
    slot = Slot(article, place)
    claim = await store.ledger.claim(slot, now=NOON, lease=MINUTE)
    assert claim is not None
    due = NOON + until if until else None
    receipt = Receipt("7", NOON) if state is SlotState.SENT else None
    assert await store.ledger.settle(claim, Attempt(slot, NOON, state, None, due, receipt))
    return slot


async def test_the_ledger_moves_with_its_story_and_its_timers(any_store: Store) -> None:
    """What was sent stays sent, what was put off is due at the new address, what is in doubt is in doubt there."""
    store = any_store
    await settled(store, "a", OLD, SlotState.SENT)
    await settled(store, "b", OLD, SlotState.DEFERRED, MINUTE)
    await settled(store, "c", OLD, SlotState.UNCONFIRMED)
    for _ in range(2):
        await store.moves.move(OLD, NEW)

        words = await store.ledger.states([Slot(article, NEW) for article in "abc"])
        assert [word.state for word in words if word] == [
            SlotState.SENT,
            SlotState.DEFERRED,
            SlotState.UNCONFIRMED,
        ]
        assert await store.ledger.states([Slot(article, OLD) for article in "abc"]) == [None, None, None]
        assert [one.slot.place for one in await store.ledger.story("a")] == [NEW]
        assert await store.overdue.deferred(NEW, now=NOON + MINUTE) == (["b"], None)
        assert await store.overdue.deferred(OLD, now=NOON + MINUTE) == ([], None)
        assert [one.slot for one in await store.doubts.unconfirmed()] == [Slot("c", NEW)]
        assert await store.overdue.last_sent(NEW) == NOON
    assert await store.ledger.claim(Slot("a", NEW), now=NOON, lease=MINUTE) is None
    assert await store.ledger.claim(Slot("b", NEW), now=NOON + MINUTE, lease=MINUTE)


async def test_a_slot_that_is_being_sent_stays_until_its_end(any_store: Store) -> None:
    """Its sender would not find it elsewhere; the next move takes it along."""
    slot = Slot("a", OLD)
    claim = await any_store.ledger.claim(slot, now=NOON, lease=MINUTE)
    assert claim is not None
    await any_store.moves.move(OLD, NEW)
    assert await any_store.ledger.settle(claim, Attempt(slot, NOON, SlotState.SENT, receipt=Receipt("7", NOON)))
    await any_store.moves.move(OLD, NEW)
    [word] = await any_store.ledger.states([Slot("a", NEW)])
    assert word is not None
    assert word.state is SlotState.SENT


async def test_a_reader_moves_with_tags_and_marks(any_store: Store) -> None:
    """Those of both addresses come together, and nobody is matched twice."""
    await any_store.subscriptions.save(a_reader(OLD, "en", "Gardens", "Trains"))
    await any_store.subscriptions.save(a_reader(NEW, "ru", "Trains", "Science"))
    await any_store.marks.put(f"quiet:{OLD}", "22-07")
    await any_store.moves.move(OLD, NEW)
    assert await any_store.subscriptions.reader(OLD) is None
    moved = await any_store.subscriptions.reader(NEW)
    assert moved is not None
    assert moved.labels == ("Trains", "Science", "Gardens")
    assert await who(any_store, "gardens", "trains") == [NEW]
    assert await any_store.subscriptions.count() == {"telegram": 1, "vk": 0}
    assert await any_store.marks.get(f"quiet:{NEW}") == "22-07"


async def test_likeness_is_not_sameness(any_store: Store) -> None:
    """A chat whose number only begins alike is left alone."""
    await any_store.subscriptions.save(a_reader(ALIKE, "en", "Gardens"))
    await any_store.marks.put(f"quiet:{ALIKE}", "22-07")
    await settled(any_store, "a", ALIKE, SlotState.SENT)
    await any_store.moves.move(OLD, NEW)
    assert await who(any_store, "gardens") == [ALIKE]
    assert await any_store.marks.get(f"quiet:{ALIKE}") == "22-07"
    assert [one.slot.place for one in await any_store.ledger.story("a")] == [ALIKE]


async def test_moves_are_remembered(any_store: Store) -> None:
    """Also those of which nothing else is kept."""
    await any_store.moves.remember(OLD, NEW)
    assert await any_store.moves.known() == {OLD: NEW}
