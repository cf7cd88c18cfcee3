"""Everything that can be subscribed to, to be looked up by any spelling, by a dictionary form, or by likeness.

Built from the names of the archive; a look-up by likeness takes some milliseconds for 20,000 names, so it is done off
the event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from rapidfuzz import fuzz, process

from bot import lexicon
from bot.aliases import NO_ALIASES, Aliases
from bot.names import Kind, Name
from bot.tags import fold

LIKE_ENOUGH = 75
"""Per cent of likeness (1 - indel distance / both lengths) from which on a name is offered."""
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_RETYPED = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
"""What was typed with the keyboard switched to the other alphabet."""


class Catalogue:
    """Names, the most used first. `aliases` count as the names they stand for."""

    def __init__(self, names: Iterable[Name] = (), aliases: Aliases = NO_ALIASES) -> None:
        self._aliases = aliases
        self._by_term: dict[str, Name] = {}
        for name in names:
            used = aliases.names.get(name.term)
            one = name if used is None else replace(name, label=used)
            before = self._by_term.get(one.term)
            self._by_term[one.term] = one if before is None else _together(before, one)
        self.names = sorted(self._by_term.values(), key=lambda name: (-name.count, name.label))

    def find(self, text: str) -> Name | None:
        """The name with this spelling, or that an alias stands for."""
        used = self._aliases.used(text)
        found = self._by_term.get(fold(used or text))
        return found if found or used is None else Name(used)

    def inflected(self, text: str) -> list[Name]:
        """Names that this may be another form of: «Соединённых Штатов»."""
        wanted = lexicon.forms(text)
        near = self._by_start.get(_start(text), {})
        found = {name.term: name for term, name in near.items() if wanted & lexicon.forms(term)}
        return sorted(found.values(), key=lambda name: (-name.count, name.label))

    def similar(self, text: str, limit: int = 3) -> list[Name]:
        """The names that look most like this, the likest first; none where nothing does."""
        found: dict[str, tuple[float, Name]] = {}
        for typed in dict.fromkeys((fold(text), fold(text.casefold().translate(_RETYPED)))):
            for term, likeness, _ in process.extract(
                typed, self._spellings.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=limit
            ):
                name = self._spellings[term]
                found.setdefault(name.term, (likeness, name))
        ordered = sorted(found.values(), key=lambda one: (-one[0], -one[1].count, one[1].label))
        return [name for _, name in ordered][:limit]

    def beginning(self, prefix: str) -> list[Name]:
        """Names that begin so, or with a word that does, in the order of the alphabet."""
        term = fold(prefix)
        found = [name for name in self.names if name.term.startswith(term) or f" {term}" in name.term]
        return sorted(found, key=lambda name: (not name.term.startswith(term), name.term))

    def of_kind(self, kind: Kind) -> list[Name]:
        """The most used first."""
        return [name for name in self.names if kind in name.kinds]

    @cached_property
    def letters(self) -> Mapping[str, list[Name]]:
        """The names by their first letter, Cyrillic before Latin, each in the order of the alphabet."""
        found: dict[str, list[Name]] = {}
        for term in sorted(self._by_term):
            found.setdefault(term[0].upper(), []).append(self._by_term[term])
        return dict(sorted(found.items(), key=lambda pair: (not "А" <= pair[0] <= "Я", not pair[0].isalpha(), pair[0])))

    @cached_property
    def _spellings(self) -> Mapping[str, Name]:
        """Every spelling that leads to a name: its own, and its aliases'."""
        others = {alias: self.find(alias) for alias in self._aliases.names}
        return {alias: name for alias, name in others.items() if name} | self._by_term

    @cached_property
    def _by_start(self) -> Mapping[tuple[str, int], Mapping[str, Name]]:
        """Names of as many words that begin alike: inflection changes ends alone."""
        found: dict[tuple[str, int], dict[str, Name]] = {}
        for term, name in self._spellings.items():
            found.setdefault(_start(term), {})[term] = name
        return found


def _start(text: str) -> tuple[str, int]:
    words = lexicon.words(text)
    return (words[0][:2] if words else "", len(words))


def _together(one: Name, other: Name) -> Name:
    """An alias and its name: counted as one."""
    kinds = tuple(kind for kind in Kind if kind in one.kinds or kind in other.kinds)
    return Name(one.label, one.count + other.count, kinds)
