"""Tag queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Outlet
from bot.query import (
    FIELDS,
    MAX_DEPTH,
    And,
    Not,
    Or,
    Query,
    QueryError,
    Term,
    facets,
    matches,
    parse,
)
from bot.spelling import meaning, phrase
from bot.tags import fold

ARTICLE = Article(
    id="1",
    url="https://digest.example/1",
    headline="Ночные поезда",
    outlet=Outlet("La Dépêche"),
    country="Франция",
    region="Европа",
    tags=("поезда", "Côte d’Azur"),
    source="wire",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Сад", Term("сад")),
        ("ночные поезда", Term("ночные поезда")),
        ("a | b & c", Or((Term("a"), And((Term("b"), Term("c")))))),
        ("(a | b) & !c", And((Or((Term("a"), Term("b"))), Not(Term("c"))))),
        ("a, b", Or((Term("a"), Term("b")))),
        ("!!a", Not(Not(Term("a")))),
        ('"a | b"', Term("a | b")),
        ('outlet:"La Dépêche"', Term("la depeche", "outlet")),
        ("Country: Франция", Term("франция", "country")),
        ("время 12:30", Term("время 12:30")),
        ("#поезда", Term("поезда")),
    ],
)
def test_parse(text: str, expected: Query) -> None:
    """& binds closer than |, a comma is |, quotes keep signs, a colon after no field is a colon."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("   ", 3),
        ("a |", 3),
        ("| a", 0),
        ("(a", 2),
        ("a)", 1),
        ('"a', 0),
        ("a & & b", 4),
        ("outlet:", 7),
        ('outlet:"La', 7),
        ('""', 0),
        ("!", 1),
        ("a (b)", 2),
        ("—", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, position: int) -> None:
    """In characters from 0."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.position == position


def mistake(text: str) -> QueryError | None:
    """What is wrong with a query, if anything."""
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


@pytest.mark.parametrize(
    "text", ["!" * 100_000 + "a", "(" * 100_000, "a & " * 20_000 + "a", " " * 100_000 + "a" + " " * 100_000]
)
def test_hostile_queries_end_quickly(text: str) -> None:
    """No deep recursion, no quadratic time: an answer or a QueryError."""
    error = mistake(text)
    assert error is None or str(MAX_DEPTH) in error.expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("поезда", True),
        ("франция & !спорт", True),
        ("сад | cote d'azur", True),
        ("outlet:la depeche", True),
        ("outlet:франция", False),
        ("country:франция & region:европа & tag:поезда", True),
        ("поезд", False),
        ("source:wire", True),
        ("wire", False),
        ("!поезда", False),
    ],
)
def test_matches(text: str, expected: bool) -> None:
    """A bare term is found in tags, outlet, country and region; the source only when asked for."""
    assert matches(parse(text), facets(ARTICLE)) is expected


def test_nothing_is_found_in_an_article_without_facets() -> None:
    """Unknown is not a match; its negation is."""
    bare = facets(Article("1", "u", "h"))
    assert not matches(parse("сад"), bare)
    assert matches(parse("!outlet:сад"), bare)


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).map(fold).filter(bool)
QUERIES: st.SearchStrategy[Query] = st.recursive(
    st.builds(Term, WORDS, st.none() | st.sampled_from(FIELDS)),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
    ),
    max_leaves=8,
)


def written(query: Query) -> str:
    """A query as a person would type it, every group in brackets."""
    match query:
        case Term(text, field):
            return f'{field}:"{text}"' if field else f'"{text}"'
        case Not(inner):
            return f"!{written(inner)}"
        case And(parts):
            return f"({' & '.join(map(written, parts))})"
        case Or(parts):
            return f"({' | '.join(map(written, parts))})"


@given(QUERIES)
def test_what_is_written_is_read_back(query: Query) -> None:
    """Parsing undoes writing."""
    assert parse(written(query)) == query


@given(st.text('ab|&!()," :#tag', max_size=40))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    """Nothing else is ever raised, and the place named lies in the text."""
    error = mistake(text)
    if error is None:
        assert matches(parse(text), facets(ARTICLE)) in (True, False)
    else:
        assert 0 <= error.position <= len(text)


@given(QUERIES, QUERIES)
def test_the_laws_of_logic_hold(one: Query, other: Query) -> None:
    """Not, And and Or mean what they say, for any article."""
    found = facets(ARTICLE)
    assert matches(Not(one), found) is not matches(one, found)
    assert matches(And((one, other)), found) is (matches(one, found) and matches(other, found))
    assert matches(Not(And((one, other))), found) is matches(Or((Not(one), Not(other))), found)


@given(QUERIES)
def test_a_meaning_can_be_read_back(query: Query) -> None:
    """It is a query that says the same, and is written in one way alone."""
    again = parse(meaning(query))
    assert meaning(again) == meaning(query)
    assert matches(again, facets(ARTICLE)) is matches(query, facets(ARTICLE))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сад", "#сад"),
        ("a & b", "B & A"),
        ("a | b, c", "c | (b | A)"),
        ("!!a & a", "a"),
        ('"a"', "A"),
    ],
)
def test_what_asks_for_the_same_has_one_meaning(one: str, other: str) -> None:
    """Order, spelling and needless brackets don't count."""
    assert meaning(parse(one)) == meaning(parse(other))


@given(st.text(max_size=30))
def test_any_tag_can_be_asked_for(tag: str) -> None:
    """A phrase is a query for that very tag, whatever signs are in it; what is no tag is refused."""
    try:
        assert parse(phrase(tag)) == Term(fold(tag))
    except QueryError:
        assert not fold(tag)
