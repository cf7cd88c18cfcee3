"""Tags: the one definition shared by a site's tag, a hashtag, a button and a subscription.

Two spellings are the same tag when they fold to the same term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.model import Article, digest

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"), None)
_QUOTES = dict.fromkeys(map(ord, '"«»„“”‟″〝〞'), None)
_SEPARATORS = re.compile(r"[\s\-_‐-―−·.,/]+")
_CYRILLIC_SHORT_I = "й"
_UNDERSCORES = re.compile(r"_+")
HASHTAG_LIMIT = 256
"""Telegram's longest hashtag, in characters (TDLib, MessageEntity.cpp)."""


class _Letters(dict[int, str]):
    """What becomes of each character, worked out once: `str.translate` then runs over whole tags."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, self._rule(chr(code)))


def _without_accent(char: str) -> str:
    """й is a letter of its own; every other accent is dropped, also from ё."""
    if char == _CYRILLIC_SHORT_I:
        return char
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))


def _tappable(char: str) -> str:
    """Letters and decimal digits; a mark that stands alone, such as a stress, would end the hashtag and vanishes."""
    if unicodedata.combining(char):
        return ""
    return char if char.isalpha() or char.isdecimal() else "_"


_BARE = _Letters(_without_accent)
_TAPPABLE = _Letters(_tappable)


def fold(tag: str) -> str:
    """The term a tag is matched by: case, accents, ё/е, hyphens, apostrophes, quotation marks, a leading # and spacing
    don't count.

    >>> fold("#Южно-Африканская  Республика"), fold("Côte d’Azur"), fold("Ёлка")
    ('южно африканская республика', 'cote dazur', 'елка')
    """
    text = unicodedata.normalize("NFKC", tag.translate(_APOSTROPHES)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)  # casefold takes some letters apart
    bare = unicodedata.normalize("NFC", text.translate(_BARE)).translate(_QUOTES)
    return _SEPARATORS.sub(" ", bare).strip().lstrip("# ")


def tag_id(tag: str) -> str:
    """A tag's short name for buttons and deep links, the same for every spelling."""
    return digest(fold(tag))


def deep_link(bot: str, tag: str) -> str:
    """The address that opens a chat with a bot and subscribes to a tag there (see `/start`).

    >>> deep_link("digest_bot", "Наука") == f"https://t.me/digest_bot?start=t_{tag_id('Наука')}"
    True
    """
    return f"https://t.me/{bot}?start=t_{tag_id(tag)}"


def vk_deep_link(group: int, tag: str) -> str:
    """The same for a VK community's messages: VK tells what follows `ref=` with the first message after it.

    >>> vk_deep_link(220, "Наука") == f"https://vk.me/club220?ref=t_{tag_id('Наука')}"
    True
    """
    return f"https://vk.me/club{group}?ref=t_{tag_id(tag)}"


def hashtag(tag: str) -> str | None:
    """The tag as a hashtag both networks can tap, or None when nothing tappable is left.

    Words are joined by underscores, apostrophes and quotation marks vanish, accents stay: `#La_Dépêche`. A tag without
    a letter is no hashtag on Telegram (TDLib, MessageEntity.cpp), nor is one over 256 characters. Whoever taps it asks
    for this very tag: one that would lose what tells it apart, such as the plus signs of C++, has no hashtag.

    >>> hashtag("Provence-Alpes-Côte d'Azur"), hashtag("C++"), hashtag("2024")
    ('#Provence_Alpes_Côte_dAzur', None, None)
    """
    text = unicodedata.normalize("NFKC", tag.translate(_APOSTROPHES).translate(_QUOTES)).translate(_APOSTROPHES)
    word = _UNDERSCORES.sub("_", text.translate(_TAPPABLE)).strip("_")
    if not any(char.isalpha() for char in word) or len(word) > HASHTAG_LIMIT or fold(word) != fold(tag):
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
        if any(char.isalnum() for char in label):
            found.setdefault(fold(label), label)
    return list(found.values())
