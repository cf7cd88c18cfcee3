"""Noticing corrections: a known article whose headline or lead in the feed is another than before.

What a feed says is compared with what the same feed said, never with what is kept: the page's lead is richer than the
feed's, and another feed of the same newsroom has its own words. That an article is gone from a feed means nothing:
feeds are short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.editions import Edition, Saying
from bot.errors import SourceError
from bot.model import Article, SlotState
from bot.ports import Clock, Editions, Ledger, Newsstand, Queues
from scheduler.source import Source
from scheduler.wording import wording

log = structlog.get_logger(__name__)

MOST_EDITIONS = 20
"""An article that was corrected so often is left as it is: something there changes all the time, such as a counter."""
MOST_RETURNS = 2
"""How often an article may say again what it said before. A newsroom takes a correction back; a broken feed flips."""
PATIENCE = 3
"""Readings of a feed for which a page may be away, or behind its feed, before the page as it is counts."""
_OUT = frozenset({SlotState.SENT, SlotState.CLAIMED, SlotState.DEFERRED, SlotState.UNCONFIRMED})


def corrected(kept: Article, news: Article) -> Article:
    """The kept article with what is new. Its names stay, since links and slots are made of them, and nothing known is
    lost to a page that tells less today."""
    told = {
        name: value
        for name in ("headline", "lead", "body", "image", "outlet", "original_url", "country", "region", "disclaimer")
        if (value := getattr(news, name))
    }
    return replace(kept, **told, tags=news.tags or kept.tags, updated_at=news.updated_at or kept.updated_at)


def next_edition(edition: Edition, article: Article, at: datetime) -> Edition:
    """The edition after this one."""
    said = Saying(edition.article.headline, edition.article.lead, at)
    return Edition(article, edition.number + 1, at, (*edition.before, said))


def why_enough(edition: Edition, article: Article) -> str | None:
    """Why an article is not corrected any more, or None."""
    if edition.number >= MOST_EDITIONS:
        return f"corrected {edition.number - 1} times already"
    earlier = [replace(article, headline=said.headline, lead=said.lead) for said in edition.before]
    if _returns([*earlier, edition.article, article]) > MOST_RETURNS:
        return "goes back and forth between the same wordings"
    return None


def _returns(articles: Iterable[Article]) -> int:
    """How often a wording comes that was there before."""
    met: set[str] = set()
    again = 0
    for said in map(wording, articles):
        again += said in met
        met.add(said)
    return again


class Noticing:
    """Looks through the known entries of a feed, and makes a new edition of what was corrected."""

    def __init__(
        self,
        *,
        newsstand: Newsstand,
        editions: Editions,
        ledger: Ledger,
        queues: Queues,
        waiting_in: Sequence[str],
        merge: Callable[[Article, Article], Article],
        clock: Clock,
        stopping: asyncio.Event,
    ) -> None:
        self._newsstand = newsstand
        self._editions = editions
        self._ledger = ledger
        self._queues = queues
        self._waiting_in = tuple(waiting_in)
        self._merge = merge
        self._clock = clock
        self._stopping = stopping
        self._tries: dict[tuple[str, str], int] = {}
        self._warned: set[str] = set()

    async def remember(self, source: Source, entry: Article, article: str) -> None:
        """What the feed says of an article that is kept for the first time."""
        await self._editions.remember(article, source=source.name, said=wording(entry))

    async def look(self, source: Source, entries: Sequence[Article]) -> bool:
        """Correct what says something new. False: some of it could not be read yet, so the feed must come again."""
        said = [(entry, wording(entry)) for entry in entries]
        done = True
        for article, entry in await self._editions.retold(said, source=source.name):
            if self._stopping.is_set():
                return False
            if await self._corrected(source, article, entry):
                self._tries.pop((article, wording(entry)), None)
                await self._editions.remember(article, source=source.name, said=wording(entry))
            else:
                done = False
        return done

    async def _corrected(self, source: Source, article: str, entry: Article) -> bool:
        """Whether the matter is settled, one way or another."""
        edition = await self._editions.edition(article)
        if edition is None or edition.retracted is not None or not await self._matters(article):
            return True
        news = await self._news(source, edition.article, entry)
        if news is None or wording(news) == wording(edition.article):
            # the page is away, or it still shows the old text: caches are slow
            return not source.full_page or self._waited(article, entry)
        if (enough := why_enough(edition, news)) is not None:
            if article not in self._warned:
                self._warned.add(article)
                log.warning("correction_ignored", article=article, source=source.name, why=enough)
            return True
        now = self._clock.now()
        if not await self._editions.replace(next_edition(edition, news, now), at=now):
            return False
        log.info("corrected", article=article, source=source.name, edition=edition.number + 1)
        return True

    async def _matters(self, article: str) -> bool:
        """Whether it was posted or will be: what was skipped everywhere stands nowhere."""
        if any(word.state in _OUT for word in await self._ledger.story(article)):
            return True
        return await self._queues.holds(self._waiting_in, article)

    async def _news(self, source: Source, kept: Article, entry: Article) -> Article | None:
        """The article as it is now; None while its page is away and there is patience left."""
        if not source.full_page:
            return corrected(kept, entry)
        try:
            page = await self._newsstand.page(entry.url, source.profile)
        except SourceError as error:
            log.warning("page_unread", source=source.name, url=entry.url, error=str(error))
            last = self._tries.get((kept.key, wording(entry)), 0) + 1 >= PATIENCE
            return corrected(kept, entry) if last else None
        return corrected(kept, self._merge(entry, page))

    def _waited(self, article: str, entry: Article) -> bool:
        """Count a reading; True once there were enough."""
        key = (article, wording(entry))
        self._tries[key] = self._tries.get(key, 0) + 1
        return self._tries[key] >= PATIENCE
