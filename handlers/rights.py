"""Who may change what a group or a channel is subscribed to: its admins, asked about one by one and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.chats import FoundChat
from bot.model import Place, Platform
from bot.ports import Chats, Clock
from bot.talk import Heard

TRUSTED = timedelta(minutes=5)
"""How long an admin is taken for one where the platform tells of no change: it tells a bot that is an admin itself."""
DOUBTED = timedelta(seconds=20)
"""The same for who is none: a person who was just made an admin will not wait long."""
REMEMBERED = 5000
"""Chats; beyond that the one asked about longest ago is asked about anew."""

_Known = dict[str, tuple[bool, datetime]]


class Administrators:
    """Knows the admins of chats. Nothing of it is stored."""

    def __init__(self, chats: Mapping[Platform, Chats], clock: Clock) -> None:
        self._chats = chats
        self._clock = clock
        self._known: OrderedDict[Place, _Known] = OrderedDict()

    async def may_change(self, heard: Heard) -> bool:
        """Whether who spoke may change the chat they spoke in. Raises a DeliveryError when nobody can tell now."""
        return heard.private or heard.as_chat or await self.administers(heard.person, heard.place)

    async def administers(self, person: str, place: Place) -> bool:
        """Whether a person administers a group or channel. Raises a DeliveryError."""
        chat = whole(place)
        known = self._known.setdefault(chat, {})
        self._known.move_to_end(chat)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        now = self._clock.now()
        is_admin, until = known.get(person, (False, now))
        if until > now:
            return is_admin
        door = self._chats.get(chat.platform)
        is_admin = door is not None and await door.administers(person, chat)
        known[person] = (is_admin, now + (TRUSTED if is_admin else DOUBTED))
        return is_admin

    async def find(self, name: str, platform: Platform) -> FoundChat | None:
        """A group or channel that a person named. Raises a DeliveryError."""
        door = self._chats.get(platform)
        return await door.find(name) if door is not None else None

    def forget(self, place: Place) -> None:
        """Ask anew: something has changed there."""
        self._known.pop(whole(place), None)


def whole(place: Place) -> Place:
    """The chat of a topic."""
    return Place(place.platform, place.chat)
