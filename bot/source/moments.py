"""When it was published, as a reader sees it: `<time>`, elements marked as a date, a date near the headline or in the
address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

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
_PUBLISHED = re.compile(r"publi|posted|geplaatst|опублик|veröffentl|erschien", re.IGNORECASE)
_IN_ADDRESS = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$|\D)"
)
_DAY_FIRST = re.compile(r"/(?P<day>0?[1-9]|[12]\d|3[01])-(?P<month>0?[1-9]|1[0-2])-(?P<year>(?:19|20)\d\d)(?=[/_.-]|$)")
_DATELINE = re.compile(r"\(?([^–—:()|]{6,45}\d\d)\s?(?:[–—:()|]|- )")
_STAMP = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d")
_DAY = timedelta(days=1)

MOST_CLOCKS = 1_000
"""Elements for moments looked at beyond the headline's neighbourhood: an archive has no more."""
Found = tuple[datetime, bool]
"""A date, and whether it is that of a change."""


def shown_date(sheet: Sheet) -> tuple[datetime | None, datetime | None]:
    """The date of publication and that of the last change. A day that stands in the headline is mostly what the article
    is about: it counts last."""
    titled = find_date(sheet.head.text, month_first=sheet.american) if sheet.head is not None else None
    published = updated = None
    for moment, changed in _all(sheet):
        if changed:
            updated = updated or moment
        elif titled is None or moment.date() != titled[0].date():
            return moment, updated
        else:
            published = published or moment
    return published, updated


def _all(sheet: Sheet) -> Iterator[Found]:
    """Every date that is not that of another story, in the order of trust."""
    window, boxes, american = sheet.around(BEFORE, AFTER), sheet.boxes, sheet.american
    heading = frozenset(sheet.head.element.iter()) if sheet.head is not None else frozenset()
    near = [one for at in window if (one := sheet.elements[at]) not in heading and not is_of_others(one, boxes)]
    marked = [one for one in sheet.marked[Mark.DATE] if one not in heading and not is_of_others(one, boxes)]
    yield from _labelled(near, american=american)
    yield from _times(one for one in near if _is_clock(one))
    yield from _marked((one for one in marked if sheet.places[one] in window), american=american)
    yield from _written(near, american=american)
    yield from _opening((one for one in near if tag_of(one) == "p"), american=american)
    yield from _address(sheet)
    clocks = islice(sheet.root.iter("time"), MOST_CLOCKS)
    yield from _times(one for one in clocks if not is_apart(one, boxes))
    yield from _marked((one for one in marked if not is_apart(one, boxes)), american=american)
    farther = (sheet.elements[place] for place in sheet.around(FAR_BEFORE, FAR_AFTER))
    yield from _written((one for one in farther if not is_apart(one, boxes)), american=american, longest=_BARE)


def _labelled(elements: Iterable[Element], *, american: bool) -> Iterator[Found]:
    """A date behind a word like "published" that begins a text."""
    for element in elements:
        text = dom.own_text(element)
        label = _PUBLISHED.match(text) if len(text) <= _LONGEST else None
        if label and (found := find_date(text[: label.end() + _BARE], month_first=american)):
            yield found[0], False


def _is_clock(element: Element) -> bool:
    """Whether an element tells its moment to machines, too."""
    told = "datetime" in element.attrib or _STAMP.match(element.get("title") or "")
    return bool(told) or tag_of(element) in ("time", "abbr")


def _times(elements: Iterable[Element]) -> Iterator[Found]:
    """What such elements say; what readers see counts where it is called the publication and is another day."""
    for element in elements:
        text = dom.text(element, 100)
        told = read_date(element.get("datetime") or element.get("title"))
        shown = find_date(text) if told is not None and _PUBLISHED.search(text) else None
        if shown is not None and told is not None and abs(shown[0] - told) > _DAY:
            told = shown[0]
        if (moment := told or read_date(text)) is not None:
            yield moment, _is_changed(element, dom.text(element, _LONGEST))


def _opening(paragraphs: Iterable[Element], *, american: bool) -> Iterator[Found]:
    """The date of a dateline; not one that begins a sentence, which is that of an event."""
    for paragraph in paragraphs:
        line = _DATELINE.match(dom.own_text(paragraph)[:_LONGEST])
        if line is not None and (found := find_date(line[1], month_first=american)):
            yield found[0], False


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


def _address(sheet: Sheet) -> Iterator[Found]:
    """A day in the page's address, as it was asked for or as the page gives it."""
    for url in (sheet.base, *sheet.metas.get("og:url", ())):
        if match := _IN_ADDRESS.search(url) or _DAY_FIRST.search(url):
            try:
                yield datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC), False
            except ValueError:  # no such day
                return
