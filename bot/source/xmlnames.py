"""Elements of a feed by short names: `title`, `dc:creator`, `media:content`, whatever prefix the feed chose.

RSS of every version and Atom share the names without a prefix. Names are lower-case: feeds write `pubdate`, too.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import lru_cache

from bot.source.markup import Element, inner, tag_of
from bot.source.text import MAX_LEAD, line, looks_like_markup, plain

_CORE = (
    "http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0", "http://purl.org/net/rss1.1",
    "http://my.netscape.com/rdf/simple/0.9", "http://channel.netscape.com/rdf/simple/0.9", "http://purl.org/rss",
    "http://backend.userland.com", "http://blogs.law.harvard.edu/tech/rss", "http://cyber.law.harvard.edu/rss",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://my.netscape.com/publish/formats", "http://feeds.archive.org",
)  # fmt: skip
_PREFIXES = {
    "http://purl.org/dc/elements/": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast": "itunes",
    "http://news.yandex.ru": "yandex",
    "https://news.yandex.ru": "yandex",
    "http://turbo.yandex.ru": "turbo",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://rssnamespace.org/feedburner": "feedburner",
    "http://purl.org/rss/1.0/modules/": "module",
}


def name(element: Element) -> str:
    """The short name of an element; "" for what is no element."""
    tag = tag_of(element)
    return _short(tag, element.prefix) if tag else ""


@lru_cache(maxsize=2_000)
def _short(tag: str, prefix: str | None) -> str:
    namespace, _, local = tag.lower().rpartition("}")
    namespace = namespace.lstrip("{")
    if not namespace:
        # An undeclared prefix stays in the name: <media:content> without its xmlns.
        return local.removeprefix("rss:").removeprefix("atom:").removeprefix("rdf:")
    for known, short in _PREFIXES.items():
        if namespace.startswith(known):
            return f"{short}:{local}"
    if prefix is None or namespace.startswith(_CORE):
        return local
    return f"{prefix.lower()}:{local}"


class Children:
    """The children of an element by name, sorted once: an entry is asked for some forty names."""

    __slots__ = ("_by_name", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        self._by_name: dict[str, list[Element]] = {}
        for child in element:
            self._by_name.setdefault(name(child), []).append(child)

    def all(self, *names: str) -> Iterator[Element]:
        """Those with one of the names, the names in order of preference."""
        for wanted in names:
            yield from self._by_name.get(wanted, ())

    def text(self, *names: str, limit: int = MAX_LEAD) -> str | None:
        """The plain text of the first one that has any."""
        return next((text for child in self.all(*names) if (text := text_of(child, limit))), None)


def text_of(element: Element, limit: int = MAX_LEAD) -> str:
    """An element's plain text, on one line."""
    markup, literal = content(element)
    return line(markup, limit) if literal else plain(markup, limit)


def content(element: Element) -> tuple[str, bool]:
    """What an element holds, and whether it is meant literally rather than as HTML.

    Atom says `type="text"` for literal text, and by default; but much HTML travels under that name.
    """
    markup = inner(element)
    if len(element):
        return markup, False
    atom = "atom" in tag_of(element).lower()
    kind = (element.get("type") or ("text" if atom else "html")).lower()
    if element.get("mode") == "base64" or kind == "application/octet-stream":
        return _from_base64(markup), False
    return markup, kind in ("text", "text/plain") and not looks_like_markup(markup)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
