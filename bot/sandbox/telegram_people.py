"""What people do on the sandbox's Telegram, as the updates a bot receives of it."""

from __future__ import annotations

from bot.sandbox.state import Chat, Key, Message, Run
from bot.sandbox.telegram_core import Args, TelegramState
from bot.sandbox.telegram_messages import show, text_content
from bot.sandbox.telegram_text import Formatted, finish


def say(state: TelegramState, chat: Chat, text: str, *, via_bot: bool = False) -> Message:
    """A person types in the private chat. Who had blocked the bot unblocks it by that. What begins with the bot's @name
    is asked inline, and nobody hears it; `via_bot`: it was chosen from the answer to that."""
    if chat.blocked:
        set_blocked(state, chat, blocked=False)
    chat.started = True
    now = state.world.now()
    done = finish(Formatted(text))
    raw: Args = {"message_id": chat.next_id(), "date": int(now.timestamp()), "chat": state.chat_json(chat)}
    raw |= {"from": state.person(chat)} | text_content(done)
    message = Message(raw["message_id"], "person", now, raw)
    show(message)
    chat.messages[message.id] = message
    name, _, query = text.partition(" ")
    if name.lower() == f"@{state.username}" and not via_bot:
        ask_inline(state, chat, query.strip())
        return message
    if via_bot:
        raw["via_bot"] = state.bot()
    state.updates.add("message", raw)
    return message


def offer(state: TelegramState, chat: Chat, results: list[Args]) -> None:
    """Show the answer to an inline query, as a list to choose from; only the person sees it."""
    rows = tuple(
        (Key(result["title"], "inline", result["input_message_content"]["message_text"]),) for result in results
    )
    words = "Выберите, что отправить:" if rows else "Ничего не нашлось."
    message = Message(chat.next_id(), "bot", state.world.now(), {}, (Run(words, italic=True),), keys=rows)
    chat.messages[message.id] = message


def press(state: TelegramState, chat: Chat, message: Message, key: Key) -> None:
    """A person presses a button: a callback query, or for a keyboard's button its text as a message."""
    if key.kind in ("text", "inline"):
        say(state, chat, key.value, via_bot=key.kind == "inline")
        return
    query_id = state.next_query()
    state.open_queries[query_id] = chat
    query: Args = {"id": query_id, "from": state.person(chat), "message": message.raw}
    state.updates.add("callback_query", query | {"chat_instance": str(chat.id), "data": key.value})


def ask_inline(state: TelegramState, chat: Chat, query: str, offset: str = "") -> str:
    """A person types @bot and a query in any chat. Returns the query's id."""
    query_id = state.next_query()
    state.open_queries[query_id] = chat
    state.updates.add(
        "inline_query",
        {"id": query_id, "from": state.person(chat), "query": query, "offset": offset, "chat_type": "sender"},
    )
    return query_id


def set_blocked(state: TelegramState, chat: Chat, *, blocked: bool) -> None:
    """A person blocks the bot, or takes it back."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    inside: Args = {"status": "member", "user": state.bot()}
    outside: Args = {"status": "kicked", "user": state.bot(), "until_date": 0}
    old, new = (inside, outside) if blocked else (outside, inside)
    state.updates.add(
        "my_chat_member",
        {
            "chat": state.chat_json(chat),
            "from": state.person(chat),
            "date": int(state.world.now().timestamp()),
            "old_chat_member": old,
            "new_chat_member": new,
        },
    )
