"""What one kind of evidence says about an article, and which evidence is believed first, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
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


USUAL_ORDER = ("profile", "layout", "jsonld", "meta", "visible")
"""A profile was written for the site; the digest layout carries what metadata has no words for; then metadata made for
machines, structured before flat; last what a reader sees."""

ORDER: Mapping[str, tuple[str, ...]] = {
    # The address a site chose for itself stands in the head of the page; JSON-LD often repeats the address asked for.
    "canonical_url": ("visible", "meta", "jsonld"),
    # <html lang> is what browsers and translators go by; JSON-LD and og:locale are often left at a default.
    "language": ("visible", "jsonld", "meta"),
}


def combine(evidence: Mapping[str, Findings]) -> Findings:
    """For each field what the first evidence in its order says."""
    chosen: dict[str, Any] = {}
    for field in fields(Findings):
        for kind in ORDER.get(field.name, USUAL_ORDER):
            if kind in evidence and (told := getattr(evidence[kind], field.name)):
                chosen[field.name] = told
                break
    return Findings(**chosen)
