"""Readers in tests: short ways to make one, and to ask who gets what."""

from __future__ import annotations

from bot.model import Place
from bot.readers import Reader, to_tags
from bot.store import Store
from bot.tags import fold


def a_reader(place: Place, language: str, *tags: str, active: bool = True) -> Reader:
    """Somebody who subscribed to tags."""
    return Reader(place, language, to_tags(tags), active=active)


async def who(store: Store, *tags: str) -> list[Place]:
    """Who gets an article with these tags."""
    found = {"tag": frozenset(map(fold, tags))}
    return [match.place for match in await store.subscriptions.matching(found)]
