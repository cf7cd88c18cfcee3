"""The one narrow door to vk_api: every call with a deadline, on a thread of its own, and no secret in any error.

vk_api sets no timeout, retries error 6 without bound, fails on today's captcha answers, keeps the token in its errors
and is synchronous. What it is still good for: request spacing, the form of a call, and uploads.
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
import ssl
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
import structlog
import urllib3
import vk_api
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from vk_api.exceptions import ApiError, ApiHttpError, VkApiError

from bot.channels.deadlines import Deadlines, settled
from bot.channels.vk_outcomes import VkFault

log = structlog.get_logger(__name__)

API_VERSION = "5.199"
TOO_MANY = 6
REPEATS = 3
_HOME = "https://api.vk.ru/"
# KeyError and TypeError are vk_api's reading of an answer in an unexpected shape, RecursionError json's of a deep one.
_CALL_ERRORS = (
    VkApiError, requests.RequestException, urllib3.exceptions.HTTPError,
    OSError, ValueError, LookupError, TypeError, RecursionError,
)  # fmt: skip
_PICTURES = ((b"\xff\xd8\xff", "picture.jpg"), (b"\x89PNG", "picture.png"), (b"GIF8", "picture.gif"))


class Door:
    """Calls of one key, one at a time. A community's key may call 20 times a second, a person's 3 times."""

    def __init__(self, token: str, api_base: str, *, community: bool, deadlines: Deadlines) -> None:
        self._secret = token
        self._deadlines = deadlines
        self._adapter = _Adapter(api_base, deadlines)
        kind = vk_api.vk_api.VkApiGroup if community else vk_api.VkApi
        session = _session(self._adapter)
        self._vk = kind(
            token=token, api_version=API_VERSION, session=session, config=vk_api.vk_api.jconfig.MemoryConfig
        )
        self._vk.error_handlers.clear()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vk")
        self._turn = asyncio.Lock()

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """VK's `response` to one call. Raises VkFault.

        Repeated, at most REPEATS times, only when it surely was not sent: error 6, or no connection, unless finding
        that out took longer than `connect`. Cancelled while it waits for its turn, nothing was sent; cancelled later,
        it is awaited to its end (see `settled`).
        """
        values = encoded(params or {})
        latest = asyncio.get_running_loop().time() + self._deadlines.connect
        answer = await self._in_turn(lambda: self._vk.method(method, values), self._deadlines.total)
        for attempt in range(REPEATS):
            if not _surely_unsent(answer) or asyncio.get_running_loop().time() > latest:
                break
            await asyncio.sleep(self._deadlines.pause * (attempt + 1))
            answer = await self._in_turn(lambda: self._vk.method(method, values), self._deadlines.total)
        if isinstance(answer, VkFault):
            raise answer
        return answer

    async def upload_photo(self, image: bytes, to: int | str) -> Any:  # noqa: ANN401 - JSON of any shape
        """The answer of VK that keeps a picture (JPG, PNG or GIF) for the wall of a group by its number, which needs a
        user's token, or for a message to a peer by its name. Raises VkFault."""
        name = next((name for magic, name in _PICTURES if image.startswith(magic)), None)
        if name is None:
            raise VkFault("not a JPG, PNG or GIF picture", code=129)
        answer = await self._in_turn(lambda: self._upload(image, name, to), self._deadlines.total * 3)
        if isinstance(answer, VkFault):
            raise answer
        return answer

    async def upload_document(self, text: str, name: str, peer: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """The answer of docs.save for a file of text that is to be sent to a person. Raises VkFault."""
        answer = await self._in_turn(lambda: self._upload_text(text, name, peer), self._deadlines.total * 3)
        if isinstance(answer, VkFault):
            raise answer
        return answer

    def _upload_text(self, text: str, name: str, peer: str) -> object:
        upload = self._uploader(_check_file)
        file = io.BytesIO(text.encode("utf-8", "replace"))
        file.name = name
        try:
            return upload.document_message(file, title=name, peer_id=peer)
        finally:
            upload.http.close()

    def _uploader(self, check: Callable[..., None]) -> vk_api.VkUpload:
        upload = vk_api.VkUpload(self._vk)
        upload.http.close()
        upload.http = _session(self._adapter)
        # vk_api hands even a failed upload to the method that saves, whose complaint then hides the reason.
        upload.http.hooks["response"].append(check)
        return upload

    def _upload(self, image: bytes, name: str, to: int | str) -> object:
        upload = self._uploader(_check_upload)
        file = io.BytesIO(image)
        file.name = name
        try:
            return upload.photo_wall(file, group_id=to) if isinstance(to, int) else upload.photo_messages(file, to)
        finally:
            upload.http.close()

    async def _in_turn(self, job: Callable[[], object], total: float) -> object:
        async with self._turn:
            return await settled(self._run(job, total), self._deadlines.grace)

    async def _run(self, job: Callable[[], object], total: float) -> object:
        running = self._thread.submit(self._guarded, job)
        future = asyncio.wrap_future(running)
        try:
            await asyncio.wait({future}, timeout=total)
            if future.done():
                return future.result()
            if running.cancel():
                return VkFault("the call before it has not ended", unsent=True)
            return VkFault(f"no answer within {total:g} s")
        finally:
            if not future.done():
                # requests' own timeout counts from byte to byte; a server that drips would keep the thread for ever.
                self._adapter.cut()

    def _guarded(self, job: Callable[[], object]) -> object:
        try:
            return job()
        except VkFault as fault:
            # A fresh one: the traceback of this one holds vk_api's frames, and they hold the token.
            return VkFault(fault.words, code=fault.code)
        except _CALL_ERRORS as error:
            # Returned, not raised, for the same reason.
            return _fault_of(error, self._secret)

    def close(self) -> None:
        """Cut what is under way and let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._adapter.cut()
        self._vk.http.close()


class _Adapter(HTTPAdapter):
    """Sends api.vk.ru's calls to `api_base`, with timeouts, over sockets that can be cut from outside."""

    def __init__(self, api_base: str, deadlines: Deadlines) -> None:
        self._base = api_base.rstrip("/") + "/"
        self._timeout = (deadlines.connect, deadlines.total)
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - requests' own signature
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _watched_pools(self._sockets)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - requests' own signature
        if request.url and request.url.startswith(_HOME):
            request.url = self._base + request.url.removeprefix(_HOME)
        return super().send(request, *args, **{**kwargs, "timeout": self._timeout})

    def cut(self) -> None:
        """End every exchange under way: its thread wakes up with an error."""
        for one in list(self._sockets):
            try:
                # Not SSLSocket.shutdown, which takes the TLS object away from the thread that is reading from it.
                socket.socket.shutdown(one, socket.SHUT_RDWR)
            except OSError:
                pass  # closed already


def _watched_pools(sockets: weakref.WeakSet[socket.socket]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' own signature
        """Nowhere: VK does not redirect its API, and a captive portal must not get the token."""
        return None


def _session(adapter: _Adapter) -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _check_upload(response: requests.Response, **_: object) -> None:
    """VK's upload servers say `{"error": …}` or an empty list of photos when an upload failed."""
    said = response.json() if response.ok else {}
    photo = said.get("photo") if isinstance(said, dict) else None
    if photo in (None, "", "[]"):
        reason = said.get("error") if isinstance(said, dict) else None
        raise VkFault(f"the picture was not taken: {reason or f'HTTP {response.status_code}'}", code=129)


def _check_file(response: requests.Response, **_: object) -> None:
    """The same of a document: without a name there is no file."""
    said = response.json() if response.ok else {}
    if not (isinstance(said, dict) and said.get("file")):
        reason = said.get("error") if isinstance(said, dict) else None
        raise VkFault(f"the file was not taken: {reason or f'HTTP {response.status_code}'}", code=105)


def encoded(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as VK reads them: True as 1, a list joined by commas, a dict as JSON, and None left out.

    A comma inside a link of a list is escaped, or VK would split the link there.
    """
    return {name: _encoded(value) for name, value in params.items() if value is not None}


def _encoded(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(part, Mapping) for part in value):
            return json.dumps(list(value), ensure_ascii=False)
        return ",".join(_escaped(_encoded(part)) for part in value)
    return str(value)


def _escaped(part: str) -> str:
    return part.replace(",", "%2C") if part.startswith(("http://", "https://")) else part


def _fault_of(error: Exception, secret: str) -> VkFault:
    if isinstance(error, ApiError) and isinstance(error.code, int):
        said = error.error
        words = str(said.get("error_text") or said.get("error_msg") or "no reason given").replace(secret, "<token>")
        redirect = said.get("redirect_uri")
        return VkFault(words, code=error.code, redirect=str(redirect) if redirect else None)
    if isinstance(error, ApiHttpError):
        status = error.response.status_code
        return VkFault(f"HTTP {status}", http=status)
    if isinstance(error, requests.exceptions.JSONDecodeError | KeyError | TypeError):
        return VkFault("an unreadable answer")
    # Only the name: the text of a transport error may hold an address, and an address may hold a key.
    return VkFault(type(error).__name__, unsent=_unsent(error))


def _surely_unsent(answer: object) -> bool:
    return isinstance(answer, VkFault) and (answer.unsent or answer.code == TOO_MANY)


def _unsent(error: Exception) -> bool:
    """Did it fail before a connection stood? Refused, not found, too slow to connect, a certificate not trusted."""
    before = (
        requests.ConnectTimeout,
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.NameResolutionError,
        ssl.SSLCertVerificationError,
    )
    return any(isinstance(one, before) for one in _inside(error))


def _inside(error: object) -> Iterator[object]:
    """An error and what libraries wrapped into it: MaxRetryError's reason, the arguments of the others."""
    yield error
    reason = getattr(error, "reason", None)
    for one in (reason, *getattr(error, "args", ())):
        if isinstance(one, BaseException) and one is not error:
            yield from _inside(one)
