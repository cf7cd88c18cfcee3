"""What the sandbox's Telegram remembers, and the rules every method shares: chats, rights, limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.sandbox.newsroom import Newsroom
from bot.sandbox.state import Chat, Json
from bot.sandbox.telegram_updates import Updates
from bot.sandbox.world import EDITOR_ID, World

Args = dict[str, Any]
BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:sandbox-telegram-key-for-tests-only"
RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Refusal(Exception):
    """An answer other than ok: the HTTP status, the description, and `parameters` such as retry_after."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}


def bad_request(what: str) -> Refusal:
    """A 400 in Telegram's manner."""
    return Refusal(400, f"Bad Request: {what}")


@dataclass(slots=True)
class Limits:
    """How many messages may be sent; None: as many as one likes. The 429 names the seconds until the window is over."""

    per_second: int | None = None
    per_chat_second: int | None = None
    per_group_minute: int | None = None
    _sent: dict[str, deque[Any]] = field(default_factory=dict)

    def check(self, chat: Chat, world: World) -> None:
        """Count one message. Raises Refusal 429 when it is one too many."""
        windows = [("*", self.per_second, _SECOND), (chat.name, self.per_chat_second, _SECOND)]
        if chat.kind != "private":
            windows.append((f"{chat.name}/minute", self.per_group_minute, _MINUTE))
        now = world.now()
        for name, allowed, window in windows:
            past = self._sent.setdefault(name, deque())
            while past and past[0] <= now - window:
                past.popleft()
            if allowed is not None and len(past) >= allowed:
                seconds = max(1, round((past[0] + window - now).total_seconds()))
                raise Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        for name, _, _ in windows:
            self._sent[name].append(now)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on Telegram's servers. `url` is where a person's screen loads it from."""

    file_id: str
    body: bytes
    content_type: str
    url: str


class TelegramState:
    """Everything Telegram keeps for one bot."""

    def __init__(self, world: World, newsroom: Newsroom, url: str) -> None:
        self.world = world
        self.newsroom = newsroom
        self.url = f"{url}/telegram"
        self.token = TOKEN
        self.username = "depeche_bot"
        self.updates = Updates()
        self.limits = Limits()
        self.files: dict[str, StoredFile] = {}
        self.command_lists: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.open_queries: dict[str, Chat] = {}
        self.notices: list[Args] = []
        self.inline_answers: list[Args] = []
        self.actions: list[Args] = []
        self._next_query = 0

    def next_query(self) -> str:
        """A fresh id for a pressed button or an inline query."""
        self._next_query += 1
        return str(4_000_000_000 + self._next_query)

    def chat(self, chat_id: Json) -> Chat:
        """The chat by number or @name. Raises Refusal when the bot has never heard of it."""
        text = str(chat_id).strip()
        if not text:
            raise bad_request("chat_id is empty")
        if text.startswith("@"):
            wanted = text[1:].lower()
            for chat in self.world.chats.values():
                if chat.platform == "telegram" and (chat.username or "").lower() == wanted and chat.kind != "private":
                    return chat
        found = self.world.chats.get(f"telegram:{text}")
        if found is None:
            raise bad_request("chat not found")
        return found

    def reachable(self, args: Args) -> Chat:
        """The chat, when the bot may read it and be in it. Raises Refusal."""
        chat = self.chat(args["chat_id"])
        if chat.kind == "private":
            if not chat.started:
                raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
            if chat.blocked:
                raise Refusal(403, "Forbidden: bot was blocked by the user")
        elif chat.moved_to is not None:
            upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, upgraded, {"migrate_to_chat_id": chat.moved_to})
        elif chat.bot_status == "kicked":
            raise Refusal(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        elif chat.bot_status == "left":
            raise Refusal(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
        return chat

    def writable(self, args: Args) -> Chat:
        """The chat, when the bot may post there now. Raises Refusal."""
        chat = self.reachable(args)
        if chat.kind == "channel" and (chat.bot_status != "administrator" or not chat.can_post):
            raise bad_request("need administrator rights in the channel chat")
        if chat.kind in ("group", "supergroup") and not chat.can_post:
            raise bad_request("not enough rights to send text messages to the chat")
        thread = args.get("message_thread_id")
        if thread is not None and thread not in chat.threads:
            raise bad_request("message thread not found")
        return chat

    def bot(self) -> Args:
        """The bot as a User."""
        return {"id": BOT_ID, "is_bot": True, "first_name": "Depeche", "username": self.username}

    @staticmethod
    def person(chat: Chat) -> Args:
        """The person of a private chat as a User."""
        user: Args = {"id": chat.id, "is_bot": False, "first_name": chat.title, "language_code": chat.language}
        return {**user, "username": chat.username} if chat.username else user

    @staticmethod
    def chat_json(chat: Chat) -> Args:
        """The chat as a Chat."""
        about: Args = {"id": chat.id, "type": chat.kind}
        if chat.username:
            about["username"] = chat.username
        about["first_name" if chat.kind == "private" else "title"] = chat.title
        if chat.threads:
            about["is_forum"] = True
        return about

    def member(self, chat: Chat, person: Chat) -> Args:
        """What a person is in a chat, as a ChatMember: the editor owns every channel and group."""
        user = self.person(person)
        if chat.kind != "private" and person.id == EDITOR_ID:
            return {"status": "creator", "user": user, "is_anonymous": False}
        if person.id in chat.admins:
            return {"status": "administrator", "user": user} | dict.fromkeys(RIGHTS, False) | {"can_manage_chat": True}
        return {"status": "member", "user": user}

    def bot_member(self, chat: Chat) -> Args:
        """The same of the bot itself."""
        member: Args = {"status": chat.bot_status, "user": self.bot()}
        if chat.kind == "private":
            return member | {"status": "member"}
        if chat.bot_status == "administrator":
            member |= dict.fromkeys(RIGHTS, False) | {"can_manage_chat": True}
            member |= {"can_post_messages": chat.can_post, "can_edit_messages": chat.can_edit}
        if chat.bot_status == "kicked":
            member["until_date"] = 0
        return member
