"""Making a text fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.shorten import ELLIPSIS, hard_cut, safe_end, shorten, width

TRAINS = "Ночной поезд вернулся. Он уходит в девять, идёт всю ночь, и вагоны полны. Билетов нет."


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (200, TRAINS),
        (80, "Ночной поезд вернулся. Он уходит в девять, идёт всю ночь, и вагоны полны."),
        (72, "Ночной поезд вернулся. Он уходит в девять, идёт всю ночь…"),
        (66, "Ночной поезд вернулся."),
        (30, "Ночной поезд вернулся."),
        (21, "Ночной поезд…"),
        (8, "Ночной…"),
        (5, ""),
        (0, ""),
        (-3, ""),
    ],
)
def test_sentences_go_first_then_words(room: int, expected: str) -> None:
    """Whole sentences are kept while they fill a third of the room; a cut sentence ends in an ellipsis."""
    assert shorten(TRAINS, room) == expected


def test_a_clause_is_better_than_half_a_clause() -> None:
    """Where no sentence fits, the cut is after a comma or before a dash, and the mark itself goes."""
    text = "Поезд, которого ждали все жители долины, вернулся вчера вечером на свой старый путь"
    assert shorten(text, 60) == "Поезд, которого ждали все жители долины…"
    assert shorten("Сад открыт — но розы ещё не зацвели этим летом", 30) == "Сад открыт…"


def test_a_tiny_first_sentence_does_not_stand_for_the_whole() -> None:
    """A sentence that fills less than a third of the room is not enough."""
    assert shorten("Да. " + "поезд " * 50, 90).startswith("Да. поезд поезд")


@pytest.mark.parametrize(
    "text", ["Книга А. С. Пушкина и ещё много слов о ней", "В г. Ницца пришёл поезд с большой радостью"]
)
def test_an_abbreviation_is_no_end_of_a_sentence(text: str) -> None:
    """Initials and the usual short forms don't end a sentence."""
    assert shorten(text, 26).endswith(ELLIPSIS)


def test_open_quotes_are_closed() -> None:
    """A cut inside a quotation leaves it whole for the eye."""
    assert shorten("Он сказал: «поезд уходит сегодня ночью»", 28) == "Он сказал: «поезд уходит…»"


def test_a_text_without_spaces_is_cut_where_it_must() -> None:
    """Chinese ends sentences without a space; a "word" longer than any word is cut."""
    assert shorten("火车来了。花园开了。" * 3, 12) == "火车来了。花园开了。"
    assert shorten("Ы" * 500, 100) == "Ы" * 99 + ELLIPSIS


def test_what_a_reader_sees_as_one_character_is_not_split() -> None:
    """Families, flags and accents stay whole."""
    family, flag, accent = "👨\u200d👩\u200d👧", "🇫🇷", "e\u0301"
    for cluster in (family, flag, accent):
        text = "x" + cluster
        assert [safe_end(text, end) for end in range(2, len(text))] == [1] * (len(text) - 2)
    assert hard_cut(flag * 20, 7) == flag + ELLIPSIS


@pytest.mark.parametrize(("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("🚆", 2), ("\ud83d", 1)])
def test_width_is_in_utf16_units(text: str, units: int) -> None:
    """As Telegram counts offsets."""
    assert width(text) == units


WORDS = st.lists(
    st.sampled_from(["поезд", "night,", "сад.", "«роза»", "🚆", "и", "идёт!", "—"]), min_size=1, max_size=80
)


@given(WORDS, st.integers(0, 200))
def test_no_word_is_ever_broken(words: list[str], room: int) -> None:
    """What is kept is the beginning, up to a whole word, within the room."""
    text = " ".join(words)
    short = shorten(text, room)
    assert width(short) <= room
    kept = short.rstrip("»").removesuffix(ELLIPSIS) if short != text else text
    assert text.startswith(kept)
    assert text[len(kept) : len(kept) + 1].strip(" .,!»:;") == "" or kept == ""


@given(st.text(max_size=300), st.integers(-5, 200))
def test_shorten_is_total(text: str, room: int) -> None:
    """Any text, any room: never raises, never over; short enough is left as it is."""
    short = shorten(text, room)
    assert width(short) <= max(0, room)
    assert width(text) > room or short == text


@given(st.text(min_size=1, max_size=300), st.integers(2, 200))
def test_a_hard_cut_fits_too(text: str, room: int) -> None:
    """The last resort keeps to the room as well."""
    assert width(hard_cut(text, room)) <= room
