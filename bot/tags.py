"""Tags: the one definition shared by a site's tag, a hashtag, a button and a subscription.

Two spellings are the same tag when they fold to the same term.
"""

from __future__ import annotations

import re
import unicodedata

from bot.model import Article, digest

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"), None)
_SEPARATORS = re.compile(r"[\s\-_‐-―−·.,/]+")
_NOT_IN_HASHTAG = re.compile(r"[^\w]+")
_CYRILLIC_SHORT_I = "й"
HASHTAG_LIMIT = 256
"""Telegram's longest hashtag, in characters (TDLib, MessageEntity.cpp)."""


def fold(tag: str) -> str:
    """The term a tag is matched by: case, accents, ё/е, hyphens, apostrophes, a leading # and spacing don't count.

    >>> fold("#Южно-Африканская  Республика"), fold("Côte d’Azur"), fold("Ёлка")
    ('южно африканская республика', 'cote dazur', 'елка')
    """
    text = unicodedata.normalize("NFC", tag).strip().lstrip("#").translate(_APOSTROPHES)
    bare = "".join(_without_accent(char) for char in text.casefold())
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def _without_accent(char: str) -> str:
    """й is a letter of its own; every other accent is dropped, also from ё."""
    if char == _CYRILLIC_SHORT_I:
        return char
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))


def tag_id(tag: str) -> str:
    """A tag's short name for buttons and deep links, the same for every spelling."""
    return digest(fold(tag))


def hashtag(tag: str) -> str | None:
    """The tag as a hashtag both networks can tap, or None when nothing tappable is left.

    Words are joined by underscores, apostrophes vanish, accents stay: `#La_Dépêche`. A tag without a letter is no
    hashtag on Telegram (TDLib, MessageEntity.cpp), nor is one over 256 characters.

    >>> hashtag("Provence-Alpes-Côte d'Azur"), hashtag("C++"), hashtag("2024")
    ('#Provence_Alpes_Côte_dAzur', '#C', None)
    """
    text = unicodedata.normalize("NFC", tag).translate(_APOSTROPHES)
    word = _NOT_IN_HASHTAG.sub("_", text).strip("_")
    word = re.sub(r"_+", "_", word)
    if not any(char.isalpha() for char in word) or len(word) > HASHTAG_LIMIT:
        return None
    return f"#{word}"


def terms(article: Article) -> frozenset[str]:
    """Every folded term an article is found under: its tags, outlet, country and region."""
    named = [*article.tags, article.country, article.region, article.outlet.name if article.outlet else None]
    return frozenset(term for name in named if name and (term := fold(name)))


def split(text: str) -> list[str]:
    """Several tags as a person types them: separated by commas, semicolons or new lines, each once.

    >>> split("Франция, #Вьетнам; франция")
    ['Франция', 'Вьетнам']
    """
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]+", text):
        label = re.sub(r"\s+", " ", part).strip().lstrip("#").strip()
        if fold(label):
            found.setdefault(fold(label), label)
    return list(found.values())
