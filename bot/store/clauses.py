"""Which of many queries an article answers, by bitmap algebra over all of them at once.

A query is taken apart into clauses, each a set of terms that must be there and one of terms that must not be: the query
holds when any of its clauses does. Clauses are numbered, and every term knows by bitmaps the clauses that need it and
those it bars. For an article, the bitmaps of its terms are added up into a counter in binary digits, a bitmap a digit:
a clause is met when it was counted as often as it has terms, and nothing bars it. So the work grows with the terms of
the article and hardly with the number of queries; a query of nothing but a NOT is a clause without terms, met by
default.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TypeVar

from pyroaring import BitMap

from bot.query import FIELDS, And, Facets, Not, Or, Query, Term, matches

MOST_CLAUSES = 64
"""Of one query; `(a | b) & (c | d) & …` doubles them with every bracket. What has more is asked one by one."""

_Key = TypeVar("_Key")
Clause = tuple[frozenset[str], frozenset[str]]
"""Terms that must be there, and terms that must not, each as a `literal`."""


def literal(term: Term) -> str:
    """A term as it is counted: in its field, or anywhere."""
    return f"{term.field or ''}:{term.text}"


def literals(found: Facets) -> frozenset[str]:
    """Every literal that is true of an article."""
    named = {f"{field}:{text}" for field, texts in found.items() for text in texts}
    return frozenset(named | {f":{text}" for field in FIELDS if field != "source" for text in found.get(field, ())})


def clauses(query: Query, *, most: int = MOST_CLAUSES) -> frozenset[Clause] | None:
    """The query taken apart; None when it has more clauses than `most`. One that can't hold has none at all."""
    found = _apart(query, wanted=True, most=most)
    return None if found is None else frozenset(found)


def _apart(query: Query, *, wanted: bool, most: int) -> set[Clause] | None:
    match query:
        case Term():
            one, none = frozenset({literal(query)}), frozenset[str]()
            return {(one, none) if wanted else (none, one)}
        case Not(inner):
            return _apart(inner, wanted=not wanted, most=most)
        case And(parts) | Or(parts):
            sides = [_apart(part, wanted=wanted, most=most) for part in parts]
            together = isinstance(query, And) is wanted  # de Morgan: a NOT turns one into the other
            return _joined(sides, together=together, most=most)
    raise AssertionError(f"not a query: {query!r}")


def _joined(sides: Iterable[set[Clause] | None], *, together: bool, most: int) -> set[Clause] | None:
    whole: set[Clause] = {(frozenset(), frozenset())} if together else set()
    for side in sides:
        if side is None:
            return None
        whole = set(_crossed(whole, side)) if together else whole | side
        if len(whole) > most:
            return None
    return whole


def _crossed(left: set[Clause], right: set[Clause]) -> Iterator[Clause]:
    """Every pair of clauses as one; a pair that contradicts itself is none."""
    for (needed, barred), (needs, bars) in product(left, right):
        if not (needed & bars or needs & barred):
            yield needed | needs, barred | bars


class Clauses:
    """Queries by the clauses they consist of. Each query has a name of the caller's."""

    def __init__(self) -> None:
        self._owner: list[str] = []
        self._free: list[int] = []
        self._numbers: dict[str, list[int]] = {}
        self._needing: dict[str, BitMap] = {}
        self._barring: dict[str, BitMap] = {}
        self._by_size: dict[int, BitMap] = {}
        self._wide: dict[str, Query] = {}

    def add(self, name: str, query: Query) -> None:
        """Take a query in; once is enough."""
        if name in self._numbers or name in self._wide:
            return
        apart = clauses(query)
        if apart is None:
            self._wide[name] = query
            return
        self._numbers[name] = [self._numbered(name, clause) for clause in apart]

    def remove(self, name: str, query: Query) -> None:
        """Leave a query out from now on. It must be the one that was added under the name."""
        self._wide.pop(name, None)
        kept = set(self._numbers.pop(name, ()))
        if not kept:
            return
        for needed, barred in clauses(query) or ():
            for terms, index in ((needed, self._needing), (barred, self._barring)):
                for term in terms:
                    _leave(index, term, kept)
            _leave(self._by_size, len(needed), kept)
        self._free.extend(kept)

    def matching(self, found: Facets) -> list[str]:
        """Names of the queries that hold for an article with these facets, each once."""
        if not self._numbers and not self._wide:
            return []
        owners = map(self._owner.__getitem__, self._met(literals(found)))
        return [*dict.fromkeys(owners), *(name for name, query in self._wide.items() if matches(query, found))]

    def _numbered(self, name: str, clause: Clause) -> int:
        needed, barred = clause
        if self._free:
            number = self._free.pop()
            self._owner[number] = name
        else:
            number = len(self._owner)
            self._owner.append(name)
        for terms, index in ((needed, self._needing), (barred, self._barring)):
            for term in terms:
                index.setdefault(term, BitMap()).add(number)
        self._by_size.setdefault(len(needed), BitMap()).add(number)
        return number

    def _met(self, present: frozenset[str]) -> BitMap:
        digits: list[BitMap] = []
        for needing in filter(None, map(self._needing.get, present)):
            _count(digits, needing)
        met = BitMap()
        for size, alike in self._by_size.items():
            met |= _counted(digits, size, alike)
        for barring in filter(None, map(self._barring.get, present)):
            met -= barring
        return met


def _count(digits: list[BitMap], once_more: BitMap) -> None:
    """Add one to the counters of these clauses: binary addition with carry, for all of them in a few operations."""
    carry = once_more
    for place, digit in enumerate(digits):
        digits[place], carry = digit ^ carry, digit & carry
        if not carry:
            return
    digits.append(carry)


def _counted(digits: list[BitMap], times: int, among: BitMap) -> BitMap:
    """Those whose counter says exactly so many."""
    if times.bit_length() > len(digits):
        return BitMap()
    for place, digit in enumerate(digits):
        among = among & digit if times >> place & 1 else among - digit
    return among


def _leave(index: dict[_Key, BitMap], key: _Key, numbers: set[int]) -> None:
    """Take numbers out of one bitmap of an index; an empty one goes."""
    if (kept := index.get(key)) is not None:
        kept.difference_update(BitMap(numbers))
        if not kept:
            del index[key]
