"""Tags as pages write them: in one text with commas, in one text without, or one by one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.source.text import line, unescape

MAX_TAG = 200
MAX_TAGS = 100
_MACHINE = re.compile(
    r"[\w-]+:\S|[0-9a-f]{8}-[0-9a-f-]{20,}$|\d+$"
    r"|(page|article|content|nlp|post|author|section)[\s_-]?(type|category|entity|id|tokens?)\w*\b.*[:=]",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"^(?:sections?|organi[sz]ations?|topics?|tags?|persons?|people|places?|locations?|events?)/(?=\w)", re.IGNORECASE
)
_COUNTED = re.compile(r"^\(\d+\)\s*|\s*\(\d+\)$")
_COMMA = re.compile(r"\s*[,;、，|]\s*")


def tag_list(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in the page's order, each once whatever its case; what only machines read is left out."""
    found: dict[str, str] = {}
    for text in texts:
        for tag in _split(text):
            if len(found) < MAX_TAGS:
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _split(text: str) -> Iterator[str]:
    for part in _COMMA.split(unescape(text)[: MAX_TAG * MAX_TAGS]):
        tag = _COUNTED.sub("", _PATH.sub("", line(part, MAX_TAG + 1).lstrip("#").strip(" .")))
        if tag and len(tag) <= MAX_TAG and not _MACHINE.match(tag):
            yield tag
