"""The sandbox's VK API over HTTP: forms in, JSON out, status 200 also for errors."""

from __future__ import annotations

import asyncio
from hashlib import blake2b

from aiohttp import web

from bot.sandbox import vk_about, vk_chats, vk_docs, vk_messages, vk_wall
from bot.sandbox.faults import Faults, exchange, refuse_as_vk, vk_error
from bot.sandbox.newsroom import Newsroom
from bot.sandbox.state import Call, Chat, Json, Key, Message
from bot.sandbox.vk_core import Args, VkRefusal, VkState
from bot.sandbox.vk_rules import RULES, ParameterError, read
from bot.sandbox.world import World

_METHODS = vk_about.METHODS | vk_wall.METHODS | vk_messages.METHODS | vk_chats.METHODS | vk_docs.METHODS
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif"}


class VkServer(VkState):
    """VK for one community. Tests turn `limits` and `longpoll`, and read `event_answers` and `postponed`."""

    def __init__(self, world: World, faults: Faults, newsroom: Newsroom, closing: asyncio.Event, url: str) -> None:
        super().__init__(world, newsroom, url)
        self._faults = faults
        self._closing = closing
        world.networks["vk"] = self

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.route("*", "/vk/method/{method}", self._call),
            web.get("/vk/longpoll/{group_id}", self._check),
            web.post("/vk/upload/{album}", self._upload),
            web.get("/vk/photo/{name}", self._photo),
        ]

    # What people do: the sandbox's own side of the network.

    def say(self, chat: Chat, text: str) -> Message:
        """A person writes to the community."""
        return vk_messages.say(self, chat, text)

    def press(self, chat: Chat, message: Message, key: Key) -> None:
        """A person presses a button."""
        vk_messages.press(self, chat, message, key)

    def block(self, chat: Chat) -> None:
        """A person forbids the community's messages."""
        vk_messages.set_allowed(self, chat, allowed=False)

    def unblock(self, chat: Chat) -> None:
        """A person allows the community's messages again."""
        vk_messages.set_allowed(self, chat, allowed=True)

    def commands(self, chat: Chat) -> list[str]:
        """What a person is offered to type: VK has no menu of commands, only the button that begins."""
        return [] if chat.messages else ["Начать"]

    def perform(self, method: str, sent: dict[str, str], token: str) -> Json:
        """One method call. Raises VkRefusal."""
        if method not in _METHODS:
            raise VkRefusal(3)
        version = _version(sent.get("v", ""))
        kind = self.key_kind(token)
        self.limits.check(kind, self.world.now())
        if kind not in RULES[method].keys:
            raise VkRefusal(27) if kind == "group" else VkRefusal(15, "method is unavailable with user auth")
        try:
            args = read(method, sent)
        except ParameterError as error:
            raise VkRefusal(100, str(error)) from None
        vk_wall.release(self)
        return _METHODS[method](self, args | {"kind": kind, "version": version})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        sent = {name: str(value) for name, value in {**request.query, **await request.post()}.items()}
        token = sent.get("access_token") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        params = {name: value for name, value in sent.items() if name != "access_token"}
        self.world.record(Call("vk", method, params, self.world.now()))
        told = {"method": method, "oauth": 1} | params

        async def perform() -> web.Response:
            try:
                return web.json_response({"response": self.perform(method, sent, token)})
            except VkRefusal as refusal:
                return vk_error(refusal.code, refusal.message, told)

        fault = self._faults.take("vk", method)
        return await exchange(request, fault, perform, lambda fault: refuse_as_vk(fault, told), self._closing)

    async def _check(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        vk_wall.release(self)

        async def perform() -> web.Response:
            wait = query.get("wait", "25")
            seconds = float(wait) if wait.isdigit() else 25.0
            return web.json_response(await self.longpoll.check(query.get("key", ""), query.get("ts", ""), seconds))

        fault = self._faults.take("vk", "longpoll")
        return await exchange(request, fault, perform, lambda fault: refuse_as_vk(fault, {}), self._closing)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.world.record(Call("vk", "upload", {"album": request.match_info["album"]}, self.world.now()))

        async def perform() -> web.Response:
            file = next((value for value in form.values() if isinstance(value, web.FileField)), None)
            body = file.file.read() if file else b""
            is_document = request.match_info["album"] == vk_docs.DOCS
            return web.json_response(self._document(body) if is_document else self._stored(body))

        fault = self._faults.take("vk", "upload")
        return await exchange(request, fault, perform, lambda fault: refuse_as_vk(fault, {}), self._closing)

    def _stored(self, body: bytes) -> Args:
        """An upload's answer; an empty list of photos says that the picture was not taken."""
        kind = next((kind for magic, kind in _PICTURES.items() if body.startswith(magic)), None)
        if kind is None:
            return {"server": 1, "photo": "[]", "hash": ""}
        name = blake2b(body, digest_size=12).hexdigest()
        self.uploads[name] = (body, kind)
        return {"server": 1, "photo": name, "hash": name[:16]}

    def _document(self, body: bytes) -> Args:
        """An upload's answer for a document; an empty one is refused."""
        if not body:
            return {"error": "no file", "error_descr": "file is empty"}
        name = blake2b(body, digest_size=12).hexdigest()
        self.uploads[name] = (body, "application/octet-stream")
        return {"file": name}

    async def _photo(self, request: web.Request) -> web.Response:
        stored = self.uploads.get(request.match_info["name"])
        if stored is None:
            return web.Response(status=404)
        return web.Response(body=stored[0], content_type=stored[1])


def _version(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split("."))
    except ValueError:
        raise VkRefusal(8, "v (version) is required") from None
