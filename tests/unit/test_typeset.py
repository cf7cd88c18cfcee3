"""Typography: marks and spaces in Russian and English, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.typeset import typeset
from bot.render.typography import tidy


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('Газета "Сегодня" вышла', "Газета «Сегодня» вышла"),
        ('"Дом "Ромашка" и сад"', "«Дом „Ромашка“ и\xa0сад»"),
        ('Он: «герой "нашего" времени»', "Он: «герой „нашего“ времени»"),
        ("Париж - город огней", "Париж\xa0— город огней"),
        ("Курс 10 - 12, 2020-2024, где-то", "Курс 10 - 12, 2020-2024, где-то"),
        ("И вот...", "И\xa0вот…"),
        ("№ 5 и №7", "№\xa05 и\xa0№\xa07"),
        ("5 млн человек, и т.д.", "5\xa0млн человек, и\xa0т.\xa0д."),
        ("А.С. Пушкин", "А.\xa0С.\xa0Пушкин"),
        ("ВСЁ ЗАГЛАВНЫМИ - ТАК И ОСТАЁТСЯ", "ВСЁ ЗАГЛАВНЫМИ\xa0— ТАК И\xa0ОСТАЁТСЯ"),
        ('Экран 5" и не более', 'Экран 5" и\xa0не\xa0более'),
        ('Сайт https://a.example/в-"x"... и - всё', 'Сайт https://a.example/в-"x"... и\xa0— всё'),
    ],
)
def test_russian_is_set_as_in_print(written: str, expected: str) -> None:
    """Quotes by depth, dashes for hyphens that stand alone, spaces that don't break; addresses stay."""
    assert typeset(written) == expected


def test_english_has_its_own_quotes_and_apostrophes() -> None:
    """Only where the text is said to be English: an apostrophe is a letter's neighbour elsewhere."""
    assert typeset('It\'s "home" -- for now...', "en", loose=False) == "It’s “home”\xa0— for now…"
    assert typeset('L\'été "chaud"', "fr") == 'L\'été "chaud"'
    assert typeset("قطارات الليل - تعود", "ar") == "قطارات الليل - تعود"


def test_a_headline_keeps_the_spaces_after_short_words() -> None:
    """It is copied and searched for; a dash still does not begin a line."""
    assert typeset("Сад в городе - и дом", loose=False) == "Сад в городе\xa0— и дом"


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(list("\"'-–—. №5АБв.«»„“…() \xa0"))
        | st.sampled_from(["и", "млн", "слово ", "It's ", 'https://x.example/"-'])
    ).map("".join)
)
def test_once_is_enough_and_no_letter_changes(text: str) -> None:
    """Idempotent; what a person reads aloud is the same."""
    line = tidy(text)
    for language in ("ru", "en", None):
        done = typeset(line, language)
        assert typeset(done, language) == done
        assert [char for char in done if char.isalnum()] == [char for char in line if char.isalnum()]
