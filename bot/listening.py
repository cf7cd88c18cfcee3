"""Hearing people: updates come in, are answered, and only then are confirmed.

An update is asked for again until it was dealt with; the conversation answers one that comes twice only once. People
don't wait for each other: only what one chat says is taken in order.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Protocol

import structlog
from aiogram.types import Update
from pydantic import ValidationError

from bot.channels.telegram import Telegram
from bot.channels.vk import Vk
from bot.channels.vk_witness import wall_post
from bot.errors import DeliveryError, StoreError, TryLater
from bot.ports import Marks, Traces
from bot.problems import Problems
from bot.statistics import Echo
from bot.talk import Heard
from handlers import telegram as telegram_updates
from handlers import vk as vk_events
from handlers.conversation import Conversation
from handlers.hearing import Event, Inquiry

log = structlog.get_logger(__name__)

PATIENCE = 15.0
"""Seconds after which slow answers no longer hold back the next updates."""
FIRST_PAUSE = timedelta(seconds=2)
PAUSE = timedelta(seconds=60)
"""Between two tries when listening is refused, as with a wrong token: soon at first, since a webhook that an earlier
start has set is just being taken away; then doubled up to a minute."""
SHORT_POLL = 0.5
"""Seconds; an answer without news that comes sooner is followed by as long a pause."""
STORE_PAUSE = timedelta(seconds=3)
VK_TS = "vk:ts"
"""The mark that keeps VK's place in its queue of events over a restart."""


class Inbox(Protocol):
    """Where a platform's updates come from."""

    name: str

    async def receive(self) -> list[Event]:
        """Wait for what is new and not confirmed. Raises a DeliveryError or StoreError."""
        ...

    async def confirm(self) -> None:
        """What was received last is dealt with. Raises StoreError."""
        ...


class TelegramInbox:
    """Long polling; the next request confirms what came before."""

    name = "telegram"

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._offset: int | None = None
        self._next: int | None = None

    async def receive(self) -> list[Event]:
        updates = await self._telegram.updates(offset=self._offset)
        if updates:
            self._next = updates[-1].update_id + 1
        return [event for update in updates if (event := telegram_updates.hear(update)) is not None]

    async def confirm(self) -> None:
        self._offset = self._next


class VkInbox:
    """Long Poll of a community; its `ts` is kept, so that what was said during a restart is heard after it."""

    name = "vk"

    def __init__(self, vk: Vk, marks: Marks, traces: Traces) -> None:
        self._vk = vk
        self._marks = marks
        self._traces = traces
        self._next: str | None = None
        self._kept: str | None = None

    async def receive(self) -> list[Event]:
        events, self._next = await self._vk.events(await self._marks.get(VK_TS))
        for event in events:
            if (told := wall_post(event)) is not None:
                await self._traces.note(*told)
        return [heard for event in events if (heard := vk_events.hear(event)) is not None]

    async def confirm(self) -> None:
        if self._next is not None and self._next != self._kept:
            await self._marks.put(VK_TS, self._next)
            self._kept = self._next


class LedInbox:
    """An inbox that only the copy of the bot that leads reads. What a frozen one heard is left to its successor."""

    def __init__(self, inbox: Inbox, confirm_leading: Callable[[], Awaitable[None]]) -> None:
        self._inbox = inbox
        self._confirm_leading = confirm_leading
        self.name = inbox.name

    async def receive(self) -> list[Event]:
        await self._confirm_leading()
        events = await self._inbox.receive()
        await self._confirm_leading()
        return events

    async def confirm(self) -> None:
        await self._inbox.confirm()


def led_inboxes(
    telegram: Telegram | None,
    vk: Vk | None,
    marks: Marks,
    traces: Traces,
    confirm_leading: Callable[[], Awaitable[None]],
) -> Sequence[Inbox]:
    """Where to listen, on the platforms given, while this copy of the bot leads."""
    inboxes: list[Inbox] = [TelegramInbox(telegram)] if telegram is not None else []
    inboxes += [VkInbox(vk, marks, traces)] if vk is not None else []
    return [LedInbox(inbox, confirm_leading) for inbox in inboxes]


async def listen(inbox: Inbox, conversation: Conversation, tasks: asyncio.TaskGroup, problems: Problems) -> None:
    """Hear until cancelled. Answers run in `tasks`, so that stopping to listen does not cut them off."""
    task = asyncio.current_task()
    refusals = 0
    # a cancellation that meets an answer just coming in may end inside a client library: then it is found here
    while not (task and task.cancelling()):
        try:
            began = time.monotonic()
            events = await inbox.receive()
            if await _answer(events, conversation, tasks):
                await inbox.confirm()
            else:
                await asyncio.sleep(STORE_PAUSE.total_seconds())
            if not events and time.monotonic() - began < SHORT_POLL:
                await asyncio.sleep(SHORT_POLL)  # a server that does not hold the line open is not to be hammered
        except StoreError as error:
            log.warning("store_away", listening=inbox.name, error=str(error))
            await asyncio.sleep(STORE_PAUSE.total_seconds())
        except DeliveryError as error:
            problems.report(f"{inbox.name} updates", str(error))
            pause = error.after if isinstance(error, TryLater) else FIRST_PAUSE * (1 << min(refusals, 10))
            refusals += 1
            await asyncio.sleep(min(pause, PAUSE).total_seconds())
        else:
            refusals = 0
            problems.clear(f"{inbox.name} updates")


async def _answer(events: Sequence[Event], conversation: Conversation, tasks: asyncio.TaskGroup) -> bool:
    """Answer a batch. False: the store was away, and the batch must come again."""
    ordered = sorted(events, key=lambda event: str(event.place))
    chats = [list(group) for _, group in groupby(ordered, key=lambda event: str(event.place))]
    answers = [tasks.create_task(_answer_chat(chat, conversation)) for chat in chats]
    if not answers:
        return True
    done, _slow = await asyncio.wait(answers, timeout=PATIENCE)
    return all(answer.result() for answer in done)


async def _answer_chat(events: Iterable[Event], conversation: Conversation) -> bool:
    try:
        for event in events:
            await _hear(event, conversation)
    except StoreError as error:
        log.warning("store_away", error=str(error))
        return False
    return True


async def hear_update(raw: Mapping[str, Any], conversation: Conversation) -> None:
    """Pass on an update that a webhook brought; one that can't be read is left with a log line. Raises StoreError."""
    try:
        update = Update.model_validate(raw)
    except ValidationError:
        log.warning("unreadable_update", update_id=raw.get("update_id"))
        return
    event = telegram_updates.hear(update)
    if event is not None:
        await _hear(event, conversation)


async def _hear(event: Event, conversation: Conversation) -> None:
    if isinstance(event, Heard):
        await conversation.hear(event)
    elif isinstance(event, Inquiry):
        await conversation.inquire(event)
    elif isinstance(event, Echo):
        await conversation.count(event)
    else:
        await conversation.changed(event)
