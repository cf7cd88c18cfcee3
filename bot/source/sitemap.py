"""Sitemaps (sitemaps.org, Google News): addresses, with headlines and dates where they are for news."""

from __future__ import annotations

from bot.model import Article, Feed, Image
from bot.source.dates import read_date
from bot.source.images import Shot, beyond, largest
from bot.source.links import canonical, picture, resolve
from bot.source.markup import Element
from bot.source.recovery import local
from bot.source.text import MAX_HEADLINE, line, plain

MOST = 5_000
"""Addresses taken from one sitemap. One for news has at most 1,000; of larger ones the newest count."""
_TAG = 200
_TAGS = 100
_SHOTS = 100


def read_sitemap(root: Element, url: str) -> Feed:
    """Every address in order. Those of a plain sitemap have no headline: their pages know it."""
    pages = [child for child in root if local(child) == "url"]
    problems: tuple[str, ...] = ()
    if len(pages) > MOST:
        problems = (f"{len(pages) - MOST} addresses beyond the newest {MOST} were left out.",)
        pages = sorted(pages, key=_changed, reverse=True)[:MOST]
    return Feed(
        title=None, url=url, language=None, entries=tuple(_entry(page, url) for page in pages), problems=problems
    )


def _changed(page: Element) -> str:
    return next((child.text or "" for child in page if local(child) == "lastmod"), "")


def _entry(page: Element, base: str) -> Article:
    told: dict[str, str] = {}
    shots: list[Shot] = []
    for element in page.iter():
        if element.text and (text := element.text.strip()):
            told.setdefault(name := _name(element), text)
            if name == "image:loc" and len(shots) < _SHOTS and (shown := picture(text, base)):
                shots.append(Shot(Image(shown)))
    link = resolve(told.get("loc"), base)
    image = largest(shots)
    tags = [line(tag, _TAG) for tag in (told.get("keywords") or "").split(",")][:_TAGS]
    return Article(
        id=canonical(link) if link else "",
        url=link or "",
        headline=plain(told.get("title", ""), MAX_HEADLINE),
        canonical_url=canonical(link) if link else None,
        image=image,
        gallery=beyond(image, shots),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        language=line(told.get("language", ""), 35) or None,
        published_at=read_date(told.get("publication_date")),
        updated_at=read_date(told.get("lastmod")),
    )


def _name(element: Element) -> str:
    """Pictures and films have their own addresses and titles."""
    bare = local(element)
    parent = element.getparent()
    inside = local(parent) if parent is not None else ""
    return f"{inside}:{bare}" if inside in ("image", "video") else bare
