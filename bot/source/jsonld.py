"""JSON-LD: what a page says about itself in schema.org's words, alone, in a list or in an `@graph`.

Broken JSON is mended where that is easy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.model import Image, Outlet
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.links import picture, resolve
from bot.source.markup import Element, select
from bot.source.text import MAX_HEADLINE, line, plain, prose

MAX_NODES = 2_000
_ARTICLE = re.compile(r"(Article|BlogPosting|Posting|Report|Review|NewsStory)$")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$", re.DOTALL
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def by_jsonld(root: Element, base: str) -> Findings:
    """What the best article node says; empty if there is none."""
    nodes = [node for script in _scripts(root) for node in _nodes(_load(script))]
    articles = [node for node in nodes if _is_article(node)]
    best = max(articles, key=_richness, default=None)
    if best is None:
        return Findings()
    # Bare references come first, so that what they refer to takes their place.
    by_id = {str(node["@id"]): node for node in sorted(nodes, key=len) if "@id" in node}
    return Findings(
        headline=_text(best, "headline", "name", limit=MAX_HEADLINE),
        lead=_text(best, "description", "abstract", "alternativeHeadline"),
        body=prose(body) if isinstance(body := best.get("articleBody"), str) and body.strip() else None,
        image=_image(best.get("image") or best.get("thumbnailUrl"), by_id, base),
        outlet=_outlet(best.get("publisher"), by_id, base),
        original_url=_address(best.get("isBasedOn"), base),
        canonical_url=_address(best.get("mainEntityOfPage"), base) or _address(best.get("url"), base),
        tags=_keywords(best.get("keywords")),
        authors=tuple(dict.fromkeys(_names(best.get("author") or best.get("creator"), by_id))),
        language=_text(best, "inLanguage", limit=35),
        published_at=read_date(_text(best, "datePublished", "dateCreated", limit=100)),
        updated_at=read_date(_text(best, "dateModified", limit=100)),
    )


def _scripts(root: Element) -> Iterator[str]:
    for script in select(root, "//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"):
        yield script.text or ""


def _load(script: str) -> Any:  # noqa: ANN401 - JSON of a stranger can be anything
    """JSON as it is, else without what commonly breaks it. None if it stays unreadable."""
    bare = _WRAPPING.sub("", script).strip().rstrip(";")
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(document: object) -> Iterator[Mapping[str, Any]]:
    """Every object of a document, outer first, without recursion."""
    queue, seen = [document], 0
    while queue and seen < MAX_NODES:
        node, seen = queue.pop(0), seen + 1
        if isinstance(node, dict):
            yield node
            queue.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            queue.extend(node[:MAX_NODES])


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in named)


def _richness(node: Mapping[str, Any]) -> int:
    return sum(
        bool(node.get(key)) for key in ("headline", "datePublished", "image", "author", "description", "articleBody")
    )


def _text(node: Mapping[str, Any], *keys: str, limit: int = 20_000) -> str | None:
    for key in keys:
        found = node.get(key)
        found = found[0] if isinstance(found, list) and found else found
        if isinstance(found, str) and (said := plain(found, limit)):
            return said
    return None


def _follow(value: object, by_id: Mapping[str, Mapping[str, Any]]) -> object:
    """The node a reference by `@id` stands for."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return by_id.get(str(value.get("@id")), value)
    return value


def _image(value: object, by_id: Mapping[str, Mapping[str, Any]], base: str) -> Image | None:
    for one in value if isinstance(value, list) else [value]:
        node = _follow(one, by_id)
        if isinstance(node, str) and (plain_address := picture(node, base)):
            return Image(plain_address)
        if isinstance(node, dict):
            address = next(
                (found for key in ("url", "contentUrl", "@id") if (found := picture(_str(node.get(key)), base))), None
            )
            if address:
                return Image(address, _text(node, "creditText", "copyrightNotice", limit=500))
    return None


def _str(value: object) -> str:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, str) else ""


def _outlet(value: object, by_id: Mapping[str, Mapping[str, Any]], base: str) -> Outlet | None:
    node = _follow(value[0] if isinstance(value, list) and value else value, by_id)
    if isinstance(node, str):
        return Outlet(said) if (said := plain(node, 200)) else None
    if isinstance(node, dict) and (name := _text(node, "name", limit=200)):
        return Outlet(name, resolve(_str(node.get("url")), base))
    return None


def _address(value: object, base: str) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return resolve(value, base) if isinstance(value, str) and ("/" in value) else None


def _keywords(value: object) -> tuple[str, ...]:
    found = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    tags = (line(one, 200) for one in found if isinstance(one, str) and len(one) < 200)
    return tuple(dict.fromkeys(tag for tag in tags if tag and not re.match(r"[\w-]+:", tag)))[:100]


def _names(value: object, by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        node = _follow(one, by_id)
        name = (
            plain(node, 200)
            if isinstance(node, str)
            else _text(node, "name", limit=200)
            if isinstance(node, dict)
            else None
        )
        if name and not name.startswith(("http:", "https:")):
            yield name
