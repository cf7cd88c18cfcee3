"""Finds out whether a post of unknown outcome stands in a Telegram chat.

A bot can't read a channel. What it can: forward a message by its number to a chat of its own, which shows text, links
and origin; and ask for a keyboard to be taken away that is not there, which tells whether a message is its own. Both
know an absent number by their words (tdlib/telegram-bot-api, Client.cpp; tdlib/td, MessagesManager.cpp).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

import structlog

from bot.channels.telegram import Telegram
from bot.channels.telegram_outcomes import UNREACHABLE_PAUSE, Fault, delivery_error, post_url
from bot.errors import OutcomeUnknown, TryLater
from bot.model import Platform, Post
from bot.sightings import Doubt, Seen, Sighting

log = structlog.get_logger(__name__)

HOLES = 10
"""How many numbers in a row may be missing before what stands behind them is no longer looked for: deleted messages,
service messages and the parts of albums leave holes."""
FARTHEST = 60
"""How many numbers are looked at in all."""
_MISSING = ("message to forward not found", "message to edit not found", "message_id_invalid")
_SERVICE = "message can't be forwarded"
"""Said of service messages, and of all messages of a chat with protected content."""
_NOT_MODIFIED = "message is not modified"
_NOT_OURS = "message can't be edited"


class _There(Enum):
    """What one number is, short of a message of ours."""

    NOTHING = "nothing"
    STRANGER = "stranger"


class _Closed(Exception):
    """This way of looking does not work here."""


class TelegramWitness:
    """Looks at the numbers after the last known one. `log_chat`: a private chat where messages may be forwarded to; the
    copies are deleted."""

    def __init__(self, telegram: Telegram, log_chat: int | None) -> None:
        self._telegram = telegram
        self._log_chat = log_chat

    async def look(self, doubt: Doubt) -> Sighting:
        """See the port `Witness`. Raises TryLater."""
        if doubt.after is None:
            return Sighting(
                again=False, why="no earlier post of this channel is known, so there is no number to begin at"
            )
        if self._log_chat is not None and not await self._protected(doubt):
            try:
                return await self._walk(doubt, doubt.after, by_forwarding=True)
            except _Closed as closed:
                log.warning("forwarding_to_the_log_chat_fails", place=str(doubt.slot.place), reason=str(closed))
        hindrance = await self._hindrance(doubt)
        if hindrance is not None:
            return Sighting(again=False, why=hindrance)
        return await self._walk(doubt, doubt.after, by_forwarding=False)

    async def _walk(self, doubt: Doubt, after: int, *, by_forwarding: bool) -> Sighting:
        """Number by number, until enough of them are missing. Raises _Closed or TryLater."""
        seen: list[Seen] = []
        holes = 0
        for number in range(after + 1, after + 1 + FARTHEST):
            if str(number) in doubt.known:
                holes = 0
                continue
            found = await (self._forwarded(doubt, number) if by_forwarding else self._edited(doubt, number))
            holes = holes + 1 if found is _There.NOTHING else 0
            if isinstance(found, Seen):
                seen.append(found)
            if holes == HOLES:
                return Sighting(tuple(seen), whole=True)
        return Sighting(tuple(seen), why=f"more than {FARTHEST} messages stand there since")

    async def _forwarded(self, doubt: Doubt, number: int) -> Seen | _There:
        chat = doubt.slot.place.chat
        params = {
            "chat_id": self._log_chat,
            "from_chat_id": chat,
            "message_id": number,
            "disable_notification": True,
        }
        answer = await self._telegram.ask(Post(Platform.TELEGRAM, "forwardMessage", params))
        if isinstance(answer, Fault):
            return _without_copy(answer)
        await self._delete(answer.get("message_id"))
        return _seen(answer, number, chat)

    async def _delete(self, copy: object) -> None:
        params = {"chat_id": self._log_chat, "message_id": copy}
        answer = await self._telegram.ask(Post(Platform.TELEGRAM, "deleteMessage", params))
        if isinstance(answer, Fault):
            log.warning("copy_left_in_the_log_chat", message_id=copy, reason=answer.words)

    async def _edited(self, doubt: Doubt, number: int) -> Seen | _There:
        """Asks for no keyboard where there is none: that changes nothing, and the answer tells whose message it is."""
        chat = doubt.slot.place.chat
        params = {"chat_id": chat, "message_id": number}
        answer = await self._telegram.ask(Post(Platform.TELEGRAM, "editMessageReplyMarkup", params))
        if not isinstance(answer, Fault):
            return _seen(answer, number, chat)  # ours, and it had a keyboard: not a post of this place
        words = answer.words.lower()
        if _NOT_MODIFIED in words:
            return Seen(str(number), url=post_url(chat, str(number)))
        if _NOT_OURS in words:
            return _There.STRANGER
        if answer.code == 400 and any(phrase in words for phrase in _MISSING):
            return _There.NOTHING
        raise _later(answer)

    async def _protected(self, doubt: Doubt) -> bool:
        about = await self._about("getChat", {"chat_id": doubt.slot.place.chat})
        return bool(about.get("has_protected_content"))

    async def _hindrance(self, doubt: Doubt) -> str | None:
        """Why the second way can't be trusted here, or None.

        In a group the bot also talks, so that a message of its own proves nothing. With the right to edit the messages
        of others it would take away their keyboards, and could not tell them from its own.
        """
        chat = doubt.slot.place.chat
        if "reply_markup" in doubt.post.params:
            return "the post has buttons, which looking would take away: set telegram.log_chat"
        about = await self._about("getChat", {"chat_id": chat})
        if about.get("type") != "channel":
            return "a group can be looked into only with telegram.log_chat"
        own = await self._about("getChatMember", {"chat_id": chat, "user_id": self._telegram.id})
        if own.get("status") != "administrator" or not own.get("can_post_messages"):
            return "the bot may not post there any more"
        if own.get("can_edit_messages"):
            return "a bot that may edit the posts of others can look only with telegram.log_chat"
        return None

    async def _about(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._telegram.ask(Post(Platform.TELEGRAM, method, params))
        if isinstance(answer, Fault):
            raise _later(answer)
        return answer


def _without_copy(fault: Fault) -> _There:
    """What a refusal to forward says. Raises _Closed, or TryLater for a failure that says nothing."""
    words = fault.words.lower()
    if fault.code == 400 and any(phrase in words for phrase in _MISSING):
        return _There.NOTHING
    if fault.code == 400 and _SERVICE in words:
        return _There.STRANGER
    if fault.code in (400, 403):
        raise _Closed(fault.words)
    raise _later(fault)


def _later(fault: Fault) -> TryLater:
    """Looking changes nothing, so every failure is only a delay."""
    error = delivery_error(fault)
    if isinstance(error, TryLater):
        return error
    pause = UNREACHABLE_PAUSE if isinstance(error, OutcomeUnknown) else timedelta(minutes=5)
    return TryLater(str(error), after=pause)


def _seen(message: Mapping[str, Any], number: int, chat: str) -> Seen:
    """A message as Telegram tells it, under its number at the place."""
    text = str(message.get("text") or message.get("caption") or "")
    entities = [*(message.get("entities") or ()), *(message.get("caption_entities") or ())]
    links = [str(entity["url"]) for entity in entities if entity.get("url")]
    preview = (message.get("link_preview_options") or {}).get("url")
    seen = (*([str(preview)] if preview else []), *links)
    return Seen(str(number), text, seen, post_url(chat, str(number)), picture=bool(message.get("photo")))
