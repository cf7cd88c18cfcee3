"""Noticing: what counts as a correction, and what doesn't."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import SourceError
from bot.model import Article, Attempt, Image, Outlet, Receipt, Slot, SlotState
from bot.source.merge import merge
from bot.store import Store
from scheduler.collect import Collector, Routes
from scheduler.deliver import LEASE
from scheduler.fanout import AGAIN, FRESH
from scheduler.noticing import MOST_EDITIONS, MOST_RETURNS, PATIENCE, Noticing, corrected
from scheduler.readings import Readings
from scheduler.source import Source
from scheduler.wording import wording
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, SOURCE, Newsdesk, Newsstand, an_article

ONE, TWO = an_article(1), an_article(2)
FEED_ALONE = replace(SOURCE, full_page=False)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


def collector(desk: Newsdesk, newsstand: Newsstand) -> Collector:
    """One that watches what is known."""
    store = desk.store
    noticing = Noticing(
        newsstand=newsstand,
        editions=store.editions,
        ledger=store.ledger,
        queues=store.queues,
        waiting_in=("main", FRESH, AGAIN),
        merge=merge,
        clock=desk.clock,
        stopping=desk.stopping,
    )
    return Collector(
        newsstand=newsstand,
        articles=store.articles,
        ledger=store.ledger,
        readings=Readings(store.sources, desk.problems, desk.clock),
        routes=Routes(channels=("main",), places=(CHANNEL,), readers=(FRESH, AGAIN)),
        clock=desk.clock,
        stopping=desk.stopping,
        merge=merge,
        watching=noticing,
    )


async def number(desk: Newsdesk, article: Article = ONE) -> int:
    """Of the newest edition."""
    edition = await desk.store.editions.edition(article.key)
    assert edition is not None
    return edition.number


async def queued(desk: Newsdesk, source: Source = FEED_ALONE) -> tuple[Newsstand, Collector]:
    """A newsroom whose first article waits in the queue."""
    newsstand = Newsstand()
    reader = collector(desk, newsstand)
    await reader.collect(source)
    newsstand.entries.append(ONE)
    if source.full_page:
        newsstand.pages[ONE.url] = replace(ONE, lead="The page's long lead")
    await reader.collect(source)
    return newsstand, reader


async def test_a_changed_headline_is_a_correction(desk: Newsdesk) -> None:
    """The kept article says the new, keeps its key and its date, and remembers the old with the time."""
    newsstand, reader = await queued(desk)
    newsstand.entries[0] = replace(ONE, headline="Another", lead="A lead", published_at=None)
    await reader.collect(FEED_ALONE)
    edition = await desk.store.editions.edition(ONE.key)
    assert edition is not None
    assert edition.article == replace(ONE, headline="Another", lead="A lead")
    assert (edition.number, edition.changed_at) == (2, NOON)
    assert [(one.headline, one.lead, one.until) for one in edition.before] == [(ONE.headline, None, NOON)]
    assert await desk.waiting() == ["Another"]


async def test_white_space_is_no_correction(desk: Newsdesk) -> None:
    """Nor is a doubled comma: what looks the same says the same."""
    newsstand, reader = await queued(desk)
    newsstand.entries[0] = replace(ONE, headline=f"  Headline\t1{chr(0x200B)} ", tags=("new",))
    await reader.collect(FEED_ALONE)
    assert await number(desk) == 1


async def test_a_pages_richer_lead_is_no_correction(desk: Newsdesk) -> None:
    """The feed is compared with the feed; the page is not even opened again."""
    newsstand, reader = await queued(desk, SOURCE)
    newsstand.entries.append(TWO)
    newsstand.pages[TWO.url] = TWO
    await reader.collect(SOURCE)
    assert await number(desk) == 1
    assert newsstand.asked == [ONE.url, TWO.url]


async def test_a_changed_feed_opens_the_page_again(desk: Newsdesk) -> None:
    """The new edition says what the page says now, and keeps what only the old page said."""
    newsstand, reader = await queued(desk, SOURCE)
    known = replace(ONE, outlet=Outlet("Le Rail"), image=Image("https://news.example/1.jpg", "A. Gardener"))
    newsstand.entries[0] = replace(ONE, headline="Another")
    newsstand.pages[ONE.url] = replace(known, headline="Another", lead="Its new lead", tags=("Trains",))
    await reader.collect(SOURCE)
    kept = await desk.store.articles.find(ONE.url)
    assert kept == replace(known, headline="Another", lead="Its new lead", tags=("Trains",))


async def test_a_page_behind_its_feed_is_given_time(desk: Newsdesk) -> None:
    """A cache still serves the old page: it is opened again at the next reading, also if the feed does not change."""
    newsstand, reader = await queued(desk, SOURCE)
    newsstand.entries[0] = replace(ONE, headline="Another")
    await reader.collect(SOURCE)
    assert await number(desk) == 1
    newsstand.pages[ONE.url] = replace(ONE, headline="Another", lead="The page's long lead")
    await reader.collect(SOURCE)
    assert await number(desk) == 2


async def test_a_page_that_says_the_old_for_good_is_believed(desk: Newsdesk) -> None:
    """After some readings the matter is closed: no page is opened for ever."""
    newsstand, reader = await queued(desk, SOURCE)
    newsstand.entries[0] = replace(ONE, lead="The feed's own new summary")
    for _ in range(PATIENCE + 3):
        await reader.collect(SOURCE)
    assert await number(desk) == 1
    assert newsstand.asked.count(ONE.url) == 1 + PATIENCE


async def test_a_page_that_stays_away_leaves_the_feeds_word(desk: Newsdesk) -> None:
    """The headline is the feed's; what the page told before is not lost."""
    newsstand, reader = await queued(desk, SOURCE)
    newsstand.entries[0] = replace(ONE, headline="Another")
    newsstand.pages[ONE.url] = SourceError("503")
    for _ in range(PATIENCE):
        assert await number(desk) == 1
        await reader.collect(SOURCE)
    kept = await desk.store.articles.find(ONE.url)
    assert kept == replace(ONE, headline="Another", lead="The page's long lead")


async def test_another_feeds_words_are_no_correction(desk: Newsdesk) -> None:
    """The same article in a second feed has a shorter lead there; only a change within one feed counts."""
    _, reader = await queued(desk)
    second = Newsstand(replace(ONE, headline="Short"))
    other = Source("second", "https://news.example/short", SOURCE.every, full_page=False)
    short = collector(desk, second)
    await short.collect(other)
    await reader.collect(FEED_ALONE)
    assert await number(desk) == 1
    second.entries[0] = replace(ONE, headline="Shorter")
    await short.collect(other)
    assert await number(desk) == 2


async def test_what_stands_nowhere_is_not_corrected(desk: Newsdesk) -> None:
    """An article from before the first reading was skipped everywhere: its page is not opened for a new comma."""
    newsstand = Newsstand(ONE)
    reader = collector(desk, newsstand)
    await reader.collect(SOURCE)
    newsstand.entries[0] = replace(ONE, headline="Another")
    await reader.collect(SOURCE)
    assert await number(desk) == 1
    assert newsstand.asked == []


async def test_what_was_posted_is_corrected(desk: Newsdesk) -> None:
    """Though it waits nowhere any more."""
    newsstand, reader = await queued(desk)
    slot = Slot(ONE.key, CHANNEL)
    claim = await desk.store.ledger.claim(slot, now=NOON, lease=LEASE)
    assert claim is not None
    sent = Attempt(slot, NOON, SlotState.SENT, receipt=Receipt("1", NOON), wording=wording(ONE))
    await desk.store.ledger.settle(claim, sent)
    await desk.store.queues.remove("main", [ONE.key])
    await desk.store.queues.remove(FRESH, [ONE.key])
    newsstand.entries[0] = replace(ONE, headline="Another")
    await reader.collect(FEED_ALONE)
    assert await number(desk) == 2


async def test_what_left_the_feed_is_left_alone(desk: Newsdesk) -> None:
    """Feeds are short."""
    newsstand, reader = await queued(desk)
    newsstand.entries[:] = [TWO]
    await reader.collect(FEED_ALONE)
    assert await number(desk) == 1
    assert await desk.waiting() == ["Headline 1", "Headline 2"]


async def test_a_feed_that_flips_does_not_edit_for_ever(desk: Newsdesk) -> None:
    """Back and forth a few times is a newsroom in doubt; after that it stays as it is, and the log says why, once."""
    newsstand, reader = await queued(desk)
    with capture_logs() as logs:
        for turn in range(20):
            newsstand.entries[0] = replace(ONE, headline="Another") if turn % 2 == 0 else ONE
            await reader.collect(FEED_ALONE)
    assert await number(desk) == 2 + MOST_RETURNS
    [told] = [line for line in logs if line["event"] == "correction_ignored"]
    assert told["log_level"] == "warning"
    assert "back and forth" in told["why"]


async def test_a_counter_in_the_lead_does_not_edit_for_ever(desk: Newsdesk) -> None:
    """Each text is new, and still there is an end."""
    newsstand, reader = await queued(desk)
    for count in range(MOST_EDITIONS + 5):
        newsstand.entries[0] = replace(ONE, lead=f"{count} readers")
        await reader.collect(FEED_ALONE)
    assert await number(desk) == MOST_EDITIONS


async def test_a_crash_between_the_edition_and_what_was_heard_makes_no_second_edition(desk: Newsdesk) -> None:
    """The edition is kept, but not what the feed said: at the next reading nothing is new."""
    newsstand, reader = await queued(desk)
    newsstand.entries[0] = replace(ONE, headline="Another")
    await reader.collect(FEED_ALONE)
    await desk.store.editions.remember(ONE.key, source="digest", said=wording(ONE))
    newsstand.entries.append(TWO)
    await reader.collect(FEED_ALONE)
    assert await number(desk) == 2


TEXTS = st.text(max_size=20)
FEEDS = st.lists(
    st.builds(
        lambda number, headline, lead: replace(an_article(number), headline=headline, lead=lead),
        st.integers(1, 4), TEXTS, st.none() | TEXTS,
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FEEDS)
async def test_the_same_feed_twice_is_never_a_correction(desk: Newsdesk, entries: list[Article]) -> None:
    """Whatever is in it: empty headlines, one article several times over with other words."""
    await desk.store.client.write("FLUSHALL")
    newsstand = Newsstand()
    reader = collector(desk, newsstand)
    await reader.collect(FEED_ALONE)
    newsstand.entries[:] = entries
    for _ in range(3):
        newsstand.problems = (*newsstand.problems, "the feed has another ETag")
        await reader.collect(FEED_ALONE)
    assert await desk.store.amendments.due(now=NOON) == ([], None)


@given(st.builds(replace, st.just(ONE), headline=TEXTS, lead=st.none() | TEXTS), TEXTS, st.none() | TEXTS)
def test_a_correction_keeps_an_articles_names(kept: Article, headline: str, lead: str | None) -> None:
    """Whatever is new, links and slots stay, and nothing is emptied."""
    news = Article("other", "https://news.example/other", headline, lead=lead)
    after = corrected(kept, news)
    assert (after.key, after.id, after.url) == (kept.key, kept.id, kept.url)
    assert bool(after.headline) == bool(kept.headline or headline)
    assert bool(after.lead) == bool(kept.lead or lead)
