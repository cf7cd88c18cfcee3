"""Feeds in unusual dress: sitemaps, pages that list articles, pages that name a feed, broken XML, every encoding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError, SourceError
from bot.model import Image
from bot.source.charset import decode
from bot.source.elsewhere import FeedElsewhere
from bot.source.feed import read_feed
from bot.source.listing import Listing, read_listing
from bot.source.sitemap import MOST

URL = "https://gardens.example/rss.xml"
NEWS_SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://gardens.example/roses</loc><lastmod>2024-06-22T12:00:00Z</lastmod>
<image:image><image:loc>https://gardens.example/r.jpg</image:loc><image:title>No headline</image:title></image:image>
<news:news><news:publication><news:name>Gardens</news:name><news:language>ru</news:language></news:publication>
<news:publication_date>2024-06-22T10:00:00Z</news:publication_date><news:title>\xd0\xa0\xd0\xbe\xd0\xb7\xd1\x8b</news:title>
<news:keywords>roses, June</news:keywords></news:news></url>
<url><loc>https://gardens.example/tulips</loc></url></urlset>"""


def test_a_news_sitemap_is_a_feed() -> None:
    """Headline, dates, language, tags and picture; an address alone waits for its page."""
    roses, tulips = read_feed(NEWS_SITEMAP, url=URL).entries
    assert (roses.headline, roses.url, roses.language, roses.tags) == (
        "Розы",
        "https://gardens.example/roses",
        "ru",
        ("roses", "June"),
    )
    assert roses.published_at == datetime(2024, 6, 22, 10, tzinfo=UTC)
    assert roses.updated_at == datetime(2024, 6, 22, 12, tzinfo=UTC)
    assert roses.image == Image("https://gardens.example/r.jpg")
    assert (tulips.headline, tulips.url) == ("", "https://gardens.example/tulips")


def test_all_pictures_of_an_address_in_a_sitemap_are_read() -> None:
    """The first is the article's, the others its gallery; no other sizes of them, nothing that is no photo."""
    names = ["r.jpg", "r-300x200.jpg", "s.jpg", "logo.svg", "t.jpg"]
    images = "".join(f"<image:image><image:loc>/{name}</image:loc></image:image>" for name in names)
    text = NEWS_SITEMAP.decode().replace("</image:image>", "</image:image>" + images, 1)
    roses, _ = read_feed(text.encode(), url=URL).entries
    assert roses.image == Image("https://gardens.example/r.jpg")
    assert [one.url for one in roses.gallery] == ["https://gardens.example/s.jpg", "https://gardens.example/t.jpg"]


def test_of_a_huge_sitemap_the_newest_are_taken() -> None:
    """And the number of the others is told."""
    written = "".join(
        f"<url><loc>https://a.example/{n}</loc><lastmod>{'2024' if n == 5500 else '2020'}-01-01</lastmod></url>"
        for n in range(MOST + 1000)
    )
    feed = read_feed(f"<urlset>{written}</urlset>".encode(), url=URL)
    assert len(feed.entries) == MOST
    assert feed.entries[0].url == "https://a.example/5500"
    assert feed.problems == (f"1000 addresses beyond the newest {MOST} were left out.",)


def test_a_list_of_sitemaps_leads_to_the_one_for_news() -> None:
    """Else to the one that changed last."""
    text = """<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
    <sitemap><loc>/b.xml</loc><lastmod>2024-02-01</lastmod></sitemap>{}</sitemapindex>"""
    with pytest.raises(FeedElsewhere) as caught:
        read_feed(text.format("").encode(), url=URL)
    assert caught.value.address == "https://gardens.example/b.xml"
    with pytest.raises(FeedElsewhere) as caught:
        read_feed(text.format("<sitemap><loc>/news.xml</loc></sitemap>").encode(), url=URL)
    assert caught.value.address == "https://gardens.example/news.xml"


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="alternate" type="application/atom+xml" href="/atom">', "https://gardens.example/atom"),
        ('<link REL="Alternate" TYPE="application/rss+xml; charset=utf-8" href="rss">', "https://gardens.example/rss"),
        (
            '<base href="/blog/"><link rel=alternate type=application/feed+json href=f>',
            "https://gardens.example/blog/f",
        ),
        (
            "<link rel=alternate type=text/xml href=/comments/feed><link rel=feed href=/feed>",
            "https://gardens.example/feed",
        ),
        ('<link rel="alternate" hreflang="en" href="/en/"><link rel=feed href="/all">', "https://gardens.example/all"),
    ],
)
def test_a_page_leads_to_its_feed(head: str, address: str) -> None:
    """The first that is not of comments; what says another language or a style is none."""
    with pytest.raises(FeedElsewhere, match="web page") as caught:
        read_feed(f"<!doctype html><html><head>{head}</head></html>".encode(), url="https://gardens.example/")
    assert caught.value.address == address


PAGE = """<!doctype html><html lang="ru"><head><title>Сады</title></head><body><nav><a href="/about">О нас</a></nav>
<article class="t"><a href="/roses?utm_source=x"><h2>Розы цветут</h2></a><p class="lead">Рано в этом году.</p>
<time datetime="2024-06-22T10:00:00+03:00">22 июня</time><img src="/r.jpg"><ul><li>сад</li><li>июнь</li></ul></article>
<article class="t"><h2>Без ссылки</h2></article>
<article class="t"><a href="https://other.example/x">Тюльпаны</a></article></body></html>"""


def test_a_page_that_lists_articles_is_read_by_selectors() -> None:
    """What each teaser tells; the page's navigation is no article."""
    listing = Listing(entry="article.t", headline="h2", lead=".lead", tags="li")
    feed = read_listing(PAGE.encode(), listing, url="https://gardens.example/news")
    assert (feed.title, feed.language) == ("Сады", "ru")
    roses, nowhere, _ = feed.entries
    assert (roses.headline, roses.canonical_url, roses.lead) == (
        "Розы цветут",
        "https://gardens.example/roses",
        "Рано в этом году.",
    )
    assert (roses.tags, roses.image) == (("сад", "июнь"), Image("https://gardens.example/r.jpg"))
    assert roses.published_at is not None
    assert roses.published_at.utcoffset() == timedelta(hours=3)
    assert (nowhere.headline, nowhere.url) == ("Без ссылки", "")
    bare = read_listing(PAGE.encode(), Listing(entry="article.t"), url="https://gardens.example/news")
    assert [entry.headline for entry in bare.entries] == ["Розы цветут", "", "Тюльпаны"]


def test_selectors_that_fit_nothing_are_an_error() -> None:
    """An empty success would hide that the page was made anew."""
    with pytest.raises(SourceError, match="whether the page has changed"):
        read_listing(PAGE.encode(), Listing(entry="div.teaser"), url=URL)
    with pytest.raises(SettingsError, match=r"entry: 'article\.\.' is no CSS selector"):
        Listing(entry="article..")


BROKEN_ROOT = """<?xml?xml version="1.0"??><rss rss:version=2.0><rss:channel><rss:title>T</rss:title>
<rss:item><rss:title>One</rss:title><rss:link>https://a.example/1</rss:link></rss:item>
<rss:item><rss:title>Two</rss:title><rss:link>https://a.example/2</rss:link></rss:item></rss:channel></rss>"""
UNCLOSED = """<rss><channel><item><title>One</title><link>https://a.example/1</link><description>a <b x="</description>
</item><item><title>Two</title><link>https://a.example/2</link></item></channel></rss>"""


@pytest.mark.parametrize("text", [BROKEN_ROOT, UNCLOSED], ids=["a broken beginning", "a broken entry"])
def test_what_is_broken_takes_no_other_entry_with_it(text: str) -> None:
    """Where the whole can't be read, every entry is read by itself."""
    entries = read_feed(text.encode(), url=URL).entries
    assert [(entry.headline, entry.url) for entry in entries] == [
        ("One", "https://a.example/1"),
        ("Two", "https://a.example/2"),
    ]


def test_short_entities_of_the_document_are_known() -> None:
    """Nested ones, of which bombs are made, are not expanded."""
    text = """<!DOCTYPE rss [<!ENTITY site "https://a.example/"><!ENTITY bomb "&site;&site;">]>
    <rss><channel><item><title>&bomb;</title><link>&site;1</link></item></channel></rss>"""
    [entry] = read_feed(text.encode(), url=URL).entries
    assert (entry.url, entry.headline) == ("https://a.example/1", "&bomb;")


@pytest.mark.parametrize(
    ("head", "minutes", "hub"),
    [
        ("<ttl>60</ttl>", 60, None),
        ("<ttl>soon</ttl>", None, None),
        ('<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>', 60, None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 360, None),
        (
            '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>',
            None,
            "https://hub.example/",
        ),
    ],
)
def test_a_feed_says_how_long_it_stays_and_who_would_push_it(head: str, minutes: int | None, hub: str | None) -> None:
    """`ttl`, the syndication module, and WebSub's hub."""
    feed = read_feed(f"<rss><channel>{head}</channel></rss>".encode(), url=URL)
    assert feed.ttl == (timedelta(minutes=minutes) if minutes else None)
    assert feed.hub == hub


def test_relative_links_belong_to_the_site_the_feed_is_kept_for() -> None:
    """When that is on another host than the feed; on the same one they are relative to the feed."""
    text = "<rss><channel><link>{}</link><item><title>T</title><link>roses</link></item></channel></rss>"
    [elsewhere] = read_feed(text.format("https://site.example/").encode(), url="https://feeds.example/x/rss").entries
    assert elsewhere.url == "https://site.example/roses"
    [here] = read_feed(text.format("https://feeds.example/").encode(), url="https://feeds.example/x/rss").entries
    assert here.url == "https://feeds.example/x/roses"


def test_a_counted_link_has_the_address_of_the_article_beside_it() -> None:
    """FeedBurner's link goes through its counter; the article is known by its own address."""
    text = """<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><title>T</title>
    <link>http://feedproxy.example/~r/1</link><feedburner:origLink>https://a.example/1?utm_source=f</feedburner:origLink>
    </item></channel></rss>"""
    [entry] = read_feed(text.encode(), url=URL).entries
    assert (entry.url, entry.link) == ("http://feedproxy.example/~r/1", "https://a.example/1")


RUSSIAN = (
    "Сегодня в Париже открылась выставка живых растений. Её посетят тысячи человек, пишет Le Jardin. Объём — рекордный."
)
CYRILLIC = ("utf-8", "cp1251", "koi8-r", "iso8859-5", "cp866", "cp855", "mac-cyrillic")
LABELS = (None, "utf-8", "iso-8859-1", "windows-1251", "koi8-r", "iso-8859-5", "ibm866", "ibm855", "x-mac-cyrillic")


@pytest.mark.parametrize("encoding", CYRILLIC)
@pytest.mark.parametrize("label", LABELS)
def test_russian_is_read_in_every_encoding_whatever_is_declared(encoding: str, label: str | None) -> None:
    """Rightly, wrongly or not at all; in the document or in HTTP."""
    body = f"<rss><channel><item><title>{RUSSIAN}</title></item></channel></rss>".encode(encoding, "xmlcharrefreplace")
    declared = b"" if label is None else b'<?xml version="1.0" encoding="' + label.encode() + b'"?>'
    http = None if label is None else f"text/xml; charset={label}"
    for given_body, given_type in ((declared + body, None), (body, http)):
        [entry] = read_feed(given_body, url=URL, content_type=given_type).entries
        assert entry.headline == RUSSIAN


@given(st.text(alphabet="бвгдежзийклмнопрстуфхцчшщыьэюя ", min_size=3).map(lambda text: f"Это было {text}"))
def test_what_is_utf8_is_never_taken_for_anything_else(text: str) -> None:
    """Whatever the label says."""
    for label in ("windows-1251", "koi8-r", "x-mac-cyrillic"):
        assert decode(text.encode(), f"text/xml; charset={label}") == text
