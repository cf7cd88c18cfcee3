"""How long a call may take, and how it ends when its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from bot.errors import OutcomeUnknown

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
WRITE_DOWN = 1.0
"""Seconds a cancelled caller gets to keep an outcome before the cancellation reaches it again."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """In seconds. `connect`: to reach the server; until then surely nothing was sent. `total`: one call, to its last
    byte. `grace`: how long a cancelled caller still waits for the answer to what has already left. `pause`: before
    what is safe to repeat is repeated.
    """

    connect: float = 10.0
    total: float = 30.0
    grace: float = 3.0
    pause: float = 0.5


async def settled(sending: Coroutine[Any, Any, Answer], grace: float) -> Answer:
    """Await a call that has effects, so that its outcome is not lost when the caller is cancelled.

    A request that has left can't be called back: dropping it would leave a post nobody knows of. So a cancellation is
    put off: the answer is awaited for `grace` seconds more and handed to the caller as if nothing had happened; the
    caller has WRITE_DOWN seconds to keep it, then the cancellation is delivered again. Without an answer in time the
    call is cut and OutcomeUnknown raised. A second cancellation is obeyed at once.
    """
    task = asyncio.create_task(sending)  # noqa: TID251 - no orphan: awaited here to its end, or cut
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        log.warning("cancelled_while_sending", grace=grace)
        await asyncio.wait({task}, timeout=grace)
        cancel_again_later(asyncio.current_task())
    finally:
        if not task.done():
            task.cancel()
    if not task.done() or task.cancelled():
        await asyncio.wait({task})
        raise OutcomeUnknown("stopped before the answer came")
    return task.result()


def cancel_again_later(caller: asyncio.Task[Any] | None) -> None:
    """Deliver a put-off cancellation, unless whoever asked for it (a timeout, say) has taken it back meanwhile."""
    if caller is None:  # pragma: no cover - a coroutine that awaits always runs in a task
        return

    def again() -> None:
        if caller.cancelling() and not caller.done():
            caller.uncancel()
            caller.cancel()

    asyncio.get_running_loop().call_later(WRITE_DOWN, again)
