"""Russian words in their dictionary form, by pymorphy3: whoever writes «Франции» means «Франция».

The dictionary is loaded with the first word; that takes half a second, so do it off the event loop.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING

from bot.tags import fold

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

MOST_READINGS = 3
"""Dictionary forms of one word that are kept: «стали» is steel, and to become."""
MOST_WORDS = 6
"""Words of a name that are looked at in every reading; a longer one counts in its likeliest."""
_WORDS_KEPT = 200_000
_WORD = re.compile(r"\w+")


def readings(word: str) -> tuple[str, ...]:
    """The dictionary forms of a folded word, the likeliest first; a word that is not Russian is its own.

    >>> readings("францию"), readings("le")
    (('франция',), ('le',))
    """
    return _readings(word)


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return _WORD.findall(fold(text))


def stems(text: str) -> frozenset[str]:
    """All the dictionary forms of a text's words: to find it by any of them."""
    return frozenset(form for word in words(text) for form in _readings(word))


def forms(name: str) -> frozenset[str]:
    """A name with each of its words in a dictionary form, in every reading."""
    parts = words(name)
    if len(parts) > MOST_WORDS:
        return frozenset({" ".join(_readings(word)[0] for word in parts)})
    return frozenset(map(" ".join, product(*map(_readings, parts))))


@lru_cache(_WORDS_KEPT)
def _readings(word: str) -> tuple[str, ...]:
    if not any("а" <= char <= "я" for char in word):
        return (word,)
    found = dict.fromkeys(fold(one.normal_form) for one in _analyzer().parse(word))
    return tuple(found)[:MOST_READINGS] or (word,)


@cache
def _analyzer() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer as Analyzer  # noqa: PLC0415 - heavy, and most starts need no word of it

    return Analyzer(lang="ru")
