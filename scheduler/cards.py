"""Whether VK took the link card of each post: its event tells, the answer to the call does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.model import Article, Place, Platform, Post
from bot.ports import Articles, Traces
from bot.problems import Problems
from bot.sightings import Seen
from scheduler.evidence import links_of, trace
from scheduler.selection import Channel


class Cards:
    """Compares what VK told of our posts with what was sent."""

    def __init__(
        self,
        *,
        channels: Sequence[Channel],
        traces: Traces,
        articles: Articles,
        compose: Callable[[Article, Channel, str], Post],
        problems: Problems,
    ) -> None:
        self._channels = [channel for channel in channels if channel.place.platform is Platform.VK]
        self._traces = traces
        self._articles = articles
        self._compose = compose
        self._problems = problems
        self._seen: set[tuple[Place, str]] = set()

    async def check(self) -> None:
        """Look at what is new. A post without its card is a problem until the next one has it. Raises StoreError."""
        for channel in self._channels:
            noted = await self._traces.noted(channel.place)
            new = [seen for seen in noted if (channel.place, seen.message_id) not in self._seen]
            if not new:
                continue
            ours = {str(number): key for number, key in await self._traces.receipts(channel.place)}
            for seen in new:
                key = ours.get(seen.message_id)
                if key is not None:  # else somebody else's, or not settled yet
                    self._seen.add((channel.place, seen.message_id))
                    await self._compare(channel, key, seen)

    async def _compare(self, channel: Channel, key: str, seen: Seen) -> None:
        article = await self._articles.find(key)
        if article is None:
            return
        wanted = trace(self._compose(article, channel, key)).link
        topic = f"link cards of {channel.name}"
        if wanted is None or wanted in links_of(seen):
            self._problems.clear(topic)
        else:
            self._problems.report(topic, f"VK left the link to the article out of {seen.url}: look whether it is there")
