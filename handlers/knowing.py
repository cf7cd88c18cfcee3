"""What the bot knows: the archive's names and its articles' words, kept fresh, looked up off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.aliases import NO_ALIASES, Aliases
from bot.catalogue import Catalogue
from bot.fulltext import Index
from bot.model import Article, digest
from bot.names import Name
from bot.ports import Articles

AT_ONCE = 200
MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may name: surely `name`, or one of `similar`, or nothing known."""

    name: Name | None = None
    similar: tuple[Name, ...] = ()


class Names:
    """The names of the archive. A new article is known by the next look-up."""

    def __init__(self, articles: Articles, aliases: Aliases = NO_ALIASES) -> None:
        self._articles = articles
        self._aliases = aliases
        self._catalogue = Catalogue(aliases=aliases)
        self._stamp: str | None = None
        self._reading = asyncio.Lock()

    async def catalogue(self) -> Catalogue:
        """All of them. Raises StoreError."""
        async with self._reading:
            stamp = await self._articles.stamp()
            if stamp != self._stamp:
                names = await self._articles.names()
                self._catalogue = await asyncio.to_thread(Catalogue, names, self._aliases)
                self._stamp = stamp
        return self._catalogue

    async def known(self, text: str) -> Name | None:
        """The name with this spelling, or that an alias stands for."""
        return (await self.catalogue()).find(text)

    async def look_up(self, text: str) -> Found:
        """By spelling, else by dictionary form, else by likeness."""
        catalogue = await self.catalogue()
        name = catalogue.find(text)
        return Found(name) if name else await asyncio.to_thread(_guessed, catalogue, text)


class Archive:
    """The words of all that readers may be shown. The first search reads them; later ones what came since."""

    def __init__(self, articles: Articles) -> None:
        self._articles = articles
        self._index = Index()
        self._remembered: dict[str, str] = {}
        self._busy = asyncio.Lock()

    async def search(self, words: str) -> list[str]:
        """The keys of the articles with all of these words, the newest first. Raises StoreError."""
        async with self._busy:
            newest = await self._articles.newest()
            missing = self._index.missing(newest)
            for start in range(0, len(missing), AT_ONCE):
                articles = await self._articles.several(missing[start : start + AT_ONCE])
                await asyncio.to_thread(self._index.add, articles)
            return await asyncio.to_thread(self._index.find, words, newest)

    async def newest(self) -> list[str]:
        """The keys of all of them, the newest first. Raises StoreError."""
        return await self._articles.newest()

    async def articles(self, keys: Sequence[str]) -> list[Article]:
        """Those that are still there, in the order given. Raises StoreError."""
        return await self._articles.several(keys)

    def remember(self, words: str) -> str:
        """A short name for words that don't fit into a button, until many others were remembered."""
        name = f"q:{digest(words)}"
        self._remembered[name] = words
        while len(self._remembered) > MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return name

    def recall(self, name: str) -> str | None:
        """The words behind a short name."""
        return self._remembered.get(name)


def _guessed(catalogue: Catalogue, text: str) -> Found:
    forms = catalogue.inflected(text)
    if len(forms) == 1:
        return Found(forms[0])
    return Found(similar=tuple(forms[:3] or catalogue.similar(text)))
