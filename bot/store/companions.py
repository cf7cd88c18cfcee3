"""Which articles went out at a place in one post."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.model import Place
from bot.store import keys
from bot.store.connection import Client


class RedisCompanions:
    """Companions over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def remember(self, place: Place, articles: Sequence[str]) -> None:
        """These are sent together now; what was remembered of each of them before is forgotten."""
        told = json.dumps(list(articles))
        commands = [("HSET", keys.together(article), str(place), told) for article in articles]
        lives = [("EXPIRE", keys.together(article), keys.seconds(keys.LEDGER)) for article in articles]
        await self._client.writes([*commands, *lives])

    async def forget(self, place: Place, article: str) -> None:
        """It goes by itself."""
        await self._client.write("HDEL", keys.together(article), str(place))

    async def together(self, place: Place, article: str) -> tuple[str, ...]:
        """The articles of the post it is in, in their order; empty when it is alone there."""
        told = await self._client.read("HGET", keys.together(article), str(place))
        return tuple(json.loads(told)) if told else ()
