"""Round-ups over a real store: every article is recorded as posted, and none goes out twice, whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.amending import Words
from bot.checkpoints import Moment
from bot.config import given
from bot.editions import Edition
from bot.errors import Refused, TryLater
from bot.model import Article, Attempt, Post, Receipt, Slot, SlotState
from bot.sightings import Choice, Seen, Sighting
from bot.store import Store
from bot.wishes import Wish
from handlers.texts import Texts
from scheduler import publish as publish_module
from scheduler import together as together_module
from scheduler.publish import Publication
from scheduler.selection import Channel
from scheduler.together import RoundUps
from tests.contract.test_doubts import MAIN, Desk
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, CrashError, Newsdesk, a_channel, an_article, compose

HOUR = timedelta(hours=1)
SLOTS = replace(a_channel(schedule="0 * * * *", per_slot=3, gap=timedelta(minutes=5)), round_up=True)


def written(articles: Sequence[Article], channel: Channel, wishes: Sequence[Wish]) -> Post:
    assert len(wishes) == len(articles)
    text = " + ".join(article.headline for article in articles)
    return Post(channel.place.platform, "sendMessage", {"to": str(channel.place), "text": text})


def publication(desk: Newsdesk, channel: Channel = SLOTS, most: int = 20) -> Publication:
    return Publication(
        channel,
        queues=desk.store.queues,
        ledger=desk.store.ledger,
        overdue=desk.store.overdue,
        delivery=desk.delivery(),
        compose=lambda article, to, _wish: compose(article, to.place),
        jobs=desk.jobs,
        problems=desk.problems,
        clock=desk.clock,
        stopping=desk.stopping,
        round_ups=RoundUps(desk.store.companions, written, lambda articles, _: min(most, len(articles))),
    )


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


async def words(desk: Newsdesk, *articles: Article) -> list[Attempt]:
    found = await desk.store.ledger.states([Slot(article.key, CHANNEL) for article in articles])
    return [word for word in found if word is not None]


async def test_one_post_and_every_article_is_recorded_as_posted(desk: Newsdesk) -> None:
    """With the same receipt; each knows its companions, and the slot is used up."""
    articles = [an_article(number) for number in (1, 2, 3, 4)]
    await desk.queued(*articles)
    await publication(desk).start()
    await desk.jobs.pass_time(HOUR)
    assert desk.telegram.at(CHANNEL) == ["Headline 1 + Headline 2 + Headline 3"]
    sent = await words(desk, *articles)
    assert [word.state for word in sent] == [SlotState.SENT] * 3
    assert len({word.receipt and word.receipt.message_id for word in sent}) == 1
    assert await desk.waiting() == ["Headline 4"]
    keys = tuple(article.key for article in articles[:3])
    assert await desk.store.companions.together(CHANNEL, keys[1]) == keys
    await desk.jobs.pass_time(HOUR)
    assert desk.telegram.at(CHANNEL)[1:] == ["Headline 4"]
    assert await desk.store.companions.together(CHANNEL, articles[3].key) == ()


async def test_what_has_no_room_goes_out_in_the_next_one(desk: Newsdesk) -> None:
    """At once, where the channel posts at once."""
    await desk.queued(*(an_article(number) for number in range(1, 6)))
    await publication(desk, replace(a_channel(), round_up=True), most=2).start()
    await desk.jobs.pass_time(timedelta(minutes=1))
    assert desk.telegram.at(CHANNEL) == ["Headline 1 + Headline 2", "Headline 3 + Headline 4", "Headline 5"]


async def test_a_platform_that_asks_to_wait_puts_all_of_it_off(desk: Newsdesk) -> None:
    """And then it goes out as it was."""
    articles = [an_article(1), an_article(2)]
    await desk.queued(*articles)
    desk.telegram.faults = [TryLater("429", after=timedelta(minutes=3))]
    await publication(desk).start()
    await desk.jobs.pass_time(HOUR)
    assert [word.state for word in await words(desk, *articles)] == [SlotState.DEFERRED] * 2
    await desk.jobs.pass_time(timedelta(minutes=3))
    assert desk.telegram.at(CHANNEL) == ["Headline 1 + Headline 2"]
    assert [word.state for word in await words(desk, *articles)] == [SlotState.SENT] * 2


async def test_a_refusal_is_a_refusal_of_all(desk: Newsdesk) -> None:
    """Told once."""
    articles = [an_article(1), an_article(2)]
    await desk.queued(*articles)
    desk.telegram.faults = [Refused("odd")]
    await publication(desk).start()
    await desk.jobs.pass_time(HOUR)
    assert [word.state for word in await words(desk, *articles)] == [SlotState.REFUSED] * 2
    assert await desk.waiting() == []


@pytest.mark.parametrize("moment", [Moment.SELECTED, Moment.CLAIMED, Moment.SENT, Moment.SETTLED, Moment.DEQUEUED])
async def test_a_crash_at_any_moment_sends_nothing_twice(
    desk: Newsdesk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims without an outcome become doubts; what is settled stays settled; before any claim it goes out after the
    start."""
    articles = [an_article(1), an_article(2)]
    await desk.queued(*articles)

    def crash(here: Moment) -> None:
        if here is moment:
            raise CrashError

    for module in (together_module, publish_module):
        monkeypatch.setattr(module, "passed", crash)
    await publication(desk).start()
    with pytest.raises(CrashError):
        await desk.jobs.pass_time(HOUR)
    monkeypatch.undo()
    desk.restart()
    await desk.store.overdue.expire(now=desk.clock.now() + timedelta(minutes=5))
    await publication(desk).start()
    await desk.jobs.pass_time(HOUR)
    stands = [] if moment is Moment.CLAIMED else ["Headline 1 + Headline 2"]
    doubtful = moment in {Moment.CLAIMED, Moment.SENT}
    assert desk.telegram.at(CHANNEL) == stands
    assert [word.state for word in await words(desk, *articles)] == [
        SlotState.UNCONFIRMED if doubtful else SlotState.SENT
    ] * 2
    assert await desk.waiting() == []


async def test_what_one_was_seen_as_all_were(desk: Newsdesk) -> None:
    """The process dies after the first of the records: the other is settled by it, without a look."""
    doubts = Desk(desk.store)
    articles = [await doubts.keep(number) for number in (1, 2)]
    keys = [article.key for article in articles]
    await desk.store.companions.remember(MAIN, keys)
    await doubts.ends(1, SlotState.SENT, receipt="11")
    doubtful = await doubts.ends(2, SlotState.UNCONFIRMED)
    await doubts.passes(timedelta(seconds=5))
    word = await doubts.last(doubtful)
    assert word.receipt is not None
    assert (word.state, word.receipt.message_id) == (SlotState.SENT, "11")
    assert doubts.eyes.looks == []


async def test_a_doubt_about_a_round_up_is_one_doubt(desk: Newsdesk) -> None:
    """One look finds it, and every article is recorded."""
    doubts = Desk(desk.store)
    await desk.store.companions.remember(MAIN, [(await doubts.keep(number)).key for number in (1, 2)])
    both = [await doubts.ends(number, SlotState.UNCONFIRMED) for number in (1, 2)]
    doubts.eyes.sees = Sighting((Seen("11"),), whole=True)  # ours, unread: only one post is in doubt
    await doubts.passes(timedelta(seconds=5))
    assert [(await doubts.last(one)).state for one in both] == [SlotState.SENT] * 2
    assert [look.slot for look in doubts.eyes.looks] == [both[0].slot]


async def test_what_is_surely_not_there_goes_back_whole(desk: Newsdesk) -> None:
    """Both are due again."""
    doubts = Desk(desk.store)
    await desk.store.companions.remember(MAIN, [(await doubts.keep(number)).key for number in (1, 2)])
    both = [await doubts.ends(number, SlotState.UNCONFIRMED) for number in (1, 2)]
    doubts.eyes.sees = Sighting(whole=True)
    await doubts.passes(timedelta(seconds=5))
    await doubts.passes(timedelta(minutes=1))
    assert [(await doubts.last(one)).state for one in both] == [SlotState.DEFERRED] * 2


async def test_the_admins_are_asked_once_and_decide_for_all(desk: Newsdesk) -> None:
    """One question, one answer."""
    doubts = Desk(desk.store)
    await desk.store.companions.remember(MAIN, [(await doubts.keep(number)).key for number in (1, 2)])
    both = [await doubts.ends(number, SlotState.UNCONFIRMED) for number in (1, 2)]
    doubts.eyes.sees = Sighting(again=False, why="can't be seen")
    await doubts.passes(timedelta(minutes=1))
    [question] = doubts.admins.questions
    assert await doubts.decisions.decide(question.token, Choice.THERE, by="editor") is not None
    assert [(await doubts.last(one)).state for one in both] == [SlotState.SENT] * 2


async def test_an_article_that_went_out_by_itself_since_says_nothing_of_the_round_up(desk: Newsdesk) -> None:
    """Its receipt is another's."""
    doubts = Desk(desk.store)
    keys = [(await doubts.keep(number)).key for number in (1, 2)]
    await desk.store.companions.remember(MAIN, keys)
    await desk.store.companions.forget(MAIN, keys[0])
    await doubts.ends(1, SlotState.SENT, receipt="12")
    doubtful = await doubts.ends(2, SlotState.UNCONFIRMED)
    doubts.eyes.sees = Sighting(again=False, why="can't be seen")
    await doubts.passes(timedelta(seconds=5))
    assert (await doubts.last(doubtful)).state is SlotState.UNCONFIRMED


async def test_companions_have_a_lifetime(store: Store) -> None:
    """As long as the ledger."""
    await store.companions.remember(MAIN, ["a", "b"])
    rows = [row async for row in store.dump() if ":together:" in row["key"]]
    assert len(rows) == 2
    assert all(row["ttl"] > 0 for row in rows)


async def test_a_correction_edits_the_round_up_and_a_retraction_leaves_one_out(desk: Newsdesk) -> None:
    """The others stay; the last one that is left is taken back like any post."""
    settings = given({"channels": [{"name": "main", "platform": "telegram", "target": "@digest"}]})
    words = Words(settings, desk.store, texts=Texts("ru"), publishers={})
    articles = [an_article(1), an_article(2)]
    await desk.queued(*articles)
    await desk.store.companions.remember(CHANNEL, [article.key for article in articles])
    sent = Attempt(Slot(articles[0].key, CHANNEL), NOON, SlotState.SENT, receipt=Receipt("7", NOON))

    async def edition(of: Article, **changes: Any) -> Edition:
        kept = await desk.store.editions.edition(of.key)
        assert kept is not None
        changed = replace(kept, number=kept.number + 1, changed_at=NOON + HOUR, **changes)
        assert await desk.store.editions.replace(changed, at=NOON + HOUR)
        return changed

    corrected = await edition(articles[0], article=replace(articles[0], headline="New words"))
    edit = await words.regroup(corrected, sent)
    assert edit is not None
    assert (edit.method, edit.params["message_id"]) == ("editMessageText", 7)
    assert "New words" in edit.params["text"]
    assert "Headline 2" in edit.params["text"]
    assert edit.params["text"].endswith("обновлено 13:00")
    retracted = await edition(articles[0], retracted="editor")
    edit = await words.regroup(retracted, sent)
    assert edit is not None
    assert "New words" not in edit.params["text"]
    assert await words.regroup(await edition(articles[1], retracted="editor"), sent) is None
