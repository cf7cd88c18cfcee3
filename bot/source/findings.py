"""What one kind of evidence says about an article, and which evidence is believed first, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from bot.model import Image, Outlet


@dataclass(frozen=True, slots=True)
class Findings:
    """Facts about an article from one kind of evidence; what it does not tell is None or empty."""

    headline: str | None = None
    lead: str | None = None
    body: str | None = None
    image: Image | None = None
    outlet: Outlet | None = None
    original_url: str | None = None
    canonical_url: str | None = None
    country: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    disclaimer: str | None = None
    gallery: tuple[Image, ...] = ()


USUAL_ORDER = ("profile", "layout", "jsonld", "microdata", "meta", "visible", "guess")
"""A profile was written for the site; the digest layout carries what metadata has no words for; then metadata made for
machines, structured before flat; then what a reader sees; last what is only likely."""

ORDER: Mapping[str, tuple[str, ...]] = {
    # Titles for sharing are written with more care than marked headings, which often have a kicker or a date inside.
    "headline": ("profile", "layout", "jsonld", "meta", "microdata", "visible"),
    # A marked standfirst is the lead itself; descriptions for sharing are the newsroom's, JSON-LD's often a machine's.
    "lead": ("profile", "layout", "visible", "meta", "jsonld", "microdata", "guess"),
    # The picture for sharing is the one an editor chose; JSON-LD lists all the article's and its author's.
    "image": ("profile", "layout", "meta", "jsonld", "microdata", "visible"),
    # Tags for sharing and shown tags are this article's; keywords in JSON-LD mix in sections and codes.
    "tags": ("profile", "layout", "meta", "visible", "jsonld", "microdata"),
    # The address a site chose for itself stands in the head of the page; JSON-LD often repeats the address asked for.
    "canonical_url": ("visible", "meta", "jsonld"),
    # <html lang> is what browsers and translators go by; JSON-LD and og:locale are often left at a default.
    "language": ("visible", "jsonld", "meta"),
}


FIELDS = tuple(field.name for field in fields(Findings))
"""What evidence can tell."""


def chosen(evidence: Mapping[str, Findings]) -> dict[str, str]:
    """For each field that is told at all, the kind of evidence that is believed."""
    believed: dict[str, str] = {}
    for field in FIELDS:
        kinds = (kind for kind in ORDER.get(field, USUAL_ORDER) if kind in evidence)
        if (kind := next((one for one in kinds if getattr(evidence[one], field)), None)) is not None:
            believed[field] = kind
    if "published_at" in believed:
        believed["published_at"] = _outvoted(believed["published_at"], evidence)
    return believed


def _outvoted(first: str, evidence: Mapping[str, Findings]) -> str:
    """The kind believed about the day of publication: another than the first, if that stands alone with its day.

    Against it stand two others that agree on another day; or the day of the last change, where readers see that one.
    """
    told = {kind: one.published_at for kind, one in evidence.items() if one.published_at and kind != "guess"}
    moment = told.pop(first, None)
    if moment is None or any(same_day(moment, other) for other in told.values()):
        return first
    changed = {one.updated_at.date() for one in evidence.values() if one.updated_at}
    days = Counter(other.date() for other in told.values())
    for kind, other in told.items():
        is_change, votes = other.date() in changed, days[other.date()]
        if (is_change and kind == "visible" and votes == 1) or (not is_change and votes > 1):
            return kind
    return first


def same_day(one: datetime, other: datetime) -> bool:
    """Whether two moments are of one day, as each was written or in UTC."""
    return one.date() == other.date() or one.astimezone(UTC).date() == other.astimezone(UTC).date()


def combine(evidence: Mapping[str, Findings]) -> Findings:
    """For each field what the first evidence in its order says."""
    told: dict[str, Any] = {field: getattr(evidence[kind], field) for field, kind in chosen(evidence).items()}
    return Findings(**told)
