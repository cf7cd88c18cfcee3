"""Feeds that are broken as XML: how many entries were written, and each read by itself where the whole can't be."""

from __future__ import annotations

import re

from bot.errors import SourceError
from bot.source.markup import Element, parse_xml, tag_of

_OPENED = re.compile(r"<((?:[\w.-]+:)?(?:item|entry))(?:[\s>]|\Z)", re.IGNORECASE)
_CLOSED = re.compile(
    r"</(?:[\w.-]+:)?(?:item|entry)\s*>|/>\s*(?=</(?:[\w.-]+:)?(?:channel|feed|rss|rdf))", re.IGNORECASE
)
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_NAMESPACE = re.compile(r"\sxmlns(?::[\w.-]{1,40})?\s*=\s*(?:\"[^\"<]{1,300}\"|'[^'<]{1,300}')")
_HEAD = 8_000
_MOST = 20_000
"""Entries read one by one."""
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,60})\s+(?:\"([^\"&%<]{0,200})\"|'([^'&%<]{0,200})')\s*>")
_EXPANDED = 1_000_000
"""Characters that a document's own entities may become."""


def written(text: str) -> int:
    """How many entries a feed begins."""
    return sum(1 for _ in _OPENED.finditer(_bare(text)))


def ends_in_an_entry(text: str) -> bool:
    """Whether the last entry has no end: the connection broke, or the file was cut."""
    bare = _bare(text)
    starts = [found.start() for found in _OPENED.finditer(bare)]
    return bool(starts) and _CLOSED.search(bare, starts[-1]) is None


def apart(text: str) -> list[Element]:
    """Every entry parsed by itself: one that is broken, or a broken beginning of the feed, takes no other with it."""
    starts = [found.start() for found in _OPENED.finditer(_bare(text))][:_MOST]
    names = "".join(dict.fromkeys(_NAMESPACE.findall(text[:_HEAD])))
    found = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        closed = _CLOSED.search(text, start, end)
        try:
            root = parse_xml(f"<feed{names}>{text[start : closed.end() if closed else end]}</feed>")
        except SourceError:
            continue
        found += [child for child in root if local(child) in ("item", "entry")][:1]
    return found


def expanded(text: str) -> str:
    """A text whose document type declares short entities of its own, with these put in. Nested ones stay as they are:
    they are how small documents become huge."""
    if "<!ENTITY" not in text[:_HEAD]:
        return text
    own = {name: double or single for name, double, single in _ENTITY.findall(text[:_HEAD])}
    left = _EXPANDED

    def put_in(found: re.Match[str]) -> str:
        nonlocal left
        value = own.get(found[1])
        left -= len(value or "")
        return found[0] if value is None or left < 0 else value

    return re.sub(r"&([\w.-]{1,60});", put_in, text) if own else text


def local(element: Element) -> str:
    """An element's name without namespace or prefix, in lower case."""
    return tag_of(element).rpartition("}")[2].rpartition(":")[2].lower()


def _bare(text: str) -> str:
    """The text with comments and literal parts blanked out, so that places stay what they are."""
    return _CDATA.sub(lambda found: " " * len(found[0]), text)
