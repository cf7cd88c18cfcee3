"""A feed's entry and its page become one Article."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.model import Article, Image, Outlet
from bot.source.images import of_one_list
from bot.source.links import host
from bot.tags import fold

STEM_CHARS = 5
"""As far as words are compared: Russian ones change at the end."""


def merge(entry: Article, page: Article) -> Article:
    """The feed says what the entry is (id, address, date), the page what it tells; attribution is never lost.

    The page's canonical address counts only on the entry's own host: else any page could pass itself off as another's
    article. A page that is headed by something else altogether ("This page has moved") tells nothing of the entry.
    """
    if not _is_its_page(entry, page):
        return entry
    image = _image(entry.image, page.image)
    return replace(
        entry,
        headline=page.headline or entry.headline,
        canonical_url=_canonical(entry, page),
        lead=page.lead or entry.lead,
        body=page.body or entry.body,
        image=image,
        outlet=_outlet(entry.outlet, page.outlet),
        original_url=page.original_url or entry.original_url,
        country=page.country or entry.country,
        region=page.region or entry.region,
        tags=_tags(entry.tags, page.tags),
        authors=entry.authors or page.authors,
        language=entry.language or page.language,
        published_at=entry.published_at or page.published_at,
        updated_at=entry.updated_at or page.updated_at,
        disclaimer=page.disclaimer or entry.disclaimer,
        gallery=next((found for one in (page, entry) if (found := of_one_list(image, one.image, one.gallery))), ()),
    )


def _is_its_page(entry: Article, page: Article) -> bool:
    """The two headlines share a word, whatever its ending; or both are of the same day; or the page has an original.

    A date alone says nothing: the page that tells of a move has one in its footer, too.
    """
    if page.original_url or _of_one_day(entry.published_at, page.published_at):
        return True
    said, shown = (
        {word[:STEM_CHARS] for word in fold(headline).split()} for headline in (entry.headline, page.headline)
    )
    return not said or not shown or bool(said & shown)


def _of_one_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= timedelta(days=1)


def _canonical(entry: Article, page: Article) -> str | None:
    """Also not the page's word if it names the front page: a common mistake that would make all articles one."""
    named = page.canonical_url
    if named is None or host(named) != host(entry.url):
        return entry.canonical_url
    names_front_page = urlsplit(named).path in ("", "/") and not urlsplit(named).query
    is_front_page = urlsplit(entry.url).path in ("", "/") and not urlsplit(entry.url).query
    return entry.canonical_url if names_front_page and not is_front_page else named


def _image(entry: Image | None, page: Image | None) -> Image | None:
    """The page's, unless only the entry's has a credit."""
    if entry is None or page is None:
        return page or entry
    if page.credit or not entry.credit:
        return page
    return Image(page.url, entry.credit) if _file(entry.url) == _file(page.url) else entry


def _file(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _outlet(entry: Outlet | None, page: Outlet | None) -> Outlet | None:
    if entry is None or page is None:
        return page or entry
    return page if page.url or fold(entry.name) != fold(page.name) else Outlet(page.name, entry.url)


def _tags(*lists: tuple[str, ...]) -> tuple[str, ...]:
    """Every tag once, in the spelling met first."""
    united: dict[str, str] = {}
    for tag in (tag for tags in lists for tag in tags):
        if folded := fold(tag):
            united.setdefault(folded, tag)
    return tuple(united.values())
