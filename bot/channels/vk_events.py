"""VK's Long Poll: a community's events, one batch at a time.

https://dev.vk.com/ru/api/bots-long-poll/getting-started
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from bot.channels.deadlines import Deadlines
from bot.channels.vk_door import Door
from bot.channels.vk_outcomes import VkFault, delivery_error
from bot.errors import DeliveryError, OutcomeUnknown, TryLater
from bot.model import digest

log = structlog.get_logger(__name__)

WAIT_SECONDS = 25
"""Some proxies cut a quiet connection after 30 s."""
ROUNDS = 3
_PAUSE = timedelta(seconds=3)
_SHORT_HISTORY = 1
_ALL_LOST = 3


class LongPoll:
    """Reads the events of one community."""

    def __init__(self, door: Door, http: ClientSession, group_id: int, deadlines: Deadlines) -> None:
        self._door = door
        self._http = http
        self._group_id = group_id
        self._deadlines = deadlines
        self._server: dict[str, str] | None = None

    async def events(self, ts: str | None) -> tuple[list[dict[str, Any]], str]:
        """The events after `ts`, and the `ts` to ask with next time; waits up to WAIT_SECONDS. Without a `ts` it is the
        one of now, at once, so that it can be kept before anything is said.

        Keep `ts` only when the events are dealt with: VK stores them, and gives them again for an older `ts`. Raises
        TryLater or Refused.
        """
        for _ in range(ROUNDS):
            server = self._server or await self._find_server()
            if ts is None:
                return [], server["ts"]
            answer = await self._check(server, ts)
            failed = answer.get("failed")
            if not failed:
                return _events(answer)
            log.warning("long_poll_failed", failed=failed)
            ts = self._after_failure(failed, answer, ts)
        raise TryLater("VK's Long Poll keeps asking for a new key", after=_PAUSE)

    def _after_failure(self, failed: object, answer: dict[str, Any], ts: str) -> str | None:
        """1: the history starts after `ts`; 2: the key is old; 3: key and `ts` are lost, and the events with them."""
        if failed == _SHORT_HISTORY and answer.get("ts") is not None:
            return str(answer["ts"])
        self._server = None
        return None if failed == _ALL_LOST else ts

    async def _find_server(self) -> dict[str, str]:
        try:
            answer = await self._door.call("groups.getLongPollServer", {"group_id": self._group_id})
        except VkFault as fault:
            raise _reading(delivery_error(fault)) from None
        if not isinstance(answer, dict) or not {"key", "server", "ts"} <= answer.keys():
            raise TryLater("VK gave no Long Poll address", after=_PAUSE)
        self._server = {name: str(answer[name]) for name in ("key", "server", "ts")}
        return self._server

    async def _check(self, server: dict[str, str], ts: str) -> dict[str, Any]:
        query = {"act": "a_check", "key": server["key"], "ts": ts, "wait": str(WAIT_SECONDS)}
        timeout = ClientTimeout(total=WAIT_SECONDS + self._deadlines.total, sock_connect=self._deadlines.connect)
        problem = "an unreadable answer"
        try:
            async with self._http.get(server["server"], params=query, timeout=timeout, allow_redirects=False) as answer:
                said = json.loads(await answer.read())
                if answer.ok and isinstance(said, dict):
                    return said
                problem = f"HTTP {answer.status}"
        except (ClientError, OSError, ValueError, RecursionError) as error:
            problem = type(error).__name__  # not its text: it may hold the address, and the address holds the key
            if isinstance(error, ClientConnectorError):
                self._server = None  # the address may have moved
        raise TryLater(f"VK's Long Poll did not answer: {problem}", after=_PAUSE)


def _reading(error: DeliveryError) -> DeliveryError:
    """Reading changes nothing, so an unknown end is only a delay."""
    return TryLater(str(error), after=_PAUSE) if isinstance(error, OutcomeUnknown) else error


def _events(answer: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    updates = answer.get("updates")
    if not isinstance(updates, list) or answer.get("ts") is None:
        raise TryLater("VK's Long Poll answered without events", after=_PAUSE)
    readable = [event for raw in updates if (event := _readable(raw))]
    return readable, str(answer["ts"])


def _readable(raw: object) -> dict[str, Any] | None:
    """An event with a type, an object and an `event_id` (made from its content when VK left it out), or None."""
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or not isinstance(raw.get("object"), dict):
        log.warning("unreadable_event", type=str(raw.get("type")) if isinstance(raw, dict) else type(raw).__name__)
        return None
    if not raw.get("event_id"):
        return {**raw, "event_id": digest(json.dumps(raw, sort_keys=True))}
    return raw
