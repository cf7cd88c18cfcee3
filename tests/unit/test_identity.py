"""Knowing an article again: its addresses in every variant, what it says, and a story that another source tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import Told, alike, apart, folded, has_own_id, is_apart, names_of
from bot.model import Article
from bot.nearness import Nearness, words_of

NOON = datetime(2024, 5, 14, 9, tzinfo=UTC)
ROSES = Article(
    id="rose-7",
    url="https://gardens.example/roses/7",
    headline="В Париже открылась выставка живых роз",
    lead="Её за первый день посетили тысячи человек, пишет газета.",
    published_at=NOON,
)


@pytest.mark.parametrize(
    "variant",
    [
        "http://gardens.example/roses/7",
        "https://www.gardens.example/roses/7/",
        "https://gardens.example/roses/7?utm_source=rss&utm_medium=x",
        "https://gardens.example/roses/7?yclid=12&ysclid=a#xtor=RSS-1",
        "https://gardens.example/roses/7/amp",
        "https://gardens.example/amp/roses/7",
        "https://gardens.example/roses/7?amp=1",
        "https://GARDENS.example:443/roses/7",
        "https://gardens.example/roses/7/index.html",
        "https://gardens-example.cdn.ampproject.org/c/s/gardens.example/roses/7",
    ],
)
def test_variants_of_an_address_are_one(variant: str) -> None:
    """Scheme, www, AMP, trackers, a slash at the end."""
    assert folded(variant) == folded(ROSES.url)


def test_mobile_hosts_are_the_same_site() -> None:
    """But not a site whose whole name is a letter."""
    assert folded("https://m.gardens.example/a") == folded("https://gardens.example/a")
    assert folded("https://m.ru/a") != folded("https://ru/a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/1", "https://b.example/1"),
        ("https://a.example/#one", "https://a.example/#two"),
        ("https://a.example/A", "https://a.example/a"),
        ("https://a.example/ns/1", "https://a.example/2"),
        ("https://a.example/?nsfw=1", "https://a.example/"),
    ],
)
def test_other_addresses_stay_apart(one: str, other: str) -> None:
    """A parameter that names the article counts, and so does a fragment."""
    assert folded(one) != folded(other)


def test_the_order_of_parameters_does_not_count() -> None:
    """Nor does a percent sign where a letter would do."""
    assert folded("https://a.example/?b=2&a=1") == folded("https://a.example/?a=1&b=2")
    assert folded("https://a.example/%D0%B0") == folded("https://a.example/а")


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_never_fail(url: str, identity: str) -> None:
    """Whatever a feed says."""
    article = replace(ROSES, url=url, id=identity, headline=identity)
    assert names_of(article, "digest").every == names_of(article, "digest").every
    assert folded(url) == folded(url)


def shared(one: Article, other: Article) -> bool:
    """Whether the two have what they say in common, in one source."""
    return bool(set(names_of(one, "s").sayings) & set(names_of(other, "s").sayings))


def test_what_an_article_says_is_known_at_another_address() -> None:
    """The same headline with the same lead, or with the same time."""
    moved = replace(ROSES, id="x", url="https://new.example/1")
    assert shared(ROSES, replace(moved, published_at=NOON + timedelta(days=3)))
    assert shared(ROSES, replace(moved, lead=None))
    assert not set(names_of(ROSES, "one").sayings) & set(names_of(ROSES, "other").sayings)


@pytest.mark.parametrize("lead", [None, "Прогноз на завтра"])
def test_what_comes_every_day_under_one_headline_is_new_every_day(lead: str | None) -> None:
    """The weather has no lead that tells its days apart."""
    weather = replace(ROSES, headline="Погода в Москве на завтра", lead=lead)
    tomorrow = replace(weather, id="w2", url="https://gardens.example/w2", published_at=NOON + timedelta(days=1))
    assert not shared(weather, tomorrow)


def test_articles_that_share_an_address_get_one_of_their_own() -> None:
    """A fragment: who follows it lands on the same page. It is the same each time."""
    other = apart(replace(ROSES, id="rose-8"))
    assert other.link.startswith(ROSES.url + "#")
    assert (other.key != ROSES.key, other.url) == (True, ROSES.url)
    assert (is_apart(other), is_apart(ROSES), apart(other)) == (True, False, other)
    assert has_own_id(other)


def test_two_wordings_of_one_article_are_alike() -> None:
    """By headline or by lead, whatever the endings of the words."""
    assert alike(ROSES, replace(ROSES, headline="Выставку живых роз открыли в Париже", lead=None))
    assert alike(ROSES, replace(ROSES, headline="Обновлено"))
    assert not alike(ROSES, replace(ROSES, headline="Поезда пошли быстрее", lead="Новая линия открыта утром."))


def told(headline: str, source: str = "two", lead: str | None = None, hours: float = 0) -> Told:
    return Told(headline, source, headline, lead, NOON + timedelta(hours=hours))


HEADLINES = (
    "В Париже открылась выставка живых роз",
    "Сборная Перу победила Чили в товарищеском матче",
    "Правительство Японии продлит льготную ипотеку",
    "Пожар на складе в Марселе потушили за шесть часов",
    "Учёные нашли новый вид пчёл в Андах",
)


@pytest.fixture
def index() -> Nearness:
    filled = Nearness(timedelta(hours=48))
    for headline in HEADLINES:
        filled.add(told(headline, "one", "Об этом пишет газета: подробности станут известны завтра утром."))
    return filled


@pytest.mark.parametrize(
    ("headline", "place"),
    [
        ("Выставка живых роз открывается в Париже", 0),
        ("Выставку живых роз открыли в Париже", 0),
        ("Обновлено: пожар на складе в Марселе потушили", 3),
        ("Пожар на складе в Марселе", 3),
        ("Новый вид пчел найден учеными в Андах", 4),
        ("Правительство Японии продлит льготную ипатеку", 2),
    ],
)
def test_the_same_story_in_other_words_is_found(index: Nearness, headline: str, place: int) -> None:
    """Inflected, in another order, shortened, with a beginning of its own, misspelled."""
    found = index.like(told(headline))
    assert found is not None
    assert found.headline == HEADLINES[place]


@pytest.mark.parametrize(
    "headline",
    ["В Париже открылась станция метро", "Пожар в лесах Чили", "Сборная Японии победила Перу", "Пчёлы", ""],
)
def test_another_story_is_not(index: Nearness, headline: str) -> None:
    """A place or a team in common is not enough."""
    assert index.like(told(headline, lead="Власти города рассказали о планах на будущий год.")) is None


def test_a_source_is_not_compared_with_itself_nor_with_the_distant_past(index: Nearness) -> None:
    """What it tells twice it is known by; and last week's story is another one."""
    assert index.like(told(HEADLINES[0], "one")) is None
    assert index.like(told(HEADLINES[0], hours=47)) is not None
    assert index.like(told(HEADLINES[0], hours=49)) is None


def test_short_words_keep_what_tells_them_apart() -> None:
    """And long ones lose their endings."""
    assert words_of("выставками") == words_of("Выставка")
    assert words_of("суда") == words_of("суд")
    assert words_of("два") != words_of("двор")


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest leave, and are not found any more."""
    monkeypatch.setattr("bot.nearness.MOST", 100)
    index = Nearness(timedelta(days=2))
    for number in range(1000):
        index.add(told(f"город{number} деревня{number} река{number} гора{number}", "one"))
    assert len(index) == 100
    assert index.like(told("город5 деревня5 река5 гора5")) is None
    assert index.like(told("город950 деревня950 река950 гора950")) is not None
