"""A page's bytes become one Article. Pure.

Each kind of evidence is read on its own; `findings.ORDER` says which is believed first, field by field.
"""

from __future__ import annotations

from bot.errors import SourceError
from bot.model import Article
from bot.source import dom
from bot.source.charset import decode
from bot.source.findings import Findings, combine
from bot.source.jsonld import by_jsonld
from bot.source.layout import by_layout
from bot.source.links import canonical, resolve
from bot.source.markup import Element, parse_html
from bot.source.metadata import by_meta, by_sight
from bot.source.profile import Profile, by_profile


def read_page(body: bytes, *, url: str, content_type: str | None = None, profile: Profile | None = None) -> Article:
    """Read the article on a page found at `url` with this Content-Type header.

    With an empty `url` the page's own canonical address stands in. Raises SourceError for a page without a headline.
    """
    text = decode(body, content_type)
    if not text.strip():
        raise _no_article("The page is empty.")
    root = parse_html(text)
    found = combine(_evidence(root, _base(root, url), profile))
    if not found.headline:
        raise _no_article("The page has no headline: neither a heading nor a title. Is it an article's address?")
    address = url or found.canonical_url or ""
    return Article(
        id=found.canonical_url or (canonical(address) if address else ""),
        url=address,
        headline=found.headline,
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
    )


def _evidence(root: Element, base: str, profile: Profile | None) -> dict[str, Findings]:
    evidence = {"jsonld": by_jsonld(root, base), "meta": by_meta(root, base), "visible": by_sight(root, base)}
    if (layout := by_layout(root, base)) is not None:
        evidence["layout"] = layout
    if profile is not None:
        evidence["profile"] = by_profile(root, base, profile)
    return evidence


def _base(root: Element, url: str) -> str:
    """What relative addresses on the page are relative to."""
    own = dom.attribute(root, "//base/@href")
    known = url or resolve(dom.attribute(root, "//link[@rel='canonical']/@href")) or ""
    return resolve(own, known) or known


def _no_article(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)
