"""A Telegram update as aiogram reads it → what was heard. Anything that nobody said to the bot is None."""

from __future__ import annotations

from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.model import Heard, Place, Platform
from handlers.hearing import Membership

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""All that is read here: ask Telegram for no more."""
_AWAY = {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}
_TALKING = {ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP}


def hear(update: Update) -> Heard | Membership | None:
    """What a person typed or pressed, or a change of membership; posts, edits and service messages are None."""
    event = str(update.update_id)
    if update.message is not None:
        return _typed(update.message, event)
    if update.callback_query is not None:
        return _pressed(update.callback_query, event)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return None


def _typed(message: Message, event: str) -> Heard | None:
    """Bots are not answered, ours among them: two of them would talk for ever."""
    person = message.from_user
    if not message.text or person is None or person.is_bot or message.chat.type not in _TALKING:
        return None
    return _heard(message.chat, person, message.text, event, thread=_thread(message))


def _pressed(query: CallbackQuery, event: str) -> Heard | None:
    """A press under a message in a chat; one under an inline result has no chat to answer in."""
    if query.message is None or not query.data or query.message.chat.type not in _TALKING:
        return None
    thread = _thread(query.message) if isinstance(query.message, Message) else None
    return _heard(
        query.message.chat,
        query.from_user,
        query.data,
        event,
        thread=thread,
        pressed=str(query.message.message_id),
        callback=query.id,
    )


def _membership(change: ChatMemberUpdated) -> Membership | None:
    if change.chat.type not in _TALKING:
        return None
    return Membership(Place(Platform.TELEGRAM, str(change.chat.id)), change.new_chat_member.status not in _AWAY)


def _heard(
    chat: Chat,
    person: User,
    text: str,
    event: str,
    *,
    thread: int | None,
    pressed: str | None = None,
    callback: str | None = None,
) -> Heard:
    return Heard(
        place=Place(Platform.TELEGRAM, str(chat.id), thread),
        person=str(person.id),
        text=text,
        event=event,
        language=person.language_code,
        private=chat.type == ChatType.PRIVATE,
        pressed=pressed,
        callback=callback,
    )


def _thread(message: Message) -> int | None:
    """The topic of a forum; in a private chat a person is one reader, whatever the thread."""
    if message.is_topic_message and message.chat.type != ChatType.PRIVATE:
        return message.message_thread_id
    return None
