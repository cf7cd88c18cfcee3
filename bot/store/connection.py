"""The line to redis: opened patiently, never repeating a write blindly, every failure a StoreError with a sentence.

redis-py repeats a command whose reply was lost: one XADD with two lost replies left three entries. So its own repeats
are off. Here connecting is tried again for a few seconds, and of what was sent only reads and scripts marked as
repeatable are said twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis.exceptions as failures
import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import (
    AbstractConnection,
    BlockingConnectionPool,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
    parse_url,
)
from redis.client import NEVER_DECODE

from bot.errors import StoreError, StoreReadOnly
from bot.store.trouble import Why, store_error

log = structlog.get_logger(__name__)

OLDEST = (6, 2)
"""The first redis with ZUNION and GETEX; every Valkey is newer."""
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0
CONNECT_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries to connect: long enough for the embedded server to be started again after a crash."""
AGAIN_PAUSES = (0.05, 0.5)
"""Seconds before a read, or a repeatable script, is said again."""
LOADING_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0)
"""Seconds between tries while a server reads its data from disk; it refuses commands then without doing them."""
CONNECTIONS = 32
_URL_OPTIONS = frozenset({"username", "password", "host", "port", "db", "path"})
_TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile"})

Argument = str | bytes | int | float
Answer = Any
"""What redis says; its shape depends on the command."""


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script. `repeatable`: running it twice with the same arguments changes and answers the same as once."""

    text: str
    repeatable: bool = False

    @property
    def sha(self) -> str:
        """The name redis caches it under."""
        return _sha(self.text)


@lru_cache(None)
def _sha(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Unreachable(failures.ConnectionError):
    """All tries to connect are used up: nothing was sent, and trying again at once is no use."""


class _Patient(AbstractConnection):
    """Tries to connect for some seconds before giving up. Nothing is sent before there is a connection."""

    async def connect(self) -> None:
        for pause in CONNECT_PAUSES:
            try:
                await super().connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            except (failures.AuthenticationError, failures.AuthorizationError):
                raise
            except (failures.ConnectionError, failures.TimeoutError):
                await asyncio.sleep(pause)
            else:
                return
        try:
            await super().connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        except (failures.ConnectionError, failures.TimeoutError) as error:
            raise _Unreachable(str(error)) from error


class _Tcp(_Patient, Connection):
    pass


class _Tls(_Patient, SSLConnection):
    pass


class _Unix(_Patient, UnixDomainSocketConnection):
    pass


_PATIENT: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: _Tcp,
    SSLConnection: _Tls,
    UnixDomainSocketConnection: _Unix,
}


class Client:
    """Commands to one redis; every method raises StoreError only. `address` names it without its password, `why` may
    know better than an error what is wrong with it."""

    def __init__(self, redis: Redis, address: str, why: Why = lambda: None) -> None:
        self._redis = redis
        self.address = address
        self._why = why

    def __repr__(self) -> str:
        return f"Client({self.address})"

    async def read(self, *command: Argument) -> Answer:
        """A command that changes nothing; said again when its answer got lost."""
        return await self._call(lambda: self._say(*command), again=True)

    async def read_bytes(self, *command: Argument) -> Answer:
        """The same, with every text of the answer as the bytes that are kept."""

        async def once() -> Answer:
            return await self._redis.execute_command(*command, **{NEVER_DECODE: True})  # type: ignore[no-untyped-call]  # redis-py leaves it so

        return await self._call(once, again=True)

    async def write(self, *command: Argument) -> Answer:
        """A command that changes something; never said twice."""
        self._refuse_without_room()
        return await self._call(lambda: self._say(*command), again=False)

    async def reads(self, commands: Sequence[Sequence[Argument]]) -> list[Answer]:
        """Several reads in one round trip, each answer in its place."""
        return await self._together(commands, atomic=False) if commands else []

    async def writes(self, commands: Sequence[Sequence[Argument]]) -> list[Answer]:
        """Several commands as one: all are done, or none. Never said twice."""
        self._refuse_without_room()
        return await self._together(commands, atomic=True) if commands else []

    async def run(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Answer:
        """Run a script."""
        self._refuse_without_room()
        rest = (len(keys), *keys, *arguments)

        async def once() -> Answer:
            try:
                return await self._say("EVALSHA", script.sha, *rest)
            except failures.NoScriptError:
                return await self._say("EVAL", script.text, *rest)

        return await self._call(once, again=script.repeatable)

    def _refuse_without_room(self) -> None:
        """A server that has no disk left dies of the next change; unasked, it lives and can be read from."""
        trouble = self._why()
        if isinstance(trouble, StoreReadOnly):
            raise trouble

    async def _say(self, *command: Argument) -> Answer:
        return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it so

    async def _together(self, commands: Sequence[Sequence[Argument]], *, atomic: bool) -> list[Answer]:
        async def once() -> list[Answer]:
            async with self._redis.pipeline(transaction=atomic) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)
                return list(await pipeline.execute())

        answers: list[Answer] = await self._call(once, again=not atomic)
        return answers

    async def _call(self, once: Callable[[], Awaitable[Answer]], *, again: bool) -> Answer:
        lost, loading = list(AGAIN_PAUSES if again else ()), list(LOADING_PAUSES)
        while True:
            try:
                return await _obedient(once)
            except failures.RedisError as error:
                pauses = _pauses(error, lost, loading)
                if not pauses:
                    raise store_error(error, self.address, self._why()) from error
                await asyncio.sleep(pauses.pop(0))
            except OSError as error:
                raise store_error(error, self.address, self._why()) from error


async def _obedient(once: Callable[[], Awaitable[Answer]]) -> Answer:
    """redis-py waits with `asyncio.wait_for`, which on Python 3.11 drops a cancellation that meets an answer just
    coming in (github.com/python/cpython/issues/86296). Here it is noticed, or a bot told to stop might go on."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    answer = await once()
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return answer


def scored(answer: Sequence[str]) -> list[tuple[str, float]]:
    """Members of a sorted set with their scores, from redis's flat list of both."""
    return list(zip(answer[::2], map(float, answer[1::2]), strict=True))


_HOPELESS = (
    _Unreachable,
    failures.AuthenticationError,
    failures.AuthorizationError,
    failures.MaxConnectionsError,
)


def _pauses(error: failures.RedisError, lost: list[float], loading: list[float]) -> list[float]:
    """What is left of the patience with this failure."""
    if isinstance(error, failures.BusyLoadingError):
        return loading
    if isinstance(error, _HOPELESS):
        return []
    return lost if isinstance(error, (failures.ConnectionError, failures.TimeoutError)) else []


@asynccontextmanager
async def open_client(url: str | None, socket: Path | None, why: Why = lambda: None) -> AsyncIterator[Client]:
    """A client by URL (redis://, rediss://, unix://) or by the path of a unix socket, checked and ready.

    Raises StoreError: away, refused, older than Redis 6.2, or a cluster.
    """
    kind, where = _where(url, socket)
    address = str(where.get("path") or f"{where.get('host', 'localhost')}:{where.get('port', 6379)}")
    pool = BlockingConnectionPool(
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        connection_class=kind,
        decode_responses=True,
        encoding_errors="surrogatepass",  # a page may hold half a surrogate pair; it must come back as it went in
        protocol=2,  # the older protocol lets an old server answer, and be named as old
        driver_info=None,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        **where,
    )
    redis = Redis(connection_pool=pool)
    try:
        client = Client(redis, address, why)
        await _check(client)
        yield client
    finally:
        await redis.aclose()
        await pool.disconnect()


def _where(url: str | None, socket: Path | None) -> tuple[type[AbstractConnection], dict[str, Any]]:
    if url is None:
        if socket is None:
            raise StoreError("no redis: neither redis.url nor an embedded server's socket is known")
        return _Unix, {"path": str(socket)}
    try:
        parts: dict[str, Any] = dict(parse_url(url))
    except ValueError:
        # The library's words may quote a part of the password, so they are not passed on.
        raise StoreError("redis.url can't be read: expected redis://[user:password@]host[:port][/number]") from None
    kind = _PATIENT[parts.pop("connection_class", Connection)]
    if strange := parts.keys() - _URL_OPTIONS - (_TLS_OPTIONS if kind is _Tls else frozenset()):
        raise StoreError(f"redis.url has an option that is not known: {', '.join(sorted(strange))}")
    return kind, parts


async def _check(client: Client) -> None:
    about: dict[str, Any] = await client.read("INFO")
    version = str(about.get("valkey_version") or about.get("redis_version") or "0")
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST:
        raise StoreError(f"redis at {client.address} is too old ({version}): Redis 6.2 or newer, or Valkey, is needed")
    if about.get("redis_mode") == "cluster" or about.get("cluster_enabled"):
        raise StoreError(f"redis at {client.address} is a cluster; a single redis is needed")
    if about.get("maxmemory") and about.get("maxmemory_policy") != "noeviction":
        log.warning("store.may_forget", address=client.address, maxmemory_policy=about.get("maxmemory_policy"))
