"""What is wrong with a bot's token and rights, as sentences that say what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.telegram_outcomes import Fault, is_private


def token_problem(fault: Fault) -> str:
    """Why `getMe` failed."""
    if fault.code in (401, 404):
        return "Telegram does not know this token. Copy it again from @BotFather into telegram.token."
    return f"Telegram can't be reached ({fault.words}). Check the network and telegram.api_base."


UNKNOWN_METHOD = 404
"""Telegram's answer to a method it does not have. A token it does not know gets the same, or a 401."""


def unseen_problem(fault: Fault, chat: str, username: str) -> str:
    """Why `getChat` failed; "" where the server has no such method, and a post will tell."""
    if fault.code == UNKNOWN_METHOD:
        return ""
    if fault.code not in (400, 403):
        return f"Telegram did not answer about {chat} ({fault.words}). Try again in a minute."
    if is_private(chat):
        return (
            f"Telegram: nobody with the id {chat} has written to @{username}. Open t.me/{username} there, press Start."
        )
    return f"Telegram: @{username} can't see {chat}. Check the name, then add the bot there as an administrator."


def rights_problem(member: Mapping[str, Any] | Fault, chat: str, kind: str, username: str) -> str | None:
    """What keeps a member (ChatMember) from posting in a chat of this kind (Chat.type); None: nothing."""
    if isinstance(member, Fault) and member.code == UNKNOWN_METHOD:
        return None
    if isinstance(member, Fault):
        return (
            f"Telegram: the rights of @{username} in {chat} can't be read ({member.words}). "
            "Make the bot an administrator there."
        )
    status = member.get("status")
    if status == "creator":
        return None
    if kind == "channel":
        return _channel_problem(member, chat, username)
    may_write = status in ("administrator", "member") or (status == "restricted" and member.get("can_send_messages"))
    if may_write:
        return None
    return f"Telegram: @{username} may not write in {chat}. Add the bot there and let it send messages."


def _channel_problem(member: Mapping[str, Any], chat: str, username: str) -> str | None:
    if member.get("status") != "administrator":
        return (
            f"Telegram: @{username} is not an administrator of {chat}. "
            "Open the channel, Administrators, add the bot and let it post messages."
        )
    if not member.get("can_post_messages"):
        return f"Telegram: @{username} may not post in {chat}. Open Administrators there and turn on “Post messages”."
    return None
