"""Collecting: what is new, what is old, and what a crash may cost, which is nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import SourceError, StoreError
from bot.model import Article, Outlet, SlotState
from bot.store import Store
from scheduler.fanout import FRESH
from scheduler.rhythm import LONGEST_BACKOFF
from scheduler.source import Source
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, SOURCE, Newsdesk, Newsstand, an_article

ONE, TWO, THREE, FOUR = (an_article(number) for number in range(1, 5))
AWAY = SourceError("https://news.example/rss answered 503")


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def test_on_the_first_run_everything_is_old(desk: Newsdesk) -> None:
    """Nothing is queued; each article is known and says why it was not posted."""
    assert await desk.collector(Newsstand(ONE, TWO)).collect(SOURCE) == 0
    assert await desk.waiting() == await desk.waiting(FRESH) == []
    word = await desk.last_word(ONE)
    assert word is not None
    assert word.state is SlotState.SKIPPED
    assert "before the first reading" in str(word.reason)
    assert [one.headline for one in await desk.store.articles.recent(10)] == ["Headline 2", "Headline 1"]


async def test_backfill_posts_the_newest_few_and_troubles_no_reader(desk: Newsdesk) -> None:
    """`backfill = 2` of three: the two newest, the older of them first, in the channel alone."""
    assert await desk.collector(Newsstand(ONE, TWO, THREE)).collect(replace(SOURCE, backfill=2)) == 2
    assert await desk.waiting() == ["Headline 2", "Headline 3"]
    assert await desk.waiting(FRESH) == []
    assert await desk.state(ONE) is SlotState.SKIPPED


async def test_an_old_entry_without_a_headline_can_be_shown(desk: Newsdesk) -> None:
    """It is known by its address, and the archive can be read."""
    await desk.collector(Newsstand(replace(ONE, headline=""), TWO)).collect(SOURCE)
    assert [one.headline for one in await desk.store.articles.recent(10)] == ["Headline 2", ONE.url]


async def test_a_page_adds_what_the_feed_leaves_out(desk: Newsdesk) -> None:
    """Outlet and tags come from the page; date and address stay the feed's."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.entries.append(ONE)
    newsstand.pages[ONE.url] = replace(
        ONE, url="https://elsewhere.example/", outlet=Outlet("Le Rail"), tags=("Trains",), published_at=None
    )
    await collector.collect(SOURCE)
    kept = await desk.store.articles.find(ONE.url)
    assert kept == replace(ONE, outlet=Outlet("Le Rail"), tags=("Trains",))


async def test_a_page_that_cannot_be_read_takes_nothing_away(desk: Newsdesk) -> None:
    """The article goes out from the feed alone, and `/status` names the page."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.entries.append(ONE)
    assert await collector.collect(SOURCE) == 1
    assert await desk.waiting() == ["Headline 1"]
    [problem] = (await desk.store.sources.load("digest")).problems
    assert "answered 404; posted from the feed alone" in problem


async def test_pages_are_left_alone_when_nobody_wants_them(desk: Newsdesk) -> None:
    """`full_page = false`."""
    newsstand = Newsstand(ONE)
    await desk.collector(newsstand).collect(replace(SOURCE, full_page=False, backfill=1))
    assert newsstand.asked == []
    assert await desk.waiting() == ["Headline 1"]


async def test_an_entry_without_a_headline_is_tried_again(desk: Newsdesk) -> None:
    """Its page had none either; the next reading asks for the whole feed and finds it."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    bare = replace(ONE, headline="")
    newsstand.entries += [bare, TWO]
    newsstand.pages[ONE.url] = bare
    assert await collector.collect(SOURCE) == 1
    state = await desk.store.sources.load("digest")
    assert state.etag is None
    assert any("no headline; tried again" in problem for problem in state.problems)
    newsstand.pages[ONE.url] = ONE
    assert await collector.collect(SOURCE) == 1
    assert await desk.waiting() == ["Headline 1", "Headline 2"]
    assert (await desk.store.sources.load("digest")).etag == newsstand.etag


async def test_the_etag_is_remembered_and_used(desk: Newsdesk) -> None:
    """A feed that has not changed says so, and what is known of it stays."""
    newsstand = Newsstand(ONE)
    newsstand.problems = ("Entry 2 has no web address and was left out.",)
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    before = await desk.store.sources.load("digest")
    desk.clock.advance(timedelta(minutes=5))
    assert await collector.collect(SOURCE) == 0
    after = await desk.store.sources.load("digest")
    assert (after.etag, after.problems) == (before.etag, before.problems)
    assert after.succeeded_at == NOON + timedelta(minutes=5)


class _Dying(Newsstand):
    """The store goes away, or the process dies, at the second page."""

    death: BaseException

    async def page(self, url: str, profile: str) -> Article:
        if len(self.asked) == 1:
            raise self.death
        return await super().page(url, profile)


@pytest.mark.parametrize("death", [StoreError("redis is away"), RuntimeError("killed")])
async def test_a_crash_between_two_articles_loses_neither(desk: Newsdesk, death: BaseException) -> None:
    """The ETag is remembered only after all articles are kept: the next reading finds the rest, none twice."""
    newsstand = _Dying()
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.entries += [ONE, TWO, THREE]
    newsstand.death = death
    with pytest.raises(type(death)):
        await collector.collect(SOURCE)
    assert await desk.waiting() == ["Headline 1"]
    assert (await desk.store.sources.load("digest")).etag != newsstand.etag
    newsstand.asked += ["", ""]
    assert await desk.collector(newsstand).collect(SOURCE) == 2
    assert await desk.waiting() == ["Headline 1", "Headline 2", "Headline 3"]


async def test_a_crash_in_the_first_run_floods_nobody(desk: Newsdesk) -> None:
    """Half of the old articles are known as old; the second try takes the other half for old too."""
    newsstand = _Dying(ONE, TWO, THREE, FOUR)
    newsstand.death = RuntimeError("killed")
    source = replace(SOURCE, backfill=2)
    with pytest.raises(RuntimeError):
        await desk.collector(newsstand).collect(source)
    newsstand.asked += ["", ""]
    await desk.collector(newsstand).collect(source)
    assert await desk.waiting() == ["Headline 3", "Headline 4"]


async def test_what_comes_while_the_bot_is_dead_in_its_first_run_is_news(desk: Newsdesk) -> None:
    """It died while it kept what stood there; what the newsroom published until the next start is posted."""
    newsstand = _Dying(ONE, TWO, THREE)
    newsstand.death = RuntimeError("killed")
    source = replace(SOURCE, backfill=2)
    with pytest.raises(RuntimeError):
        await desk.collector(newsstand).collect(source)
    newsstand.entries.append(FOUR)
    newsstand.asked += ["", ""]
    desk.restart()
    await desk.collector(newsstand).collect(source)
    assert await desk.waiting() == ["Headline 2", "Headline 3", "Headline 4"]
    assert await desk.waiting(FRESH) == ["Headline 4"]
    assert await desk.state(ONE) is SlotState.SKIPPED
    assert (await desk.store.sources.load("digest")).stood == ()


async def test_stopping_leaves_the_rest_for_the_next_start(desk: Newsdesk) -> None:
    """What was not kept yet is read again after it."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.entries += [ONE, TWO]
    desk.stopping.set()
    assert await collector.collect(SOURCE) == 0
    desk.restart()
    assert await desk.collector(newsstand).collect(SOURCE) == 2


async def test_a_failing_source_is_asked_ever_less_often_and_never_given_up(desk: Newsdesk) -> None:
    """Doubled with every failure, up to a day; one success and all is as before."""
    newsstand = Newsstand(ONE)
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.down = AWAY
    waits = []
    for _ in range(12):
        await collector.collect(SOURCE)
        waits.append(await collector.next_check(SOURCE) - desk.clock.now())
    assert waits[:3] == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert waits[-1] == LONGEST_BACKOFF
    state = await desk.store.sources.load("digest")
    assert (state.failures, state.error, state.succeeded_at) == (12, str(AWAY), NOON)
    assert desk.problems.of("source digest") == str(AWAY)
    newsstand.down = None
    newsstand.entries.append(TWO)
    assert await collector.collect(SOURCE) == 1
    state = await desk.store.sources.load("digest")
    assert (state.failures, state.error) == (0, None)
    assert desk.problems.of("source digest") is None
    assert await collector.next_check(SOURCE) == desk.clock.now() + SOURCE.every


async def test_a_shorter_interval_counts_at_once(desk: Newsdesk) -> None:
    """Changed settings don't wait for the old interval to end; a source never read is due now."""
    collector = desk.collector(Newsstand())
    hourly = Source("digest", SOURCE.url, timedelta(hours=1))
    assert await collector.next_check(hourly) == NOON
    await collector.collect(hourly)
    assert await collector.next_check(hourly) == NOON + timedelta(hours=1)
    assert await collector.next_check(SOURCE) == NOON + SOURCE.every


@pytest.fixture
async def store_gone(desk: Newsdesk) -> AsyncIterator[Newsdesk]:
    """The line to the store is cut after the first reading."""
    await desk.store.client.write("CONFIG", "SET", "maxmemory", "1")
    yield desk
    await desk.store.client.write("CONFIG", "SET", "maxmemory", "0")


async def test_a_store_that_refuses_is_an_error_of_its_own(store_gone: Newsdesk) -> None:
    """It is not the source's fault: the job is tried again, and the source is not blamed."""
    with pytest.raises(StoreError):
        await store_gone.collector(Newsstand(ONE)).collect(SOURCE)
    assert store_gone.problems.all() == ()
    assert await store_gone.state(ONE, CHANNEL) is None


async def test_what_comes_while_the_first_reading_can_not_be_kept_is_news(store_gone: Newsdesk) -> None:
    """The store takes nothing in at the very start. When it does again, only what stood there then is old."""
    newsstand = Newsstand(ONE)
    collector = store_gone.collector(newsstand)
    with pytest.raises(StoreError):
        await collector.collect(SOURCE)
    newsstand.entries.append(TWO)
    await store_gone.store.client.write("CONFIG", "SET", "maxmemory", "0")
    assert await collector.collect(SOURCE) == 1
    assert await store_gone.waiting() == await store_gone.waiting(FRESH) == ["Headline 2"]
    assert await store_gone.state(ONE, CHANNEL) is SlotState.SKIPPED
