"""Who gets an article: standing queries as bitmaps of reader numbers, in memory. Pure; the store keeps it in step.

A *standing query* is a query with how its articles are to be delivered, written as one line of text. Readers are known
by small numbers that are never given twice. What is asked for most, a query of one term, is found by that term alone;
all other queries are held against an article at once (`clauses`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyroaring import BitMap

from bot.model import Place, Platform
from bot.query import Facets, Query, parse
from bot.spelling import plain, spelled
from bot.store.clauses import Clauses
from bot.store.members import Members, union, with_one, without

_PLATFORMS = tuple(Platform)
_LARGEST = 1 << 60
"""Of a chat's number that is kept as one."""
PAGE = 8192
"""Readers whose places are kept together."""
ACTIVE = "active"
"""What every reader who can be reached has beside their standing queries."""


_ANYWHERE, _QUERY, _NO_QUERY = "", "&", "-"
_ONE_TERM = re.compile(r'(?:(?P<field>\w+):)?"(?P<term>[^"]*)"')


class _Shelf(NamedTuple):
    """Standing queries of one delivery and one kind: the field of a single term, anywhere, or a whole query."""

    delivery: str
    kind: str


def standing_query(query: Query, delivery: str) -> str:
    """It as text, the same for all queries of one meaning."""
    return f"{delivery} {spelled(plain(query))}"


class Audience:
    """The index. `put` and `drop` keep it; the same again changes nothing."""

    def __init__(self) -> None:
        self.places = Places()
        self.dirty: set[str] = set()
        self._shelves: dict[_Shelf, dict[str, Members]] = {}
        self._clauses = Clauses()

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
        shelf, name = _spot(text)
        kept = self._shelves.setdefault(shelf, {})
        if shelf.kind == _QUERY and name not in kept:
            self._clauses.add(name, parse(name))
        kept[name] = members

    def settled(self) -> None:
        """All that changed is kept somewhere: nothing is dirty any more."""
        self.dirty.clear()
        self.places.dirty.clear()

    def standing(self) -> Iterator[str]:
        """Every standing query that any reader has."""
        return (_text(shelf, name) for shelf, kept in self._shelves.items() for name in kept)

    def having(self, text: str) -> Members | None:
        """Who has a standing query; None: nobody."""
        shelf, name = _spot(text)
        return self._shelves.get(shelf, {}).get(name)

    def active(self, platform: Platform) -> int:
        """How many readers of a platform can be reached."""
        return len(union([self.having(ACTIVE)]) & self.places.on(platform))

    def wanted(self, query: Query) -> bool:
        """Whether any reader has this very query, whatever the delivery."""
        (_, kind), name = _spot(standing_query(query, ""))
        return self._is_kept(kind, name)

    def matching(self, found: Facets, *deliveries: str) -> BitMap:
        """Who wants an article with these facets by queries of these deliveries; of any, when none is named."""
        anywhere = [term for field, terms in found.items() if field != "source" for term in terms]
        queries = self._clauses.matching(found)
        sets: list[Members | None] = []
        for (delivery, kind), kept in self._shelves.items():
            if not deliveries or delivery in deliveries:
                asked = anywhere if kind == _ANYWHERE else queries if kind == _QUERY else found.get(kind, ())
                sets += map(kept.get, asked)
        return union(sets)

    def _change(self, number: int, was: frozenset[str], now: frozenset[str]) -> None:
        for text in was - now:
            if (members := self.having(text)) is not None:
                self.dirty.add(text)
                if (left := without(members, number)) is None:
                    self._lose(text)
                else:
                    self.load(text, left)
        for text in now - was:
            self.dirty.add(text)
            self.load(text, with_one(self.having(text), number))

    def _lose(self, text: str) -> None:
        """Nobody has a standing query any more."""
        shelf, name = _spot(text)
        del self._shelves[shelf][name]
        if shelf.kind == _QUERY and not self._is_kept(_QUERY, name):
            self._clauses.remove(name, parse(name))

    def _is_kept(self, kind: str, name: str) -> bool:
        return any(name in kept for shelf, kept in self._shelves.items() if shelf.kind == kind)


def _spot(text: str) -> tuple[_Shelf, str]:
    """Where a standing query is kept: one of a single term under the term, so that an article's terms lead to it."""
    delivery, _, query = text.partition(" ")
    found = _ONE_TERM.fullmatch(query)
    if found is not None:
        return _Shelf(delivery, found["field"] or _ANYWHERE), found["term"]
    return _Shelf(delivery, _QUERY if query else _NO_QUERY), query


def _text(shelf: _Shelf, name: str) -> str:
    """The reverse."""
    if shelf.kind in (_QUERY, _NO_QUERY):
        return f"{shelf.delivery} {name}".rstrip()
    return f'{shelf.delivery} {shelf.kind}:"{name}"' if shelf.kind else f'{shelf.delivery} "{name}"'


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
