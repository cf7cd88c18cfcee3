"""Tags: one definition for a site's tag, a hashtag, a button and a subscription."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.model import Article, Outlet
from bot.query import facets, matches
from bot.readers import Subscription
from bot.tags import HASHTAG_LIMIT, deep_link, fold, hashtag, split, tag_id, terms, vk_deep_link


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка", "елка"),
        ("ЙОГУРТ", "йогурт"),
        ("Й", "и\u0306"),
        ("Côte d’Azur", "cote d'azur"),
        ("#Южно-Африканская  Республика", "южно африканская республика"),
        ("Provence-Alpes", "provence_alpes"),
        ("Straße", "STRASSE"),
        ("за́мок", "замок"),
        ("# поезда", "поезда"),
        ("＃поезда", "#поезда"),
        ("CO₂", "co2"),
    ],
)
def test_spellings_of_one_tag(one: str, other: str) -> None:
    """Case, accents, ё/е, hyphens, apostrophes, a leading # and spacing don't count."""
    assert fold(one) == fold(other) != ""
    assert tag_id(one) == tag_id(other)


@pytest.mark.parametrize(("one", "other"), [("йод", "иод"), ("сад", "сады"), ("C", "D"), ("поезд 1", "поезд 2")])
def test_different_tags_stay_different(one: str, other: str) -> None:
    """й is a letter of its own, and no word is stemmed."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("La Dépêche", "#La_Dépêche"),
        ("Provence-Alpes-Côte d'Azur", "#Provence_Alpes_Côte_dAzur"),
        ("node.js", "#node_js"),
        ("C++", None),
        ("C#", None),
        ("AT&T", None),
        ("#сад", "#сад"),
        ("за́мок", "#замок"),
        ("CO²", "#CO2"),
        ("Театр «Сад»", "#Театр_Сад"),
        ("2031", None),
        ("!!!", None),
        ("", None),
        ("я" * 256, "#" + "я" * 256),
        ("я" * 257, None),
    ],
)
def test_hashtag(tag: str, expected: str | None) -> None:
    """Words joined by underscores; only what both networks can tap."""
    assert hashtag(tag) == expected


def test_an_article_is_found_under_its_tags_outlet_and_country() -> None:
    """And region; each folded, the unknown left out."""
    article = Article("1", "u", "h", tags=("Сад", "сад", "—"), outlet=Outlet("La Dépêche"), country="Франция")
    assert terms(article) == {"сад", "la depeche", "франция"}


def test_split_keeps_the_first_spelling_of_each() -> None:
    """Commas, semicolons and new lines separate; blanks are nothing."""
    assert split(" Сад,#сад ;\n Ночные   поезда,, # ") == ["Сад", "Ночные поезда"]


@given(st.text())
def test_a_hashtag_asks_for_its_very_tag(tag: str) -> None:
    """Typed, tapped or linked, it is one subscription; two tags never share a hashtag."""
    word = hashtag(tag)
    assert word is None or (fold(word) == fold(tag) and tag_id(word) == tag_id(tag))


@given(st.text())
def test_fold_is_idempotent(tag: str) -> None:
    """A folded tag is its own fold, so that stored terms and typed ones meet."""
    assert fold(fold(tag)) == fold(tag)


@given(st.text())
def test_fold_does_not_see_case_or_normalisation(tag: str) -> None:
    """However a phone composes its letters."""
    assert fold(unicodedata.normalize("NFD", tag)) == fold(tag) == fold(unicodedata.normalize("NFC", tag))
    assert fold(f"  #{tag} ") == fold(tag)


@given(st.text(max_size=300))
def test_a_hashtag_is_one_that_telegram_taps_whole(tag: str) -> None:
    """Letters, decimal digits and underscores, at least one letter, at most 256 (TDLib, MessageEntity.cpp)."""
    word = hashtag(tag)
    if word is None:
        return
    body = word.removeprefix("#")
    assert 0 < len(body) <= HASHTAG_LIMIT
    assert all(char == "_" or char.isalpha() or char.isdecimal() for char in body)
    assert any(char.isalpha() for char in body)
    assert hashtag(word) == word


@given(st.text())
def test_split_gives_each_tag_once(text: str) -> None:
    """No blank, no separator, no spelling twice."""
    labels = split(text)
    assert len({fold(label) for label in labels}) == len(labels)
    assert all(fold(label) and label == label.strip() for label in labels)


_WORD = st.text(st.sampled_from("абвеёийоюяАЕЁЙaceinouzACEßœçéñü0123456789"), min_size=1, max_size=8)
_WRITTEN = {
    "case": st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    "marks": st.sampled_from([lambda text: unicodedata.normalize("NFD", text), lambda text: text.replace("ё", "е")]),
    "between": st.sampled_from([" ", "  ", "-", "‑", "–", "_", " - ", ". "]),
    "apostrophe": st.sampled_from(["", "'", "’", "ʼ", "`"]),
    "around": st.sampled_from(["{}", "#{}", " {} ", "«{}»", '"{}"', "# {}"]),
}


@given(st.lists(_WORD, min_size=1, max_size=3), st.fixed_dictionaries(_WRITTEN), st.data())
def test_one_definition_wherever_a_tag_is_written(words: list[str], way: dict[str, Any], data: st.DataObject) -> None:
    """On the site, as a hashtag, in a link and in a subscription: however it is written, it is the same tag."""
    at = data.draw(st.integers(0, len(words[0])))
    written = [words[0][:at] + way["apostrophe"] + words[0][at:], *words[1:]]
    site, typed = " ".join(words), way["around"].format(way["marks"](way["case"](way["between"].join(written))))
    assume(fold(site))
    article = Article("1", "https://news.example/1", "h", tags=(site,))
    assert fold(typed) == fold(site)
    assert deep_link("bot", typed) == deep_link("bot", site)
    assert vk_deep_link(220, typed) == vk_deep_link(220, site)
    for spelling in (typed, site, hashtag(site) or site):
        wish = Subscription.to(spelling)
        assert wish.key == tag_id(site)
        assert matches(wish.query, facets(article))
