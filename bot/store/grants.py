"""Rights given by owners, whose menus show them, and the log of what was done with them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from bot.roles import Deed, Grant, Role
from bot.store import keys
from bot.store.connection import Client
from bot.store.moments import to_text


class RedisGrants:
    """Grants and AuditLog over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def given(self) -> list[Grant]:
        """Those given with `/grant`, in order of the persons."""
        kept = await self._client.read("HGETALL", keys.GRANTS)
        return [Grant.parse(person, Role(role)) for person, role in sorted(kept.items())]

    async def give(self, grant: Grant) -> None:
        """Also in the place of another role of the same person for the same."""
        await self._client.write("HSET", keys.GRANTS, str(grant), grant.role.value)

    async def take(self, grant: Grant) -> bool:
        """False: it was not given here."""
        return bool(await self._client.write("HDEL", keys.GRANTS, str(grant)))

    async def with_menu(self) -> set[str]:
        """Whose private chats have, or may have, a menu by their rights."""
        return set(await self._client.read("SMEMBERS", keys.MENUS))

    async def menus_go_out(self, persons: Collection[str]) -> None:
        """They are about to get one."""
        if persons:
            await self._client.write("SADD", keys.MENUS, *persons)

    async def menu_taken_back(self, person: str) -> None:
        """They have a reader's menu again."""
        await self._client.write("SREM", keys.MENUS, person)

    async def record(self, deed: Deed) -> None:
        """Remember a deed for AUDIT; of very many only the last AUDIT_KEPT. Twice the same is once."""
        told = json.dumps(
            {"at": to_text(deed.at), "by": deed.by, "what": deed.what, "outcome": deed.outcome}, ensure_ascii=False
        )
        await self._client.writes(
            [
                ("LREM", keys.AUDIT, -1, told),
                ("RPUSH", keys.AUDIT, told),
                ("LTRIM", keys.AUDIT, -keys.AUDIT_KEPT, -1),
                ("EXPIRE", keys.AUDIT, keys.seconds(keys.AUDITED)),
            ]
        )

    async def deeds(self, limit: int) -> list[Deed]:
        """The last ones, the newest first."""
        told = [json.loads(line) for line in await self._client.read("LRANGE", keys.AUDIT, -limit, -1)]
        deeds = [Deed(datetime.fromisoformat(one["at"]), one["by"], one["what"], one["outcome"]) for one in told]
        return deeds[::-1]
