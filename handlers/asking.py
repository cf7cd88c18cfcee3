"""Asks the admins what only they can answer: in a private message to each, and in the log chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

import structlog

from bot.errors import DeliveryError, OutcomeUnknown
from bot.model import Place, Platform, digest
from bot.ports import Clock, Publisher, Subscriptions
from bot.render import reply_for
from bot.sightings import OpenDoubt
from bot.talk import Heard, Reply
from handlers.confirming import question
from handlers.texts import Texts, joined

log = structlog.get_logger(__name__)


class Asking:
    """The port `Questions`."""

    def __init__(
        self,
        *,
        publishers: Mapping[Platform, Publisher],
        admins: Mapping[Platform, frozenset[str]],
        log_chat: int | None,
        subscriptions: Subscriptions,
        texts: Texts,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._publishers = publishers
        self._admins = admins
        self._log_chat = log_chat
        self._subscriptions = subscriptions
        self._texts = texts
        self._clock = clock
        self._zone = zone

    async def ask(self, doubt: OpenDoubt) -> bool:
        """Tell every admin once. False: it reached nobody."""
        chats = [Place(platform, person) for platform in self._publishers for person in self._people(platform)]
        reached = [await self._tell(place, doubt) for place in chats]
        if self._log_chat is not None and Platform.TELEGRAM in self._publishers:
            await self._tell(Place(Platform.TELEGRAM, str(self._log_chat)), doubt, private=False)
        return any(reached) or not chats

    def _people(self, platform: Platform) -> list[str]:
        return sorted(self._admins.get(platform, ()))

    async def _tell(self, place: Place, doubt: OpenDoubt, *, private: bool = True) -> bool:
        """Whether it was sent, or may have been. Only in a private chat is it certain who presses a button."""
        reader = await self._subscriptions.reader(place)
        say = self._texts(reader.language if reader else None)
        reply = question(doubt, say, zone=self._zone, now=self._clock.now())
        if not private:
            reply = Reply(joined(reply.text, say.spans("doubt-where")))
        # The event names the message, so that VK drops a second copy of it.
        heard = Heard(place, place.chat, "", event=f"doubt:{digest(doubt.token)}", private=private)
        try:
            for post in reply_for(reply, heard):
                await self._publishers[place.platform].publish(post)
        except OutcomeUnknown:
            return True
        except DeliveryError as error:
            log.warning("question_not_delivered", platform=place.platform, reason=str(error))
            return False
        return True
