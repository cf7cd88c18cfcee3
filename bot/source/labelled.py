"""Blocks with a label: "источник: …", "Tags: …", as a `<dl>` or as any element with a label before its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.source import dom
from bot.source.markup import Element, select

_LABELS: Mapping[str, str] = {
    "источник": "source", "источники": "source", "сми": "source", "издание": "source", "source": "source",
    "outlet": "source", "quelle": "source", "теги": "tags", "тэги": "tags", "метки": "tags", "темы": "tags",
    "ключевые слова": "tags", "tags": "tags", "topics": "tags", "keywords": "tags", "mots-clés": "tags",
    "schlagwörter": "tags", "страна": "country", "country": "country", "pays": "country", "регион": "region",
    "region": "region", "région": "region",
}  # fmt: skip
_LONGEST_LABEL = 20
_SEPARATOR = re.compile(r"\s*[,;|•·/]\s*")
_PATH = (
    ".//*[self::dt or self::span or self::b or self::strong or self::div or self::p or self::h2 or self::h3 or self::h4"
    " or self::h5 or self::label or self::th or self::li or self::section]"
)
_KIND_BY_WORD = {
    "country": "country",
    "countries": "country",
    "strana": "country",
    "region": "region",
    "regions": "region",
}
_KIND_IN_ADDRESS = re.compile(rf"/({'|'.join(_KIND_BY_WORD)})[/=]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the labelled blocks of a page hold, and the elements they stand in."""

    outlet: str | None = None
    country: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    elements: frozenset[Element] = frozenset()


def labels_in(texts: Iterable[str]) -> frozenset[str]:
    """The kinds of the labels that stand at the beginning of any of these texts."""
    heads = {text.strip()[: _LONGEST_LABEL + 1].partition(":")[0] for text in texts}
    return frozenset(kind for head in heads if (kind := _LABELS.get(_fold(head))))


def labelled(scope: Element) -> Labelled:
    """Find the labelled blocks. A source line is outlet, country, region of the world."""
    found: dict[str, list[tuple[str, str]]] = {}
    elements: set[Element] = set()
    for element in select(scope, _PATH):
        kind, holders = _label(element)
        if kind is None or kind in found:
            continue
        if values := [value for holder in holders for value in _values(holder, kind)]:
            found[kind] = values
            elements.update([element, *holders, *(inner for holder in holders for inner in holder.iter())])
    source = found.get("source", [])
    outlet, country, region = _placed(source)
    return Labelled(
        outlet=outlet,
        country=_first(found, "country") or country,
        region=_first(found, "region") or region,
        tags=tuple(dict.fromkeys(name for name, _ in found.get("tags", []))),
        elements=frozenset(elements),
    )


def _label(element: Element) -> tuple[str | None, list[Element]]:
    """The kind of a label, and the elements that hold its values."""
    own = _fold((element.text or "").partition(":")[0])
    if (
        own in _LABELS
        and (len(element) or ":" in (element.text or ""))
        and dom.text(element).rstrip(": ").casefold() != own
    ):
        return _LABELS[own], [element]
    if len(element) > 2:
        return None, []
    whole = _fold(dom.text(element, 40) if len(element) else " ".join((element.text or "")[:200].split()))
    if whole not in _LABELS:
        return None, []
    sibling = element.getnext()
    if sibling is not None:
        return _LABELS[whole], list(_following(element))
    parent = element.getparent()
    outer = parent.getnext() if parent is not None and len(parent) == 1 else None
    return _LABELS[whole], [outer] if outer is not None else []


def _fold(label: str) -> str:
    label = label.strip().rstrip(":").strip().casefold()
    return label if len(label) <= _LONGEST_LABEL else ""


def _following(element: Element) -> Iterator[Element]:
    """The siblings after a label, as far as the next label."""
    for sibling in element.itersiblings():
        if sibling.tag == "dt" or _fold(dom.text(sibling, 40)) in _LABELS:
            return
        yield sibling


def _values(holder: Element, kind: str) -> Iterator[tuple[str, str]]:
    """Names with the address they link to: the links, else the texts between commas."""
    links = [holder] if holder.tag == "a" else select(holder, ".//a")
    for link in links:
        if name := dom.text(link, 200).lstrip("#").strip():
            yield name, link.get("href") or ""
    if links:
        return
    said = dom.text(holder)
    head, colon, rest = said.partition(":")
    for name in _SEPARATOR.split(rest if colon and _fold(head) in _LABELS else said):
        folded = name.strip().rstrip(".")
        if folded and _fold(folded) not in _LABELS and len(folded) <= (80 if kind == "tags" else 200):
            yield folded, ""


def _first(found: Mapping[str, list[tuple[str, str]]], kind: str) -> str | None:
    return found[kind][0][0] if found.get(kind) else None


def _placed(source: list[tuple[str, str]]) -> tuple[str | None, str | None, str | None]:
    """Outlet, country and region of a source line: by the names' addresses, if these tell, else by their places."""
    told = {
        _KIND_BY_WORD[match[1].lower()]: name for name, address in source if (match := _KIND_IN_ADDRESS.search(address))
    }
    if told:
        others = [name for name, _ in source if name not in told.values()]
        return (others[0] if others else None), told.get("country"), told.get("region")
    outlet, country, region, *_ = [*(name for name, _ in source), None, None, None]
    return outlet, country, region
