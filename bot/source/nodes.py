"""JSON-LD as a flat list of nodes; broken JSON is mended, or its plain facts are saved."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.source.markup import Element, select

MAX_NODES = 2_000
MAX_CHARS = 2_000_000
_ARTICLE = re.compile(r"(Article|BlogPosting|Posting|Report|Review|NewsStory|Recipe|Podcast\w*|VideoObject)$")
_SECOND = re.compile(r"(Recipe|Podcast\w*|VideoObject|Review|DiscussionForumPosting|JobPosting)$")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$",
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'(["}\]])(\s{0,99}\n\s{0,99}")')
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_COMMENT = re.compile(r"^[ \t]{0,99}//[^\n]*$|/\*[^*]{0,2000}\*/", re.MULTILINE)
_FACT = re.compile(
    r'"(headline|description|datePublished|dateModified|articleSection|inLanguage|url|thumbnailUrl|name)"\s*:\s*'
    r'"((?:[^"\\\n]|\\.){1,2000})"\s*[,}\n]'
)
_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(\w{3,40})"')
_MENDINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: _TRAILING_COMMA.sub(r"\1", text),
    lambda text: _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", text)),
    lambda text: _TRAILING_COMMA.sub(r"\1", _MISSING_COMMA.sub(r"\1,\2", _COMMENT.sub("", text))),
    html.unescape,
)


def of(root: Element) -> list[Mapping[str, Any]]:
    """Every object of every script, outer first."""
    found: list[Mapping[str, Any]] = []
    for script in select(root, "//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"):
        text = (script.text or "")[:MAX_CHARS]
        for document in _documents(text):
            found.extend(_flat(document))
        if len(found) >= MAX_NODES:
            break
    return found[:MAX_NODES]


def articles(nodes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The nodes that are articles; other works only where there is none."""
    works = [node for node in nodes if any(_ARTICLE.search(kind) for kind in kinds(node))]
    first = [node for node in works if not any(_SECOND.search(kind) for kind in kinds(node))]
    return first or works


def kinds(node: Mapping[str, Any]) -> list[str]:
    """The types of a node, without a prefix."""
    said = node.get("@type")
    return [kind for kind in (said if isinstance(said, list) else [said]) if isinstance(kind, str)]


def by_id(nodes: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Nodes by their `@id`. Bare references come first, so that what they refer to takes their place."""
    return {str(node["@id"]): node for node in sorted(nodes, key=len) if "@id" in node}


def sites(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What nodes of a site or a publisher call themselves."""
    for node in nodes:
        publishes = any(kind in ("WebSite", "NewsMediaOrganization", "Organization") for kind in kinds(node))
        name = node.get("name")
        if publishes and isinstance(name, str):
            yield name


def _documents(text: str) -> Iterator[object]:
    bare = _WRAPPING.sub("", text).strip().rstrip(";")
    for mend in _MENDINGS:
        if found := _decoded(mend(bare)):
            yield from found
            return
    facts = {key: html.unescape(_unescaped(value)) for key, value in reversed(_FACT.findall(bare))}
    if kind := next((one for one in _TYPE.findall(bare) if _ARTICLE.search(one)), None):
        yield {"@type": kind, **facts}


def _decoded(text: str) -> list[object]:
    """The documents of a text, one after another; empty if the first of them is broken."""
    decoder, place = json.JSONDecoder(strict=False), 0
    found: list[object] = []
    while place < len(text) and len(found) < MAX_NODES:
        try:
            document, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        found.append(document)
        while place < len(text) and text[place] in " \t\r\n,;":
            place += 1
    return found


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _flat(document: object) -> Iterator[Mapping[str, Any]]:
    """Every object of a document, outer first, without recursion."""
    queue, place = [document], 0
    while place < len(queue) and place < MAX_NODES:
        node, place = queue[place], place + 1
        if isinstance(node, dict):
            yield node
            queue.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            queue.extend(node[:MAX_NODES])
