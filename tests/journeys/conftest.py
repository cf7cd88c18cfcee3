"""What every journey gets."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot import lanes


@pytest.fixture(autouse=True)
def _chats_take_ten_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the sandbox does unless a test says otherwise: few journeys are about how fast one may send. Holds for a
    bot in this process; the others keep to the true pace."""
    for platform, limits in lanes.LIMITS.items():
        if limits.chat_every is not None:
            quick = replace(limits, chat_every=limits.chat_every / 10, group_span=limits.group_span / 10)
            monkeypatch.setitem(lanes.LIMITS, platform, quick)


@pytest.fixture(autouse=True)
def _nothing_left_running(tmp_path: Path) -> Iterator[None]:
    """A redis outlives a bot that was killed, as it should; it does not outlive the test."""
    yield
    for lock in tmp_path.rglob("valkey.lock"):
        with suppress(ValueError, psutil.NoSuchProcess):
            server = psutil.Process(int(lock.read_text()))
            if Path(server.cwd()).is_relative_to(lock.parent):  # else the number is another process's by now
                server.send_signal(signal.SIGKILL)
