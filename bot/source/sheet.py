"""A page's tree, and what several kinds of evidence ask of it, each asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from bot.source import dom, names, nodes
from bot.source.images import pixels
from bot.source.links import host, resolve
from bot.source.marks import Mark, is_apart, marked, marks_of
from bot.source.markup import Element, select, tag_of
from bot.source.text import MAX_HEADLINE, line

MAX_HEADINGS = 80
MAX_CHILDREN = 20
MAX_ELEMENTS = 60_000
LEAST_WORDS = 3
"""Words of a heading that is more than a greeting or a section's name."""
MAX_TEXT = 300_000
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher", "twitter:app:name:iphone")
_FRONT = ("", "/", "/index.html", "/index.php", "/index.htm")
_HEADINGS = "//h1 | //h2 | //h3 | //*[@itemprop='headline']"
_TEXTS = etree.XPath(
    "//body//text()[normalize-space()][not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its text."""

    element: Element
    text: str


def _said(heading: Element) -> str:
    """A heading's text without a kicker or a second line inside it, if they are marked and something is left."""
    whole = dom.text(heading, MAX_HEADLINE)
    if not len(heading):
        return whole
    beside = [child for child in islice(heading, MAX_CHILDREN) if _is_beside(child)]
    rest = whole
    for child in beside:
        rest = rest.replace(dom.text(child, MAX_HEADLINE), " ", 1)
    rest = " ".join(rest.split()).strip(" :|–—-")
    return rest or whole


def _is_front(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.lower() in _FRONT and not parts.query


def _is_beside(child: Element) -> bool:
    return tag_of(child) in ("small", "time") or Mark.KICKER in marks_of(child)


class Sheet:
    """A parsed page. `base` is what its relative addresses are relative to, `url` where it was found."""

    def __init__(self, root: Element, base: str) -> None:
        self.root = root
        self.base = base

    @cached_property
    def metas(self) -> Mapping[str, list[str]]:
        """What the `<meta>` elements say, by their lower-case name, in the page's order."""
        told: dict[str, list[str]] = {}
        for meta in select(self.root, "//meta[@content]"):
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := (meta.get(attribute) or "").strip().lower():
                    told.setdefault(name, []).append(meta.get("content") or "")
                    break
        return told

    @cached_property
    def shared_pictures(self) -> list[tuple[str, int]]:
        """The pictures of `og:image` in order, each with the width told for it, 0 where none is."""
        found: list[tuple[str, int]] = []
        for meta in select(
            self.root, "//meta[@content][starts-with(@property, 'og:image') or starts-with(@name, 'og:image')]"
        ):
            name, said = (meta.get("property") or meta.get("name") or "").strip().lower(), meta.get("content") or ""
            if name in ("og:image", "og:image:secure_url"):
                if name == "og:image" or not found:
                    found.append((said, 0))
            elif name == "og:image:width" and found:
                found[-1] = found[-1][0], pixels(said)
        return found

    @cached_property
    def nodes(self) -> list[Mapping[str, Any]]:
        """Every object of the page's JSON-LD, outer first."""
        return nodes.of(self.root)

    @cached_property
    def title(self) -> str:
        """The text of `<title>`."""
        return dom.text(dom.first(self.root, "//title[not(ancestor::svg)]"), MAX_HEADLINE)

    @cached_property
    def headings(self) -> list[Heading]:
        """Headings from the first to the third level that have a text, in the page's order."""
        elements = islice(select(self.root, _HEADINGS), MAX_HEADINGS)
        found = [Heading(one, said) for one in elements if tag_of(one) != "meta" and (said := _said(one))]
        return [one for one in found if not self._leads_home(one)] or found

    def _leads_home(self, heading: Heading) -> bool:
        """Whether a heading is the site's name: nothing but a link to its front page, on another page."""
        links = select(heading.element, "ancestor::a[@href] | .//a[@href]")[:2]
        if len(links) != 1 or urlsplit(self.base).path in ("", "/") or len(dom.text(links[0], 200)) < len(heading.text):
            return False
        home = resolve(links[0].get("href"), self.base)
        return home is not None and _is_front(home) and host(home) == host(self.base)

    @cached_property
    def shown(self) -> list[str]:
        """The texts of the headings."""
        return [heading.text for heading in self.headings]

    def shown_in(self, title: str) -> str | None:
        """The heading that stands in a title, one of the first level before all others."""
        first = [one.text for one in self.headings if one.element.tag == "h1" and " " in one.text]
        return names.shown_in(title, first, self.sites) or names.shown_in(title, self.shown, self.sites, part=True)

    def belies(self, said: str) -> bool:
        """Whether no heading shows a title, and one shows what `<title>` says, which is another."""
        if self.shown_in(said):
            return False
        title = names.without_site(self.title, self.sites, guess=True)
        confirmed = self.shown_in(title) or names.holder_of(title, self.shown)
        return bool(confirmed) and not names.alike(said, title) and names.holder_of(said, self.shown) is None

    @cached_property
    def only_heading(self) -> str | None:
        """The text of the article's one heading of the first level, if it is more than a word or two."""
        first = {one.text for one in self.headings if one.element.tag == "h1" and not is_apart(one.element)}
        only = first.pop() if len(first) == 1 else ""
        return only if len(only.split()) >= LEAST_WORDS and not names.is_site(only, self.sites) else None

    @cached_property
    def site(self) -> str | None:
        """The site's name as it gives it in `<meta>`."""
        said = (line(one, 200) for name in _SITES for one in self.metas.get(name, ()))
        return next((name for name in said if name and "://" not in name), None)

    @cached_property
    def sites(self) -> frozenset[str]:
        """All names the site goes by, for telling them from headlines."""
        told = [one for name in _SITES for one in self.metas.get(name, ())]
        return names.site_names([*told, *nodes.sites(self.nodes)], self.base)

    @cached_property
    def elements(self) -> list[Element]:
        """The page's elements in order, as far as a bound."""
        return list(islice(self.root.iter("*"), MAX_ELEMENTS))

    @cached_property
    def places(self) -> Mapping[Element, int]:
        """The place of each element in the page's order."""
        return {element: place for place, element in enumerate(self.elements)}

    @cached_property
    def texts(self) -> list[str]:
        """The pieces of text a reader sees, in order."""
        found = _TEXTS(self.root)
        return [str(one) for one in found] if isinstance(found, list) else []

    @cached_property
    def text(self) -> str:
        """All the text a reader sees, as far as a bound."""
        return " ".join(self.texts)[:MAX_TEXT]

    @cached_property
    def marked(self) -> Mapping[Mark, list[Element]]:
        """The elements by what their classes say they hold."""
        return marked(select(self.root, "//*[@class or @id]")[:MAX_ELEMENTS])

    @cached_property
    def head(self) -> Heading | None:
        """The heading of the article: the one in the title, else the first of an `<article>`, else the first."""
        for claim in (*self.metas.get("og:title", ()), self.title):
            if said := self.shown_in(claim) or names.holder_of(claim, self.shown):
                return next(heading for heading in self.headings if heading.text == said)
        first = [one for one in self.headings if one.element.tag == "h1" and not names.is_site(one.text, self.sites)]
        inside = [one for one in first if dom.has(one.element, "ancestor::article or ancestor::main")]
        return next(iter([*inside, *first, *self.headings]), None)

    @cached_property
    def boxes(self) -> frozenset[Element]:
        """The elements that hold the article's heading, if the page has any."""
        return frozenset(self.head.element.iterancestors()) if self.head is not None else frozenset()

    def around(self, before: int, after: int) -> range:
        """The places of the elements around the article's heading; the page's first ones if it has none."""
        place = self.places.get(self.head.element, 0) if self.head is not None else 0
        return range(max(0, place - before), min(len(self.elements), place + after))

    @cached_property
    def american(self) -> bool:
        """Whether 3/4 is the fourth of March here."""
        said = (dom.attribute(self.root, "/html/@lang") or "").lower().replace("_", "-")
        locale = next(iter(self.metas.get("og:locale", ())), "").lower().replace("_", "-")
        return "en-us" in (said, locale) or (said == "en" and locale in ("", "en"))
