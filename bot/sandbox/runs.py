"""How a text looks to a person: Telegram's entities and VK's own little markup, as runs in one style each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.sandbox.state import Run
from bot.sandbox.telegram_text import Entity

_TELEGRAM_LINK = re.compile(r"[a-z]+://", re.IGNORECASE)
_VK_PARTS = re.compile(
    r"\[(?P<screen>(?:club|public|event|id)\d+|https?://(?:[\w-]+\.)?vk\.(?:com|ru)/[^|\]]*)\|(?P<label>[^\]]+)\]"
    r"|(?<!\w)[@*](?P<at>(?:club|public|id)\d+)(?:\s?\((?P<name>[^)]+)\))?"
    r"|(?P<url>https?://[^\s<>\"«»]*[^\s<>\"«».,:;!?')\]…])"
    r"|(?<![\w#])(?P<tag>#\w*[^\W\d_]\w*(?:@[\w.]+)?)"
)


def telegram_runs(text: str, entities: Sequence[Entity]) -> tuple[Run, ...]:
    """A Telegram text in runs."""
    units = text.encode("utf-16-le", "surrogatepass")
    size = len(units) // 2
    cuts = {0, size}
    for entity in entities:
        cuts.update((entity["offset"], entity["offset"] + entity["length"]))
    edges = sorted(cut for cut in cuts if cut <= size)
    found = []
    for start, end in pairwise(edges):
        run = Run(units[start * 2 : end * 2].decode("utf-16-le", "replace"))
        for entity in entities:
            if entity["offset"] <= start and end <= entity["offset"] + entity["length"]:
                run = _styled(run, entity)
        found.append(run)
    return _merged(found)


def _styled(run: Run, entity: Entity) -> Run:
    match entity["type"]:
        case "bold":
            return replace(run, bold=True)
        case "italic":
            return replace(run, italic=True)
        case "blockquote" | "expandable_blockquote":
            return replace(run, quote=True)
        case "hashtag":
            return replace(run, hashtag=True)
        case "text_link":
            return replace(run, url=entity["url"])
        case "url":
            return replace(run, url=run.text if _TELEGRAM_LINK.match(run.text) else f"http://{run.text}")
        case "mention":
            return replace(run, url=f"https://t.me/{run.text.lstrip('@')}")
        case _:
            return run


def vk_runs(text: str) -> tuple[Run, ...]:
    """A VK text in runs: plain, but for mentions, addresses and hashtags."""
    return _merged(_vk_parts(text))


def _vk_parts(text: str) -> Iterator[Run]:
    position = 0
    for found in _VK_PARTS.finditer(text):
        yield Run(text[position : found.start()])
        if found["tag"]:
            yield Run(found["tag"], hashtag=True)
        elif found["url"]:
            yield Run(found["url"], url=found["url"])
        else:
            screen = found["screen"] or found["at"]
            label = found["label"] or found["name"] or found[0]
            yield Run(label, url=screen if screen.startswith("http") else f"https://vk.com/{screen}")
        position = found.end()
    yield Run(text[position:])


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbours in the same style become one; empty ones go. Two links side by side stay two."""
    kept: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if kept and not run.url and not run.hashtag and replace(run, text="") == replace(kept[-1], text=""):
            kept[-1] = replace(run, text=kept[-1].text + run.text)
        else:
            kept.append(run)
    return tuple(kept)
