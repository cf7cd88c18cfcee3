"""Flat metadata: OpenGraph, Twitter cards, Parse.ly, Sailthru, Dublin Core and plain `<meta>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.model import Image, Outlet
from bot.source import names
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.images import Shot, largest
from bot.source.keywords import tag_list
from bot.source.links import picture, resolve
from bot.source.people import people
from bot.source.sheet import Sheet
from bot.source.text import MAX_HEADLINE, plain

# Each list in the order of trust.
_HEADLINES = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "dc:title",
    "headline", "title", "article:title", "cxenseparse:title",
)  # fmt: skip
_SHARED = _HEADLINES[:2]
"""Those that are written to catch the eye elsewhere."""
_LEADS = (
    "og:description", "twitter:description", "description", "sailthru.description", "dc.description",
    "dcterms.description", "dcterms.abstract", "parsely-description", "abstract",
)  # fmt: skip
_PICTURES = (
    "og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "twitter:image0",
    "parsely-image-url", "sailthru.image.full", "image", "thumbnail", "sailthru.image.thumb", "msapplication-tileimage",
)  # fmt: skip
_ADDRESSES = ("og:url", "twitter:url")
_AUTHORS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc:creator",
    "citation_author", "byl", "byline", "article:author_name", "article.author", "cxenseparse:author",
)  # fmt: skip
_TAGS = ("article:tag", "og:article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "dc.subject")
_KEYWORDS = ("keywords",)
_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    "datepublished", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "publish-date",
    "publishdate", "publish_date", "published", "pubdate", "publication_date", "publication-date", "date.published",
    "article_date_original", "article.published", "originalpublicationdate", "published_at", "og:pubdate",
    "published_time_telegram", "cxenseparse:recs:publishtime", "displaydate", "citation_publication_date",
    "citation_date", "vr:published_time", "rnews:datepublished", "article:post_date", "bt:pubdate",
)  # fmt: skip
_DATED = (
    "dc.date", "dc:date", "dcterms.date", "datecreated", "date", "creation_date", "dcterms.created",
    "dc.date.created", "pdate", "ptime",
)  # fmt: skip
"""Names that do not say which date is meant."""
_UPDATED = (
    "article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified", "dc.date.modified",
    "article:modified", "revised",
)  # fmt: skip


def by_meta(sheet: Sheet) -> Findings:
    """What the `<meta>` elements say."""
    told = sheet.metas
    address = _picture(told, sheet)
    language = (_first(told, ("og:locale", "content-language", "language", "dc.language"), 35) or "").replace("_", "-")
    return Findings(
        headline=_headline(sheet),
        lead=_lead(sheet),
        image=Image(address) if address else None,
        outlet=Outlet(sheet.site) if sheet.site else None,
        canonical_url=next(
            (url for name in _ADDRESSES for one in told.get(name, ()) if (url := resolve(one, sheet.base))), None
        ),
        tags=_tags(told),
        authors=_authors(sheet),
        language=language or None,
        published_at=_date(told, _PUBLISHED),
        updated_at=_date(told, _UPDATED),
    )


def any_date(sheet: Sheet) -> datetime | None:
    """A date that may be that of the publication."""
    return _date(sheet.metas, _DATED)


def keywords(sheet: Sheet) -> tuple[str, ...]:
    """The keywords, which many sites keep the same on all their pages."""
    return tag_list(one for name in _KEYWORDS for one in sheet.metas.get(name, ()))


def _headline(sheet: Sheet) -> str | None:
    """The first title that is more than the site's name, as a heading shows it if one does."""
    for name in _HEADLINES:
        for one in sheet.metas.get(name, ()):
            said = plain(one, MAX_HEADLINE)
            if not said or names.is_site(said, sheet.sites):
                continue
            if sheet.belies(said):
                return None
            shown = sheet.shown_in(said)
            if shown is None and name in _SHARED and (only := sheet.only_heading) and not names.alike(said, only):
                return only
            return shown or names.completed(names.without_site(said, sheet.sites), sheet.shown)
    return None


def _lead(sheet: Sheet) -> str | None:
    title = names.fold(sheet.title)
    for name in _LEADS:
        for one in sheet.metas.get(name, ()):
            said = plain(one, 20_000)
            if said and "{{" not in said and names.fold(said) != title and not names.is_site(said, sheet.sites):
                return said
    return None


def _picture(told: Mapping[str, list[str]], sheet: Sheet) -> str | None:
    """Of several pictures for sharing the widest; else the first that is named in any way."""
    if shared := largest(
        Shot(Image(found), width) for url, width in sheet.shared_pictures if (found := picture(url, sheet.base))
    ):
        return shared.url
    return next(
        (found for name in _PICTURES for one in told.get(name, ()) if (found := picture(one, sheet.base))), None
    )


def _authors(sheet: Sheet) -> tuple[str, ...]:
    for name in _AUTHORS:
        if found := people((plain(one, 400) for one in sheet.metas.get(name, ())), sheet.sites):
            return found
    return ()


def _tags(told: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The first list that is there: sites that tag well repeat themselves."""
    return next((tags for name in _TAGS if (tags := tag_list(told.get(name, ())))), ())


def _first(told: Mapping[str, list[str]], wanted: tuple[str, ...], limit: int) -> str | None:
    return next((said for name in wanted for one in told.get(name, ()) if (said := plain(one, limit))), None)


def _date(told: Mapping[str, list[str]], wanted: tuple[str, ...]) -> datetime | None:
    return next((date for date in _dates(told, wanted)), None)


def _dates(told: Mapping[str, list[str]], wanted: tuple[str, ...]) -> Iterator[datetime]:
    for name in wanted:
        for one in told.get(name, ()):
            if date := read_date(one):
                yield date
