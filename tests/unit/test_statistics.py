"""The numbers add up, by whatever they are told apart."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Article, Outlet, Place, Platform
from bot.readers import Delivery, Subscription
from bot.statistics import UNKNOWN, Following, Posting, Response, Row, Sheet, View, rows, total
from handlers.counting import chart, overview
from handlers.texts import Phrases
from scheduler.following import change
from scheduler.reports import monday
from tests.readers import a_reader

DAY = date(2026, 3, 2)
ANN = Place(Platform.TELEGRAM, "1001")


def an_article(number: int, *tags: str, outlet: str | None = None) -> Article:
    url = f"https://news.example/{number}"
    return Article(id=url, url=url, headline=f"Headline {number}", tags=tags, outlet=Outlet(outlet) if outlet else None)


ONE = Posting(DAY, "main", (an_article(1, "Rome", "Art", outlet="Il Sole"),), {Response.REACTIONS: 3})
TWO = Posting(DAY + timedelta(days=1), "wall", (an_article(2, "rome"), an_article(3)), {Response.LIKES: 2})
SHEET = Sheet(
    DAY,
    DAY + timedelta(days=2),
    (ONE, TWO),
    {DAY: Following(Counter({None: 1, "k1": 1, UNKNOWN: 1}), Counter({"k2": 2}))},
    {"k1": "Opera"},
)


def test_a_post_counts_for_its_day_its_channel_its_tags_and_its_outlets() -> None:
    """A round-up once for each; spellings of a tag are one tag; a day without posts has its line too."""
    assert rows(SHEET, View.CHANNEL) == [Row("main", 1, {Response.REACTIONS: 3}), Row("wall", 1, {Response.LIKES: 2})]
    tags = {row.name: (row.posts, row.gained, row.lost) for row in rows(SHEET, View.TAG)}
    assert tags == {"Rome": (2, 0, 0), "Art": (1, 0, 0), "Opera": (0, 1, 0), UNKNOWN: (0, 1, 2)}
    assert [(row.name, row.posts) for row in rows(SHEET, View.OUTLET)] == [("Il Sole", 1), (UNKNOWN, 1)]
    assert [(row.posts, row.gained) for row in rows(SHEET, View.DAY)] == [(1, 1), (1, 0), (0, 0)]
    assert total(SHEET) == Row("", 2, {Response.REACTIONS: 3, Response.LIKES: 2}, 1, 0)


_POSTINGS = st.builds(
    Posting,
    st.integers(0, 6).map(lambda days: DAY + timedelta(days=days)),
    st.sampled_from(["main", "wall", "night"]),
    st.lists(st.builds(an_article, st.integers(0, 9), st.sampled_from(["Rome", "rome", "Art"])), max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(Response), st.integers(0, 50)),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(_POSTINGS, max_size=20))
def test_days_and_channels_add_up_to_the_whole(postings: list[Posting]) -> None:
    """No post is lost or counted twice, and the picture shows the same numbers as the lines."""
    sheet = Sheet(DAY, DAY + timedelta(days=6), tuple(postings), {})
    whole = total(sheet)
    for view in (View.DAY, View.CHANNEL):
        assert sum(row.posts for row in rows(sheet, view)) == whole.posts == len(postings)
        assert sum(row.weight for row in rows(sheet, view)) == whole.weight
    for language in ("ru", "en"):
        drawn = chart(sheet, Phrases(language))
        shown = [one for panel in drawn.panels for one in panel.series]
        assert sum(sum(one.values) for one in shown) == whole.posts + whole.weight
        assert all(len(one.values) == len(drawn.labels) == 7 for one in shown)


def test_lines_name_only_what_there_is() -> None:
    """In both languages, with the right plurals."""
    english = "".join(span.text for span in overview(SHEET, Phrases("en")))
    assert "Altogether: 2 posts, 3 reactions, 2 likes, subscribers +1 −0" in english
    assert "Rome: 2 posts, 3 reactions, 2 likes\n" in english
    assert "clicks" not in english
    russian = "".join(span.text for span in overview(SHEET, Phrases("ru")))
    assert "Всего: 2 поста, 3 реакции, 2 лайка, подписчики +1 −0" in russian
    assert "без издания: 1 пост" in russian


def test_who_comes_and_who_goes_is_told_by_tag() -> None:
    """Another way of delivery is neither; a query in a reader's own words has no name; who can't be reached goes."""
    rome, art = a_reader(ANN, "en", "Rome"), a_reader(ANN, "en", "Rome", "Art")
    key, other = (Subscription.to(tag).key for tag in ("Rome", "Art"))
    assert change(None, rome) == Following(Counter({None: 1, key: 1}))
    assert change(rome, art) == Following(Counter({other: 1}))
    later = a_reader(ANN, "en").__class__(ANN, "en", (Subscription("Rome", Delivery.DAILY),))
    assert change(rome, later) == Following()
    blocked = type(rome)(ANN, "en", rome.subscriptions, active=False)
    assert change(rome, blocked) == Following(lost=Counter({None: 1, key: 1}))
    own = type(rome)(ANN, "en", (Subscription("Rome & !Art"),))
    assert change(None, own) == Following(Counter({None: 1, UNKNOWN: 1}))


def test_a_report_is_due_on_monday_at_nine_by_the_newsrooms_clock() -> None:
    """Also in the week in which the clocks change."""
    berlin = ZoneInfo("Europe/Berlin")
    assert monday(datetime(2026, 3, 30, 6, 59, tzinfo=UTC), berlin) == datetime(2026, 3, 23, 8, tzinfo=UTC)
    assert monday(datetime(2026, 3, 30, 7, 0, tzinfo=UTC), berlin) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert monday(datetime(2026, 4, 5, 23, 0, tzinfo=UTC), berlin) == datetime(2026, 3, 30, 7, tzinfo=UTC)
