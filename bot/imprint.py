"""How a feed was written when it was read last, and what of it is written otherwise now: found without parsing. Pure.

A feed is cut into entries at their ends. An entry that stands there letter for letter as before says nothing new,
wherever it stands, so nothing pinned, corrected or out of order is missed. Where the cuts can't be trusted (an entry
inside a comment, an end inside literal text) there is no answer, and the feed is read whole.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SITEMAP = re.compile(r"<urlset[\s>]")
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?:[\s>]|\Z)", re.IGNORECASE)
_HEAD = 10_000
_WORTH = 2
"""Of so many entries one may be new; a feed that changed more is read whole."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """How a document was written: a number for all of it, one for each entry, and one for the id of each entry.

    The numbers are Python's hashes, so an imprint is worth nothing in another process. `entries` and `ids` are packed:
    a newsroom may have thousands of feeds. Without them only the whole is known. `stamp` is the number of the answer
    that it came in, so that the same answer need not be unpacked.
    """

    url: str
    document: int
    entries: bytes = b""
    ids: bytes = b""
    stamp: int | None = None

    def known(self) -> dict[int, int]:
        """The numbers of the ids by those of the entries."""
        return dict(zip(array("q", self.entries), array("q", self.ids), strict=True))


@dataclass(frozen=True, slots=True)
class Written:
    """A document cut into what may be its entries, and what stands before and after them."""

    head: str
    entries: tuple[str, ...]
    tail: str
    begin: str

    def only(self, places: Iterable[int]) -> str:
        """The document with some of its entries alone."""
        return "".join((self.head, *(self.entries[place] for place in places), self.tail))

    def news(self, known: Mapping[int, int]) -> list[int] | None:
        """The places of entries that were not there before in these words; None where the cuts can't be trusted, or
        reading these alone is not worth it."""
        new = [place for place, entry in enumerate(self.entries) if hash(entry) not in known]
        if len(new) * _WORTH > len(self.entries) or not all(self._is_one(self.entries[place]) for place in new):
            return None
        return new

    def imprint(self, url: str, document: int, ids: Sequence[int]) -> Imprint:
        """The imprint, where the number of each entry's id is known. Only one of entries cut rightly knows them."""
        if len(ids) != len(self.entries):
            return Imprint(url, document)
        return Imprint(url, document, array("q", map(hash, self.entries)).tobytes(), array("q", ids).tobytes())

    def is_sound(self) -> bool:
        """Whether every cut is the end of an entry."""
        return all(map(self._is_one, self.entries))

    def _is_one(self, entry: str) -> bool:
        return (
            entry.startswith(self.begin)
            and entry.count(self.begin) == 1
            and entry.count("<![CDATA[") == entry.count("]]>")
            and "<!--" not in entry
        )


def cut(text: str) -> Written | None:
    """A feed or a sitemap by its entries; None where there is nothing to cut at."""
    name = next((name for name in ("item", "entry") if f"</{name}>" in text), None)
    if name is None and _SITEMAP.search(text, 0, _HEAD):
        name = "url"
    first = re.search(rf"<{name}[\s>]", text) if name else None
    if first is None:
        return None
    start, end = first.start(), f"</{name}>"
    *entries, tail = text[start:].split(end)
    if _ENTRY.search(text, 0, start) or _ENTRY.search(tail):
        return None
    return Written(text[:start], tuple(entry.lstrip() + end for entry in entries), tail, f"<{name}")
