"""When it was published, as a reader sees it: `<time>`, elements marked as a date, a date near the headline or in the
address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.source import dom
from bot.source.dates import find_date, read_date
from bot.source.marks import Mark, is_apart, is_of_others
from bot.source.markup import Element, tag_of
from bot.source.sheet import Sheet

BEFORE, AFTER = 25, 60
"""Elements around the headline among which a date is looked for first."""
FAR_BEFORE, FAR_AFTER = 60, 400
"""Elements around it among which a text that is little more than a date counts."""
_LONGEST, _BARE = 160, 45
_CHANGED = re.compile(
    r"updat|aktualis|modif|обновл|изменен|geändert|mis à jour|actualiz|stand\b|edited|bearbeitet|review|zuletzt|last",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$|\D)")

Found = tuple[datetime, bool]
"""A date, and whether it is that of a change."""


def shown_date(sheet: Sheet) -> tuple[datetime | None, datetime | None]:
    """The date of publication and that of the last change."""
    published = updated = None
    for moment, changed in _all(sheet):
        if changed:
            updated = updated or moment
        else:
            published = moment
            break
    return published, updated


def _all(sheet: Sheet) -> Iterator[Found]:
    """Every date that is not that of another story, in the order of trust."""
    window = sheet.around(BEFORE, AFTER)
    american = sheet.american
    near = [one for place in window if not is_of_others(one := sheet.elements[place])]
    marked = [one for one in sheet.marked[Mark.DATE] if not is_of_others(one)]
    yield from _times(one for one in near if tag_of(one) in ("time", "abbr"))
    yield from _marked((one for one in marked if sheet.places[one] in window), american=american)
    yield from _written(near, american=american)
    yield from _address(sheet.base)
    yield from _times(one for one in sheet.root.iter("time") if not is_apart(one))
    yield from _marked((one for one in marked if not is_apart(one)), american=american)
    farther = (sheet.elements[place] for place in sheet.around(FAR_BEFORE, FAR_AFTER))
    yield from _written((one for one in farther if not is_apart(one)), american=american, longest=_BARE)


def _times(elements: Iterable[Element]) -> Iterator[Found]:
    for element in elements:
        told = read_date(element.get("datetime") or element.get("title")) or read_date(dom.text(element, 100))
        if told is not None:
            yield told, _is_changed(element, dom.text(element, _LONGEST))


def _marked(elements: Iterable[Element], *, american: bool) -> Iterator[Found]:
    for element in elements:
        text = dom.text(element, _LONGEST)
        if found := find_date(text, month_first=american):
            moment, start = found
            yield moment, _CHANGED.search(text[max(0, start - 30) : start]) is not None


def _written(elements: Iterable[Element], *, american: bool, longest: int = _LONGEST) -> Iterator[Found]:
    for element in elements:
        text = dom.own_text(element)
        if 6 <= len(text) <= longest and (found := find_date(text, month_first=american)):
            moment, start = found
            yield moment, _CHANGED.search(text[max(0, start - 30) : start]) is not None


def _is_changed(element: Element, text: str) -> bool:
    parent = element.getparent()
    called = " ".join(
        f"{one.get('class') or ''} {one.get('itemprop') or ''}" for one in (element, parent) if one is not None
    )
    before = element.getprevious()
    said = (
        f"{before.tail or ''} {dom.text(before, 40)}"
        if before is not None
        else (parent.text or "" if parent is not None else "")
    )
    return _CHANGED.search(f"{called} {said[-40:]} {text[:30]}") is not None and "publish" not in called.lower()


def _address(url: str) -> Iterator[Found]:
    if match := _IN_ADDRESS.search(url):
        try:
            yield datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC), False
        except ValueError:  # no such day
            return
