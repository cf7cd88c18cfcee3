"""The corpus beside the checkout: real pages, and what people or reviewed parsers found on them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
LIMIT = 10 * 1024 * 1024
LEFT_OUT = ("postlight",)
"""Its pages have rewritten meta tags."""


@dataclass(frozen=True, slots=True)
class Row:
    """A page and its truth."""

    collection: str
    name: str
    body: bytes
    url: str
    truth: dict[str, Any]


def pages(half: str = "all", corpus: Path = CORPUS) -> Iterator[Row]:
    """The pages that have a truth to measure by: all, or one half, fixed by a hash of the file's name."""
    folder = corpus / "pages"
    for listing in sorted((folder / "truth").glob("*.jsonl")):
        if listing.stem in LEFT_OUT:
            continue
        for text in listing.read_text(encoding="utf-8").splitlines():
            truth = json.loads(text)
            path = folder / truth["file"]
            if half in ("all", half_of(truth["file"])) and path.is_file():
                yield Row(listing.stem, truth["file"], unpacked(path), truth.get("url") or "", truth)


def half_of(name: str) -> str:
    """The first rules were written by the `seen` pages and held against the `kept` ones; later rules saw both."""
    return "seen" if hashlib.sha256(name.encode()).digest()[0] % 2 == 0 else "kept"


def unpacked(path: Path) -> bytes:
    """A file's bytes as the program would get them: unpacked, and never more than its limit."""
    body = path.read_bytes()[:LIMIT]
    if path.suffix != ".gz":
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, LIMIT)
    except zlib.error:
        return body
