"""The sandbox's Telegram Bot API over HTTP: requests in every form Telegram takes, answers in Telegram's own."""

from __future__ import annotations

import asyncio
import json

import aiogram.methods
import aiohttp
from aiohttp import web
from pydantic import ValidationError

from bot.sandbox import telegram_about, telegram_editing, telegram_people, telegram_sending
from bot.sandbox.faults import Faults, exchange, refuse_as_telegram, telegram_error
from bot.sandbox.newsroom import Newsroom
from bot.sandbox.state import Call, Chat, Json, Key, Message
from bot.sandbox.telegram_core import Args, Refusal, TelegramState, bad_request
from bot.sandbox.telegram_updates import Conflict
from bot.sandbox.world import World

_METHODS = telegram_about.METHODS | telegram_sending.METHODS | telegram_editing.METHODS
_NAMES = {name.lower(): name for name in [*_METHODS, "getUpdates"]}
_MODELS = {
    name: model
    for name in _NAMES.values()
    if (model := getattr(aiogram.methods, name[0].upper() + name[1:], None)) is not None
}
_JSON_FIELDS = frozenset(
    {
        "allowed_updates",
        "button",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "media",
        "message_ids",
        "reply_markup",
        "reply_parameters",
        "results",
        "scope",
    }
)
_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "reply_markup": "object expected as reply markup",
    "entities": "can't parse MessageEntity: Object expected",
    "user_id": "invalid user_id specified",
}


class TelegramServer(TelegramState):
    """Telegram for one bot. Tests turn `limits`, and read `notices`, `actions` and `inline_answers`."""

    def __init__(self, world: World, faults: Faults, newsroom: Newsroom, closing: asyncio.Event, url: str) -> None:
        super().__init__(world, newsroom, url)
        self._faults = faults
        self._closing = closing
        world.networks["telegram"] = self

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.route("*", "/telegram/bot{token}/{method}", self._call),
            web.get("/telegram/file/{path:.+}", self._file),
        ]

    # What people do: the sandbox's own side of the network.

    def say(self, chat: Chat, text: str) -> Message:
        """A person types."""
        return telegram_people.say(self, chat, text)

    def press(self, chat: Chat, message: Message, key: Key) -> None:
        """A person presses a button."""
        telegram_people.press(self, chat, message, key)

    def block(self, chat: Chat) -> None:
        """A person blocks the bot."""
        telegram_people.set_blocked(self, chat, blocked=True)

    def unblock(self, chat: Chat) -> None:
        """A person takes the block back."""
        telegram_people.set_blocked(self, chat, blocked=False)

    def commands(self, chat: Chat) -> list[str]:
        """The commands of the person's menu."""
        return telegram_about.commands_for(self, chat)

    def inline(self, chat: str, query: str) -> str:
        """A person asks the bot inline, from any chat. Returns the query's id."""
        return telegram_people.ask_inline(self, self.world.chat(chat), query)

    async def deliver_to_webhook(self) -> None:
        """Send updates to the webhook, whenever there is one; runs until it is cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                called = await self.updates.deliver(session)
                if called is not None:
                    try:
                        await self.perform(str(called.pop("method")), called, {})
                    except Refusal:
                        # Telegram, too, tells nobody how a call in a webhook's answer went.
                        continue

    async def perform(self, name: str, params: Args, uploads: dict[str, bytes]) -> Json:
        """One method call. Raises Refusal."""
        method = _NAMES.get(name.lower())
        if method is None:
            raise Refusal(404, "Not Found")
        args = _validated(method, params)
        if method == "getUpdates":
            return await self._updates(args)
        return _METHODS[method](self, args | {"uploads": uploads})

    async def _updates(self, args: Args) -> list[Args]:
        try:
            return await self.updates.poll(
                offset=args.get("offset", 0),
                limit=args.get("limit", 100),
                seconds=args.get("timeout", 0),
                allowed=args.get("allowed_updates"),
            )
        except Conflict as conflict:
            raise Refusal(409, f"Conflict: {conflict}") from None

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = _NAMES.get(request.match_info["method"].lower(), request.match_info["method"])
        params, uploads = await _read(request)
        self.world.record(Call("telegram", method, params, self.world.now()))

        async def perform() -> web.Response:
            if request.match_info["token"] != self.token:
                return telegram_error(401, "Unauthorized")
            try:
                return web.json_response({"ok": True, "result": await self.perform(method, params, uploads)})
            except Refusal as refusal:
                return telegram_error(refusal.code, refusal.description, refusal.parameters)

        fault = self._faults.take("telegram", method)
        return await exchange(request, fault, perform, refuse_as_telegram, self._closing)

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.files.get(request.match_info["path"].rpartition("/")[2])
        if stored is None:
            return telegram_error(404, "Not Found")
        return web.Response(body=stored.body, content_type=stored.content_type)


async def _read(request: web.Request) -> tuple[Args, dict[str, bytes]]:
    """A request's parameters, from its query and its body (form, multipart or JSON), and its files."""
    params: Args = dict(request.query)
    uploads: dict[str, bytes] = {}
    if request.content_type == "application/json":
        sent = await request.json()
        return params | (sent if isinstance(sent, dict) else {}), uploads
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = value.file.read()
            if name in ("photo", "document"):
                params[name] = f"attach://{name}"
        else:
            params[name] = _decoded(name, value)
    return params, uploads


def _decoded(name: str, value: Json) -> Json:
    """A form's text as what it stands for; what can't be read stays text and is refused by the method's model."""
    if name not in _JSON_FIELDS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _validated(method: str, params: Args) -> Args:
    """The parameters as aiogram's model of the method reads them; only what was sent. Raises Refusal."""
    try:
        model = _MODELS[method].model_validate(params)
    except ValidationError as error:
        field = str(error.errors(include_url=False)[0]["loc"][0])
        raise bad_request(_MISSING.get(field, f"can't parse {field}")) from None
    dumped: Args = model.model_dump(exclude_unset=True, exclude_none=True)
    return dumped
