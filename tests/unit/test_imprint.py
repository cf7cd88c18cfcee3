"""Reading only what changed: never less than the whole tells, whatever the feed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.imprint import Imprint
from bot.model import Article
from bot.source import newsstand
from bot.source.fetch import Fetched
from bot.source.freshly import Fresh, read_fresh

URL = "https://news.example/rss"
ODDITIES = ("", "<!-- <item> -->", "<![CDATA[</item>]]>", "]]>", "<b>bold</b>", "<link/>", "</item>", "&nbsp;")
LISTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 30), st.sampled_from(["", "", "", *ODDITIES])), max_size=12
)
"""The id, the headline, and what stands in the text of each entry."""


def answer(*entries: str, head: str = "", url: str = URL) -> Fetched:
    """A feed with these entries."""
    text = f"<rss version='2.0'><channel><title>News</title>{head}" + "\n".join(entries) + "</channel></rss>"
    return Fetched(url, 200, text.encode(), "application/rss+xml", None, None, not_modified=False)


def an_entry(number: int, headline: str = "", *, guid: str | None = None, text: str = "") -> str:
    """An entry with an id and an address of its own, if nothing else is said."""
    return (
        f"<item><guid isPermaLink='false'>{guid or f'id-{number}'}</guid><link>https://news.example/{number}</link>"
        f"<title>{headline or f'Headline {number}'}</title><description>{text}</description></item>"
    )


def told(fresh: Fresh) -> list[str]:
    """The headlines."""
    return [entry.headline for entry in fresh.feed.entries] if fresh.feed else []


TEN = [an_entry(number) for number in range(10)]


def test_only_what_changed_is_read() -> None:
    """A new entry at the top, a corrected one in the middle, and one that was put in at the end."""
    first = read_fresh(answer(*TEN))
    later = [an_entry(99), *TEN[:4], an_entry(4, "Corrected"), *TEN[5:], an_entry(98)]
    second = read_fresh(answer(*later, head="<lastBuildDate>now</lastBuildDate>"), None, first.imprint)
    assert (told(second), second.whole) == (["Headline 99", "Corrected", "Headline 98"], False)
    third = read_fresh(answer(*later, an_entry(97)), None, second.imprint)
    assert told(third) == ["Headline 97"]


def test_the_same_bytes_again_are_not_read() -> None:
    """Nor is a feed that only counts its builds, or dropped its last entry."""
    first = read_fresh(answer(*TEN))
    assert read_fresh(answer(*TEN), None, first.imprint).feed is None
    fewer = read_fresh(answer(*TEN[:9], head="<lastBuildDate>now</lastBuildDate>"), None, first.imprint)
    assert (fewer.feed, fewer.whole) == (None, False)


def test_atom_and_sitemaps_are_cut_as_well() -> None:
    """At the ends of their entries."""
    atom = "<entry><id>{0}</id><link href='/{0}'/><title>T{0}</title></entry>"
    for begin, one, end in (
        ("<feed xmlns='http://www.w3.org/2005/Atom'>", atom, "</feed>"),
        ("<urlset>", "<url><loc>https://news.example/{0}</loc></url>", "</urlset>"),
    ):
        texts = ["".join([begin, *map(one.format, numbers), end]) for numbers in (range(5), range(6))]
        found = [replace(answer(), body=text.encode()) for text in texts]
        second = read_fresh(found[1], None, read_fresh(found[0]).imprint)
        assert second.feed is not None
        assert [entry.link for entry in second.feed.entries] == ["https://news.example/5"]
        assert not second.whole


@pytest.mark.parametrize(
    "news",
    [
        [an_entry(99, guid="id-3"), *TEN],  # another article with an id that is there already
        [an_entry(99, text="<![CDATA[an </item> in a text]]>"), *TEN],
        ["<!-- ", an_entry(99), "-->", *TEN],
        [an_entry(99).replace("<item>", "<ITEM>").replace("</item>", "</ITEM>"), *TEN],
        [*TEN, "<item><title>cut off"],
        [an_entry(99, text="<item>").replace("https:", "nothing:"), *TEN],
        [],
    ],
)
def test_where_it_would_not_be_safe_the_feed_is_read_whole(news: list[str]) -> None:
    """What the whole tells is told, and every problem is named."""
    first = read_fresh(answer(*TEN))
    second, whole = read_fresh(answer(*news), None, first.imprint), read_fresh(answer(*news))
    assert second.whole
    assert second.feed == whole.feed


def test_another_address_is_another_feed() -> None:
    """Relative links would mean something else there."""
    first = read_fresh(answer(*TEN))
    assert len(told(read_fresh(answer(*TEN, url="https://other.example/rss"), None, first.imprint))) == len(TEN)


def a_list(entries: list[tuple[int, int, str]]) -> Fetched:
    """Ids of only four kinds, so that many share one."""
    return answer(*(an_entry(number, guid=f"id-{name}{number % 2}", text=text) for name, number, text in entries))


@settings(deadline=None, max_examples=60)
@given(LISTS, LISTS, LISTS)
def test_nothing_new_is_missed(
    one: list[tuple[int, int, str]], two: list[tuple[int, int, str]], three: list[tuple[int, int, str]]
) -> None:
    """Over three readings of feeds that share ids and have oddities: all that the whole feed tells, and did not tell
    before, is told, in the same words."""
    last: Imprint | None = None
    before: set[Article] = set()
    for found in (a_list(one), a_list(one[:3] + two + one[3:]), a_list(three[:1] + two + one)):
        whole = told_or_nothing(found)
        try:
            fresh = read_fresh(found, None, last)
        except SourceError:
            assert whole is None
            return
        assert whole is not None
        entries = set(fresh.feed.entries if fresh.feed else ())
        assert entries >= whole - before
        assert entries <= whole
        last, before = fresh.imprint, before | whole


def told_or_nothing(found: Fetched) -> set[Article] | None:
    """The entries of the whole feed."""
    try:
        fresh = read_fresh(found)
    except SourceError:
        return None
    return set(fresh.feed.entries if fresh.feed else ())


def test_an_imprint_is_small() -> None:
    """Sixteen bytes an entry: a newsroom may have thousands of feeds."""
    imprint = read_fresh(answer(*TEN)).imprint
    assert len(imprint.entries) + len(imprint.ids) == 16 * len(TEN)


def test_a_json_feed_is_known_as_a_whole() -> None:
    """It can't be cut, but an unchanged one is not read."""
    item = {"id": "1", "title": "One", "url": URL}
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    found = replace(answer(), body=text.encode())
    first = read_fresh(found)
    assert told(first) == ["One"]
    assert read_fresh(found, None, first.imprint).feed is None


class _Alternating:
    """A fetcher that gives one answer after another, for ever."""

    def __init__(self, *found: Fetched) -> None:
        self._found = cycle(found)

    async def get(self, *_: object) -> Fetched:
        return next(self._found)


async def test_parsing_goes_on_in_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many arrive at once, one small and one large document are parsed at a time, and the loop goes on."""
    running, most, ticks = [0], [0], 0

    def counted(found: Fetched, *_: object) -> Fresh:
        running[0] += 1
        most[0] = max(most[0], running[0])
        fresh = read_fresh(found)
        running[0] -= 1
        return fresh

    monkeypatch.setattr(newsstand, "read_fresh", counted)
    small = answer(*TEN)
    large = replace(small, body=small.body + b" " * newsstand.LARGE)
    stand = newsstand.Newsstand(_Alternating(small, large), {})  # type: ignore[arg-type]  # all of a fetcher that is used
    reading = asyncio.gather(*(stand.feed(URL, SourceState()) for _ in range(12)))
    while not reading.done():
        ticks += 1
        await asyncio.sleep(0)
    assert all(len(one.entries or ()) == len(TEN) for one in reading.result())
    assert most[0] <= 2
    assert ticks > 12
