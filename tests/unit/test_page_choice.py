"""Which title and which day is believed, where a page tells several."""

from __future__ import annotations

import json

import pytest

from bot.source.page import read_page, study_page
from tests.accuracy.scoring import like_title
from tests.unit.test_page_evidence import FACTS, TEXT, ld, page

URL = "https://www.owl-herald.example/owls-in-town"
SHARED = '<meta property="og:title" content="{}">'
LONG = "Owls in town: what their neighbours on the market square say about the noise that they make every night"


@pytest.mark.parametrize(
    ("told", "shared", "title", "headline"),
    [
        ("Nature: Owls in town", "Nature: Owls in town", "Nature: Owls in town | Herald", "Nature: Owls in town"),
        ("Nature - Owls in town", "Nature: Owls in town", "Nature: Owls in town | Herald", "Nature: Owls in town"),
        ("Owls in town", "Nature: Owls in town", "Nature: Owls in town | Herald", "Owls in town"),
        ("Nature: Owls in town", "Owls in town", "Nature: Owls in town | Herald", "Owls in town"),
    ],
)
def test_a_kicker_belongs_to_the_title_if_all_machines_are_told_so(
    told: str, shared: str, title: str, headline: str
) -> None:
    """In JSON-LD, for sharing and in `<title>`; else the heading alone is the headline."""
    head = SHARED.format(shared) + f"<title>{title}</title>" + ld(json.dumps({**FACTS, "headline": told}))
    assert read_page(page("<h1>Owls in town</h1>", head), url=URL).headline == headline


def test_a_title_cut_off_at_its_bound_is_completed_without_an_ellipsis() -> None:
    """Search engines wanted at most 110 characters of it; the heading has the rest."""
    head = ld(json.dumps({**FACTS, "headline": f"{LONG} and"}))
    whole = f"{LONG} and about the mice"
    assert read_page(page(f"<h1>{whole}</h1>", head), url=URL).headline == whole


@pytest.mark.parametrize(
    ("body", "headline"),
    [
        ("<h1>The birds on our roof</h1>", "The birds on our roof"),
        ("<h1>The birds on our roof</h1><aside><h1>Never miss a bird</h1></aside>", "The birds on our roof"),
        ("<h1>Ten owls to know</h1>", "Ten owls you should know"),
        ("<h1>Welcome</h1>", "Ten owls you should know"),
        ("<h1>The birds on our roof</h1><h1>Another story of birds</h1>", "Ten owls you should know"),
        ("<h1>The birds on our roof</h1><h2>Ten owls you should know</h2>", "Ten owls you should know"),
    ],
)
def test_a_title_for_sharing_yields_to_the_only_heading_if_they_are_unlike(body: str, headline: str) -> None:
    """It was written to catch the eye elsewhere. Not if the page shows it, or has several headings."""
    assert read_page(page(body + TEXT, SHARED.format("Ten owls you should know")), url=URL).headline == headline


@pytest.mark.parametrize(
    ("body", "headline"),
    [
        (
            '<h1 itemprop="headline">Owls nest on the roof of the town hall</h1>',
            "Owls nest on the roof of the town hall",
        ),
        ("<h1>Owls nest on the roof of the town hall</h1>", "Owls in town"),
        ('<h1>Owls in town</h1><h2 itemprop="headline">Mice in the fields</h2>', "Owls in town"),
        ('<h1 itemprop="headline">Owls nest</h1><h2 itemprop="headline">Mice in the fields</h2>', "Owls in town"),
    ],
)
def test_json_ld_yields_to_the_one_heading_that_is_marked_as_the_headline(body: str, headline: str) -> None:
    """If no heading of the first level shows what JSON-LD says; several marked ones are a list."""
    assert read_page(page(body + TEXT, ld(json.dumps(FACTS))), url=URL).headline == headline


def test_a_title_that_stands_by_itself_is_not_cut_to_a_lesser_heading() -> None:
    """Words that happen to begin it are not the headline, unless they are set off."""
    body = "<h2>Owls in town</h2>" + TEXT
    assert read_page(page(body, "<title>Owls in town are heard at night</title>"), url=URL).headline.endswith("night")
    assert read_page(page(body, "<title>Owls in town | at night</title>"), url=URL).headline == "Owls in town"


def test_an_uncut_title_is_believed_before_another_heading() -> None:
    """Only where the site's name had to be guessed away the one heading knows better."""
    body = "<h1>How owls live in our town</h1>" + TEXT
    assert read_page(page(body, "<title>Owls in our town</title>"), url=URL).headline == "Owls in our town"
    guessed = read_page(page(body, "<title>Owls in our town - The Night</title>"), url=URL)
    assert guessed.headline == "How owls live in our town"


def test_how_a_word_is_pronounced_is_no_part_of_it() -> None:
    """Ruby annotations stand over the characters, not between them."""
    body = "<h1><ruby>子<rp>(</rp><rt>こ</rt><rp>)</rp></ruby>どもの森</h1>"
    assert read_page(page(body), url=URL).headline == "子どもの森"


def dated(published: str, changed: str | None = None) -> str:
    """JSON-LD of an article with these days."""
    return ld(json.dumps({**FACTS, "datePublished": published, "dateModified": changed}))


META = '<meta property="article:published_time" content="2024-06-20T08:00:00Z">'
SHOWN = '<time datetime="{}">x</time>'


@pytest.mark.parametrize(
    ("head", "shown", "day", "kind"),
    [
        (dated("2024-06-22") + META, SHOWN.format("2024-06-20"), 20, "meta"),
        (dated("2024-06-22") + META, SHOWN.format("2024-06-22"), 22, "jsonld"),
        (dated("2024-06-22") + META, SHOWN.format("2024-06-18"), 22, "jsonld"),
        (dated("2024-06-22", "2024-06-20") + META, SHOWN.format("2024-06-20"), 22, "jsonld"),
        (dated("2024-06-22", "2024-06-25"), SHOWN.format("2024-06-25"), 25, "visible"),
        (dated("2024-06-22", "2024-06-25"), SHOWN.format("2024-06-18"), 22, "jsonld"),
    ],
)
def test_a_day_that_stands_alone_is_outvoted(head: str, shown: str, day: int, kind: str) -> None:
    """By two others that agree, or by the day readers see if it is that of the last change."""
    found = study_page(page(f"<h1>Owls in town</h1>{shown}{TEXT}", head), url=URL)
    assert found.article.published_at is not None
    assert (found.article.published_at.day, found.believed["published_at"]) == (day, kind)


@pytest.mark.parametrize(
    "body",
    [
        '<div class="latest"><h1>Owls in town</h1><p>June 22, 2024</p></div>',
        '<h1>Owls in town</h1><relative-time datetime="2024-06-22T10:00:00Z">a while ago</relative-time>',
        '<h1>Owls in town</h1><span class="age" title="2024-06-22T10:00:00">3 hours ago</span>',
        f"<h1>Owls in town</h1><p>22.06.2024 – {'An owl has nested on the roof. ' * 9}</p>",
        f"<h1>Owls in town</h1><p>Owl Town, 22 June 2024 (Herald) - {'An owl has nested on the roof. ' * 9}</p>",
        '<h1>Owls in town</h1><time datetime="2024-07-05T10:00:00Z">Published 22 June 2024</time>',
        '<h1>Owls in town</h1><article><time datetime="2024-03-05">x</time></article><p>Published June 22, 2024</p>',
        "<h1>The night of 19.6.2024</h1><p>19.6.2024</p><p>Herald, 22.6.2024</p>",
        "<h1>Owls in town</h1><footer>Written on Saturday, 22. Juni 2024 and veröffentlicht by Ann Lee</footer>",
        f"<h1>Owls in town</h1>{ld(json.dumps({**FACTS, 'datePublished': '2024-06-22T22:06:08:684Z'}))}",
        f"<h1>Owls in town</h1>{ld(json.dumps({**FACTS, 'datePublished': 1_719_050_400}))}",
    ],
)
def test_the_day_is_found_as_a_reader_finds_it(body: str) -> None:
    """In the headline's box, on any element made for moments, before and behind a label, at the start of a text."""
    published = read_page(page(body + TEXT), url=URL).published_at
    assert published is not None
    assert published.date().isoformat() == "2024-06-22"


def test_a_date_that_begins_a_sentence_is_none_of_publication() -> None:
    """It tells of an event."""
    for sentence in (
        "22 июня 2021 года сова поселилась на крыше. ",
        "22 June 2021 was the longest day, and an owl came. ",
    ):
        assert read_page(page(f"<h1>Owls in town</h1><p>{sentence * 9}</p>"), url=URL).published_at is None


@pytest.mark.parametrize("address", ["22-06-2024", "news/2024/06/22/owls", "20240622-owls.html"])
def test_the_day_is_read_from_the_address_the_page_gives_itself(address: str) -> None:
    """In any of the usual orders."""
    head = f'<meta property="og:url" content="https://www.owl-herald.example/{address}">'
    published = read_page(page("<h1>Owls in town</h1>" + TEXT, head), url=URL).published_at
    assert published is not None
    assert published.date().isoformat() == "2024-06-22"


@pytest.mark.parametrize(
    ("got", "wanted", "right"),
    [
        ("Owls  in Town", "„owls in town“", True),
        ("Owls in town | Herald", "Owls in town", True),
        ("Owls in town", "Owls in town - News - Herald", True),
        ("Night:Owls in town", "Night: Owls in town", True),
        ("Owls in town", "Owls in town at night", False),
        ("Owls in town", "Night: Owls in town", False),
        ("News - Owls", "News - Mice", False),
        (None, "Owls in town", False),
    ],
)
def test_titles_are_compared_but_for_case_spaces_quotes_and_the_site(
    got: str | None, wanted: str, *, right: bool
) -> None:
    """The same whichever of the two has the site's name."""
    assert like_title(got, wanted) is right
    assert got is None or like_title(wanted, got) is right
