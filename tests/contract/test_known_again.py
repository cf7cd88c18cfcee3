"""The same article is posted once, two articles twice: whatever their feeds do to ids, addresses and headlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Article, SlotState
from bot.store import Store, keys
from scheduler.collect import Collector
from scheduler.rhythm import WHOLE_EVERY
from scheduler.same_story import SameStory
from tests.fakes import NOON
from tests.newsdesk import SOURCE, Newsdesk, Newsstand

ROSES = Article(
    id="rose-7",
    url="https://gardens.example/roses/7",
    headline="В Париже открылась выставка живых роз",
    lead="Её за первый день посетили тысячи человек, пишет газета.",
    published_at=NOON,
)
TRAINS = replace(
    ROSES, id="train-1", headline="Поезда на юг пошли быстрее", lead="Новая линия сократила путь до моря на час."
)
FEED_ALONE = replace(SOURCE, full_page=False)
OTHER = replace(FEED_ALONE, name="other", url="https://other.example/rss")


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def started(desk: Newsdesk, *entries: Article) -> tuple[Newsstand, Collector]:
    """A source that was read before, and now has these entries queued."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    await collector.collect(FEED_ALONE)
    newsstand.entries += entries
    await collector.collect(FEED_ALONE)
    return newsstand, collector


@pytest.mark.parametrize(
    "again",
    [
        replace(ROSES, id="rose-7-v2"),
        replace(ROSES, id="https://gardens.example/?p=7", url="https://gardens.example/2024/roses"),
        replace(ROSES, id="x", url="https://new-domain.example/roses", published_at=NOON + timedelta(days=3)),
        replace(ROSES, id="x", url="https://new-domain.example/roses", lead=None),
        replace(ROSES, id="x", url="http://www.gardens.example/roses/7/?utm_source=feed"),
        replace(ROSES, id="x", url="https://gardens.example/roses/7/amp"),
        replace(ROSES, id="x", url="http://m.gardens.example/roses/7"),
        replace(ROSES, id="x", headline="Выставка живых роз открылась в Париже"),
    ],
    ids=[
        "a new id",
        "all moved",
        "a new domain",
        "without its lead",
        "www and trackers",
        "AMP",
        "a mobile host",
        "a new id, reworded",
    ],
)
async def test_the_same_article_in_another_dress_is_suppressed(desk: Newsdesk, again: Article) -> None:
    """Beside the first one, or in its place."""
    newsstand, collector = await started(desk, ROSES)
    newsstand.entries.append(again)
    assert await collector.collect(FEED_ALONE) == 0
    newsstand.entries[:] = [again]
    assert await collector.collect(FEED_ALONE) == 0
    assert await desk.waiting() == [ROSES.headline]


async def test_two_articles_that_share_an_address_are_both_kept(desk: Newsdesk) -> None:
    """In one reading or one after the other; each has its own place in the ledger, and neither corrects the other."""
    newsstand, collector = await started(desk, ROSES)
    newsstand.entries.append(TRAINS)
    assert await collector.collect(FEED_ALONE) == 1
    assert await desk.waiting() == [ROSES.headline, TRAINS.headline]
    one, two = await desk.store.queues.waiting("main")
    assert one.key != two.key
    assert (one.url, two.url) == (ROSES.url, ROSES.url)
    desk.restart()
    assert await desk.collector(newsstand).collect(FEED_ALONE) == 0
    third = replace(ROSES, id="bees-3", headline="Пчёлы вернулись", lead="Их не видели здесь десять лет.")
    newsstand.entries.append(third)
    newsstand.entries.append(replace(third, id="owls-4", headline="Совы улетели", lead="Их гнёзда нашли пустыми."))
    assert await collector.collect(FEED_ALONE) == 2


async def test_a_page_that_names_a_known_article_makes_no_second_post(desk: Newsdesk) -> None:
    """Two entries with their own ids and addresses, whose pages say that they are one article."""
    newsstand, collector = await started(desk, ROSES)
    moved = replace(
        ROSES, id="x", url="https://gardens.example/r", headline="Розы Парижа", lead=None, published_at=None
    )
    newsstand.entries.append(moved)
    newsstand.pages[moved.url] = replace(ROSES, canonical_url=ROSES.url)
    assert await collector.collect(SOURCE) == 0
    assert await collector.collect(SOURCE) == 0
    assert await desk.waiting() == [ROSES.headline]


async def test_a_page_that_names_another_article_does_not_swallow_its_own(desk: Newsdesk) -> None:
    """A site whose pages all call themselves by the address of a section: nothing is lost."""
    newsstand, collector = await started(desk, ROSES)
    section = replace(TRAINS, url="https://gardens.example/trains/1")
    newsstand.entries.append(section)
    newsstand.pages[section.url] = replace(section, canonical_url=ROSES.url)
    assert await collector.collect(SOURCE) == 1
    assert await collector.collect(SOURCE) == 0
    assert await desk.waiting() == [ROSES.headline, TRAINS.headline]


async def test_what_comes_daily_under_one_headline_is_posted_daily(desk: Newsdesk) -> None:
    """Silence about tomorrow's weather would be worse than a second post."""
    weather = replace(ROSES, id="w1", url="https://gardens.example/w1", headline="Погода на завтра", lead="Облачно.")
    newsstand, collector = await started(desk, weather)
    tomorrow = NOON + timedelta(days=1)
    newsstand.entries.append(replace(weather, id="w2", url="https://gardens.example/w2", published_at=tomorrow))
    assert await collector.collect(FEED_ALONE) == 1


async def test_what_is_still_in_the_feed_is_never_forgotten(desk: Newsdesk) -> None:
    """The texts are long gone, and the feed said "not modified" for a month: then it is read whole once, so that what
    is known of its entries lives on."""
    _, collector = await started(desk, ROSES)
    await desk.store.client.write("DEL", keys.article(ROSES.key))
    for name in (keys.name(ROSES.url), keys.name("gardens.example\nrose-7")):
        await desk.store.client.write("EXPIRE", name, 1000)
    desk.clock.advance(timedelta(days=1))
    assert await collector.collect(FEED_ALONE) == 0
    assert await desk.store.client.read("TTL", keys.name(ROSES.url)) <= 1000
    desk.clock.advance(WHOLE_EVERY)
    assert await collector.collect(FEED_ALONE) == 0
    for name in (keys.name(ROSES.url), keys.name("gardens.example\nrose-7")):
        assert await desk.store.client.read("TTL", name) > 1000


def told_elsewhere() -> Article:
    """The roses in another newsroom's words."""
    return replace(
        ROSES,
        id="77",
        url="https://other.example/77",
        headline="Выставку живых роз открыли в Париже",
        lead="Тысячи человек посетили её в первый день.",
    )


@pytest.mark.parametrize("skips", [False, True])
async def test_the_same_story_from_two_sources_is_linked(desk: Newsdesk, skips: bool) -> None:
    """The second is marked; what becomes of it is a setting. It is known over a restart, and nothing is lost."""
    await started(desk, ROSES)
    desk.restart()
    other = Newsstand()
    collector = desk.collector(
        other,
        same_story=SameStory(desk.store.articles, desk.clock, within=timedelta(hours=48), skips_second=skips),
    )
    await collector.collect(OTHER)
    second = told_elsewhere()
    other.entries += [second, replace(TRAINS, id="8", url="https://other.example/8")]
    assert await collector.collect(OTHER) == (1 if skips else 2)
    origin = await desk.store.traces.origin(second.key)
    assert origin is not None
    assert origin.same_as == ROSES.key
    waiting = await desk.waiting()
    assert (second.headline in waiting) is not skips
    assert TRAINS.headline in waiting
    word = await desk.last_word(second)
    if skips:
        assert word is not None
        assert (word.state, ROSES.headline in str(word.reason)) == (SlotState.SKIPPED, True)
    else:
        assert word is None
    assert await collector.collect(OTHER) == 0
