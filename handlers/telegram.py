"""A Telegram update as aiogram reads it → what was heard. Anything that nobody said to the bot is None."""

from __future__ import annotations

from dataclasses import replace

from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    InlineQuery,
    MaybeInaccessibleMessageUnion,
    Message,
    Update,
    User,
)

from bot.model import Place, Platform
from bot.talk import Heard
from handlers.echoing import of_reactions
from handlers.hearing import Event, Inquiry, Membership, Promotion, Relocation

_AWAY = {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}
_TALKING = {ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP}


def hear(update: Update) -> Event | None:
    """What a person typed or pressed, or what became of a chat; posts, edits and other service messages are None."""
    event = str(update.update_id)
    if update.message is not None:
        return _moved(update.message) or _typed(update.message, event)
    if update.inline_query is not None:
        return _inquired(update.inline_query)
    if update.callback_query is not None:
        return _pressed(update.callback_query, event)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, event)
    if update.chat_member is not None:
        return Promotion(_chat(update.chat_member.chat))
    if update.message_reaction_count is not None:
        return of_reactions(update.message_reaction_count)
    return None


def _inquired(query: InlineQuery) -> Inquiry:
    return Inquiry(
        query.id,
        str(query.from_user.id),
        query.query,
        query.offset,
        query.from_user.language_code,
        at_home=query.chat_type == "sender",
    )


def _moved(message: Message) -> Relocation | None:
    """Said in the old chat; the new one says the same again."""
    if message.migrate_to_chat_id is None:
        return None
    return Relocation(_chat(message.chat), Place(Platform.TELEGRAM, str(message.migrate_to_chat_id)))


def _typed(message: Message, event: str) -> Heard | None:
    """Bots are not answered, ours among them: two of them would talk for ever. An admin who stays anonymous speaks as
    the group, and Telegram puts a bot's name under it."""
    person = message.from_user
    text = _words(message)
    if not text or person is None or message.chat.type not in _TALKING:
        return None
    as_chat = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    if as_chat:
        heard = _heard(message.chat, person, text, event, thread=_thread(message))
        return replace(heard, person=str(message.chat.id), language=None, as_chat=True)
    shared = message.via_bot is not None and not text.startswith("/")
    if person.is_bot or shared:  # an article shared from an inline answer is not said to the bot
        return None
    heard = _heard(message.chat, person, text, event, thread=_thread(message))
    answered = message.reply_to_message
    return replace(
        heard,
        reply_to=str(answered.message_id) if answered is not None else None,
        forwarded=message.forward_origin is not None or bool(message.is_automatic_forward),
    )


def _words(message: Message) -> str | None:
    """What was typed; in private also what stands under a picture: a post of another channel that is passed on."""
    return message.text or (message.caption if message.chat.type == ChatType.PRIVATE else None)


def _pressed(query: CallbackQuery, event: str) -> Heard | None:
    """A press under a message in a chat; one under an inline result has no chat to answer in.

    A client can be made to send anything. What stands on no button of the message is a press without a text.
    """
    if query.message is None or not query.data or query.message.chat.type not in _TALKING:
        return None
    thread = _thread(query.message) if isinstance(query.message, Message) else None
    return _heard(
        query.message.chat,
        query.from_user,
        query.data if _stands_under(query.message, query.data) else "",
        event,
        thread=thread,
        pressed=str(query.message.message_id),
        callback=query.id,
    )


def _stands_under(message: MaybeInaccessibleMessageUnion, sent: str) -> bool:
    """Whether it is one of the message's buttons. Of a message too old to be shown nobody can tell."""
    if not isinstance(message, Message):
        return True
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else []
    return any(button.callback_data == sent for row in rows for button in row)


def _membership(change: ChatMemberUpdated, event: str) -> Membership:
    return Membership(_chat(change.chat), change.new_chat_member.status not in _AWAY, event)


def _chat(chat: Chat) -> Place:
    return Place(Platform.TELEGRAM, str(chat.id))


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
