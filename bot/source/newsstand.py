"""The port `Newsstand` over HTTP. Parsing runs in threads, few at once: it must not hold up a reader's answer.

Python's threads take turns; each one more that parses makes the loop wait a turn longer for its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.imprint import Imprint
from bot.model import Article
from bot.source.elsewhere import FeedElsewhere
from bot.source.fetch import Fetched, Fetcher
from bot.source.freshly import Fresh, read_fresh
from bot.source.listing import Listing
from bot.source.page import PageReading, study_page
from bot.source.profile import Profile

AUTO = "auto"
"""The profile that is none: pages are understood by themselves."""


MOST_STEPS = 2
"""From a web page to a list of sitemaps to a sitemap."""


LARGE = 1024 * 1024
"""Bytes of a document that is read in a thread apart, so that small ones do not wait for it."""

_MOVED = "This feed has moved for good to {}"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A feed as it was found; `entries` is None when nothing has changed, and without `whole` only what has changed.

    `address`: where the feed really is, when that is another address for good; `why_there` is the sentence for it.
    `ttl`: how long the feed itself says it stays; `hub`: where it would have news pushed from.
    """

    entries: tuple[Article, ...] | None
    problems: tuple[str, ...]
    etag: str | None
    last_modified: str | None
    address: str | None = None
    why_there: str | None = None
    fresh_for: timedelta | None = None
    whole: bool = True
    imprint: Imprint | None = None
    ttl: timedelta | None = None
    hub: str | None = None


class Newsstand:
    """Reads feeds and pages with an open Fetcher. `profiles` and `listings` are CSS selectors by name."""

    def __init__(
        self, fetcher: Fetcher, profiles: Mapping[str, Profile], listings: Mapping[str, Listing] | None = None
    ) -> None:
        self._fetcher = fetcher
        self._profiles = profiles
        self._listings = listings or {}
        self._small, self._large = asyncio.Semaphore(1), asyncio.Semaphore(1)

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> FeedReading:
        """Read a feed, if it has changed since; of a page that only names its feed, that feed. Raises SourceError.

        `last`: how it was written when all of it was kept; what stands there as before may then be left out."""
        selectors = listed(self._listings, listing)
        stamp = last.stamp if last is not None else None
        found = await self._fetcher.get(url, state.etag, state.last_modified, stamp)
        moved = _MOVED.format(found.moved_to) if found.moved_to is not None else None
        if found.not_modified:
            reading = _unchanged(found, state, last)
            return reading if moved is None else replace(reading, address=found.moved_to, why_there=moved)

        async def read(answer: Fetched) -> Fresh:
            return await self._aside(answer, lambda: read_fresh(answer, selectors, last))

        fresh, there, why = await followed(self._fetcher, found, read)
        address = there.moved_to or (there.url if why is not None else None)
        why = why or moved
        known = url if url == state.address else None
        reading = replace(
            _unchanged(there, state, fresh.imprint), address=address or known, why_there=why, whole=fresh.whole
        )
        if fresh.feed is None:
            return reading
        return replace(
            reading,
            entries=fresh.feed.entries,
            problems=fresh.feed.problems,
            fresh_for=_longer(there.fresh_for, fresh.feed.ttl),
            ttl=fresh.feed.ttl,
            hub=fresh.feed.hub,
        )

    async def page(self, url: str, profile: str) -> Article:
        """What a page tells beside its feed; its `url` is the address after redirects. Raises SourceError."""
        return (await self.study(url, profile)).certain

    async def study(self, url: str, profile: str) -> PageReading:
        """Read a page with the evidence for each of its fields. Raises SourceError."""
        chosen = named(self._profiles, profile)
        found = await self._fetcher.get(url)
        return await self._aside(
            found,
            lambda: study_page(found.body, url=found.url, content_type=found.content_type, profile=chosen),
        )

    async def _aside(self, found: Fetched, read: Callable[[], Answer]) -> Answer:
        async with self._large if len(found.body) > LARGE else self._small:
            return await asyncio.to_thread(read)


def _unchanged(found: Fetched, state: SourceState, imprint: Imprint | None) -> FeedReading:
    return FeedReading(
        None,
        (),
        found.etag,
        found.last_modified,
        fresh_for=_longer(found.fresh_for, state.ttl),
        imprint=imprint,
        ttl=state.ttl,
    )


def _longer(*lengths: timedelta | None) -> timedelta | None:
    return max((one for one in lengths if one is not None), default=None)


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
    fetcher: Fetcher, found: Fetched, read: Callable[[Fetched], Awaitable[Answer]]
) -> tuple[Answer, Fetched, str | None]:
    """What is read of an answer, or of the feed it names, with the answer it came in; in the second case also a
    sentence that says so. Raises SourceError."""
    said = None
    for _ in range(MOST_STEPS):
        try:
            return await read(found), found, said
        except FeedElsewhere as elsewhere:
            said = str(elsewhere)
            found = await fetcher.get(elsewhere.address)
    return await read(found), found, said
