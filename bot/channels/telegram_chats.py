"""What Telegram tells of its chats: who administers them, and whether the bot may post there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.telegram import Telegram
from bot.channels.telegram_outcomes import UNREACHABLE_PAUSE, Fault, delivery_error
from bot.chats import ChatKind, FoundChat
from bot.errors import DeliveryError, OutcomeUnknown, TryLater
from bot.model import Place, Platform, Post

_ADMINS = frozenset({"creator", "administrator"})
_KINDS = {"group": ChatKind.GROUP, "supergroup": ChatKind.GROUP, "channel": ChatKind.CHANNEL}
_NOT_SEEN = frozenset({400, 403})
"""There is no such chat or person, or the bot is not let near."""


class TelegramChats:
    """The port `Chats` over the Bot API."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def administers(self, person: str, place: Place) -> bool:
        """By getChatMember. Of a chat that can't be seen nobody is an administrator."""
        member = await self._ask("getChatMember", chat_id=place.chat, user_id=int(person))
        return member is not None and member.get("status") in _ADMINS

    async def find(self, name: str) -> FoundChat | None:
        """By getChat, and what the bot is there by getChatMember."""
        chat = await self._ask("getChat", chat_id=name)
        kind = _KINDS.get(str(chat.get("type"))) if chat is not None else None
        if chat is None or kind is None:
            return None
        me = await self._ask("getChatMember", chat_id=chat["id"], user_id=self._telegram.id)
        place = Place(Platform.TELEGRAM, str(chat["id"]))
        title, username = str(chat.get("title") or name), chat.get("username")
        return FoundChat(place, kind, title, _may_post(kind, me or {}), str(username) if username else None)

    async def _ask(self, method: str, **params: Any) -> Mapping[str, Any] | None:  # noqa: ANN401 - JSON of any shape
        """The answer; None where nothing is to be seen. Raises a DeliveryError; asking changes nothing, so it may be
        asked again."""
        answer = await self._telegram.ask(Post(Platform.TELEGRAM, method, params))
        if not isinstance(answer, Fault):
            return answer
        if answer.code in _NOT_SEEN:
            return None
        raise _asked(delivery_error(answer))


def _may_post(kind: ChatKind, me: Mapping[str, Any]) -> bool:
    status = me.get("status")
    if kind is ChatKind.CHANNEL:
        return status == "creator" or (status == "administrator" and bool(me.get("can_post_messages")))
    return status in _ADMINS or status == "member" or (status == "restricted" and bool(me.get("can_send_messages")))


def _asked(error: DeliveryError) -> DeliveryError:
    return TryLater(str(error), after=UNREACHABLE_PAUSE) if isinstance(error, OutcomeUnknown) else error
