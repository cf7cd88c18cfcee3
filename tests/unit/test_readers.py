"""Readers and their subscriptions, as values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

import pytest

from bot.codec import reader_from_json, reader_to_json
from bot.model import Article, Outlet, Place, Platform
from bot.query import facets
from bot.readers import Delivery, Form, Match, Preferences, Reader, Subscription, to_tags
from bot.tags import tag_id

PLACE = Place(Platform.TELEGRAM, "1001")


@pytest.mark.parametrize("tag", ["Сад", "La Dépêche (Toulouse)", "R&B", "source: wire", "\u00abСад\u00bb"])
def test_a_subscription_to_a_tag_is_called_as_the_tag(tag: str) -> None:
    """Its key is the tag's own short name, so that a button under an article finds it; it is shown as written."""
    one = Subscription.to(tag)
    assert one.key == tag_id(tag)
    assert one.label == tag


def test_quotes_within_a_tag_become_others() -> None:
    """Straight ones would end the phrase."""
    one = Subscription.to('ООО "Рога & копыта"')
    assert (one.label, one.key) == ("ООО «Рога & копыта»", tag_id('ООО "Рога & копыта"'))


def test_tags_are_had_once() -> None:
    """A second spelling of the same tag is the same wish, and what is no tag is none."""
    assert to_tags(["Сад", "сад", "#", "Розы"]) == (Subscription("Сад"), Subscription("Розы"))


def test_a_reader_gets_an_article_by_each_wish_that_fits() -> None:
    """All of them are named; of several deliveries the soonest counts, since an article comes once."""
    reader = Reader(
        PLACE, "en", (Subscription("roses & !trees", Delivery.DAILY), Subscription("garden"), Subscription("trees"))
    )
    rose = Article("1", "u", "h", tags=("Roses",), outlet=Outlet("Garden"))
    wanting = reader.wanting(facets(rose))
    assert [one.text for one in wanting] == ["roses & !trees", "garden"]
    assert Match(PLACE, wanting).delivery is Delivery.NOW
    assert Match(PLACE, wanting[:1]).delivery is Delivery.DAILY


def test_a_reader_survives_the_store() -> None:
    """As JSON and back nothing is lost."""
    reader = Reader(
        PLACE,
        "ru",
        (Subscription("Франция & !спорт", Delivery.WEEKLY), Subscription.to("R&B")),
        Preferences(
            timezone="Europe/Paris",
            digest_at=time(7, 30),
            digest_day=6,
            quiet=(time(23), time(7)),
            daily_cap=5,
            silent=True,
            form=Form.HEADLINE,
            paused_until=datetime(2026, 3, 1, tzinfo=UTC),
            snoozed={tag_id("R&B"): datetime(2026, 3, 8, tzinfo=UTC)},
        ),
        active=False,
    )
    assert reader_from_json(PLACE, json.loads(json.dumps(reader_to_json(reader)))) == reader


def test_a_reader_kept_of_old_is_read() -> None:
    """Tags became subscriptions to be served at once."""
    kept = {"language": "en", "tags": ["Gardens", "R&B"], "active": True}
    assert reader_from_json(PLACE, kept) == Reader(PLACE, "en", to_tags(["Gardens", "R&B"]))


def test_a_wish_that_can_not_be_read_any_more_is_kept_as_a_tag() -> None:
    """No change of the query language costs anybody a subscription."""
    kept = {"language": "en", "subscriptions": [{"text": "a & ("}], "active": True}
    assert reader_from_json(PLACE, kept).labels == ("a & (",)
