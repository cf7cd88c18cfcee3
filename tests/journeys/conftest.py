"""What every journey gets."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest


@pytest.fixture(autouse=True)
def _nothing_left_running(tmp_path: Path) -> Iterator[None]:
    """A redis outlives a bot that was killed, as it should; it does not outlive the test."""
    yield
    for lock in tmp_path.rglob("valkey.lock"):
        with suppress(ValueError, psutil.NoSuchProcess):
            server = psutil.Process(int(lock.read_text()))
            if Path(server.cwd()).is_relative_to(lock.parent):  # else the number is another process's by now
                server.send_signal(signal.SIGKILL)
