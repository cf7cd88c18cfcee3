"""Small questions to a page's tree, asked by every kind of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.source.images import from_srcset
from bot.source.links import picture
from bot.source.markup import Element, select, tag_of, texts_at
from bot.source.text import MAX_LEAD, line

_SILENT_OR_NONE = ("script", "style", "template", "noscript", "iframe", "svg", "button", "form", "rt", "rp", "")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]{0,100}?url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_PARTS_PER_CHARACTER = 50
"""Elements without text looked through for each character wanted: who asks for a word need not walk a whole page."""
BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")


def texts(element: Element) -> Iterator[str]:
    """The pieces of text a reader sees, in order; `<br>` is a line break. Without recursion: pages may be deep."""
    stack = [(element, iter(element))] if tag_of(element) not in _SILENT_OR_NONE else []
    yield element.text or "" if stack else ""
    while stack:
        node, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield node.tail or "" if stack else ""
        elif tag_of(child) in _SILENT_OR_NONE:
            yield child.tail or ""
        else:
            stack.append((child, iter(child)))
            yield "\n" + (child.text or "") if child.tag == "br" else child.text or ""


def text(element: Element | None, limit: int = MAX_LEAD) -> str:
    """An element's visible text on one line, as far as the limit; empty for None."""
    if element is None:
        return ""
    parts: list[str] = []
    size = 0
    for part in islice(texts(element), _PARTS_PER_CHARACTER * limit):
        parts.append(part)
        size += len(part)
        if size > 4 * limit:
            break
    return line("".join(parts), limit)


def own_text(element: Element) -> str:
    """What stands in an element itself, between its children, on one line."""
    parts = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join("".join(parts).split()) if any(parts) else ""


def has(element: Element, path: str) -> bool:
    """Whether an XPath leads anywhere."""
    return bool(element.xpath(f"boolean({path})"))


def first(element: Element, path: str) -> Element | None:
    """The first element an XPath leads to."""
    return next(iter(select(element, path)), None)


def attribute(element: Element, path: str) -> str | None:
    """The first non-empty value of an XPath that ends in an attribute."""
    return next((found for one in texts_at(element, path) if (found := one.strip())), None)


def paragraphs(element: Element) -> list[str]:
    """The texts of the blocks inside an element, in order; blocks inside blocks count once."""
    path = "|".join(f".//{tag}[not(ancestor::figure)][not(ancestor::blockquote)]" for tag in BLOCKS)
    blocks = [block for block in select(element, path) if not select(block, ".//p")]
    found = [block_text for block in blocks if (block_text := text(block))]
    return found or ([own] if (own := text(element)) else [])


def picture_of(element: Element, base: str) -> str | None:
    """The address of a picture: the background drawn over a blank filler, then what is loaded late, then the source."""
    for styled in (element, *select(element, ".//*[@style]")):
        style = _BACKGROUND.search(styled.get("style") or "")
        if style and (address := picture(style[1], base)):
            return address
    images = [element] if element.tag == "img" else select(element, ".//img")
    for image in images:
        sets = (image.get("srcset"), image.get("data-srcset"), *_offered(image))
        candidates = [
            *(from_srcset(one) for one in sets if one),
            *(image.get(name) for name in _LAZY),
            image.get("src"),
        ]
        if address := next((found for one in candidates if one and (found := picture(one, base))), None):
            return address
    return None


def _offered(image: Element) -> list[str]:
    """The sets of the `<source>` elements beside an image, for browsers that take them."""
    parent = image.getparent()
    return texts_at(parent, "./source/@srcset") if parent is not None and parent.tag == "picture" else []
