"""What posts leave behind: where they stand, what the platform told of them, when they were due, and since when the
article is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from bot.model import Place, Slot
from bot.sightings import Seen, Trace
from bot.store import keys
from bot.store.connection import Client, scored
from bot.store.moments import to_text
from bot.story import Due, Origin


class RedisTraces:
    """Traces and Origins over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def note(self, place: Place, seen: Seen) -> None:
        """Keep for SEEN what the platform told of a post: the word may come before anybody asks."""
        told = json.dumps(asdict(seen), ensure_ascii=False)
        key = keys.seen(place)
        await self._client.writes(
            [
                ("LREM", key, 0, told),
                ("RPUSH", key, told),
                ("LTRIM", key, -keys.SEEN_KEPT, -1),
                ("EXPIRE", key, keys.seconds(keys.SEEN)),
            ]
        )

    async def noted(self, place: Place) -> list[Seen]:
        """What was told of a place lately, the oldest first."""
        told = [json.loads(line) for line in await self._client.read("LRANGE", keys.seen(place), 0, -1)]
        return [Seen(one["message_id"], one["text"], tuple(one["links"]), one["url"]) for one in told]

    async def receipts(self, place: Place, limit: int = 200) -> list[tuple[int, str]]:
        """The numbers of the last posts at a public place, each with its article's key, the newest number first."""
        found = scored(await self._client.read("ZREVRANGE", keys.receipts(place), 0, limit - 1, "WITHSCORES"))
        return [(int(number), _article(member)) for member, number in found]

    async def article_at(self, place: Place, number: int) -> str | None:
        """The key of the article whose post has that number at a public place."""
        found = await self._client.read("ZRANGEBYSCORE", keys.receipts(place), number, number)
        return _article(found[0]) if found else None

    async def sending(self, slot: Slot, said: Trace) -> None:
        """Keep for SAID how a post that is about to be sent will be recognised."""
        key, told = keys.said(slot.article), json.dumps(asdict(said), ensure_ascii=False)
        await self._client.writes([("HSET", key, str(slot.place), told), ("EXPIRE", key, keys.seconds(keys.SAID))])

    async def said(self, slot: Slot) -> Trace | None:
        """How what was sent last, or may have been, is recognised."""
        told = await self._client.read("HGET", keys.said(slot.article), str(slot.place))
        return Trace(**json.loads(told)) if told else None

    async def set_due(self, article: str, due: Due) -> None:
        """An article is to go out at a place; the first word on it stays."""
        key = keys.due(article)
        told = json.dumps({"at": to_text(due.at), "why": due.why}, ensure_ascii=False)
        await self._client.writes([("HSETNX", key, str(due.place), told), ("EXPIRE", key, keys.seconds(keys.LEDGER))])

    async def dues(self, article: str) -> list[Due]:
        """When an article was to go out, place by place."""
        kept = await self._client.read("HGETALL", keys.due(article))
        told = [(Place.parse(place), json.loads(due)) for place, due in kept.items()]
        return [Due(place, datetime.fromisoformat(due["at"]), due["why"]) for place, due in told]

    async def origin(self, article: str) -> Origin | None:
        """When an article was collected and from where; None when it is no longer kept."""
        body = await self._client.read("GET", keys.article(article))
        kept = json.loads(body) if body else None
        return Origin(kept["source"], datetime.fromisoformat(kept["at"]), kept.get("same_as")) if kept else None


def _article(member: str) -> str:
    """The further messages of an album stand beside its first as `article#number`."""
    return member.partition("#")[0]
