"""A page's bytes become one Article. Pure, and bounded on any input: to be run in a thread, since a big page takes a
while.

Each kind of evidence is read on its own; `findings.ORDER` says which is believed first, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.errors import SourceError
from bot.model import Article
from bot.source import dom
from bot.source.charset import decode
from bot.source.findings import Findings, chosen, combine
from bot.source.guess import by_guess
from bot.source.jsonld import by_jsonld
from bot.source.layout import by_layout
from bot.source.links import canonical, resolve
from bot.source.markup import Element, parse_html
from bot.source.metadata import by_meta
from bot.source.microdata import by_microdata
from bot.source.profile import Profile, by_profile
from bot.source.refine import refined
from bot.source.sheet import Sheet
from bot.source.sight import by_sight


@dataclass(frozen=True, slots=True)
class PageReading:
    """The article of a page, and why it is read so: all evidence by its kind, and the kind believed for each field."""

    article: Article
    evidence: Mapping[str, Findings]
    believed: Mapping[str, str]

    @property
    def certain(self) -> Article:
        """The article without a lead that was only guessed: a feed that has one knows better."""
        return replace(self.article, lead=None) if self.believed.get("lead") == "guess" else self.article


def read_page(body: bytes, *, url: str, content_type: str | None = None, profile: Profile | None = None) -> Article:
    """Read the article on a page found at `url` with this Content-Type header.

    With an empty `url` the page's own canonical address stands in. Raises SourceError for a page without a headline.
    """
    return study_page(body, url=url, content_type=content_type, profile=profile).article


def study_page(
    body: bytes, *, url: str, content_type: str | None = None, profile: Profile | None = None
) -> PageReading:
    """Read a page as `read_page` does, and tell which evidence gave each field."""
    text = decode(body, content_type)
    if not text.strip():
        raise _no_article("The page is empty.")
    root = parse_html(text)
    evidence = _evidence(Sheet(root, _base(root, url)), profile)
    found = refined(combine(evidence), evidence)
    if not found.headline:
        raise _no_article("The page has no headline: neither a heading nor a title. Is it an article's address?")
    believed = {field: kind for field, kind in chosen(evidence).items() if getattr(found, field)}
    return PageReading(_article(found, url or found.canonical_url or ""), evidence, believed)


def _article(found: Findings, address: str) -> Article:
    return Article(
        id=found.canonical_url or (canonical(address) if address else ""),
        url=address,
        headline=found.headline or "",
        canonical_url=found.canonical_url,
        lead=found.lead,
        body=found.body,
        image=found.image,
        outlet=found.outlet,
        original_url=found.original_url,
        country=found.country,
        region=found.region,
        tags=found.tags,
        authors=found.authors,
        language=found.language,
        published_at=found.published_at,
        updated_at=found.updated_at,
        disclaimer=found.disclaimer,
        gallery=found.gallery,
    )


def _evidence(sheet: Sheet, profile: Profile | None) -> dict[str, Findings]:
    """All evidence by its kind. Guesses are made only where lead or date are told by nothing else."""
    evidence = {
        "jsonld": by_jsonld(sheet),
        "microdata": by_microdata(sheet),
        "meta": by_meta(sheet),
        "visible": by_sight(sheet),
    }
    if (layout := by_layout(sheet)) is not None:
        evidence["layout"] = layout
    if profile is not None:
        evidence["profile"] = by_profile(sheet.root, sheet.base, profile)
    known = combine(evidence)
    if not (known.published_at and known.lead):
        evidence["guess"] = by_guess(sheet)
    return evidence


def _base(root: Element, url: str) -> str:
    """What relative addresses on the page are relative to."""
    own = dom.attribute(root, "//base/@href")
    known = url or resolve(dom.attribute(root, "//link[@rel='canonical']/@href")) or ""
    return resolve(own, known) or known


def _no_article(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)
