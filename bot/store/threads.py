"""Which of our messages is about which entry of the queue."""

from __future__ import annotations

from bot.model import Place
from bot.store import keys
from bot.store.connection import Client


class RedisThreads:
    """Threads over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tie(self, place: Place, message: str, entry: str) -> None:
        """A message is about an entry."""
        await self._client.write("SET", keys.thread(place, message), entry, "EX", keys.seconds(keys.THREAD))

    async def entry_of(self, place: Place, message: str) -> str | None:
        """What it is about, if anything."""
        entry: str | None = await self._client.read("GET", keys.thread(place, message))
        return entry
