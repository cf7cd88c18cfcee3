"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import SourceError
from bot.model import Article, Feed, Image
from bot.source.dates import read_date
from bot.source.entry import MAX_ID, MAX_TAG, MAX_TAGS
from bot.source.links import canonical, picture, resolve
from bot.source.text import MAX_BODY, MAX_HEADLINE, cut, line, paragraphs, plain


def read_json_feed(text: str, url: str) -> Feed:
    """Every entry as it stands. Raises SourceError if this is JSON, but no feed."""
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        sentence = "This address gives JSON that is no JSON Feed: it has no list of items."
        raise SourceError(sentence, say=sentence)
    language = _text(document, "language", 35)
    base = url or resolve(_raw(document, "home_page_url")) or ""
    return Feed(
        title=_text(document, "title", MAX_HEADLINE),
        url=url,
        language=language,
        entries=tuple(_entry(item if isinstance(item, dict) else {}, base, language) for item in document["items"]),
        hub=_hub(document, base),
    )


def _hub(document: Mapping[str, Any], base: str) -> str | None:
    hubs = document.get("hubs")
    named = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    return next((found for hub in named if (found := resolve(_raw(hub, "url"), base))), None)


def _entry(item: Mapping[str, Any], base: str, language: str | None) -> Article:
    identity = _raw(item, "id").strip()[:MAX_ID]
    links = [_raw(item, "url"), _raw(item, "external_url"), identity if identity.startswith("http") else ""]
    link = next((found for one in links if one and (found := resolve(one, base))), None)
    headline, lead = _text(item, "title", MAX_HEADLINE), _text(item, "summary")
    body = paragraphs(_raw(item, "content_html")) or _literal(_raw(item, "content_text")) or None
    address = canonical(link) if link else None
    return Article(
        id=identity or address or "",
        url=link or "",
        headline=headline or cut(lead or (body or "").partition("\n")[0], 120),
        canonical_url=address,
        lead=lead,
        body=body,
        image=_image(item, base),
        original_url=resolve(_raw(item, "external_url"), base) if _raw(item, "url") else None,
        tags=_tags(item),
        authors=_authors(item),
        language=_text(item, "language", 35) or language,
        published_at=read_date(_raw(item, "date_published")),
        updated_at=read_date(_raw(item, "date_modified")),
    )


def _raw(item: Mapping[str, Any], key: str) -> str:
    """A value as text; numbers are allowed as an id."""
    found = item.get(key)
    return found if isinstance(found, str) else str(found) if isinstance(found, int | float) else ""


def _text(item: Mapping[str, Any], key: str, limit: int = 20_000) -> str | None:
    return plain(_raw(item, key), limit) or None


def _literal(text: str) -> str:
    return cut("\n\n".join(part for block in text.split("\n\n") if (part := line(block, MAX_BODY))), MAX_BODY)


def _image(item: Mapping[str, Any], base: str) -> Image | None:
    address = picture(_raw(item, "image"), base) or picture(_raw(item, "banner_image"), base)
    return Image(address) if address else None


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    found = item.get("tags")
    tags = [line(tag, MAX_TAG) for tag in found if isinstance(tag, str)] if isinstance(found, list) else []
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:MAX_TAGS]


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = item.get("authors")
    people = listed if isinstance(listed, list) and listed else [item.get("author")]
    names = [plain(_raw(person, "name"), MAX_TAG) for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_TAGS]
