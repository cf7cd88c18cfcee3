"""Articles that editors bring themselves: a link is read like any page, a text becomes an article without one."""

from __future__ import annotations

import re

from bot.errors import SourceError
from bot.model import Article, digest
from bot.ports import Articles, Clock, Newsstand

SOURCE = "editors"
LONGEST_HEADLINE = 200
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


class Drafting:
    """The port `Bringing`."""

    def __init__(self, newsstand: Newsstand, articles: Articles, clock: Clock) -> None:
        self._newsstand = newsstand
        self._articles = articles
        self._clock = clock

    async def from_link(self, url: str) -> Article | None:
        """The article of a page: as it is known, or read now and kept. None: it can't be read. Raises StoreError."""
        known = await self._articles.find(url)
        if known is not None:
            return known
        try:
            reading = await self._newsstand.study(url, "auto")
        except SourceError:
            return None
        return await self._kept(reading.article)  # a guessed lead with it: no feed knows better, and an editor looks

    async def from_text(self, text: str) -> Article:
        """The first line, or the first sentence, is the headline. The same text is the same article."""
        headline, lead = _parts(text)
        name = f"editors:{digest(text)}"
        return await self._kept(
            Article(id=name, url=name, headline=headline, lead=lead, published_at=self._clock.now())
        )

    async def _kept(self, article: Article) -> Article:
        await self._articles.add(article, source=SOURCE, at=self._clock.now(), queues=())
        return await self._articles.find(article.key) or article


def _parts(text: str) -> tuple[str, str | None]:
    said = text.strip()
    first = _SENTENCE.split(said, maxsplit=1)[0]
    if len(first) > LONGEST_HEADLINE:
        first = first[:LONGEST_HEADLINE].rsplit(" ", 1)[0]
    return first.strip(), said[len(first) :].strip() or None
