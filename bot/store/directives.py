"""What the admins decided about sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.sourcing import Directive
from bot.store import keys
from bot.store.connection import Answer, Client
from bot.store.group_commit import GroupCommit


class RedisDirectives:
    """Directives over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asking = GroupCommit()

    async def every(self) -> list[Directive]:
        """By name."""
        kept = await self._client.read("HGETALL", keys.DIRECTIVES)
        return [Directive(**json.loads(kept[name])) for name in sorted(kept)]

    async def about(self, name: str) -> Directive | None:
        """The one about a source. Asked of many at once, it is one question."""
        kept = await self._asking.say(name, self._about)
        return Directive(**json.loads(kept)) if kept is not None else None

    async def _about(self, asked: Sequence[str]) -> Sequence[Answer]:
        found: Sequence[Answer] = await self._client.read("HMGET", keys.DIRECTIVES, *asked)
        return found

    async def put(self, directive: Directive) -> None:
        """In the place of an earlier one about the same source."""
        await self._client.write(
            "HSET", keys.DIRECTIVES, directive.name, json.dumps(asdict(directive), ensure_ascii=False)
        )

    async def drop(self, name: str) -> None:
        """As if nothing had ever been decided."""
        await self._client.write("HDEL", keys.DIRECTIVES, name)
