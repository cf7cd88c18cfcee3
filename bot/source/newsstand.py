"""The port `Newsstand` over HTTP. Parsing runs in a thread: a big feed must not hold up a reader's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import SourceError
from bot.model import Article, Feed, SourceState
from bot.source.elsewhere import FeedElsewhere
from bot.source.feed import read_feed
from bot.source.fetch import Fetched, Fetcher
from bot.source.listing import Listing, read_listing
from bot.source.page import study_page
from bot.source.profile import Profile
from bot.source.usable import usable

AUTO = "auto"
"""The profile that is none: pages are understood by themselves."""


MOST_STEPS = 2
"""From a web page to a list of sitemaps to a sitemap."""


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A feed as it was found; `entries` is None when nothing has changed.

    `address`: where the feed really is, when that is another address for good; `why_there` is the sentence for it.
    """

    entries: tuple[Article, ...] | None
    problems: tuple[str, ...]
    etag: str | None
    last_modified: str | None
    address: str | None = None
    why_there: str | None = None
    fresh_for: timedelta | None = None


class Newsstand:
    """Reads feeds and pages with an open Fetcher. `profiles` and `listings` are CSS selectors by name."""

    def __init__(
        self, fetcher: Fetcher, profiles: Mapping[str, Profile], listings: Mapping[str, Listing] | None = None
    ) -> None:
        self._fetcher = fetcher
        self._profiles = profiles
        self._listings = listings or {}

    async def feed(self, url: str, state: SourceState, listing: str | None = None) -> FeedReading:
        """Read a feed, if it has changed since; of a page that only names its feed, that feed. Raises SourceError."""
        selectors = listed(self._listings, listing)
        found = await self._fetcher.get(url, etag=state.etag, last_modified=state.last_modified)
        if found.not_modified:
            return FeedReading(None, (), found.etag, found.last_modified, fresh_for=found.fresh_for)
        feed, there, why = await followed(self._fetcher, found, lambda answer: usable(_read(answer, selectors)))
        address = there.moved_to or (there.url if why is not None else None)
        if found.moved_to is not None and why is None:
            why = f"This feed has moved for good to {found.moved_to}"
        known = url if url == state.address else None
        fresh_for = max((one for one in (there.fresh_for, feed.ttl) if one is not None), default=None)
        return FeedReading(
            feed.entries, feed.problems, there.etag, there.last_modified, address or known, why, fresh_for
        )

    async def page(self, url: str, profile: str) -> Article:
        """Read the article on a page; its `url` is the address after redirects. Raises SourceError."""
        chosen = named(self._profiles, profile)
        found = await self._fetcher.get(url)
        reading = await asyncio.to_thread(
            study_page, found.body, url=found.url, content_type=found.content_type, profile=chosen
        )
        return reading.certain


def named(profiles: Mapping[str, Profile], name: str) -> Profile | None:
    """The profile of that name; None for "auto". Raises SourceError that lists the names there are."""
    if name == AUTO:
        return None
    if name not in profiles:
        known = ", ".join([AUTO, *sorted(profiles)])
        raise SourceError(f"no profile {name!r}", say=f"There is no profile named {name!r}. There are: {known}.")
    return profiles[name]


def listed(listings: Mapping[str, Listing], name: str | None) -> Listing | None:
    """The listing of that name, if one is named. Raises SourceError that lists the names there are."""
    if name is None:
        return None
    if name not in listings:
        known = ", ".join(sorted(listings)) or "none"
        raise SourceError(f"no listing {name!r}", say=f"There is no listing named {name!r}. There are: {known}.")
    return listings[name]


async def followed(
    fetcher: Fetcher, found: Fetched, read: Callable[[Fetched], Feed]
) -> tuple[Feed, Fetched, str | None]:
    """The feed in an answer, or the one it names, with the answer it came in; in the second case also a sentence that
    says so. Raises SourceError."""
    said = None
    for _ in range(MOST_STEPS):
        try:
            return await asyncio.to_thread(read, found), found, said
        except FeedElsewhere as elsewhere:
            said = str(elsewhere)
            found = await fetcher.get(elsewhere.address)
    return await asyncio.to_thread(read, found), found, said


def _read(found: Fetched, listing: Listing | None) -> Feed:
    if listing is not None:
        return read_listing(found.body, listing, url=found.url, content_type=found.content_type)
    return read_feed(found.body, url=found.url, content_type=found.content_type)
