"""Who gets an article: standing queries as bitmaps of reader numbers, in memory. Pure; the store keeps it in step.

A *standing query* is a query with how its articles are to be delivered, written as one line of text. Readers are known
by small numbers that are never given twice. What is asked for most, a query of one term, is found by that term alone;
all other queries are held against an article at once (`clauses`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from pyroaring import BitMap

from bot.model import Place, Platform
from bot.query import Facets, Query, Term, parse
from bot.spelling import plain, spelled
from bot.store.clauses import Clauses, literals
from bot.store.members import Members, few, union, with_one, without

_PLATFORMS = tuple(Platform)
_LARGEST = 1 << 60
"""Of a chat's number that is kept as one."""
PAGE = 8192
"""Readers whose places are kept together."""
ACTIVE = "active"
"""What every reader who can be reached has beside their standing queries."""


def standing_query(query: Query, delivery: str) -> str:
    """It as text, the same for all queries of one meaning."""
    return f"{delivery} {spelled(plain(query))}"


@dataclass(frozen=True, slots=True)
class Found:
    """The standing queries that an article answers, each with the readers who have it."""

    standing: tuple[tuple[str, Members], ...]

    def readers(self, *deliveries: str) -> BitMap:
        """Who has any of them, with one of these deliveries; every delivery when none is named."""
        wanted = tuple(f"{one} " for one in deliveries)
        return union(members for text, members in self.standing if not wanted or text.startswith(wanted))

    def of(self, number: int) -> list[str]:
        """By which standing queries the article comes to one reader."""
        return [text for text, members in self.standing if number in members]


class Audience:
    """The index. `put` and `drop` keep it; the same again changes nothing."""

    def __init__(self) -> None:
        self.standing: dict[str, Members] = {}
        self.places = Places()
        self.dirty: set[str] = set()
        self._clauses = Clauses()
        self._deliveries: set[str] = set()

    def put(self, number: int, place: Place, was: Iterable[str], now: Iterable[str]) -> None:
        """A reader had these standing queries, and has those. One without any to be served is known all the same."""
        self.places.put(number, place)
        self._change(number, frozenset(was), frozenset(now))

    def drop(self, number: int, was: Iterable[str]) -> None:
        """A reader is forgotten."""
        self.places.drop(number)
        self._change(number, frozenset(was), frozenset())

    def load(self, text: str, members: Members) -> None:
        """Take a standing query with all its readers, as it was kept."""
        if text not in self.standing:
            self._know(text)
        self.standing[text] = members

    def settled(self) -> None:
        """All that changed is kept somewhere: nothing is dirty any more."""
        self.dirty.clear()
        self.places.dirty.clear()

    def active(self, platform: Platform) -> int:
        """How many readers of a platform can be reached."""
        return len(union([self.standing.get(ACTIVE, few())]) & self.places.on(platform))

    def wanted(self, query: Query) -> bool:
        """Whether any reader has this very query, whatever the delivery."""
        return any(standing_query(query, delivery) in self.standing for delivery in self._deliveries)

    def matching(self, found: Facets) -> Found:
        """Who wants an article with these facets."""
        queries = [_of_literal(one) for one in literals(found)] + self._clauses.matching(found)
        named = (f"{delivery} {query}" for query in queries for delivery in self._deliveries)
        return Found(tuple((text, members) for text in named if (members := self.standing.get(text)) is not None))

    def _change(self, number: int, was: frozenset[str], now: frozenset[str]) -> None:
        for text in was - now:
            if (members := self.standing.get(text)) is not None:
                self._keep(text, without(members, number))
        for text in now - was:
            if text not in self.standing:
                self._know(text)
            self._keep(text, with_one(self.standing.get(text), number))

    def _keep(self, text: str, members: Members | None) -> None:
        self.dirty.add(text)
        if members is not None:
            self.standing[text] = members
            return
        del self.standing[text]
        if text == ACTIVE:
            return
        query = _query(text)
        others = (f"{delivery} {spelled(query)}" for delivery in self._deliveries)
        if not isinstance(query, Term) and not any(other in self.standing for other in others):
            self._clauses.remove(spelled(query), query)

    def _know(self, text: str) -> None:
        if text == ACTIVE:
            return
        self._deliveries.add(text.partition(" ")[0])
        query = _query(text)
        if not isinstance(query, Term):
            self._clauses.add(spelled(query), query)


def _query(text: str) -> Query:
    return parse(text.partition(" ")[2])


def _of_literal(one: str) -> str:
    """As `spelled` writes a term; an article is asked for dozens of them."""
    field, _, text = one.partition(":")
    return f'{field}:"{text}"' if field else f'"{text}"'


class Places:
    """Where each reader reads, by number: eight bytes for a chat with a number, more for the others."""

    def __init__(self) -> None:
        self.dirty: set[int] = set()
        self.others: dict[int, Place] = {}
        self._numbers = array("q")
        self._of = {platform: BitMap() for platform in Platform}

    def put(self, number: int, place: Place) -> None:
        """Take one in."""
        self.drop(number)
        if number >= len(self._numbers):
            self._numbers.extend([0] * (number + 1 - len(self._numbers)))
        self._numbers[number] = _number(place)
        if not self._numbers[number]:
            self.others[number] = place
        self._of[place.platform].add(number)
        self.dirty.add(number // PAGE)

    def drop(self, number: int) -> None:
        """Leave one out."""
        if number < len(self._numbers):
            self._numbers[number] = 0
            self.dirty.add(number // PAGE)
        self.others.pop(number, None)
        for numbers in self._of.values():
            numbers.discard(number)

    def get(self, number: int) -> Place | None:
        """Where a reader reads; None: they are forgotten."""
        if number in self.others:
            return self.others[number]
        kept = self._numbers[number] if number < len(self._numbers) else 0
        return Place(_PLATFORMS[kept & 1], str(kept >> 1)) if kept else None

    def on(self, platform: Platform) -> BitMap:
        """The readers of a platform."""
        return self._of[platform]

    def page(self, page: int) -> array[int]:
        """The chats of the readers from `page * PAGE`, as they are kept."""
        return self._numbers[page * PAGE : (page + 1) * PAGE]

    def load(self, page: int, chats: array[int]) -> None:
        """Take a page back."""
        first = page * PAGE
        if len(self._numbers) < first + len(chats):
            self._numbers.extend([0] * (first + len(chats) - len(self._numbers)))
        self._numbers[first : first + len(chats)] = chats
        for index, platform in enumerate(_PLATFORMS):
            self._of[platform].update(BitMap(n for n, chat in enumerate(chats, first) if chat and chat & 1 == index))


def _number(place: Place) -> int:
    """Chat and platform in one integer, or 0 when they don't fit into one."""
    try:
        chat = int(place.chat)
    except ValueError:
        return 0
    plain = place.thread is None and str(chat) == place.chat and abs(chat) < _LARGEST
    return chat << 1 | _PLATFORMS.index(place.platform) if plain and chat else 0
