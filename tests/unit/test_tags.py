"""Tags: one definition for a site's tag, a hashtag, a button and a subscription."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Outlet
from bot.tags import HASHTAG_LIMIT, fold, hashtag, split, tag_id, terms


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
