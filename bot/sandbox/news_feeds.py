"""The newsroom's feeds: RSS 2.0 with Media RSS, and Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

if TYPE_CHECKING:
    from bot.sandbox.newsroom import Published

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
register_namespace("media", _MEDIA)


def rss(articles: Sequence[Published], base: str, title: str, changed_at: datetime) -> bytes:
    """The articles as RSS 2.0, in the order given."""
    register_namespace("atom", _ATOM)
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _add(channel, "title", title)
    _add(channel, "link", f"{base}/")
    _add(channel, "description", "О чём пишут газеты мира: поезда, сады, кухня, наука")
    _add(channel, "language", "ru")
    _add(channel, "lastBuildDate", format_datetime(changed_at, usegmt=True))
    SubElement(channel, f"{{{_ATOM}}}link", href=f"{base}/news/rss", rel="self", type="application/rss+xml")
    for there in articles:
        _rss_entry(SubElement(channel, "item"), there, base)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _rss_entry(entry: Element, there: Published, base: str) -> None:
    story = there.story
    _add(entry, "title", story.headline)
    _add(entry, "link", f"{base}/news/{story.slug}")
    SubElement(entry, "guid", isPermaLink="false").text = identifier(story.slug)
    _add(entry, "pubDate", format_datetime(there.at, usegmt=True))
    _add(entry, "description", story.lead)
    for tag in story.tags:
        _add(entry, "category", tag)
    image = SubElement(entry, f"{{{_MEDIA}}}content", url=f"{base}/news/img/{story.slug}", medium="image")
    _add(image, f"{{{_MEDIA}}}credit", story.credit)
    if there.updated_at:
        _add(entry, f"{{{_ATOM}}}updated", there.updated_at.isoformat())


def atom(articles: Sequence[Published], base: str, title: str, changed_at: datetime) -> bytes:
    """The articles as an Atom feed, in the order given."""
    register_namespace("", _ATOM)
    root = Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "ru"})
    _add(root, f"{{{_ATOM}}}title", title)
    _add(root, f"{{{_ATOM}}}id", "tag:digest.example,2026:feed")
    _add(root, f"{{{_ATOM}}}updated", changed_at.isoformat())
    SubElement(root, f"{{{_ATOM}}}link", href=f"{base}/news/atom", rel="self")
    SubElement(root, f"{{{_ATOM}}}link", href=f"{base}/")
    _add(SubElement(root, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", title)
    for there in articles:
        _atom_entry(SubElement(root, f"{{{_ATOM}}}entry"), there, base)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _atom_entry(entry: Element, there: Published, base: str) -> None:
    story = there.story
    _add(entry, f"{{{_ATOM}}}title", story.headline)
    _add(entry, f"{{{_ATOM}}}id", identifier(story.slug))
    SubElement(entry, f"{{{_ATOM}}}link", href=f"{base}/news/{story.slug}", rel="alternate")
    _add(entry, f"{{{_ATOM}}}published", there.at.isoformat())
    _add(entry, f"{{{_ATOM}}}updated", (there.updated_at or there.at).isoformat())
    _add(entry, f"{{{_ATOM}}}summary", story.lead)
    for tag in story.tags:
        SubElement(entry, f"{{{_ATOM}}}category", term=tag)


def identifier(slug: str) -> str:
    """An article's name in the feeds: the same wherever the sandbox happens to run."""
    return f"tag:digest.example,2026:{slug}"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
