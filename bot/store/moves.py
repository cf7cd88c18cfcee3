"""Chats that got a new address: a group that became a supergroup keeps its subscriptions, its marks and its ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.model import Place, SlotState
from bot.store import keys
from bot.store.connection import Argument, Client, scored
from bot.store.readers import RedisSubscriptions
from bot.store.sweep import pages

_BY_FIELD = frozenset({"ledger", "due", "amended"})
"""Rooms whose hashes have places as fields."""
_BY_NAME = frozenset({"plan", "held", "today", "deferred", "last_sent", "receipts", "posted", "seen", "mark", "once"})
"""Rooms whose keys have a place in their name."""
_Commands = list[Sequence[Argument]]


class RedisMoves:
    """Moves over redis."""

    def __init__(self, client: Client, subscriptions: RedisSubscriptions) -> None:
        self._client = client
        self._subscriptions = subscriptions

    async def known(self) -> Mapping[Place, Place]:
        """Where chats went, by their old addresses."""
        told = await self._client.read("HGETALL", keys.MOVED)
        return {Place.parse(old): Place.parse(new) for old, new in told.items()}

    async def remember(self, old: Place, new: Place) -> None:
        """Keep in mind where a chat went; what is kept of it stays under its old address."""
        await self._client.write("HSET", keys.MOVED, str(old), str(new))

    async def move(self, old: Place, new: Place) -> None:
        """Keep under the new address what is kept under the old one. What is there already wins, of subscriptions both
        stay.

        A slot that is being sent stays where it is until its end. Slow: it looks at every key. Twice is as once.
        """
        await self.remember(old, new)
        await self._move_reader(old, new)
        async for page in pages(self._client):
            changes: _Commands = []
            for key in page:
                changes += await self._changes(key, str(old), str(new))
            await self._client.writes(changes)
        await self._move_slots(str(old), str(new))

    async def _move_reader(self, old: Place, new: Place) -> None:
        reader, there = await self._subscriptions.reader(old), await self._subscriptions.reader(new)
        if reader is None:
            return
        both = [*reader.subscriptions, *(there.subscriptions if there else ())]
        last = {one.key: one for one in both}
        kept = dict.fromkeys(one.key for one in [*(there.subscriptions if there else ()), *reader.subscriptions])
        subscriptions = tuple(last[key] for key in kept)
        await self._subscriptions.save(replace(reader, place=new, subscriptions=subscriptions, active=True))
        await self._subscriptions.erase(old)

    async def _changes(self, key: str, old: str, new: str) -> _Commands:
        """What to do with one key."""
        room, _, rest = key.removeprefix(keys.PREFIX).partition(":")
        if room in _BY_FIELD:
            return await self._field(key, old, new)
        if room == "story":
            told = await self._client.read("LRANGE", key, 0, -1)
            return [("LSET", key, n, _renamed(word, old, new)) for n, word in enumerate(told) if _names(word, old)]
        renamed = re.sub(rf"(?<!\w){re.escape(old)}(?![\w:])", new, rest)
        return [("RENAMENX", key, f"{keys.PREFIX}{room}:{renamed}")] if room in _BY_NAME and renamed != rest else []

    async def _field(self, key: str, old: str, new: str) -> _Commands:
        word, there = await self._client.reads([("HGET", key, old), ("HGET", key, new)])
        if word is None or json.loads(word).get("state") == SlotState.CLAIMED:
            return []
        moved: _Commands = [] if there is not None else [("HSET", key, new, _renamed(word, old, new))]
        return [*moved, ("HDEL", key, old)]

    async def _move_slots(self, old: str, new: str) -> None:
        due = await self._client.read("ZSCORE", keys.AGENDA, old)
        if due is not None:
            await self._client.writes([("ZADD", keys.AGENDA, "LT", due, new), ("ZREM", keys.AGENDA, old)])
        for index in (keys.DEFERRED, keys.UNCONFIRMED):
            slots = scored(await self._client.read("ZRANGE", index, 0, -1, "WITHSCORES"))
            for slot, score in slots:
                article, _, place = slot.partition("@")
                if place == old:
                    add = ("ZADD", index, "NX", score, f"{article}@{new}")
                    await self._client.writes([add, ("ZREM", index, slot)])


def _names(word: str, place: str) -> bool:
    return bool(json.loads(word).get("place") == place)


def _renamed(word: str, old: str, new: str) -> str:
    """The same word said of the new place."""
    told = json.loads(word)
    if told.get("place") == old:
        told["place"] = new
    return json.dumps(told, ensure_ascii=False)
