"""JSON-LD: what a page says about itself in schema.org's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.model import Image, Outlet
from bot.source import names, nodes
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.images import Shot, beyond, largest, pixels
from bot.source.keywords import MAX_TAG, tag_list
from bot.source.links import canonical, picture, resolve
from bot.source.people import people
from bot.source.sheet import Sheet
from bot.source.text import MAX_HEADLINE, plain, prose

Node = Mapping[str, Any]
Nodes = Mapping[str, Node]


def by_jsonld(sheet: Sheet) -> Findings:
    """What the best article node says; empty if there is none."""
    best = max(nodes.articles(sheet.nodes), key=lambda node: _standing(node, sheet), default=None)
    if best is None:
        return Findings(published_at=_date_of_page(sheet))
    known, base = nodes.by_id(sheet.nodes), sheet.base
    shots = _shots(best.get("image") or best.get("thumbnailUrl") or best.get("primaryImageOfPage"), known, base)
    image = largest(shots)
    return Findings(
        headline=_headline(best, sheet),
        lead=_text(best, "description", "abstract", "alternativeHeadline"),
        body=prose(body) if isinstance(body := best.get("articleBody"), str) and body.strip() else None,
        image=image,
        gallery=beyond(image, shots),
        outlet=_outlet(best.get("publisher") or best.get("sourceOrganization"), known, base),
        original_url=_address(best.get("isBasedOn"), base),
        canonical_url=_address(best.get("mainEntityOfPage"), base) or _address(best.get("url"), base),
        tags=_keywords(best, known),
        authors=people(_persons(best.get("author") or best.get("creator"), known), sheet.sites),
        language=_text(best, "inLanguage", limit=35),
        published_at=_moment(best, "datePublished", "dateCreated", "uploadDate"),
        updated_at=_moment(best, "dateModified"),
    )


def _headline(node: Node, sheet: Sheet) -> str | None:
    """As a heading shows it, if one does; nothing if the page itself is headed otherwise."""
    said = _text(node, "headline", "name", limit=MAX_HEADLINE)
    if said is None or sheet.belies(said) or _is_marked_otherwise(said, sheet):
        return None
    whole = names.completed(names.without_site(said, sheet.sites), sheet.shown)
    shown = sheet.shown_in(said)
    return whole if shown is None else _with_kicker(whole, shown, sheet) or shown


def _is_marked_otherwise(said: str, sheet: Sheet) -> bool:
    """Whether one heading is marked as the headline, and none of the first level shows what JSON-LD says."""
    marked = {one.text for one in sheet.headings if one.element.get("itemprop") == "headline"}
    first = [one.text for one in sheet.headings if one.element.tag == "h1" or one.text in marked]
    return len(marked) == 1 and not (names.shown_in(said, first, sheet.sites) or names.holder_of(said, first))


def _with_kicker(whole: str, shown: str, sheet: Sheet) -> str | None:
    """The title for sharing, where all titles for machines have the same words before the heading: its kicker."""
    said = names.fold(whole)
    shared = names.without_site(plain(next(iter(sheet.metas.get("og:title", ())), ""), MAX_HEADLINE), sheet.sites)
    kicked = said.endswith(" " + names.fold(shown)) and f" {said} " in f" {names.fold(sheet.title)} "
    return shared if kicked and said == names.fold(shared) else None


def _date_of_page(sheet: Sheet) -> datetime | None:
    """The date of a page that calls itself no article."""
    pages = (node for node in sheet.nodes if any(kind.endswith("Page") for kind in nodes.kinds(node)))
    return next((date for node in pages if (date := read_date(_text(node, "datePublished", limit=100)))), None)


def _standing(node: Node, sheet: Sheet) -> tuple[bool, bool, int]:
    """The page's own article stands above those it only points to, and the fuller of two above the barer."""
    address = next((url for key in ("mainEntityOfPage", "url", "@id") if (url := _address(node.get(key), ""))), None)
    headline = names.fold(_text(node, "headline", "name", limit=MAX_HEADLINE))
    facts = ("headline", "datePublished", "image", "author", "description", "articleBody")
    return (
        bool(address) and bool(sheet.base) and canonical(address or "") == canonical(sheet.base),
        bool(headline) and headline in names.fold(sheet.title),
        sum(bool(node.get(key)) for key in facts),
    )


def _text(node: Node, *keys: str, limit: int = 20_000) -> str | None:
    for key in keys:
        found = node.get(key)
        found = found[0] if isinstance(found, list) and found else found
        found = found.get("@value") or found.get("name") if isinstance(found, dict) else found
        if isinstance(found, str) and "{{" not in found and (said := plain(found, limit)):
            return said
    return None


def _moment(node: Node, *keys: str) -> datetime | None:
    """A date; some write the seconds since 1970 as a number."""
    numbers = (str(found) for key in keys if isinstance(found := node.get(key), int))
    return read_date(_text(node, *keys, limit=100)) or read_date(next(numbers, None))


def _follow(value: object, known: Nodes) -> object:
    """The node a reference by `@id` stands for."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type", "url"}:
        return known.get(str(value.get("@id")), value)
    return value


def _shots(value: object, known: Nodes, base: str) -> list[Shot]:
    """The pictures a value names, with their sizes."""
    found: list[Shot] = []
    for one in value if isinstance(value, list) else [value]:
        node = _follow(one, known)
        if isinstance(node, str) and (plain_address := picture(node, base)):
            found.append(Shot(Image(plain_address)))
        if isinstance(node, dict) and (address := _pictured(node, base)):
            found.append(Shot(Image(address, _credit(node)), pixels(node.get("width")), pixels(node.get("height"))))
    return found


def _pictured(node: Node, base: str) -> str | None:
    keys = ("url", "contentUrl", "@id")
    return next((found for key in keys if (found := picture(_str(node.get(key)), base))), None)


def _credit(node: Node) -> str | None:
    return _text(node, "creditText", "copyrightNotice", "copyrightHolder", "author", limit=500)


def _str(value: object) -> str:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, str) else ""


def _outlet(value: object, known: Nodes, base: str) -> Outlet | None:
    node = _follow(value[0] if isinstance(value, list) and value else value, known)
    if isinstance(node, str):
        return Outlet(said) if (said := plain(node, 200)) and "://" not in said else None
    if isinstance(node, dict) and (name := _text(node, "name", limit=200)) and "://" not in name:
        return Outlet(name, resolve(_str(node.get("url")), base))
    return None


def _address(value: object, base: str) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return resolve(value, base) if isinstance(value, str) and ("/" in value) else None


def _keywords(node: Node, known: Nodes) -> tuple[str, ...]:
    """The keywords; where there are none what it is about."""
    for key in ("keywords", "about"):
        value = node.get(key)
        terms = [_follow(one, known) for one in (value if isinstance(value, list) else [value])]
        said = [_text(one, "name", limit=MAX_TAG) if isinstance(one, dict) else one for one in terms]
        if tags := tag_list(one for one in said if isinstance(one, str)):
            return tags
    return ()


def _persons(value: object, known: Nodes) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        node = _follow(one, known)
        if isinstance(node, str):
            yield plain(node, 400)
        elif isinstance(node, dict):
            name = node.get("name")
            for part in name if isinstance(name, list) else [name]:
                if isinstance(part, str):
                    yield plain(part, 400)
