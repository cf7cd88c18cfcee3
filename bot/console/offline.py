"""`extract`, `feed` and `render`: files and addresses in, JSON out; no store, no account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.assembly import fetcher_for, place_of, profiles_of, styles_of
from bot.codec import article_from_json, article_to_json, feed_to_json
from bot.config import Settings
from bot.console.explaining import explained
from bot.errors import CommandError, DepecheError
from bot.model import Article, Place, Platform, Post
from bot.render import Style, post_for
from bot.source import batch
from bot.source.newsstand import named

SAMPLE_TARGETS = {Platform.TELEGRAM: "@digest", Platform.VK: "-220"}
"""Where a post is meant for when no settings say it."""


async def extract(settings: Settings, source: str, url: str | None, profile: str) -> dict[str, Any]:
    """One page, from a file or an address → Article JSON. Raises SourceError."""
    chosen = named(profiles_of(settings), profile)
    async with fetcher_for(settings) as fetcher:
        return article_to_json(await batch.extract(source, url=url, profile=chosen, fetcher=fetcher))


async def explain(settings: Settings, source: str, url: str | None, profile: str) -> dict[str, Any]:
    """One page → its Article JSON and the evidence for each field. Raises SourceError."""
    chosen = named(profiles_of(settings), profile)
    async with fetcher_for(settings) as fetcher:
        return explained(await batch.study(source, url=url, profile=chosen, fetcher=fetcher))


async def feed(settings: Settings, source: str, url: str | None) -> tuple[dict[str, Any], str | None]:
    """One feed, from a file or an address → feed JSON, and a sentence where another address was read than the one
    given. Raises SourceError."""
    async with fetcher_for(settings) as fetcher:
        found, said = await batch.feed(source, url=url, fetcher=fetcher)
    return feed_to_json(found), said


def extract_lines(settings: Settings, lines: Iterable[str], profile: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Many pages: a line `{"file", "url"}` in, a line `{"file", "article", "error"}` out. Raises SourceError for an
    unknown profile."""
    return batch.extract_lines(lines, profile=named(profiles_of(settings), profile), folder=folder)


def render(text: str, platform: Platform, settings: Settings | None) -> list[Post]:
    """Article JSON → the posts it makes. Raises CommandError."""
    return posts_of(read_article(text), platform, settings)


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
    places = [(one.name, place_of(one)) for one in settings.channels if one.platform == platform]
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
