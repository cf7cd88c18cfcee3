"""How an article reaches people, from the feed to the ledger. Read from top to bottom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import Gone, OutcomeUnknown, Refused, TryLater
from bot.model import SlotState
from bot.store import Store
from scheduler.deliver import MENDING
from scheduler.fanout import FRESH
from tests.newsdesk import ANN, BEN, CHANNEL, ILYA, SOURCE, Newsdesk, Newsstand, a_channel, an_article
from tests.readers import a_reader

OLD, FIRST, SECOND, THIRD = (an_article(number, "Gardens") for number in range(4))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    """A newsroom at noon: one channel that posts at once, two platforms, nothing sent yet."""
    return Newsdesk(store)


async def test_an_article_is_collected_and_queued(desk: Newsdesk) -> None:
    """What stood in the feed before the first reading is old news. What comes after it is kept, and waits."""
    newsstand = Newsstand(OLD)
    collector = desk.collector(newsstand)
    await collector.collect(SOURCE)
    newsstand.entries.append(FIRST)
    assert await collector.collect(SOURCE) == 1
    assert await desk.waiting("main") == ["Headline 1"]
    assert await desk.waiting(FRESH) == ["Headline 1"]


async def test_it_is_selected_posted_and_written_down(desk: Newsdesk) -> None:
    """The ledger keeps the receipt; the article leaves the queue."""
    await desk.queued(FIRST)
    await desk.publication().start()
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]
    assert await desk.waiting() == []
    word = await desk.last_word(FIRST)
    assert word is not None
    assert word.state is SlotState.SENT
    assert word.receipt is not None
    assert word.receipt.url == "https://example.org/1"


async def test_articles_go_out_in_the_order_of_their_dates(desk: Newsdesk) -> None:
    """However they were found."""
    await desk.queued(THIRD, FIRST, SECOND)
    await desk.publication().start()
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2", "Headline 3"]


async def test_a_schedule_lets_one_out_at_each_slot(desk: Newsdesk) -> None:
    """Every twenty minutes, from the next slot on."""
    await desk.queued(FIRST, SECOND)
    await desk.publication(a_channel(schedule="*/20 * * * *")).start()
    assert desk.telegram.at(CHANNEL) == []
    await desk.jobs.pass_time(20 * MINUTE)
    assert desk.telegram.at(CHANNEL) == ["Headline 1"]
    await desk.jobs.pass_time(20 * MINUTE)
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2"]


async def test_a_filter_skips_and_keeps_the_reason(desk: Newsdesk) -> None:
    """An editor can ask why an article is not there."""
    trains = an_article(4, "Trains")
    await desk.queued(FIRST, trains)
    await desk.publication(a_channel(query="Trains")).start()
    assert desk.telegram.at(CHANNEL) == ["Headline 4"]
    word = await desk.last_word(FIRST)
    assert word is not None
    assert (word.state, word.reason) == (SlotState.SKIPPED, "does not match the filter Trains")


async def test_a_flood_wait_defers_and_keeps_the_order(desk: Newsdesk) -> None:
    """The platform asks for a minute: everything waits that minute, then goes out in order."""
    await desk.queued(FIRST, SECOND)
    desk.telegram.faults = [TryLater("flood", after=MINUTE)]
    await desk.publication().start()
    assert desk.telegram.at(CHANNEL) == []
    assert await desk.state(FIRST) is SlotState.DEFERRED
    await desk.jobs.pass_time(MINUTE / 2)
    assert desk.telegram.calls == 1
    await desk.jobs.pass_time(MINUTE / 2)
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2"]


async def test_a_refusal_does_not_block_the_next(desk: Newsdesk) -> None:
    """The platform will never take that one: it says why, an admin sees it, the next goes on."""
    await desk.queued(FIRST, SECOND)
    desk.telegram.faults = [Refused("message is too long")]
    await desk.publication().start()
    assert desk.telegram.at(CHANNEL) == ["Headline 2"]
    word = await desk.last_word(FIRST)
    assert word is not None
    assert (word.state, word.reason) == (SlotState.REFUSED, "message is too long")


async def test_a_broken_place_waits_and_gives_nothing_up(desk: Newsdesk) -> None:
    """Without the right to post nothing is refused for good: once the right is there, all of it goes out in order."""
    await desk.queued(FIRST, SECOND)
    desk.telegram.faults = [Refused("not enough rights", whole_place=True)] * 3
    await desk.publication().start()
    assert desk.problems.of("channel main") == "not enough rights"
    await desk.jobs.pass_time(2 * MENDING)
    assert desk.telegram.at(CHANNEL) == []
    await desk.jobs.pass_time(MENDING)
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2"]
    assert desk.problems.of("channel main") is None


@pytest.mark.parametrize("posted", [True, False], ids=["it is there", "it is not there"])
async def test_an_unknown_outcome_is_never_repeated(desk: Newsdesk, posted: bool) -> None:
    """The answer got lost: the post may be there. Zero beats two; a person looks, and the next goes on."""
    await desk.queued(FIRST, SECOND)
    lost = OutcomeUnknown("no answer")
    desk.telegram.faults = [(lost, "posted") if posted else lost]
    await desk.publication().start()
    await desk.jobs.pass_time(timedelta(days=2))
    assert desk.telegram.at(CHANNEL) == [*(["Headline 1"] if posted else []), "Headline 2"]
    assert [word.slot.article for word in await desk.store.doubts.unconfirmed()] == [FIRST.key]


async def test_readers_with_a_matching_tag_get_it_once(desk: Newsdesk) -> None:
    """On the platform where they subscribed, however many of their tags match; nobody else gets it."""
    await desk.subscribed(ANN, "gardens", "science")
    await desk.subscribed(BEN, "trains")
    await desk.subscribed(ILYA, "GARDENS")
    await desk.queued(an_article(1, "Gardens", "Science"), queues=(FRESH,))
    await desk.fanout().run()
    assert desk.telegram.posted == [(str(ANN), "Headline 1")]
    assert desk.vk.posted == [(str(ILYA), "Headline 1")]
    await desk.fanout().run()
    assert desk.telegram.calls == 1


async def test_a_reader_who_is_gone_is_switched_off_not_forgotten(desk: Newsdesk) -> None:
    """They blocked the bot: nothing more is tried, and their tags are kept for the day they come back."""
    await desk.subscribed(ANN, "gardens")
    desk.telegram.faults = [Gone("bot was blocked by the user")]
    for article in (FIRST, SECOND):
        await desk.queued(article, queues=(FRESH,))
        await desk.fanout().run()
    assert desk.telegram.calls == 1
    assert await desk.store.subscriptions.reader(ANN) == a_reader(ANN, "en", "gardens", active=False)
