"""The door to what a platform tells of its chats."""

from __future__ import annotations

from typing import Protocol

from bot.chats import FoundChat
from bot.model import Place


class Chats(Protocol):
    """Who administers which chat. One per platform. Raises a DeliveryError."""

    async def administers(self, person: str, place: Place) -> bool:
        """Whether a person is an administrator of a group or channel, as the platform sees it now."""
        ...

    async def find(self, name: str) -> FoundChat | None:
        """A group or channel by its @name or its number. None: there is none, or the bot can't see it."""
        ...
