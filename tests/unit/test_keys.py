"""The page of keys is complete and says the truth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.model import Place, Platform
from bot.store import keys

PLACE = Place(Platform.TELEGRAM, "1001")
ALL = [
    keys.FENCE,
    keys.CLAIMS,
    keys.DEFERRED,
    keys.UNCONFIRMED,
    keys.TALLY,
    keys.AMENDING,
    keys.EPOCH,
    keys.MOVED,
    keys.DIRECTIVES,
    keys.GRANTS,
    keys.MENUS,
    keys.EVERGREEN,
    keys.AUDIT,
    keys.RECENT,
    keys.TERMS,
    keys.article("a"),
    keys.name("a"),
    keys.publisher_id("a"),
    keys.tagged("a"),
    keys.tags(date(2026, 3, 1)),
    keys.label("a"),
    keys.queue("a"),
    keys.wish("a", "b"),
    keys.posted(PLACE),
    keys.thread(PLACE, "7"),
    *keys.ledgers("a"),
    keys.story("a"),
    keys.deferred(PLACE),
    keys.last_sent(PLACE),
    keys.receipts(PLACE),
    keys.seen(PLACE),
    keys.due("a"),
    keys.echo(PLACE, "7"),
    keys.following(date(2026, 3, 1)),
    keys.short("https://x.example"),
    keys.firing("a", 1),
    keys.told("a", "b"),
    keys.amended("a"),
    keys.once("a"),
    keys.pace("a"),
    keys.second("a"),
    keys.starts("a"),
    keys.chat("a", "1001"),
    keys.group("a", "-1001"),
    keys.lease("a"),
    keys.together("a"),
    keys.caution("picture", "https://x.example"),
    keys.alert("a"),
    keys.rest("a"),
    keys.source("a"),
    keys.reader(PLACE),
    keys.topics(Place(Platform.TELEGRAM, "-1005", 4)),
    keys.DORMANT,
    keys.AGENDA,
    keys.ARRIVALS,
    keys.plan(PLACE),
    keys.held(PLACE),
    keys.today(PLACE),
    keys.CAMPAIGNS,
    keys.FLIGHTS,
    keys.campaign("a"),
    keys.crowd("1:vk"),
    keys.acks(1),
    keys.said("a"),
    keys.calls("a"),
    keys.AUDIENCE,
    keys.AUDIENCE_LOG,
    keys.NUMBERED,
    keys.mark("a"),
]


def test_every_key_begins_with_the_prefix_and_is_its_own() -> None:
    """Another program's keys in the same redis are never touched, and no two rooms share a key."""
    assert [key for key in ALL if not key.startswith("depeche:")] == []
    assert len(ALL) == len(set(ALL))


def test_every_key_is_on_the_page() -> None:
    """Either in the table or on the permanent list, never on both, and nothing else is there."""
    assert keys.__doc__
    table = {line.split("`")[1] for line in keys.__doc__.splitlines() if line.startswith("| `")}
    rooms = {key.removeprefix(keys.PREFIX).partition(":")[0] for key in ALL if not keys.is_permanent(key)}
    assert {name.partition(":")[0] for name in table} == rooms
    permanent = {key.removeprefix(keys.PREFIX) for key in ALL if keys.is_permanent(key)}
    assert {name.partition(":")[0] for name in permanent} == {name.removesuffix(":*") for name in keys.PERMANENT}


def test_every_permanent_key_has_a_reason() -> None:
    """A list of exceptions is only as good as its reasons."""
    assert [name for name, reason in keys.PERMANENT.items() if len(reason) < 20] == []


@pytest.mark.parametrize("key", ["depeche:deferred:telegram:1001", "depeche:recent", "depeche:article:fence"])
def test_likeness_does_not_make_a_key_permanent(key: str) -> None:
    """The index of all that is put off has no lifetime; that of one place has."""
    assert not keys.is_permanent(key)


@pytest.mark.parametrize(
    ("place", "private"),
    [
        (Place(Platform.TELEGRAM, "1001"), True),
        (Place(Platform.TELEGRAM, "7300110022"), True),
        (Place(Platform.TELEGRAM, "-1001"), False),
        (Place(Platform.TELEGRAM, "-1001", 5), False),
        (Place(Platform.TELEGRAM, "@gardens"), False),
        (Place(Platform.VK, "42"), True),
        (Place(Platform.VK, "-220"), False),
        (Place(Platform.VK, "2000000001"), False),
    ],
)
def test_private_places_have_a_ledger_of_their_own(place: Place, private: bool) -> None:
    """A chat with one person is private; groups, channels and walls are public."""
    assert keys.is_private(place) is private
    assert keys.ledger("a", place) == keys.ledgers("a")[private]


def test_an_article_is_named_by_its_key_as_by_its_address() -> None:
    """The key is the digest of the address, so both lead to one name."""
    from bot.model import Article  # noqa: PLC0415 - only here

    article = Article("1", "https://gardens.example/rose", "A rose")
    assert keys.name_by_key(article.key) == keys.name(article.url)


def test_knowledge_outlives_everything_it_guards() -> None:
    """Were an article forgotten before its ledger, it could be taken for new and sent again."""
    assert keys.KNOWN > keys.ARTICLE >= keys.LEDGER > keys.READERS_LEDGER


def test_a_lifetime_is_never_nothing() -> None:
    """Redis refuses zero, and a mark that should be short must not become eternal."""
    assert keys.seconds(timedelta(0)) == 1
    assert keys.milliseconds(timedelta(0)) == 1
    assert keys.seconds(timedelta(minutes=2)) == 120
    assert keys.milliseconds(timedelta(minutes=2)) == 120_000
