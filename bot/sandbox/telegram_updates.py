"""What happened, on its way to the bot: by getUpdates or by a webhook, one of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.sandbox.world import Signal

_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LONGEST_POLL = 50.0
_FIRST_RETRY, _LONGEST_RETRY = 0.05, 1.0
_WEBHOOK_SECONDS = 10.0


class Conflict(Exception):
    """Two receivers want the same updates; the message is the end of Telegram's description."""


class Updates:
    """The queue of updates. `webhook` is the URL they are sent to, or empty."""

    def __init__(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.allowed: list[str] = []
        self.webhook = ""
        self.secret = ""
        self.last_error: str | None = None
        self._last_id = 1000
        self._poll = 0
        self._signal = Signal()

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Keep an update for the bot, unless the bot has said that it doesn't want this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if wanted:
            self._last_id += 1
            self.pending.append({"update_id": self._last_id, kind: dict(content)})
            self._signal.ring()

    def set_webhook(self, url: str, *, secret: str, allowed: list[str] | None, drop: bool) -> None:
        """Send updates there from now on; an empty URL leaves them to getUpdates."""
        self.webhook, self.secret, self.last_error = url, secret, None
        if allowed is not None:
            self.allowed = allowed
        if drop:
            self.pending.clear()
        self._signal.ring()

    async def poll(
        self, *, offset: int = 0, limit: int = 100, seconds: float = 0, allowed: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """getUpdates. A later poll ends this one. Raises Conflict."""
        if self.webhook:
            raise Conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if allowed is not None:
            self.allowed = allowed
        self._poll += 1
        self._signal.ring()
        mine = self._poll
        self._confirm(offset)
        try:
            async with asyncio.timeout(min(seconds, _LONGEST_POLL)):
                while not self.pending and mine == self._poll:
                    await self._signal.wait()
        except TimeoutError:
            return []
        if mine != self._poll:
            raise Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        return self.pending[: max(1, min(limit, 100))]

    def _confirm(self, offset: int) -> None:
        """A positive offset confirms everything before it; a negative one keeps only so many of the newest."""
        if offset > 0:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        elif offset < 0:
            self.pending = self.pending[offset:]

    async def next_for_webhook(self) -> dict[str, Any]:
        """Wait until there is a webhook and an update for it."""
        while not (self.webhook and self.pending):
            await self._signal.wait()
        return self.pending[0]

    async def deliver(self, session: aiohttp.ClientSession) -> dict[str, Any] | None:
        """Send the oldest update until the webhook takes it. Returns the method call in the webhook's answer."""
        retry = _FIRST_RETRY
        while True:
            update = await self.next_for_webhook()
            answer = await self._post(session, update)
            if answer is not None:
                if update in self.pending:
                    self.pending.remove(update)
                return answer or None
            await asyncio.sleep(retry)
            retry = min(retry * 2, _LONGEST_RETRY)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> dict[str, Any] | None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        deadline = aiohttp.ClientTimeout(total=_WEBHOOK_SECONDS)
        try:
            async with session.post(self.webhook, json=update, headers=headers, timeout=deadline) as answer:
                if answer.status // 100 != 2:
                    self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                    return None
                if answer.content_type != "application/json":
                    return {}
                called = await answer.json()
                return called if isinstance(called, dict) and "method" in called else {}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self.last_error = f"Connection failed: {type(error).__name__}"
            return None
