"""Faults on demand: the ways in which a real network fails, each asked for by platform and method."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.state import Json

Platform = Literal["telegram", "vk", "news"]
_VK_TOO_MANY = 6
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    "<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


@dataclass(frozen=True, slots=True)
class TooMany:
    """Telegram's 429 with `retry_after` seconds; VK's error 6; of the newsroom a 429 with the header Retry-After."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Status:
    """A bare HTTP status with any body, instead of an answer."""

    code: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What a proxy says when the service behind it is away: a page where JSON was expected."""

    code: int = 502


@dataclass(frozen=True, slots=True)
class Body:
    """These bytes with status 200, whatever was asked for."""

    body: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Hang:
    """The request is taken, nothing is done, and no answer comes until the client goes."""


@dataclass(frozen=True, slots=True)
class AcceptThenHang:
    """The action is performed, but no answer comes until the client goes."""


@dataclass(frozen=True, slots=True)
class AcceptThenDrop:
    """The action is performed, then the connection is cut without an answer."""


@dataclass(frozen=True, slots=True)
class DropBefore:
    """The connection is cut before anything is done."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The action is performed, and half of the answer is sent before the connection is cut."""


class VkError:
    """One of VK's errors, with any further fields of it: `VkError(14, redirect_uri="https://…")`."""

    def __init__(self, code: int, message: str = "The sandbox was asked to fail", **fields: Json) -> None:
        self.code = code
        self.message = message
        self.fields = fields


@dataclass(frozen=True, slots=True)
class TelegramError:
    """One of Telegram's errors: the HTTP status, the description, and `parameters` such as migrate_to_chat_id."""

    code: int
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


Fault = (
    TooMany
    | Status
    | HtmlPage
    | Body
    | Hang
    | AcceptThenHang
    | AcceptThenDrop
    | DropBefore
    | Cut
    | VkError
    | TelegramError
)


@dataclass(slots=True)
class _Order:
    platform: Platform
    method: str
    fault: Fault
    times: int


class Faults:
    """The faults still to come. Each request takes the oldest that fits it."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def add(self, platform: Platform, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next `times` requests of that method ("*": of any method) fail so."""
        self._orders.append(_Order(platform, method, fault, times))

    def take(self, platform: Platform, method: str) -> Fault | None:
        """The fault for this request, used up by asking."""
        for order in self._orders:
            if order.platform == platform and order.method in ("*", method):
                order.times -= 1
                if order.times <= 0:
                    self._orders.remove(order)
                return order.fault
        return None

    def clear(self) -> None:
        """Forget all faults still to come."""
        self._orders.clear()

    def __len__(self) -> int:
        return sum(order.times for order in self._orders)


def telegram_error(code: int, description: str, parameters: Mapping[str, Any] | None = None) -> web.Response:
    """Telegram's form of an error."""
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = dict(parameters)
    return web.json_response(answer, status=code)


def vk_error(code: int, message: str, params: Mapping[str, Any], **fields: Json) -> web.Response:
    """VK's form of an error: HTTP 200, and the request's own parameters except the token (base_error of the schema)."""
    told = [{"key": key, "value": str(value)} for key, value in params.items() if key != "access_token"]
    return web.json_response({"error": {"error_code": code, "error_msg": message, **fields, "request_params": told}})


async def exchange(
    request: web.Request,
    fault: Fault | None,
    perform: Callable[[], Awaitable[web.StreamResponse]],
    refuse: Callable[[Fault], web.Response],
    closing: asyncio.Event,
) -> web.StreamResponse:
    """Answer a request, with the fault that was ordered for it. `closing` ends a hang when the sandbox closes."""
    match fault:
        case None:
            return await perform()
        case Hang():
            await closing.wait()
            return _drop(request)
        case AcceptThenHang():
            await perform()
            await closing.wait()
            return _drop(request)
        case DropBefore():
            return _drop(request)
        case AcceptThenDrop():
            await perform()
            return _drop(request)
        case Cut():
            return await _cut(request, await perform())
        case _:
            return _plain(fault) or refuse(fault)


def _plain(fault: Fault) -> web.Response | None:
    """The answers that look the same on every platform."""
    match fault:
        case Status(code, body):
            return web.Response(status=code, text=body)
        case HtmlPage(code):
            return web.Response(status=code, text=_BAD_GATEWAY, content_type="text/html")
        case Body(body, content_type):
            return web.Response(body=body, content_type=content_type)
        case _:
            return None


def refuse_as_telegram(fault: Fault) -> web.Response:
    """The fault in Telegram's words."""
    match fault:
        case TelegramError(code, description, parameters):
            return telegram_error(code, description, parameters)
        case TooMany(seconds):
            return telegram_error(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        case _:
            raise TypeError(f"{fault!r} is no fault of Telegram")


def refuse_as_vk(fault: Fault, params: Mapping[str, Any]) -> web.Response:
    """The fault in VK's words."""
    match fault:
        case VkError():
            return vk_error(fault.code, fault.message, params, **fault.fields)
        case TooMany():
            return vk_error(_VK_TOO_MANY, "Too many requests per second", params)
        case _:
            raise TypeError(f"{fault!r} is no fault of VK")


def refuse_as_news(fault: Fault) -> web.Response:
    """The fault as a web server says it."""
    match fault:
        case TooMany(seconds):
            return web.Response(status=429, headers={"Retry-After": str(seconds)})
        case _:
            raise TypeError(f"{fault!r} is no fault of a newsroom")


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    whole = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
    torn = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    torn.content_length = len(whole)
    await torn.prepare(request)
    await torn.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return torn
