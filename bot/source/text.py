"""Markup becomes plain text, in one linear pass and without a tree: no depth and no size can hurt it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

MAX_HEADLINE = 1_000
MAX_LEAD = 20_000
MAX_BODY = 400_000
"""The longest texts kept, in characters. What is longer is cut at a word."""

# Control characters, bidirectional overrides and isolates (they can make a text read as something else), invisible
# fillers, noncharacters, lone surrogates, and the mark of a character that could not be read.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffd\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff]"
)
# The look-behind keeps it linear: a long run of spaces is tried once, not from each of its spaces.
_LINE_BREAKS = re.compile(r"(?<![ \u00a0])[ \u00a0]*[\t\r\n\u2028\u2029]\s*")
_PARAGRAPH, _BREAK = "\ufdd0", "\ufdd1"  # noncharacters: no text holds them
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_NAME = re.compile(r"[a-zA-Z][\w:.-]{0,40}")
_PARAGRAPHS = frozenset((
    "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "dd", "table",
    "blockquote", "section", "article", "header", "footer", "figure", "figcaption", "hr", "pre", "aside", "main",
    "nav", "form", "fieldset", "address", "center",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big", "body", "br",
    "button", "caption", "canvas", "cite", "code", "col", "colgroup", "data", "del", "details", "dfn", "dir",
    "em", "embed", "font", "frame", "frameset", "head", "html", "i", "iframe", "img", "input", "ins", "kbd",
    "label", "legend", "link", "map", "mark", "marquee", "menu", "meta", "meter", "nobr", "noframes", "noindex",
    "noscript", "object", "ol", "optgroup", "option", "output", "param", "picture", "progress", "q", "rp", "rt",
    "ruby", "s", "samp", "script", "select", "small", "source", "span", "strike", "strong", "style", "sub",
    "summary", "sup", "svg", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title",
    "track", "tt", "u", "var", "video", "wbr", "math", "path", "g",
))  # fmt: skip
_SILENT = frozenset((
    "script", "style", "template", "iframe", "object", "svg", "head", "noframes", "math", "audio", "video",
    "select", "textarea",
))  # fmt: skip
_LOOKS_LIKE_MARKUP = re.compile(
    r"</[a-zA-Z][\w:-]*\s*>|<(?:br|img|p|hr|wbr)\b[^<>]*>|&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,10}\d{0,2});"
)


def clean(text: str) -> str:
    """Text as it may be shown: composed letters, nothing invisible or misleading; line breaks stay."""
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text))


def line(text: str, limit: int = MAX_LEAD) -> str:
    """Plain text on one line."""
    return cut(_LINE_BREAKS.sub(" ", clean(text)).strip(), limit)


def plain(markup: str, limit: int = MAX_LEAD) -> str:
    """Markup as plain text on one line: tags gone, entities decoded."""
    return line("".join(_pieces(markup)), limit)


def paragraphs(markup: str, limit: int = MAX_BODY) -> str:
    """Markup as plain text with a blank line between paragraphs."""
    marked = "".join(_pieces(markup, _BREAK, _PARAGRAPH))
    blocks = (_lines(block) for block in re.split(f"{_PARAGRAPH}|{_BREAK}\\s*{_BREAK}", marked))
    return cut("\n\n".join(block for block in blocks if block), limit)


def prose(text: str, limit: int = MAX_BODY) -> str:
    """A text of unknown making: markup, or plain with a paragraph a line."""
    if looks_like_markup(text):
        return paragraphs(text, limit)
    return cut("\n\n".join(part for one in text.splitlines() if (part := line(one, limit))), limit)


def _lines(block: str) -> str:
    return "\n".join(text for part in block.split(_BREAK) if (text := line(part, MAX_BODY)))


def looks_like_markup(text: str) -> bool:
    """Whether a text that is said to be plain was written as HTML all the same."""
    return _LOOKS_LIKE_MARKUP.search(text) is not None


def unescape(text: str) -> str:
    """Entities decoded. Numbers too long for a character are dropped: `int` refuses the longest ones."""
    return html.unescape(_LONG_REFERENCE.sub("", text)) if "&" in text else text


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending with an ellipsis if anything was cut off."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rfind(" ", limit - 100)
    return (head[:at_word] if at_word > 0 else head).rstrip() + "…"


def _pieces(markup: str, line_break: str = "\n", paragraph_break: str = "\n") -> Iterator[str]:
    """The text between the tags, in order. A `<` that opens no tag of HTML is text."""
    position = 0
    endless: set[str] = set()  # elements that are opened and never closed: looking for their end once is enough
    while (start := markup.find("<", position)) >= 0:
        end, name = _tag(markup, start)
        if end < 0:
            yield unescape(markup[position : start + 1])
            position = start + 1
            continue
        yield unescape(markup[position:start])
        position = end
        if name in _SILENT and name not in endless:
            position = _after(markup, name, end)
            if position == end:
                endless.add(name)
        elif name == "br":
            yield line_break
        elif name.strip("/") in _PARAGRAPHS:
            yield paragraph_break
    yield unescape(markup[position:])


def _tag(markup: str, start: int) -> tuple[int, str]:
    """Where the tag at `start` ends and its name, with a slash if it closes; (-1, "") if it is no tag."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 4)
        return (end + 3 if end >= 0 else len(markup)), ""
    if markup.startswith(("<!", "<?"), start):
        end = markup.find(">", start)
        return (end + 1 if end >= 0 else len(markup)), ""
    closes = markup.startswith("/", start + 1)
    match = _NAME.match(markup, start + 1 + closes)
    if match is None:
        return -1, ""
    name = match[0].rpartition(":")[2].lower()
    if name not in _PARAGRAPHS and name not in _INLINE and "-" not in name and ":" not in match[0]:
        return -1, ""
    return _tag_end(markup, match.end()), ("/" + name if closes else name)


def _tag_end(markup: str, start: int) -> int:
    """Past the `>` of a tag; one in quotes is looked over. A tag that never ends takes the rest with it."""
    end = start
    for _ in range(4):
        end = markup.find(">", end) + 1
        if not end:
            return len(markup)
        if markup.count('"', start, end) % 2 == 0:
            return end
    return markup.find(">", start) + 1


def _after(markup: str, name: str, position: int) -> int:
    """Past the closing tag of an element whose content is not text."""
    match = re.compile(f"</{name}", re.IGNORECASE).search(markup, position)
    if match is None:
        return position
    end = markup.find(">", match.end())
    return end + 1 if end >= 0 else len(markup)
