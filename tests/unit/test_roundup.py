"""Several articles in one post: all of them, within limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Article, Outlet, Place, Platform, Post
from bot.render import Style, look_at_roundup, most_together, roundup
from bot.render.roundup import MOST
from tests.unit.test_render_properties import ARTICLES, MANY, STYLES, check

CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
CHAT, PEER = Place(Platform.TELEGRAM, "1001"), Place(Platform.VK, "42")
STYLE = Style()


def articles(count: int, headline: str = "Новость") -> list[Article]:
    return [
        Article(
            id=str(n),
            url=f"https://digest.example/{n}",
            headline=f"{headline} {n}",
            outlet=Outlet("Le Rail"),
            tags=("сад",),
        )
        for n in range(count)
    ]


def test_each_headline_is_its_link() -> None:
    """A heading, a line for each with its outlet, the tags once; no card, since it would be that of one of them."""
    params = look_at_roundup(articles(2), CHANNEL, STYLE).post.params
    assert params["text"] == "Коротко\n\n• Новость 0 (Le Rail)\n\n• Новость 1 (Le Rail)\n\n#сад"
    assert [one.get("url") for one in params["entities"]] == [
        None,
        "https://digest.example/0",
        "https://digest.example/1",
    ]
    assert params["link_preview_options"] == {"is_disabled": True}


def test_on_vk_the_addresses_stand_in_the_text() -> None:
    """The same round-up has the same guid."""
    params = look_at_roundup(articles(2), WALL, Style(language="en")).post.params
    assert params["message"].startswith("In brief\n\n• Новость 0 (Le Rail)\nhttps://digest.example/0\n\n• Новость 1")
    assert params["guid"] == look_at_roundup(articles(2), WALL, STYLE).post.params["guid"]
    assert params["guid"] != look_at_roundup(articles(3), WALL, STYLE).post.params["guid"]


def test_a_reader_gets_the_reason_and_another_heading() -> None:
    """The digest of a reader is the same round-up, as a message."""
    for place, key in ((CHAT, "text"), (PEER, "message")):
        said = roundup(articles(3), place, STYLE, heading="Ваш дайджест", because="по тегу Сад").params[key]
        assert said.startswith("Ваш дайджест\n\n")
        assert said.endswith("по тегу Сад")
        assert said.count("•") == 3


@pytest.mark.parametrize("place", [CHANNEL, WALL, CHAT, PEER])
def test_long_headlines_are_cut_alike_and_none_is_left_out(place: Place) -> None:
    """As many as were promised fit, however long they are."""
    long = articles(30, "Очень длинный заголовок о том и о сём " * 8)
    count = most_together(long, place, STYLE)
    assert 10 < count <= MOST
    for look in (look_at_roundup(long[:count], place, STYLE),):
        check(look.post)
        text = str(look.post.params.get("text") or look.post.params["message"])
        assert text.count("•") == count
        assert (look.cut != ()) == ("…" in text)


def test_long_addresses_make_it_shorter() -> None:
    """Telegram takes only so many bytes of links: what would lose its link waits for the next one."""
    heavy = [replace(one, url=one.url + "/" + "a" * 2000) for one in articles(10)]
    count = most_together(heavy, CHANNEL, STYLE)
    assert 1 < count < 10
    links = [one for one in look_at_roundup(heavy[:count], CHANNEL, STYLE).post.params["entities"] if "url" in one]
    assert len(links) == count


@settings(MANY, max_examples=25)
@given(st.lists(ARTICLES, min_size=1, max_size=4), STYLES, st.none() | st.text(max_size=20))
def test_any_articles_make_a_valid_call(found: list[Article], style: Style, because: Any) -> None:
    """Whatever they say, in public and to a reader."""
    posts: list[Post] = [look_at_roundup(found, place, style).post for place in (CHANNEL, WALL)]
    posts += [roundup(found, place, style, because=because) for place in (CHAT, PEER)]
    for post in posts:
        check(post)
    assert posts[0] == look_at_roundup(found, CHANNEL, style).post
