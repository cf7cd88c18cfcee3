"""Waiting for a condition, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 45.0


async def until(condition: Callable[[], object], what: str, *, within: float = PATIENCE_SECONDS) -> None:
    """Return as soon as the condition holds. Fails with `what` was waited for when it never does."""
    try:
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {within} s in vain: {what}") from None


async def until_true(
    condition: Callable[[], Awaitable[object]], what: str, *, within: float = PATIENCE_SECONDS
) -> None:
    """The same for a condition that has to be asked for."""
    try:
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {within} s in vain: {what}") from None
