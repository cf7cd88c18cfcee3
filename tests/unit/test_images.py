"""Several pictures of an article: the largest first, the others in the gallery, one picture once."""

from __future__ import annotations

import json

import pytest

from bot.console.explaining import explained, show_explained
from bot.model import Article, Image
from bot.source.feed import read_feed
from bot.source.images import from_srcset, same
from bot.source.merge import merge
from bot.source.page import read_page, study_page

URL = "https://herald.example/owls"


def page(head: str = "", body: str = "") -> Article:
    """A small article with more in its head or body."""
    text = f"<html><head><title>Owls</title>{head}</head><body><h1>Owls are back</h1>{body}</body></html>"
    return read_page(text.encode(), url=URL)


def jsonld(*images: object) -> str:
    """A script that names pictures."""
    told = {"@type": "NewsArticle", "headline": "Owls are back", "image": list(images)}
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def shot(name: str, width: int, height: int) -> dict[str, object]:
    """A picture with its size, as JSON-LD names it."""
    return {"@type": "ImageObject", "url": f"https://herald.example/{name}", "width": width, "height": height}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("https://a.example/owl-16x9.jpg", "https://b.example/owl-1x1.jpg", True),
        ("https://a.example/owl_large.jpg", "https://a.example/owl_thumb.webp", True),
        ("https://a.example/owl-100~_v-16to9.jpg", "https://a.example/owl-100~_v-podcast.jpg", True),
        ("https://a.example/1.jpg", "https://a.example/2.jpg", False),
        ("https://a.example/img?id=1", "https://a.example/pic?id=2", False),
    ],
)
def test_one_picture_in_several_sizes_is_one(one: str, other: str, alike: bool) -> None:
    """Sizes and shapes in a file's name make no other picture."""
    assert same(one, other) is alike


def test_the_widest_shared_picture_is_taken() -> None:
    """Of several `og:image`, each followed by its width, the widest; without widths the first."""
    named = '<meta property="og:image" content="/{0}.jpg"><meta property="og:image:width" content="{1}">'
    found = page(named.format("small", 300) + named.format("wide", 1600) + named.format("middle", 800))
    assert found.image == Image("https://herald.example/wide.jpg")
    bare = '<meta property="og:image" content="/first.jpg"><meta property="og:image" content="/second.jpg">'
    assert page(bare).image == Image("https://herald.example/first.jpg")


@pytest.mark.parametrize(
    ("srcset", "widest"),
    [
        ("/a.jpg 1600w, /b.jpg 320w", "/a.jpg"),
        ("/a.jpg 1x, /b.jpg 2x", "/b.jpg"),
        ("/w_10,h_20/a.jpg 320w, /w_10,h_40/b.jpg 640w", "/w_10,h_40/b.jpg"),
        ("/a.jpg 320w,/b.jpg 640w", "/b.jpg"),
        ("/only.jpg", "/only.jpg"),
        ("", None),
    ],
)
def test_the_widest_candidate_of_a_srcset_is_taken(srcset: str, widest: str | None) -> None:
    """By what it tells of itself, wherever it stands; commas inside addresses divide nothing."""
    assert from_srcset(srcset) == widest


def test_a_shown_picture_is_taken_as_large_as_it_is_offered() -> None:
    """`srcset` before `src`."""
    body = '<article><figure><img src="/s.jpg" srcset="/l.jpg 1200w, /m.jpg 600w"></figure></article>'
    assert page(body=body).image == Image("https://herald.example/l.jpg")


def test_further_pictures_of_json_ld_are_the_gallery() -> None:
    """A list of pictures: the widest is the article's, the others follow in their order, each once."""
    found = page(jsonld(shot("nest.jpg", 800, 600), shot("owl.jpg", 1600, 1200), "/chick.jpg", "/nest-300x200.jpg"))
    assert found.image == Image("https://herald.example/owl.jpg")
    assert [one.url for one in found.gallery] == ["https://herald.example/nest.jpg", "https://herald.example/chick.jpg"]


def test_one_picture_cut_to_three_shapes_is_no_gallery() -> None:
    """Search engines want every picture square, 4:3 and 16:9."""
    found = page(jsonld(shot("a1.jpg", 1200, 1200), shot("b2.jpg", 1200, 900), shot("c3.jpg", 1200, 675)))
    assert found.gallery == ()


def test_a_list_without_the_chosen_picture_is_no_gallery() -> None:
    """It may show the same picture under another address."""
    shared = '<meta property="og:image" content="/share/77.jpg">'
    reading = study_page(
        f"<title>Owls</title>{shared}{jsonld('/one.jpg', '/two.jpg')}<h1>Owls are back</h1>".encode(), url=URL
    )
    assert reading.article.image == Image("https://herald.example/share/77.jpg")
    assert reading.article.gallery == ()
    assert "gallery" not in reading.believed


def test_the_figures_of_a_digest_article_are_its_gallery() -> None:
    """Each with its own credit."""
    body = """<article><h1>Owls are back</h1><p><b>They nest in the old tower again, says the warden.</b></p>
    <figure><img src="/1.jpg"><figcaption>AP</figcaption></figure><p>It is a long text about owls.</p>
    <figure><img src="/2.jpg"><figcaption>Ann Lee</figcaption></figure><p>It goes on.</p>
    <a href="https://paper.example/x">Original</a>
    <p>The views do not necessarily reflect the position of the digest.</p></article>"""
    found = read_page(f"<title>Owls are back</title>{body}".encode(), url=URL)
    assert found.image == Image("https://herald.example/1.jpg", "AP")
    assert found.gallery == (Image("https://herald.example/2.jpg", "Ann Lee"),)


def test_pictures_are_explained_by_their_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """`extract --explain` names each further picture as it names the first."""
    text = f"<title>Owls</title>{jsonld('/one.jpg', '/two.jpg')}<h1>Owls are back</h1>"
    show_explained(explained(study_page(text.encode(), url=URL)))
    shown = capsys.readouterr().out
    assert "https://herald.example/two.jpg" in shown.replace("\n", "")
    assert "{" not in shown


FEED = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>H</title><item>
<title>Owls</title><link>https://herald.example/owls</link>{0}</item></channel></rss>"""


def entry(media: str) -> Article:
    """The only entry of a feed."""
    return read_feed(FEED.format(media).encode(), url="https://herald.example/rss").entries[0]


@pytest.mark.parametrize("around", ["{0}", "<media:group>{0}</media:group>"])
def test_several_pictures_of_an_entry_are_its_gallery(around: str) -> None:
    """`media:content` alone or in a group: the widest first, other sizes of one picture once, no thumbnails."""
    found = entry(
        around.format(
            '<media:content url="https://h.example/nest.jpg" medium="image" width="600"/>'
            '<media:content url="https://h.example/owl.jpg" medium="image" width="1200">'
            "<media:credit>AP</media:credit></media:content>"
            '<media:content url="https://h.example/owl-300x200.jpg" medium="image" width="300"/>'
            '<media:content url="https://h.example/chick.jpg" medium="image">'
            "<media:credit>Ann</media:credit></media:content>"
            '<media:content url="https://h.example/film.mp4" medium="video"/>'
        )
        + '<media:thumbnail url="https://h.example/tiny.jpg" width="90"/>'
    )
    assert found.image == Image("https://h.example/owl.jpg", "AP")
    assert [one.url for one in found.gallery] == ["https://h.example/nest.jpg", "https://h.example/chick.jpg"]
    assert found.gallery[1].credit == "Ann"


def test_the_gallery_outlives_the_merging_of_feed_and_page() -> None:
    """The page's further pictures, else the feed's, and never the chosen one again."""
    one, two = Image("https://h.example/1.jpg"), Image("https://h.example/2.jpg")
    fed = Article("1", URL, "Owls are back", image=one, gallery=(two,))
    shown = Article("1", URL, "Owls are back", image=Image("https://h.example/2-1200x800.jpg"))
    assert merge(fed, Article("1", URL, "Owls are back")).gallery == (two,)
    assert merge(fed, shown).gallery == (one,)
