"""The readers that are measured: ours, and the best of the others, each asked in its own way for the same fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import newspaper
from extruct import extract as extract_all
from htmldate import find_date
from trafilatura import bare_extraction

from bot.errors import SourceError
from bot.source.dates import read_date
from bot.source.page import read_page
from tests.accuracy.scoring import Seen, seen_of

Tool = Callable[[bytes, str], Seen]
SOMEWHERE = "https://site.example/article"
"""For tools that want an address where none is known."""


def depeche(body: bytes, url: str) -> Seen:
    """Ours."""
    try:
        article = read_page(body, url=url)
    except SourceError:
        return Seen()
    return seen_of(article)


def trafilatura(body: bytes, url: str) -> Seen:
    """Its whole extraction, as its users call it."""
    found: Any = bare_extraction(body, url=url or None, with_metadata=True)
    if found is None:
        return Seen()
    return Seen(
        title=found.title,
        lead=found.description,
        date=_moment(found.date),
        image=found.image,
        tags=_listed(found.tags),
        site=found.sitename,
        authors=tuple((found.author or "").split("; ")) if found.author else (),
    )


def newspaper4k(body: bytes, url: str) -> Seen:
    """Its parsing, without the network and without its language statistics."""
    article = newspaper.Article(url or SOMEWHERE, fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    return Seen(
        title=article.title,
        lead=article.meta_description,
        date=_moment(article.publish_date),
        image=article.top_image,
        tags=_listed(article.tags) or _listed(article.meta_keywords),
        site=article.meta_site_name,
        authors=tuple(article.authors),
    )


def htmldate(body: bytes, url: str) -> Seen:
    """Dates alone."""
    return Seen(date=_moment(find_date(body, url=url or None, original_date=True)))


def extruct(body: bytes, url: str) -> Seen:
    """What the page says of itself in JSON-LD, microdata and OpenGraph, in this order."""
    found = extract_all(
        body, base_url=url or SOMEWHERE, syntaxes=["json-ld", "microdata", "opengraph"], uniform=True, errors="ignore"
    )
    nodes = [*found.get("json-ld", ()), *found.get("microdata", ())]
    best: dict[str, Any] = max((node for node in nodes if isinstance(node, dict)), key=_articleness, default={})
    graph: dict[str, Any] = next(iter(found.get("opengraph", ())), {})
    return Seen(
        title=_said(best.get("headline")) or _said(graph.get("og:title")),
        lead=_said(best.get("description")) or _said(graph.get("og:description")),
        date=_moment(_said(best.get("datePublished")) or _said(graph.get("article:published_time"))),
        image=_said(best.get("image")) or _said(graph.get("og:image")),
        tags=_listed(best.get("keywords")) or _listed(graph.get("article:tag")),
        site=_said(best.get("publisher")) or _said(graph.get("og:site_name")),
        authors=tuple(name for one in _many(best.get("author")) if (name := _said(one))),
    )


TOOLS: dict[str, Tool] = {
    "depeche": depeche,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "extruct": extruct,
    "htmldate": htmldate,
}


def _articleness(node: dict[str, Any]) -> int:
    return sum(key in node for key in ("headline", "datePublished", "image", "author", "description"))


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []


def _said(value: object) -> str | None:
    """A text, or what names a node: its name or its address."""
    first = next(iter(_many(value)), None)
    if isinstance(first, dict):
        first = first.get("name") or first.get("url")
    return first if isinstance(first, str) else None


def _listed(value: object) -> tuple[str, ...]:
    texts: Iterable[object] = value if isinstance(value, list | tuple | set) else [value]
    return tuple(tag for one in texts if isinstance(one, str) for part in one.split(",") if (tag := part.strip()))


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return read_date(value) if isinstance(value, str) else None
