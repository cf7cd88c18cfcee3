"""Article and Feed as JSON, and back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codec import article_from_json, article_to_json, feed_to_json
from bot.model import Article, Feed, Image, Outlet

KEYS = [
    "id",
    "url",
    "canonical_url",
    "headline",
    "lead",
    "body",
    "image",
    "outlet",
    "original_url",
    "country",
    "region",
    "tags",
    "authors",
    "language",
    "published_at",
    "updated_at",
    "disclaimer",
]
BARE = {"url": "https://digest.example/1", "headline": "Ночные поезда"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def test_every_key_is_there_and_unknown_is_null_or_empty() -> None:
    """The contract's keys, in its order."""
    found = article_to_json(Article("1", "https://digest.example/1", "Ночные поезда"))
    assert list(found) == KEYS
    assert {key for key, value in found.items() if value is None} == set(KEYS) - {
        "id",
        "url",
        "headline",
        "tags",
        "authors",
    }
    assert found["tags"] == found["authors"] == []


def test_a_feed_has_its_four_keys() -> None:
    """Title, address, language, entries."""
    feed = Feed("Поезда", "https://digest.example/rss", "ru", (Article("1", "u", "h"),))
    found = feed_to_json(feed)
    assert list(found) == ["title", "url", "language", "entries"]
    assert found["entries"][0]["headline"] == "h"


def test_an_article_needs_little() -> None:
    """Without an id the address is the id; a canonical address can stand for the address."""
    assert article_from_json(BARE) == Article(BARE["url"], BARE["url"], BARE["headline"])
    found = article_from_json({"canonical_url": "https://c.example", "headline": "h", "unknown": 1})
    assert (found.id, found.url) == ("https://c.example", "https://c.example")


def test_a_time_without_an_offset_is_utc() -> None:
    """And Z is an offset."""
    for text in ("2031-05-04T03:02:01", "2031-05-04T03:02:01Z"):
        found = article_from_json(BARE | {"published_at": text})
        assert found.published_at == datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([], "article"),
        ("text", "article"),
        (None, "article"),
        ({}, "url"),
        ({"url": "u"}, "headline"),
        (BARE | {"headline": 3}, "headline"),
        (BARE | {"tags": "сад"}, "tags"),
        (BARE | {"tags": [1]}, "tags"),
        (BARE | {"image": "u"}, "image"),
        (BARE | {"image": {"url": 1}}, "url"),
        (BARE | {"outlet": ["x"]}, "outlet"),
        (BARE | {"published_at": "yesterday"}, "published_at"),
        (BARE | {"published_at": 5}, "published_at"),
        (BARE | {"lead": {}}, "lead"),
    ],
)
def test_a_mistake_names_its_key(value: Any, named: str) -> None:
    """Always a ValueError, and the key is in its words."""
    with pytest.raises(ValueError, match=named):
        article_from_json(value)


def test_an_offset_with_seconds_is_written_as_utc() -> None:
    """RFC 3339 has none; old local times did."""
    local = datetime(1901, 1, 1, 12, tzinfo=timezone(timedelta(hours=2, minutes=30, seconds=17)))
    text = article_to_json(Article("1", "u", "h", published_at=local))["published_at"]
    assert text == "1901-01-01T09:29:43+00:00"


TEXT = st.text(min_size=1, max_size=20)
MAYBE = st.none() | TEXT
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=OFFSETS)  # noqa: DTZ001 - bounds are naive by contract; the zone is drawn
ARTICLES = st.builds(
    Article,
    id=TEXT,
    url=TEXT,
    headline=TEXT,
    canonical_url=MAYBE,
    lead=MAYBE,
    body=MAYBE,
    image=st.none() | st.builds(Image, TEXT, MAYBE),
    outlet=st.none() | st.builds(Outlet, TEXT, MAYBE),
    original_url=MAYBE,
    country=MAYBE,
    region=MAYBE,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    authors=st.lists(TEXT, max_size=3).map(tuple),
    language=MAYBE,
    published_at=TIMES,
    updated_at=TIMES,
    disclaimer=MAYBE,
)


@given(ARTICLES)
def test_what_is_written_is_read_back(article: Article) -> None:
    """Through real JSON text."""
    wire = json.dumps(article_to_json(article))
    assert article_from_json(json.loads(wire)) == article
    for key in ("published_at", "updated_at"):
        moment = json.loads(wire)[key]
        assert moment is None or RFC3339.fullmatch(moment)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner),
    max_leaves=12,
)


@given(JSON, st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_an_article_or_a_value_error(value: Any, more: dict[str, Any]) -> None:
    """Nothing else is ever raised."""
    for candidate in (value, BARE | more):
        try:
            found = article_from_json(candidate)
        except ValueError:
            continue
        assert found.url
        assert found.headline
