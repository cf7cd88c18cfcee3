"""Hosts that want to be left alone, until the store itself forgets them."""

from __future__ import annotations

from datetime import timedelta

from bot.store import keys
from bot.store.connection import Client
from bot.store.group_commit import GroupCommit


class RedisRests:
    """Rests over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asking = GroupCommit()

    async def left(self, host: str) -> timedelta | None:
        """For how much longer, or None."""
        left = await self._asking.say(("PTTL", keys.rest(host)), self._client.reads)
        return timedelta(milliseconds=left) if left > 0 else None

    async def note(self, host: str, wait: timedelta) -> None:
        """From now on."""
        await self._client.write("SET", keys.rest(host), host, "PX", keys.milliseconds(wait))
