"""What is done for readers by the clock: chats that nothing reaches any more are forgotten."""

from __future__ import annotations

from bot.ports import Clock
from bot.store import Store
from scheduler.ageing import Ageing
from scheduler.jobs import Jobs


class Serving:
    """Runs where the bot works for readers."""

    def __init__(self, store: Store, jobs: Jobs, clock: Clock) -> None:
        self._ageing = Ageing(store.dormant, store.subscriptions, jobs, clock)

    def start(self) -> None:
        """Set the timers."""
        self._ageing.start()
