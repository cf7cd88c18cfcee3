"""A feed's bytes become a Feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.errors import SourceError
from bot.model import Article, Feed
from bot.source import dom
from bot.source.charset import decode
from bot.source.entry import Left, read_entry
from bot.source.jsonfeed import read_json_feed
from bot.source.links import resolve
from bot.source.markup import Element, parse_html, parse_xml, select, tag_of
from bot.source.text import MAX_HEADLINE, cut, line
from bot.source.xmlnames import Children, name

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")

_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|channel)(?=[\s>/])", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SITEMAP = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_OPENED = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_CLOSED = re.compile(
    r"</(?:[\w.-]+:)?(?:item|entry)\s*>|/>\s*(?=</(?:[\w.-]+:)?(?:channel|feed|rss|rdf))", re.IGNORECASE
)
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_JUNK_BEFORE = 10_000
"""Characters of warnings and blank lines looked over before a feed begins."""


def read_feed(body: bytes, *, url: str, content_type: str | None = None) -> Feed:
    """Read a feed found at `url` with this Content-Type header.

    Entries that can't be used are left out and named in `problems`. Raises SourceError if this is no feed.
    """
    text = decode(body, content_type).strip()
    if not text:
        raise _no_feed("The address gave an empty answer where a feed should be.")
    found: Iterable[Article | Left]
    if text[0] in "{[":
        title, language, found = read_json_feed(text, url)
    else:
        root = _root(text, url)
        written, cut_off = _written(text)
        title, language, found = _title(root), _language(root), _entries(root, url, written, cut_off=cut_off)
    entries, problems = _sort_out(found)
    return Feed(title=title, url=url, language=language, entries=entries, problems=problems)


def _sort_out(found: Iterable[Article | Left]) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """The articles, each once, and a sentence about every entry left out."""
    entries: dict[str, Article] = {}
    problems = []
    for entry in found:
        if isinstance(entry, Left):
            problems.append(entry.sentence)
        elif entries.setdefault(entry.key, entry).headline != entry.headline:
            problems.append(
                f"The entry «{cut(entry.headline, 80)}» has the address of an entry before it and was left out."
            )
    return tuple(entries.values()), tuple(problems)


def _root(text: str, url: str) -> Element:
    start = _ROOT.search(text, 0, _JUNK_BEFORE) or _ROOT.search(text)
    page = _HTML.search(text, 0, _JUNK_BEFORE)
    if page and (start is None or page.start() < start.start()):
        raise _html_instead(text, url)
    if start is None:
        if _SITEMAP.search(text, 0, _JUNK_BEFORE):
            raise _no_feed("This address gives a sitemap, not a feed. Look for an RSS or Atom address on the site.")
        raise _no_feed("This address gives neither RSS nor Atom nor JSON Feed. Please check the address of the feed.")
    return parse_xml(text[start.start() :])


def _html_instead(text: str, url: str) -> SourceError:
    advice = "Look for its RSS or Atom address."
    for link in select(parse_html(text), "//link[@href]"):
        kind = (link.get("type") or "").strip().lower()
        if kind in FEED_TYPES and "alternate" in (link.get("rel") or "").lower():
            address = resolve(link.get("href"), url)
            if address:
                advice = f"It names this feed: {address}"
                break
    return _no_feed(f"This address gives a web page (HTML), not a feed. {advice}")


def _no_feed(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)


def _written(text: str) -> tuple[int, bool]:
    """How many entries a feed begins, and whether the last has no end."""
    bare = _CDATA.sub("", text)
    starts = [match.start() for match in _OPENED.finditer(bare)]
    return len(starts), bool(starts) and _CLOSED.search(bare, starts[-1]) is None


def _entries(root: Element, url: str, written: int, *, cut_off: bool) -> Iterator[Article | Left]:
    base = _site(root, url) if not resolve(url) else url
    language = _language(root)
    found = [element for element in root.iter() if name(element) in ("item", "entry")]
    if cut_off and found:
        found.pop()
        yield Left(f"Entry {len(found) + 1} is cut off in the middle and was left out.")
    elif lost := max(0, written - _parsed(root)):
        yield Left(f"{lost} of {written} entries are broken beyond reading and were left out.")
    for number, element in enumerate(found, 1):
        yield read_entry(element, number, base, language)


def _parsed(root: Element) -> int:
    return sum(
        tag_of(element).rpartition("}")[2].rpartition(":")[2].lower() in ("item", "entry") for element in root.iter()
    )


def _head(root: Element) -> Element:
    """The element with what is said about the feed as a whole."""
    return next(Children(root).all("channel"), root)


def _title(root: Element) -> str | None:
    return Children(_head(root)).text("title", limit=MAX_HEADLINE)


def _language(root: Element) -> str | None:
    head = _head(root)
    own = Children(head).text("language", "dc:language")
    inherited = dom.attribute(head, "ancestor-or-self::*/@xml:lang")
    return line(own or inherited or "", 35) or None


def _site(root: Element, url: str) -> str:
    """An absolute address of the site, for a feed whose own address is not known."""
    for child in Children(_head(root)).all("link"):
        if (child.get("rel") or "alternate") == "alternate":
            address = resolve(child.get("href") or child.text, url)
            if address:
                return address
    return url
