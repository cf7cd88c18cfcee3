"""The bot as a process that is killed on purpose: `python -m bot.sandbox.victim`, for the crash tests alone.

It is `depeche run` with short leases and deadlines, and with a hook that kills the process itself, or the redis beside
it, when a named moment comes (`bot.checkpoints`). The environment says which: `DEPECHE_SANDBOX_FAULT=bot:sent` kills
the bot at the first "sent", `redis:claimed:2` its redis at the third "claimed". Without it nothing is killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from bot.app import open_app
from bot.channels.deadlines import Deadlines
from bot.checkpoints import Moment, watch
from bot.config import load
from bot.logs import start_logging
from bot.process import loop_factory, wait_for_signal
from scheduler.evidence import Patience

FAULT_POINT = "DEPECHE_SANDBOX_FAULT"
LEASE = timedelta(seconds=6)
DEADLINES = Deadlines(connect=1.0, total=2.0, grace=1.0)
PATIENCE = Patience(
    first=timedelta(seconds=0.5),
    pauses=(timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)),
    settle=timedelta(seconds=3),
)


@dataclass(frozen=True, slots=True)
class FaultPoint:
    """Who is killed at which moment; so many moments of that name are let go by first."""

    victim: Literal["bot", "redis"]
    moment: Moment
    passes: int = 0

    def __str__(self) -> str:
        return f"{self.victim}:{self.moment}:{self.passes}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of `str(point)`. Raises ValueError on anything else."""
        victim, _, rest = text.partition(":")
        moment, _, passes = rest.partition(":")
        if victim not in {"bot", "redis"}:
            raise ValueError(f"not a fault point: {text!r}")
        return cls("bot" if victim == "bot" else "redis", Moment(moment), int(passes or 0))


def killer(point: FaultPoint, data_dir: Path) -> Callable[[Moment], None]:
    """The hook that kills, once."""
    left = [point.passes]

    def hook(moment: Moment) -> None:
        if moment is not point.moment:
            return
        left[0] -= 1
        if left[0] != -1:
            return
        victim = os.getpid() if point.victim == "bot" else int((data_dir / "valkey.lock").read_text())
        os.kill(victim, signal.SIGKILL)

    return hook


async def main() -> None:
    """Run until killed, or until SIGTERM."""
    settings = load()
    named = os.environ.get(FAULT_POINT)  # noqa: TID251 - no setting of the bot: it has none that kills
    if named:
        watch(killer(FaultPoint.parse(named), settings.data_dir))
    told_to_stop = asyncio.Event()
    wait_for_signal(told_to_stop)
    async with open_app(settings, lease=LEASE, deadlines=DEADLINES, patience=PATIENCE):
        await told_to_stop.wait()


if __name__ == "__main__":
    start_logging()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main())
