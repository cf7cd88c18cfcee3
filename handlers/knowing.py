"""What the bot knows by name: the catalogue of the archive, kept fresh, and looked up off the event loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.aliases import NO_ALIASES, Aliases
from bot.catalogue import Catalogue
from bot.names import Name
from bot.ports import Articles


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


def _guessed(catalogue: Catalogue, text: str) -> Found:
    forms = catalogue.inflected(text)
    if len(forms) == 1:
        return Found(forms[0])
    return Found(similar=tuple(forms[:3] or catalogue.similar(text)))
