"""The door to Telegram, over aiogram: sends posts, reads updates, checks rights. Its errors are ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar, cast

import structlog
from aiogram import Bot, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import GetChat, GetChatMember, GetMe, GetUpdates, SetMyCommands, TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
    BufferedInputFile,
    Update,
)
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientError, ClientTimeout
from pydantic import ValidationError

from bot.channels.deadlines import Deadlines, settled
from bot.channels.telegram_check import UNKNOWN_METHOD, rights_problem, token_problem, unseen_problem
from bot.channels.telegram_outcomes import (
    UNREACHABLE_PAUSE,
    Fault,
    chat_of,
    delivery_error,
    fault_of,
    plain,
    receipt,
    unchanged,
)
from bot.channels.telegram_pictures import PictureWays, addresses_of, no_pictures
from bot.channels.telegram_remedies import moved, remedy
from bot.errors import DeliveryError, OutcomeUnknown, Refused, SettingsError, TryLater
from bot.model import Place, Platform, Post, Receipt
from bot.ports import Cautions, Clock, Pictures

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
POLL_SECONDS = 25
_SCOPES: Mapping[str, BotCommandScopeUnion] = {
    "default": BotCommandScopeDefault(),
    "all_private_chats": BotCommandScopeAllPrivateChats(),
    "all_group_chats": BotCommandScopeAllGroupChats(),
    "all_chat_administrators": BotCommandScopeAllChatAdministrators(),
}
ALLOWED_UPDATES = (
    "message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "inline_query",
    "message_reaction_count",
)
"""What is asked of Telegram; it sends no `chat_member` and no reactions unless asked to."""
REMEDIES = 4
"""A post may be sent otherwise: moved to a supergroup, without its markup, its picture by the address, without it."""
# aiogram lets through UnicodeDecodeError and LookupError from odd bodies, and TypeError from a 5xx without words.
_CALL_ERRORS = (AiogramError, ClientError, OSError, ValueError, TypeError, LookupError)


class Telegram:
    """Publishes to, and listens to, Telegram as one bot. Use `open_telegram`."""

    def __init__(self, bot: Bot, *, clock: Clock, deadlines: Deadlines, pictures: PictureWays) -> None:
        self._bot = bot
        self._clock = clock
        self._deadlines = deadlines
        self._pictures = pictures
        self._username: str | None = None
        self._moves: dict[str, str] = {}

    async def publish(self, post: Post) -> Receipt:
        """Call `post.method` with `post.params`, once; raises a DeliveryError and nothing else.

        A picture is fetched here and uploaded; refused, it is sent by its address, and then `post.fallback` instead.
        Refused markup gives way to the bare text, and a group that became a supergroup is followed (then the receipt
        says where to); each of these was surely not sent before. A cancelled send is awaited to its end, see
        `settled`.
        """
        meant = chat_of(post)
        if meant in self._moves:
            post = moved(post, self._moves[meant])
        post = await self._pictures.prepared(post)
        answer = await self._send(post)
        for _ in range(REMEDIES):
            if isinstance(answer, Receipt):
                break
            better = remedy(post, answer)
            if better is None:
                break
            if better is post.fallback and not addresses_of(better) and "caption" not in answer.words:
                await self._pictures.given_up(post)
            where = f"telegram:{chat_of(better)}"
            log.warning("sending_otherwise", method=better.method, place=where, reason=answer.words)
            post = better
            answer = await self._send(post)
        there = chat_of(post)
        if there != meant:
            self._moves[meant] = there
        if isinstance(answer, Receipt):
            return answer if there == meant else replace(answer, moved_to=Place(Platform.TELEGRAM, there))
        raise self._error(answer, there)

    def follow(self, moves: Mapping[str, str]) -> None:
        """Chats that became supergroups, by their old ids: what is meant for the old one is sent to the new one."""
        self._moves.update(moves)

    async def _send(self, post: Post) -> Receipt | Fault:
        call = _method(post)
        answer = await settled(self._ask(call, self._deadlines.total), self._deadlines.grace)
        if isinstance(answer, Fault):
            done = unchanged(post, answer, self._clock.now())
            if done is not None:
                return done
            if answer.raw is None or answer.raw.get("ok") is not True:
                return answer
            answer = answer.raw.get("result")  # Telegram did send it; only aiogram could not read the message
        seen = receipt(post, answer, self._clock.now())
        if seen is None:
            raise OutcomeUnknown("Telegram answered without saying what was sent")
        return seen

    async def _ask(self, call: TelegramMethod[Result], total: float) -> Result | Fault:
        timeout = ClientTimeout(total=total, sock_connect=self._deadlines.connect)
        try:
            return await self._bot(call, request_timeout=cast("int", timeout))  # aiohttp takes either
        except _CALL_ERRORS as error:
            # Returned, not raised: what is raised later has no context, and with it no address and no token.
            return fault_of(error, self._bot.token)

    async def _read(self, call: TelegramMethod[Any]) -> Mapping[str, Any] | Fault:
        return plain(await self._ask(call, self._deadlines.total))

    @property
    def id(self) -> int:
        """The bot's own user id: the number before the colon of its token."""
        return self._bot.id

    async def ask(self, post: Post) -> Mapping[str, Any] | Fault:
        """What Telegram says to a call that is no delivery: its answer as JSON (an object; {} for True), or the fault.
        Raises Refused for a call that can't be made.
        """
        return await self._read(_method(post))

    def _error(self, fault: Fault, chat: str) -> DeliveryError:
        """A 404 speaks of the token only until getMe has worked with it; then it is the method that is not there."""
        if fault.code == UNKNOWN_METHOD and self._username is not None:
            return Refused(f"this Telegram server does not know the method: {fault.words}", whole_place=True)
        return delivery_error(fault, chat)

    async def me(self) -> str:
        """The bot's username, without the @. Asked once. Raises a DeliveryError."""
        if self._username is None:
            answer = await self._read(GetMe())
            if isinstance(answer, Fault):
                raise delivery_error(answer)
            self._username = str(answer.get("username") or "")
        return self._username

    async def check(self, targets: Sequence[Place] = ()) -> list[str]:
        """What stands in the way of posting to the targets: a sentence each, with what to do. Empty: nothing."""
        answer = await self._read(GetMe())
        if isinstance(answer, Fault):
            return [token_problem(answer)]
        self._username = str(answer.get("username") or "")
        problems = [await self._problem(place) for place in targets]
        return [problem for problem in problems if problem]

    async def _problem(self, place: Place) -> str | None:
        chat = await self._read(GetChat(chat_id=place.chat))
        if isinstance(chat, Fault):
            return unseen_problem(chat, place.chat, self._username or "")
        if chat.get("type") == "private":
            return None
        member = await self._read(GetChatMember(chat_id=place.chat, user_id=self._bot.id))
        return rights_problem(member, place.chat, str(chat.get("type")), self._username or "")

    async def updates(self, *, offset: int | None) -> list[Update]:
        """Wait up to POLL_SECONDS for updates from `offset` on; what is below `offset` is confirmed and forgotten.

        An update that aiogram can't read comes back empty but for its number, so that the offset can pass it. Raises
        TryLater (network, 5xx, another copy that polls) or Refused (the token, an active webhook).
        """
        call = GetUpdates(offset=offset, timeout=POLL_SECONDS, allowed_updates=list(ALLOWED_UPDATES))
        answer = await self._ask(call, POLL_SECONDS + self._deadlines.total)
        if not isinstance(answer, Fault):
            return answer
        raw = (answer.raw or {}).get("result")
        if isinstance(raw, list):
            return [update for one in raw if (update := self._readable(one))]
        raise _poll_error(answer)

    def _readable(self, raw: object) -> Update | None:
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError:
            number = raw.get("update_id") if isinstance(raw, dict) else None
            log.warning("unreadable_update", update_id=number)
            return Update(update_id=number) if isinstance(number, int) else None

    async def set_commands(
        self,
        commands: Mapping[str, str],
        *,
        language: str | None = None,
        chat: str | None = None,
        scope: str = "default",
    ) -> None:
        """Show these commands (name to description) in the menu: in a scope of Telegram's or one chat, to everyone or
        to speakers of a language (ISO 639-1). Raises a DeliveryError.
        """
        call = SetMyCommands(
            commands=[BotCommand(command=name, description=text) for name, text in commands.items()],
            scope=BotCommandScopeChat(chat_id=chat) if chat else _SCOPES[scope],
            language_code=language,
        )
        answer = await self._ask(call, self._deadlines.total)
        if isinstance(answer, Fault):
            raise self._error(answer, chat or "")


def _method(post: Post) -> TelegramMethod[Any]:
    """The aiogram model of a call. Raises Refused for an unknown method or parameters that don't fit."""
    model = getattr(methods, post.method[:1].upper() + post.method[1:], None)
    if not (isinstance(model, type) and issubclass(model, TelegramMethod)):
        raise Refused(f"there is no Telegram method {post.method!r}")
    problems: list[str] = []
    try:
        return model(**_uploading(post.params))
    except ValidationError as error:
        # Only where and why: the values are a reader's text.
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
    raise Refused(f"{post.method} can't be sent: {'; '.join(problems)}")


def _uploading(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters with a document's text, or a picture of our own, as the bytes to upload."""
    picture, file = params.get("photo"), params.get("document")
    if isinstance(picture, Mapping):
        return {**params, "photo": BufferedInputFile(picture["content"], str(picture["name"]))}
    if not isinstance(file, Mapping):
        return params
    upload = BufferedInputFile(str(file["text"]).encode("utf-8", "replace"), str(file["name"]))
    return {**params, "document": upload}


def _poll_error(fault: Fault) -> DeliveryError:
    if fault.code == 409 and "webhook" in fault.words.lower():
        return Refused('a webhook is set for this bot: remove it (deleteWebhook), or set mode = "webhook"')
    if fault.code == 409:
        return TryLater("another copy of this bot is reading its updates: stop one of them", after=UNREACHABLE_PAUSE)
    error = delivery_error(fault)
    # Reading confirms nothing, so an unknown end is only a delay.
    return TryLater(str(error), after=UNREACHABLE_PAUSE / 5) if isinstance(error, OutcomeUnknown) else error


@asynccontextmanager
async def open_telegram(
    token: str,
    api_base: str,
    *,
    clock: Clock,
    deadlines: Deadlines | None = None,
    pictures: Pictures = no_pictures,
    cautions: Cautions | None = None,
) -> AsyncIterator[Telegram]:
    """A Telegram for the length of the block; nothing is asked of the network yet. Raises SettingsError for a token
    that can't be one. `pictures` fetches what is uploaded; `cautions` remembers what was refused.
    """
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_base))
    bot = None
    try:
        bot = Bot(token, session=session)
    except TokenValidationError:
        pass  # said below, without the token
    if bot is None:
        raise SettingsError(["telegram.token: not a token; @BotFather gives one like 123456:ABC-DEF"])
    try:
        yield Telegram(
            bot,
            clock=clock,
            deadlines=deadlines or Deadlines(),
            pictures=PictureWays(pictures, cautions, clock),
        )
    finally:
        await session.close()
