"""Pages: the digest layout in any markup, metadata of every kind, profiles, and how an entry and its page merge."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError, SourceError
from bot.model import Article, Image, Outlet
from bot.source.batch import extract, extract_lines, feed, feed_lines, read_file
from bot.source.merge import merge
from bot.source.page import read_page, study_page
from bot.source.profile import Profile

URL = "https://digest.example/science/owls"
FIRST = "Совы летают бесшумно: край пера гасит вихри, пишет Le Hibou."
SECOND = "Инженеры перенесли эту бахрому на лопасти вентиляторов и измерили шум."
THIRD = "Первые испытания показали, что такие лопасти тише на три децибела."
INTRO = "Крыло совы подсказало, как сделать тише вентиляторы и ветряки."
DISCLAIMER = "Материалы дайджеста содержат оценки исключительно зарубежных СМИ и не отражают позицию редакции"

# The same article as five sites would lay it out.
LAYOUTS = {
    "article, dl": f"""<main><article><header><time datetime="2024-06-22T14:05:00+03:00">22 июня</time>
        <cite><a href="/c/1">Le Hibou</a></cite> <a rel="nofollow" href="https://hibou.example/ailes">Оригинал</a>
        <h1>Le Hibou: чему учит сова</h1></header>
        <div class="q1"><p>{INTRO}</p></div>
        <figure><img src="/blank.gif" style="background-image:url(/p/owl.jpg)"><figcaption>AFP</figcaption></figure>
        <div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{DISCLAIMER}</p>
        <p><a href="https://vk.com/digest">В нашем паблике самые свежие статьи</a></p></div>
        <dl><dt>источник</dt><dd><a href="/1">Le Hibou</a> <a href="/2">Франция</a> <a href="/3">Европа</a></dd>
        <dt>теги</dt><dd><a href="/t/1">совы</a> <a href="/t/2">шум</a></dd></dl></article></main>""",
    "divs, labels in spans": f"""<div id="page"><div class="a"><h1>Le Hibou: чему учит сова</h1>
        <div><span>22 июня 2024, 14:05</span> <time>2024-06-22T14:05:00+03:00</time>
        <a href="https://hibou.example/ailes">Читать оригинал →</a></div>
        <p><b>{INTRO}</b></p>
        <div class="pic" style="background: url('/p/owl.jpg') no-repeat"><img src="/i/pixel.gif"></div>
        <p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p><i>{DISCLAIMER}</i></p>
        <div><span>Источник:</span> <a href="/1">Le Hibou</a>, <a href="/2">Франция</a>, <a href="/3">Европа</a></div>
        <div><span>Теги:</span> <a href="/t/1">#совы</a> <a href="/t/2">#шум</a></div></div></div>""",
    "labels in the line": f"""<article><h1>Le Hibou: чему учит сова</h1>
        <time datetime="2024-06-22T14:05:00+03:00"></time>
        <div class="lead">{INTRO}</div>
        <figure><img data-src="/p/owl.jpg" src="data:image/gif;base64,R0"><figcaption>
        <span>Le Hibou: чему учит сова</span> <span>AFP</span></figcaption></figure>
        <div class="text"><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>
        <p>{DISCLAIMER}</p><p>Подписывайтесь: <a href="https://t.me/digest">Телеграм</a></p>
        <p><a href="https://hibou.example/ailes">Оригинал статьи</a></p>
        <p>Источник: <a href="/country/fr">Франция</a> <a href="/c/h">Le Hibou</a> <a href="/region/e">Европа</a></p>
        <p>Теги: совы, шум</p></article>""",
    "headings over lists": f"""<article><time datetime="2024-06-22T14:05:00+03:00"></time><cite>Le Hibou</cite>
        <h1>Le Hibou: чему учит сова</h1><section><p>{INTRO}</p></section>
        <figure><picture><img srcset="/p/s.jpg 300w, /p/owl.jpg 900w"></picture><figcaption>AFP</figcaption></figure>
        <section><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p><small>{DISCLAIMER}</small></p></section>
        <a href="https://hibou.example/ailes">Original</a>
        <h4>Источник</h4><ul><li><a>Le Hibou</a></li><li><a>Франция</a></li><li><a>Европа</a></li></ul>
        <h4>Теги</h4><ul><li><a>совы</a></li><li><a>шум</a></li></ul></article>
        <article><h1>Другая статья</h1></article>""",
}


def page(body: str, head: str = "") -> bytes:
    """A page with this head and body."""
    return (
        f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()
    )


@pytest.mark.parametrize("body", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_digest_layout_is_known_in_any_markup(body: str) -> None:
    """Not by names of classes: by what stands around a headline."""
    article = read_page(page(body, "<title>Сова — Дайджест</title>"), url=URL)
    assert article.headline == "Le Hibou: чему учит сова"
    assert article.lead == INTRO
    assert article.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert article.original_url == "https://hibou.example/ailes"
    assert article.tags == ("совы", "шум")
    assert article.disclaimer == DISCLAIMER
    assert (article.country, article.region) == ("Франция", "Европа")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-06-22T14:05:00+03:00"
    assert article.image is not None
    assert article.image.url == "https://digest.example/p/owl.jpg"
    assert article.language == "ru"


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_outlet_of_a_digest_article_is_the_paper_it_tells_of(name: str) -> None:
    """Not the digest itself, whatever its metadata says."""
    head = '<meta property="og:site_name" content="Дайджест">'
    assert read_page(page(LAYOUTS[name], head), url=URL).outlet == Outlet("Le Hibou")


@pytest.mark.parametrize("name", ["article, dl", "labels in the line", "headings over lists"])
def test_a_credit_is_the_caption_without_the_headline(name: str) -> None:
    """Such pages repeat the headline under the picture."""
    image = read_page(page(LAYOUTS[name]), url=URL).image
    assert image is not None
    assert image.credit == "AFP"


def test_an_ordinary_article_is_no_digest() -> None:
    """One sign alone does not make the layout: the metadata is believed."""
    article = read_page(
        page(
            f"<article><h1>Совы</h1><cite>Поговорка</cite><p>{FIRST}</p></article>",
            '<meta property="og:title" content="Как летают совы"><meta property="og:site_name" content="Природа">',
        ),
        url=URL,
    )
    assert (article.headline, article.outlet) == ("Как летают совы", Outlet("Природа"))


LD = {
    "@type": "NewsArticle",
    "headline": "Comets &amp; tails",
    "description": "A comet came by.",
    "articleBody": "One.\n\nTwo.",
    "image": {"@type": "ImageObject", "url": "/c.jpg", "creditText": "Cy Lens"},
    "author": [{"@type": "Person", "name": "Cy"}],
    "publisher": {"@id": "#org"},
    "keywords": "comets, tails",
    "datePublished": "2024-06-22T10:00:00Z",
    "dateModified": "2024-06-23T10:00:00Z",
    "inLanguage": "en",
    "mainEntityOfPage": {"@id": "https://stars.example/comets"},
}
ORGANISATION = {"@type": "Organization", "@id": "#org", "name": "Stars", "url": "https://stars.example/"}
AUTHOR = {"@type": "Person", "name": "Cy", "worksFor": ORGANISATION}
JSON_LD = {
    "alone": json.dumps({**LD, "publisher": ORGANISATION}),
    "a list": json.dumps([ORGANISATION, LD]),
    "a graph": json.dumps({"@graph": [AUTHOR, LD]}),
    "comment": f"<!-- {json.dumps([LD, ORGANISATION])} -->",
    "CDATA": f"//<![CDATA[\n{json.dumps([LD, ORGANISATION])}\n//]]>",
    "trailing comma": json.dumps([LD, ORGANISATION])[:-1] + ",]",
    "line breaks in texts": json.dumps([LD, ORGANISATION]).replace("came by", "came\\n by").replace("\\\\n", "\n"),
    "semicolon": json.dumps([LD, ORGANISATION]) + ";",
}


@pytest.mark.parametrize("script", JSON_LD.values(), ids=JSON_LD.keys())
def test_json_ld_is_read(script: str) -> None:
    """Alone, in lists and graphs, and with its commonest mistakes."""
    head = f'<script type="application/ld+json">{script}</script>'
    article = read_page(page("<h1>Something else</h1>", head), url="https://stars.example/comets?x=1")
    assert (article.headline, article.lead, article.body) == ("Comets & tails", "A comet came by.", "One.\n\nTwo.")
    assert article.image == Image("https://stars.example/c.jpg", "Cy Lens")
    assert (article.authors, article.tags) == (("Cy",), ("comets", "tails"))
    assert article.outlet == Outlet("Stars", "https://stars.example/")
    assert article.published_at == datetime(2024, 6, 22, 10, tzinfo=UTC)
    assert article.updated_at == datetime(2024, 6, 23, 10, tzinfo=UTC)
    assert article.canonical_url == "https://stars.example/comets"


def test_metadata_is_read() -> None:
    """OpenGraph, Twitter and plain `<meta>`; the site's name is no part of the headline."""
    article = read_page(
        page(
            "<h1>Menu</h1>",
            """<meta property="og:title" content="Bread without kneading | The Oven">
            <meta property="og:site_name" content="The Oven"><meta name="description" content="Wait a day.">
            <meta property="og:image" content="//img.oven.example/b.jpg"><meta name="author" content="Di Crust">
            <meta property="article:tag" content="bread"><meta property="article:tag" content="yeast">
            <meta property="article:published_time" content="2024-06-22T10:00:00+02:00">
            <link rel="canonical" href="/bread">""",
        ),
        url="https://oven.example/bread?from=feed",
    )
    assert (article.headline, article.lead) == ("Bread without kneading", "Wait a day.")
    assert article.image == Image("https://img.oven.example/b.jpg")
    assert (article.tags, article.authors, article.outlet) == (("bread", "yeast"), ("Di Crust",), Outlet("The Oven"))
    assert (article.id, article.canonical_url) == ("https://oven.example/bread", "https://oven.example/bread")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-06-22T10:00:00+02:00"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Bread without kneading | The Oven", "Bread without kneading"),
        ("Bread without kneading — The Oven", "Bread without kneading"),
        ("Salt - Sugar - two old friends of every cook", "Salt - Sugar - two old friends of every cook"),
        ("Bread", "Bread"),
    ],
)  # fmt: skip
def test_a_title_loses_the_name_of_the_site(title: str, headline: str) -> None:
    """A short tail after a bar or dash, when nothing better than the title is there."""
    assert read_page(page("<p>x</p>", f"<title>{title}</title>"), url=URL).headline == headline


def test_a_page_without_a_headline_is_told_in_words() -> None:
    """As is an empty one."""
    for body in (b"", b"   ", page("<p>Text</p>"), b"\x00\x01", b"%PDF-1.7"):
        with pytest.raises(SourceError) as caught:
            read_page(body, url=URL)
        assert caught.value.say


def test_old_pages_are_decoded() -> None:
    """By HTTP, by `<meta>`, or by a guess."""
    text = "<html><head>{}<title>Ещё один сад</title></head></html>"
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    for body, kind in (
        (text.format(meta).encode("cp1251"), None),
        (text.format("").encode("koi8-r"), "text/html; charset=koi8-r"),
        (text.format("").encode("cp1251"), None),
    ):
        assert read_page(body, url=URL, content_type=kind).headline == "Ещё один сад"


def test_a_profile_is_believed_first() -> None:
    """Every field by its selector; what it leaves out comes from other evidence."""
    profile = Profile(
        headline=".h", lead=".l", outlet=".o", original="a.src", image=".i", credit=".c", body=".b", disclaimer=".d",
        country=".co", region=".re", tags=".t li", date=".when",
    )  # fmt: skip
    article = read_page(
        page(
            """<h1>Not this</h1><div class=h>Moss</div><div class=l>It is soft.</div><i class=o>La Mousse</i>
            <a class=src href="/src">see</a><div class=i><img src="/m.jpg"></div><i class=c>Ed</i>
            <div class=b><p>One.</p><p class=d>No opinions.</p><p>Two.</p></div>
            <i class=co>France</i><i class=re>Europe</i>
            <ul class=t><li>moss</li><li>moss</li><li>forest</li></ul><i class=when>22.06.2024 10:00</i>""",
            '<meta name="author" content="Fi">',
        ),
        url=URL,
        profile=profile,
    )
    assert article == Article(
        id=URL,
        url=URL,
        headline="Moss",
        lead="It is soft.",
        body="One.\n\nTwo.",
        image=Image("https://digest.example/m.jpg", "Ed"),
        outlet=Outlet("La Mousse"),
        original_url="https://digest.example/src",
        country="France",
        region="Europe",
        tags=("moss", "forest"),
        authors=("Fi",),
        language="ru",
        published_at=datetime(2024, 6, 22, 10, tzinfo=UTC),
        disclaimer="No opinions.",
    )


def test_a_selector_that_is_none_is_named() -> None:
    """All of them at once, before anything is read."""
    with pytest.raises(SettingsError) as caught:
        Profile(headline="h1[", lead="p::", body="div.ok")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["headline", "lead"]


HOSTILE = {
    "deep": "<h1>T</h1>" + "<div>" * 100_000,
    "wide": "<h1>T</h1>" + "<p>x</p>" * 20_000,
    "attributes": "<h1 " + " ".join(f'a{n}="1"' for n in range(30_000)) + ">T</h1>",
    "links": "<h1>T</h1>" + "<a href='/x'>y</a> " * 20_000,
    "nested lists": "<article><h1>T</h1><cite>C</cite><p>Теги: <a>x</a></p>" + "<div>t<ul><li>" * 5_000 + "</article>",
    "deep and wide": "<div>" * 200 + "<h1>T</h1>" + "<p>x</p><a href='/x'>y</a><b></b>" * 8_000,
    "deep and empty": "<div>" * 200 + "<h1>T</h1>" + "<b></b>" * 30_000,
    "deep JSON": "<h1>T</h1><script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    "many figures": "<article><h1>T</h1><cite>C</cite><p>Теги: <a>x</a></p>" + "<figure><p>x</p></figure>" * 5_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_attacks_end_in_time(body: str) -> None:
    """Depth and breadth cost no more than seconds."""
    started = time.process_time()
    assert read_page(page(body), url=URL).headline == "T"
    assert time.process_time() - started < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_a_source_error(body: bytes) -> None:
    """Nothing else is ever raised."""
    for whole in (
        body,
        b"<article><h1>" + body + b"</h1><cite>x</cite>" + body,
        b"<script type='application/ld+json'>" + body,
    ):
        try:
            read_page(whole, url=URL)
        except SourceError:
            continue


ENTRY = Article(
    id="owl-7",
    url="https://digest.example/owls?utm_source=rss",
    canonical_url="https://digest.example/owls",
    headline="Совы",
    lead="Коротко.",
    tags=("Совы", "шум"),
    image=Image("https://digest.example/s/owl.jpg", "AFP"),
    published_at=datetime(2024, 6, 22, 10, tzinfo=UTC),
)
PAGE = Article(
    id="https://digest.example/science/owls",
    url="https://digest.example/science/owls",
    canonical_url="https://digest.example/science/owls",
    headline="Le Hibou: чему учит сова",
    lead=INTRO,
    body=FIRST,
    tags=("шум", "совы", "Франция"),
    image=Image("https://digest.example/l/owl.jpg"),
    outlet=Outlet("Le Hibou"),
    original_url="https://hibou.example/ailes",
    country="Франция",
    region="Европа",
    language="ru",
    published_at=datetime(2024, 6, 22, 11, tzinfo=UTC),
    disclaimer=DISCLAIMER,
)


def test_an_entry_and_its_page_become_one() -> None:
    """The feed's id, address and date; the page's texts; tags of both, each once; a credit is not lost."""
    merged = merge(ENTRY, PAGE)
    assert merged == replace(
        PAGE,
        id="owl-7",
        url=ENTRY.url,
        tags=("Совы", "шум", "Франция"),
        image=Image("https://digest.example/l/owl.jpg", "AFP"),
        published_at=ENTRY.published_at,
    )


def test_what_the_page_lacks_stays_as_the_feed_has_it() -> None:
    """Nothing is overwritten with nothing."""
    full = replace(PAGE, id="owl-7", authors=("А. Л.",), updated_at=PAGE.published_at)
    bare = Article(id="x", url=PAGE.url, headline=f"{full.headline} и другие")
    assert merge(full, bare) == replace(full, headline=bare.headline)


def test_a_page_about_something_else_changes_nothing() -> None:
    """A site that answers "moved" with status 200 does not make that the headline."""
    moved = Article(id="x", url=PAGE.url, headline="This page has moved", lead="Look elsewhere.")
    assert merge(ENTRY, moved) == ENTRY


def test_a_page_about_something_else_is_not_known_by_any_date() -> None:
    """Only by the entry's own: then the headline was changed."""
    moved = Article(id="x", url=PAGE.url, headline="This page has moved", published_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert merge(ENTRY, moved) == ENTRY
    retitled = replace(PAGE, headline="Как летать без шума", original_url=None)
    assert merge(ENTRY, retitled).headline == "Как летать без шума"


def test_a_guessed_lead_does_not_replace_the_feeds() -> None:
    """It is shown to who asks for one page; a feed knows better."""
    found = study_page(page(f"<h1>Совы</h1><p>{FIRST} {SECOND}</p>"), url=URL)
    assert (found.article.lead, found.certain.lead) == (f"{FIRST} {SECOND}", None)
    assert merge(ENTRY, found.certain).lead == ENTRY.lead
    told = study_page(page("<h1>Совы</h1>", f'<meta name="description" content="{INTRO}">'), url=URL)
    assert told.certain.lead == INTRO


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("https://digest.example/a", "https://digest.example/a"),
        ("https://www.digest.example/a", "https://www.digest.example/a"),
        ("https://other.example/a", "https://digest.example/owls"),
        ("https://digest.example/", "https://digest.example/owls"),
        (None, "https://digest.example/owls"),
    ],
)
def test_a_page_cannot_pass_itself_off_as_another(named: str | None, kept: str) -> None:
    """Its canonical address counts only on the entry's host, and never when it is the front page."""
    assert merge(ENTRY, replace(PAGE, canonical_url=named)).canonical_url == kept


def test_a_picture_with_a_credit_is_not_traded_for_one_without() -> None:
    """Unless it is the same picture."""
    other = replace(PAGE, image=Image("https://digest.example/banner.jpg"))
    assert merge(ENTRY, other).image == ENTRY.image


async def test_files_are_read_for_the_command_line(tmp_path: Path) -> None:
    """Pages and feeds, compressed ones too; a page that does not know its address stands at its file's."""
    (tmp_path / "owl.html.gz").write_bytes(gzip.compress(page("<h1>Совы</h1>")))
    (tmp_path / "rss.xml").write_text("<rss><channel><item><title>A</title><link>/a</link></item></channel></rss>")
    article = await extract(str(tmp_path / "owl.html.gz"))
    assert (article.headline, article.url) == ("Совы", (tmp_path / "owl.html.gz").as_uri())
    found, _ = await feed(str(tmp_path / "rss.xml"), url="https://digest.example/rss.xml")
    assert found.entries[0].url == "https://digest.example/a"


async def test_an_address_needs_a_fetcher() -> None:
    """The sentence says so."""
    with pytest.raises(SourceError, match="only files"):
        await extract("https://digest.example/")


def test_many_files_are_read_in_order_and_one_failure_stops_nothing(tmp_path: Path) -> None:
    """A line in, a line out."""
    (tmp_path / "a.html").write_bytes(page("<h1>Совы</h1>"))
    (tmp_path / "b.xml").write_text("<rss><channel><item><title>A</title><link>/a</link></item></channel></rss>")
    lines = [json.dumps({"file": name, "url": URL}) for name in ("a.html", "no.html", "b.xml")] + ["not json", "", "7"]
    pages = list(extract_lines(lines, folder=tmp_path))
    assert [one["file"] for one in pages] == ["a.html", "no.html", "b.xml", None, None]
    assert pages[0]["article"]["headline"] == "Совы"
    assert [bool(one["error"]) for one in pages] == [False, True, False, True, True]
    feeds = list(feed_lines(lines, folder=tmp_path))
    assert [bool(one["error"]) for one in feeds] == [True, True, False, True, True]
    assert feeds[2]["feed"]["entries"][0]["headline"] == "A"


async def test_a_compressed_bomb_is_not_unfolded(tmp_path: Path) -> None:
    """A file is read as far as the limit."""
    bomb = tmp_path / "bomb.xml.gz"
    bomb.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(SourceError, match="larger than"):
        await asyncio.to_thread(read_file, bomb)


def test_a_file_that_is_not_what_it_says_is_told_in_words(tmp_path: Path) -> None:
    """Not gzip, not there, or a folder."""
    (tmp_path / "x.gz").write_bytes(b"plain")
    for path in (tmp_path / "x.gz", tmp_path / "none.xml", tmp_path):
        with pytest.raises(SourceError, match="can't be read"):
            read_file(path)
