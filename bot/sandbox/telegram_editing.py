"""The methods of Telegram that change what stands in a chat, and answer what people press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.sandbox import telegram_people
from bot.sandbox.state import Chat, Message
from bot.sandbox.telegram_core import Args, TelegramState, bad_request
from bot.sandbox.telegram_messages import (
    find_message,
    finished_caption,
    finished_text,
    link_card,
    read_keyboard,
    read_text,
    show,
    text_content,
)
from bot.sandbox.telegram_sending import Method

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_MAX_NOTICE, _MAX_INLINE, _MAX_NEXT_OFFSET = 200, 50, 64
_DELETABLE = timedelta(hours=48)
_FORGETTING = ("text", "entities", "caption", "caption_entities", "reply_markup", "link_preview_options")


def edit_text(state: TelegramState, args: Args) -> Args:
    """editMessageText. A keyboard that is not sent again goes."""
    formatted = read_text(args, "text", "entities")
    message = _editable(state, args)
    if "text" not in message.raw:
        raise bad_request("there is no text in the message to edit")
    done = finished_text(formatted)
    content = text_content(done)
    if args.get("link_preview_options"):
        content["link_preview_options"] = args["link_preview_options"]
    _change(state, message, content, args)
    message.card = link_card(state, args, done)
    return message.raw


def edit_caption(state: TelegramState, args: Args) -> Args:
    """editMessageCaption."""
    formatted = read_text(args, "caption", "caption_entities")
    message = _editable(state, args)
    if "photo" not in message.raw and "document" not in message.raw:
        raise bad_request("there is no caption in the message to edit")
    _change(state, message, text_content(finished_caption(formatted), "caption", "caption_entities"), args)
    return message.raw


def edit_keyboard(state: TelegramState, args: Args) -> Args:
    """editMessageReplyMarkup; without one, the keyboard goes."""
    message = _editable(state, args)
    markup, keys = read_keyboard(args)
    if markup == message.raw.get("reply_markup"):
        raise bad_request(_SAME)
    message.raw.pop("reply_markup", None)
    if markup:
        message.raw["reply_markup"] = markup
    message.keys = keys
    state.world.touch()
    return message.raw


def _editable(state: TelegramState, args: Args) -> Message:
    """The message, when the bot may edit it: its own, not forwarded, and in a channel with the right to."""
    if "chat_id" not in args or "message_id" not in args:
        raise bad_request("message identifier is not specified")
    chat = state.reachable(args)
    message = find_message(chat, args["message_id"], "edit")
    has_right = chat.kind != "channel" or (chat.bot_status == "administrator" and (chat.can_post or chat.can_edit))
    others = chat.kind == "channel" and chat.can_edit
    if (message.sender != "bot" and not others) or "forward_origin" in message.raw or not has_right:
        raise bad_request("message can't be edited")
    return message


def _change(state: TelegramState, message: Message, content: Args, args: Args) -> None:
    markup, keys = read_keyboard(args)
    if markup:
        content["reply_markup"] = markup
    before = {key: message.raw[key] for key in _FORGETTING if key in message.raw}
    if before == content:
        raise bad_request(_SAME)
    for key in before:
        del message.raw[key]
    message.raw |= content | {"edit_date": int(state.world.now().timestamp())}
    message.keys, message.edited = keys, True
    show(message)
    state.world.touch()


def delete_message(state: TelegramState, args: Args) -> bool:
    """deleteMessage: for 48 hours."""
    chat = state.reachable(args)
    _delete(state, chat, find_message(chat, args["message_id"], "delete"))
    return True


def delete_messages(state: TelegramState, args: Args) -> bool:
    """deleteMessages: those that are not there are passed over."""
    chat = state.reachable(args)
    for message in [chat.messages[number] for number in args["message_ids"] if number in chat.messages]:
        _delete(state, chat, message)
    return True


def _delete(state: TelegramState, chat: Chat, message: Message) -> None:
    if chat.kind == "channel" and chat.bot_status != "administrator":
        raise bad_request("message can't be deleted")
    if state.world.now() - message.at > _DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message.id]
    state.world.touch()


def pin_message(state: TelegramState, args: Args) -> bool:
    """pinChatMessage."""
    chat = state.writable(args)
    chat.pinned = find_message(chat, args["message_id"], "pin").id
    return True


def answer_callback(state: TelegramState, args: Args) -> bool:
    """answerCallbackQuery: a short word on the person's screen."""
    chat = state.open_queries.pop(str(args["callback_query_id"]), None)
    if chat is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(args.get("text") or "") > _MAX_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    state.notices.append(_recorded(args))
    _notify(chat, args.get("text"))
    state.world.touch()
    return True


def _notify(chat: Chat, text: str | None) -> None:
    chat.notice = text or None


def answer_inline(state: TelegramState, args: Args) -> bool:
    """answerInlineQuery: kept in `inline_answers`, for tests to read."""
    chat = state.open_queries.pop(str(args["inline_query_id"]), None)
    if chat is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(args["results"]) > _MAX_INLINE:
        raise bad_request("RESULTS_TOO_MUCH")
    if len((args.get("next_offset") or "").encode()) > _MAX_NEXT_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    identifiers = [answer["id"] for answer in args["results"]]
    if len(set(identifiers)) != len(identifiers):
        raise bad_request("RESULT_ID_DUPLICATE")
    state.inline_answers.append(_recorded(args))
    telegram_people.offer(state, chat, [answer for answer in args["results"] if answer["type"] == "article"])
    state.world.touch()
    return True


def chat_action(state: TelegramState, args: Args) -> bool:
    """sendChatAction: kept in `actions`, for tests to read."""
    state.writable(args)
    state.actions.append(_recorded(args))
    return True


def _recorded(args: Args) -> dict[str, Any]:
    return {key: value for key, value in args.items() if key != "uploads"}


METHODS: dict[str, Method] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_keyboard,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_message,
    "answerCallbackQuery": answer_callback,
    "answerInlineQuery": answer_inline,
    "sendChatAction": chat_action,
}
