"""What an article would look like on every channel, by the function that posts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.assembly import channels_of, looks_of
from bot.config import Settings
from bot.doors import Doors
from bot.errors import CommandError, DeliveryError, SourceError
from bot.lanes import Lanes
from bot.looks import Look, Preview
from bot.model import Article, Place, Platform
from bot.pacing import Lane
from bot.ports import Articles, LinkCards, Newsstand, Publisher
from bot.render import aimed
from bot.store import Store
from bot.wishes import NOTHING, Wish
from scheduler.selection import Channel
from scheduler.turns import why_not

AUTO = "auto"
"""A page is understood by itself."""


class Previewer:
    """Previews of articles. Without `cards` no page is looked at."""

    def __init__(self, settings: Settings, channels: Sequence[Channel], cards: LinkCards | None = None) -> None:
        self._channels = tuple(channels)
        self._look_at = looks_of(settings)
        self._cards = cards

    async def of(self, article: Article, *, now: datetime, wishes: Mapping[str, Wish] | None = None) -> list[Preview]:
        """One for each channel, in the order of the settings; `wishes` of editors by the channels' names."""
        return [await self._preview(article, channel, (wishes or {}).get(channel.name, NOTHING), now)
                for channel in self._channels]  # fmt: skip

    async def _preview(self, article: Article, channel: Channel, wish: Wish, now: datetime) -> Preview:
        look = self._look_at(article, channel, wish)
        address = look.post.extras.card if look.post.extras else None
        card = await self._cards(address) if address and self._cards is not None else None
        return Preview(
            channel.name,
            channel.place,
            look,
            slot=None if channel.timetable.at_once else channel.timetable.next_slot(now),
            not_here=None if wish.wanted else why_not(channel, article, now=now),
            card=card.problem if card is not None else None,
            card_seen=card is not None,
        )


class Previews:
    """The port of that name: `/preview`."""

    def __init__(
        self,
        previewer: Previewer,
        articles: Articles,
        newsstand: Newsstand,
        publishers: Mapping[Platform, Publisher],
    ) -> None:
        self._previewer = previewer
        self._articles = articles
        self._newsstand = newsstand
        self._publishers = publishers

    async def show(self, name: str, to: Place, *, now: datetime) -> list[Preview] | None:
        """See the port. A page that nobody has collected is read now. Raises CommandError, StoreError."""
        article = await self._articles.find(name) or await self._read(name)
        if article is None:
            return None
        previews = await self._previewer.of(article, now=now)
        for preview in previews:
            if preview.place.platform is to.platform is Platform.TELEGRAM:
                await self._send(preview.look, to)
        return previews

    async def _read(self, address: str) -> Article | None:
        if not address.startswith(("http://", "https://")):
            return None
        try:
            return await self._newsstand.page(address, AUTO)
        except SourceError as error:
            raise CommandError(str(error), say=error.say or str(error)) from error

    async def _send(self, look: Look, to: Place) -> None:
        try:
            await self._publishers[to.platform].publish(aimed(look.post, to))
        except DeliveryError as error:
            raise CommandError(str(error), say=str(error)) from error


def previews_of(settings: Settings, store: Store, newsstand: Newsstand, doors: Doors, lanes: Lanes) -> Previews:
    """For the channels of the settings."""
    previewer = Previewer(settings, channels_of(settings), doors.cards)
    return Previews(previewer, store.articles, newsstand, lanes[Lane.REPLY])
