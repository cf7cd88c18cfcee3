"""The audience index: it always says what a loop over every reader would say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.model import Place, Platform
from bot.query import FIELDS, And, Facets, Not, Or, Query, Term, matches, parse
from bot.spelling import plain, spelled
from bot.store.audience import Audience, Places, standing_query
from bot.store.clauses import MOST_CLAUSES, clauses
from bot.store.members import FEW, packed, union, unpacked, with_one, without

WORDS = ("a", "b", "c", "d")
terms = st.builds(Term, st.sampled_from(WORDS), st.sampled_from((None, None, *FIELDS)))
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
facets = st.fixed_dictionaries({field: st.frozensets(st.sampled_from((*WORDS, "e")), max_size=3) for field in FIELDS})
deliveries = st.sampled_from(("now", "daily"))
standing = st.frozensets(st.builds(lambda query, delivery: (query, delivery), queries, deliveries), max_size=4)


@given(queries, facets)
def test_a_query_is_spelled_so_that_it_reads_back(query: Query, found: Facets) -> None:
    """With every bracket it needs and none more, and it asks for the same."""
    again = parse(spelled(query))
    assert again == query
    assert matches(parse(spelled(plain(query))), found) is matches(query, found)


@given(queries, facets)
def test_the_clauses_of_a_query_say_what_it_says(query: Query, found: Facets) -> None:
    """Any clause whose terms are all there and none of whose barred ones is."""
    apart = clauses(query)
    present = {f"{field}:{text}" for field in FIELDS for text in found[field]}
    present |= {f":{text}" for field in FIELDS if field != "source" for text in found[field]}
    assert apart is not None
    assert any(needed <= present and not barred & present for needed, barred in apart) == matches(query, found)


def test_a_query_of_too_many_clauses_is_not_taken_apart_and_still_found() -> None:
    """Seven brackets of two make 128 clauses."""
    text = " & ".join(f"(a{n} | b{n})" for n in range(7))
    assert clauses(parse(text)) is None
    assert MOST_CLAUSES < 2**7
    audience = Audience()
    audience.put(1, Place(Platform.TELEGRAM, "1"), (), (standing_query(parse(text), "now"),))
    tags = frozenset(f"a{n}" for n in range(7))
    assert list(audience.matching({"tag": tags})) == [1]
    assert list(audience.matching({"tag": tags - {"a3"}})) == []
    audience.drop(1, (standing_query(parse(text), "now"),))
    assert list(audience.matching({"tag": tags})) == []


@pytest.mark.parametrize("text", ["!спорт", "a & !a | !b", "a & !a"])
def test_a_query_of_nots_finds_its_reader(text: str) -> None:
    """Also where no term of the article leads to it, and where it can never hold."""
    audience = Audience()
    audience.put(7, Place(Platform.VK, "7"), (), (standing_query(parse(text), "now"),))
    for found in ({"tag": frozenset({"спорт"})}, {"tag": frozenset({"b"})}, {"tag": frozenset[str]()}):
        expected = [7] if matches(parse(text), found) else []
        assert list(audience.matching(found, "now")) == expected


class AudienceMachine(RuleBasedStateMachine):
    """Readers come, change their queries, pause, and are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.audience = Audience()
        self.known: dict[int, frozenset[tuple[Query, str]]] = {}

    @rule(number=st.integers(0, 40), now=standing)
    def subscribe(self, number: int, now: frozenset[tuple[Query, str]]) -> None:
        place = Place(Platform.TELEGRAM if number % 2 else Platform.VK, str(1000 + number))
        self.audience.put(number, place, self._spelled(number), {standing_query(*one) for one in now})
        self.known[number] = now

    @rule(number=st.integers(0, 40))
    def forget(self, number: int) -> None:
        self.audience.drop(number, self._spelled(number))
        self.known.pop(number, None)

    @rule()
    def reload(self) -> None:
        """What is kept is all there is."""
        again = Audience()
        for text in self.audience.standing():
            members = self.audience.having(text)
            assert members is not None
            again.load(text, unpacked(packed(members)))
        for page in self.audience.places.dirty:
            again.places.load(page, self.audience.places.page(page))
        again.places.dirty = self.audience.places.dirty
        self.audience = again

    @rule(found=facets)
    def ask(self, found: Facets) -> None:
        for deliveries in (("now",), ("daily",), ()):
            expected = [
                number
                for number, kept in self.known.items()
                if any((not deliveries or delivery in deliveries) and matches(query, found) for query, delivery in kept)
            ]
            assert list(self.audience.matching(found, *deliveries)) == sorted(expected)

    @invariant()
    def nothing_empty_is_kept(self) -> None:
        assert set(self.audience.standing()) == {standing_query(*one) for kept in self.known.values() for one in kept}

    def _spelled(self, number: int) -> set[str]:
        return {standing_query(*one) for one in self.known.get(number, frozenset())}


AudienceMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestAudience = AudienceMachine.TestCase


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 80)), max_size=300))
def test_members_are_a_set_whatever_their_shape(steps: list[tuple[bool, int]]) -> None:
    """Grown over the limit and shrunk under it; as bytes they are the same."""
    members, expected = None, set[int]()
    for add, number in steps:
        if add:
            members = with_one(members, number)
            expected.add(number)
        elif members is not None:
            members = without(members, number)
            expected.discard(number)
        assert sorted(members or ()) == sorted(expected)
    if members is not None:
        assert sorted(unpacked(packed(members))) == sorted(expected)
        assert sorted(union([members, with_one(None, 99)])) == sorted({*expected, 99})


def test_few_members_are_no_bitmap() -> None:
    """Most tags have a handful of readers."""
    members = None
    for number in range(FEW):
        members = with_one(members, number)
    assert type(members).__name__ == "array"
    assert members is not None
    assert type(with_one(members, FEW)).__name__ == "BitMap"


def test_bytes_that_were_never_packed_are_refused() -> None:
    """A damaged index is noticed."""
    with pytest.raises(ValueError, match="not a packed set"):
        unpacked(b"x123")


@pytest.mark.parametrize(
    "text",
    [
        *("telegram:1001", "telegram:-1001234567890", "vk:43", "vk:-220", "telegram:@digest", "telegram:-100:7"),
        *("telegram:007", "vk:999999999999999999999", "telegram:0"),
    ],
)
def test_a_reader_of_any_kind_is_found_by_number(text: str) -> None:
    """Private chats, groups, topics, and names that are no numbers."""
    places = Places()
    place = Place.parse(text)
    places.put(5, place)
    assert places.get(5) == place
    assert list(places.on(place.platform)) == [5]
    again = Places()
    again.load(0, places.page(0))
    again.others.update(places.others)
    assert again.get(5) == place
    places.drop(5)
    assert places.get(5) is None
    assert list(places.on(place.platform)) == []
