"""Named moments between "fetched" and "acknowledged", at which a test may kill what it likes.

In the program itself passing one does nothing. Only the sandbox's own runner (`bot.sandbox.victim`) puts a hook here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Moment(StrEnum):
    """In the order in which an article passes them."""

    FEED_READ = "feed-read"
    PAGE_READ = "page-read"
    KEPT = "kept"
    READING_KEPT = "reading-kept"
    SELECTED = "selected"
    CLAIMED = "claimed"
    SENT = "sent"
    SETTLED = "settled"
    DEQUEUED = "dequeued"


_hooks: list[Callable[[Moment], None]] = []


def passed(moment: Moment) -> None:
    """This moment has come."""
    for hook in _hooks:
        hook(moment)


def watch(hook: Callable[[Moment], None]) -> None:
    """Call `hook` at every moment, for as long as the process lives."""
    _hooks.append(hook)
