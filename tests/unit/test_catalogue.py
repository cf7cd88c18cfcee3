"""The catalogue: names found by any spelling, form, or likeness."""

from __future__ import annotations

import pytest

from bot.aliases import Aliases
from bot.catalogue import Catalogue
from bot.names import Kind, Name

NAMES = [
    Name("Франция", 9, (Kind.TAG, Kind.COUNTRY)),
    Name("Соединённые Штаты", 7, (Kind.COUNTRY,)),
    Name("Британия", 2),
    Name("Великобритания", 3, (Kind.COUNTRY,)),
    Name("Вьетнам", 3),
    Name("выборы", 5),
    Name("Эмманюэль Макрон", 4),
    Name("La Dépêche", 4, (Kind.OUTLET,)),
    Name("AI", 1),
]
CATALOGUE = Catalogue(NAMES, Aliases.of({"Британия": "Великобритания", "США": "Соединённые Штаты"}))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("франция", "Франция"),
        ("#Франция", "Франция"),
        ("соединенные штаты", "Соединённые Штаты"),
        ("la depeche", "La Dépêche"),
        ("британия", "Великобритания"),
        ("США", "Соединённые Штаты"),
    ],
)
def test_a_name_is_found_by_any_spelling_and_alias(text: str, label: str) -> None:
    """Case, accents, ё and # don't count, and an alias is its name."""
    found = CATALOGUE.find(text)
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Франции", "Франция"),
        ("Соединённых Штатов", "Соединённые Штаты"),
        ("соединенным штатам", "Соединённые Штаты"),
        ("Вьетнамом", "Вьетнам"),
        ("выборам", "выборы"),
        ("Эмманюэля Макрона", "Эмманюэль Макрон"),
        ("Британии", "Великобритания"),
    ],
)
def test_a_russian_name_is_found_in_any_case(text: str, label: str) -> None:
    """As it stands in a sentence."""
    assert CATALOGUE.find(text) is None
    assert [name.label for name in CATALOGUE.inflected(text)] == [label]


@pytest.mark.parametrize(
    ("text", "label"),
    [("Вьетам", "Вьетнам"), ("Франсия", "Франция"), ("la depech", "La Dépêche"), ("ahfywbz", "Франция")],
)
def test_a_misspelled_name_is_offered(text: str, label: str) -> None:
    """Letters left out or wrong, or the keyboard in the other alphabet."""
    assert [name.label for name in CATALOGUE.similar(text)][:1] == [label]


def test_what_looks_like_nothing_has_no_likeness() -> None:
    """No suggestion is better than a silly one."""
    assert CATALOGUE.similar("щзыфж") == []
    assert CATALOGUE.inflected("щзыфж") == []


def test_an_alias_and_its_name_are_counted_as_one() -> None:
    """The list has the name that is used, with the articles of both."""
    labels = {name.label: name.count for name in CATALOGUE.names}
    assert labels["Великобритания"] == 5
    assert "Британия" not in labels


def test_the_alphabet_has_every_name_once() -> None:
    """Cyrillic letters come before Latin ones."""
    assert list(CATALOGUE.letters) == ["В", "С", "Ф", "Э", "A", "L"]
    assert sum(map(len, CATALOGUE.letters.values())) == len(CATALOGUE.names)


def test_a_beginning_finds_names_by_each_of_their_words() -> None:
    """Those that begin with it come first."""
    assert [name.label for name in CATALOGUE.beginning("в")] == ["Великобритания", "выборы", "Вьетнам"]
    assert [name.label for name in CATALOGUE.beginning("мак")] == ["Эмманюэль Макрон"]


@pytest.mark.parametrize("table", [{"a": "A"}, {"a": "b", "b": "a"}, {"": "b"}, {"a": "#"}])
def test_an_alias_that_leads_nowhere_is_a_mistake(table: dict[str, str]) -> None:
    """Nobody would ever find what it means."""
    with pytest.raises(ValueError, match=r"itself|letter"):
        Aliases.of(table)


def test_aliases_of_aliases_end_at_the_name() -> None:
    """The order in the settings does not matter."""
    aliases = Aliases.of({"UK": "Британия", "Британия": "Великобритания"})
    assert aliases.used("uk") == "Великобритания"
    assert set(aliases.others(["uk"])) == {("uk", "британия"), ("uk", "великобритания")}
