"""The index of readers in redis: in step in every process, rebuilt from nothing, and without a trace of who left."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.model import Place, Platform
from bot.query import Facets, matches
from bot.readers import Delivery, Reader, Subscription, to_tags
from bot.store import Store, keys, open_store, roster
from bot.store.connection import Client
from tests.readers import a_reader, who
from tests.stores import Address, Servers

TEXTS = ("сад", "розы", "!сад", "сад & !розы", "outlet:сад | поезда", "!(сад | поезда) & !розы")
PLACES = [Place(Platform.TELEGRAM, str(one)) for one in (1001, 1002, 1003, 1004)]
PLACES += [Place(Platform.VK, "1001"), Place(Platform.TELEGRAM, "-100200", 7)]
wanted = st.lists(
    st.builds(Subscription, st.sampled_from(TEXTS), st.sampled_from(Delivery)),
    max_size=4,
    unique_by=lambda one: one.text,
)
found = st.fixed_dictionaries(
    {field: st.frozensets(st.sampled_from(("сад", "розы", "поезда", "спорт"))) for field in ("tag", "outlet")}
)


class Machine(RuleBasedStateMachine):
    """Readers change, by two processes; each of them always knows what a loop over all readers says."""

    address: ClassVar[Address]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = [open_store(self.address.url, self.address.socket) for _ in range(2)]
        self.stores = [self.runner.run(one.__aenter__()) for one in self.opened]
        self.readers: dict[Place, Reader] = {}
        self.runner.run(self.stores[0].client.write("FLUSHALL"))

    @initialize()
    def begin(self) -> None:
        self.runner.run(self.stores[0].subscriptions.count())

    @rule(place=st.sampled_from(PLACES), wanted=wanted, by=st.integers(0, 1))
    def subscribe(self, place: Place, wanted: list[Subscription], by: int) -> None:
        self._save(Reader(place, "ru", tuple(wanted)), by)

    @rule(place=st.sampled_from(PLACES), by=st.integers(0, 1), active=st.booleans())
    def pause(self, place: Place, by: int, active: bool) -> None:
        if place in self.readers:
            self._save(replace(self.readers[place], active=active), by)

    @rule(place=st.sampled_from(PLACES), by=st.integers(0, 1))
    def forget(self, place: Place, by: int) -> None:
        self.readers.pop(place, None)
        self.runner.run(self.stores[by].subscriptions.forget(place))

    @rule(by=st.integers(0, 1))
    def lose_the_index(self, by: int) -> None:
        self.runner.run(self.stores[by].client.write("DEL", keys.AUDIENCE))

    @rule()
    def export_and_import(self) -> None:
        async def carry() -> None:
            rows = [row async for row in self.stores[0].dump()]
            await self.stores[1].client.write("FLUSHALL")
            await self.stores[0].restore(rows)

        self.runner.run(carry())

    @rule(found=found, by=st.integers(0, 1))
    def ask(self, found: Facets, by: int) -> None:
        said = self.runner.run(self.stores[by].subscriptions.matching(found))
        active = sorted((one for one in self.readers.values() if one.active), key=lambda one: str(one.place))
        loop = [(one.place, one.wanting(found)) for one in active if one.wanting(found)]
        assert [(match.place, match.subscriptions) for match in said] == loop

    @invariant()
    def the_count_is_right(self) -> None:
        said = [self.runner.run(store.subscriptions.count()) for store in self.stores]
        active = [one.place.platform for one in self.readers.values() if one.active]
        assert said == 2 * [{platform.value: active.count(platform) for platform in Platform}]

    def teardown(self) -> None:
        for one in self.opened:
            self.runner.run(one.__aexit__(None, None, None))
        self.runner.close()

    def _save(self, reader: Reader, by: int) -> None:
        self.runner.run(self.stores[by].subscriptions.save(reader))
        self.readers[reader.place] = reader


def test_every_process_knows_what_a_loop_over_all_readers_says(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens to readers and to the index, and also when the log is cut every few lines."""
    monkeypatch.setattr(roster, "LONG", 5)
    monkeypatch.setattr(roster, "NEWS", 2)
    steps = type("Steps", (Machine,), {"address": servers.address("embedded")})
    run_state_machine_as_test(steps, settings=settings(max_examples=12, stateful_step_count=15, deadline=None))


async def test_who_is_forgotten_is_not_in_the_index(any_store: Store) -> None:
    """Neither in the packed hash nor in its log, nor what they asked for; another reader's place is."""
    anna, boris = a_reader(PLACES[0], "ru", "сад", "только моё"), a_reader(PLACES[4], "ru", "сад")
    lost = a_reader(Place(Platform.TELEGRAM, "-555", 7), "ru", "розы")
    for one in (anna, boris, lost):
        await any_store.subscriptions.save(one)
    await any_store.subscriptions.count()
    for one in (anna, lost):
        await any_store.subscriptions.forget(one.place)

    client = any_store.client
    raw = b" ".join(await client.read_bytes("HGETALL", keys.AUDIENCE))
    log = str(await client.read("XRANGE", keys.AUDIENCE_LOG, "-", "+"))
    assert "только моё".encode() not in raw
    assert b"-555" not in raw
    assert "telegram" not in log
    assert "моё" not in log
    assert await who(any_store, "сад") == [boris.place]


async def test_a_reader_comes_back_under_a_new_number(any_store: Store) -> None:
    """Numbers are never given twice: what an old campaign knows of one is not said of another."""
    await any_store.subscriptions.save(a_reader(PLACES[0], "ru", "сад"))
    await any_store.subscriptions.forget(PLACES[0])
    await any_store.subscriptions.save(a_reader(PLACES[0], "ru", "сад"))
    assert await number_of(any_store.client, PLACES[0]) == 2
    assert await who(any_store, "сад") == [PLACES[0]]


async def number_of(client: Client, place: Place) -> int:
    return int(json.loads(await client.read("GET", keys.reader(place)))["number"])


async def test_two_readers_of_one_number_are_told_apart(store: Store) -> None:
    """As after an import over readers who were here before: one of them gets a number of their own."""
    await store.subscriptions.save(a_reader(PLACES[0], "ru", "сад"))
    rows = [row async for row in store.dump()]
    await store.client.write("FLUSHALL")
    await store.subscriptions.save(a_reader(PLACES[1], "ru", "розы"))
    await store.restore(rows)
    assert await who(store, "сад") == [PLACES[0]]
    assert await who(store, "розы") == [PLACES[1]]
    numbers = {await number_of(store.client, place) for place in PLACES[:2]}
    assert len(numbers) == 2


def test_the_loop_is_the_measure() -> None:
    """The texts above are queries that differ in what they match."""
    reader = Reader(PLACES[0], "ru", tuple(map(Subscription, TEXTS)))
    nothing: Facets = {"tag": frozenset(), "outlet": frozenset()}
    assert [one.text for one in reader.subscriptions if matches(one.query, nothing)] == [TEXTS[2], TEXTS[5]]
    assert to_tags(["сад"])[0].key == Subscription(TEXTS[0]).key
