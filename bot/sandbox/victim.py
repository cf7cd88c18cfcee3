"""The bot as a process that is killed on purpose: `python -m bot.sandbox.victim`, for the crash tests alone.

It is `depeche run` with short leases and deadlines, and with a hook that kills the process itself, or the redis beside
it, when a named moment comes (`bot.checkpoints`). The plan is one JSON object on the standard input:
`{"at": "sent" | null, "pass": 0, "kill": "bot" | "redis"}`; `pass` moments of that name are let go by first.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import open_app
from bot.channels.deadlines import Deadlines
from bot.checkpoints import Moment, watch
from bot.config import load
from bot.logs import start_logging
from bot.process import loop_factory, wait_for_signal
from scheduler.evidence import Patience

LEASE = timedelta(seconds=6)
DEADLINES = Deadlines(connect=1.0, total=2.0, grace=1.0)
PATIENCE = Patience(
    first=timedelta(seconds=0.5),
    pauses=(timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)),
    settle=timedelta(seconds=3),
)


def killer(plan: dict[str, Any], data_dir: Path) -> Callable[[Moment], None]:
    """The hook that carries out a plan, once."""
    left = [int(plan.get("pass", 0))]

    def hook(moment: Moment) -> None:
        if moment.value != plan.get("at"):
            return
        left[0] -= 1
        if left[0] != -1:
            return
        victim = os.getpid() if plan["kill"] == "bot" else int((data_dir / "valkey.lock").read_text())
        os.kill(victim, signal.SIGKILL)

    return hook


async def main(plan: dict[str, Any]) -> None:
    """Run until killed, or until SIGTERM."""
    settings = load()
    if plan.get("at"):
        watch(killer(plan, settings.data_dir))
    told_to_stop = asyncio.Event()
    wait_for_signal(told_to_stop)
    async with open_app(settings, lease=LEASE, deadlines=DEADLINES, patience=PATIENCE):
        await told_to_stop.wait()


if __name__ == "__main__":
    start_logging()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(json.loads(sys.stdin.readline())))
