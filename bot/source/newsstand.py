"""The port `Newsstand` over HTTP. Parsing runs in a thread: a big feed must not hold up a reader's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import SourceError
from bot.model import Article, SourceState
from bot.source.feed import read_feed
from bot.source.fetch import Fetcher
from bot.source.page import read_page
from bot.source.profile import Profile

AUTO = "auto"
"""The profile that is none: pages are understood by themselves."""


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A feed as it was found; `entries` is None when nothing has changed."""

    entries: tuple[Article, ...] | None
    problems: tuple[str, ...]
    etag: str | None
    last_modified: str | None


class Newsstand:
    """Reads feeds and pages with an open Fetcher. `profiles` are the site profiles by name."""

    def __init__(self, fetcher: Fetcher, profiles: Mapping[str, Profile]) -> None:
        self._fetcher = fetcher
        self._profiles = profiles

    async def feed(self, url: str, state: SourceState) -> FeedReading:
        """Read a feed, if it has changed since. Raises SourceError."""
        found = await self._fetcher.get(url, etag=state.etag, last_modified=state.last_modified)
        if found.not_modified:
            return FeedReading(None, (), found.etag, found.last_modified)
        feed = await asyncio.to_thread(read_feed, found.body, url=found.url, content_type=found.content_type)
        return FeedReading(feed.entries, feed.problems, found.etag, found.last_modified)

    async def page(self, url: str, profile: str) -> Article:
        """Read the article on a page; its `url` is the address after redirects. Raises SourceError."""
        chosen = named(self._profiles, profile)
        found = await self._fetcher.get(url)
        return await asyncio.to_thread(
            read_page, found.body, url=found.url, content_type=found.content_type, profile=chosen
        )


def named(profiles: Mapping[str, Profile], name: str) -> Profile | None:
    """The profile of that name; None for "auto". Raises SourceError that lists the names there are."""
    if name == AUTO:
        return None
    if name not in profiles:
        known = ", ".join([AUTO, *sorted(profiles)])
        raise SourceError(f"no profile {name!r}", say=f"There is no profile named {name!r}. There are: {known}.")
    return profiles[name]
