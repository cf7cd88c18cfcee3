"""The one place where lxml is asked to parse: recovering, without network, entities or huge trees."""

from __future__ import annotations

import html
import re
from html.entities import html5

from lxml import etree

from bot.errors import SourceError
from bot.source.text import unescape

Element = etree._Element  # noqa: SLF001 - lxml gives the type of its elements no public name

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_REFERENCE = re.compile(r"&#(?:0*(?:\d|1[0-9]|2[0-9]|3[01])|[xX]0*1?[0-9a-fA-F]|\d{8,}|[xX][0-9a-fA-F]{7,});")
_KEPT_REFERENCE = re.compile(r"&#(?:0*(?:9|10|13)|[xX]0*[9aAdD]);")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_REFERENCE = re.compile(r"&(?:(#\d+|#[xX][\da-fA-F]+)(;?)|([A-Za-z][A-Za-z\d]{1,31});)?")
_STRAY_OPEN = re.compile(r"<(?![A-Za-z_/?]|!--)")
_LONG_TAG = re.compile(r"(<[A-Za-z][\w:-]{0,40}+)[^<>]{3000,}+>")  # possessive: never tried twice
_MANY_ATTRIBUTES = 500
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")


def parse_xml(text: str) -> Element:
    """A tree of what can be read of a text that begins with its root element. Raises SourceError when there is none.

    Before parsing, what XML does not know is put right: HTML's entities, bare ampersands, control characters. No
    document type is let through: with it go entity bombs and addresses of foreign files.
    """
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    prepared = "".join(
        part if part.startswith("<![CDATA[") else _put_right(part) for part in _CDATA.split(_FORBIDDEN.sub("", text))
    )
    try:
        root = etree.fromstring(prepared.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        root = None
    if root is None:
        raise SourceError("the document is not readable as XML", say="This address gives no readable feed.")
    return root


def parse_html(text: str) -> Element:
    """A tree of a page. Raises SourceError for an empty one."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(_LONG_TAG.sub(_shortened, _FORBIDDEN.sub("", text)).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        root = None
    if root is None:
        raise SourceError("the page is empty", say="The page is empty.")
    return root


def tag_of(element: Element) -> str:
    """An element's tag, with its namespace; "" for what is no element: an entity left as it was."""
    tag: object = element.tag
    return tag if isinstance(tag, str) else ""


def texts_at(element: Element, path: str) -> list[str]:
    """The values an XPath ending in an attribute leads to."""
    found = element.xpath(path)
    return [str(one) for one in found] if isinstance(found, list) else []


def select(element: Element, path: str) -> list[Element]:
    """The elements an XPath leads to."""
    found = element.xpath(path)
    return [one for one in found if isinstance(one, Element)] if isinstance(found, list) else []


def inner(element: Element) -> str:
    """The markup inside an element; the text itself if there are no elements in it."""
    if len(element) == 0:
        return element.text or ""
    children = (etree.tostring(child, encoding="unicode", with_tail=True) for child in element)
    return html.escape(element.text or "", quote=False) + "".join(children)


def _shortened(tag: re.Match[str]) -> str:
    """A tag with thousands of attributes loses them: the parser holds each against all others."""
    return tag[0] if tag[0].count("=") < _MANY_ATTRIBUTES else tag[1] + ">"


def _put_right(markup: str) -> str:
    markup = _FORBIDDEN_REFERENCE.sub(lambda found: found[0] if _KEPT_REFERENCE.fullmatch(found[0]) else "", markup)
    return _STRAY_OPEN.sub("&lt;", _REFERENCE.sub(_known_reference, markup))


def _known_reference(found: re.Match[str]) -> str:
    """A reference XML can read: HTML's names become their characters, a bare ampersand becomes itself."""
    number, end, name = found.groups()
    if number and end:
        return found[0]
    if number:
        return html.escape(unescape(found[0]))
    if name in _XML_NAMES:
        return found[0]
    if name and (character := html5.get(name + ";")):
        return html.escape(character)
    return "&amp;" + found[0][1:]
