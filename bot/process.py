"""The process the bot runs in: its signals and its event loop."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable


def wait_for_signal(stopping: asyncio.Event) -> None:
    """Set the event at SIGTERM or SIGINT; a second Ctrl+C then ends at once, as Python does by itself."""
    loop = asyncio.get_running_loop()

    def stop(received: signal.Signals) -> None:
        loop.remove_signal_handler(received)
        stopping.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop, one)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - not on every platform

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


SWITCH_SECONDS = 0.001
"""How long a thread that parses keeps the loop from its turn: five times shorter than Python's own."""


def settle() -> None:
    """Make this process answer at once whatever else it does. The garbage collector looks no more at what lives as long
    as the process: the libraries alone are a quarter of a million objects, and each full look at them would hold
    everything up for a fifth of a second."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
