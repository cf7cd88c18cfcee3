"""Hostile strings, addresses, dates and bombs, as a feed brings them: clean text out, nothing lost, bounded memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.identity import folded, names_of
from bot.model import Article
from bot.source.dates import read_date
from bot.source.feed import read_feed
from bot.source.fetch import Fetcher
from bot.source.newsstand import Newsstand
from bot.source.text import clean
from bot.source.usable import usable
from tests.conformance.test_source_corpus import HOSTILE

pytestmark = pytest.mark.shared

URL = "https://hostile.example/rss"
MEGABYTES = 1024 * 1024
FEW = 200
"""Strings in one feed."""


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """Fails when Python's memory grows by more than this in between."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most - before < megabytes * MEGABYTES


def a_feed(*entries: str) -> bytes:
    """Entries between a good one before and a good one after."""
    good = "<item><guid>{0}</guid><link>https://hostile.example/{0}</link><title>{0}</title></item>"
    inside = "".join((good.format("before"), *entries, good.format("after")))
    text = f"<rss version='2.0'><channel><title>News</title>{inside}</channel></rss>"
    return text.encode("utf-8", "surrogatepass")


def is_clean(article: Article) -> bool:
    """Whether every text of it is fit to be shown, and every address one of the web."""
    texts = (article.headline, article.lead, article.body, *article.tags, *article.authors)
    addresses = (article.url, article.image.url if article.image else None)
    return all(text is None or clean(text) == text for text in texts) and all(
        not address or urlsplit(address).scheme in ("http", "https") for address in addresses
    )


STRINGS = ("blns", "crlf", "made", "open-redirect", "sanitize", "sql", "ssti", "traversal", "xss", "xxe")
FUZZ = ("url-fuzz", "date-fuzz")


def test_nothing_hostile_is_left_out(shared: Path) -> None:
    """Whatever lies there is run by one of the tests, here or beside."""
    folder = shared / "corpus" / "hostile"
    assert {path.name for path in folder.iterdir()} == {
        *HOSTILE,
        *FUZZ,
        "strings",
        "bombs",
        "dates.jsonl",
        "index.jsonl",
    }
    assert {path.stem for path in (folder / "strings").iterdir()} == set(STRINGS)
    assert {path.name for path in (folder / "bombs").iterdir()} == set(ZIPPED)


@pytest.mark.parametrize("name", STRINGS)
def test_hostile_strings_are_text_like_any_other(shared: Path, name: str) -> None:
    """As a title, a lead, an id, a tag, a name and an address, escaped and literal: every entry is there, and clean."""
    lines = (shared / "corpus" / "hostile" / "strings" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    strings = [str(json.loads(line)["text"])[:5_000] for line in lines if line]
    for start in range(0, len(strings), FEW):
        entries = []
        for number, text in enumerate(strings[start : start + FEW]):
            told, literal = escape(text), text.replace("]]>", "]]]]><![CDATA[>")
            entries.append(
                f"<item><guid>{number}-{told}</guid><link>https://hostile.example/{number}?{escape(text[:200])}</link>"
                f"<title>{number} {told}</title><description><![CDATA[{literal}]]></description>"
                f"<category>{told}</category><author>{told}</author><enclosure type='image/png' url=\"{told}\"/></item>"
            )
        feed = usable(read_feed(a_feed(*entries), url=URL))
        headlines = [entry.headline for entry in feed.entries]
        assert (headlines[0], headlines[-1], len(headlines)) == ("before", "after", len(entries) + 2)
        assert [entry.headline for entry in feed.entries if not is_clean(entry)] == []
        assert all(names_of(entry, "hostile").every for entry in feed.entries)


@pytest.mark.parametrize("kind", FUZZ)
def test_fuzz_of_addresses_and_dates_harms_no_neighbour(shared: Path, kind: str) -> None:
    """As an address or a date of an entry; asked for, an address that is none is refused in words."""
    for path in sorted((shared / "corpus" / "hostile" / kind).iterdir()):
        text = path.read_bytes().decode("utf-8", "replace")
        date = read_date(text)
        assert date is None or date.utcoffset() is not None, path.name
        assert isinstance(folded(text), str)
        told = escape(text)
        odd = f"<item><guid>odd</guid><link>{told}</link><title>odd</title><pubDate>{told}</pubDate></item>"
        feed = read_feed(a_feed(odd), url=URL)
        assert [entry.id for entry in feed.entries] == ["before", "odd", "after"], path.name
        assert all(map(is_clean, feed.entries)), path.name


async def test_fuzz_of_addresses_is_never_an_error_of_ours(shared: Path) -> None:
    """Whatever is typed or redirected to: a sentence, and no connection into a private network."""
    async with Fetcher(user_agent="x", timeout=2) as fetcher:
        for path in sorted((shared / "corpus" / "hostile" / "url-fuzz").iterdir()):
            text = path.read_bytes().decode("utf-8", "replace")
            if "://" in text and not text.startswith(("http://127", "http://[", "http://localhost")):
                continue  # a name that would have to be asked for
            with pytest.raises(SourceError) as caught:
                await fetcher.get(text)
            assert caught.value.say


ZIPPED = ("gzip_bomb_100MB.xml.gz", "gzip_bomb_800MB.xml.gz")


@pytest.mark.parametrize("bomb", ZIPPED)
async def test_bombs_over_http_end_at_the_limit(shared: Path, bomb: str) -> None:
    """A feed that unfolds to hundreds of megabytes is refused when it has grown past ten, in little memory."""
    body = (shared / "corpus" / "hostile" / "bombs" / bomb).read_bytes()

    async def explode(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.router.add_get("/rss", explode)
    async with (
        TestServer(app) as server,
        Fetcher(user_agent="x", allow_networks=[ip_network("127.0.0.0/8")]) as fetcher,
    ):
        with at_most(35), pytest.raises(SourceError, match="too big for a feed"):
            await Newsstand(fetcher, {}).feed(str(server.make_url("/rss")), SourceState())


LOL = "<!DOCTYPE l [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
MANY = " ".join(f"a{number}='1'" for number in range(20_000))
BOMBS = {
    "entities in entities": f"{LOL}]><rss><channel><item><title>&j;</title></item></channel></rss>",
    "a file": "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><rss><channel><item><title>A&f;B</title></item>"
    "</channel></rss>",
    "a gigabyte's worth of depth": "<rss><channel>" + "<a>" * 200_000 + "</channel></rss>",
    "deep markup in a title": f"<rss><channel><item><title>{escape('<b>' * 10_000)}x</title></item></channel></rss>",
    "one long line": f"<rss><channel><item><title>{'x' * 3_000_000}</title></item></channel></rss>",
    "thousands of attributes": f"<rss><channel><item {MANY}><title>T</title></item></channel></rss>",
    "NUL bytes": "<rss><channel><item><title>A\0\0B</title></item></channel></rss>",
    "bidi tricks": "<rss><channel><item><title>A\u202eB\u2066C</title></item></channel></rss>",
    "a script": "<rss><channel><item><title>&lt;script&gt;x()&lt;/script&gt;A</title></item></channel></rss>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_in_xml_stay_small(name: str) -> None:
    """Nothing is expanded, opened or shown as it stands; memory stays within a few times of the document's size."""
    body = BOMBS[name].encode()
    with at_most(5 + 12 * len(body) / MEGABYTES):
        try:
            entries = read_feed(body, url=URL).entries
        except SourceError:
            entries = ()
    assert all(map(is_clean, entries))
    shown = "".join(entry.headline for entry in entries)
    assert len(shown) <= 1_000
    assert not any(word in shown for word in ("root:", "lollol", "x()", "\0"))
