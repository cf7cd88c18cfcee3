"""What the admins were told of problems, so that a restart does not tell it again."""

from __future__ import annotations

from bot.store import keys
from bot.store.connection import Client


class RedisAlerts:
    """Alerted over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def told(self, problem: str) -> str | None:
        """The sentence they were told last, or None: nothing yet, or longer ago than a week."""
        sentence: str | None = await self._client.read("GET", keys.alert(problem))
        return sentence

    async def remember(self, problem: str, sentence: str) -> None:
        """They are told this now."""
        await self._client.write("SET", keys.alert(problem), sentence, "EX", keys.seconds(keys.ALERT))

    async def forget(self, problem: str) -> None:
        """It is over."""
        await self._client.write("DEL", keys.alert(problem))
