"""Bylines as pages write them become people's names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from bot.source.names import is_site
from bot.source.text import line

MAX_NAME = 80
MAX_PEOPLE = 30
_LEADING = re.compile(
    r"^(?:(?:(?:written|posted|published|reported|story|text|words|photos?|article|report|analysis|opinion|review|interview)"
    r"\s+)?by\b|(?:автор(?:ы)?|текст|author|autor(?:in|en)?|auteur|autore|redakteur(?:in)?|text|verfasser|von|par|por|di)"
    r"\s*[:：]|[-–—|•·©]|@(?=\w))\s*[:：]?\s*",
    re.IGNORECASE,
)
_LEADING_SHOWN = re.compile(r"^(?:von|par|por|di|door|av|af|przez)\s+(?=\w)", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:[;|•·\n\t]|,(?!\s*(?:Jr|Sr|MD|PhD|Ph\.D)\b)|\s(?:and|und|et|y|e|и|&|og|och|en)\s)\s*", re.IGNORECASE
)
_TRAILING = re.compile(
    r"\s*(?:[|•·,–—-]|\bfor\b|\bfür\b|\bin\b|\bam\b|\bon\b|\bat\b|\bupdated?\b|\bpublished\b|\d{1,2}[:./]\d|\b\d{4}\b|@\w|\().*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:https?:.*|www\..*|no author|none|null|unknown|undefined|admin(?:istrator)?|author|autor|staff|editor"
    r"|webmaster|user|by|(?:get|all|more|view|read|follow|about|share) .*|[\d\W]+|.*@.*\..*"
    r"|\S+\.(?:com|org|net|html))$",
    re.IGNORECASE,
)


def people(bylines: Iterable[str], sites: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
    """The names in bylines, each once. A site counts as an author only where nobody else is named."""
    found = list(dict.fromkeys(name for byline in bylines for name in _named(byline)))[:MAX_PEOPLE]
    persons = [name for name in found if not is_site(name, sites)]
    return tuple(persons or found)


def _named(byline: str) -> Iterator[str]:
    text = line(byline, 400)
    for part in _BETWEEN.split(text):
        name = _bare(part)
        if name and len(name) <= MAX_NAME and not _NOBODY.match(name):
            yield name


def _bare(part: str) -> str:
    for _ in range(3):
        shorter = _LEADING.sub("", part.strip())
        if shorter == part:
            break
        part = shorter
    return part.strip(" ,.:;|-–—•·/")


def from_sight(text: str) -> str:
    """A byline that was read off a page: without what stands behind the names, dates and roles."""
    return _TRAILING.sub("", _LEADING_SHOWN.sub("", _bare(text)))
