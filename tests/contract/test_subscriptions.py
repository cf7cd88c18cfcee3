"""What subscriptions promise, on every kind of redis."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model import Article, Attempt, Place, Platform, Slot, SlotState
from bot.query import facets
from bot.readers import Reader, Subscription, to_tags
from bot.store import Store, keys
from bot.tags import tag_id
from tests.readers import a_reader, who

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = a_reader(Place(Platform.TELEGRAM, "730011"), "ru", "Сад", "Розы")
BORIS = a_reader(Place(Platform.VK, "42"), "en", "сад")
GROUP = a_reader(Place(Platform.TELEGRAM, "-730011", 5), "en", "trains")


async def test_a_reader_is_kept_as_given(any_store: Store) -> None:
    """Saving adds or replaces; nobody is known before."""
    assert await any_store.subscriptions.reader(ANNA.place) is None
    await any_store.subscriptions.save(ANNA)
    assert await any_store.subscriptions.reader(ANNA.place) == ANNA
    changed = replace(ANNA, language="en", subscriptions=to_tags(["Поезда"]))
    await any_store.subscriptions.save(changed)
    assert changed == await any_store.subscriptions.reader(ANNA.place)


async def test_matching_finds_each_reader_once(any_store: Store) -> None:
    """Any of the terms is enough, and two that fit don't count twice; spelling does not matter."""
    for reader in (ANNA, BORIS, GROUP):
        await any_store.subscriptions.save(reader)

    assert [ANNA.place, BORIS.place] == await who(any_store, "сад", "розы")
    assert [GROUP.place] == await who(any_store, "trains", "trains")
    assert await who(any_store, "cats") == []
    assert await who(any_store) == []


async def test_changed_tags_change_the_audience(any_store: Store) -> None:
    """A dropped tag no longer matches, a new one does."""
    await any_store.subscriptions.save(ANNA)
    await any_store.subscriptions.save(a_reader(ANNA.place, "ru", "Розы", "Тюльпаны"))

    assert await who(any_store, "сад") == []
    assert [ANNA.place] == await who(any_store, "тюльпаны")
    assert [ANNA.place] == await who(any_store, "розы")


async def test_who_can_not_be_reached_is_kept_but_not_matched(any_store: Store) -> None:
    """An inactive reader keeps the tags, and gets articles again when active again."""
    await any_store.subscriptions.save(ANNA)
    await any_store.subscriptions.save(replace(ANNA, active=False))

    assert await who(any_store, "сад") == []
    assert await any_store.subscriptions.reader(ANNA.place) == replace(ANNA, active=False)
    assert await any_store.subscriptions.count() == {"telegram": 0, "vk": 0}
    await any_store.subscriptions.save(ANNA)
    assert [ANNA.place] == await who(any_store, "сад")


async def test_readers_are_counted_by_platform(any_store: Store) -> None:
    """Each active reader once, however often saved."""
    for reader in (ANNA, ANNA, BORIS, GROUP):
        await any_store.subscriptions.save(reader)

    assert await any_store.subscriptions.count() == {"telegram": 2, "vk": 1}


async def test_a_readers_own_tag_has_a_label(any_store: Store) -> None:
    """A tag that no article carries yet still fits into a button; the publisher's spelling wins later."""
    await any_store.subscriptions.save(a_reader(ANNA.place, "ru", "котики", "КОТИКИ"))
    assert await any_store.labels.label(tag_id("котики")) == "котики"

    cats = Article("1", "https://cats.example/1", "Cats", tags=("Котики",))
    await any_store.articles.add(cats, source="cats", at=NOW, queues=())
    await any_store.subscriptions.save(a_reader(ANNA.place, "ru", "котики"))
    assert await any_store.labels.label(tag_id("котики")) == "Котики"


async def test_forgetting_erases_every_trace(any_store: Store) -> None:
    """Neither a key nor a value names the reader afterwards, and the others are untouched."""
    neighbour = replace(ANNA, place=Place(Platform.TELEGRAM, "7300110"))
    for reader in (ANNA, BORIS, neighbour):
        await any_store.subscriptions.save(reader)
    await any_store.subscriptions.save(a_reader(ANNA.place, "ru", *ANNA.labels, "только моё"))
    for state in (SlotState.SENT, SlotState.DEFERRED, SlotState.UNCONFIRMED, SlotState.CLAIMED):
        for place in (ANNA.place, neighbour.place):
            slot = Slot(f"{state}", place)
            claim = await any_store.ledger.claim(slot, now=NOW, lease=timedelta(minutes=1))
            if claim and state is not SlotState.CLAIMED:
                await any_store.ledger.settle(claim, Attempt(slot, NOW, state, until=NOW))
    for name in (f"quiet:{ANNA.place}", f"{ANNA.place}:digest", f"quiet:{neighbour.place}"):
        await any_store.marks.put(name, "23:00")
        await any_store.marks.once(name, timedelta(hours=1))

    await any_store.subscriptions.forget(ANNA.place)
    await any_store.subscriptions.forget(ANNA.place)

    left = [str(row).replace(str(neighbour.place), "") async for row in any_store.dump()]
    assert [row for row in left if "730011" in row or "только моё" in row] == []
    assert await any_store.subscriptions.reader(ANNA.place) is None
    assert [neighbour.place, BORIS.place] == await who(any_store, "сад")
    assert await any_store.subscriptions.count() == {"telegram": 1, "vk": 1}
    assert await any_store.labels.label(tag_id("розы")) == "Розы"
    assert await any_store.labels.label(tag_id("только моё")) is None
    assert await any_store.marks.get(f"quiet:{neighbour.place}") == "23:00"
    assert (await any_store.overdue.tally())[SlotState.CLAIMED] == 1


async def test_a_group_is_forgotten_too(any_store: Store) -> None:
    """Also from the stories, where public places stand."""
    await any_store.subscriptions.save(GROUP)
    slot = Slot("rose", GROUP.place)
    claim = await any_store.ledger.claim(slot, now=NOW, lease=timedelta(minutes=1))
    assert claim
    await any_store.ledger.settle(claim, Attempt(slot, NOW, SlotState.REFUSED, "no right"))
    await any_store.ledger.skip(Slot("rose", Place(Platform.VK, "-1")), now=NOW, reason="filter")

    await any_store.subscriptions.forget(GROUP.place)

    assert [Place(Platform.VK, "-1")] == [word.slot.place for word in await any_store.ledger.story("rose")]
    assert [row async for row in any_store.dump() if "730011" in str(row)] == []


async def test_a_query_is_matched_as_a_whole(any_store: Store) -> None:
    """Also one that asks for what is not there; the answer says which subscriptions fit."""
    wishes = tuple(map(Subscription, ("сад & !спорт", "!сад", 'source:"лента" & розы', "розы | сад")))
    await any_store.subscriptions.save(Reader(ANNA.place, "ru", wishes))

    async def by(*tags: str, source: str = "другая") -> list[str]:
        rose = Article("1", "u", "h", tags=tags, source=source)
        return [
            one.text for match in await any_store.subscriptions.matching(facets(rose)) for one in match.subscriptions
        ]

    assert await by("Сад") == ["сад & !спорт", "розы | сад"]
    assert await by("Сад", "Спорт") == ["розы | сад"]
    assert await by("Спорт") == ["!сад"]
    assert await by("Розы", source="Лента") == ["!сад", 'source:"лента" & розы', "розы | сад"]


async def test_a_reader_kept_of_old_is_served_and_forgotten(any_store: Store) -> None:
    """Before queries there were lists of tags: they match, change and go as any."""
    kept = {"language": "ru", "tags": ["Сад"], "active": True, "tag_ids": [tag_id("сад")]}
    await any_store.client.write("SET", keys.reader(ANNA.place), json.dumps(kept))

    assert await who(any_store, "сад") == [ANNA.place]
    await any_store.subscriptions.save(a_reader(ANNA.place, "ru", "Розы"))
    assert await who(any_store, "сад") == []
