"""A small world that works: what the board shows, and what it was asked to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

MORNING = datetime(2026, 5, 14, 6, 20, tzinfo=UTC)


def run(text: str, **style: object) -> Json:
    """A piece of text in one style."""
    plain: Json = {"bold": False, "italic": False, "url": None, "hashtag": False, "quote": False}
    return {"text": text, **plain, **style}


def button(label: str, *, url: str | None = None) -> Json:
    """A button that opens `url`, or else can be pressed."""
    return {"label": label, "url": url, "press": url is None}


def card(url: str, title: str, **more: str) -> Json:
    """The preview of a link."""
    return {"url": url, "title": title, "description": None, "image": None, "site": None, **more}


class StandInWorld:
    """The board's World in memory: it remembers what was said and pressed, and answers nothing by itself."""

    def __init__(self, *, stories: int | None = 3) -> None:
        self.now = MORNING
        self.said: list[tuple[str, str]] = []
        self.pressed: list[tuple[str, str, int, int]] = []
        self.publish: Callable[[], str] | None = None if stories is None else self._publish_next
        self.plan: Callable[[str], Awaitable[list[dict[str, str]]]] | None = None
        self._stories = stories or 0
        self._revision = 0
        self._last_id = 0
        self._bell = asyncio.Event()
        self._channel: Json = {"title": "Наука и поезда", "address": "@science_trains", "messages": []}
        self._wall: Json = {"title": "Наука и поезда", "address": "vk.com/science_trains", "messages": []}
        self._chats: list[Json] = []

    def add_chat(self, chat: str, title: str, *commands: str, language: str = "ru") -> None:
        """A private chat with the bot, such as "telegram:2001"."""
        platform = chat.partition(":")[0]
        facts = {"id": chat, "platform": platform, "title": title, "language": language, "commands": list(commands)}
        self._chats.append({**facts, "blocked": False, "notice": None, "messages": []})
        self._ring()

    def add(self, where: str, *runs: Json, sender: str = "bot", minutes: float = 3, **more: object) -> str:
        """A new message on the "channel", on the "wall" or in a chat, `minutes` after the last one. Returns its id."""
        self.now += timedelta(minutes=minutes)
        self._last_id += 1
        empty: Json = {"card": None, "photo": None, "source": None, "buttons": [], "edited": False, "answers": None}
        head = {"id": str(self._last_id), "from": sender, "at": self.now.isoformat(), "runs": list(runs)}
        self._place(where)["messages"].append({**head, **empty, **more})
        self._ring()
        return str(self._last_id)

    def edit(self, where: str, message_id: str, **changes: object) -> None:
        """Change a message that is there."""
        for message in self._place(where)["messages"]:
            if message["id"] == message_id:
                message.update(changes)
        self._ring()

    def notify(self, chat: str, notice: str | None) -> None:
        """Answer a pressed button with a short word."""
        self._place(chat)["notice"] = notice
        self._ring()

    def expect(self, *lines: dict[str, str]) -> None:
        """There is a bot now that will send these out."""

        async def plan(language: str) -> list[dict[str, str]]:
            return [{**line, "why": f"{line['why']} ({language})"} for line in lines]

        self.plan = plan
        self._ring()

    def snapshot(self) -> Json:
        return {
            "now": self.now.isoformat(),
            "revision": self._revision,
            "channel": self._channel,
            "wall": self._wall,
            "chats": self._chats,
        }

    async def changed(self, since: int) -> int:
        while self._revision <= since:
            await self._bell.wait()
        return self._revision

    async def say(self, chat: str, text: str) -> None:
        self.said.append((chat, text))
        self.add(chat, run(text), sender="person")

    async def press(self, chat: str, message_id: str, row: int, column: int) -> None:
        self.pressed.append((chat, message_id, row, column))
        self._ring()

    def _publish_next(self) -> str:
        if self._stories == 0:
            raise LookupError("no story is left")
        self._stories -= 1
        self.add("channel", run("Ночной поезд едет тише", bold=True))
        self.add("wall", run("Ночной поезд едет тише"))
        return "Ночной поезд едет тише"

    def _place(self, where: str) -> Json:
        public = {"channel": self._channel, "wall": self._wall}
        return public[where] if where in public else next(chat for chat in self._chats if chat["id"] == where)

    def _ring(self) -> None:
        self._revision += 1
        self._bell.set()
        self._bell = asyncio.Event()
