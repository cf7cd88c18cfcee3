"""The methods of Telegram that put messages into chats."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from bot.sandbox.state import Chat, Message
from bot.sandbox.telegram_core import Args, TelegramState, bad_request
from bot.sandbox.telegram_messages import (
    find_file,
    find_message,
    finished_caption,
    finished_text,
    link_card,
    photo_sizes,
    put,
    read_keyboard,
    read_text,
    show,
    text_content,
)

Method = Callable[[TelegramState, Args], Any]
_ALBUM = range(2, 11)


def send_message(state: TelegramState, args: Args) -> Args:
    """sendMessage. Telegram reads the markup before it looks for the chat, and the text's rules after."""
    formatted = read_text(args, "text", "entities")
    if not formatted.text:
        raise bad_request("message text is empty")
    chat = state.writable(args)
    done = finished_text(formatted)
    keyboard = read_keyboard(args)
    content = text_content(done) | _reply(chat, args)
    if args.get("link_preview_options"):
        content["link_preview_options"] = args["link_preview_options"]
    message = put(state, chat, content, args, keyboard)
    message.card = link_card(state, args, done)
    return message.raw


def _reply(chat: Chat, args: Args) -> Args:
    """The message this one answers, when the request names one."""
    wanted = args.get("reply_parameters") or {}
    number = wanted.get("message_id", args.get("reply_to_message_id"))
    if number is None:
        return {}
    answered = chat.messages.get(int(number))
    if answered is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {key: value for key, value in answered.raw.items() if key != "reply_to_message"}}


def send_photo(state: TelegramState, args: Args) -> Args:
    """sendPhoto, with an address, a file_id or an upload."""
    formatted = read_text(args, "caption", "caption_entities")
    chat = state.writable(args)
    done = finished_caption(formatted)
    stored = find_file(state, args["photo"], args["uploads"], picture=True)
    content = {"photo": photo_sizes(stored)} | text_content(done, "caption", "caption_entities")
    if args.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    message = put(state, chat, content | _reply(chat, args), args, read_keyboard(args))
    message.photo = stored.url
    return message.raw


def send_document(state: TelegramState, args: Args) -> Args:
    """sendDocument."""
    formatted = read_text(args, "caption", "caption_entities")
    chat = state.writable(args)
    done = finished_caption(formatted)
    stored = find_file(state, args["document"], args["uploads"], picture=False)
    document = {"file_id": stored.file_id, "file_unique_id": stored.file_id[-12:], "mime_type": stored.content_type}
    content = {"document": document} | text_content(done, "caption", "caption_entities")
    return put(state, chat, content, args, read_keyboard(args)).raw


def send_media_group(state: TelegramState, args: Args) -> list[Args]:
    """sendMediaGroup, of photos."""
    chat = state.writable(args)
    media = args["media"]
    if len(media) not in _ALBUM:
        raise bad_request("media group must include 2-10 items")
    parts = []
    for part in media:
        done = finished_caption(read_text(part, "caption", "caption_entities"))
        parts.append((find_file(state, part["media"], args["uploads"], picture=True), done))
    album = str(13_000_000_000 + chat.last_id)
    sent = []
    for stored, done in parts:
        content = {"photo": photo_sizes(stored), "media_group_id": album} | _reply(chat, args)
        message = put(state, chat, content | text_content(done, "caption", "caption_entities"), args, (None, ()))
        message.photo = stored.url
        sent.append(message.raw)
    return sent


def forward_message(state: TelegramState, args: Args) -> Args:
    """forwardMessage: the whole message, with where it comes from."""
    message = _source(state, args, "forward")
    there = state.writable(args)
    content = _content(message) | {"forward_origin": _origin(state, state.chat(args["from_chat_id"]), message)}
    return _again(state, there, content, args, message).raw


def copy_message(state: TelegramState, args: Args) -> Args:
    """copyMessage: the content alone; the answer holds only the new number."""
    message = _source(state, args, "copy")
    there = state.writable(args)
    content = _content(message)
    if "caption" in args and "text" not in content:
        done = finished_caption(read_text(args, "caption", "caption_entities"))
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content |= text_content(done, "caption", "caption_entities")
    return {"message_id": _again(state, there, content, args, message).id}


def _source(state: TelegramState, args: Args, action: str) -> Message:
    origin = state.chat(args["from_chat_id"])
    message = find_message(origin, args["message_id"], action)
    if origin.protected or not _content(message):  # what has no content is a service message
        raise bad_request(f"message can't be {'copied' if action == 'copy' else 'forwarded'}")
    return message


def _content(message: Message) -> Args:
    kept = ("text", "entities", "caption", "caption_entities", "photo", "document", "link_preview_options")
    return {key: deepcopy(message.raw[key]) for key in kept if key in message.raw}


def _again(state: TelegramState, there: Chat, content: Args, args: Args, message: Message) -> Message:
    again = put(state, there, content, args, read_keyboard(args))
    again.card, again.photo = message.card, message.photo
    show(again)
    return again


def _origin(state: TelegramState, chat: Chat, message: Message) -> Args:
    if "forward_origin" in message.raw:
        return dict(message.raw["forward_origin"])
    date = message.raw["date"]
    if chat.kind == "channel":
        return {"type": "channel", "chat": state.chat_json(chat), "message_id": message.id, "date": date}
    return {"type": "user", "sender_user": message.raw["from"], "date": date}


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
}
