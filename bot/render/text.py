"""Spans of text as the networks want them: plain text plus Telegram entities, cut without breaking either.

Telegram's offsets and lengths are UTF-16 units. Entities are used and never a parse mode, so nothing in a text can
become markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.render.shorten import safe_end, width
from bot.render.typography import clean, web_url
from bot.talk import Span

MAX_ENTITIES = 100
"""Telegram keeps the first 100 and drops the rest without a word (TDLib, MessageEntity.cpp)."""
MAX_ENTITY_BYTES = 9000
"""All entities of a message together; above some 9500 bytes Telegram answers ENTITIES_TOO_LONG."""
_QUOTES = {"plain": "blockquote", "folded": "expandable_blockquote"}
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Text:
    """Clean, merged spans that neither begin nor end with white space. Build it with `Text.of`."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Text:
        """Clean the spans, drop what is no address, merge neighbours of one style, trim the ends."""
        cleaned = (Span(clean(one.text), one.bold, one.italic, web_url(one.url), one.quote) for one in spans)
        return cls(_trimmed(_merged(cleaned)))

    @property
    def plain(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """The length in UTF-16 units."""
        return sum(width(span.text) for span in self.spans)

    def entities(self) -> list[dict[str, Any]]:
        """Telegram's MessageEntity objects, in order; the first 100, and no more bytes than Telegram takes."""
        found: list[dict[str, Any]] = []
        offset, spent = 0, 0
        for span in self.spans:
            for entity in _entities(span, offset):
                cost = len(json.dumps(entity, ensure_ascii=False).encode("utf-8", "surrogatepass"))
                if spent + cost <= MAX_ENTITY_BYTES:
                    found.append(entity)
                    spent += cost
            offset += width(span.text)
        return found[:MAX_ENTITIES]

    def slice(self, start: int, end: int) -> Text:
        """The characters from `start` up to `end`, in their styles."""
        kept, offset = [], 0
        for span in self.spans:
            part = span.text[max(0, start - offset) : max(0, end - offset)]
            kept.append(replace(span, text=part))
            offset += len(span.text)
        return Text(_trimmed(_merged(kept)))

    def split(self, limit: int) -> list[Text]:
        """Parts of at most `limit` UTF-16 units: cut at paragraphs, else lines, sentences, words, else anywhere.

        A part with more entities than Telegram takes is cut earlier. White space at a cut is dropped.
        """
        parts, rest = [], self
        while rest.spans:
            room = limit
            end = _first_cut(rest.plain, room)
            while rest.slice(0, end).styles > MAX_ENTITIES and room > 1:
                room //= 2
                end = _first_cut(rest.plain, room)
            parts.append(rest.slice(0, end))
            rest = rest.slice(end, len(rest.plain))
        return [part for part in parts if part.spans]

    @property
    def styles(self) -> int:
        """How many entities the spans ask for."""
        return sum(span.bold + span.italic + (span.url is not None) + bool(span.quote) for span in self.spans)


def _first_cut(plain: str, limit: int) -> int:
    """Where the first part within the limit ends; always after at least one character."""
    if width(plain) <= limit:
        return len(plain)
    most = min(limit, len(plain))
    while width(plain[:most]) > limit:
        most -= max(1, (width(plain[:most]) - limit) // 2)
    for cut in _CUTS:
        starts = [match.start() for match in cut.finditer(plain, 0, most + 1) if match.start() <= most]
        if starts and starts[-1] * 3 >= most:
            return starts[-1]
    return safe_end(plain, most) or 1


def _entities(span: Span, offset: int) -> list[dict[str, Any]]:
    body = span.text.strip()
    if not body:
        return []
    start = offset + width(span.text[: len(span.text) - len(span.text.lstrip())])
    place = {"offset": start, "length": width(body)}
    styles = [_QUOTES[span.quote]] if span.quote else []
    styles += [name for name, on in (("bold", span.bold), ("italic", span.italic)) if on]
    found: list[dict[str, Any]] = [{"type": style, **place} for style in styles]
    if span.url:
        found.append({"type": "text_link", **place, "url": span.url})
    return found


def _style(span: Span) -> tuple[bool, bool, str | None, str]:
    return span.bold, span.italic, span.url, span.quote


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if merged and _style(merged[-1]) == _style(span):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        else:
            merged.append(span)
    return merged


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    while spans and not spans[0].text.strip():
        spans = spans[1:]
    while spans and not spans[-1].text.strip():
        spans = spans[:-1]
    if spans:
        spans[0] = replace(spans[0], text=spans[0].text.lstrip())
        spans[-1] = replace(spans[-1], text=spans[-1].text.rstrip())
    return tuple(spans)
