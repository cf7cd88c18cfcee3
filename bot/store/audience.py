"""Who gets an article: every reader's wishes as bitmaps of reader numbers, in memory. Pure; the store keeps it in step.

A *wish* is a query with how its articles are to be delivered, written as one line of text. Readers are known by small
numbers that are never given twice. What is asked for most, a query of one term, is found by that term alone; all other
queries are held against an article at once (`clauses`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyroaring import BitMap

from bot.model import Place, Platform
from bot.query import Facets, Query, Term, parse
from bot.spelling import spelled
from bot.store.clauses import Clauses, literals
from bot.store.members import Members, union, with_one, without

_PLATFORMS = tuple(Platform)
_LARGEST = 1 << 60
"""Of a chat's number that is kept as one."""


def wish(query: Query, delivery: str) -> str:
    """A wish as text, the same for the same query and delivery."""
    return f"{delivery} {spelled(query)}"


@dataclass(frozen=True, slots=True)
class Found:
    """The wishes that an article answers, each with the readers who have it."""

    wishes: tuple[tuple[str, Members], ...]

    def readers(self, *deliveries: str) -> BitMap:
        """Who has any of them, with one of these deliveries; every delivery when none is named."""
        wanted = tuple(f"{one} " for one in deliveries)
        return union(members for text, members in self.wishes if not wanted or text.startswith(wanted))

    def of(self, number: int) -> list[str]:
        """By which wishes the article comes to one reader."""
        return [text for text, members in self.wishes if number in members]


class Audience:
    """The index. `put` and `drop` keep it; the same again changes nothing."""

    def __init__(self) -> None:
        self.wishes: dict[str, Members] = {}
        self.places = Places()
        self.dirty: set[str] = set()
        self._clauses = Clauses()
        self._deliveries: set[str] = set()

    def put(self, number: int, place: Place, was: Iterable[str], now: Iterable[str]) -> None:
        """A reader had these wishes, and has those. One without any that are to be served is known all the same."""
        self.places.put(number, place)
        self._change(number, frozenset(was), frozenset(now))

    def drop(self, number: int, was: Iterable[str]) -> None:
        """A reader is forgotten."""
        self.places.drop(number)
        self._change(number, frozenset(was), frozenset())

    def load(self, text: str, members: Members) -> None:
        """Take a wish with all its readers, as it was kept."""
        if text not in self.wishes:
            self._know(text)
        self.wishes[text] = members

    def matching(self, found: Facets) -> Found:
        """Who wants an article with these facets."""
        queries = [_of_literal(one) for one in literals(found)] + self._clauses.matching(found)
        named = (f"{delivery} {query}" for query in queries for delivery in self._deliveries)
        return Found(tuple((text, members) for text in named if (members := self.wishes.get(text)) is not None))

    def _change(self, number: int, was: frozenset[str], now: frozenset[str]) -> None:
        for text in was - now:
            if (members := self.wishes.get(text)) is not None:
                self._keep(text, without(members, number))
        for text in now - was:
            if text not in self.wishes:
                self._know(text)
            self._keep(text, with_one(self.wishes.get(text), number))

    def _keep(self, text: str, members: Members | None) -> None:
        self.dirty.add(text)
        if members is not None:
            self.wishes[text] = members
            return
        del self.wishes[text]
        query = _query(text)
        others = (f"{delivery} {spelled(query)}" for delivery in self._deliveries)
        if not isinstance(query, Term) and not any(other in self.wishes for other in others):
            self._clauses.remove(spelled(query), query)

    def _know(self, text: str) -> None:
        self._deliveries.add(text.partition(" ")[0])
        query = _query(text)
        if not isinstance(query, Term):
            self._clauses.add(spelled(query), query)


def _query(text: str) -> Query:
    return parse(text.partition(" ")[2])


def _of_literal(one: str) -> str:
    field, _, text = one.partition(":")
    return spelled(Term(text, field or None))


class Places:
    """Where each reader reads, by number: eight bytes for a chat with a number, more for the others."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._others: dict[int, Place] = {}
        self._of = {platform: BitMap() for platform in Platform}

    def put(self, number: int, place: Place) -> None:
        """Take one in."""
        self.drop(number)
        if number >= len(self._numbers):
            self._numbers.extend([0] * (number + 1 - len(self._numbers)))
        self._numbers[number] = _number(place)
        if not self._numbers[number]:
            self._others[number] = place
        self._of[place.platform].add(number)

    def drop(self, number: int) -> None:
        """Leave one out."""
        if number < len(self._numbers):
            self._numbers[number] = 0
        self._others.pop(number, None)
        for numbers in self._of.values():
            numbers.discard(number)

    def get(self, number: int) -> Place | None:
        """Where a reader reads; None: they are forgotten."""
        if number in self._others:
            return self._others[number]
        kept = self._numbers[number] if number < len(self._numbers) else 0
        return Place(_PLATFORMS[kept & 1], str(kept >> 1)) if kept else None

    def on(self, platform: Platform) -> BitMap:
        """The readers of a platform."""
        return self._of[platform]

    def all(self) -> Iterator[tuple[int, Place]]:
        """Every reader, in order of their numbers."""
        for number in BitMap.union(*self._of.values()):
            if (place := self.get(number)) is not None:
                yield number, place


def _number(place: Place) -> int:
    """Chat and platform in one integer, or 0 when they don't fit into one."""
    if place.thread is not None or str(_decimal(place.chat)) != place.chat:
        return 0
    chat = int(place.chat)
    return chat << 1 | _PLATFORMS.index(place.platform) if 0 < abs(chat) < _LARGEST else 0


def _decimal(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
