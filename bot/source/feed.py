"""A feed's bytes become a Feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed, sitemaps. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from bot.errors import SourceError
from bot.model import Feed
from bot.source import dom
from bot.source.charset import decode
from bot.source.elsewhere import html_instead, sitemaps_instead
from bot.source.entry import read_entry
from bot.source.jsonfeed import read_json_feed
from bot.source.links import host, resolve
from bot.source.markup import Element, parse_xml
from bot.source.recovery import apart, ends_in_an_entry, expanded, local, written
from bot.source.sitemap import read_sitemap
from bot.source.text import MAX_HEADLINE, line
from bot.source.xmlnames import Children, name

Kind = Literal["feed", "sitemap", "sitemapindex"]

_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|feed|RDF|channel|urlset|sitemapindex)(?=[\s>/])", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_JUNK_BEFORE = 10_000
"""Characters of warnings and blank lines looked over before a feed begins."""
_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
"""The periods of the RSS 1.0 module for syndication."""


def read_feed(body: bytes, *, url: str, content_type: str | None = None) -> Feed:
    """Read a feed found at `url` with this Content-Type header: every entry as it stands there, usable or not.

    Entries that are broken beyond reading are named in `problems`. Raises SourceError if this is no feed, and
    FeedElsewhere if it names one.
    """
    return read_text(decode(body, content_type).strip(), url=url)


def read_text(text: str, *, url: str) -> Feed:
    """The same of a document that is decoded and has no spaces around it."""
    if not text:
        raise _no_feed("The address gave an empty answer where a feed should be.")
    if text[0] in "{[":
        return read_json_feed(text, url)
    text = expanded(text)
    kind, start = _begins(text, url)
    root = parse_xml(text[start:])
    if kind == "sitemapindex":
        raise sitemaps_instead(root, url)
    if kind == "sitemap":
        return read_sitemap(root, url)
    return _feed(text[start:], root, url)


def _begins(text: str, url: str) -> tuple[Kind, int]:
    """What kind of document this is, and where its root element begins."""
    start = _ROOT.search(text, 0, _JUNK_BEFORE) or _ROOT.search(text)
    page = _HTML.search(text, 0, _JUNK_BEFORE)
    if page and (start is None or page.start() < start.start()):
        raise html_instead(text, url)
    if start is None:
        raise _no_feed("This address gives neither RSS nor Atom nor JSON Feed. Please check the address of the feed.")
    root = start[1].lower()
    return ("sitemapindex" if root == "sitemapindex" else "sitemap" if root == "urlset" else "feed"), start.start()


def _no_feed(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)


def _feed(text: str, root: Element, url: str) -> Feed:
    head, elements, problems = _elements(text, root)
    base, language = _base(head, url), _language(head)
    return Feed(
        title=Children(head).text("title", limit=MAX_HEADLINE),
        url=url,
        language=language,
        entries=tuple(read_entry(element, base, language) for element in elements),
        problems=tuple(problems),
        ttl=_ttl(head),
        hub=_hub(root, url),
    )


def _elements(text: str, root: Element) -> tuple[Element, list[Element], list[str]]:
    """What is said of the feed as a whole, the entries, and sentences about those that could not be read."""
    found = [element for element in root.iter() if name(element) in ("item", "entry")]
    expected, head, problems = written(text), _head(root), []
    if expected > (parsed := sum(local(element) in ("item", "entry") for element in root.iter())):
        pieces = apart(text)
        if len(pieces) > parsed:
            found, parsed = pieces, len(pieces)
    if ends_in_an_entry(text) and found:
        found.pop()
        problems.append(f"Entry {len(found) + 1} is cut off in the middle and was left out.")
    elif expected > parsed:
        problems.append(f"{expected - parsed} of {expected} entries are broken beyond reading and were left out.")
    return head, found, problems


def _head(root: Element) -> Element:
    """The element with what is said about the feed as a whole."""
    return next(Children(root).all("channel"), root)


def _language(head: Element) -> str | None:
    own = Children(head).text("language", "dc:language")
    inherited = dom.attribute(head, "ancestor-or-self::*/@xml:lang")
    return line(own or inherited or "", 35) or None


def _base(head: Element, url: str) -> str:
    """What relative addresses are relative to: the feed's own, unless the feed is kept for a site on another host."""
    for child in Children(head).all("link"):
        if (child.get("rel") or "alternate") == "alternate":
            site = resolve(child.get("href") or child.text, url)
            if site:
                return site if not resolve(url) or host(site) != host(url) else url
    return url


def _ttl(head: Element) -> timedelta | None:
    """How long the feed says it stays as it is: RSS's `ttl`, or the period of the syndication module."""
    told = Children(head)
    minutes = told.text("ttl", limit=20) or ""
    if minutes.isdecimal() and 0 < int(minutes) < 10**6:
        return timedelta(minutes=int(minutes))
    period = _MINUTES.get((told.text("module:updateperiod", "sy:updateperiod", limit=20) or "").lower())
    times = told.text("module:updatefrequency", "sy:updatefrequency", limit=20) or "1"
    if period is None or not times.isdecimal() or int(times) == 0:
        return None
    return timedelta(minutes=period / min(int(times), 10**6))


def _hub(root: Element, url: str) -> str | None:
    """The hub that would push what is new (WebSub)."""
    for element in (root, _head(root)):
        for link in Children(element).all("link", "atom:link"):
            if (link.get("rel") or "").lower() == "hub" and (address := resolve(link.get("href"), url)):
                return address
    return None
