"""Locks that the kernel takes back when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Held(Exception):
    """Another process holds the lock; `pid` is what it wrote there, if anything."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(pid)
        self.pid = pid


def take(path: Path) -> int:
    """Lock a file without waiting; the descriptor holds the lock until it, and every copy of it, is closed.

    Raises Held, and OSError when the file can't be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = holder(descriptor)
        os.close(descriptor)
        raise Held(pid) from None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def sign(descriptor: int, pid: int) -> None:
    """Write down who holds the lock."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{pid}\n".encode(), 0)


def holder(descriptor: int) -> int | None:
    """The process that signed, if one did."""
    with suppress(ValueError):
        return int(os.pread(descriptor, 32, 0))
    return None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock, signed with our pid. Raises Held, and OSError when the file can't be opened."""
    descriptor = take(path)
    try:
        sign(descriptor, os.getpid())
        yield
    finally:
        os.close(descriptor)
