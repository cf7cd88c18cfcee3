"""What is only likely, for pages that tell neither lead nor date: the first paragraph, a date in the page's own data or
behind a label anywhere on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from bot.source.dates import find_date, read_date
from bot.source.findings import Findings
from bot.source.markup import select
from bot.source.metadata import any_date
from bot.source.sheet import Sheet
from bot.source.standfirst import opening

_SCRIPTS, _CHARS = 60, 500_000
_STATED = re.compile(
    r'\\{0,3}"(?:date_?published|published_?(?:at|on|date|time)?|publish_?date|publication_?date'
    r'|first_?published(?:_?at)?|pub_?date|published_?date_?time|display_?date)\\{0,3}"\s{0,3}:\s{0,3}'
    r'\\{0,3}"(\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?)',
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:published|posted|erschienen|veröffentlicht|publié|publicado|pubblicato|опубликовано|geplaatst|datum|date|vom|дата)"
    r"(?: (?:on|am|le|el|il|op|at|em))?\s{0,3}:?\s{0,3}$",
    re.IGNORECASE,
)

_NUMBERS = 5_000
"""Looked at on a page: a date of its own stands among the first."""
_BEHIND = re.compile(r"\b(?:veröffentlicht|published|posted|опубликован[оа]?|publié)\b", re.IGNORECASE)


def by_guess(sheet: Sheet) -> Findings:
    """The first paragraph as the lead; a date, if the page states one anywhere."""
    return Findings(lead=opening(sheet), published_at=next(_dates(sheet), None))


def _dates(sheet: Sheet) -> Iterator[datetime]:
    if (moment := any_date(sheet)) is not None:
        yield moment
    for node in sheet.nodes:
        stated = node.get("datePublished")
        if isinstance(stated, str) and (moment := read_date(stated)):
            yield moment
    for script in islice(select(sheet.root, "//script[not(@src)]"), _SCRIPTS):
        if (match := _STATED.search((script.text or "")[:_CHARS])) and (moment := read_date(match[1])):
            yield moment
    yield from _labelled(sheet)


def _labelled(sheet: Sheet) -> Iterator[datetime]:
    """A date behind a word like "published"."""
    text = " ".join(sheet.text.split())
    for match in islice(re.finditer(r"\d{1,4}", text), _NUMBERS):
        before = text[max(0, match.start() - 30) : match.start()]
        behind = text[match.start() : match.start() + 60]
        if (_LABEL.search(before) or _BEHIND.search(behind)) and (
            found := find_date(behind, month_first=sheet.american)
        ):
            yield found[0]
