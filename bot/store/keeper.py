"""Keeps the embedded server alive: starts it, watches it, stops it, and knows what is wrong with it.

A server left over from a killed bot is stopped first; one that dies is started again. One whose disk is full is not
written to: with an fsync at every write it ends itself when a write fails.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.errors import StoreError, StoreReadOnly
from bot.store import lock
from bot.store.trouble import Why

log = structlog.get_logger(__name__)

SOCKET = "valkey.sock"
LOG = "valkey.log"
OLD_LOG = "valkey.log.1"
CHANGES = "appendonlydir"
LOCK = "lock"
SERVER_LOCK = "valkey.lock"
LOG_BYTES = 1_000_000
START_SECONDS = 20.0
"""How long a server may stay silent; while it says that it is loading, it may take as long as it needs."""
STOP_SECONDS = 10.0
POLL_SECONDS = 0.01
LEAST_ROOM = 1024 * 1024
"""Bytes of disk below which nothing is written: with an fsync at every write the server ends itself when one fails."""
SHORT_LIFE = 2.0
"""Seconds; a server that dies sooner after its start is started again less and less quickly."""
QUICK_RESTARTS = 4
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
    """A running server. `socket` is the address for a client; `trouble` knows why it can't be had or written to."""

    socket: Path
    log: Path
    trouble: Why = lambda: None


def _rotate(log_file: Path) -> None:
    """Keep the log and the one before it, each a little over a megabyte."""
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES:
        log_file.replace(log_file.with_name(OLD_LOG))
    log_file.touch(mode=0o600)


class Keeper:
    """Starts the server, watches it, and stops it."""

    def __init__(self, binary: Path, data_dir: Path, server: Server) -> None:
        self._binary = binary
        self._data_dir = data_dir
        self._server = server
        self._process: asyncio.subprocess.Process | None = None
        self._down: str | None = None

    def trouble(self) -> StoreError | None:
        """What is wrong with the server now: its disk is full, or it can't be started."""
        try:
            room = shutil.disk_usage(self._data_dir).free
        except OSError as error:
            return StoreError(f"{self._data_dir} can't be used ({error.strerror}): check its disk and its rights")
        if room < LEAST_ROOM:
            return StoreReadOnly(f"the disk of {self._data_dir} is full: free some space there")
        return StoreError(self._down) if self._down else None

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
        loop = asyncio.get_running_loop()
        while True:
            if self._process is not None:
                began = loop.time()
                code = await self._process.wait()
                self._process = None
                failed = min(failed + 1, QUICK_RESTARTS) if loop.time() - began < SHORT_LIFE else 0
                log.error("store.server_died", code=code, log=str(self._server.log))
            await asyncio.sleep(RESTART_PAUSES[min(failed, len(RESTART_PAUSES) - 1)])
            try:
                await self.start()
                self._down = None
                log.info("store.server_started_again")
            except StoreError as error:
                failed += 1
                self._down = str(error)
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
