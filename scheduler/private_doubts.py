"""Messages to readers of unknown outcome: sent again where the platform knows a repeat, else given up.

Nobody is asked about them: what stands in a private chat only its reader can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog

from bot.model import Attempt, Place, Platform, SlotState
from bot.ports import Clock, Doubts, Marks
from bot.story import NOT_REPEATED, REPEATED
from scheduler.decisions import MOST

log = structlog.get_logger(__name__)

WAITS = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))
"""Before each repeat."""
FRESH_FOR = timedelta(days=1)
"""How long after the first attempt an article is still worth a repeat."""


class PrivateDoubts:
    """Settles every doubt that belongs to no public channel.

    VK drops a message whose `random_id` it has seen (dev.vk.com, messages.send), and ours is made from article and
    reader: there a repeat is safe. Telegram knows nothing of the kind: `repeat` says that twice is better than never.
    """

    def __init__(
        self, *, doubts: Doubts, marks: Marks, public: Iterable[Place], queue: str, repeat: bool, clock: Clock
    ) -> None:
        self._doubts = doubts
        self._marks = marks
        self._public = frozenset(public)
        self._queue = queue
        self._repeat = repeat
        self._clock = clock

    async def run(self) -> None:
        """Settle what there is. To be called by whoever empties `queue`, between two rounds. Raises StoreError."""
        for attempt in await self._doubts.unconfirmed(MOST):
            if attempt.slot.place not in self._public:
                await self._settle(attempt)

    async def _settle(self, attempt: Attempt) -> None:
        slot, now = attempt.slot, self._clock.now()
        wait = await self._wait(attempt)
        if wait is None:
            await self._doubts.resolve(Attempt(slot, now, SlotState.SKIPPED, NOT_REPEATED))
        else:
            again = Attempt(slot, now, SlotState.DEFERRED, REPEATED, until=now + wait)
            await self._doubts.resolve(again, queue=self._queue)
        log.info("private_doubt", platform=slot.place.platform, article=slot.article, again=wait is not None)

    async def _wait(self, attempt: Attempt) -> timedelta | None:
        """How long before the next repeat; None: no more of them."""
        if attempt.slot.place.platform is not Platform.VK and not self._repeat:
            return None
        if self._clock.now() - (attempt.since or attempt.at) > FRESH_FOR:
            return None
        for number, wait in enumerate(WAITS):
            if await self._marks.once(f"again:{attempt.slot}:{number}", FRESH_FOR):
                return wait
        return None
