"""The same story from two sources: the second is known by its headline and lead, and marked."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.identity import Told
from bot.model import Article
from bot.nearness import Nearness, remembered
from bot.ports import Articles, Clock

LOOKED_BACK = 5_000
"""Articles of the archive that are taken into the index at the start."""


class SameStory:
    """Finds the first telling of a story. The index is made from the archive when it is first needed."""

    def __init__(self, articles: Articles, clock: Clock, *, within: timedelta, skips_second: bool) -> None:
        self._articles = articles
        self._clock = clock
        self._within = within
        self.skips_second = skips_second
        self._index: Nearness | None = None
        self._loading = asyncio.Lock()

    async def first(self, article: Article, source: str) -> Told | None:
        """How another source told this story before, if one did."""
        if not self._within:
            return None
        return (await self._ready()).like(self._told(article, source))

    async def remember(self, article: Article, source: str) -> None:
        """An article is kept."""
        if self._within:
            (await self._ready()).add(self._told(article, source))

    def _told(self, article: Article, source: str) -> Told:
        return Told(article.key, source, article.headline, article.lead, self._clock.now())

    async def _ready(self) -> Nearness:
        async with self._loading:
            if self._index is None:
                told = await self._articles.told(LOOKED_BACK)
                self._index = await asyncio.to_thread(remembered, self._within, told)
        return self._index
