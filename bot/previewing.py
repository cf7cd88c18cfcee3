"""What an article would look like on every channel, by the functions that post it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.assembly import channels_of
from bot.config import Settings
from bot.doors import Doors
from bot.errors import CommandError, SourceError
from bot.looks import Preview
from bot.model import Article
from bot.ports import Articles, LinkCards, Newsstand, Wishes
from bot.posting import looks_of
from bot.render import under
from bot.store import Store
from bot.wishes import NO_WISHES, NOTHING, Wish
from scheduler.follow_ups import FollowUps
from scheduler.selection import Channel
from scheduler.turns import why_not

AUTO = "auto"
"""A page is understood by itself."""


class Previewer:
    """Previews of articles. Without `cards` no page is looked at; without `follow_ups` no earlier post is known."""

    def __init__(
        self,
        settings: Settings,
        channels: Sequence[Channel],
        cards: LinkCards | None = None,
        follow_ups: FollowUps | None = None,
    ) -> None:
        self.channels = tuple(channels)
        self._look_at = looks_of(settings)
        self._cards = cards
        self._follow_ups = follow_ups

    async def of(self, article: Article, *, now: datetime, wishes: Mapping[str, Wish] = NO_WISHES) -> list[Preview]:
        """One for each channel, in the order of the settings; `wishes` of editors by the channels' names."""
        return [
            await self._preview(article, channel, wishes.get(channel.name, NOTHING), now) for channel in self.channels
        ]

    async def _preview(self, article: Article, channel: Channel, wish: Wish, now: datetime) -> Preview:
        look = self._look_at(article, channel, wish)
        above = await self._follow_ups.above(article, channel) if self._follow_ups is not None else None
        look = replace(look, post=under(look.post, above))
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
            above=above,
        )


class Previews:
    """The port of that name: `/preview`."""

    def __init__(self, previewer: Previewer, articles: Articles, wishes: Wishes, newsstand: Newsstand) -> None:
        self._previewer = previewer
        self._articles = articles
        self._wishes = wishes
        self._newsstand = newsstand

    async def of(self, name: str, *, now: datetime) -> list[Preview] | None:
        """See the port. A page that nobody has collected is read now. Raises CommandError, StoreError."""
        article = await self._articles.find(name) or await self._read(name)
        if article is None:
            return None
        names = [channel.name for channel in self._previewer.channels]
        wishes = {one: (await self._wishes.of(one, [article.key])).get(article.key, NOTHING) for one in names}
        return await self._previewer.of(article, now=now, wishes=wishes)

    async def _read(self, address: str) -> Article | None:
        if not address.startswith(("http://", "https://")):
            return None
        try:
            reading = await self._newsstand.study(address, AUTO)
        except SourceError as error:
            raise CommandError(str(error), say=error.say or str(error)) from error
        return reading.article  # as a draft from this link would be, with a lead that is only guessed


def previews_of(settings: Settings, store: Store, newsstand: Newsstand, doors: Doors) -> Previews:
    """For the channels of the settings."""
    follow_ups = FollowUps(store.articles, store.traces, store.ledger)
    previewer = Previewer(settings, channels_of(settings), doors.cards, follow_ups)
    return Previews(previewer, store.articles, store.wishes, newsstand)
