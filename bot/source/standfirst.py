"""The standfirst: a short text under the headline that is marked as one and is no navigation, caption or notice."""

from __future__ import annotations

import re

from bot.source import dom, names
from bot.source.marks import Mark, is_apart
from bot.source.markup import Element, tag_of
from bot.source.sheet import Sheet

REACH = 25
"""Elements after the headline among which a standfirst is looked for."""
PARAGRAPHS_WITHIN = 600
SHORTEST, LONGEST = 65, 700
_OF_PICTURE = re.compile(r"image|photo|caption|figure|card|profile|bild|media", re.IGNORECASE)
_NOTICE = re.compile(
    r"cookie|javascript|adblock|browser|newsletter|subscri|abonn|©|copyright|log ?in|sign ?up|datenschutz",
    re.IGNORECASE,
)


def standfirst(sheet: Sheet) -> str | None:
    """The marked text nearest under the headline."""
    head = sheet.head
    if head is None:
        return None
    place = sheet.places.get(head.element, -1)
    for element in sheet.marked[Mark.STANDFIRST]:
        distance = sheet.places[element] - place
        if 0 < distance <= REACH and (said := _said(element, head.text)):
            return said
    return None


def _said(element: Element, headline: str) -> str | None:
    if _OF_PICTURE.search(element.get("class") or ""):
        return None
    if tag_of(element) in ("h1", "figcaption", "ul", "ol", "nav", "figure", "img", "a", "time") or is_apart(element):
        return None
    text = dom.text(element, LONGEST + 100)
    if not SHORTEST <= len(text) <= LONGEST or _NOTICE.search(text) or names.fold(headline) in names.fold(text):
        return None
    return None if _linked(element) * 2 > len(text) else text


def _linked(element: Element) -> int:
    return sum(len(dom.text(link, LONGEST)) for link in element.iter("a"))


def opening(sheet: Sheet) -> str | None:
    """The first paragraph of some length under the headline, for pages without a lead."""
    head = sheet.head
    place = sheet.places.get(head.element, 0) if head is not None else 0
    for element in sheet.elements[place : place + PARAGRAPHS_WITHIN]:
        if tag_of(element) == "p" and not is_apart(element) and dom.has(element, "not(ancestor::figure)"):
            text = dom.text(element, LONGEST)
            if len(text) >= SHORTEST and not _NOTICE.search(text) and _linked(element) * 2 <= len(text):
                return text
    return None
