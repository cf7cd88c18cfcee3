"""Microdata and RDFa: schema.org's words (and Dublin Core's) on the elements that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.model import Image, Outlet
from bot.source import dom, names
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.keywords import tag_list
from bot.source.links import picture
from bot.source.markup import Element, select, tag_of
from bot.source.people import from_sight, people
from bot.source.sheet import Sheet
from bot.source.text import MAX_HEADLINE, plain

MAX_ELEMENTS = 2_000
_ARTICLE = re.compile(r"(Article|Posting|Blog|Report|Review|Recipe|CreativeWork|WebPage|hentry|VideoObject)\s*$")
_STRANGE = re.compile(
    r"(Comment|Person|Organization|ImageObject|Answer|Product|Offer|Rating|ListItem|Brand|Thing|WPHeader|WPFooter|WPSideBar|SiteNavigationElement|WebSite)\s*$"
)
_PATH = "//*[@itemprop or (@property and not(self::meta))]"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "headline": ("headline",),
    "lead": ("alternativeheadline", "description", "abstract"),
    "author": ("author", "creator"),
    "published": ("datepublished", "datecreated", "published_time", "issued", "created", "date"),
    "updated": ("datemodified", "modified"),
    "image": ("image", "thumbnailurl"),
    "tags": ("keywords", "about"),
    "outlet": ("publisher",),
}
_KNOWN = frozenset(name for listed in _NAMES.values() for name in listed)


def by_microdata(sheet: Sheet) -> Findings:
    """What the properties of the page's article say."""
    told = _told(sheet)
    if not told:
        return Findings()
    base = sheet.base
    headlines = (_said(one, MAX_HEADLINE) for one in _all(told, "headline"))
    headline = next((said for said in headlines if said and not names.is_site(said, sheet.sites)), None)
    outlet = next((said for one in _all(told, "outlet") if (said := _named(one, 200))), None)
    address = next((found for one in _all(told, "image") if (found := _picture(one, base))), None)
    return Findings(
        headline=names.without_site(headline, sheet.sites) if headline else None,
        lead=next((said for one in _all(told, "lead") if (said := _said(one, 20_000))), None),
        image=Image(address) if address else None,
        outlet=Outlet(outlet) if outlet else None,
        tags=tag_list(tag for one in _all(told, "tags") for tag in _terms(one)),
        authors=people((from_sight(_named(one, 400)) for one in _all(told, "author")), sheet.sites),
        published_at=_moment(told, "published"),
        updated_at=_moment(told, "updated"),
    )


def _told(sheet: Sheet) -> Mapping[str, list[Element]]:
    """The elements by the property they hold, without those of comments, people and other things."""
    found: dict[str, list[Element]] = {}
    for element in select(sheet.root, _PATH)[:MAX_ELEMENTS]:
        for name in (element.get("itemprop") or element.get("property") or "").lower().split():
            bare = name.rpartition(":")[2].rpartition("/")[2]
            if bare in _KNOWN and _of_article(element):
                found.setdefault(bare, []).append(element)
    return found


def _of_article(element: Element) -> bool:
    """Whether the thing a property belongs to is the article, or nothing said."""
    for ancestor in element.iterancestors():
        kind = ancestor.get("itemtype") or ancestor.get("typeof") or ""
        if _STRANGE.search(kind):
            return False
        if _ARTICLE.search(kind):
            return True
    return True


def _all(told: Mapping[str, list[Element]], field: str) -> Iterator[Element]:
    for name in _NAMES[field]:
        yield from told.get(name, ())


def _said(element: Element, limit: int) -> str:
    return plain(element.get("content") or "", limit) or dom.text(element, limit)


def _named(element: Element, limit: int) -> str:
    """The name of a thing: its own property `name`, else what the element says."""
    name = dom.first(element, ".//*[@itemprop='name' or @property='name' or @property='schema:name']")
    return _said(name if name is not None else element, limit)


def _picture(element: Element, base: str) -> str | None:
    if tag_of(element) == "img":
        return dom.picture_of(element, base)
    told = (element.get(attribute) for attribute in ("content", "href", "src", "resource"))
    inner = dom.first(element, ".//*[@itemprop='url' or @itemprop='contentUrl']")
    if inner is not None:
        told = (inner.get(attribute) for attribute in ("content", "href", "src"))
    return next((found for one in told if one and (found := picture(one, base))), None) or dom.picture_of(element, base)


def _terms(element: Element) -> Iterator[str]:
    """The linked terms one by one, else the text with its commas."""
    if content := element.get("content"):
        yield content
        return
    links = select(element, ".//a") if element.tag != "a" else []
    yield from [dom.text(link, 200) for link in links] or [dom.text(element, 2_000)]


def _moment(told: Mapping[str, list[Element]], field: str) -> datetime | None:
    for element in _all(told, field):
        for said in (element.get("content"), element.get("datetime"), element.get("title"), dom.text(element, 100)):
            if moment := read_date(said):
                return moment
    return None
