"""Feeds: every format, every encoding, and what is left out is named."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codec import feed_to_json
from bot.errors import SourceError
from bot.model import Article, Feed, Image
from bot.source.charset import decode
from bot.source.dates import read_date
from bot.source.feed import read_feed
from bot.source.links import canonical, resolve
from bot.source.text import cut, paragraphs, plain
from bot.source.usable import usable

URL = "https://gardens.example/rss.xml"
ITEM = "<item><title>Roses</title><link>/roses</link></item>"


def rss(items: str, *, head: str = '<?xml version="1.0"?>', channel: str = "<title>Gardens</title>") -> bytes:
    """An RSS 2.0 feed around these items."""
    names = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:yandex="http://news.yandex.ru" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    return f'{head}<rss version="2.0" {names}><channel>{channel}{items}</channel></rss>'.encode()


def item(inner: str) -> Article:
    """The one article of a feed with this inside its item, beside a title and a link."""
    [entry] = read_feed(rss(f"<item><title>Roses</title><link>/roses</link>{inner}</item>"), url=URL).entries
    return entry


def test_rss_tells_everything() -> None:
    """Every field of an RSS item lands in its place."""
    feed = read_feed(
        rss(
            """<item>
            <title>Как пересадить розу</title>
            <link>/roses/7?utm_source=rss</link>
            <guid isPermaLink="false">rose-7</guid>
            <description>&lt;p&gt;Главное &amp;mdash; не спешить.&lt;/p&gt;</description>
            <content:encoded><![CDATA[<p>Выкопайте <b>куст</b>.</p><p>Полейте.<br>Ждите.</p>]]></content:encoded>
            <category>Сад</category><category>розы</category><dc:subject>сад</dc:subject>
            <dc:creator>Анна Листова</dc:creator>
            <media:content url="/p/7.jpg" type="image/jpeg"><media:credit>Фото: А. Л.</media:credit></media:content>
            <pubDate>Sat, 22 Jun 2024 14:05:00 +0300</pubDate>
            <atom:updated>2024-06-22T15:00:00+03:00</atom:updated>
            </item>""",
            channel="<title>Сады</title><language>ru</language>",
        ),
        url=URL,
    )
    moscow = timezone(timedelta(hours=3))
    expected = Article(
        id="rose-7",
        url="https://gardens.example/roses/7?utm_source=rss",
        canonical_url="https://gardens.example/roses/7",
        headline="Как пересадить розу",
        lead="Главное — не спешить.",
        body="Выкопайте куст.\n\nПолейте.\nЖдите.",
        image=Image("https://gardens.example/p/7.jpg", "Фото: А. Л."),
        tags=("Сад", "розы"),
        authors=("Анна Листова",),
        language="ru",
        published_at=datetime(2024, 6, 22, 14, 5, tzinfo=moscow),
        updated_at=datetime(2024, 6, 22, 15, 0, tzinfo=moscow),
    )
    assert feed == Feed("Сады", URL, "ru", (expected,))


def test_atom_tells_everything() -> None:
    """Atom 1.0, with its own base address and an XHTML summary."""
    [entry] = read_feed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://trains.example/en/" xml:lang="en">
        <title type="html">Trains &amp;amp; trams</title>
        <entry><id>tag:trains.example,2024:1</id><title>A new line</title>
        <link rel="self" href="self.atom"/><link rel="alternate" href="lines/7.html"/>
        <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">It is <em>fast</em>.</div></summary>
        <content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>
        <category term="t7" label="Line 7"/><author><name>Bo Rail</name></author>
        <published>2024-06-22T10:00:00Z</published><updated>2024-06-23T10:00:00Z</updated>
        </entry></feed>""",
        url=URL,
    ).entries
    assert (entry.id, entry.url) == ("tag:trains.example,2024:1", "https://trains.example/en/lines/7.html")
    assert (entry.lead, entry.body) == ("It is fast.", "One.\n\nTwo.")
    assert (entry.tags, entry.authors, entry.language) == (("Line 7",), ("Bo Rail",), "en")
    assert entry.published_at == datetime(2024, 6, 22, 10, tzinfo=UTC)
    assert entry.updated_at == datetime(2024, 6, 23, 10, tzinfo=UTC)


OLDER = {
    "RSS 0.91": f'<!DOCTYPE rss SYSTEM "http://dtd.example/rss.dtd"><rss><channel>{ITEM}</channel></rss>',
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    f"<channel><title>x</title></channel>{ITEM}</rdf:RDF>",
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Roses</title>'
    '<link rel="alternate" type="text/html" href="/roses"/><issued>2003-12-13T08:29:29-04:00</issued></entry></feed>',
    "a prefix": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Roses</a:title>'
    '<a:link href="/roses"/></a:entry></a:feed>',
    "no namespace": '<feed><entry><title>Roses</title><link href="/roses"/></entry></feed>',
    "undeclared prefixes": '<rss version="2.0"><channel><item><title>Roses</title><link>/roses</link>'
    '<media:content url="/r.jpg"/><dc:date>2024-06-22</dc:date></item></channel></rss>',
    "junk before": f"<br />\n<b>Warning</b>: line 7\n<?xml version='1.0'?><rss><channel>{ITEM}</channel></rss>",
    "JSON Feed": json.dumps({"version": "1.1", "items": [{"title": "Roses", "url": "/roses"}]}),
}


@pytest.mark.parametrize("text", OLDER.values(), ids=OLDER.keys())
def test_every_format_is_read(text: str) -> None:
    """Old versions, odd prefixes and JSON alike."""
    [entry] = read_feed(text.encode(), url=URL).entries
    assert (entry.headline, entry.url) == ("Roses", "https://gardens.example/roses")


def test_a_json_feed_tells_everything() -> None:
    """Version 1.1, with a list of authors and an address of the original."""
    text = json.dumps(
        {
            "title": "Stars",
            "language": "en",
            "items": [
                {
                    "id": 7,
                    "url": "https://stars.example/7",
                    "external_url": "https://observatory.example/x",
                    "title": "A comet",
                    "summary": "It has two tails.",
                    "content_html": "<p>One.</p><p>Two.</p>",
                    "image": "/7.jpg",
                    "tags": ["comets"],
                    "authors": [{"name": "Cy"}],
                    "date_published": "2024-06-22T10:00:00-04:00",
                }
            ],
        }
    )
    feed = read_feed(text.encode(), url="https://stars.example/feed.json", content_type="application/feed+json")
    [entry] = feed.entries
    assert (feed.title, entry.id, entry.original_url) == ("Stars", "7", "https://observatory.example/x")
    assert (entry.lead, entry.body, entry.image) == (
        "It has two tails.",
        "One.\n\nTwo.",
        Image("https://stars.example/7.jpg"),
    )
    assert (entry.tags, entry.authors, entry.language) == (("comets",), ("Cy",), "en")
    assert entry.published_at is not None
    assert entry.published_at.utcoffset() == timedelta(hours=-4)


def test_entries_that_cannot_be_used_are_named() -> None:
    """`depeche feed` shows every entry as it stands; what is collected leaves those out, each with a sentence."""
    feed = read_feed(
        rss(
            f"<item><title>Nowhere</title></item><item><guid>7</guid></item>{ITEM}<item><title>J</title><link>javascript:x()</link></item>"
        ),
        url=URL,
    )
    assert [(entry.headline, entry.url, entry.id) for entry in feed.entries] == [
        ("Nowhere", "", ""),
        ("", "", "7"),
        ("Roses", "https://gardens.example/roses", "https://gardens.example/roses"),
        ("J", "", ""),
    ]
    written = feed_to_json(feed)["entries"]
    assert [(entry["headline"], entry["url"], entry["id"]) for entry in written[:2]] == [
        ("Nowhere", None, None),
        (None, None, "7"),
    ]
    kept = usable(feed)
    assert [entry.headline for entry in kept.entries] == ["Roses"]
    assert kept.problems == (
        "Entry 1 («Nowhere») has no web address and was left out.",
        "Entry 2 (7) has neither a title nor a text.",
        "Entry 4 («J») has no web address and was left out.",
    )


def test_an_entry_that_is_only_an_address_can_be_collected() -> None:
    """Its page knows the headline; where pages aren't read, the entry is named."""
    feed = read_feed(rss("<item><link>/1</link></item>"), url=URL)
    assert [entry.url for entry in usable(feed).entries] == ["https://gardens.example/1"]
    left = usable(feed, pages_are_read=False)
    assert (left.entries, len(left.problems)) == ((), 1)


def test_the_same_entry_counts_once_and_two_at_one_address_count_as_two() -> None:
    """A live page has many articles under one address."""
    other = "<item><title>Tulips</title><link>/roses?utm_medium=rss</link></item>"
    feed = read_feed(rss(ITEM + ITEM + other), url=URL)
    assert len(feed.entries) == 3
    assert [entry.headline for entry in usable(feed).entries] == ["Roses", "Tulips"]


@pytest.mark.parametrize("cut_at", ["<item><title>Tul", "<item><title>Tulips</title><link>/tul", "<item"])
def test_half_an_entry_is_not_an_entry(cut_at: str) -> None:
    """When the connection broke in the middle, what came whole is kept."""
    body = rss(ITEM).decode().partition("</channel>")[0] + cut_at
    assert [entry.headline for entry in read_feed(body.encode(), url=URL).entries] == ["Roses"]


def test_an_entry_without_a_title_is_headed_by_its_text() -> None:
    """Microblogs have no titles."""
    feed = read_feed(rss("<item><link>/1</link><description>Bees are back.</description></item>"), url=URL)
    assert feed.entries[0].headline == "Bees are back."


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        ("<link>https://a.example/1</link>", "https://a.example/1"),
        ("<link>\n  /1\n </link>", "https://gardens.example/1"),
        ("<link><![CDATA[https://a.example/?a=1&copy=2]]></link>", "https://a.example/?a=1&copy=2"),
        ("<link>https://a.example/?a=1&amp;b=2</link>", "https://a.example/?a=1&b=2"),
        ("<guid>https://a.example/2</guid>", "https://a.example/2"),
        ('<link/><guid isPermaLink="true">https://a.example/2</guid>', "https://a.example/2"),
        ('<atom:link rel="self" href="/feed"/><link>/1</link>', "https://gardens.example/1"),
        ('<enclosure url="https://a.example/3.mp3" type="audio/mpeg"/>', "https://a.example/3.mp3"),
    ],
)
def test_the_link_is_found(inner: str, link: str) -> None:
    """In its element, in a guid that is an address, last in what is attached."""
    [entry] = read_feed(rss(f"<item><title>T</title>{inner}</item>"), url=URL).entries
    assert entry.url == link


def test_without_an_id_the_address_names_an_article() -> None:
    """Tracking parameters are no part of the name."""
    assert item("").id == "https://gardens.example/roses"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tom &amp;amp; Ann", "Tom & Ann"),
        ("Tom &amp; Ann", "Tom & Ann"),
        ("Tom & Ann", "Tom & Ann"),
        ("&laquo;Сад&raquo; &mdash; да&hellip;", "«Сад» — да…"),
        ("<![CDATA[A <b>bold</b> <i>plan</i>]]>", "A bold plan"),
        ("&lt;b&gt;Bold&lt;/b&gt; plan", "Bold plan"),
        ("<![CDATA[If a < b & c > d]]>", "If a < b & c > d"),
        ("List&lt;int&gt; in short", "List<int> in short"),
        ("a\n   line", "a line"),
        ("Right\u202eto left\u202c\u0000\u200b", "Rightto left"),
        ("<![CDATA[<script>alert(1)</script>Safe]]>", "Safe"),
        ("e\u0301t\u00e9", "été"),
    ],
)
def test_titles_become_plain_text(written: str, read: str) -> None:
    """Entities decoded once or twice, tags gone, nothing invisible; a `<` that is no tag stays."""
    [entry] = read_feed(rss(f"<item><title>{written}</title><link>/1</link></item>"), url=URL).entries
    assert entry.headline == read


@pytest.mark.parametrize(
    ("inner", "address"),
    [
        ('<enclosure url="/a.jpg" type="image/jpeg" length="1"/>', "https://gardens.example/a.jpg"),
        ('<media:thumbnail url="/t.jpg"/>', "https://gardens.example/t.jpg"),
        ('<itunes:image href="/i.png"/>', "https://gardens.example/i.png"),
        (
            """<media:group><media:content url="/s.jpg" width="100" medium="image"/>
            <media:content url="/l.jpg" width="900" medium="image"/></media:group>""",
            "https://gardens.example/l.jpg",
        ),
        (
            '<media:content url="/v.mp4" type="video/mp4"/><media:thumbnail url="/t.jpg"/>',
            "https://gardens.example/t.jpg",
        ),
        ('<description>&lt;img src="/in.jpg"&gt; text</description>', "https://gardens.example/in.jpg"),
        ('<description>&lt;img width="1" src="/count.gif"&gt; text</description>', None),
        ('<enclosure url="/a.svg" type="image/svg+xml"/>', None),
        ('<enclosure url="data:image/png;base64,AAAA" type="image/png"/>', None),
        ('<enclosure url="/a.mp3" type="audio/mpeg"/>', None),
    ],
)
def test_the_picture_is_found(inner: str, address: str | None) -> None:
    """The largest of the best kind; no counters, drawings or sound."""
    image = item(inner).image
    assert (image.url if image else None) == address


def test_the_full_text_is_no_lead() -> None:
    """`yandex:full-text` is the body."""
    entry = item("<yandex:full-text>All of it.</yandex:full-text>")
    assert (entry.lead, entry.body) == (None, "All of it.")


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ("<author>desk@gardens.example (Ann Lee)</author>", ("Ann Lee",)),
        ("<author>Ann Lee &lt;ann@gardens.example&gt;</author>", ("Ann Lee",)),
        ("<dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator>", ("Ann", "Bo")),
        ("<itunes:author>Cy</itunes:author>", ("Cy",)),
    ],
)
def test_authors_are_named_by_name(inner: str, names: tuple[str, ...]) -> None:
    """Not by their mail addresses, where a name is given."""
    assert item(inner).authors == names


TEXT = "Сад и огород: «розы» зимой"
DOCUMENT = f"<rss><channel><item><title>{TEXT}</title><link>/1</link></item></channel></rss>"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "windows-1251", "koi8-r", "iso-8859-5", "cp866", "mac-cyrillic", "utf-16"]
)
@pytest.mark.parametrize("declared", ["right", "utf-8", "none"])
def test_cyrillic_is_read_whatever_is_declared(encoding: str, declared: str) -> None:
    """The right declaration, a wrong one, or none."""
    name = {"right": encoding, "utf-8": "utf-8", "none": ""}[declared]
    head = f'<?xml version="1.0" encoding="{name}"?>' if name else ""
    document = (head + DOCUMENT).replace("«", '"').replace("»", '"')
    [entry] = read_feed(document.encode(encoding), url=URL).entries
    assert entry.headline == TEXT.replace("«", '"').replace("»", '"')


def test_the_charset_of_http_is_heard() -> None:
    """For what can't be told from the bytes alone, and a wrong one does no harm to UTF-8."""
    greek = "Ο κήπος".encode("iso-8859-7")
    assert decode(greek, "text/xml; charset=iso-8859-7") == "Ο κήπος"
    assert decode("Ο κήπος".encode(), "text/xml; charset=iso-8859-1") == "Ο κήπος"


def test_western_text_is_not_taken_for_cyrillic() -> None:
    """Undeclared windows-1252."""
    assert decode("Le café des élèves – déjà vu".encode("cp1252")) == "Le café des élèves – déjà vu"


def test_one_bad_byte_spoils_nothing() -> None:
    """A character cut in two disappears, a stray byte is read as its neighbours suggest; the rest is untouched."""
    body = "Сад ".encode() + b"\xd0" + " и caf".encode() + b" \xab" + "огород".encode() + b"\xbb"
    assert decode(body) == "Сад  и caf «огород»"


def test_declared_nonsense_does_no_harm() -> None:
    """Codecs that are no encodings of documents are not tried."""
    for label in ("punycode", "unicode_escape", "hex", "rot13", "zlib", "undefined", "x-no-such"):
        assert decode("розы".encode("cp1251"), f"text/xml; charset={label}") == "розы"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sat, 22 Jun 2024 14:05:00 +0300", "2024-06-22T14:05:00+03:00"),
        ("22 Jun 24 14:05 GMT", "2024-06-22T14:05:00+00:00"),
        ("Sat, 22 June 2024 2:05:00 PM EST", "2024-06-22T14:05:00-05:00"),
        ("2024-06-22T14:05:00.250Z", "2024-06-22T14:05:00.250000+00:00"),
        ("2024-06-22 14:05", "2024-06-22T14:05:00+00:00"),
        ("2024-06-22", "2024-06-22T00:00:00+00:00"),
        ("Сб, 22 июн 2024 14:05:00 +0300", "2024-06-22T14:05:00+03:00"),
        ("22 июня 2024, 14:05", "2024-06-22T14:05:00+00:00"),
        ("22.06.2024 14:05", "2024-06-22T14:05:00+00:00"),
        ("Mon, 06 Dec 2021 10:00:00 MSK", "2021-12-06T10:00:00+03:00"),
        ("mer., 3 juil. 2024 15:09:58 +0000", "2024-07-03T15:09:58+00:00"),
        ("mardi 5 novembre 2024 à 14h40", "2024-11-05T14:40:00+00:00"),
        ("1719054300", "2024-06-22T11:05:00+00:00"),
        ("20240622T140500+0300", "2024-06-22T14:05:00+03:00"),
        ("Thu, 29 Oct 2020 07:36:03 GMT-07:00", "2020-10-29T07:36:03-07:00"),
    ],
)
def test_dates_are_read_in_all_their_forms(text: str, moment: str) -> None:
    """The offset is kept; without one it is UTC."""
    read = read_date(text)
    assert read is not None
    assert read.isoformat() == moment


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "Mon, 06 Dec 2021 25:61:00 +0300", "2024-13-45", "9999-12-31T23:59:59-05:00", "32 мая 2024",
     "99999999999999", "2013-01-28T09:xx:00Z", "Sun, Dec x 2012 11:47:32 GMT", "x" * 10_000, "1:" * 40],
)  # fmt: skip
def test_no_date_is_better_than_a_wrong_one(text: str) -> None:
    """What can't be read is None."""
    assert read_date(text) is None


@given(st.text(max_size=60))
def test_reading_a_date_never_fails(text: str) -> None:
    """Any text gives an aware moment that can be reckoned with, or None."""
    moment = read_date(text)
    assert moment is None or moment.astimezone(UTC).utcoffset() == timedelta(0)


def test_a_page_instead_of_a_feed_is_named() -> None:
    """And its own feed with it, if it has one."""
    page = b"""<!DOCTYPE html><html><head><title>Gardens</title>
    <link rel="alternate" type="application/rss+xml" href="/feed/"></head><body>Hello</body></html>"""
    with pytest.raises(SourceError, match=r"web page \(HTML\), not a feed.*https://gardens\.example/feed/") as caught:
        read_feed(page, url="https://gardens.example/")
    assert caught.value.say


@pytest.mark.parametrize(
    "body",
    [b"", b"   \n", b"not a feed", b"\x00\x01\x02", b"{}", b"[1, 2]", b'{"items": 7}', b"[" * 100_000,
     b'<?xml version="1.0"?><sitemapindex></sitemapindex>', bytes(range(256)) * 50],
)  # fmt: skip
def test_what_is_no_feed_is_told_in_words(body: bytes) -> None:
    """Empty, garbage, an index of nothing, JSON of another kind."""
    with pytest.raises(SourceError) as caught:
        read_feed(body, url=URL)
    assert caught.value.say


def laughs() -> str:
    """An entity bomb: 10^9 laughs in a few lines."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>'


HOSTILE = {
    "entity bomb": rss("<item><title>&l9;</title><link>/1</link></item>", head=laughs()),
    "foreign file": rss(
        "<item><title>&x;</title><link>/1</link></item>",
        head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    "deep nesting": rss(ITEM + "<a>" * 100_000),
    "deep markup": rss(f"<item><link>/1</link><description><![CDATA[{'<div>' * 100_000}x]]></description></item>"),
    "scripts": rss(f"<item><link>/1</link><description><![CDATA[{'<script>' * 100_000}x]]></description></item>"),
    "attributes": rss(f"{ITEM}<x " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/>"),
    "long title": rss(f"<item><title>{'Щ' * 1_000_000}</title><link>/1</link></item>"),
    "many spaces": rss(f"<item><title>a{' ' * 300_000}b</title><link>/1</link></item>"),
    "open tags": rss(f"<item><title><![CDATA[{'<a ' * 200_000}]]></title><link>/1</link></item>"),
    "open quotes": rss(f"""<item><title><![CDATA[{'<a "' * 100_000}>]]></title><link>/1</link></item>"""),
    "open comments": rss(f"<item><title><![CDATA[{'<!--' * 100_000}]]></title><link>/1</link></item>"),
    "breaks": rss(f"<item><link>/1</link><description><![CDATA[{'<br> ' * 100_000}x]]></description></item>"),
    "references": rss(f"<item><title>T&#{'9' * 50_000};{'&' * 100_000}</title><link>/1</link></item>"),
    "doctypes": (b"<!DOCTYPE " * 50_000) + rss(ITEM),
    "unclosed CDATA": rss(f"<item><title>T</title><link>/1</link></item>{'<![CDATA[' * 50_000}"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_attacks_end_in_time(body: bytes) -> None:
    """Bombs, depth and breadth cost no more than seconds, read nothing foreign and raise nothing but SourceError."""
    started = time.process_time()
    try:
        feed = read_feed(body, url=URL)
    except SourceError:
        feed = Feed(None, URL, None, ())
    assert time.process_time() - started < 3
    assert all(len(entry.headline) <= 1_000 and "root:" not in entry.headline for entry in feed.entries)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_source_error(body: bytes) -> None:
    """Nothing else is ever raised."""
    for frame in (body, b"<rss><channel><item><title>" + body + b"</title><link>/1</link></item></channel></rss>"):
        try:
            read_feed(frame, url=URL)
        except SourceError:
            continue


@given(st.text(max_size=200))
def test_plain_text_has_no_line_breaks_and_no_controls(text: str) -> None:
    """Whatever the markup."""
    read = plain(text)
    assert read == read.strip()
    assert not any(char in "\n\r\t\0\u202e" for char in read)
    assert not paragraphs(text).startswith("\n")


def test_long_texts_are_cut_at_a_word() -> None:
    """With an ellipsis, and never over the limit."""
    assert cut("one two three", 9) == "one two…"
    assert len(cut("x" * 50, 10)) == 10


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("HTTPS://Gardens.Example/A?utm_source=x&id=7", "https://gardens.example/A?id=7"),
        ("https://a.example/p#comments", "https://a.example/p#comments"),
        ("https://a.example/p#xtor=RSS-1", "https://a.example/p"),
        ("https://a.example/p?fbclid=1", "https://a.example/p"),
    ],
)
def test_an_address_is_cleaned_of_trackers(url: str, clean: str) -> None:
    """One article, one address."""
    assert canonical(url) == clean


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "mailto:a@b.example", "http://[", "data:text/plain,x", "http://"]
)
def test_only_web_addresses_resolve(link: str) -> None:
    """Everything else is None."""
    assert resolve(link, "") is None
