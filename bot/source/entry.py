"""One `<item>` or `<entry>` becomes an Article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bot.model import Article, Image
from bot.source.dates import read_date
from bot.source.images import Shot, beyond, pixels
from bot.source.links import canonical, named_like_photo, picture, resolve
from bot.source.markup import Element, inner, tag_of, texts_at
from bot.source.text import MAX_BODY, MAX_HEADLINE, cut, line, paragraphs, unescape
from bot.source.xmlnames import Children, content, name, text_of

MAX_ID = 2_000
MAX_TAGS = 100
MAX_TAG = 200
_OWN = 4
"""From this rank on pictures are the article's own: no thumbnails, no logos."""

_TITLES = ("title", "dc:title", "itunes:title", "media:title")
_LEADS = (
    "description",
    "summary",
    "rbc_news:anons",
    "dc:description",
    "dcterms:abstract",
    "itunes:subtitle",
    "itunes:summary",
)
_BODIES = ("content:encoded", "content", "yandex:full-text", "fulltext", "xhtml:body", "turbo:content", "body")
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created", "created", "date")
_UPDATED = ("updated", "modified", "dcterms:modified", "lastbuilddate")
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)\s*$")
_NAME_AND_MAIL = re.compile(r"(.+?)\s*[<(]\S+@\S+[>)]\s*$")
_IMG = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_SRC = re.compile(r"\bsrc\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s>]+))", re.IGNORECASE)
_TINY = re.compile(r"\b(?:width|height)\s*=\s*[\"']?\s*\d{1,2}(?!\d)(?:px)?[\"'\s/>]", re.IGNORECASE)
_COUNTER = re.compile(
    r"feedburner|feedsportal|doubleclick|/pixel|/counter|/emoji/|smil|gravatar|stats\.|/ads?/", re.IGNORECASE
)


def read_entry(element: Element, base: str, language: str | None) -> Article:
    """What an entry tells, as it stands in the feed: without an address or a word in it, `url` or `headline` is empty.

    `base` is the feed's address."""
    entry = Children(element)
    headline, lead, body = entry.text(*_TITLES, limit=MAX_HEADLINE), entry.text(*_LEADS), _body(entry)
    link = _link(entry, base)
    address = _original(entry) or (canonical(link) if link else None)
    image, gallery = _images(entry, base)
    return Article(
        id=_identity(entry) or address or "",
        url=link or "",
        headline=headline or cut(lead or (body or "").partition("\n")[0], 120),
        canonical_url=address,
        lead=lead,
        body=body,
        image=image,
        gallery=gallery,
        tags=_tags(entry),
        authors=_authors(entry),
        language=entry.text("language", "dc:language", limit=35) or _own_language(element) or language,
        published_at=_date(entry, _PUBLISHED) or _date(entry, _UPDATED),
        updated_at=_date(entry, _UPDATED),
    )


def _original(entry: Children) -> str | None:
    """The page's own address where the link leads through a counter of FeedBurner's."""
    found = next((resolve(child.text) for child in entry.all("feedburner:origlink")), None)
    return canonical(found) if found else None


def _base(element: Element, base: str) -> str:
    try:
        own = element.base
    except ValueError:
        own = None
    return (resolve(own, base) or base) if own else base


def _identity(entry: Children) -> str | None:
    for child in entry.all("guid", "id", "dc:identifier"):
        if text := inner(child).strip():
            return _named(child, text)[:MAX_ID]
    return next((about[:MAX_ID] for one in _abouts(entry.element) if (about := one.strip())), None)


def _named(child: Element, text: str) -> str:
    """A relative id under an `xml:base` is meant as an address; any other is a name, and stays as it is."""
    relative = name(child) == "id" and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", text)
    stated = relative and texts_at(child, "ancestor-or-self::*/@xml:base")
    return (stated and resolve(text, _base(child, ""))) or text


def _link(entry: Children, base: str) -> str | None:
    """The entry's page: its link, a guid that is an address, and last what else it points to."""
    ranked: list[tuple[int, str]] = []
    for child in entry.all("link", "url", "guid", "id", "feedburner:origlink", "enclosure"):
        rank, text = _link_rank(child)
        if rank is not None and (address := resolve(text, _base(child, base))):
            ranked.append((rank, address))
    return min(ranked, key=lambda one: one[0])[1] if ranked else _about(entry.element)


def _link_rank(child: Element) -> tuple[int | None, str]:
    text = (child.get("href") or child.text or "").replace("&amp;", "&")
    match name(child):
        case "link":
            return _relation_rank(child), text
        case "feedburner:origlink":
            return 3, text
        case "guid":
            permanent = (child.get("isPermaLink") or child.get("ispermalink") or "true").lower() != "false"
            return (4 if permanent else 7) if text.strip().startswith("http") else None, text
        case "id":
            return 6 if text.strip().startswith("http") else None, text
        case "enclosure":
            return 8, child.get("url") or text
    return 5, text


def _relation_rank(child: Element) -> int | None:
    relation = (child.get("rel") or "alternate").lower().rpartition("/")[2]
    kind = (child.get("type") or "text/html").lower()
    if relation == "alternate":
        return 0 if "html" in kind else 1
    if relation in (
        "self",
        "edit",
        "hub",
        "replies",
        "next",
        "prev",
        "first",
        "last",
        "license",
        "service.edit",
        "service.post",
    ):
        return 9 if relation == "self" else None
    return 8


def _about(element: Element) -> str | None:
    return next((resolve(about) for about in _abouts(element)), None)


def _abouts(element: Element) -> list[str]:
    """RSS 1.0 names the page in rdf:about as well."""
    return texts_at(element, "./@*[local-name()='about']")


def _body(entry: Children) -> str | None:
    for wanted in _BODIES:
        for child in entry.all(wanted):
            if (child.get("type") or "").startswith(("image/", "video/", "audio/")):
                continue
            markup, literal = content(child)
            if text := cut(line(markup, MAX_BODY), MAX_BODY) if literal else paragraphs(markup):
                return text
    return None


def _date(entry: Children, names: tuple[str, ...]) -> datetime | None:
    for wanted in names:
        for child in entry.all(wanted):
            if moment := read_date(child.text):
                return moment
    return None


def _own_language(element: Element) -> str | None:
    found = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return line(found, 35) or None if found else None


def _tags(entry: Children) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for child in entry.all("category", "dc:subject", "itunes:keywords", "media:keywords"):
        text = child.get("label") or child.get("term") or child.get("text") or text_of(child, MAX_TAG)
        parts = text.split(",") if name(child).endswith("keywords") else [text]
        for part in parts:
            if (tag := line(unescape(part), MAX_TAG)) and len(found) < MAX_TAGS:
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _authors(entry: Children) -> tuple[str, ...]:
    names = [_person(child) for child in entry.all("author", "dc:creator")]
    names = names or [_person(child) for child in entry.all("itunes:author")]
    return tuple(dict.fromkeys(person for person in names if person))[:MAX_TAGS]


def _person(element: Element) -> str:
    """A person's name: "desk@example.org (Ann Lee)" is Ann Lee; a bare address stays."""
    text = Children(element).text("name", "email", limit=MAX_TAG) if len(element) else text_of(element, MAX_TAG)
    match = _MAIL_AND_NAME.match(text or "") or _NAME_AND_MAIL.match(text or "")
    return match[1].strip() if match else text or ""


def _images(entry: Children, base: str) -> tuple[Image | None, tuple[Image, ...]]:
    """The best picture, and the others that are named as the article's own."""
    found = list(_pictures(entry, base))
    best = max(found, key=lambda one: (one[0], one[1].width), default=None)
    if best is not None:
        credit = entry.text("media:credit", limit=MAX_TAG) or _group_credit(entry)
        image = Image(best[1].image.url, best[1].image.credit or credit)
        return image, beyond(image, [shot for rank, shot in found if rank >= _OWN])
    for child in entry.all("content:encoded", "content", "description", "summary"):
        if address := _first_picture(inner(child), _base(child, base)):
            return Image(address), ()
    return None, ()


def _group_credit(entry: Children) -> str | None:
    groups = [*entry.all("media:group"), *entry.all("media:content")]
    return next((credit for group in groups if (credit := Children(group).text("media:credit", limit=MAX_TAG))), None)


def _pictures(entry: Children, base: str) -> Iterator[tuple[int, Shot]]:
    """Every picture an entry names, with the rank of the kind of evidence."""
    for child in _children_and_grouped(entry.element):
        rank, text = _picture_rank(child)
        if rank and (address := picture((text or "").replace("&amp;", "&"), _base(child, base))):
            credit = Children(child).text("media:credit", limit=MAX_TAG) if len(child) else None
            yield rank, Shot(Image(address, credit), pixels(child.get("width")), pixels(child.get("height")))


def _children_and_grouped(element: Element) -> Iterator[Element]:
    for child in element:
        tag = tag_of(child)
        if tag:
            yield child
        if tag.rpartition("}")[2] in ("group", "content"):
            yield from (one for one in child if tag_of(one))


def _picture_rank(child: Element) -> tuple[int, str | None]:
    kind = f"{child.get('medium') or ''} {child.get('type') or ''}".lower()
    address = child.get("url") or child.get("href")
    pictured = "image" in kind or (not kind.strip() and bool(address) and named_like_photo(address or ""))
    match name(child):
        case "media:content" if pictured:
            return 5, address
        case "enclosure" if pictured:
            return 4, address
        case "link" if child.get("rel") == "enclosure" and pictured:
            return 4, address
        case "media:thumbnail":
            return 3, address
        case "itunes:image":
            return 2, address
        case "image":
            return 1, address or Children(child).text("url") or child.text
    return 0, None


def _first_picture(markup: str, base: str) -> str | None:
    """The first real picture in the text of an entry: no smileys, counters or spacers."""
    for tag in _IMG.findall(markup):
        source = _SRC.search(tag)
        address = source and (source[1] or source[2] or source[3])
        if (
            address
            and not _TINY.search(tag)
            and not _COUNTER.search(address)
            and (found := picture(unescape(address), base))
        ):
            return found
    return None
