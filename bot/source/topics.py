"""The page's own list of tags: links that are related as tags, or a box that is marked as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.source import dom, names
from bot.source.keywords import tag_list
from bot.source.marks import Mark, is_apart
from bot.source.markup import Element, select, tag_of
from bot.source.sheet import Sheet

MOST = 40
"""A longer list of links is a cloud of all the site's tags."""
_RELATED = "//a[contains(concat(' ', normalize-space(@rel), ' '), ' tag ')]"
_TAG_ADDRESS = re.compile(
    r"/(?:tags?|topics?|thema|themen|keywords?|schlagw\w*|labels?|subjects?|hashtags?|stichw\w+|etiqueta|mot-cle\w*"
    r"|dossiers?|search/label)(?:[/=?-]|$)|[?&](?:tags?|topic|keyword)=",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:tags?|topics?|themen|mehr zum thema|schlagw\w+|keywords?|filed under|related topics|метки|теги|тэги|темы"
    r"|labels|stichw\w+)\s*:?\s*",
    re.IGNORECASE,
)
_LONGEST = 60
_ENOUGH_WORDS = 0.5


def shown_tags(sheet: Sheet) -> tuple[str, ...]:
    """The tags a reader finds at the article."""
    return _related(sheet) or _boxed(sheet)


def own_words(sheet: Sheet, keywords: Sequence[str]) -> tuple[str, ...]:
    """Keywords, if they are about this page: at least half of them occur in its text."""
    if not keywords:
        return ()
    text = f" {names.fold(sheet.text)} "
    own = sum(names.fold(word) in text for word in keywords)
    return tuple(keywords) if own >= len(keywords) * _ENOUGH_WORDS else ()


def _related(sheet: Sheet) -> tuple[str, ...]:
    """Links with rel="tag". WordPress gives it to categories too: these count only where nothing else does."""
    links = [link for link in select(sheet.root, _RELATED)[: 5 * MOST] if not is_apart(link)]
    only = [link for link in links if "category" not in (link.get("rel") or "")]
    found = tag_list(_names(only or links))
    return found if len(found) <= MOST else ()


def _boxed(sheet: Sheet) -> tuple[str, ...]:
    """The fullest box among those nearest the article."""
    for box in sheet.marked[Mark.TAGS]:
        if tag_of(box) in ("body", "html", "main", "article", "input", "button", "script") or is_apart(box):
            continue
        links = [box] if tag_of(box) == "a" else select(box, ".//a[@href]")
        if tag_of(box) == "a":
            links = _neighbours(box)
        if not 0 < len(links) <= MOST:
            continue
        led = [link for link in links if _TAG_ADDRESS.search(link.get("href") or "")]
        if len(led) * 2 > len(links) and (found := tag_list(_names(led))):
            return found
    return ()


def _neighbours(link: Element) -> list[Element]:
    """The links that are marked alike, in the same list."""
    parent = link.getparent()
    outer = parent.getparent() if parent is not None and len(parent) == 1 else parent
    alike = [one for one in (outer if outer is not None else link).iter("a") if one.get("class") == link.get("class")]
    return alike[: MOST + 1]


def _names(links: Sequence[Element]) -> Iterator[str]:
    for link in links:
        name = _LABEL.sub("", dom.text(link, _LONGEST + 1)) or dom.text(link, _LONGEST + 1)
        if name and len(name) <= _LONGEST:
            yield name
