"""A page that lists articles, read by CSS selectors: for newsrooms without a feed."""

from __future__ import annotations

from lxml.cssselect import CSSSelector

from bot.errors import SourceError
from bot.model import Article, Feed, Image
from bot.sections import ListingSettings
from bot.source import dom
from bot.source.charset import decode
from bot.source.dates import read_date
from bot.source.links import canonical, resolve
from bot.source.markup import Element, parse_html, select
from bot.source.profile import must_be_selectors
from bot.source.text import MAX_HEADLINE, line

MOST = 1_000
"""Entries of one page."""


class Listing(ListingSettings):
    """The selectors of the settings, each known to be one: `entry` finds the teasers, the others what is inside each.
    Without them the link is the teaser's first one, and the headline its words."""

    def model_post_init(self, context: object, /) -> None:  # noqa: ARG002 - pydantic gives it
        """Raises SettingsError naming every selector that is none."""
        must_be_selectors(self)


def read_listing(body: bytes, listing: Listing, *, url: str, content_type: str | None = None) -> Feed:
    """The articles a page lists, in its order. Raises SourceError when nothing fits: the page must have changed."""
    root = parse_html(decode(body, content_type))
    base = next((found for one in select(root, "//base[@href]") if (found := resolve(one.get("href"), url))), url)
    teasers = select(root, _path(listing.entry))[:MOST]
    if not teasers:
        sentence = (
            f"Nothing on this page fits the selector {listing.entry!r}. Please look whether the page has changed."
        )
        raise SourceError(sentence, say=sentence)
    return Feed(
        title=dom.text(dom.first(root, "//title"), MAX_HEADLINE) or None,
        url=url,
        language=line(dom.attribute(root, "/html/@lang") or "", 35) or None,
        entries=tuple(_entry(teaser, listing, base) for teaser in teasers),
    )


def _entry(teaser: Element, listing: Listing, base: str) -> Article:
    anchors = _found(teaser, listing.link or "a[href]")
    own = next((one for one in anchors if one.get("href")), None)
    link = resolve(own.get("href"), base) if own is not None else None
    headed = _found(teaser, listing.headline) if listing.headline else anchors[:1]
    pictures = _found(teaser, listing.image or "img")
    shown = next((address for one in pictures if (address := dom.picture_of(one, base))), None)
    dates = [read_date(one.get("datetime") or dom.text(one)) for one in _found(teaser, listing.date or "time")]
    return Article(
        id=canonical(link) if link else "",
        url=link or "",
        headline=next((text for one in headed if (text := dom.text(one, MAX_HEADLINE))), ""),
        canonical_url=canonical(link) if link else None,
        lead=next((text for one in _found(teaser, listing.lead) if (text := dom.text(one))), None),
        image=Image(shown) if shown else None,
        tags=tuple(dict.fromkeys(tag for one in _found(teaser, listing.tags) if (tag := dom.text(one, 200)))),
        published_at=next((moment for moment in dates if moment), None),
    )


def _found(teaser: Element, selector: str | None) -> list[Element]:
    return select(teaser, _path(selector)) if selector else []


def _path(selector: str | None) -> str:
    return str(CSSSelector(selector, translator="html").path) if selector else ""
