"""Who wrote it, as a reader sees it: links to an author, elements marked as a byline, "By …" near the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.source import dom
from bot.source.marks import Mark, is_apart
from bot.source.markup import Element, select, tag_of
from bot.source.people import from_sight, people
from bot.source.sheet import Sheet

BEFORE, AFTER = 25, 90
"""Elements around the headline among which a byline is looked for first."""
_LONGEST = 150
_RELATED = "//a[contains(concat(' ', normalize-space(@rel), ' '), ' author ')]"
_AUTHOR_ADDRESS = re.compile(
    r"/(?:authors?|autor(?:en|es)?|by|people|staff|profile|redaktion|auteurs?|users?|contributors?|writers?)/",
    re.IGNORECASE,
)
_SAYS_BY = re.compile(
    r"^\s*(?:(?:written|posted|published|reported)\s+by|by|von|par|por|di|автор(?:ы)?\s*:|text\s*:|autor(?:in)?\s*:|author\s*:)\s+"
    r"(?-i:(?=[A-ZÀ-ÞЀ-Я]))",
    re.IGNORECASE,
)
_WORDS_OF_A_NAME = 8


def shown_people(sheet: Sheet) -> tuple[str, ...]:
    """The names in the best byline the page shows."""
    for found in (_related(sheet), _near(sheet), _spoken(sheet), _anywhere(sheet)):
        if named := people(found, sheet.sites):
            return named
    return ()


def _related(sheet: Sheet) -> Iterator[str]:
    links = [link for link in select(sheet.root, _RELATED)[:40] if not is_apart(link)]
    yield from (dom.text(link, _LONGEST) for link in links[:4])


def _near(sheet: Sheet) -> Iterator[str]:
    window = sheet.around(BEFORE, AFTER)
    yield from _first_of(element for element in sheet.marked[Mark.PERSON] if sheet.places[element] in window)


def _anywhere(sheet: Sheet) -> Iterator[str]:
    yield from _first_of(element for element in sheet.marked[Mark.PERSON] if not is_apart(element))


def _first_of(elements: Iterator[Element]) -> Iterator[str]:
    """The first marked element that names somebody, and those beside it."""
    for element in elements:
        if tag_of(element) in ("body", "article", "main", "img", "input", "script", "style"):
            continue
        if said := list(_said(element)):
            yield from said
            return


def _said(element: Element) -> Iterator[str]:
    text = dom.text(element, _LONGEST + 1)
    links = [link for link in select(element, ".//a[@href]")[:6] if _AUTHOR_ADDRESS.search(link.get("href") or "")]
    named = [name for link in links if (name := dom.text(link, _LONGEST)) and len(name.split()) <= _WORDS_OF_A_NAME]
    if named:
        yield from dict.fromkeys(named)
    elif text and len(text) <= _LONGEST and people([byline := from_sight(text)]) and _is_short(byline):
        yield byline


def _is_short(byline: str) -> bool:
    return all(len(name.split()) <= 5 for name in people([byline]))


def _spoken(sheet: Sheet) -> Iterator[str]:
    """ "By Ann Lee" as a text of its own near the headline."""
    for place in sheet.around(BEFORE, AFTER):
        text = dom.own_text(sheet.elements[place])
        if len(text) <= _LONGEST and _SAYS_BY.match(text):
            byline = from_sight(dom.text(sheet.elements[place], _LONGEST))
            if byline and _is_short(byline):
                yield byline
                return
