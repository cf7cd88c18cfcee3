"""Who may ask the board for something, what a wish looks like, and how a refusal is worded.

The board belongs to the person at this computer: requests for another host name (DNS rebinding) and POSTs from another
page are refused. Every refusal is JSON with one sentence in the asker's language.
"""

from __future__ import annotations

import functools
import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

from aiohttp import hdrs, web
from yarl import URL

from bot.errors import DepecheError

TEXT_LIMIT = 4096
"""Characters a person may send at once: Telegram's limit, and VK's."""
BODY_LIMIT = 64 * 1024
"""Bytes of a POST: room for the longest text, however it is escaped."""

HEADERS = {
    "Content-Security-Policy": (
        # Pictures come from the news sites or from the sandbox's own newsroom on another port of this computer.
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Problem(Enum):
    """Why a request is refused: the HTTP status, and the sentence in Russian and English."""

    HOST = 403, "Откройте доску по адресу http://127.0.0.1.", "Open the board at http://127.0.0.1."
    ORIGIN = 403, "Писать может только сама доска.", "Only the board itself may write here."
    TYPE = 415, "Пришлите JSON: Content-Type: application/json.", "Send JSON: Content-Type: application/json."
    SIZE = 413, "Запрос слишком велик.", "The request is too large."
    JSON = 400, "Это не JSON-объект. Проверьте запрос.", "This is not a JSON object. Check the request."
    FIELDS = 400, "В запросе не хватает полей или они не того типа.", "A field is missing or of the wrong type."
    EMPTY = 400, "Напишите хоть слово.", "Write at least a word."
    LONG = 413, f"Сократите сообщение до {TEXT_LIMIT} символов.", f"Shorten the message to {TEXT_LIMIT} characters."
    CHAT = 404, "Такого чата нет. Обновите страницу.", "There is no such chat. Reload the page."
    BUTTON = 404, "Этой кнопки уже нет. Обновите страницу.", "This button is gone. Reload the page."
    FILE = 404, "Такого файла нет.", "There is no such file."
    NO_STORIES = 409, "Статьи закончились: все уже вышли.", "No stories are left: all are out."
    NO_NEWSROOM = 409, "В этой песочнице статьи выходят сами.", "In this sandbox stories come out by themselves."
    NO_PLAN = 404, "В этой песочнице бота нет, плана тоже.", "There is no bot in this sandbox, and no plan."
    WORLD = 409, "Сейчас не получилось. Попробуйте ещё раз.", "That did not work now. Try again."

    def __init__(self, status: int, russian: str, english: str) -> None:
        self.status = status
        self.russian = russian
        self.english = english


class RefusedRequest(Exception):
    """Ends a request with a Problem; `say` takes the place of its sentence."""

    def __init__(self, problem: Problem, say: str | None = None) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.say = say


def guard(handler: Handler) -> Handler:
    """The handler, only for this computer and, if it writes, only for the board's own page; refusals become JSON."""

    @functools.wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            _check_host(request)
            if request.method == hdrs.METH_POST:
                _check_origin(request)
            return await handler(request)
        except RefusedRequest as refused:
            return _refusal(request, refused.problem, refused.say)
        except DepecheError as error:
            return _refusal(request, Problem.WORLD, error.say)

    return guarded


def _check_host(request: web.Request) -> None:
    try:
        host = URL(f"http://{request.headers.get(hdrs.HOST, '')}").host or ""
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RefusedRequest(Problem.HOST)


def _check_origin(request: web.Request) -> None:
    """A browser always says where a POST comes from; a program such as curl says nothing, and drives nobody's page."""
    origin = request.headers.get(hdrs.ORIGIN)
    own = f"{request.scheme}://{request.headers.get(hdrs.HOST)}"
    if origin is not None and origin.lower() != own.lower():
        raise RefusedRequest(Problem.ORIGIN)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise RefusedRequest(Problem.ORIGIN)
    if request.content_type != "application/json":
        raise RefusedRequest(Problem.TYPE)


def language_of(request: web.Request) -> str:
    """ "en" for who asks for English, else "ru"."""
    return "en" if request.headers.get(hdrs.ACCEPT_LANGUAGE, "").lower().startswith("en") else "ru"


def _refusal(request: web.Request, problem: Problem, say: str | None) -> web.Response:
    sentence = say or (problem.english if language_of(request) == "en" else problem.russian)
    return web.json_response({"error": sentence}, status=problem.status, headers=HEADERS)


async def read_wish(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a POST. Raises RefusedRequest."""
    if request.content_length is None or request.content_length > BODY_LIMIT:
        raise RefusedRequest(Problem.SIZE)
    try:
        wish = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise RefusedRequest(Problem.JSON) from None
    if not isinstance(wish, dict):
        raise RefusedRequest(Problem.JSON)
    return wish


def text_of(wish: Mapping[str, Any], name: str) -> str:
    """A field that must be text which UTF-8 can carry. Raises RefusedRequest."""
    text = wish.get(name)
    if not isinstance(text, str) or any("\ud800" <= char <= "\udfff" for char in text):
        raise RefusedRequest(Problem.FIELDS)
    return text


def index_of(wish: Mapping[str, Any], name: str) -> int:
    """A field that must be a whole number from 0 on. Raises RefusedRequest."""
    index = wish.get(name)
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise RefusedRequest(Problem.FIELDS)
    return index
