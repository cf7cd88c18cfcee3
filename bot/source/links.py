"""Addresses: made absolute, checked, and cleaned of what only tracks the reader."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from bot.identity import TRACKER
from bot.source.text import clean

MAX_URL = 4_096
"""The longest address kept, in characters."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_NO_PHOTO = re.compile(r"\.(svgz?|ico|mp3|mp4|m4a|webm|ogg|pdf|swf)$", re.IGNORECASE)
_PHOTO = re.compile(r"\.(jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
_BLANK = re.compile(r"(^|[/_.-])(blank|spacer|pixel|transparent|placeholder|1x1|empty|dummy|lazy)[^/]*$", re.IGNORECASE)


def resolve(link: str | None, base: str = "") -> str | None:
    """An absolute web address, or None for anything else: a script, a mail address, a broken one."""
    if not link:
        return None
    link = re.sub(r"[\t\r\n]+", "", clean(link)).strip().replace(" ", "%20")
    if not link:
        return None
    if link.startswith("www.") and not base.startswith(link):
        link = "https://" + link
    try:
        absolute = link if _SCHEME.match(link) else urljoin(base, link)
        parts = urlsplit(absolute)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return absolute if usable and len(absolute) <= MAX_URL else None


def canonical(url: str) -> str:
    """The address without tracking parameters and with a lower-case host: one article, one address.

    A fragment stays unless it tracks, too: some feeds tell their entries apart by nothing else.
    """
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if not TRACKER.match(pair))
    fragment = "" if TRACKER.match(parts.fragment) else parts.fragment
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, fragment))


def host(url: str | None) -> str:
    """The host of an address without `www.`; empty if there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def picture(link: str | None, base: str = "") -> str | None:
    """The address of something that can be sent as a photo: on the web, no vector, no film, no blank filler."""
    found = resolve(link, base)
    if found is None:
        return None
    path = urlsplit(found).path
    return None if _NO_PHOTO.search(path) or _BLANK.search(path) else found


def named_like_photo(url: str) -> bool:
    """Whether the address ends as a photo's does."""
    return _PHOTO.search(urlsplit(url).path) is not None
