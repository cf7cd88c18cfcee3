"""Making a text fit: by sentences, then by clauses, then by words. Pure and total.

Lengths are UTF-16 units: Telegram counts entity offsets so, and never more characters than that.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

ELLIPSIS = "…"
_LONGEST_WORD = 48
"""Where less than this is left, a word that doesn't fit is dropped; in more, it is a "word" that must be cut."""

_SENTENCE_END = re.compile(
    r"(?<![.!?…。！？])[.!?…。！？]+[»”\"')\]]*(?=\s)|[。！？]+[」』]?"
)  # Chinese and Japanese have no space after
_CLAUSE_END = re.compile(r"[,;)](?=\s)|\s(?=[—–-]\s)|[，、；]")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"])(?:\w|[гГ]г|вв|им|ул|пр|св|гл|ред|рис|стр|тыс|млн|млрд|руб|коп|St|Mr|Mrs|Ms|Dr|Prof|No|vs|vol)\.$"
)
_TRAILING = " \n\t\xa0\u202f,;:(«“—–-"
_QUOTES = (("«", "»"), ("“", "”"))


def width(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, room: int) -> str:
    """The beginning of a text that fits into `room` UTF-16 units; "" when not even its first word does.

    Whole sentences are kept when they fill a third of the room, else whole clauses that do, else whole words; a cut
    inside a sentence is shown by an ellipsis, and an open quote is closed.

    >>> shorten("The night train is back. It leaves at nine, and it is full.", 30)
    'The night train is back.'
    >>> shorten("A slow train, which nobody expected to come back", 22)
    'A slow train…'
    """
    if width(text) <= room:
        return text
    head = text[: _fitting(text, room)]
    if (end := _last_sentence(head, text)) and width(text[:end]) * 3 >= room:
        return text[:end]
    for ends, least in ((_CLAUSE_END, room // 3), (_WORD_END, 1)):
        cut = _cut_at(text, room, ends)
        if width(cut) >= max(1, least):
            return cut
    return hard_cut(text, room) if room >= _LONGEST_WORD else ""


def hard_cut(text: str, room: int) -> str:
    """The beginning of a text without any place to cut, never splitting what a reader sees as one character."""
    end = safe_end(text, _fitting(text, room - 1))
    return text[:end].rstrip() + ELLIPSIS if end else ""


def safe_end(text: str, end: int) -> int:
    """The last index up to `end` that is not inside an emoji, a flag or an accented letter (within 32 characters)."""
    for index in range(end, max(0, end - 32), -1):
        if index >= len(text) or not _joined(text, index):
            return index
    return end


def _joined(text: str, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if before == "\u200d" or after in "\u200c\u200d" or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    return _flag(after) and _flags_before(text, index) % 2 == 1


def _flags_before(text: str, index: int) -> int:
    """How many regional indicators stand just before; two of them make a flag."""
    start = index
    while start > max(0, index - 32) and _flag(text[start - 1]):
        start -= 1
    return index - start


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _fitting(text: str, room: int) -> int:
    """How many characters from the start fit. At most two units each, so half of the room surely does."""
    if room <= 0:
        return 0
    return bisect_right(range(min(len(text), room) + 1), room, key=lambda end: width(text[:end])) - 1


def _last_sentence(head: str, text: str) -> int:
    """Where the last whole sentence of `head` ends; 0 when there is none."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, min(len(text), len(head) + 1))]
    return next((end for end in reversed(ends) if end <= len(head) and not _ABBREVIATION.search(text[:end][-12:])), 0)


def _cut_at(text: str, room: int, ends: re.Pattern[str]) -> str:
    """Cut at the last of these ends that leaves place for the ellipsis and for quotes to close."""
    limit = _fitting(text, room - width(ELLIPSIS))
    for end in _backwards(ends, text, limit):
        kept = text[:end].rstrip(_TRAILING)
        cut = kept + ELLIPSIS + _open_quotes(kept)
        if kept and width(cut) <= room:
            return cut
    return ""


def _backwards(ends: re.Pattern[str], text: str, limit: int) -> Iterator[int]:
    """The last few matches that end within the limit; the very last may leave no place for a closing quote."""
    found = [match.end() for match in ends.finditer(text, 0, min(len(text), limit + 1)) if match.end() <= limit]
    yield from reversed(found[-8:])


def _open_quotes(text: str) -> str:
    """The marks that close what a cut left open, innermost first."""
    closing = [(text.rfind(left), right) for left, right in _QUOTES if text.count(left) > text.count(right)]
    return "".join(right for _, right in sorted(closing, reverse=True))
