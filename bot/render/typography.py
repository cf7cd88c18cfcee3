"""What may stand in a text or an address that goes out: the last filter before a reader. Pure and total."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

MAX_URL = 4096
"""The longest address that is made a link, in UTF-8 bytes: two fit into what Telegram takes for all entities."""

_SUSPECT = re.compile("[^\n -~\xa0-\xac\xae-\u10ff\u2010-\u2027\u202f-\u205f\u20a0-\u20cf\u2100-\u27ff]")
"""Outside of the everyday letters and signs; without one of these a text is clean already."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for white space
    "\xad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # soft hyphen, zero width, interlinear marks
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates
    "\ufdd0-\ufdef\ufffe\uffff]"  # not characters
    "|(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0000-\U000e007f]+"  # tags that don't belong to a flag
)
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"\s{2,}|[^\S \xa0\u202f]")
"""Two blanks or more, and every single one but the space and the two that don't break."""
_DOUBLES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([,;])(?:\s*\1)+"), r"\1"),  # "rain,, sun" and "rain, , sun"
    (re.compile(r"(?<=[?!…])\.+(?![\w.])"), ""),  # "Really?." ends once
    (re.compile(r"(?<=[^\W_])\.\.(?![\w./\\])"), "."),  # "the end.." but neither an ellipsis nor a path
)
_WEB = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)
_INSIDE_URL = re.compile(r"[\s\"<>\\^`{|}]")
_DROPPED_FROM_URL = re.compile("[\x00-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """The text as a network will take it: no control characters, no bidi overrides, no lone surrogates.

    Line breaks stay, as "\\n"; so do the joiners that emoji and Persian need.
    """
    if not _SUSPECT.search(text):
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    text = _LINE_ENDS.sub("\n", text)
    return _BLANKS.sub(" ", _until_stable(_strip_unsafe, text))


def tidy(text: str) -> str:
    """One clean line: white space collapsed, doubled punctuation made single; quotes stay as they are.

    A lone no-break space is somebody's typography and stays. `tidy(tidy(text)) == tidy(text)`.

    >>> tidy("  Night\\ttrains,, again.. \\u202eand\\u202c «quotes»  ")
    'Night trains, again. and «quotes»'
    """
    text = unicodedata.normalize("NFC", clean(text))
    text = _SPACES.sub(" ", text)
    if any(mark in text for mark in (",", ";", "..", "?.", "!.", "….")):
        text = _until_stable(_single_marks, text)
    return text.strip()


def visible(text: str) -> bool:
    """Whether a person would see anything: at least one letter, digit, sign or mark of punctuation."""
    return any(unicodedata.category(char)[0] in "LNPS" for char in text)


def web_url(url: str | None) -> str | None:
    """The address as it goes over the wire, or None when it is not an http(s) address that a reader could open.

    Control characters are dropped as browsers do; spaces and the signs that end a link in plain text are escaped.
    """
    if not url or len(url) > MAX_URL:
        return None
    bare = _DROPPED_FROM_URL.sub("", url).strip()
    if not bare.isascii():
        bare = clean(bare).replace("\n", "")
    bare = _INSIDE_URL.sub(lambda found: quote(found[0], safe=""), bare)
    authority = _WEB.match(bare)
    if authority is None or len(bare.encode("utf-8")) > MAX_URL:
        return None
    host = authority[1].rpartition("@")[2]
    return bare if any(char.isalnum() for char in host) else None


def _strip_unsafe(text: str) -> str:
    return _UNSAFE.sub("", text)


def _single_marks(text: str) -> str:
    for doubled, single in _DOUBLES:
        text = doubled.sub(single, text)
    return text


def _until_stable(step: Callable[[str], str], text: str) -> str:
    """Removing one thing can bring two others together. Every step shortens, so this ends."""
    while (shorter := step(text)) != text:
        text = shorter
    return text
