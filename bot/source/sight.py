"""What a reader sees on any page: heading, standfirst, date, byline, tags and picture."""

from __future__ import annotations

from itertools import islice

from bot.model import Image, Outlet
from bot.source import dom, names
from bot.source.bylines import shown_people
from bot.source.findings import Findings
from bot.source.links import resolve
from bot.source.markup import select
from bot.source.metadata import keywords
from bot.source.moments import shown_date
from bot.source.sheet import Sheet
from bot.source.standfirst import standfirst
from bot.source.text import line
from bot.source.topics import own_words, shown_tags

_FIGURES = ("//article//figure", "//main//figure", "//article//img", "//main//img")


def by_sight(sheet: Sheet) -> Findings:
    """What the page shows."""
    canonical = dom.attribute(sheet.root, "//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
    headline = _headline(sheet)
    published, updated = shown_date(sheet)
    site = _site(sheet, headline)
    return Findings(
        headline=headline,
        lead=standfirst(sheet),
        image=_image(sheet) if sheet.headings else None,
        outlet=Outlet(site) if site else None,
        canonical_url=resolve(canonical, sheet.base),
        language=line(dom.attribute(sheet.root, "/html/@lang | /html/@*[local-name()='lang']") or "", 35) or None,
        tags=shown_tags(sheet) or own_words(sheet, keywords(sheet)),
        authors=shown_people(sheet),
        published_at=published,
        updated_at=updated,
    )


def _headline(sheet: Sheet) -> str | None:
    """The heading that stands in the title; else the title, if it is more than the site's name; else the heading."""
    title = sheet.title
    if found := sheet.shown_in(title):
        return found
    bare = names.without_site(title, sheet.sites, guess=True)
    shown = sheet.head.text if sheet.head is not None else None
    if not bare or names.is_site(bare, sheet.sites):
        return shown or title or None
    guessed = bare != title and shown and names.alike(shown, bare) and not names.holder_of(bare, [shown])
    better = guessed and _is_only(sheet, shown or "")
    return shown if better else bare


def _is_only(sheet: Sheet, heading: str) -> bool:
    return [one.text for one in sheet.headings if one.element.tag == "h1"] == [heading]


def _site(sheet: Sheet, headline: str | None) -> str | None:
    """What stands beside the headline in the title."""
    if not headline or headline == sheet.title:
        return None
    rest = sheet.title.replace(headline, " ", 1).strip(" -–—|·•:»«/")
    return rest if rest != sheet.title and 0 < len(rest.split()) <= names.SHORT_TAIL else None


def _image(sheet: Sheet) -> Image | None:
    for path in _FIGURES:
        for figure in islice(select(sheet.root, path), 20):
            if address := dom.picture_of(figure, sheet.base):
                return Image(address)
    return None
