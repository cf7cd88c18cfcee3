"""What is remembered of a source between readings, and what the admins hear: failing, empty and unchanged differ."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conditions import SourceState
from bot.errors import HeldError, SourceError
from bot.imprint import Imprint
from bot.store import Store
from bot.store.states import RedisSourceStates
from scheduler.collect import Collector
from scheduler.readings import EMPTY, Readings
from scheduler.rhythm import WHOLE_EVERY
from tests.fakes import NOON
from tests.newsdesk import SOURCE, Newsdesk, Newsstand, Reading, an_article

SLOW = replace(SOURCE, full_page=False, slowest=timedelta(hours=1))


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def state_of(desk: Newsdesk) -> SourceState:
    return await desk.store.sources.load(SOURCE.name)


async def test_a_state_comes_back_as_it_went_in(any_store: Store) -> None:
    """Every part of it; one that was kept by an earlier version is read as well."""
    whole = SourceState(
        etag='"1"', checked_at=NOON, next_check=NOON, failures=2, error="x", problems=("y",), read_before=True,
        asked="https://a.example/", address="https://b.example/", not_before=NOON, whole_at=NOON, times=(NOON,),
        stood=("a", "b"),
    )  # fmt: skip
    await any_store.sources.save("digest", whole)
    assert await any_store.sources.load("digest") == whole
    await any_store.client.write(
        "SET",
        "depeche:source:old",
        '{"etag": null, "last_modified": null, "checked_at": null, "succeeded_at": null, "next_check": null,'
        ' "failures": 0, "error": null, "problems": [], "read_before": true}',
    )
    assert await any_store.sources.load("old") == SourceState(read_before=True)


async def test_a_thousand_states_at_once_are_kept_and_found(store: Store) -> None:
    """As after a start, when every source is due; and what another process wrote since is seen."""
    states = {f"source {n}": SourceState(etag=str(n), checked_at=NOON, times=(NOON,) * 60) for n in range(1000)}
    await asyncio.gather(*(store.sources.save(name, state) for name, state in states.items()))
    assert await asyncio.gather(*map(store.sources.load, states)) == list(states.values())
    assert await store.sources.load("source 1000") == SourceState()
    another = RedisSourceStates(store.client)
    assert await another.load("source 7") == states["source 7"]
    await another.save("source 7", SourceState(etag="new"))
    assert await store.sources.load("source 7") == SourceState(etag="new")


async def test_failing_empty_and_unchanged_are_three_things(desk: Newsdesk) -> None:
    """A failure is counted and told; an empty feed is read and named; an unchanged one says nothing at all."""
    newsstand = Newsstand(an_article(1))
    collector = desk.collector(newsstand)
    await collector.collect(SLOW)
    before = await state_of(desk)
    await collector.collect(SLOW)
    assert (await state_of(desk)).problems == before.problems == ()

    newsstand.entries.clear()
    await collector.collect(SLOW)
    empty = await state_of(desk)
    assert (empty.failures, empty.error, empty.problems) == (0, None, (EMPTY,))

    newsstand.down = SourceError("https://news.example/rss answered 500")
    await collector.collect(SLOW)
    failing = await state_of(desk)
    assert (failing.failures, failing.problems) == (1, (EMPTY,))
    assert desk.problems.of("source digest") == str(newsstand.down)


async def test_a_site_that_asks_for_a_pause_gets_it(desk: Newsdesk) -> None:
    """Longer than our own growing pauses, but never longer than a day."""
    newsstand = Newsstand()
    collector = desk.collector(newsstand)
    for asked, waits in ((timedelta(hours=5), timedelta(hours=5)), (timedelta(days=900), timedelta(days=1))):
        newsstand.down = SourceError("news.example asks us to come less often (429).", after=asked)
        await collector.collect(SLOW)
        assert await collector.next_check(SLOW) == desk.clock.now() + waits


async def test_waiting_for_a_host_is_no_failure(desk: Newsdesk) -> None:
    """Another source of its host was told to come less often: this one comes later, and nobody hears of it."""
    newsstand = Newsstand(an_article(1))
    collector = desk.collector(newsstand)
    await collector.collect(SLOW)
    newsstand.down = HeldError("left alone", after=timedelta(hours=3))
    await collector.collect(SLOW)
    state = await state_of(desk)
    assert (state.failures, state.error, state.not_before) == (0, None, NOON + timedelta(hours=3))
    assert await collector.next_check(SLOW) == NOON + timedelta(hours=3)
    assert desk.problems.of("source digest") is None


async def test_the_interval_follows_the_source(desk: Newsdesk) -> None:
    """An article every 40 minutes: read every 20, with the settings' bounds."""
    newsstand = Newsstand(*(an_article(n, age=timedelta(minutes=40) * n) for n in range(12)))
    collector = desk.collector(newsstand)
    await collector.collect(SLOW)
    assert await collector.next_check(SLOW) == NOON + timedelta(minutes=20)
    assert await collector.next_check(replace(SLOW, slowest=None)) == NOON + SLOW.every


async def test_jitter_makes_it_a_little_later(desk: Newsdesk) -> None:
    """At most a tenth of the interval, never earlier than the settings allow."""
    readings = Readings(desk.store.sources, desk.problems, desk.clock, jitter=lambda: 1.0)
    collector = desk.collector(Newsstand(), readings=readings)
    await collector.collect(SLOW)
    assert await collector.next_check(SLOW) == NOON + SLOW.every * 1.1


async def test_a_silent_source_is_told_once(desk: Newsdesk) -> None:
    """After six hours of a source that publishes every 40 minutes; its end is noticed as well."""
    told: list[tuple[str, str | None]] = []
    desk.problems.watch(lambda name, sentence: told.append((name, sentence)), lambda *_: None)
    newsstand = Newsstand(*(an_article(n, age=timedelta(minutes=40) * n) for n in range(12)))
    collector = desk.collector(newsstand)
    for _ in range(9):
        await collector.collect(SLOW)
        desk.clock.advance(timedelta(hours=1))
    spoken = [sentence for name, sentence in told if name == "source digest: silent" and sentence]
    assert spoken == ["usually publishes every 40 min and has been silent for 6 h"]
    newsstand.entries.append(an_article(99, age=NOON - desk.clock.now()))
    await collector.collect(SLOW)
    assert desk.problems.of("source digest: silent") is None


class _Moved(Newsstand):
    """It has moved for good; `asked_at` are the addresses it was asked at."""

    def __init__(self) -> None:
        super().__init__(an_article(1))
        self.asked_at: list[str] = []

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> Reading:
        self.asked_at.append(url)
        found = await super().feed(url, state, listing, last)
        why = None if url == "https://new.example/rss" else "This feed has moved for good to https://new.example/rss"
        return replace(found, address="https://new.example/rss", why_there=why)


async def test_a_feed_that_moved_is_asked_at_its_new_address_and_told_of_once(desk: Newsdesk) -> None:
    """Over a restart; if that fails, the old address is tried again; a new one in the settings counts at once."""
    mentioned: list[str] = []
    desk.problems.watch(lambda *_: None, lambda _, sentence: mentioned.append(sentence))
    newsstand = _Moved()
    collector: Collector = desk.collector(newsstand)
    for _ in range(3):
        await collector.collect(SLOW)
    assert newsstand.asked_at == [SLOW.url, "https://new.example/rss", "https://new.example/rss"]
    assert mentioned == ["This feed has moved for good to https://new.example/rss"]
    newsstand.down = SourceError("gone")
    await collector.collect(SLOW)
    newsstand.down = None
    await collector.collect(SLOW)
    await collector.collect(replace(SLOW, url="https://third.example/rss"))
    assert newsstand.asked_at[-2:] == [SLOW.url, "https://third.example/rss"]


class _Printing(Newsstand):
    """It leaves an imprint; `given` are those that came back with the next question."""

    def __init__(self) -> None:
        super().__init__(an_article(1))
        self.given: list[Imprint | None] = []

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> Reading:
        self.given.append(last)
        found = await super().feed(url, replace(state, etag=None), listing, last)
        return replace(found, imprint=Imprint(url, len(self.given)), ttl=timedelta(hours=1))


async def test_how_a_feed_was_written_is_known_only_when_all_of_it_is_kept(desk: Newsdesk) -> None:
    """Not after a reading that has to be repeated, not for a store that forgot what was kept, not for a month."""
    newsstand, source = _Printing(), replace(SLOW, full_page=True)
    collector = desk.collector(newsstand)
    await collector.collect(source)
    kept = await desk.store.sources.load(source.name)
    desk.clock.advance(timedelta(minutes=5))
    await collector.collect(source)
    assert newsstand.given == [None, Imprint(source.url, 1)]
    newsstand.entries.append(replace(an_article(2), headline=""))
    desk.clock.advance(timedelta(minutes=5))
    await collector.collect(source)  # its page is away: to be read again
    newsstand.entries.pop()
    desk.clock.advance(timedelta(minutes=5))
    await collector.collect(source)
    assert newsstand.given[2:] == [Imprint(source.url, 2), None]
    await desk.store.sources.save(source.name, kept)  # as a copy of yesterday
    await collector.collect(source)
    assert newsstand.given[4:] == [None]
    desk.clock.advance(WHOLE_EVERY)
    await collector.collect(source)
    assert newsstand.given[5:] == [None]


async def test_a_failure_forgets_nothing_of_a_feed(desk: Newsdesk) -> None:
    """How it was written is still true; and how long it said it stays, over a restart."""
    newsstand = _Printing()
    collector = desk.collector(newsstand)
    await collector.collect(SLOW)
    newsstand.down = SourceError("away")
    await collector.collect(SLOW)
    newsstand.down = None
    await collector.collect(SLOW)
    assert newsstand.given == [None, Imprint(SLOW.url, 1), Imprint(SLOW.url, 1)]
    assert (await desk.store.sources.load(SLOW.name)).ttl == timedelta(hours=1)


async def test_entries_that_did_not_change_are_no_empty_feed(desk: Newsdesk) -> None:
    """Nothing new in part of a feed is no reason to say that it is empty, nor has it been seen whole."""
    newsstand = _Partly()
    collector = desk.collector(newsstand)
    await collector.collect(SLOW)
    desk.clock.advance(timedelta(minutes=5))
    await collector.collect(SLOW)
    state = await desk.store.sources.load(SLOW.name)
    assert (state.problems, state.whole_at) == ((), NOON)


class _Partly(Newsstand):
    """Whole at first, then nothing of it."""

    whole = True

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> Reading:
        whole, self.whole = self.whole, False
        found = await super().feed(url, replace(state, etag=None), listing, last)
        return found if whole else replace(found, entries=(), whole=False)
