"""Calls to many readers at once on VK, kept while nobody knows how they ended: a repeat must be known as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.model import Place
from bot.store import keys
from bot.store.connection import Client


class RedisCalls:
    """Calls over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def begin(self, article: str, number: int, places: Iterable[Place]) -> None:
        """An article is about to be sent to these readers under a number by which the platform knows a repeat."""
        key, words = keys.calls(article), [word for place in places for word in (str(place), number)]
        await self._client.writes([("HSET", key, *words), ("EXPIRE", key, keys.seconds(keys.CALLS))])

    async def end(self, article: str, places: Sequence[Place]) -> None:
        """It is known of these how it ended."""
        if places:
            await self._client.write("HDEL", keys.calls(article), *map(str, places))

    async def open(self, article: str) -> Mapping[Place, int]:
        """The number under which an article may have reached a reader, for each of whom that is not known."""
        kept = await self._client.read("HGETALL", keys.calls(article))
        return {Place.parse(place): int(number) for place, number in kept.items()}
