"""Asks now and then how often the short addresses of the last posts were opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from bot.errors import DeliveryError
from bot.model import Article, Place
from bot.ports import Articles, Clicks, Clock, Echoes, Posted, ShortLinks
from bot.statistics import Echo, Response
from scheduler.jobs import Jobs
from scheduler.selection import Channel

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
FOLLOWED = timedelta(days=7)
"""How long after a post its clicks are asked for; later ones are few."""


class Clicking:
    """`address`: the address of an article on a channel that a short one took the place of."""

    def __init__(
        self,
        channels: Sequence[Channel],
        address: Callable[[Article, Channel], str | None],
        *,
        asking: Clicks,
        links: ShortLinks,
        echoes: Echoes,
        posted: Posted,
        articles: Articles,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._channels = tuple(channels)
        self._address = address
        self._asking = asking
        self._links = links
        self._echoes = echoes
        self._posted = posted
        self._articles = articles
        self._jobs = jobs
        self._clock = clock

    async def run(self) -> None:
        """Ask for all of them, one after another, and again in an hour."""
        self._jobs.at("clicks", self._clock.now() + EVERY, self.run)
        for channel in self._channels:
            await self._count(channel)

    async def _count(self, channel: Channel) -> None:
        posted = await self._posted.posted(channel.place, since=self._clock.now() - FOLLOWED)
        articles = await self._articles.several([key for key, _ in posted])
        addressed = [(one, address) for one in articles if (address := self._address(one, channel)) is not None]
        keys = await self._links.keys_of([address for _, address in addressed])
        numbers = await self._echoes.numbers(channel.place, [one.key for one, _ in addressed])
        for key, number in zip(keys, numbers, strict=True):
            if key is not None and number is not None:
                await self._ask(channel.place, key, number)

    async def _ask(self, place: Place, key: str, number: str) -> None:
        """One that can't be told keeps no other from being counted."""
        try:
            count = await self._asking.clicks(key)
        except DeliveryError as error:
            log.warning("clicks_not_counted", key=key, reason=str(error))
        else:
            await self._echoes.note(place, Echo(place.platform, (place.chat,), number, Response.CLICKS, total=count))
