"""Telegram's texts: entities, checked and detected as Telegram's server does it (TDLib, MessageEntity.cpp).

Offsets and lengths of entities count UTF-16 units; the limits of a text count characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]
MAX_USER_ENTITIES = 100
_DETECTED = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_TYPES = _DETECTED | {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
}
_SOLID = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})
_TOP_LEVEL = "com|org|net|info|io|dev|me|ru|su|рф|fr|de|uk|it|es|no|se|fi|jp|example"
_URL = re.compile(
    rf"(?:https?|tg)://[^\s<>\"«»]+|(?<![\w@./-])(?:[\w-]+\.)+(?:{_TOP_LEVEL})\b(?:[:/?][^\s<>\"«»]*)?", re.IGNORECASE
)
_HASHTAG = re.compile(r"(?<![\w·‌#])#([\w·‌]{1,256})(@\w+)?(?![\w·‌#])")
_MENTION = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{2,31}\b")
_COMMAND = re.compile(r"(?<![\w/<>:])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")
_LINK_TAIL = ".,:;!?'\")]}…"


class TextError(Exception):
    """A text Telegram would refuse; the message is the end of its description."""


@dataclass(slots=True)
class Formatted:
    """A text as it is stored: plain, with entities."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def finish(formatted: Formatted) -> Formatted:
    """Check a person's own entities, trim the text, and add what Telegram finds in it by itself.

    Raises TextError for an entity that is outside of the text, of an unknown type, or a link to nowhere.
    """
    own = [_checked(entity, formatted.text) for entity in formatted.entities if entity.get("type") not in _DETECTED]
    trimmed = _trim(Formatted(formatted.text, [entity for entity in own if entity["length"] > 0][:MAX_USER_ENTITIES]))
    taken = [
        (entity["offset"], entity["offset"] + entity["length"]) for entity in trimmed.entities if _is_solid(entity)
    ]
    found = list(_detect(trimmed.text, taken))
    ordered = sorted([*trimmed.entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(trimmed.text, ordered)


def check_link(url: str) -> str | None:
    """The address as Telegram stores it, or None when it is no address to Telegram ("localhost" is none)."""
    address = url.strip()
    if not re.match(r"[a-z][a-z0-9+.-]*://", address, re.IGNORECASE):
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() in ("tg", "ton", "tonsite"):
        return address
    if parts.scheme.lower() not in ("http", "https") or "." not in (parts.hostname or ""):
        return None
    return address if parts.path or parts.query else f"{address}/"


def _is_solid(entity: Entity) -> bool:
    return entity["type"] in _SOLID


def _checked(entity: Mapping[str, Any], text: str) -> Entity:
    kind, offset, length = entity.get("type"), int(entity["offset"]), int(entity["length"])
    if kind not in _TYPES:
        raise TextError("can't parse MessageEntity: Unsupported type specified")
    size = utf16_length(text)
    if offset < 0 or offset > size:
        raise TextError(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > size:
        where = f"entity beginning at UTF-16 offset {offset}"
        raise TextError(f"{where} ends after the end of the text at UTF-16 offset {offset + length}")
    if kind != "text_link":
        return dict(entity)
    link = check_link(str(entity.get("url", "")))
    if link is None:
        raise TextError(f"entity URL '{entity.get('url')}' is invalid: Wrong HTTP URL")
    return {**entity, "url": link}


def _trim(formatted: Formatted) -> Formatted:
    """White space at both ends goes, at the beginning only up to the first entity."""
    text = formatted.text.rstrip()
    first = min((entity["offset"] for entity in formatted.entities), default=len(text))
    lead = min(len(text) - len(text.lstrip()), first)
    text, size = text[lead:], utf16_length(text) - lead
    kept = []
    for entity in formatted.entities:
        start = entity["offset"] - lead
        length = min(entity["length"], size - start)
        if length > 0:
            kept.append({**entity, "offset": start, "length": length})
    return Formatted(text, kept)


def _detect(text: str, taken: list[tuple[int, int]]) -> Iterator[Entity]:
    busy = list(taken)
    for kind, pattern in (("url", _URL), ("hashtag", _HASHTAG), ("mention", _MENTION), ("bot_command", _COMMAND)):
        for found in pattern.finditer(text):
            word = found[0].rstrip(_LINK_TAIL) if kind == "url" else found[0]
            if kind == "hashtag" and not any(char.isalpha() for char in found[1]):
                continue
            start = utf16_length(text[: found.start()])
            end = start + utf16_length(word)
            if word and all(end <= left or right <= start for left, right in busy):
                busy.append((start, end))
                yield {"type": kind, "offset": start, "length": end - start}
