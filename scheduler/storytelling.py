"""Gathers what is kept of one article for its story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import Article, Slot
from bot.ports import Articles, Ledger, Origins, Queues, Traces
from bot.story import Story, tell
from scheduler.lineup import Lineups
from scheduler.selection import Channel

AHEAD = timedelta(days=1)
"""How far the plan is looked at for when a waiting article will go out."""
_POST = re.compile(r"https?://(?:www\.|m\.)?(?:t\.me/(?:c/)?\w+/|vk\.(?:com|ru)/\S*?wall-?\d+_)(\d+)", re.IGNORECASE)
_WALL = re.compile(r"wall-?\d+_\d+")


class Storyteller:
    """The port `Stories`."""

    def __init__(
        self,
        *,
        channels: Sequence[Channel],
        articles: Articles,
        origins: Origins,
        traces: Traces,
        ledger: Ledger,
        queues: Queues,
        lineups: Lineups,
    ) -> None:
        self._channels = tuple(channels)
        self._articles = articles
        self._origins = origins
        self._traces = traces
        self._ledger = ledger
        self._queues = queues
        self._lineups = lineups

    async def story(self, name: str, *, now: datetime) -> Story | None:
        """By key, by the publisher's id, by URL, or by the address of a post of it. Raises StoreError."""
        article = await self._articles.find(name.strip()) or await self._posted_at(name.strip())
        if article is None:
            return None
        return tell(
            article,
            origin=await self._origins.origin(article.key),
            dues=await self._origins.dues(article.key),
            attempts=await self._ledger.story(article.key),
            names={channel.place: channel.name for channel in self._channels},
            planned=await self._lineups.plan(self._channels, now=now, until=now + AHEAD),
            waiting=[channel.place for channel in self._channels if await self._waits(channel, article)],
        )

    async def _waits(self, channel: Channel, article: Article) -> bool:
        return await self._queues.holds([channel.name], article.key)

    async def _posted_at(self, address: str) -> Article | None:
        """The article whose post has this address. The number is looked up, the address compared."""
        found = _POST.match(address)
        if found is None:
            return None
        for place in dict.fromkeys(channel.place for channel in self._channels):
            key = await self._traces.article_at(place, int(found[1]))
            if key is not None and await self._stands_at(Slot(key, place), address):
                return await self._articles.find(key)
        return None

    async def _stands_at(self, slot: Slot, address: str) -> bool:
        last = (await self._ledger.states([slot]))[0]
        url = last.receipt.url if last is not None and last.receipt is not None else None
        return url is not None and _same(url, address)


def _same(url: str, address: str) -> bool:
    """Whether two addresses name one post: t.me knows no case, and VK shows a post over its wall or over any page."""
    return _post_name(url) == _post_name(address)


def _post_name(url: str) -> str:
    whole = url.casefold()
    on_wall = _WALL.search(whole)
    return on_wall[0] if on_wall else re.split(r"[?#]", whole.partition("://")[2].removeprefix("www."))[0]
