"""The sandbox's world: everything that stands on its networks, and what its people do.

The servers write here what the bot does; the board reads it with `snapshot` and `changed`; tests and the board act as
people with `say`, `press`, `block` and `unblock`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.ports import Clock
from bot.sandbox.state import PRESSED, Call, Chat, Key, Message

CHANNEL = "telegram:-1001000000001"
LOG_CHAT = "telegram:-1001000000002"
WALL = "vk:-220"
GROUP_ID = 220
EDITOR_ID = 1001


class Network(Protocol):
    """What a network does when a person acts on it."""

    def say(self, chat: Chat, text: str) -> Message: ...

    def press(self, chat: Chat, message: Message, key: Key) -> None: ...

    def block(self, chat: Chat) -> None: ...

    def unblock(self, chat: Chat) -> None: ...

    def commands(self, chat: Chat) -> list[str]: ...


class SystemClock:
    """The computer's own clock, in UTC."""

    def now(self) -> datetime:
        """The time now, aware."""
        return datetime.now(UTC)


class Signal:
    """A bell that can ring many times: whoever waits when it rings goes on."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next ring."""
        await self._event.wait()


class World:
    """All chats by name, all requests in order, and a revision that grows with every change a person could see."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.chats: dict[str, Chat] = {}
        self.calls: list[Call] = []
        self.networks: dict[str, Network] = {}
        self.revision = 0
        self.publish: Callable[[], str] | None = None
        self.plan: Callable[[str], Awaitable[Sequence[Mapping[str, str]]]] | None = None
        self._signal = Signal()
        self._arrival = Signal()
        for chat in _inhabitants():
            self.add_chat(chat)

    def now(self) -> datetime:
        """The world's time."""
        return self.clock.now()

    def add_chat(self, chat: Chat) -> Chat:
        """Put a chat, and with a private chat its person, into the world."""
        self.chats[chat.name] = chat
        return chat

    def chat(self, name: str) -> Chat:
        """The chat of that name, such as "telegram:2001". Raises KeyError when there is none."""
        return self.chats[name]

    @property
    def channel(self) -> Chat:
        """The Telegram channel the demo posts to."""
        return self.chats[CHANNEL]

    @property
    def wall(self) -> Chat:
        """The VK wall the demo posts to."""
        return self.chats[WALL]

    def touch(self) -> None:
        """Something a person could see has changed."""
        self.revision += 1
        self._signal.ring()

    def record(self, call: Call) -> None:
        """Keep a request that came in."""
        self.calls.append(call)
        self._arrival.ring()

    async def called(self, platform: str, method: str, times: int = 1) -> list[Call]:
        """Wait until that method has been asked for so many times, and return those requests, oldest first."""
        while True:
            found = [call for call in self.calls if (call.platform, call.method) == (platform, method)]
            if len(found) >= times:
                return found
            await self._arrival.wait()

    async def changed(self, since: int) -> int:
        """Wait until the revision is greater than `since`, and return it."""
        while self.revision <= since:
            await self._signal.wait()
        return self.revision

    def snapshot(self) -> dict[str, Any]:
        """Everything the board draws, as JSON."""
        return {
            "now": self.now().isoformat(),
            "revision": self.revision,
            "channel": _public(self.channel),
            "wall": _public(self.wall),
            "chats": [self._private(chat) for chat in self.chats.values() if chat.kind == "private"],
        }

    async def say(self, chat: str, text: str) -> str:
        """The person of a private chat types something. Returns the message's id."""
        there = self.chat(chat)
        message = self.networks[there.platform].say(there, text)
        self.touch()
        return str(message.id)

    async def press(self, chat: str, message_id: str, row: int, column: int) -> None:
        """The person presses a button. Raises LookupError when there is none, ValueError when it opens a page."""
        there = self.chat(chat)
        message = there.messages[int(message_id)]
        key = message.keys[row][column]
        if key.kind not in PRESSED:
            raise ValueError(f"the button {key.label!r} opens a page and tells the bot nothing")
        there.notice = None
        self.networks[there.platform].press(there, message, key)
        self.touch()

    def block(self, chat: str) -> None:
        """The person blocks the bot, or forbids its messages."""
        there = self.chat(chat)
        self.networks[there.platform].block(there)
        self.touch()

    def unblock(self, chat: str) -> None:
        """The person lets the bot write again."""
        there = self.chat(chat)
        self.networks[there.platform].unblock(there)
        self.touch()

    def _private(self, chat: Chat) -> dict[str, Any]:
        network = self.networks.get(chat.platform)
        return {
            "id": chat.name,
            "platform": chat.platform,
            "title": chat.title,
            "language": chat.language,
            "blocked": chat.blocked,
            "notice": chat.notice,
            "commands": network.commands(chat) if network else [],
            "messages": [message.view() for message in chat.messages.values()],
        }


def _public(chat: Chat) -> dict[str, Any]:
    return {
        "title": chat.title,
        "address": chat.address,
        "messages": [message.view() for message in chat.messages.values()],
    }


def _inhabitants() -> list[Chat]:
    """The demo's channel, wall and people."""
    return [
        Chat("telegram", -1001000000001, "channel", "Дайджест мировой прессы", username="digest"),
        Chat("telegram", -1001000000002, "channel", "Журнал бота"),
        Chat("vk", -GROUP_ID, "wall", "Дайджест мировой прессы", username="digest_press"),
        Chat("telegram", 2001, "private", "Вы", username="you"),
        Chat("telegram", EDITOR_ID, "private", "Редактор", username="editor"),
        Chat("telegram", 2002, "private", "Anna", username="anna", language="en"),
        Chat("vk", 42, "private", "Вы"),
        Chat("vk", 43, "private", "Илья"),
    ]
