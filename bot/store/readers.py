"""Readers and their tags, and the short names of tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from bot.model import Place, Platform, Reader, digest
from bot.store import keys, scripts
from bot.store.connection import Client
from bot.store.sweep import forget_place
from bot.tags import fold, tag_id


class RedisSubscriptions:
    """Subscriptions and Labels over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reader(self, place: Place) -> Reader | None:
        """Who reads there, if anybody subscribed."""
        raw = await self._client.read("GET", keys.reader(place))
        if raw is None:
            return None
        kept = json.loads(raw)
        return Reader(place, kept["language"], tuple(kept["tags"]), kept["active"])

    async def save(self, reader: Reader) -> None:
        """Keep a reader as given. Only active readers are in an audience."""
        if reader.place.thread is not None:
            await self._client.write("SADD", keys.topics(reader.place), str(reader.place))
        labels = {tag_id(tag): tag for tag in reversed(reader.tags) if fold(tag)}
        kept = {
            "language": reader.language,
            "tags": reader.tags,
            "active": reader.active,
            "tag_ids": list(labels),
        }
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

    async def matching(self, terms: Iterable[str]) -> list[Place]:
        """The active readers who subscribed to any of the folded terms, each once."""
        audiences = [keys.audience(digest(term)) for term in dict.fromkeys(terms)]
        found = await self._client.read("SUNION", *audiences) if audiences else ()
        return [Place.parse(text) for text in sorted(found)]

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
