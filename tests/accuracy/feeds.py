"""How right the reading of feeds is, beside feedparser and fastfeedparser, on the same files in the same run.

By itself: `python -m tests.accuracy.feeds`. Entries are compared with their truth by place. Encodings: the real
Cyrillic feeds, each in seven encodings, declared rightly, wrongly or not at all.
"""

from __future__ import annotations

import calendar
import json
import re
import statistics
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.errors import SourceError
from bot.source.charset import decode
from bot.source.feed import read_feed
from bot.source.text import plain

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
SERVER = "http://127.0.0.1:8097/"
"""Links are relative to the address that feedparser's own test server had."""
LIMIT = 10 * 1024 * 1024
FIELDS = ("title", "link", "id", "published")
ENCODINGS = ("utf-8", "windows-1251", "koi8-r", "iso-8859-5", "ibm866", "ibm855", "x-mac-cyrillic")
_CODECS = {"ibm866": "cp866", "ibm855": "cp855", "x-mac-cyrillic": "mac-cyrillic"}
_DECLARED = re.compile(r"(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"']*[\"']")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tool says of one entry."""

    title: str
    link: str
    id: str
    published: datetime | None


Reader = Callable[[bytes, str], Sequence[Entry]]


def ours(body: bytes, url: str) -> Sequence[Entry]:
    """Depeche's."""
    try:
        found = read_feed(body, url=url).entries
    except SourceError:
        return ()
    return [Entry(one.headline, one.url, one.id, one.published_at) for one in found]


def by_feedparser(body: bytes, url: str) -> Sequence[Entry]:
    """feedparser, told where the feed was found."""
    import feedparser  # noqa: PLC0415 - only for measuring

    found = feedparser.parse(body, response_headers={"content-location": url})
    return [
        Entry(
            one.get("title", ""),
            one.get("link", ""),
            one.get("id", ""),
            _utc(one.get("published_parsed") or one.get("updated_parsed")),
        )
        for one in found.entries
    ]


def by_fastfeedparser(body: bytes, url: str) -> Sequence[Entry]:
    """fastfeedparser, which makes nothing absolute."""
    import fastfeedparser  # noqa: PLC0415 - only for measuring

    del url
    try:
        found = fastfeedparser.parse(body)
    except Exception:  # noqa: BLE001 - it raises whatever lies below it
        return ()
    return [
        Entry(one.get("title") or "", one.get("link") or "", one.get("id") or "", moment(one.get("published") or ""))
        for one in found.entries
    ]


READERS: Mapping[str, Reader] = {
    "depeche": ours,
    "feedparser": by_feedparser,
    "fastfeedparser": by_fastfeedparser,
}


def rows(corpus: Path = CORPUS) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Files with entries to compare: their truth, and their bytes."""
    folder = corpus / "feeds"
    for truth in sorted((folder / "truth").glob("*.jsonl")):
        for text in truth.read_text(encoding="utf-8").splitlines():
            row = json.loads(text)
            path = folder / row["file"]
            if row.get("entries") and path.is_file() and not re.search(r"sanitize|bozo", row["file"]):
                yield row, content(path)


def content(path: Path) -> bytes:
    """A file's bytes, unpacked, and never more than the program would read."""
    body = path.read_bytes()[:LIMIT]
    if path.suffix != ".gz":
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, LIMIT)
    except zlib.error:
        return body


def same_title(got: str, wanted: str) -> bool:
    """Truth was written with and without markup: both are compared as plain text."""
    return "".join(plain(got).split()) == "".join(plain(wanted).split())


def moment(text: str) -> datetime | None:
    """Truth's dates, read by the standard library so that no reader judges itself."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def judged(truth: Mapping[str, Any], entry: Entry | None) -> Iterator[tuple[str, bool]]:
    """Field by field, whether an entry is what truth says; of a missing entry nothing is right."""
    if wanted := truth.get("title"):
        yield "title", entry is not None and same_title(entry.title, wanted)
    if wanted := truth.get("link"):
        yield "link", entry is not None and entry.link == wanted
    if wanted := truth.get("id"):
        yield "id", entry is not None and entry.id in (wanted, wanted.replace("&amp;", "&"))
    if wanted := moment(truth.get("published") or ""):
        yield "published", entry is not None and entry.published == wanted


@dataclass(slots=True)
class Score:
    """By field how many values were asked for and how many were right; seconds for each file."""

    asked: Counter[str]
    right: Counter[str]
    seconds: list[float]

    def share(self, field: str) -> float:
        return self.right[field] / self.asked[field] if self.asked[field] else 1.0


def measured(reader: Reader, corpus: Path = CORPUS) -> Score:
    """One reader over all files."""
    score = Score(Counter(), Counter(), [])
    for row, body in rows(corpus):
        started = time.process_time()
        found = reader(body, row.get("base_url") or SERVER + row["file"])
        score.seconds.append(time.process_time() - started)
        for truth in row["entries"]:
            entry = found[truth["index"]] if truth["index"] < len(found) else None
            for field, good in judged(truth, entry):
                score.asked[field] += 1
                score.right[field] += good
    return score


def cyrillic(corpus: Path = CORPUS) -> Iterator[tuple[str, list[dict[str, Any]], str]]:
    """The real Cyrillic feeds as text without a declared encoding: name, entries, text."""
    for row, body in rows(corpus):
        if row["corpus"] in ("russian", "chardet") and row.get("lang_hint") in ("cyrillic", "russian"):
            yield row["file"], row["entries"], _DECLARED.sub(r"\1", decode(body), count=1)


def dressed(text: str, encoding: str, label: str | None) -> bytes:
    """A feed in an encoding, declaring one."""
    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    declared = "" if label is None else f'<?xml version="1.0" encoding="{label}"?>'
    return (declared + bare).encode(_CODECS.get(encoding, encoding), "xmlcharrefreplace")


def encoded(reader: Reader, labels: Sequence[str | None], corpus: Path = CORPUS, *, every: int = 1) -> Counter[bool]:
    """Titles right and wrong, over every so many feeds, every encoding and label; without labels, the right one."""
    right: Counter[bool] = Counter()
    for _, truths, text in islice(cyrillic(corpus), 0, None, every):
        for encoding in ENCODINGS:
            for label in labels or (encoding,):
                found = reader(dressed(text, encoding, label), SERVER)
                for truth in truths:
                    if truth.get("title"):
                        there = truth["index"] < len(found)
                        right[there and same_title(found[truth["index"]].title, truth["title"])] += 1
    return right


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reader reached: field by field, and the share of Cyrillic titles by what their feeds declare."""

    score: Score
    cyrillic: Mapping[str, float]


_WRONG = ("windows-1251", "utf-8", "iso-8859-1")
_DECLARATIONS: Mapping[str, tuple[str | None, ...]] = {"rightly": (), "wrongly": _WRONG, "not at all": (None,)}


def measure(corpus: Path = CORPUS) -> Mapping[str, Measured]:
    """Every reader over all files."""
    found = {}
    for name, reader in READERS.items():
        rights = {kind: encoded(reader, labels, corpus) for kind, labels in _DECLARATIONS.items()}
        shares = {kind: right[True] / max(1, right.total()) for kind, right in rights.items()}
        found[name] = Measured(measured(reader, corpus), shares)
    return found


def show(measures: Mapping[str, Measured], console: Console) -> None:
    """Print the tables."""
    table = Table("tool", *FIELDS, "right", "ms median", "ms p95", box=None, header_style="bold")
    for name, found in measures.items():
        score = found.score
        whole = sum(score.right.values()) / max(1, sum(score.asked.values()))
        times = [1000 * second for second in score.seconds]
        table.add_row(
            name,
            *(f"{score.share(field):.1%} of {score.asked[field]}" for field in FIELDS),
            f"{whole:.1%}",
            f"{statistics.median(times):.2f}",
            f"{statistics.quantiles(times, n=20)[-1]:.2f}",
        )
    console.print(table)
    table = Table("titles of Cyrillic feeds in seven encodings", *_DECLARATIONS, box=None, header_style="bold")
    for name, found in measures.items():
        table.add_row(name, *(f"{share:.1%}" for share in found.cyrillic.values()))
    console.print(table)


def _utc(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


if __name__ == "__main__":
    show(measure(), Console(width=160, highlight=False))
