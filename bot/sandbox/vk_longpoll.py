"""VK's Bots Long Poll: the community's events, numbered by `ts`, and the ways in which a reader can lose its place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from bot.sandbox.vk_rules import LONG_POLL_EVENTS
from bot.sandbox.world import Signal

API_VERSION = "5.199"
_ECHOES = ("like_add", "like_remove", "wall_repost")
_ON = frozenset({"message_new", "message_event", "message_allow", "message_deny", "wall_post_new", *_ECHOES})
_NOT_SETTABLE = (
    "market_order_new",
    "market_order_edit",
    "wall_schedule_post_new",
    "wall_schedule_post_delete",
    "lead_forms_new",
)
_LONGEST_WAIT = 90.0
_BATCH = 100


class LongPoll:
    """The queue. `events` says which kinds the community wants; the bot's own kinds are ticked from the start."""

    def __init__(self, url: str, group_id: int) -> None:
        self.enabled = True
        self.api_version = API_VERSION
        self.events = {kind: kind in _ON for kind in (*LONG_POLL_EVENTS, *_NOT_SETTABLE)}
        self.server = f"{url}/longpoll/{group_id}"
        self._group_id = group_id
        self._queue: list[dict[str, Any]] = []
        self._first_ts = 1
        self._key = 1
        self._lost = False
        self._signal = Signal()

    @property
    def key(self) -> str:
        """The session's key of now."""
        return f"sandbox-longpoll-{self._key}"

    @property
    def ts(self) -> int:
        """The number after the last event."""
        return self._first_ts + len(self._queue)

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Keep an event for the bot, if its kind is ticked."""
        if not (self.enabled and self.events.get(kind)):
            return
        name = blake2b(f"{self.ts}:{kind}:{content}".encode(), digest_size=20).hexdigest()
        event = {
            "group_id": self._group_id,
            "type": kind,
            "event_id": name,
            "v": self.api_version,
            "object": dict(content),
        }
        self._queue.append(event)
        self._signal.ring()

    def expire_key(self) -> None:
        """The next check answers failed 2: a new key is needed."""
        self._key += 1
        self._signal.ring()

    def forget(self) -> None:
        """Old events are gone: a reader that is behind is answered failed 1 and the ts of now."""
        self._first_ts = self.ts
        self._queue.clear()
        self._signal.ring()

    def lose(self) -> None:
        """The next check answers failed 3: key and ts are both lost."""
        self._lost = True
        self._key += 1
        self._signal.ring()

    def repeat_last(self) -> None:
        """Deliver the last event once more, with the same event_id, as VK sometimes does."""
        self._queue.append(self._queue[-1])
        self._signal.ring()

    async def check(self, key: str, ts: str, wait: float) -> dict[str, Any]:
        """act=a_check."""
        try:
            async with asyncio.timeout(max(0.0, min(wait, _LONGEST_WAIT))):
                while True:
                    if (failure := self._failure(key, ts)) is not None:
                        return failure
                    if int(ts) < self.ts:
                        break
                    await self._signal.wait()
        except TimeoutError:
            return {"ts": ts, "updates": []}
        start = int(ts) - self._first_ts
        batch = self._queue[start : start + _BATCH]
        return {"ts": str(int(ts) + len(batch)), "updates": batch}

    def _failure(self, key: str, ts: str) -> dict[str, Any] | None:
        if self._lost:
            self._lost = False
            return {"failed": 3}
        if key != self.key:
            return {"failed": 2}
        if not ts.isdigit() or not self._first_ts <= int(ts) <= self.ts:
            return {"failed": 1, "ts": self.ts}
        return None
