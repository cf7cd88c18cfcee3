"""Readers and their subscriptions, and the short names of tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.codec import reader_from_json, reader_to_json
from bot.errors import StoreReadOnly
from bot.model import Place, Platform
from bot.query import Facets
from bot.readers import Match, Reader
from bot.store import keys
from bot.store.audience import ACTIVE, standing_query
from bot.store.connection import Client
from bot.store.roster import Roster
from bot.store.sweep import forget_place

CHUNK = 500


class RedisSubscriptions:
    """Subscriptions and Labels over redis."""

    def __init__(self, client: Client, roster: Roster) -> None:
        self._client = client
        self._roster = roster

    async def reader(self, place: Place) -> Reader | None:
        """Who reads there, if anybody subscribed."""
        raw = await self._client.read("GET", keys.reader(place))
        return None if raw is None else reader_from_json(place, json.loads(raw))

    async def save(self, reader: Reader) -> None:
        """Keep a reader as given. Only active readers are in the audience."""
        if reader.place.thread is not None:
            await self._client.write("SADD", keys.topics(reader.place), str(reader.place))
        labels = {one.key: one.label for one in reversed(reader.subscriptions) if one.is_tag}
        await self._roster.save(reader.place, reader_to_json(reader), _standing(reader), labels)

    async def erase(self, place: Place) -> None:
        """Forget what they subscribed to. A tag that no other reader and no article has may be the reader's own words:
        its label goes too."""
        reader = await self.reader(place)
        if reader is None:
            return
        await self._roster.forget(place)
        audience = await self._roster.audience()
        own = [one.key for one in reader.subscriptions if one.is_tag and not audience.wanted(one.query)]
        known = await self._client.reads([("EXISTS", keys.tagged(key)) for key in own])
        gone = [keys.label(key) for key, there in zip(own, known, strict=True) if not there]
        if gone:
            await self._client.write("DEL", *gone)

    async def forget(self, place: Place) -> None:
        """Erase everything kept about a reader, also from the ledger and the marks. Slow: it looks at every key."""
        await self.erase(place)
        await self._client.writes([("ZREM", index, str(place)) for index in (keys.DORMANT, keys.AGENDA)])
        if place.thread is not None:
            await self._client.write("SREM", keys.topics(place), str(place))
        await forget_place(self._client, place)

    async def matching(self, found: Facets) -> list[Match]:
        """The active readers whose subscriptions match an article with these facets, each once, with those that do."""
        audience = await self._roster.audience()
        numbers = audience.matching(found)
        places = sorted(filter(None, map(audience.places.get, numbers)), key=str)
        matches: list[Match] = []
        for start in range(0, len(places), CHUNK):
            page = places[start : start + CHUNK]
            kept = await self._client.read("MGET", *(keys.reader(place) for place in page))
            for place, raw in zip(page, kept, strict=True):
                reader = reader_from_json(place, json.loads(raw)) if raw else None
                if reader is not None and reader.active and (wanting := reader.wanting(found)):
                    matches.append(Match(place, wanting))
        return matches

    async def topics(self, chat: Place) -> list[Place]:
        """The topics of a group that may have readers."""
        if keys.is_private(chat):
            return []
        return [Place.parse(text) for text in sorted(await self._client.read("SMEMBERS", keys.topics(chat)))]

    async def count(self) -> Mapping[str, int]:
        """Active readers by platform."""
        try:
            audience = await self._roster.audience()
        except StoreReadOnly:  # the index can't be made, and /status is asked for just then
            audience = await self._roster.as_recorded()
        return {platform.value: audience.active(platform) for platform in Platform}

    async def label(self, tag_id: str) -> str | None:
        """The tag behind a short name, as an article or else a reader writes it."""
        label: str | None = await self._client.read("GET", keys.label(tag_id))
        return label


def wishes_of(place: Place, record: Mapping[str, Any]) -> set[str]:
    """What a reader's record says of them in the index."""
    return _standing(reader_from_json(place, record))


def _standing(reader: Reader) -> set[str]:
    if not reader.active:
        return set()
    return {ACTIVE, *(standing_query(one.query, one.delivery) for one in reader.subscriptions)}
