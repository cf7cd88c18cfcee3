"""An address that gives no feed but names one: a web page by its `<link rel=alternate>`, an index of sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.errors import SourceError
from bot.source.links import resolve
from bot.source.markup import Element, parse_html, select
from bot.source.recovery import local

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_MORE_TYPES = ("application/json", "application/xml", "text/xml")
_COMMENTS = re.compile(r"comment|коммент|обсужд", re.IGNORECASE)
_NEWS = re.compile(r"news", re.IGNORECASE)


class FeedElsewhere(SourceError):
    """No feed, but the `address` of one. `why` begins the sentence that tells of it."""

    def __init__(self, address: str, why: str) -> None:
        sentence = f"{why} It names this feed: {address}"
        super().__init__(sentence, say=sentence)
        self.address = address
        self.why = why


def html_instead(text: str, url: str) -> SourceError:
    """What to say of a web page where a feed should be."""
    why = "This address gives a web page (HTML), not a feed."
    named = list(_alternates(parse_html(text), url))
    if not named:
        sentence = f"{why} Look for its RSS or Atom address."
        return SourceError(sentence, say=sentence)
    return FeedElsewhere(min(named)[2], why)


def _alternates(root: Element, url: str) -> Iterator[tuple[bool, int, str]]:
    """The feeds a page names: those of comments last, else in order."""
    base = next((found for one in select(root, "//base[@href]") if (found := resolve(one.get("href"), url))), url)
    for place, link in enumerate(select(root, "//link[@href]")):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        relations = (link.get("rel") or "").lower().split()
        known = ("alternate" in relations and kind in FEED_TYPES) or ("feed" in relations and kind in _ANY)
        if known and (address := resolve(link.get("href"), base)):
            yield bool(_COMMENTS.search(f"{link.get('title') or ''} {link.get('href')}")), place, address


_ANY = ("", "text/html", *FEED_TYPES, *_MORE_TYPES)


def sitemaps_instead(root: Element, url: str) -> SourceError:
    """What to say of an index of sitemaps: the one for news is taken, else the one that changed last."""
    why = "This address gives a list of sitemaps, not a feed."
    found = []
    for number, entry in enumerate(child for child in root if local(child) == "sitemap"):
        told = {local(child): (child.text or "").strip() for child in entry}
        if address := resolve(told.get("loc"), url):
            found.append((bool(_NEWS.search(address)), told.get("lastmod", ""), -number, address))
    if not found:
        sentence = f"{why} It names none."
        return SourceError(sentence, say=sentence)
    return FeedElsewhere(max(found)[3], why)
