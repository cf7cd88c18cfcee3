"""The sandbox's newsroom: its articles, feeds, pages and pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from lxml import html

from bot.sandbox import faults
from bot.sandbox.news_pages import DISCLAIMER
from bot.sandbox.news_pictures import picture
from bot.sandbox.newsroom import Story, sample_stories
from bot.sandbox.server import Sandbox, open_sandbox

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A fresh sandbox."""
    async with open_sandbox() as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A reader of the site."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("story", sample_stories(), ids=lambda story: story.slug)
def test_every_article_is_whole(story: Story) -> None:
    """A headline that begins with its outlet, a lead, three paragraphs, a credit and four to eight tags."""
    assert story.headline.startswith(f"{story.outlet}: ")
    assert len(story.headline) <= 120
    assert 40 <= len(story.lead) <= 300
    assert len(story.body) == 3
    assert all(len(paragraph) > 80 for paragraph in story.body)
    assert 4 <= len(set(story.tags)) == len(story.tags) <= 8
    assert story.country in story.tags
    assert story.original_url.startswith("https://")
    assert ".example/" in story.original_url
    assert all((story.credit, story.region))


def test_the_articles_share_tags() -> None:
    """Enough of them that a subscription to one tag brings several articles; no two articles share a slug."""
    stories = sample_stories()
    counts = Counter(tag for story in stories for tag in story.tags)
    assert len(stories) >= 36
    assert len({story.slug for story in stories}) == len(stories)
    for tag, least in {"Наука": 10, "Поезда": 6, "Кухня": 6, "Космос": 4, "Франция": 3}.items():
        assert counts[tag] >= least
    assert {story.language for story in stories} == {"ru", "en"}


@pytest.mark.parametrize("scene", sorted({story.scene for story in sample_stories()}))
def test_pictures_are_the_same_every_time(scene: str) -> None:
    """The same slug gives the same drawing, another slug another one; each is well-formed SVG of a card's size."""
    drawing = picture("tulips", scene)
    assert drawing == picture("tulips", scene)
    assert drawing != picture("comet", scene)
    root = ET.fromstring(drawing)  # noqa: S314 - our own drawing
    assert (root.get("width"), root.get("height")) == ("1200", "630")


async def test_rss_holds_what_is_published(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """Newest first, three old articles from the start, with the reader's own idea of the host."""
    slug = sandbox.newsroom.publish_next()
    url = sandbox.feed_url.replace("127.0.0.1", "localhost")
    async with http.get(url) as answer:
        assert answer.content_type == "application/rss+xml"
        channel = ET.fromstring(await answer.read()).find("channel")  # noqa: S314 - our own feed
    assert channel is not None
    entries = channel.findall("item")
    assert len(entries) == 4
    story = sandbox.newsroom.published[-1].story
    newest = entries[0]
    assert newest.findtext("title") == story.headline
    assert newest.findtext("link") == url.replace("/news/rss", f"/news/{slug}")
    assert newest.findtext("guid") == f"tag:digest.example,2026:{slug}"
    assert newest.findtext("description") == story.lead
    assert tuple(category.text for category in newest.findall("category")) == story.tags
    published = parsedate_to_datetime(newest.findtext("pubDate") or "")
    assert published == sandbox.newsroom.published[-1].at.replace(microsecond=0)


async def test_atom_holds_the_same(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """The same articles under the same names."""
    async with http.get(f"{sandbox.url}/news/atom") as answer:
        assert answer.content_type == "application/atom+xml"
        root = ET.fromstring(await answer.read())  # noqa: S314 - our own feed
    names = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    published = reversed(sandbox.newsroom.published)
    assert names == [f"tag:digest.example,2026:{there.story.slug}" for there in published]


@pytest.mark.parametrize(("header", "validator"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")])
async def test_an_unchanged_feed_is_304(
    sandbox: Sandbox, http: aiohttp.ClientSession, header: str, validator: str
) -> None:
    """By either validator, until something changes."""
    async with http.get(sandbox.feed_url) as answer:
        known = answer.headers[validator]
    async with http.get(sandbox.feed_url, headers={header: known}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    if validator == "ETag":
        sandbox.newsroom.publish_next()
        async with http.get(sandbox.feed_url, headers={header: known}) as answer:
            assert answer.status == 200


async def test_a_page_shows_the_whole_article(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """Everything the digest owes its reader stands in the page, and in its OpenGraph tags what networks read."""
    slug = sandbox.newsroom.publish_next()
    story = sandbox.newsroom.published[-1].story
    async with http.get(sandbox.newsroom.page_url(slug)) as answer:
        page = html.fromstring(await answer.text())
    shown = " ".join(" ".join(map(str, page.itertext())).split())
    for part in (story.headline, story.lead, *story.body, story.credit, story.outlet, story.country, story.region):
        assert part in shown
    assert DISCLAIMER["ru"] in shown
    assert page.xpath("//a[@class='original']/@href") == [story.original_url]
    assert page.xpath("//h1/text()") == [story.headline]
    assert page.xpath("//meta[@property='og:image']/@content") == [f"{sandbox.url}/news/img/{slug}"]
    assert page.xpath("//dt[.='теги']/following-sibling::dd[1]/a/text()") == list(story.tags)
    async with http.get(f"{sandbox.url}/news/img/{slug}") as answer:
        assert answer.content_type == "image/svg+xml"
        assert (await answer.text()).startswith("<svg")


async def test_a_page_exists_only_while_it_is_published(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """404 before, 410 after it was withdrawn; a correction changes it and says so."""
    slug = sample_stories()[3].slug
    url = sandbox.newsroom.page_url(slug)
    assert (await http.get(url)).status == 404
    assert sandbox.newsroom.card(url) is None
    assert sandbox.newsroom.publish_next() == slug
    sandbox.newsroom.correct(slug, lead="Исправленное вступление.")
    page = await (await http.get(url)).text()
    assert "Исправленное вступление." in page
    assert "article:modified_time" in page
    card = sandbox.newsroom.card(url)
    assert card is not None
    assert card.description == "Исправленное вступление."
    sandbox.newsroom.withdraw(slug)
    assert (await http.get(url)).status == 410
    with pytest.raises(LookupError):
        sandbox.newsroom.correct(slug, lead="x")


async def test_own_stories_can_be_added(sandbox: Sandbox) -> None:
    """They are published after those that wait; when none waits, that is said."""
    story = replace(sample_stories()[0], slug="own", headline="Nordic Rail Weekly: <ещё> & «одна»")
    sandbox.newsroom.add(story)
    published = [sandbox.newsroom.publish_next() for _ in range(sandbox.newsroom.waiting)]
    assert published[-1] == "own"
    card = sandbox.newsroom.card(sandbox.newsroom.page_url("own"))
    assert card is not None
    assert card.title == story.headline
    with pytest.raises(LookupError):
        sandbox.newsroom.publish_next()


async def test_articles_appear_by_themselves() -> None:
    """With `every`, the next article comes without being asked for."""
    async with open_sandbox(every=0.01) as sandbox, aiohttp.ClientSession() as http:
        entries = 0
        while entries < 5:
            async with http.get(sandbox.feed_url) as answer:
                entries = (await answer.text()).count("<item>")
        assert sandbox.newsroom.waiting <= len(sample_stories()) - 5


async def test_the_site_can_fail(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """A status, any bytes, or 429 with Retry-After; each request is kept for tests to read."""
    sandbox.faults.add("news", "rss", faults.Status(503, "later"))
    sandbox.faults.add("news", "rss", faults.Body(b"<rss", "application/rss+xml"))
    sandbox.faults.add("news", "*", faults.TooMany(30))
    seen = []
    for _ in range(4):
        async with http.get(sandbox.feed_url) as answer:
            seen.append((answer.status, answer.headers.get("Retry-After"), (await answer.text())[:4]))
    assert seen == [(503, None, "late"), (200, None, "<rss"), (429, "30", ""), (200, None, "<?xm")]
    assert [call.method for call in sandbox.world.calls] == ["rss"] * 4


async def test_a_port_and_the_callers_error(unused_tcp_port: int) -> None:
    """The sandbox listens where it is told, and an error in the caller's block comes out as it is."""

    async def fail() -> None:
        async with open_sandbox(port=unused_tcp_port, every=60) as sandbox:
            raise ZeroDivisionError(sandbox.url)

    with pytest.raises(ZeroDivisionError, match=f"http://127.0.0.1:{unused_tcp_port}"):
        await fail()
    async with open_sandbox(port=unused_tcp_port):
        pass
