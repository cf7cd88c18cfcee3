"""What goes on with a story answers its post on the channel, over a real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import Article, Attempt, Place, Receipt, Slot, SlotState
from bot.store import Store
from scheduler.follow_ups import FollowUps
from scheduler.publish import Publication
from scheduler.turns import Channel
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, WALL, Newsdesk, a_channel, an_article, compose

FIRST, SECOND, THIRD = an_article(1), an_article(2), an_article(3)


@pytest.fixture
def desk(store: Store) -> Newsdesk:
    return Newsdesk(store)


def follow_ups(store: Store) -> FollowUps:
    return FollowUps(store.articles, store.traces, store.ledger)


async def kept(store: Store, article: Article, same_as: Article | None = None) -> None:
    key = same_as.key if same_as else None
    await store.articles.add(article, source="digest", at=NOON, queues=["main"], same_as=key)


async def posted(store: Store, article: Article, number: str, place: Place = CHANNEL) -> None:
    slot = Slot(article.key, place)
    claim = await store.ledger.claim(slot, now=NOON, lease=timedelta(minutes=3))
    assert claim is not None
    await store.ledger.settle(claim, Attempt(slot, NOON, SlotState.SENT, receipt=Receipt(number, NOON)))


async def above(store: Store, article: Article, channel: Channel | None = None) -> str | None:
    receipt = await follow_ups(store).above(article, channel or a_channel())
    return receipt.message_id if receipt else None


async def test_the_same_story_from_another_source_answers_the_first(store: Store) -> None:
    """Also the third telling, where the second was not for this channel."""
    await kept(store, FIRST)
    await posted(store, FIRST, "7")
    await kept(store, SECOND, same_as=FIRST)
    await kept(store, THIRD, same_as=SECOND)
    assert [await above(store, one) for one in (FIRST, SECOND, THIRD)] == [None, "7", "7"]


@pytest.mark.parametrize("field", ["original_url", "lead", "body"])
async def test_an_article_that_names_an_earlier_one_answers_it(store: Store, field: str) -> None:
    """By its address, in the text or as its original; any variant of it that the archive knows."""
    await kept(store, FIRST)
    await posted(store, FIRST, "7")

    def naming(address: str) -> Article:
        said: dict[str, Any] = {field: address if field == "original_url" else f"We told of it ({address})."}
        return replace(SECOND, **said)

    assert await above(store, naming(FIRST.url)) == "7"
    assert await above(store, naming("https://elsewhere.example/1")) is None


async def test_nothing_answers_itself_or_what_is_not_there(store: Store) -> None:
    """Not posted at this place, or taken back since: then it stands by itself."""
    await kept(store, FIRST)
    follow_up = replace(SECOND, lead=FIRST.url)
    assert await above(store, follow_up) is None
    await posted(store, FIRST, "9", WALL)
    assert await above(store, follow_up) is None
    await posted(store, FIRST, "7")
    assert await above(store, replace(FIRST, body=f"{FIRST.url} {FIRST.url}#top")) is None
    assert await above(store, follow_up) == "7"
    edition = await store.editions.edition(FIRST.key)
    assert edition is not None
    assert await store.editions.replace(replace(edition, number=2, changed_at=NOON, retracted="anna"), at=NOON)
    assert await above(store, follow_up) is None


async def test_two_tellings_that_name_each_other_end(store: Store) -> None:
    """A circle is walked once."""
    await kept(store, FIRST, same_as=SECOND)
    await kept(store, SECOND, same_as=FIRST)
    assert await above(store, FIRST) is None


async def test_only_where_the_channel_wants_it_and_the_network_knows_answers(store: Store) -> None:
    """VK's wall has no threads."""
    await kept(store, FIRST)
    await posted(store, FIRST, "7")
    await posted(store, FIRST, "9", WALL)
    follow_up = replace(SECOND, lead=FIRST.url)
    assert await above(store, follow_up, replace(a_channel(), threaded=False)) is None
    assert await above(store, follow_up, a_channel("wall", WALL)) is None


async def test_the_publication_sends_it_so(desk: Newsdesk) -> None:
    """The first by itself, what goes on with it as an answer to the number it got."""
    publication = Publication(
        a_channel(),
        queues=desk.store.queues,
        ledger=desk.store.ledger,
        overdue=desk.store.overdue,
        delivery=desk.delivery(),
        compose=lambda article, to, _wish: compose(article, to.place),
        jobs=desk.jobs,
        problems=desk.problems,
        clock=desk.clock,
        stopping=desk.stopping,
        follow_ups=follow_ups(desk.store),
    )
    await kept(desk.store, FIRST)
    await kept(desk.store, replace(SECOND, lead=f"Earlier: {FIRST.url}"))
    await publication.start()
    first, second = desk.telegram.posts
    assert "reply_parameters" not in first.params
    assert second.params["reply_parameters"] == {"message_id": 1, "allow_sending_without_reply": True}
