"""Readers and their subscriptions, and the short names of tags."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.codec import reader_from_json, reader_to_json
from bot.model import Place, Platform, digest
from bot.query import Facets, Term, anchors, probes
from bot.readers import Match, Reader
from bot.store import keys, scripts
from bot.store.connection import Client
from bot.store.sweep import forget_place

CHUNK = 500


class RedisSubscriptions:
    """Subscriptions and Labels over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reader(self, place: Place) -> Reader | None:
        """Who reads there, if anybody subscribed."""
        raw = await self._client.read("GET", keys.reader(place))
        return None if raw is None else reader_from_json(place, json.loads(raw))

    async def save(self, reader: Reader) -> None:
        """Keep a reader as given. Only active readers are in an audience."""
        if reader.place.thread is not None:
            await self._client.write("SADD", keys.topics(reader.place), str(reader.place))
        audiences = sorted({digest(anchor) for one in reader.subscriptions for anchor in anchors(one.query)})
        labels = {one.key: one.label for one in reversed(reader.subscriptions) if _is_tag(one.query)}
        kept = reader_to_json(reader) | {"tag_ids": audiences}
        await self._client.run(
            scripts.SAVE_READER,
            [keys.reader(reader.place), keys.readers(reader.place.platform)],
            [
                str(reader.place),
                json.dumps(kept, ensure_ascii=False),
                1 if reader.active else 0,
                keys.audience(""),
                keys.label(""),
                keys.seconds(keys.KNOWN),
                len(audiences),
                *audiences,
                *(word for pair in labels.items() for word in pair),
            ],
        )

    async def forget(self, place: Place) -> None:
        """Erase everything kept about a reader, also from the ledger and the marks. Slow: it looks at every key."""
        await self._client.run(
            scripts.FORGET_READER,
            [keys.reader(place), keys.readers(place.platform)],
            [str(place), keys.audience(""), keys.label(""), keys.tagged("")],
        )
        if place.thread is not None:
            await self._client.write("SREM", keys.topics(place), str(place))
        await forget_place(self._client, place)

    async def matching(self, found: Facets) -> list[Match]:
        """The active readers whose subscriptions match an article with these facets, each once, with those that do.

        The audiences lead to candidates; each one's queries decide.
        """
        audiences = [keys.audience(digest(probe)) for probe in sorted(probes(found))]
        candidates = sorted(await self._client.read("SUNION", *audiences))
        matches: list[Match] = []
        for start in range(0, len(candidates), CHUNK):
            places = [Place.parse(text) for text in candidates[start : start + CHUNK]]
            kept = await self._client.read("MGET", *(keys.reader(place) for place in places))
            for place, raw in zip(places, kept, strict=True):
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
        platforms = list(Platform)
        sizes = await self._client.reads([("SCARD", keys.readers(platform)) for platform in platforms])
        return {platform.value: size for platform, size in zip(platforms, sizes, strict=True)}

    async def label(self, tag_id: str) -> str | None:
        """The tag behind a short name, as an article or else a reader writes it."""
        label: str | None = await self._client.read("GET", keys.label(tag_id))
        return label


def _is_tag(query: object) -> bool:
    return isinstance(query, Term) and query.field is None
