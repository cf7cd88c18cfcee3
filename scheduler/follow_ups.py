"""Under which post of a channel an article goes: that of the story it goes on with, where it was posted there."""

from __future__ import annotations

from bot.model import Article, Place, Platform, Receipt, Slot, SlotState
from bot.ports import Articles, Ledger, Origins
from bot.story import named_before
from scheduler.turns import Channel

TELLINGS = 4
"""How far back the tellings of one story are followed: the first of them may not have been for this channel."""


class FollowUps:
    """Finds it in what the store kept."""

    def __init__(self, articles: Articles, origins: Origins, ledger: Ledger) -> None:
        self._articles = articles
        self._origins = origins
        self._ledger = ledger

    async def above(self, article: Article, channel: Channel) -> Receipt | None:
        """The post that this article's would answer; None: it begins a thread of its own. Raises StoreError."""
        if not channel.threaded or channel.place.platform is not Platform.TELEGRAM:
            return None
        seen = {article.key}
        for name in [*await self._first_telling(article.key), *named_before(article)]:
            earlier = await self._articles.find(name)
            for _ in range(TELLINGS):
                if earlier is None or earlier.key in seen:
                    break
                seen.add(earlier.key)
                if (receipt := await self._standing(earlier.key, channel.place)) is not None:
                    return receipt
                first = await self._first_telling(earlier.key)
                earlier = await self._articles.find(first[0]) if first else None
        return None

    async def _first_telling(self, article: str) -> tuple[str, ...]:
        origin = await self._origins.origin(article)
        return (origin.same_as,) if origin is not None and origin.same_as else ()

    async def _standing(self, article: str, place: Place) -> Receipt | None:
        """Its post at the place, unless it was taken back."""
        [word] = await self._ledger.states([Slot(article, place)])
        if word is None or word.state is not SlotState.SENT or word.receipt is None or not word.receipt.message_id:
            return None
        return word.receipt if await self._articles.several([article]) else None
