"""Files and addresses named on the command line become Articles and Feeds; many at once in a stream of JSON lines."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.codec import article_to_json, feed_to_json
from bot.errors import SourceError
from bot.model import Article, Feed
from bot.source.feed import read_feed
from bot.source.fetch import Fetched, Fetcher
from bot.source.newsstand import followed
from bot.source.page import PageReading, read_page, study_page
from bot.source.profile import Profile

_WEB = ("http://", "https://")
MAX_BYTES = 10 * 1024 * 1024
"""The largest file read, after decompression."""


async def extract(
    source: str, *, url: str | None = None, profile: Profile | None = None, fetcher: Fetcher | None = None
) -> Article:
    """The article of a page in a file or at an address. `url`: where a file's page came from. Raises SourceError."""
    return (await study(source, url=url, profile=profile, fetcher=fetcher)).article


async def study(
    source: str, *, url: str | None = None, profile: Profile | None = None, fetcher: Fetcher | None = None
) -> PageReading:
    """The same, with the evidence for each field."""
    body, address, content_type = await _read(source, url, fetcher)
    found = await asyncio.to_thread(study_page, body, url=address, content_type=content_type, profile=profile)
    return found if found.article.url else replace(found, article=_at_file(found.article, Path(source)))


async def feed(source: str, *, url: str | None = None, fetcher: Fetcher | None = None) -> tuple[Feed, str | None]:
    """The feed in a file or at an address, every entry as it stands there. Of a web page at an address the feed it
    names, with a sentence that says so. Raises SourceError."""
    if fetcher is None or not source.startswith(_WEB):
        body, address, content_type = await _read(source, url, fetcher)
        return await asyncio.to_thread(read_feed, body, url=address, content_type=content_type), None
    found = await fetcher.get(source)

    async def read(answer: Fetched) -> Feed:
        return await asyncio.to_thread(read_feed, answer.body, url=answer.url, content_type=answer.content_type)

    feed, _, said = await followed(fetcher, replace(found, url=url or found.url), read)
    return feed, said


def extract_lines(
    lines: Iterable[str], *, profile: Profile | None = None, folder: Path = Path()
) -> Iterator[dict[str, Any]]:
    """For each line `{"file", "url"}` one `{"file", "article", "error"}`, in order. One failure stops nothing."""

    def one(path: Path, url: str) -> dict[str, Any]:
        article = read_page(read_file(path), url=url, profile=profile)
        return {"article": article_to_json(article if article.url else _at_file(article, path))}

    return _answers(lines, "article", one, folder)


def feed_lines(lines: Iterable[str], *, folder: Path = Path()) -> Iterator[dict[str, Any]]:
    """For each line `{"file", "url"}` one `{"file", "feed", "error"}`, in order. One failure stops nothing."""
    return _answers(
        lines, "feed", lambda path, url: {"feed": feed_to_json(read_feed(read_file(path), url=url))}, folder
    )


def read_file(path: Path) -> bytes:
    """A file's bytes; `.gz` is read decompressed. Raises SourceError with a sentence."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _error(f"The file {path} can't be read: {error}") from error
    if len(body) > MAX_BYTES:
        raise _error(f"The file {path} is larger than {MAX_BYTES // 1024} KiB.")
    return body


async def _read(source: str, url: str | None, fetcher: Fetcher | None) -> tuple[bytes, str, str | None]:
    if not source.startswith(_WEB):
        return await asyncio.to_thread(read_file, Path(source)), url or "", None
    if fetcher is None:
        raise _error(f"{source} is an address, and only files can be read here.")
    found = await fetcher.get(source)
    return found.body, url or found.url, found.content_type


def _answers(
    lines: Iterable[str], what: str, read: Callable[[Path, str], dict[str, Any]], folder: Path
) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.strip():
            continue
        name: str | None = None
        try:
            name, url = _line(line)
            answer = {"file": name, **read(_found(name, folder), url), "error": None}
        except SourceError as error:
            answer = {"file": name, what: None, "error": error.say or str(error)}
        yield answer


def _found(name: str, folder: Path) -> Path:
    """A relative name is meant from the working folder, or else from the list's."""
    path = Path(name)
    return path if path.exists() or not (folder / path).exists() else folder / path


def _line(line: str) -> tuple[str, str]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        asked = None
    name = asked.get("file") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or not isinstance(name, str) or not name:
        raise _error('A line of the list must be a JSON object with "file", and "url" if it is known.')
    url = asked.get("url")
    return name, url if isinstance(url, str) else ""


def _at_file(article: Article, path: Path) -> Article:
    """A page that does not know its address stands at its file's."""
    address = path.resolve().as_uri()
    return replace(article, url=address, id=article.id or address)


def _error(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)
