"""The layout of a digest article, known by its structure, whatever its classes are called.

A digest page sets a headline over another paper's text: near the headline stand a link to the original and the paper's
name, below it an introduction, a picture with its credit, the body, a disclaimer, and blocks labelled "source" and
"tags". Two of these signs make the layout; one of them must be the original, the disclaimer or a source with country
and region, since many sites name a source or tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.model import Image, Outlet
from bot.source import dom
from bot.source.dates import read_date
from bot.source.findings import Findings
from bot.source.images import Shot, beyond
from bot.source.labelled import Labelled, labelled, labels_in
from bot.source.links import host, resolve
from bot.source.marks import is_of_others
from bot.source.markup import Element, select
from bot.source.sheet import Sheet
from bot.source.text import MAX_BODY, MAX_HEADLINE, cut

_ORIGINAL = re.compile(
    r"((чита(ть|йте)|открыть|смотреть|перейти к|ссылка на)\s+)?(статья\s+в\s+)?оригинал(е|у|а|ьная статья|ьный текст)?"
    r"(\s+(статьи|новости|материала|публикации|текста))?"
    r"|((read|view|see|go to|link to)\s+)?(the\s+)?(full\s+)?original(\s+(article|story|text|post|source|publication))?"
    r"|(lire\s+)?(l['’]\s*)?(article\s+)?original|(zum\s+)?original(artikel|text)?",
    re.IGNORECASE,
)
_ORIGINAL_LINKS = (
    ".//a[@href][contains(translate(., 'ORIGNAL', 'orignal'), 'riginal') or contains(translate(., 'РИГНАЛ', 'ригнал'),"
    " 'ригинал')]"
)
_DISCLAIMER = re.compile(
    r"не\s+(обязательно\s+)?(отража\w+|совпада\w+)\s.{0,60}(позици|мнени|точк|взгляд)"
    r"|(мнени|позици|точк)\w*\s.{0,80}не\s+(совпада|отража)"
    r"|(do|does|may)\s+not\s+(necessarily\s+)?(reflect|represent)\s.{0,60}(view|opinion|position|polic)"
    r"|ne\s+refl[èe]te\w*\s+pas",
    re.IGNORECASE | re.DOTALL,
)
_SOCIAL_HOST = re.compile(
    r"^(m\.)?(vk|vkontakte|t|telegram|ok|facebook|fb|twitter|x|instagram|dzen|youtube|max|whatsapp|threads|mastodon)\.[\w.-]+$"
)
_SOCIAL_TEXT = re.compile(
    r"паблик|подпи(шитесь|сывайтесь|ска)|присоединяйтесь|follow us|subscribe|join (us|our)", re.IGNORECASE
)
_TRIM = " \t\r\n\u00a0:.,;→›»«>↗[]()|-–—"
_INTRO_CLASS = re.compile(r"intro|lead|lede|standfirst|anons|announce|summary|dek|subtitle|preview", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph of the article, and the element it stands in."""

    element: Element
    text: str


def by_layout(sheet: Sheet) -> Findings | None:
    """What the digest layout says, or None on a page without it."""
    root, base = sheet.root, sheet.base
    heading = _heading(root) if _may_be(sheet) else None
    if heading is None:
        return None
    scope = _scope(root, heading)
    original, labels = _original(scope), labelled(scope)
    blocks = list(_blocks(scope, heading, labels))
    disclaimer = next((block for block in reversed(blocks) if _is_disclaimer(block)), None)
    cite = _cite(scope)
    telling = (original is not None, disclaimer, labels.country and labels.region)
    if not any(telling) or sum(map(bool, (*telling, labels.tags, cite))) < 2:
        return None
    lead, body = _split(_without_ending(blocks, disclaimer), scope)
    headline = dom.text(heading, MAX_HEADLINE)
    images = _images(scope, base, headline)
    outlet = cite or labels.outlet
    return Findings(
        headline=headline,
        lead=lead,
        body=cut("\n\n".join(body), MAX_BODY) or None,
        image=images[0] if images else None,
        gallery=beyond(images[0], [Shot(one) for one in images[1:]]) if images else (),
        outlet=Outlet(outlet) if outlet else None,
        original_url=resolve(original.get("href"), base) if original is not None else None,
        country=labels.country,
        region=labels.region,
        tags=labels.tags,
        published_at=_published(scope),
        disclaimer=disclaimer.text if disclaimer else None,
    )


def _may_be(sheet: Sheet) -> bool:
    """Whether a sign of the layout stands anywhere on the page; most pages are done with here."""
    kinds = labels_in(sheet.texts)
    if "source" in kinds or kinds >= {"country", "region"} or _original(sheet.root) is not None:
        return True
    return _DISCLAIMER.search(sheet.text) is not None


def _heading(root: Element) -> Element | None:
    return next(
        (one for path in ("//article//h1", "//main//h1", "//h1") for one in select(root, path) if dom.text(one)), None
    )


def _scope(root: Element, heading: Element) -> Element:
    """The smallest element around the headline that holds the article: an `<article>`, or what has a body in it."""
    ancestors = list(heading.iterancestors())
    for element in ancestors:
        if element.tag == "article" or element.get("itemprop") == "articleBody":
            return element
    original = _original(root)
    around = set(original.iterancestors()) if original is not None else set()
    for element in ancestors:
        if element.tag in ("main", "body") or (element in around and dom.has(element, "(.//p)[2]")):
            return element
    return root


def _original(scope: Element) -> Element | None:
    for link in select(scope, _ORIGINAL_LINKS):
        if _ORIGINAL.fullmatch(dom.text(link, 60).strip(_TRIM)):
            return link
    return None


def _cite(scope: Element) -> str | None:
    found = [
        dom.text(cite, 200)
        for cite in select(
            scope,
            ".//cite[not(ancestor::blockquote or ancestor::p or ancestor::figure or ancestor::li or ancestor::footer)]",
        )
    ]
    return next((name for name in found if name), None)


def _published(scope: Element) -> datetime | None:
    for time in select(scope, ".//time"):
        if moment := read_date(time.get("datetime")) or read_date(dom.text(time, 100)):
            return moment
    return None


def _blocks(scope: Element, heading: Element, labels: Labelled) -> Iterator[_Block]:
    """The paragraphs after the headline, without captions, asides and the labelled blocks."""
    path = (
        ".//*[self::p or self::h2 or self::h3 or self::li or self::blockquote or self::div]"
        "[not(ancestor::figure or ancestor::aside or ancestor::nav or ancestor::footer or ancestor::dl)]"
    )
    passed = False
    order = {element: number for number, element in enumerate(scope.iter())}
    start = order.get(heading, -1)
    for element in select(scope, path):
        passed = passed or order[element] > start
        if not passed or element in labels.elements or not _is_leaf(element):
            continue
        if block := dom.text(element):
            yield _Block(element, block)


def _is_leaf(element: Element) -> bool:
    """A block without blocks in it. A `div` counts only if it holds text of its own."""
    if dom.has(element, ".//p | .//div | .//li | .//blockquote | .//h1 | .//ul | .//figure"):
        return False
    return element.tag != "div" or bool((element.text or "").strip()) or dom.has(element, "./b | ./strong | ./i | ./em")


def _is_disclaimer(block: _Block) -> bool:
    return len(block.text) < 600 and _DISCLAIMER.search(block.text) is not None


def _without_ending(blocks: list[_Block], disclaimer: _Block | None) -> list[_Block]:
    """Without the disclaimer, calls to follow, and links that stand alone after the text."""
    kept = [block for block in blocks if block is not disclaimer and not _is_social(block.element, block.text)]
    while kept and _is_link(kept[-1].element, kept[-1].text):
        kept.pop()
    return kept


def _is_link(element: Element, text: str) -> bool:
    """A paragraph that is nothing but links."""
    links = select(element, ".//a[@href]")
    return bool(links) and len("".join(dom.text(link) for link in links)) >= len(text) * 0.9


def _is_social(element: Element, text: str) -> bool:
    hosts = [host(link.get("href")) for link in select(element, ".//a[@href]")]
    social = any(_SOCIAL_HOST.match(one) for one in hosts)
    calls = _SOCIAL_TEXT.search(text) is not None
    return len(text) < 300 and ((social and calls) or (_is_link(element, text) and (social or calls)))


def _split(blocks: list[_Block], scope: Element) -> tuple[str | None, list[str]]:
    """The introduction and the body. The introduction stands first and apart: in a box of its own, in bold, or before
    the picture that the rest follows."""
    if len(blocks) < 2:
        return None, [block.text for block in blocks]
    head, rest = blocks[0], blocks[1:]
    apart = _home(head) is not _home(rest[0]) or _emphasised(head) or _before_picture(scope, head, rest[0])
    if not apart and not _INTRO_CLASS.search(head.element.get("class") or ""):
        return None, [block.text for block in blocks]
    count = 1
    while count < len(blocks) - 1 and _home(blocks[count]) is _home(head) is not _home(blocks[-1]):
        count += 1
    return " ".join(block.text for block in blocks[:count]), [block.text for block in blocks[count:]]


def _home(block: _Block) -> Element | None:
    """The box a block stands in; a `div` with text of its own is its own box."""
    return block.element if block.element.tag == "div" else block.element.getparent()


def _emphasised(block: _Block) -> bool:
    strong = first_text(block.element, "./b | ./strong | ./em | ./i")
    return bool(strong) and len(strong) >= len(block.text) * 0.95


def first_text(element: Element, path: str) -> str:
    """The text of the first element an XPath leads to."""
    return dom.text(dom.first(element, path))


def _before_picture(scope: Element, head: _Block, following: _Block) -> bool:
    order = {element: number for number, element in enumerate(scope.iter())}
    figures = [order[figure] for figure in select(scope, ".//figure")]
    return any(order[head.element] < place < order[following.element] for place in figures)


def _images(scope: Element, base: str, headline: str) -> list[Image]:
    """The pictures of the figures; where there is none, the first picture of any kind."""
    figures = [
        one for one in select(scope, ".//figure[not(ancestor::aside or ancestor::nav)]") if not is_of_others(one)
    ]
    found = [Image(url, _credit(one, headline)) for one in figures if (url := dom.picture_of(one, base))]
    if found:
        return found
    for element in [*select(scope, ".//img"), *select(scope, ".//div[contains(@style, 'url(')]")]:
        if url := dom.picture_of(element, base):
            return [Image(url, _credit(element, headline))]
    return []


def _credit(figure: Element, headline: str) -> str | None:
    """The caption without the headline, which such pages repeat under the picture."""
    caption = dom.first(figure, ".//figcaption")
    said = dom.text(caption, 500).removeprefix(headline).strip(" \n\u00a0.|/—–-")
    return said or None
