"""What was found wrong with addresses of the web, for a while."""

from __future__ import annotations

from datetime import datetime

from bot.ports import Caution
from bot.store import keys
from bot.store.connection import Client
from bot.store.moments import from_ms, to_ms


class RedisCautions:
    """Cautions over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def since(self, what: Caution, address: str) -> datetime | None:
        """When it was noted first, or None."""
        moment = await self._client.read("GET", keys.caution(what, address))
        return from_ms(int(moment)) if moment else None

    async def note(self, what: Caution, address: str, *, at: datetime) -> datetime:
        """Note it, and say since when it is known. The lifetime runs from the first note."""
        key = keys.caution(what, address)
        await self._client.write("SET", key, to_ms(at), "NX", "EX", keys.seconds(keys.CAUTIONS[what]))
        return await self.since(what, address) or at
