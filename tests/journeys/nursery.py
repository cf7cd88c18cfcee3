"""Processes that start at once: each is a fork of one that has loaded the bot's libraries already, which takes seconds.

It is `python -m MODULE …` in every other respect: a process and a session of its own, with its own folder, environment
and output, killed and waited for like any other. That the command itself starts is shown by `tests/unit/test_start.py`.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

LOADED = [
    "bot.app",
    "bot.cli",
    "bot.console.doctoring",
    "bot.console.running",
    "bot.sandbox.demo",
    "bot.sandbox.victim",
]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([*LOADED, __name__])


class Child:
    """A process of the bot."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; below 0 the signal that killed it."""
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        """Nothing, where it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def kill(self) -> None:
        """At once, without a word."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Until it ends: its exit code."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self.returncode is not None
        return self.returncode


def start(module: str, *arguments: str, cwd: Path, env: Mapping[str, str], out: Path, err: Path | None = None) -> Child:
    """`python -m module …` in a folder; what it says is added to the files."""
    for file in {out, err or out}:
        file.touch()
    process = _context.Process(target=_live, args=(module, arguments, str(cwd), dict(env), str(out), str(err or out)))
    process.start()
    return Child(process)


def _live(module: str, arguments: tuple[str, ...], cwd: str, env: dict[str, str], out: str, err: str) -> None:
    """The life of a child, from its first moment on."""
    os.setsid()
    os.chdir(cwd)
    os.environ.clear()  # noqa: TID251 - this process is another program now
    os.environ.update(env)  # noqa: TID251 - the same
    for number, path in ((1, out), (2, err)):
        with Path(path).open("ab") as file:
            os.dup2(file.fileno(), number)
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - a number, for life
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - the same
    sys.argv = [module, *arguments]
    gc.freeze()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
