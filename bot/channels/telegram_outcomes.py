"""What Telegram's answers mean. Pure: values in, values out.

Descriptions are those of the Bot API server's source (tdlib/telegram-bot-api, Client.cpp) and are compared in lower
case by a part of them, since servers add prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import TelegramObject
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from bot.errors import Cause, DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Post, Receipt

UNREACHABLE_PAUSE = timedelta(seconds=15)
FLOOD_PAUSE = timedelta(seconds=30)
"""When a 429 does not say how long."""

_CODES: tuple[tuple[type[TelegramAPIError], int], ...] = (
    (TelegramRetryAfter, 429),
    (TelegramEntityTooLarge, 413),
    (TelegramMigrateToChat, 400),
    (TelegramBadRequest, 400),
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramServerError, 500),
)
_UNNAMED_REFUSAL = 499
"""A readable `ok: false` under a status aiogram has no class for: an answer, hence surely not sent."""

_NOT_FOUND = ("chat not found", "user not found", "peer_id_invalid")
_AWAY = (
    *("user_is_blocked", "input_user_deactivated", "user is deactivated"),
    *("message thread not found", "topic_closed", "topic_deleted"),
)
"""The reader is gone, or the topic that a group had chosen is deleted or closed to bots."""
_NO_RIGHT = (
    *_NOT_FOUND,
    "administrator rights",
    "not enough rights",
    "no write access",
    "chat_write_forbidden",
    "chat_admin_required",
)
_DONE_ALREADY = ("message is not modified", "message to delete not found")
_RETRY_WORDS = re.compile(r"retry after (\d+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call gave no result.

    `code` is Telegram's; None: no readable answer came. `unsent`: the request surely never left. `retry_after` in
    seconds. `raw`: a JSON answer that aiogram's models reject.
    """

    words: str
    code: int | None = None
    unsent: bool = False
    retry_after: float | None = None
    migrate_to: int | None = None
    raw: Mapping[str, Any] | None = field(default=None, repr=False)


def fault_of(error: Exception, secret: str = "") -> Fault:
    """Read an exception of aiogram or aiohttp; `secret` is taken out of the words, should a server echo it."""
    if isinstance(error, ClientDecodeError):
        return _unreadable(error.data, secret)
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
    if code is None and (isinstance(error, TelegramNetworkError) or not isinstance(error, TelegramAPIError)):
        cause = error.__cause__ or error
        # Only the name: the text of a transport error may hold the address, and the address holds the token.
        return Fault(type(cause).__name__, unsent=isinstance(cause, ClientConnectorError | ConnectionTimeoutError))
    words = str(error.message or "no reason given") if isinstance(error, TelegramAPIError) else ""
    words = _clean(words.rpartition("Original description: ")[2], secret)
    return Fault(
        words,
        code or _UNNAMED_REFUSAL,
        retry_after=_retry_after(error, words),
        migrate_to=error.migrate_to_chat_id if isinstance(error, TelegramMigrateToChat) else None,
    )


def _unreadable(answer: object, secret: str) -> Fault:
    """An answer that is no JSON, or JSON that aiogram's models reject; a refusal in it is still a refusal."""
    if not isinstance(answer, dict):
        return Fault("an unreadable answer")
    code = answer.get("error_code")
    if answer.get("ok") is not False or not isinstance(code, int):
        return Fault("an unreadable answer", raw=answer)
    words = _clean(str(answer.get("description")), secret)
    return Fault(words, code, retry_after=_said_pause(words))


def _clean(words: str, secret: str) -> str:
    return words.replace(secret, "<token>") if secret else words


def _retry_after(error: Exception, words: str) -> float | None:
    if isinstance(error, TelegramRetryAfter):
        return float(error.retry_after)
    return _said_pause(words)


def _said_pause(words: str) -> float | None:
    said = _RETRY_WORDS.search(words.lower())
    if said:
        return float(said[1])
    return FLOOD_PAUSE.total_seconds() if "too many requests" in words.lower() else None


def delivery_error(fault: Fault, chat: str = "") -> DeliveryError:
    """The reaction a fault needs. `chat`: where the call was meant for."""
    if fault.retry_after is not None:
        pause = timedelta(seconds=fault.retry_after)
        return TryLater(f"Telegram asks to wait: {fault.words}", after=pause, too_fast=True)
    if fault.unsent:
        words = f"Telegram can't be reached: {fault.words}"
        return TryLater(words, after=UNREACHABLE_PAUSE, cause=Cause.UNREACHABLE)
    if fault.code is None or fault.code >= 500:
        return OutcomeUnknown(f"no word from Telegram whether it was sent: {fault.words}")
    if fault.code in (401, 404):
        return Refused(f"Telegram does not know this token: {fault.words}", cause=Cause.TOKEN)
    if fault.code == 403 or names(fault, _AWAY) or (names(fault, _NOT_FOUND) and is_private(chat)):
        return Gone(f"Telegram: {fault.words}")
    return Refused(f"Telegram: {fault.words}", whole_place=names(fault, _NO_RIGHT))


def unchanged(post: Post, fault: Fault, at: datetime) -> Receipt | None:
    """An edit that would change nothing is done already, and so is the deletion of what is not there."""
    if fault.code != 400 or not names(fault, _DONE_ALREADY):
        return None
    message_id = str(post.params.get("message_id", ""))
    return Receipt(message_id, at, post_url(chat_of(post), message_id))


def receipt(post: Post, answer: object, at: datetime) -> Receipt | None:
    """The receipt in an answer (a model of aiogram or the JSON itself); None: it holds no word of what was sent.

    Methods that answer True give a receipt without a message id; an album gives that of its first message, with the
    others beside it.
    """
    if answer is None or answer == []:
        return None
    first, *rest = answer if isinstance(answer, list) else [answer]
    message_id = _part(first, "message_id")
    if message_id is None:
        return Receipt("", at)
    username = str(_part(_part(first, "chat"), "username") or "")
    others = tuple(str(number) for one in rest if (number := _part(one, "message_id")) is not None)
    return Receipt(str(message_id), at, post_url(chat_of(post), str(message_id), username), others=others)


def plain(answer: object) -> Mapping[str, Any] | Fault:
    """An object of Telegram as JSON, whether aiogram could read it or not: its models are strict, and may be newer or
    older than the server.
    """
    if isinstance(answer, Fault):
        raw = (answer.raw or {}).get("result")
        return raw if isinstance(raw, dict) else answer
    return answer.model_dump(mode="json", exclude_unset=True) if isinstance(answer, TelegramObject) else {}


def post_url(chat: str, message_id: str, username: str = "") -> str | None:
    """Where a person can see a message; None in private chats and basic groups, which have no addresses.

    https://core.telegram.org/api/links#message-links
    """
    if not message_id:
        return None
    if chat.startswith("@"):
        return f"https://t.me/{chat[1:]}/{message_id}"
    if chat.startswith("-") and username:
        return f"https://t.me/{username}/{message_id}"
    if chat.startswith("-100"):
        return f"https://t.me/c/{chat[4:]}/{message_id}"
    return None


def chat_of(post: Post) -> str:
    """Where a post is meant for; empty for calls without a chat."""
    return str(post.params.get("chat_id", ""))


def is_private(chat: str) -> bool:
    """A person's chat: people have positive ids, groups and channels negative ones or a name."""
    return chat.isdecimal()


def names(fault: Fault, phrases: tuple[str, ...]) -> bool:
    words = fault.words.lower()
    return any(phrase in words for phrase in phrases)


def _part(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
