"""What the store promises as a whole: lifetimes, small memories, and everything out and back in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.agenda import Plan
from bot.conditions import SourceState
from bot.editions import Edition
from bot.errors import StoreError
from bot.model import Article, Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.ports import Caution
from bot.query import facets
from bot.roles import Deed, Grant, Role
from bot.sightings import Seen, Trace
from bot.sourcing import Directive
from bot.statistics import Echo, Following, Response
from bot.store import Store, keys
from bot.store.agenda import QUEUE as ARRIVING
from bot.story import Due
from bot.wishes import Wish
from tests.readers import a_reader
from tests.stores import Servers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNEL = Place(Platform.TELEGRAM, "@gardens")
READER = a_reader(Place(Platform.VK, "42"), "ru", "Сад", "Розы")
HOUR = timedelta(hours=1)


LIMITER = {"pace", "second", "starts", "chat", "group"}
"""Rooms of the limiter, whose lifetimes test_limiter looks at."""


async def busy(store: Store) -> None:
    """Use every part of the store once."""
    rose = Article(
        "1", "https://gardens.example/rose", "A rose \ud83d", tags=("Розы",), country="Франция", published_at=NOW
    )
    await store.articles.add(rose, source="gardens", at=NOW, queues=["main", "readers", ARRIVING])
    await store.articles.unknown([rose])
    await store.editions.remember(rose.key, source="gardens", said="a rose")
    assert await store.editions.replace(Edition(rose, 2, NOW), at=NOW)
    assert await store.amendments.claim(Slot(f"{rose.key}~2", CHANNEL), now=NOW, lease=HOUR)
    await store.subscriptions.save(READER)
    await store.subscriptions.save(replace(READER, place=Place(Platform.TELEGRAM, "-1005", 7)))
    await store.campaigns.begin(rose.key, facets(rose), now=NOW)
    assert await store.ledger.claim(Slot(rose.key, READER.place), now=NOW, lease=HOUR)
    await store.companions.remember(CHANNEL, [rose.key, "oak"])
    await store.subscriptions.save(replace(READER, place=Place(Platform.VK, "44"), active=False))
    await store.dormant.note(now=NOW)
    await store.agenda.look(READER.place, at=NOW)
    await store.agenda.keep(READER.place, Plan())
    await store.agenda.hold(READER.place, rose.key, until=NOW + HOUR)
    assert await store.agenda.has_room(READER.place, rose.key, NOW.date(), 3)
    assert await store.agenda.take_in(now=NOW)
    await store.cautions.note(next(iter(Caution)), "https://gardens.example/rose", at=NOW)
    assert await store.wishes.put("wall", rose.key, Wish(), at=NOW)
    await store.sources.save("gardens", SourceState("etag", None, NOW, NOW, NOW + HOUR, 2, "slow", ("entry 3",), True))
    await store.directives.put(Directive("gazette", "https://gazette.example/rss"))
    await store.rests.note("gazette.example", HOUR)
    await store.marks.put("telegram.offset", "17")
    await store.marks.once("event:1", HOUR)
    await store.alerts.remember("store", "redis is out of memory")
    await store.moves.remember(CHANNEL, Place(Platform.TELEGRAM, "-1001"))
    assert (await store.leases.hold(["bot"], "host/1/a", HOUR)).holder == "host/1/a"
    await store.overdue.first_firing("main", NOW)
    await store.traces.note(CHANNEL, Seen("6", "A rose"))
    await store.traces.set_due(rose.key, Due(CHANNEL, NOW, "at once"))
    await store.traces.sending(Slot(rose.key, CHANNEL), Trace("a rose", "A rose", None))
    await store.calls.begin(rose.key, 7, [READER.place])
    await store.statistics.note(CHANNEL, Echo(CHANNEL.platform, (CHANNEL.chat,), "5", Response.REACTIONS, total=3))
    await store.statistics.follow(NOW.date(), Following(Counter({None: 1})))
    await store.statistics.shortened("https://gardens.example/rose", "x1")
    assert await store.evergreens.mark(rose.key, returns=True)
    await store.threads.tie(CHANNEL, "7", "main rose")
    await newsroom_at_work(store)


async def newsroom_at_work(store: Store) -> None:
    """Its people, and slots of every state."""
    await store.grants.give(Grant("telegram:7", Role.EDITOR))
    await store.grants.menus_go_out(["7"])
    await store.audit.record(Deed(NOW, "telegram 7", "/now", "sent"))
    for place in (CHANNEL, READER.place):
        for state in (SlotState.SENT, SlotState.DEFERRED, SlotState.UNCONFIRMED, SlotState.REFUSED):
            slot = Slot(f"rose-{state}", place)
            claim = await store.ledger.claim(slot, now=NOW, lease=HOUR)
            assert claim
            receipt = Receipt("5", NOW) if state is SlotState.SENT else None
            await store.ledger.settle(claim, Attempt(slot, NOW, state, "why", NOW + HOUR, receipt))
        await store.ledger.skip(Slot("oak", place), now=NOW, reason="filter")
        assert await store.ledger.claim(Slot("elm", place), now=NOW, lease=HOUR)


async def test_every_key_has_a_lifetime_or_stands_on_the_list(any_store: Store) -> None:
    """Nothing grows for ever by accident; and each room of the key page was in use when that was looked at."""
    await busy(any_store)
    await any_store.subscriptions.count()

    kept = await any_store.client.read("KEYS", "*")
    lives = dict(zip(kept, await any_store.client.reads([("TTL", key) for key in kept]), strict=True))

    assert [key for key, life in lives.items() if life < 0 and not keys.is_permanent(key)] == []
    assert [key for key, life in lives.items() if life >= 0 and keys.is_permanent(key)] == []
    rooms = {key.removeprefix(keys.PREFIX).partition(":")[0] for key in kept}
    assert rooms | LIMITER == {line.split("`")[1].partition(":")[0] for line in _table()} | {
        name.removesuffix(":*") for name in keys.PERMANENT
    }


def _table() -> list[str]:
    assert keys.__doc__
    return [line for line in keys.__doc__.splitlines() if line.startswith("| `")]


async def test_source_states_and_marks_survive(any_store: Store) -> None:
    """What was remembered is read back; what was not is empty."""
    state = SourceState("e", "Mon", NOW, None, NOW + HOUR, 3, "HTTP 500", ("entry 1",), read_before=True)
    await any_store.sources.save("gardens", state)
    await any_store.marks.put("vk.ts", "1")
    await any_store.marks.put("vk.ts", "2")

    assert await any_store.sources.load("gardens") == state
    assert await any_store.sources.load("trains") == SourceState()
    assert await any_store.marks.get("vk.ts") == "2"
    assert await any_store.marks.get("vk.pts") is None


async def test_once_is_once_within_its_lifetime(any_store: Store) -> None:
    """The second caller is told no; after the lifetime the next is the first again."""
    assert await any_store.marks.once("event:1", HOUR)
    assert not await any_store.marks.once("event:1", HOUR)
    assert await any_store.marks.once("event:2", timedelta(0))
    await any_store.client.write("PEXPIRE", keys.once("event:1"), 0)
    assert await any_store.marks.once("event:1", HOUR)


async def test_all_state_goes_out_as_json_and_comes_back(any_store: Store, servers: Servers) -> None:
    """Into an empty store, over another state, and twice: each time everything is as it was, lifetimes too."""
    await busy(any_store)
    lines = [json.dumps(row) async for row in any_store.dump()]
    await any_store.client.write("FLUSHALL")
    await any_store.marks.put("telegram.offset", "another")

    for _ in range(2):
        assert await any_store.restore([json.loads(line) for line in lines]) == len(lines)

    before, after = ({row["key"]: row for row in map(json.loads, lines)}, {r["key"]: r async for r in any_store.dump()})
    assert before.keys() == after.keys()
    for key, row in before.items():
        assert (row["type"], row["value"]) == (after[key]["type"], after[key]["value"])
        assert (row["ttl"] is None) == (after[key]["ttl"] is None)
        assert abs((row["ttl"] or 0) - (after[key]["ttl"] or 0)) < 10_000
    assert await any_store.articles.find("https://gardens.example/rose")


async def test_a_restored_fence_never_goes_back(store: Store) -> None:
    """A claim made after the dump keeps a newer fence than the next one gets."""
    rows = [row async for row in store.dump()] + [{"key": keys.FENCE, "type": "string", "ttl": None, "value": "2"}]
    for article in "abc":
        claim = await store.ledger.claim(Slot(article, CHANNEL), now=NOW, lease=HOUR)

    await store.restore(rows)

    newer = await store.ledger.claim(Slot("d", CHANNEL), now=NOW, lease=HOUR)
    assert newer
    assert claim
    assert newer.fence > claim.fence


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"key": "other:1", "type": "string", "ttl": None, "value": "x"},
        {"key": "depeche:mark:1", "type": "stream", "ttl": None, "value": "x"},
        {"key": "depeche:mark:1", "type": "zset", "ttl": None, "value": [["member", "much"]]},
        {"key": "depeche:mark:1", "type": "string", "ttl": "soon", "value": "x"},
        {"key": 1, "type": "string", "ttl": None, "value": "x"},
    ],
)
async def test_a_row_that_is_not_ours_is_named(store: Store, row: dict[str, object]) -> None:
    """A wrong file is said to be wrong, with the number of the row, and the key is not touched."""
    await store.marks.put("1", "kept")
    with pytest.raises(StoreError, match="row 1 can't be restored"):
        await store.restore([row])
    assert await store.marks.get("1") == "kept"


async def test_a_large_key_is_restored_whole(store: Store) -> None:
    """A key with more members than one command takes."""
    for number in range(0, 3000, 500):
        await store.client.write("SADD", "depeche:x", *(f"vk:{n}" for n in range(number, number + 500)))
    rows = [row async for row in store.dump()]
    await store.client.write("FLUSHALL")

    async def stream() -> AsyncIterator[dict[str, object]]:
        for row in rows:
            yield row

    await store.restore(stream())
    assert await store.client.read("SCARD", "depeche:x") == 3000
