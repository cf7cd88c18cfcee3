"""How the sandbox's Telegram makes a message: text, keyboard, link card and file, each by Telegram's rules."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from bot.sandbox.runs import telegram_runs
from bot.sandbox.state import Card, Chat, Json, Key, Keys, Message
from bot.sandbox.telegram_core import Args, Refusal, StoredFile, TelegramState, bad_request
from bot.sandbox.telegram_markup import parse
from bot.sandbox.telegram_text import Formatted, TextError, check_link, finish

MAX_TEXT, MAX_CAPTION = 4096, 1024
_MAX_BUTTONS, _MAX_CALLBACK_BYTES = 100, 64
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def read_text(args: Args, name: str, entities: str) -> Formatted:
    """The text of a request with its markup, not yet held against the text's own limits. Raises Refusal."""
    text = args.get(name) or ""
    own = args.get(entities)
    try:
        return Formatted(text, list(own)) if own else parse(text, args.get("parse_mode"))
    except TextError as error:
        raise bad_request(str(error)) from None


def finished_text(formatted: Formatted) -> Formatted:
    """A message's text as it is stored. Raises Refusal when it is empty or too long."""
    if not formatted.text:
        raise bad_request("message text is empty")
    done = _finish(formatted)
    if not done.text:
        raise bad_request("text must be non-empty")
    if len(done.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return done


def finished_caption(formatted: Formatted) -> Formatted:
    """A caption as it is stored; it may be empty. Raises Refusal when it is too long."""
    done = _finish(formatted)
    if len(done.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return done


def _finish(formatted: Formatted) -> Formatted:
    try:
        return finish(formatted)
    except TextError as error:
        raise bad_request(str(error)) from None


def read_keyboard(args: Args) -> tuple[Args | None, Keys]:
    """The reply_markup as it is stored with a message (only an inline one is), and its buttons. Raises Refusal."""
    markup = args.get("reply_markup") or {}
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        if sum(map(len, rows)) > _MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        keys = tuple(tuple(_inline_key(button) for button in row) for row in rows)
        return ({"inline_keyboard": rows} if rows else None), keys
    if "keyboard" in markup:
        return None, tuple(
            tuple(Key(button["text"], "text", button["text"]) for button in row) for row in markup["keyboard"]
        )
    return None, ()


def _inline_key(button: Args) -> Key:
    label = button["text"]
    action = next((name for name in _ACTIONS if name in button), None)
    if not label:
        raise bad_request("can't parse inline keyboard button: Button text must be non-empty")
    if action is None:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if action == "url":
        link = button["url"] if button["url"].startswith("tg://") else check_link(button["url"])
        if link is None:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        return Key(label, "url", link)
    if action == "callback_data":
        if not 1 <= len(button["callback_data"].encode()) <= _MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return Key(label, "callback", button["callback_data"])
    return Key(label, "other", str(button[action]))


def link_card(state: TelegramState, args: Args, done: Formatted) -> Card | None:
    """The preview Telegram puts under a text: of the address asked for, else of the first in the text."""
    options = args.get("link_preview_options") or {}
    if options.get("is_disabled") or args.get("disable_web_page_preview"):
        return None
    units = done.text.encode("utf-16-le", "surrogatepass")
    addresses = [options["url"]] if options.get("url") else []
    for entity in done.entities:
        if entity["type"] == "text_link":
            addresses.append(entity["url"])
        elif entity["type"] == "url":
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            addresses.append(units[start:end].decode("utf-16-le"))
    return state.newsroom.card(addresses[0]) if addresses else None


def find_file(state: TelegramState, wanted: str, uploads: dict[str, bytes], *, picture: bool) -> StoredFile:
    """The file a request means: an upload, a file_id, or an address that Telegram loads itself. Raises Refusal."""
    if wanted in state.files:
        return state.files[wanted]
    if wanted.startswith("attach://"):
        body = uploads.get(wanted.removeprefix("attach://"))
        if body is None:
            raise bad_request("there is no photo in the request")
        return store_file(state, body, _content_type(body, picture=picture))
    if wanted.startswith(("http://", "https://")):
        loaded = state.newsroom.picture(wanted)
        if loaded is None:
            raise bad_request("failed to get HTTP URL content")
        return store_file(state, loaded[0], loaded[1], url=wanted)
    raise bad_request("wrong file identifier/HTTP URL specified")


def _content_type(body: bytes, *, picture: bool) -> str:
    found = next((kind for magic, kind in _MAGIC.items() if body.startswith(magic)), None)
    if found is None and picture:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return found or "application/octet-stream"


def store_file(state: TelegramState, body: bytes, content_type: str, url: str | None = None) -> StoredFile:
    """Keep a file; the same bytes are the same file."""
    file_id = f"AgAC{blake2b(body, digest_size=16).hexdigest()}"
    stored = StoredFile(file_id, body, content_type, url or f"{state.url}/file/{file_id}")
    return state.files.setdefault(file_id, stored)


def photo_sizes(stored: StoredFile) -> list[Args]:
    """A photo as PhotoSize objects. The sandbox does not measure pictures: all are as large as a link card's."""
    about = {"file_id": stored.file_id, "file_unique_id": stored.file_id[-12:], "file_size": len(stored.body)}
    return [{**about, "width": 1200, "height": 630}]


def put(state: TelegramState, chat: Chat, content: Args, args: Args, keyboard: tuple[Args | None, Keys]) -> Message:
    """Write the bot's message into a chat. `content` is what the raw message holds besides its head. Raises Refusal."""
    state.limits.check(chat, state.world)
    now = state.world.now()
    raw: Args = {"message_id": chat.next_id(), "date": int(now.timestamp()), "chat": state.chat_json(chat)}
    raw |= {"sender_chat": state.chat_json(chat)} if chat.kind == "channel" else {"from": state.bot()}
    if args.get("message_thread_id") is not None:
        raw |= {"message_thread_id": args["message_thread_id"], "is_topic_message": True}
    raw |= content
    markup, keys = keyboard
    if markup:
        raw["reply_markup"] = markup
    message = Message(raw["message_id"], "bot", now, raw, keys=keys)
    show(message)
    chat.messages[message.id] = message
    chat.notice = None
    state.world.touch()
    return message


def show(message: Message) -> None:
    """Draw the message's text anew from its raw form."""
    name, entities = ("text", "entities") if "text" in message.raw else ("caption", "caption_entities")
    message.runs = telegram_runs(message.raw.get(name, ""), message.raw.get(entities, []))


def text_content(done: Formatted, name: str = "text", entities: str = "entities") -> dict[str, Any]:
    """The text's part of a raw message."""
    if not done.text:
        return {}
    return {name: done.text, **({entities: done.entities} if done.entities else {})}


def find_message(chat: Chat, message_id: Json, action: str) -> Message:
    """A message by its number. Raises Refusal "message to <action> not found"."""
    message = chat.messages.get(int(message_id))
    if message is None:
        raise Refusal(400, f"Bad Request: message to {action} not found")
    return message
