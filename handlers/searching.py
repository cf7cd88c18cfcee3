"""Readers search the archive: `/search words`, page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model import Article
from bot.talk import Button, Reply, Span
from handlers import choosing, reading
from handlers.hearing import Asked, Doors
from handlers.texts import joined

SHOWN = 5
MOST_CHARS = 200
_PAGE = re.compile(r"(?P<page>\d{1,4}):\s*(?P<words>.*)", re.DOTALL)
_KEPT = re.compile(r"q:[a-z2-7]{10}")


async def search(asked: Asked, doors: Doors) -> Reply:
    """`/search words`: the articles with all of them, the newest first; `2: words`, from a button: another page."""
    page, words = _asked_for(asked.command.argument)
    if _KEPT.fullmatch(words):
        words = doors.archive.recall(words) or ""
        if not words:
            return Reply(asked.say.spans("search-stale"))
    words = " ".join(words.split())[:MOST_CHARS]
    if not any(char.isalnum() for char in words):
        return Reply(asked.say.spans("search-how"))
    found = await doors.archive.search(words)
    pages = max(1, -(-len(found) // SHOWN))
    page = min(max(page, 1), pages)
    articles = await doors.archive.articles(found[(page - 1) * SHOWN : page * SHOWN])
    follow = await _follow(words, asked, doors)
    if not articles:
        return Reply(asked.say.spans("search-none", words=words), choosing.rows(follow))
    turns = (("‹", page - 1), ("›", page + 1))
    turn = [Button(arrow, press=_press(words, to, doors)) for arrow, to in turns if 1 <= to <= pages]
    return Reply(
        joined(asked.say.spans("search-found", count=len(found), words=words), *_entries(articles, asked)),
        (*choosing.rows(turn), *choosing.rows(follow)),
        notice=asked.say("page", page=page, pages=pages) if asked.pressed else None,
    )


def _asked_for(argument: str) -> tuple[int, str]:
    found = _PAGE.fullmatch(argument.strip())
    return (int(found["page"]), found["words"].strip()) if found else (1, argument.strip())


def _press(words: str, page: int, doors: Doors) -> str:
    """The words themselves, so that the button outlives a restart; those too long for it are kept in mind."""
    press = f"/search {page}: {words}"
    return press if len(press.encode()) <= choosing.PRESS_BYTES else f"/search {page}: {doors.archive.remember(words)}"


def _entries(articles: Sequence[Article], asked: Asked) -> list[tuple[Span, ...]]:
    return [reading.entry(article, asked) for article in articles]


async def _follow(words: str, asked: Asked, doors: Doors) -> list[Button]:
    """Where the words name something, a button to follow it."""
    found = await doors.names.look_up(words)
    if found.name is None or not doors.subscribing or asked.reader.has(found.name.label):
        return []
    return [Button(asked.say("button-follow", tag=found.name.label), press=f"/subscribe t:{found.name.id}")]
