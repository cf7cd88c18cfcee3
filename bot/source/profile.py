"""Site profiles: CSS selectors an editor writes for a site whose pages are not understood by themselves."""

from __future__ import annotations

from collections.abc import Callable

from lxml.cssselect import CSSSelector

from bot.errors import SettingsError
from bot.model import Image, Outlet
from bot.sections import ProfileSettings, Section
from bot.source import dom
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.links import resolve
from bot.source.markup import Element, select
from bot.source.text import MAX_BODY, MAX_HEADLINE, cut


class Profile(ProfileSettings):
    """The selectors of the settings, each known to be one. An element's text counts; for `original` its `href`, for
    `image` its picture, for `date` its `datetime` if it has one."""

    def model_post_init(self, context: object, /) -> None:  # noqa: ARG002 - pydantic gives it
        """Raises SettingsError naming every selector that is none."""
        must_be_selectors(self)


def must_be_selectors(section: Section) -> None:
    """Raises SettingsError naming every value that is no CSS selector."""
    problems = []
    for name, selector in section:
        if selector is None:
            continue
        try:
            CSSSelector(selector, translator="html")
        except (SyntaxError, ValueError) as error:  # cssselect raises both: for the grammar, for unknown pseudo-classes
            problems.append(f"{name}: {selector!r} is no CSS selector ({error})")
    if problems:
        raise SettingsError(problems)


def by_profile(root: Element, base: str, profile: Profile) -> Findings:
    """What the selectors of a profile lead to."""

    def found(selector: str | None) -> list[Element]:
        return select(root, CSSSelector(selector, translator="html").path) if selector else []

    def said(selector: str | None, limit: int = 20_000) -> str | None:
        return next((text for element in found(selector) if (text := dom.text(element, limit))), None)

    blocks = [block for element in found(profile.body) for block in dom.paragraphs(element)]
    disclaimer = said(profile.disclaimer)
    dates = [
        read_date(element.get("datetime") or element.get("content") or dom.text(element))
        for element in found(profile.date)
    ]
    return Findings(
        headline=said(profile.headline, MAX_HEADLINE),
        lead=said(profile.lead),
        body=cut("\n\n".join(block for block in blocks if block != disclaimer), MAX_BODY) or None,
        image=_image(found, said, profile, base),
        outlet=Outlet(name) if (name := said(profile.outlet)) else None,
        original_url=next((url for one in found(profile.original) if (url := resolve(one.get("href"), base))), None),
        country=said(profile.country),
        region=said(profile.region),
        tags=tuple(dict.fromkeys(tag for element in found(profile.tags) if (tag := dom.text(element, 200)))),
        published_at=next((date for date in dates if date), None),
        disclaimer=disclaimer,
    )


def _image(
    found: Callable[[str | None], list[Element]], said: Callable[[str | None], str | None], profile: Profile, base: str
) -> Image | None:
    address = next((url for element in found(profile.image) if (url := dom.picture_of(element, base))), None)
    return Image(address, said(profile.credit)) if address else None
