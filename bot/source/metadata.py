"""Flat metadata: OpenGraph, Twitter cards and `<meta>`; and what any page shows: heading, title, canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.model import Image, Outlet
from bot.source import dom
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.links import picture, resolve
from bot.source.markup import Element, select
from bot.source.text import MAX_HEADLINE, line, plain

# Each list in the order of trust.
_HEADLINES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "sailthru.title", "title", "headline")
_LEADS = ("og:description", "twitter:description", "description", "dc.description", "sailthru.description")
_PICTURES = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnail",
)
_SITES = ("og:site_name", "application-name", "publisher")
_ADDRESSES = ("og:url", "twitter:url")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
_TAGS = ("article:tag", "news_keywords", "parsely-tags", "keywords")
_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date",
    "publish-date", "publishdate", "pubdate", "publication_date", "article_date_original",
    "cxenseparse:recs:publishtime", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_SUFFIX = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*")
_DATED = "//*[@itemprop='datePublished']"


def by_meta(root: Element, base: str) -> Findings:
    """What the `<meta>` elements say."""
    told = _metas(root)
    site = _first(told, _SITES, 200)
    headline = _first(told, _HEADLINES, MAX_HEADLINE)
    address = next((found for name in _PICTURES for one in told.get(name, ()) if (found := picture(one, base))), None)
    language = (_first(told, ("og:locale", "content-language", "language", "dc.language"), 35) or "").replace("_", "-")
    return Findings(
        headline=without_site(headline, site) if headline else None,
        lead=_first(told, _LEADS, 20_000),
        image=Image(address) if address else None,
        outlet=Outlet(site) if site else None,
        canonical_url=next(
            (url for name in _ADDRESSES for one in told.get(name, ()) if (url := resolve(one, base))), None
        ),
        tags=_tags(told),
        authors=tuple(dict.fromkeys(_people(told))),
        language=language or None,
        published_at=_date(told, _PUBLISHED),
        updated_at=_date(told, _UPDATED),
    )


def by_sight(root: Element, base: str) -> Findings:
    """What a reader or a browser sees: the heading or the title, the language, the canonical address, a time."""
    canonical = dom.attribute(root, "//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
    shown = [
        dom.text(one, MAX_HEADLINE) for path in ("//article//h1", "//main//h1", "//h1") for one in select(root, path)
    ]
    title = dom.text(dom.first(root, "//title"), MAX_HEADLINE)
    headline = next((one for one in shown if one), None)
    moments = [
        *select(root, _DATED),
        *select(root, "//article//time[@datetime]"),
        *select(root, "//main//time[@datetime]"),
    ]
    dates = (read_date(one.get("datetime") or one.get("content") or dom.text(one, 100)) for one in moments)
    figure = dom.first(root, "//article//figure") if headline else None
    address = dom.picture_of(figure, base) if figure is not None else None
    return Findings(
        headline=headline or without_site(title, None) or None,
        image=Image(address) if address else None,
        canonical_url=resolve(canonical, base),
        language=line(dom.attribute(root, "/html/@lang | /html/@*[local-name()='lang']") or "", 35) or None,
        published_at=next((date for date in dates if date), None),
    )


def without_site(title: str, site: str | None) -> str:
    """A title without the site's name at its end, if the name is known or stands after a bar."""
    cuts = list(_SUFFIX.finditer(title))
    if not cuts:
        return title
    head, tail = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :].strip()
    known = site is not None and _fold(tail) in (_fold(site), _fold(site).removesuffix("com"))
    unknown = site is None and len(head) > len(tail) and len(tail.split()) <= 4
    return head if head and (known or unknown) else title


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _metas(root: Element) -> Mapping[str, list[str]]:
    told: dict[str, list[str]] = {}
    for meta in select(root, "//meta[@content]"):
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := (meta.get(attribute) or "").strip().lower():
                told.setdefault(name, []).append(meta.get("content") or "")
                break
    return told


def _first(told: Mapping[str, list[str]], names: tuple[str, ...], limit: int) -> str | None:
    return next((said for name in names for one in told.get(name, ()) if (said := plain(one, limit))), None)


def _date(told: Mapping[str, list[str]], names: tuple[str, ...]) -> datetime | None:
    return next((date for name in names for one in told.get(name, ()) if (date := read_date(one))), None)


def _tags(told: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The first list that is there: sites that tag well repeat themselves, others fill `keywords` with noise."""
    for name in _TAGS:
        found = (line(part, 200) for one in told.get(name, ()) for part in one.split(","))
        if tags := tuple(dict.fromkeys(tag for tag in found if tag)):
            return tags[:100]
    return ()


def _people(told: Mapping[str, list[str]]) -> Iterator[str]:
    for name in _AUTHORS:
        found = [plain(one, 200) for one in told.get(name, ())]
        if people := [one for one in found if one and "://" not in one]:
            yield from people
            return
