"""What the archive and the queues promise, on every kind of redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from bot.aliases import Aliases
from bot.model import Article, Image, Outlet
from bot.names import Kind, Name
from bot.query import facets, matches, parse
from bot.store import Store, keys, open_store
from bot.tags import fold, tag_id
from tests.stores import Servers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def article(name: str, *tags: str, hours: float = 0) -> Article:
    """An article published some hours before NOW."""
    return Article(
        id=f"guid-{name}",
        url=f"https://trains.example/{name}",
        headline=f"A train called {name}",
        tags=tags,
        published_at=NOW - timedelta(hours=hours),
    )


async def add(store: Store, *articles: Article, queues: tuple[str, ...] = ("main",)) -> None:
    for each in articles:
        await store.articles.add(each, source="rails", at=NOW, queues=queues)


async def test_an_article_comes_back_as_it_went_in(any_store: Store) -> None:
    """Nothing is lost in the store, not even half a surrogate pair of a broken page."""
    full = Article(
        id="https://trains.example/?p=7",
        url="https://trains.example/tram?utm=1",
        canonical_url="https://trains.example/tram",
        headline="Трамвай «Ёлка» 🚋 \ud83d",
        lead="A lead\nof two lines",
        body='Body / with "quotes", a \\ and a \x00',
        image=Image("https://trains.example/1.jpg", "Photo: A. Gardener"),
        outlet=Outlet("La Voie ferrée", "https://voie.example"),
        original_url="https://voie.example/1",
        country="Франция",
        region="Европа",
        tags=("поезда", "Côte d'Azur"),
        authors=("A", "B"),
        language="ru",
        published_at=datetime(2026, 3, 1, 11, 0, 0, 5, tzinfo=timezone(timedelta(hours=3))),
        updated_at=NOW,
        disclaimer="Opinions are the authors'",
    )
    await add(any_store, full)

    assert full == await any_store.articles.find(full.key)
    assert [full] == await any_store.queues.waiting("main")


async def test_an_article_is_found_by_any_of_its_names(any_store: Store) -> None:
    """By key, by either address, and by the publisher's id; nothing else finds anything."""
    tram = replace(article("tram"), canonical_url="https://trains.example/canon")
    await add(any_store, tram)

    for name in (tram.key, tram.url, tram.canonical_url or "", tram.id):
        assert tram == await any_store.articles.find(name)
    assert await any_store.articles.find("https://trains.example/bus") is None
    assert await any_store.articles.find("") is None


async def test_unknown_names_what_is_new_in_order(any_store: Store) -> None:
    """Known articles are left out, and one that stands twice in a feed is new once."""
    one, two, three = article("one"), article("two"), article("three")
    await add(any_store, two)

    assert [three, one] == await any_store.articles.unknown([three, two, one, three])
    assert await any_store.articles.unknown([]) == []
    many = [article(str(number)) for number in range(450)]
    assert many == await any_store.articles.unknown(many)


async def test_an_article_whose_address_changed_is_known(any_store: Store) -> None:
    """The publisher's id is enough, on the same host; the new address is known from then on, too."""
    before = article("old-slug")
    await add(any_store, before)
    renamed = replace(before, url="https://trains.example/new-slug")

    assert await any_store.articles.unknown([renamed]) == []
    assert before == await any_store.articles.find(renamed.url)
    assert await any_store.articles.unknown([replace(renamed, id="another id")]) == []


async def test_the_same_id_at_another_publisher_is_another_article(any_store: Store) -> None:
    """Many publishers number their articles from one."""
    ours = replace(article("ours"), id="123")
    theirs = replace(ours, url="https://gardens.example/123")
    await add(any_store, ours)

    assert [theirs] == await any_store.articles.unknown([theirs])
    await add(any_store, theirs)
    assert theirs == await any_store.articles.find(theirs.key)


async def test_what_was_skipped_at_the_first_reading_is_known(any_store: Store) -> None:
    """An article in no queue is known all the same."""
    await add(any_store, article("old"), queues=())

    assert await any_store.articles.unknown([article("old")]) == []
    assert await any_store.queues.sizes(["main"]) == {"main": 0}


async def test_an_article_is_known_when_its_text_is_gone(any_store: Store) -> None:
    """The text is kept for months, the knowledge of it for longer; a queue drops what it can't show."""
    tram = article("tram")
    await add(any_store, tram)
    await any_store.client.write("DEL", keys.article(tram.key))

    assert await any_store.articles.unknown([tram]) == []
    assert await any_store.articles.find(tram.key) is None
    assert await any_store.articles.recent(10) == []
    assert await any_store.queues.waiting("main") == []
    assert await any_store.queues.sizes(["main"]) == {"main": 0}


async def test_seeing_an_article_again_keeps_it_for_as_long_again(any_store: Store) -> None:
    """What a feed still shows does not run out."""
    tram = article("tram")
    await add(any_store, tram)
    for key in (keys.article(tram.key), keys.name(tram.url)):
        await any_store.client.write("EXPIRE", key, 1000)

    await any_store.articles.unknown([tram])

    assert await any_store.client.read("TTL", keys.article(tram.key)) > 1000
    assert await any_store.client.read("TTL", keys.name(tram.url)) > 1000


async def test_adding_is_one_step_and_done_once(any_store: Store) -> None:
    """Of many that add the same article at once, one succeeds: no second queue entry, no second count."""
    first = article("tram", "steam")
    second = replace(first, headline="A later wording")

    await asyncio.gather(*(add(any_store, first) for _ in range(20)))
    await any_store.queues.remove("main", [first.key])
    await add(any_store, second, queues=("main", "other"))

    assert first == await any_store.articles.find(first.key)
    assert await any_store.queues.sizes(["main", "other"]) == {"main": 0, "other": 0}
    assert [Name("steam", 1)] == await any_store.articles.names()


async def test_a_queue_gives_the_oldest_first(any_store: Store) -> None:
    """By the time of publication; without one, by the time of collection; at most as many as asked."""
    old, new, dateless = article("old", hours=5), article("new", hours=1), article("now")
    dateless = replace(dateless, published_at=None)
    await add(any_store, dateless, new, old)

    assert [old, new, dateless] == await any_store.queues.waiting("main")
    assert [old] == await any_store.queues.waiting("main", 1)
    assert await any_store.queues.waiting("main", 0) == []
    assert await any_store.queues.waiting("no such queue") == []


async def test_articles_of_the_same_moment_stay_in_order(any_store: Store) -> None:
    """Feeds tell the time in whole seconds; five articles of one second wait in the order in which they came."""
    names = ["zebra", "apple", "mango", "berry", "acorn"]
    await add(any_store, *(article(name) for name in names), article("older", hours=1))
    await any_store.queues.remove("main", [article("zebra").key])
    await add(any_store, article("last"))
    waiting = await any_store.queues.waiting("main")
    assert [each.url.rsplit("/", 1)[1] for each in waiting] == ["older", *names[1:], "last"]


async def test_queues_are_emptied_by_name(any_store: Store) -> None:
    """Removing from one queue leaves the others, and removing what is not there is no error."""
    one, two = article("one", hours=2), article("two")
    await add(any_store, one, two, queues=("main", "readers"))

    await any_store.queues.remove("main", [one.key, "nothing"])
    await any_store.queues.remove("main", [])

    assert [two] == await any_store.queues.waiting("main")
    assert await any_store.queues.sizes(["main", "readers", "none"]) == {"main": 1, "readers": 2, "none": 0}


async def test_recent_gives_the_newest_first(any_store: Store) -> None:
    """All, or those under one term: a tag, a country, a region or an outlet, in any spelling."""
    steam = replace(article("steam", "Паровозы", hours=3), country="Франция")
    tram = replace(article("tram", "Трамваи", hours=1), outlet=Outlet("La Voie"), region="Европа")
    both = article("both", "паровозы", "трамваи", hours=2)
    await add(any_store, steam, tram, both)

    assert [tram, both, steam] == await any_store.articles.recent(10)
    assert [tram, both] == await any_store.articles.recent(2)
    assert [both, steam] == await any_store.articles.recent(10, tag=fold("#ПАРОВОЗЫ"))
    for term, found in [("франция", steam), ("европа", tram), ("la voie", tram)]:
        assert [found] == await any_store.articles.recent(10, tag=term)
    assert await any_store.articles.recent(0) == []


async def test_a_date_in_the_future_does_not_stay_on_top(any_store: Store) -> None:
    """A publisher's wrong clock counts as now."""
    wrong = article("wrong", hours=-1000)
    await add(any_store, wrong)
    later = replace(article("later"), published_at=NOW + timedelta(hours=1))
    await any_store.articles.add(later, source="rails", at=NOW + timedelta(hours=1), queues=())

    assert [later, wrong] == await any_store.articles.recent(2)


async def test_tags_are_counted_by_use(any_store: Store) -> None:
    """The most used first, then by name; spellings of one tag count together; only the last week counts."""
    await add(any_store, article("1", "Steam", "trams"), article("2", "steam", "Steam "), article("3", "buses"))
    await add(any_store, article("4", "buses", "buses", hours=24 * 6), article("5", "horses", hours=24 * 20))

    counts = [(name.label, name.count) for name in await any_store.articles.names()]
    assert counts == [("Steam", 2), ("buses", 2), ("trams", 1), ("horses", 0)]


async def test_names_know_their_kinds(any_store: Store) -> None:
    """A country that is also a tag is one name of both kinds; a new article makes another stamp."""
    before = await any_store.articles.stamp()
    tagged = article("1", "франция", "Сад")
    await add(any_store, replace(tagged, country="Франция", region="Европа", outlet=Outlet("La Voie")))

    assert set(await any_store.articles.names()) == {
        Name("франция", 1, (Kind.TAG, Kind.COUNTRY)),
        Name("Европа", 1, (Kind.REGION,)),
        Name("La Voie", 1, (Kind.OUTLET,)),
        Name("Сад", 1),
    }
    assert await any_store.articles.stamp() != before


async def test_an_article_has_the_other_names_of_its_terms(servers: Servers) -> None:
    """Whoever asks for Britain gets what is filed under Great Britain, and the other way round."""
    address = servers.address("embedded")
    aliases = Aliases.of({"Британия": "Великобритания"})
    async with open_store(address.url, address.socket, aliases=aliases) as store:
        await store.client.write("FLUSHALL")
        one, other = article("1", "Британия"), replace(article("2"), country="Великобритания")
        await add(store, one, other)

        kept = await store.articles.recent(9, tag="великобритания")
        assert {found.key for found in kept} == {one.key, other.key}
        for asked in ("Британия", "великобритания", "!Франция"):
            assert [matches(parse(asked), facets(found)) for found in kept] == [True, True]
        assert [matches(parse("country:Британия"), facets(found)) for found in kept].count(True) == 1
        assert {found.tags for found in kept} == {("Великобритания",), other.tags}


async def test_no_articles_no_tags(any_store: Store) -> None:
    """An empty archive answers with nothing."""
    assert await any_store.articles.names() == []
    assert await any_store.articles.recent(10) == []


async def test_every_term_of_an_article_has_a_label(any_store: Store) -> None:
    """A button names a tag by its short name; the label leads back to what people read."""
    await add(any_store, replace(article("1", "#Паровая  тяга"), country="Франция", outlet=Outlet("La Voie")))

    for label in ("Паровая тяга", "Франция", "La Voie"):
        assert label == await any_store.labels.label(tag_id(label))
    assert await any_store.labels.label("nothing") is None
