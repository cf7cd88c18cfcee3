"""`extract`, `feed` and `render`: files and addresses in, JSON out, no store and no account. One failure stops nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.assembly import profiles_of, styles_of
from bot.codec import article_from_json, article_to_json, feed_to_json
from bot.config import Settings
from bot.errors import CommandError, DepecheError
from bot.model import Article, Place, Platform, Post
from bot.render import Style, post_for
from bot.source.batch import read_article_from, read_feed_from
from bot.source.fetch import Fetcher

Read = Callable[[str, str | None], Awaitable[dict[str, Any]]]
SAMPLE_TARGETS = {Platform.TELEGRAM: "@digest", Platform.VK: "-220"}
"""Where a post is meant for when no settings say it."""


async def extract(settings: Settings, source: str, url: str | None, profile: str) -> dict[str, Any]:
    """One page, from a file or an address → Article JSON. Raises SourceError."""
    async with Fetcher(allow_networks=settings.fetch.allow_networks) as fetcher:
        return await _extract(settings, fetcher, profile)(source, url)


def extract_batch(settings: Settings, lines: Iterable[str], profile: str, base: Path) -> AsyncIterator[dict[str, Any]]:
    """Many pages."""
    return _batch(settings, lines, "article", lambda fetcher: _extract(settings, fetcher, profile), base)


async def feed(settings: Settings, source: str, url: str | None) -> dict[str, Any]:
    """One feed, from a file or an address → feed JSON. Raises SourceError."""
    async with Fetcher(allow_networks=settings.fetch.allow_networks) as fetcher:
        return await _feed(fetcher)(source, url)


def feed_batch(settings: Settings, lines: Iterable[str], base: Path) -> AsyncIterator[dict[str, Any]]:
    """Many feeds."""
    return _batch(settings, lines, "feed", _feed, base)


def render(text: str, platform: Platform, settings: Settings | None) -> list[Post]:
    """Article JSON → the posts it makes. Raises CommandError."""
    return posts_of(read_article(text), platform, settings)


def _extract(settings: Settings, fetcher: Fetcher, profile: str) -> Read:
    profiles = profiles_of(settings)
    if profile != "auto" and profile not in profiles:
        raise CommandError(f"--profile: found {profile!r}; allowed: {', '.join(['auto', *profiles])}")

    async def read(source: str, url: str | None) -> dict[str, Any]:
        return article_to_json(await read_article_from(source, url=url, profile=profiles.get(profile), fetcher=fetcher))

    return read


def _feed(fetcher: Fetcher) -> Read:
    async def read(source: str, url: str | None) -> dict[str, Any]:
        return feed_to_json(await read_feed_from(source, url=url, fetcher=fetcher))

    return read


async def _batch(
    settings: Settings, lines: Iterable[str], key: str, reader: Callable[[Fetcher], Read], base: Path
) -> AsyncIterator[dict[str, Any]]:
    async with Fetcher(allow_networks=settings.fetch.allow_networks) as fetcher:
        async for row in batch(lines, key, reader(fetcher), base):
            yield row


def read_article(text: str) -> Article:
    """Article JSON → Article. Raises CommandError that says what is wrong."""
    try:
        return article_from_json(json.loads(text))
    except ValueError as error:
        raise CommandError(f"not an article: {error}") from None


def posts_of(article: Article, platform: Platform, settings: Settings | None) -> list[Post]:
    """The posts an article would make: one for each channel of the platform, or for a sample channel."""
    if settings is None:
        return [post_for(article, Place(platform, SAMPLE_TARGETS[platform]), Style())]
    styles = styles_of(settings)
    places = [(one.name, Place(platform, one.target)) for one in settings.channels if one.platform == platform]
    if not places:
        raise CommandError(f"the settings have no channel on {platform}")
    return [post_for(article, place, styles[name]) for name, place in places]


def calls_json(posts: Sequence[Post]) -> list[dict[str, Any]]:
    """The exact API calls, `[{"method", "params"}]`."""
    return [{"method": post.method, "params": dict(post.params)} for post in posts]


def render_lines(lines: Iterable[str], platform: Platform, settings: Settings | None) -> Iterator[dict[str, Any]]:
    """An Article a line in; `{"calls", "error"}` a line out."""
    for line in lines:
        if not line.strip():
            continue
        try:
            yield {"calls": calls_json(posts_of(read_article(line), platform, settings)), "error": None}
        except DepecheError as error:
            yield {"calls": None, "error": str(error)}


async def batch(lines: Iterable[str], key: str, read: Read, base: Path) -> AsyncIterator[dict[str, Any]]:
    """A line `{"file", "url"}` in, a line `{"file", key, "error"}` out, in order. Files are meant from `base`."""
    for line in lines:
        if not line.strip():
            continue
        file: object = None
        try:
            file, url = _wanted(line)
            source = file if "://" in file or Path(file).is_absolute() else str(base / file)
            yield {"file": file, key: await read(source, url), "error": None}
        except DepecheError as error:
            yield {"file": file, key: None, "error": str(error)}


def _wanted(line: str) -> tuple[str, str | None]:
    try:
        wanted = json.loads(line)
    except ValueError as error:
        raise CommandError(f"not JSON: {error}") from None
    file = wanted.get("file") if isinstance(wanted, dict) else None
    url = wanted.get("url") if isinstance(wanted, dict) else None
    if not isinstance(file, str) or not file or not isinstance(url, str | None):
        raise CommandError('a line must be {"file": "…", "url": "…"}')
    return file, url
