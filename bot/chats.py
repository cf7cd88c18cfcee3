"""Chats as their platforms tell of them, beside the people who talk in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Place


class ChatKind(StrEnum):
    """What sort of chat it is: one person's, a group of any size, or a channel that only its admins write in."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class FoundChat:
    """A chat that somebody named. `may_post`: whether the bot may write there."""

    place: Place
    kind: ChatKind
    title: str
    may_post: bool
    username: str | None = None
