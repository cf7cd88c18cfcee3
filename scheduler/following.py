"""Counts who comes and who goes: the port `Subscriptions` over another; each reader is compared with how they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import tzinfo

import structlog

from bot.errors import StoreError
from bot.model import Place
from bot.ports import Clock, Followers, Subscriptions
from bot.query import Facets
from bot.readers import Match, Reader
from bot.statistics import UNKNOWN, Following

log = structlog.get_logger(__name__)


def change(before: Reader | None, after: Reader | None) -> Following:
    """What begins and ends. Who can't be reached follows nothing; a reader is whole who follows anything. A query is
    in a reader's own words: it is counted without a name."""
    were, are = Counter(_followed(before)), Counter(_followed(after))
    return Following(are - were, were - are)


class Counted(Subscriptions):
    """What it counts goes to `followers`. That it can't be counted stops nobody."""

    def __init__(self, subscriptions: Subscriptions, followers: Followers, clock: Clock, zone: tzinfo) -> None:
        self._inner = subscriptions
        self._followers = followers
        self._clock = clock
        self._zone = zone

    async def reader(self, place: Place) -> Reader | None:
        return await self._inner.reader(place)

    async def save(self, reader: Reader) -> None:
        before = await self._inner.reader(reader.place)
        await self._inner.save(reader)
        await self._count(before, reader)

    async def forget(self, place: Place) -> None:
        before = await self._inner.reader(place)
        await self._inner.forget(place)
        await self._count(before, None)

    async def erase(self, place: Place) -> None:
        before = await self._inner.reader(place)
        await self._inner.erase(place)
        await self._count(before, None)

    async def matching(self, found: Facets) -> list[Match]:
        return await self._inner.matching(found)

    async def topics(self, chat: Place) -> list[Place]:
        return await self._inner.topics(chat)

    async def count(self) -> Mapping[str, int]:
        return await self._inner.count()

    async def _count(self, before: Reader | None, after: Reader | None) -> None:
        changed = change(before, after)
        if not changed.gained and not changed.lost:
            return
        try:
            await self._followers.follow(self._clock.now().astimezone(self._zone).date(), changed)
        except StoreError as error:
            log.warning("followers_not_counted", error=str(error))


def _followed(reader: Reader | None) -> Iterable[str | None]:
    if reader is None or not reader.active or not reader.subscriptions:
        return ()
    return (None, *(one.key if one.is_tag else UNKNOWN for one in reader.subscriptions))
