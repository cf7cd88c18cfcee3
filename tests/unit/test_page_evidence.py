"""What pages say of themselves, kind by kind: JSON-LD mended, microdata, titles, standfirsts, dates, bylines, tags."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Image, Outlet
from bot.source.dates import find_date
from bot.source.keywords import tag_list
from bot.source.names import shown_in, site_names, without_site
from bot.source.page import read_page, study_page
from bot.source.people import from_sight, people

URL = "https://www.owl-herald.example/2024/owls-in-town"
LEAD = "For the first time since the war an owl has nested on the roof of the town hall, and it means to stay."
OTHER = "A long enough text about something else altogether that a newsroom wrote for sharing on other sites."
TEXT = f"<p>{'Owls sleep by day and hunt by night. ' * 9}</p>" * 3


def page(body: str, head: str = "", lang: str = "en") -> bytes:
    """A page with this head and body."""
    return f'<html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()


def ld(script: str) -> str:
    """A script of JSON-LD."""
    return f'<script type="application/ld+json">{script}</script>'


FACTS = {"@type": "NewsArticle", "headline": "Owls in town", "datePublished": "2024-06-22T10:00:00+02:00"}
BROKEN = {
    "an escape JSON has not": '{"@type": "NewsArticle", "headline": "Owls in town", "x": "it\\\'s", '
    '"datePublished": "2024-06-22T10:00:00+02:00"}',
    "a comma is missing": '{"@type": "NewsArticle"\n "headline": "Owls in town",\n'
    '"datePublished": "2024-06-22T10:00:00+02:00"}',
    "comments": '{/* the article */ "@type": "NewsArticle", "headline": "Owls in town",\n// when\n'
    '"datePublished": "2024-06-22T10:00:00+02:00",}',
    "escaped as HTML": json.dumps(FACTS).replace('"', "&quot;"),
    "two documents": json.dumps({"@type": "WebSite", "name": "Owl Herald"}) + "\n" + json.dumps(FACTS),
    "quotes inside a text": '{"@type": "NewsArticle", "headline": "Owls in town", "description": "He said "no" twice", '
    '"datePublished": "2024-06-22T10:00:00+02:00"}',
    "cut off": json.dumps({**FACTS, "articleBody": "One. Two."})[:-8],
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN.keys())
def test_broken_json_ld_still_tells_its_facts(script: str) -> None:
    """Mended where that is possible; else its plain facts are saved."""
    article = read_page(page("<h1>Something</h1>", ld(script)), url=URL)
    assert article.headline == "Owls in town"
    assert article.published_at == datetime.fromisoformat("2024-06-22T10:00:00+02:00")


def test_of_several_articles_in_json_ld_the_pages_own_counts() -> None:
    """Not the fullest one, which may be a story it points to."""
    nodes = [
        {**FACTS, "headline": "Another story", "description": "x", "author": "A", "image": "/x.jpg", "url": "/other"},
        {**FACTS, "url": URL},
    ]
    assert read_page(page("<h1>Owls</h1>", ld(json.dumps(nodes))), url=URL).headline == "Owls in town"


def test_of_several_pictures_in_json_ld_the_widest_counts() -> None:
    """Where no width is told, the first."""
    wide = {**FACTS, "image": [{"url": "/s.jpg", "width": 300}, {"url": "/l.jpg", "width": "1600px"}]}
    article = read_page(page("<h1>Owls</h1>", ld(json.dumps(wide))), url=URL)
    assert article.image == Image("https://www.owl-herald.example/l.jpg")


def test_the_date_of_a_page_that_calls_itself_no_article_counts() -> None:
    """As WordPress tells it."""
    node = ld(json.dumps({"@graph": [{"@type": "WebPage", "datePublished": "2024-06-22T10:00:00+02:00"}]}))
    published = read_page(page("<h1>Owls</h1>", node), url=URL).published_at
    assert published is not None
    assert published.isoformat() == "2024-06-22T10:00:00+02:00"


def test_microdata_is_read() -> None:
    """The article's own properties; not those of its author or of a comment."""
    article = read_page(
        page(
            """<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Owls in town</h1>
            <p itemprop="description">They came at dusk.</p>
            <time itemprop="datePublished" datetime="2024-06-22">x</time>
            <span itemprop="author" itemscope itemtype="https://schema.org/Person">By
            <b itemprop="name">Ann Lee</b></span>
            <img itemprop="image" src="/o.jpg"><span itemprop="keywords"><a>owls</a> <a>roofs</a></span>
            <div itemprop="publisher" itemscope><meta itemprop="name" content="Owl Herald"></div>
            <div itemprop="comment" itemscope itemtype="https://schema.org/Comment">
            <span itemprop="datePublished" content="2030-01-01">x</span></div></div>"""
        ),
        url=URL,
    )
    assert (article.headline, article.lead) == ("Owls in town", "They came at dusk.")
    assert (article.authors, article.tags) == (("Ann Lee",), ("owls", "roofs"))
    assert (article.image, article.outlet) == (Image("https://www.owl-herald.example/o.jpg"), Outlet("Owl Herald"))
    assert article.published_at == datetime.fromisoformat("2024-06-22T00:00:00+00:00")


def test_rdfa_is_read() -> None:
    """Properties with and without a prefix."""
    body = """<div typeof="schema:NewsArticle"><h1 property="schema:headline">Owls in town</h1>
        <span property="dc:date" content="2024-06-22">x</span><span property="schema:author">Ann Lee</span></div>"""
    article = read_page(page(body), url=URL)
    assert (article.headline, article.authors) == ("Owls in town", ("Ann Lee",))
    assert article.published_at == datetime.fromisoformat("2024-06-22T00:00:00+00:00")


@pytest.mark.parametrize(
    ("head", "body", "headline"),
    [
        ("<title>Owl Herald » Owls in town</title>", "<h1>Owl Herald</h1><h2>Owls in town</h2>", "Owls in town"),
        ("<title>Owls in town - News - Owl Herald</title>", "<h1>Menu</h1>", "Owls in town - News"),
        ("<title>Owls in town</title>", "<h1>Quick links</h1>", "Owls in town"),
        ("<title>Owl Herald</title>", "<h1>Owls in town</h1>", "Owls in town"),
        ("<title>Owls in town</title>", "<h1>Nature: Owls in town</h1>", "Owls in town"),
        ("<title>Owl Herald</title>", '<h1><span class="kicker">Nature</span> Owls in town</h1>', "Owls in town"),
        ("<title>Owl Herald</title>", "<h1>Owls in town <small>They came at dusk</small></h1>", "Owls in town"),
        ('<meta property="og:title" content="Owl Herald"><title>Owls in town</title>', "<p>x</p>", "Owls in town"),
        (
            '<meta property="og:title" content="Owls in town (2024) | The Owl Herald"><title>x</title>',
            "<h1>Owls in town</h1>",
            "Owls in town",
        ),
        (
            '<meta property="og:title" content="The owls that came to live in the middle of our…">',
            "<h1>The owls that came to live in the middle of our town</h1>",
            "The owls that came to live in the middle of our town",
        ),
        (
            '<meta property="og:title" content="Press releases"><title>Owls in town</title>',
            "<h1>Owls in town</h1>",
            "Owls in town",
        ),
    ],
)
def test_the_headline_is_what_the_page_shows(head: str, body: str, headline: str) -> None:
    """Never the site's name, never with it; of titles and headings those that confirm each other."""
    assert read_page(page(body + TEXT, head), url=URL).headline == headline


def test_a_heading_that_only_leads_home_is_the_sites_name() -> None:
    """Not the article's headline, though it stands in the title, too; on the front page itself it may be one."""
    heads = '<h1><a href="/">Night birds of the north</a></h1><h2>Owls in town</h2>'
    title = "<title>Night birds of the north » Archive » Owls in town</title>"
    assert read_page(page(heads, title), url=URL).headline == "Owls in town"
    front = read_page(page('<h1><a href="/">Owls in town</a></h1>'), url="https://www.owl-herald.example/")
    assert front.headline == "Owls in town"


def test_json_ld_that_the_page_belies_is_not_believed() -> None:
    """What it calls a headline stands nowhere, while title and heading agree on another."""
    script = ld('{"@type": "Article", "name": "Owls in town", "headline": "list article of an encyclopedia"}')
    found = read_page(
        page("<h1>Birds of the night</h1>", f"<title>Birds of the night - Herald</title>{script}"), url=URL
    )
    assert found.headline == "Birds of the night"


def test_a_marked_standfirst_is_the_lead() -> None:
    """Before what was written for sharing; a caption or a notice is none."""
    head = f'<meta property="og:description" content="{OTHER}">'
    for wrong in (
        f'<div class="image-caption lead">{LEAD}</div>',
        f'<div class="intro">We use cookies. {LEAD}</div>',
        f'<nav><div class="intro">{LEAD}</div></nav>',
        f'<p class="lead"><a href="/x">{LEAD}</a></p>',
        "<p class='subtitle'>Short.</p>",
    ):
        assert read_page(page(f"<h1>Owls in town</h1>{wrong}{TEXT}", head), url=URL).lead == OTHER
    shown = f'<h1>Owls in town</h1><p class="article__standfirst">{LEAD}</p>{TEXT}'
    assert read_page(page(shown, head), url=URL).lead == LEAD


def test_a_lead_that_was_cut_off_is_completed() -> None:
    """From other evidence that begins alike."""
    head = f'<meta name="og:description" content="{LEAD[:60]}…">' + ld(json.dumps({**FACTS, "description": LEAD}))
    assert read_page(page("<h1>Owls in town</h1>", head), url=URL).lead == LEAD


def test_without_any_lead_the_first_paragraph_is_guessed() -> None:
    """The first long one under the headline that is no notice."""
    body = f"<p>{LEAD}</p><h1>Owls in town</h1><p>Photo</p><p>We use cookies. {OTHER}</p><p>{OTHER}</p>"
    found = study_page(page(body), url=URL)
    assert (found.article.lead, found.believed["lead"]) == (OTHER, "guess")


@pytest.mark.parametrize(
    ("lang", "text", "day"),
    [
        ("en", '<time datetime="2024-06-22T10:00:00+02:00">yesterday</time>', "2024-06-22T10:00:00+02:00"),
        ("de", "<div class='article-meta'>22. Juni 2024, 10:30 Uhr</div>", "2024-06-22T10:30:00+00:00"),
        ("ru", "<span class='date'>22 июня 2024 в 10:30</span>", "2024-06-22T10:30:00+00:00"),
        ("en", "<p>Published on June 22, 2024</p>", "2024-06-22T00:00:00+00:00"),
        ("en-US", "<span class='publish-date'>6/22/2024</span>", "2024-06-22T00:00:00+00:00"),
        ("en-GB", "<span class='publish-date'>5/6/2024</span>", "2024-06-05T00:00:00+00:00"),
        ("en-US", "<span class='publish-date'>5/6/2024</span>", "2024-05-06T00:00:00+00:00"),
        ("hu", "<span class='date'>2024. június 22.</span>", "2024-06-22T00:00:00+00:00"),
        ("ja", "<span class='date'>2024年6月22日 10:30</span>", "2024-06-22T10:30:00+00:00"),
        ("tr", "<span class='date'>22 Haziran 2024</span>", "2024-06-22T00:00:00+00:00"),
        ("ar", "<span class='date'>22 يونيو 2024</span>", "2024-06-22T00:00:00+00:00"),
        ("de", "<p>Zuletzt aktualisiert: 25.06.2024</p><p>Erstellt am 22.06.2024</p>", "2024-06-22T00:00:00+00:00"),
    ],
)
def test_a_date_is_found_where_a_reader_finds_it(lang: str, text: str, day: str) -> None:
    """Marked or near the headline, in its language; that of a change is not it."""
    published = read_page(
        page(f"<h1>Owls in town</h1>{text}{TEXT}", lang=lang), url="https://owl.example/a"
    ).published_at
    assert published is not None
    assert published.isoformat() == day


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://owl.example/2024/06/22/owls", ""),
        ("https://owl.example/a", '<script>window.__STATE__={"publishedAt":"2024-06-22T10:00:00Z"}</script>'),
        ("https://owl.example/a", "<footer><p>Impressum. Erschienen am: 22.06.2024. Lesungen: 61</p></footer>"),
    ],
)
def test_a_date_is_found_where_only_the_page_knows_it(url: str, body: str) -> None:
    """In the address, in the page's own data, behind a label."""
    published = read_page(page(f"<h1>Owls in town</h1>{TEXT}{body}"), url=url).published_at
    assert published is not None
    assert published.date().isoformat() == "2024-06-22"


def test_a_date_that_does_not_say_what_it_is_comes_after_the_one_that_is_shown() -> None:
    """Content systems write the day of the last change there; without another it is taken."""
    head = '<meta name="date" content="2024-06-25">'
    for body, day in (("<time datetime='2024-06-22'>x</time>", 22), ("", 25)):
        published = read_page(page(f"<h1>Owls in town</h1>{body}", head), url="https://owl.example/a").published_at
        assert published is not None
        assert published.day == day


def test_dates_of_other_things_are_not_taken() -> None:
    """A wrong date is worse than none."""
    body = f"""<nav><time datetime="2020-01-01">1 January 2020</time></nav><h1>Owls in town</h1>{TEXT}
        <p>The nest was built on 3 May 1950, says the keeper.</p>
        <div class="related"><span class="date">5 March 2021</span></div>
        <div class="comments"><time>7 July 2022</time></div>"""
    padding = "<i></i>" * 70
    assert (
        read_page(page(padding + body.replace("</nav>", "</nav>" + padding)), url="https://owl.example/a").published_at
        is None
    )


@pytest.mark.parametrize(
    "shown",
    [
        "June 22, 2024 at 9:30 p.m.",
        "<time datetime='2024-06-22T21:30:40-07:00'>22 June</time>",
        "22 June 2024, 21:30 PDT",
    ],
)
def test_a_date_in_utc_gets_the_offset_of_the_clock_that_is_shown(shown: str) -> None:
    """Half past nine in the evening was the next morning in UTC: readers know the article by the evening's date."""
    head = '<meta property="article:published_time" content="2024-06-23T04:30:40Z">'
    published = read_page(page(f"<h1>Owls in town</h1><p class=date>{shown}</p>", head), url=URL).published_at
    assert published is not None
    assert published.isoformat() == "2024-06-22T21:30:40-07:00"


@given(st.text(max_size=300), st.booleans())
def test_a_date_is_found_in_any_text_or_none(text: str, month_first: bool) -> None:
    """Nothing is ever raised, and what is found is aware and stands where it says."""
    if found := find_date(text, month_first=month_first):
        assert found[0].tzinfo is not None
        assert 0 <= found[1] < len(text)


@pytest.mark.parametrize(
    "byline",
    [
        '<a rel="author" href="/x">Ann Lee</a>, <a rel="author" href="/y">Bo Ek</a>',
        '<div class="byline">By <a href="/authors/ann">Ann Lee</a> and <a href="/authors/bo">Bo Ek</a> | 2024</div>',
        '<span class="authorName">Von Ann Lee und Bo Ek</span>',
        "<p>By Ann Lee and Bo Ek</p>",
    ],
)
def test_a_byline_is_read(byline: str) -> None:
    """Links to authors, marked elements, or "By …" under the headline."""
    assert read_page(page(f"<h1>Owls in town</h1>{byline}{TEXT}"), url=URL).authors == ("Ann Lee", "Bo Ek")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Ann Lee", ("Ann Lee",)),
        ("BY ANN LEE", ("ANN LEE",)),
        ("Ann Lee; Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Di Crust", ("Di Crust",)),
        ("Автор: Анна Ли", ("Анна Ли",)),
        ("https://facebook.com/owl", ()),
        ("admin", ()),
        ("Owl Herald, Ann Lee", ("Ann Lee",)),
        ("Owl Herald", ("Owl Herald",)),
    ],
)
def test_a_bylines_names(said: str, names: tuple[str, ...]) -> None:
    """Each person once, without the words around them; the site only where nobody else is named."""
    assert people([said], site_names(["Owl Herald"], URL)) == names


def test_a_byline_ends_where_the_date_begins() -> None:
    """And where a role does."""
    assert from_sight("Von Ann Lee | 22.06.2024") == "Ann Lee"
    assert from_sight("By Ann Lee, for the Herald") == "Ann Lee"


@pytest.mark.parametrize(
    "box",
    [
        '<p><a rel="tag" href="/t/1">owls</a> <a rel="tag" href="/2">roofs</a> <a rel="category tag">X</a></p>',
        '<ul class="post-tags"><li><a href="/tag/owls">#owls</a></li><li><a href="/tag/roofs">#roofs</a></li></ul>',
        '<a class="article-tag" href="/topic/owls">owls</a><a class="article-tag" href="/topic/roofs">roofs</a>',
    ],
)
def test_tags_are_the_pages_own_list(box: str) -> None:
    """Related links or a marked box; not the cloud in the sidebar, not the site's keywords."""
    cloud = (
        '<aside><div class="tags">'
        + "".join(f'<a rel="tag" href="/tag/{n}">t{n}</a>' for n in range(9))
        + "</div></aside>"
    )
    head = '<meta name="keywords" content="news, sport, weather, politics">'
    assert read_page(page(f"{cloud}<h1>Owls in town</h1>{TEXT}{box}", head), url=URL).tags == ("owls", "roofs")


def test_keywords_count_if_they_are_about_this_page() -> None:
    """Half of them stand in its text."""
    for keywords, tags in (("owls, night, tax", ("owls", "night", "tax")), ("news, sport, weather, owls", ())):
        head = f'<meta name="keywords" content="{keywords}">'
        assert read_page(page(f"<h1>Owls in town</h1>{TEXT}", head), url=URL).tags == tags


def test_tags_without_what_only_machines_read() -> None:
    """Codes, types and counts are no tags; commas of every script part them."""
    said = [
        "Owls, #roofs",
        "Page Type: Article",
        "8f507083-bac4-423a-9015-2eb31e1bce50",
        "topic/night",
        "(3) Town",
        "covid19",
        "OWLS",
        "猫、犬",
    ]
    assert tag_list(said) == ("Owls", "roofs", "night", "Town", "covid19", "猫", "犬")


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Owls | Owl Herald", "Owls"),
        ("Owls｜Owl Herald", "Owls"),
        ("Owls in town - News | Owl Herald", "Owls in town - News"),
        ("Owl Herald: Owls", "Owl Herald: Owls"),
        ("Owl Herald - Owls in town", "Owls in town"),
        ("Owls - what they eat", "Owls - what they eat"),
        ("Owls in town – owl-herald.example", "Owls in town"),
    ],
)
def test_a_title_without_its_site(title: str, left: str) -> None:
    """At either end, by the name or by the host; what is no name stays."""
    assert without_site(title, site_names(["Owl Herald"], URL)) == left


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5))
def test_a_title_never_gets_longer(title: str, names: list[str]) -> None:
    """And a heading that stands in it is one of those given."""
    sites = site_names(names, URL)
    assert len(without_site(title, sites, guess=True)) <= len(title)
    assert shown_in(title, names, sites) in (None, *names)


def test_it_is_told_which_evidence_gave_each_field() -> None:
    """And what the others said."""
    shared_as = f'<meta property="og:title" content="Owls!"><meta property="og:description" content="{OTHER}">'
    body = f"<h1>Owls in town</h1><p class='standfirst'>{LEAD}</p>"
    found = study_page(page(body, shared_as + ld(json.dumps(FACTS))), url=URL)
    believed = {field: found.believed[field] for field in ("headline", "lead", "published_at")}
    assert believed == {"headline": "jsonld", "lead": "visible", "published_at": "jsonld"}
    assert (found.evidence["meta"].headline, found.evidence["meta"].lead) == ("Owls!", OTHER)


HOSTILE = {
    "classes": "".join(f'<p class="date author tag lead {"x" * 200}{n}">22 June 2024</p>' for n in range(20_000)),
    "one long class": f'<p class="{"Date" * 200_000}">x</p>',
    "times": "<time>no date</time>" * 30_000,
    "published times": "<time datetime='x'>published 1 1 1 1</time>" * 30_000,
    "published numbers": f"<p>{'1 published ' * 25_000}</p>",
    "properties": '<i itemprop="headline author datePublished keywords">x</i>' * 20_000,
    "properties in things": '<div itemscope itemtype="Comment">' * 200 + '<i itemprop="headline">x</i>' * 5_000,
    "tags": '<a rel="tag author" href="/tag/x">x</a>' * 20_000,
    "bars": f"<h2>{' - ' * 10_000}</h2>",
    "digits": f"<p>{'1.1.' * 50_000}</p><p>{'2024-' * 20_000}</p>",
    "scripts": "<script>" + '"published_at":"' * 30_000 + "</script>",
    "broken JSON-LD": ld('{"@type":"NewsArticle",' + '"a":[{' * 50_000),
    "spaces in JSON-LD": ld('{"@type":"NewsArticle"' + "\n" * 200_000 + ',"a" "b"}'),
    "many nodes": ld(json.dumps([{"@type": "NewsArticle", "@id": "#a", "headline": "x"}] * 20_000)),
    "boxes of tags": '<div class="tags">' * 300 + "<a href='/tag/x'>x</a>" * 3_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_attacks_on_the_evidence_end_in_time(body: str) -> None:
    """Whatever is looked for is looked for within bounds."""
    started = time.process_time()
    assert read_page(page(f"<h1>Title</h1>{body}", f"<title>{'a | ' * 20_000}</title>"), url=URL).headline
    assert time.process_time() - started < 5
