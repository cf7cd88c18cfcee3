"""Which recent headline tells the same story: an index over rare words, then a closer look at a few candidates. Pure.

Words are compared by their beginnings, since Russian ones change at the end. Rare words decide: two headlines about
"Путин" and "Россия" have little in common, two about a village that nobody knows have everything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.identity import Told
from bot.tags import fold

MOST = 100_000
"""Headlines kept; the oldest leave."""
_RAREST = 6
"""Words of a headline by which candidates are looked for."""
_NEWEST = 300
"""Headlines looked at for one word, the newest ones."""
_CANDIDATES = 16
_STEM = 5
_SURE, _LIKELY, _LEADS = 0.78, 0.5, 0.4
"""A headline is enough by itself from _SURE on; from _LIKELY on the leads must agree by _LEADS, or without them rare
words."""
_RARE = 6.0
"""The weight of a word that stands in one headline of four hundred."""
_FEW = 1_000
"""Among fewer headlines than this nothing can be said of how rare a word is, and all count much."""
_LEAST = 3
"""Words in common without which nothing is a story."""
_ENDINGS = "аеёиоуыэюяйь"
_EMPTY = frozenset((
    "и", "в", "во", "на", "с", "со", "к", "ко", "о", "об", "обо", "из", "за", "по", "от", "до", "у", "не", "ни",
    "но", "а", "что", "как", "для", "при", "под", "над", "без", "его", "ее", "их", "это", "или", "же", "бы", "то",
    "the", "an", "of", "in", "on", "to", "for", "and", "is", "are", "at", "by", "as", "with", "from", "le", "la",
    "les", "de", "des", "du", "un", "une", "et", "en", "au", "aux", "der", "die", "das", "und",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kept:
    told: Told
    words: frozenset[str]


def words_of(text: str) -> tuple[str, ...]:
    """The words that say something, by their beginnings.

    >>> words_of("Выставка в Париже") == words_of("выставки, Париж")
    True
    """
    bare = "".join(char if char.isalnum() else " " for char in fold(text))
    return tuple(_stem(word) for word in bare.split() if word not in _EMPTY)


class Nearness:
    """The headlines of the last `window`. Of one source two are never the same story: it knows what it tells twice."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._kept: dict[int, _Kept] = {}
        self._numbers: dict[str, int] = {}
        self._places: dict[str, list[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, told: Told) -> None:
        """Remember a headline; one that is there already stays as it is."""
        if told.key in self._numbers:
            return
        number, words = self._next, frozenset(words_of(told.headline))
        self._next += 1
        self._kept[number] = _Kept(told, words)
        self._numbers[told.key] = number
        for word in words:
            self._places.setdefault(word, []).append(number)
        if len(self._kept) > MOST:
            self._forget(next(iter(self._kept)))

    def like(self, told: Told) -> Told | None:
        """The headline of another source that tells this story, the likeliest one."""
        words = frozenset(words_of(told.headline))
        weights = {word: self._weight(word) for word in words}
        best, likeness = None, 0.0
        for number in self._candidates(weights):
            other = self._kept[number]
            if other.told.source == told.source or abs(told.at - other.told.at) > self._window:
                continue
            found = self._likeness(told, words, weights, other)
            if found > likeness:
                best, likeness = other.told, found
        return best

    def _candidates(self, weights: dict[str, float]) -> list[int]:
        hits: dict[int, float] = {}
        for word in sorted(weights, key=lambda word: -weights[word])[:_RAREST]:
            weight = weights[word]
            for number in self._places.get(word, ())[-_NEWEST:]:
                hits[number] = hits.get(number, 0.0) + weight
        return sorted((number for number in hits if number in self._kept), key=lambda one: -hits[one])[:_CANDIDATES]

    def _likeness(self, told: Told, words: frozenset[str], weights: dict[str, float], other: _Kept) -> float:
        """0 for another story, else how sure it is."""
        both = words & other.words
        if len(both) < max(2, min(_LEAST, len(words), len(other.words))):
            return 0.0
        common = [weights[word] for word in both]
        headline = sum(common) / min(sum(weights.values()), sum(map(self._weight, other.words)))
        if headline < _SURE:
            headline = max(headline, fuzz.token_sort_ratio(" ".join(words), " ".join(other.words)) / 100)
        if headline >= _SURE:
            return headline
        if headline < _LIKELY:
            return 0.0
        leads = _leads(told.lead, other.told.lead)
        rare = sum(weight >= _RARE for weight in common)
        agreed = leads >= _LEADS if leads is not None else len(both) > _LEAST and rare > 1
        return headline if agreed else 0.0

    def _weight(self, word: str) -> float:
        return math.log((max(len(self._kept), _FEW) + 2) / (len(self._places.get(word, ())) + 1))

    def _forget(self, number: int) -> None:
        """The oldest one: it stands first wherever it stands."""
        kept = self._kept.pop(number)
        del self._numbers[kept.told.key]
        for word in kept.words:
            places = self._places[word]
            if len(places) == 1:
                del self._places[word]
            elif len(places) > 2 * _NEWEST and places[len(places) // 2] not in self._kept:
                del places[: len(places) // 2]
            elif len(places) <= 2 * _NEWEST:
                places.remove(number)


def _leads(one: str | None, other: str | None) -> float | None:
    """How much two leads have in common; None where there is none to compare."""
    first, second = (frozenset(words_of((text or "")[:400])) for text in (one, other))
    return len(first & second) / min(len(first), len(second)) if first and second else None


def _stem(word: str) -> str:
    """Endings go, but not from what is short: "суда" and "суд" are one word, "два" and "две" are numbers."""
    end = len(word)
    while end > 3 and word[end - 1] in _ENDINGS and len(word) - end < 2:
        end -= 1
    return word[: min(end, _STEM)]


def remembered(window: timedelta, told: Iterable[Told]) -> Nearness:
    """An index of what was told before, the oldest first."""
    index = Nearness(window)
    for one in told:
        index.add(one)
    return index
