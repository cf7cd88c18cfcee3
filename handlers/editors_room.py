"""Shows drafts to the editors: the very post, and under it the card with its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

import structlog

from bot.errors import DeliveryError, OutcomeUnknown
from bot.model import Place, Platform, Post
from bot.ports import Clock, Publisher, Subscriptions, Threads
from bot.readers import Reader
from bot.render import reply_for
from bot.render.preview import shown
from bot.roles import Grant, Rights, Role
from bot.talk import Command, Heard
from bot.wishes import Entry
from handlers import queue_cards as cards
from handlers.authority import Authority
from handlers.hearing import Asked
from handlers.texts import Texts

log = structlog.get_logger(__name__)


class EditorsRoom:
    """The port `Showing`. Drafts come into the editors' chats; without any, to each editor of the channel."""

    def __init__(
        self,
        *,
        publishers: Mapping[Platform, Publisher],
        authority: Authority,
        subscriptions: Subscriptions,
        threads: Threads,
        texts: Texts,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._publishers = publishers
        self._authority = authority
        self._subscriptions = subscriptions
        self._threads = threads
        self._texts = texts
        self._clock = clock
        self._zone = zone

    async def show(self, entry: Entry, post: Post) -> bool:
        """False: it reached nobody."""
        places = [place for place in await self._places(entry) if place.platform in self._publishers]
        return any([await self._show(entry, post, place) for place in places])

    async def _places(self, entry: Entry) -> list[Place]:
        channel = (Role.EDITOR, entry.channel, entry.place.platform)
        return self._authority.offices() or await self._authority.people(*channel)

    async def _show(self, entry: Entry, post: Post, place: Place) -> bool:
        reader = await self._subscriptions.reader(place)
        say = self._texts(reader.language if reader else None)
        private = place.chat.isdecimal() and place.platform is Platform.TELEGRAM
        event = f"draft {entry.channel} {entry.article.key} {entry.wish.revision}"
        heard = Heard(place, place.chat, "", event, private=private)
        rights = Rights((Grant(f"{place.platform}:0", Role.EDITOR),))  # who presses a button is asked then
        asked = Asked(
            command=Command("queue"),
            heard=heard,
            reader=reader or Reader(place, say.language),
            admin=True,
            say=say,
            now=self._clock.now(),
            zone=self._zone,
            rights=rights,
        )
        reply = cards.card(entry, asked)
        for one in (*shown(post, place, event=event), *reply_for(reply, heard)):
            try:
                receipt = await self._publishers[place.platform].publish(one)
            except OutcomeUnknown:
                continue  # it may be there; `/approve` lists all drafts in any case
            except DeliveryError as error:
                log.warning("draft_not_shown", platform=str(place.platform), reason=type(error).__name__)
                return False
            await self._threads.tie(place, receipt.message_id, reply.about or "")
        return True
