"""Thousands of hostile strings, in every field of an article: posts stay valid, whole and free of markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Article, Image, Outlet, Place, Platform
from bot.render import Style, look, look_at_roundup, message_for, post_for, tidy
from bot.render.readymade import READY_MADE
from bot.render.typeset import typeset
from bot.render.typography import visible
from tests.unit.test_render_properties import CHANNEL, CHAT, PEER, WALL, check, every, spoken

pytestmark = pytest.mark.shared
STYLES = (
    Style(),
    Style(image="photo", template=READY_MADE["quote"], prefix="move"),
    Style(template=READY_MADE["headline"], first_comment="{{ headline }} {{ lead }}", short_links=True),
)


def strings(shared: Path) -> Iterator[str]:
    """Every hostile string, also many times over: huge."""
    for file in sorted((shared / "corpus" / "hostile" / "strings").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").split("\n"):  # only these: the strings hold every other line end
            if line:
                yield json.loads(line)["text"]


def filled(text: str) -> Article:
    """The same words in every field."""
    return Article(
        id=text or "1",
        url="https://digest.example/1",
        headline=text,
        lead=f"{text} {text}",
        image=Image("https://digest.example/1.jpg", text),
        outlet=Outlet(text, text),
        original_url=text,
        country=text,
        tags=(text, "Наука"),
        disclaimer=text,
    )


def test_no_hostile_string_breaks_a_post(shared: Path) -> None:
    """Valid, never over, never empty, and the same when it is made again of what it says."""
    seen = 0
    for number, text in enumerate(strings(shared)):
        style = STYLES[number % len(STYLES)]
        article = filled(text)
        posts = [post_for(article, CHANNEL, style), post_for(article, WALL, style)]
        posts += [message_for(article, place, style, because=text) for place in (CHAT, PEER)]
        for post in every(tuple(posts)):
            check(post)
        line = typeset(tidy(text))
        assert typeset(tidy(line)) == line
        if visible(tidy(text)) and style.prefix == "keep":
            shown = typeset(tidy(text), style.language, loose=False)
            assert spoken(posts[0].params).startswith(shown[:100].strip())
        seen += 1
    assert seen > 1000


def test_huge_hostile_articles_fit(shared: Path) -> None:
    """What would fill a message a hundred times is cut, and what is cut is told; headline, link and outlet stay."""
    texts = [text for text in strings(shared) if text][::120]
    for text in texts:
        article = replace(filled(text), lead=(text + ". ") * 3000, disclaimer="Мнение.", headline=text[:200])
        for place in (CHANNEL, WALL):
            found = look(article, place, Style())
            check(found.post)
            assert found.length <= found.limit
            assert look(article, place, Style()) == found
    long = [replace(filled(text), id=text, url=f"https://digest.example/{n}") for n, text in enumerate(texts[:20])]
    for place in (CHANNEL, Place(Platform.VK, "-220")):
        check(look_at_roundup(long, place, Style()).post)
