"""What networks tell of people's answers to posts → what came back. Anything odd, or about anything else, is None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.types import MessageReactionCountUpdated

from bot.model import Platform
from bot.statistics import Echo, Response

VK_EVENTS = ("like_add", "like_remove", "wall_repost")
"""The events to tick in the community's settings for the numbers; nothing else needs them."""
_LIKES = {"like_add": 1, "like_remove": -1}


def of_reactions(told: MessageReactionCountUpdated) -> Echo:
    """Telegram tells how many reactions of each kind a post has by now."""
    chats = (f"@{told.chat.username}",) if told.chat.username else ()
    total = sum(one.total_count for one in told.reactions)
    return Echo(Platform.TELEGRAM, (str(told.chat.id), *chats), str(told.message_id), Response.REACTIONS, total=total)


def of_vk(kind: object, said: Mapping[str, Any], event: str) -> Echo | None:
    """VK tells of each like, of each that is taken back, and of each repost: a post on another wall with ours in it."""
    if kind in _LIKES:
        if said.get("object_type") != "post":
            return None
        return _echo(said.get("object_owner_id"), said.get("object_id"), Response.LIKES, _LIKES[str(kind)], event)
    history = said.get("copy_history") if kind == "wall_repost" else None
    original = history[-1] if isinstance(history, list) and history else None
    if not isinstance(original, Mapping):
        return None
    return _echo(original.get("owner_id"), original.get("id"), Response.REPOSTS, 1, event)


def _echo(owner: object, number: object, response: Response, change: int, event: str) -> Echo | None:
    if not isinstance(owner, int) or not isinstance(number, int) or isinstance(number, bool):
        return None
    return Echo(Platform.VK, (str(owner),), str(number), response, change=change, event=event or None)
