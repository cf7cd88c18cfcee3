"""What happens in the groups and channels of the sandbox's Telegram, as the updates a bot receives of it."""

from __future__ import annotations

from bot.sandbox.state import Chat, Message
from bot.sandbox.telegram_core import Args, TelegramState
from bot.sandbox.telegram_messages import show, text_content
from bot.sandbox.telegram_text import Formatted, finish

ANONYMOUS: Args = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Who speaks in a group where an admin stays anonymous (core.telegram.org/bots/api#message, `from`)."""

REACTIONS = {"heart": "❤", "thumb": "👍", "fire": "🔥"}


def say(
    state: TelegramState, chat: Chat, person: Chat, text: str, *, thread: int | None = None, anonymous: bool = False
) -> Message:
    """A person types in a group, in one of its topics if it has them. `anonymous`: in the group's own name."""
    content: Args = text_content(finish(Formatted(text)))
    if thread is not None:
        content |= {"message_thread_id": thread, "is_topic_message": True}
    if anonymous:
        content |= {"from": ANONYMOUS, "sender_chat": state.chat_json(chat)}
    return _happened(state, chat, {"from": state.person(person), **content})


def press(state: TelegramState, chat: Chat, person: Chat, message: Message, sent: str) -> None:
    """A person presses a button under a message; a client that was tampered with sends whatever it likes."""
    query_id = state.next_query()
    state.open_queries[query_id] = chat
    query: Args = {"id": query_id, "from": state.person(person), "message": message.raw}
    state.updates.add("callback_query", query | {"chat_instance": str(chat.id), "data": sent})
    state.world.touch()


def promote(state: TelegramState, chat: Chat, person: Chat, *, is_admin: bool) -> None:
    """A person becomes an administrator, or no longer is one. A bot is told of it where it is an administrator."""
    before = state.member(chat, person)
    (chat.admins.add if is_admin else chat.admins.discard)(person.id)
    if chat.bot_status == "administrator":
        change = {"old_chat_member": before, "new_chat_member": state.member(chat, person)}
        state.updates.add("chat_member", _change(state, chat, person) | change)


def set_bot(state: TelegramState, chat: Chat, person: Chat, status: str) -> None:
    """A person adds the bot, removes it, or changes what it is there."""
    before = state.bot_member(chat)
    match status:
        case "administrator" | "member" | "left" | "kicked":
            chat.bot_status = status
    change = {"old_chat_member": before, "new_chat_member": state.bot_member(chat)}
    state.updates.add("my_chat_member", _change(state, chat, person) | change)


def upgrade(state: TelegramState, chat: Chat, person: Chat, number: int) -> Chat:
    """A group becomes a supergroup: another chat, with another number."""
    there = Chat("telegram", number, "supergroup", chat.title, bot_status=chat.bot_status, admins=set(chat.admins))
    state.world.add_chat(there)
    before = state.bot_member(chat)
    chat.moved_to, chat.bot_status = number, "left"
    _happened(state, chat, {"from": state.person(person), "migrate_to_chat_id": number})
    change = {"old_chat_member": before, "new_chat_member": state.bot_member(chat)}
    state.updates.add("my_chat_member", _change(state, chat, person) | change)
    _happened(state, there, {"from": state.person(person), "migrate_from_chat_id": chat.id})
    return there


def react(state: TelegramState, chat: Chat, message: Message, **counts: int) -> None:
    """People react to a post: how many there are by now of each kind, named by words such as `heart`."""
    now = {"chat": state.chat_json(chat), "message_id": message.id, "date": int(state.world.now().timestamp())}
    kinds = [
        {"type": {"type": "emoji", "emoji": REACTIONS[name]}, "total_count": count} for name, count in counts.items()
    ]
    state.updates.add("message_reaction_count", now | {"reactions": kinds})


def _change(state: TelegramState, chat: Chat, person: Chat) -> Args:
    date = int(state.world.now().timestamp())
    return {"chat": state.chat_json(chat), "from": state.person(person), "date": date}


def _happened(state: TelegramState, chat: Chat, content: Args) -> Message:
    now = state.world.now()
    raw: Args = {"message_id": chat.next_id(), "date": int(now.timestamp()), "chat": state.chat_json(chat)} | content
    message = Message(raw["message_id"], "person", now, raw)
    show(message)
    chat.messages[message.id] = message
    state.updates.add("message", raw)
    state.world.touch()
    return message
