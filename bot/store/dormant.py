"""Readers whom nothing reaches: those who can't be reached, and those who subscribed to nothing."""

from __future__ import annotations

import json
from datetime import datetime

from bot.codec import reader_from_json
from bot.model import Place
from bot.store import keys
from bot.store.connection import Argument, Client
from bot.store.moments import to_ms

PAGE = 500


class RedisDormant:
    """The port `Dormant`: a sorted set of places by when they were first found so."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def note(self, *, now: datetime) -> None:
        """Look at every reader. Who is found for the first time is dormant from now on; who woke up is no longer."""
        found: set[str] = set()
        cursor = "0"
        while True:
            cursor, page = await self._client.read("SCAN", cursor, "MATCH", keys.reader_pattern(), "COUNT", PAGE)
            found |= await self._sleeping(page)
            if str(cursor) == "0":
                break
        awake = [place for place in await self._client.read("ZRANGE", keys.DORMANT, 0, -1) if place not in found]
        entries: list[Argument] = [word for place in sorted(found) for word in (to_ms(now), place)]
        steps, double = range(0, len(awake), PAGE), range(0, len(entries), 2 * PAGE)
        await self._client.writes(
            [
                *(("ZADD", keys.DORMANT, "NX", *entries[start : start + 2 * PAGE]) for start in double),
                *(("ZREM", keys.DORMANT, *awake[start : start + PAGE]) for start in steps),
            ]
        )

    async def since(self, moment: datetime, limit: int = 1000) -> list[Place]:
        """Those who are dormant since then or longer."""
        found = await self._client.read("ZRANGEBYSCORE", keys.DORMANT, "-inf", to_ms(moment), "LIMIT", 0, limit)
        return [Place.parse(text) for text in found]

    async def drop(self, place: Place) -> None:
        """Know nothing of it any more."""
        await self._client.write("ZREM", keys.DORMANT, str(place))

    async def _sleeping(self, page: list[str]) -> set[str]:
        kept = await self._client.read("MGET", *page) if page else []
        places = [key.removeprefix(keys.reader_pattern().removesuffix("*")) for key in page]
        readers = [
            reader_from_json(Place.parse(text), json.loads(raw)) for text, raw in zip(places, kept, strict=True) if raw
        ]
        return {str(reader.place) for reader in readers if not reader.active or not reader.subscriptions}
