"""Leases: of several copies of the bot on one redis, which one works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.model import Lease
from bot.store import keys
from bot.store.connection import Client, Script

HOLD = Script(
    """
    -- KEYS: epoch, the leases. ARGV: holder, lifetime (ms), 1 to take them from whoever has them
    -- All of them or none. Answers "epoch holder" as the first lease says it now; the epoch is new unless the asker
    -- had all of them without a break. SET and not PEXPIRE: a redis that is full refuses it, and so is found out.
    local tail = ' ' .. ARGV[1]
    local mine = redis.call('GET', KEYS[2])
    for k = 2, #KEYS do
      local held = redis.call('GET', KEYS[k])
      if held and string.sub(held, -#tail) ~= tail and ARGV[3] ~= '1' then return held end
      if held ~= mine then mine = false end
    end
    if not mine or string.sub(mine, -#tail) ~= tail then mine = redis.call('INCR', KEYS[1]) .. tail end
    for k = 2, #KEYS do redis.call('SET', KEYS[k], mine, 'PX', ARGV[2]) end
    return mine
    """,
    repeatable=True,
)

RELEASE = Script(
    """
    -- KEYS: the leases. ARGV: holder
    local tail = ' ' .. ARGV[1]
    for k = 1, #KEYS do
      local held = redis.call('GET', KEYS[k])
      if held and string.sub(held, -#tail) == tail then redis.call('DEL', KEYS[k]) end
    end
    return 1
    """,
    repeatable=True,
)


@dataclass(slots=True)
class Fence:
    """The lease under which claims are made: they are refused once it is somebody else's. Without a token none is
    needed."""

    key: str = keys.lease("none")
    token: str = ""


class RedisLeases:
    """Leases over redis. What is held here fences the claims of the same store."""

    def __init__(self, client: Client, fence: Fence) -> None:
        self._client = client
        self._fence = fence

    async def hold(self, duties: Sequence[str], holder: str, lifetime: timedelta, *, force: bool = False) -> Lease:
        """Take or keep all of the duties, and say who has them now."""
        names = [keys.lease(duty) for duty in duties]
        arguments: list[str | int] = [holder, keys.milliseconds(lifetime), int(force)]
        token = str(await self._client.run(HOLD, [keys.EPOCH, *names], arguments))
        epoch, _, owner = token.partition(" ")
        if owner == holder:
            self._fence.key, self._fence.token = names[0], token
        return Lease(int(epoch), owner)

    async def release(self, duties: Sequence[str], holder: str) -> None:
        """Give back what the holder has."""
        await self._client.run(RELEASE, [keys.lease(duty) for duty in duties], [holder])
