"""The methods of Telegram that tell about the bot and its chats, its commands, its files and its webhook."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.state import Chat
from bot.sandbox.telegram_core import BOT_ID, Args, TelegramState, bad_request
from bot.sandbox.telegram_sending import Method
from bot.sandbox.world import EDITOR_ID

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAX_COMMANDS, _MAX_DESCRIPTION = 100, 256


def get_me(state: TelegramState, args: Args) -> Args:  # noqa: ARG001 - every method has the same form
    """getMe."""
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
    return state.bot() | abilities | {"can_connect_to_business": False, "has_main_web_app": False}


def get_chat(state: TelegramState, args: Args) -> Args:
    """getChat. A person who has never written is no chat to the bot."""
    chat = state.chat(args["chat_id"])
    if chat.kind == "private" and not chat.started:
        raise bad_request("chat not found")
    about = state.chat_json(chat) | {"accent_color_id": 0, "max_reaction_count": 11}
    about["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    if chat.protected:
        about["has_protected_content"] = True
    if chat.pinned in chat.messages:
        about["pinned_message"] = chat.messages[chat.pinned].raw
    return about


def get_member(state: TelegramState, args: Args) -> Args:
    """getChatMember."""
    chat, user_id = state.reachable(args), int(args["user_id"])
    if user_id == BOT_ID:
        return state.bot_member(chat)
    person = state.world.chats.get(f"telegram:{user_id}")
    if person is None:
        raise bad_request("user not found")
    return state.member(chat, person)


def get_administrators(state: TelegramState, args: Args) -> list[Args]:
    """getChatAdministrators. A channel's are shown to its administrators alone."""
    chat = state.reachable(args)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    if chat.kind == "channel" and chat.bot_status != "administrator":
        raise bad_request("member list is inaccessible")
    people = [state.world.chats[f"telegram:{number}"] for number in (EDITOR_ID, *sorted(chat.admins))]
    found = [state.member(chat, person) for person in people]
    return [*found, state.bot_member(chat)] if chat.bot_status == "administrator" else found


def set_commands(state: TelegramState, args: Args) -> bool:
    """setMyCommands."""
    if len(args["commands"]) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in args["commands"]:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.command_lists[_scope(state, args)] = args["commands"]
    state.world.touch()
    return True


def get_commands(state: TelegramState, args: Args) -> list[dict[str, str]]:
    """getMyCommands."""
    return state.command_lists.get(_scope(state, args), [])


def delete_commands(state: TelegramState, args: Args) -> bool:
    """deleteMyCommands."""
    state.command_lists.pop(_scope(state, args), None)
    state.world.touch()
    return True


def _scope(state: TelegramState, args: Args) -> tuple[str, str]:
    scope = args.get("scope") or {"type": "default"}
    name = scope["type"]
    if "chat_id" in scope:
        name = f"{name}:{state.chat(scope['chat_id']).id}"
    return name, args.get("language_code") or ""


def commands_for(state: TelegramState, chat: Chat) -> list[str]:
    """The commands a person's menu shows: the narrowest scope first, the person's language before none."""
    for scope in (f"chat:{chat.id}", "all_private_chats", "default"):
        for language in (chat.language, ""):
            if (scope, language) in state.command_lists:
                return [f"/{command['command'].removeprefix('/')}" for command in state.command_lists[scope, language]]
    return ["/start"]


def get_file(state: TelegramState, args: Args) -> Args:
    """getFile."""
    stored = state.files.get(args["file_id"])
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    about = {"file_id": stored.file_id, "file_unique_id": stored.file_id[-12:], "file_size": len(stored.body)}
    return about | {"file_path": f"photos/{stored.file_id}"}


def set_webhook(state: TelegramState, args: Args) -> bool:
    """setWebhook. Unlike Telegram, the sandbox also sends to http:// addresses: it never leaves this computer."""
    url, secret = args.get("url") or "", args.get("secret_token") or ""
    if url and not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    drop = bool(args.get("drop_pending_updates"))
    state.updates.set_webhook(url, secret=secret, allowed=args.get("allowed_updates"), drop=drop)
    return True


def delete_webhook(state: TelegramState, args: Args) -> bool:
    """deleteWebhook."""
    state.updates.set_webhook("", secret="", allowed=None, drop=bool(args.get("drop_pending_updates")))
    return True


def webhook_info(state: TelegramState, args: Args) -> dict[str, Any]:  # noqa: ARG001 - every method has the same form
    """getWebhookInfo."""
    updates = state.updates
    about: dict[str, Any] = {"url": updates.webhook, "has_custom_certificate": False}
    about["pending_update_count"] = len(updates.pending)
    if updates.last_error:
        about |= {"last_error_date": int(state.world.now().timestamp()), "last_error_message": updates.last_error}
    return about | ({"allowed_updates": updates.allowed} if updates.allowed else {})


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_administrators,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "getFile": get_file,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
