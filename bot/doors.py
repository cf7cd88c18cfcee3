"""The platforms that are switched on, and what each of them can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.telegram import Telegram
from bot.channels.telegram_chats import TelegramChats
from bot.channels.vk import Vk
from bot.model import Platform
from bot.ports import Chats, LinkCards, Publisher


@dataclass(frozen=True, slots=True)
class Doors:
    """A platform that is off is None. `cards`: looks at link cards."""

    telegram: Telegram | None
    vk: Vk | None
    cards: LinkCards | None = None

    @property
    def publishers(self) -> Mapping[Platform, Publisher]:
        """By platform."""
        doors: dict[Platform, Publisher | None] = {Platform.TELEGRAM: self.telegram, Platform.VK: self.vk}
        return {platform: door for platform, door in doors.items() if door is not None}

    @property
    def chats(self) -> Mapping[Platform, Chats]:
        """What each platform tells of its chats."""
        doors: dict[Platform, Chats | None] = {
            Platform.TELEGRAM: TelegramChats(self.telegram) if self.telegram is not None else None,
            Platform.VK: self.vk.chats if self.vk is not None else None,
        }
        return {platform: door for platform, door in doors.items() if door is not None}
