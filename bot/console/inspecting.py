"""`plan`, `why`, `export`, `import`: looking into the state, beside a running bot or without one."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bot.app import SystemClock, enter_store
from bot.assembly import channels_of, lineups_of
from bot.config import Settings
from bot.errors import CommandError
from bot.model import Post
from bot.reconciling import storyteller
from bot.store import Store
from handlers.telling import told
from handlers.texts import Texts


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[Store]:
    """The state, shared with a running bot if there is one. Raises StoreError."""
    async with AsyncExitStack() as stack:
        yield await enter_store(settings, stack, join=True)


async def plan(settings: Settings, hours: float) -> list[dict[str, Any]]:
    """What will go out: `[{"time", "channel", "article_id", "headline", "why"}]`."""
    now = SystemClock().now()
    zone = ZoneInfo(settings.timezone)
    async with open_state(settings) as store:
        channels = channels_of(settings, every=True)
        lines = await lineups_of(store).plan(channels, now=now, until=now + timedelta(hours=hours))
    return [
        {
            "time": line.time.astimezone(zone).isoformat(timespec="seconds"),
            "channel": line.channel,
            "article_id": line.article.id,
            "headline": line.article.headline,
            "why": line.why,
        }
        for line in lines
    ]


async def why(settings: Settings, name: str) -> list[str]:
    """The story of one article, as `/why` tells it. Raises CommandError for an unknown one."""
    now = SystemClock().now()
    async with open_state(settings) as store:
        story = await storyteller(store, channels_of(settings, every=True)).story(name, now=now)
    if story is None:
        raise CommandError(f"no article {name!r} is known: give its id, its URL, its key, or the address of a post")
    said = told(story, Texts(settings.language)(None), zone=ZoneInfo(settings.timezone), now=now)
    head = [story.article.headline, f"{story.article.link}  (key {story.article.key})"]
    return [*head, *"".join(span.text for span in said).splitlines()]


async def audit(settings: Settings, last: int) -> list[dict[str, str]]:
    """Who did what: `[{"at", "by", "what", "outcome"}]`, the newest first."""
    zone = ZoneInfo(settings.timezone)
    async with open_state(settings) as store:
        deeds = await store.audit.deeds(last)
    return [
        {
            "at": deed.at.astimezone(zone).isoformat(timespec="seconds"),
            "by": deed.by,
            "what": deed.what,
            "outcome": deed.outcome,
        }
        for deed in deeds
    ]


async def export_state(settings: Settings, file: Path) -> int:
    """All state as JSON lines; how many. The file is whole or not there at all."""
    count = 0
    async with open_state(settings) as store:
        if str(file) == "-":
            async for row in store.dump():
                print(json.dumps(row, ensure_ascii=False), file=sys.stdout)  # noqa: T201 - the user asked for stdout
                count += 1
            return count
        unfinished = file.with_name(f"{file.name}.part")
        try:
            with unfinished.open("w", encoding="utf-8") as out:
                async for row in store.dump():
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                    count += 1
            unfinished.replace(file)
        except OSError as error:
            raise CommandError(f"{file}: can't be written: {error.strerror}") from error
    return count


async def import_state(settings: Settings, file: Path) -> int:
    """State from JSON lines; how many. Nothing is changed when a line can't be read."""
    try:
        text = await asyncio.to_thread(_text_of, file)
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    except OSError as error:
        raise CommandError(f"{file}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{file}: not JSON lines: {error}") from None
    async with open_state(settings) as store:
        return await store.restore(rows)


def _text_of(file: Path) -> str:
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def show_plan(lines: Sequence[Mapping[str, Any]]) -> None:
    """The plan as a table."""
    if not lines:
        Console().print("Nothing will go out in this time: no article is waiting.")
        return
    table = Table("time", "channel", "headline", "why", box=None, header_style="bold")
    for line in lines:
        moment = datetime.fromisoformat(line["time"]).strftime("%d.%m. %H:%M")
        table.add_row(moment, line["channel"], line["headline"], line["why"])
    Console().print(table)


def show_article(article: Mapping[str, Any]) -> None:
    """Article JSON for a person."""
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in article.items():
        table.add_row(key, _plain(value))
    Console().print(table)


def show_feed(feed: Mapping[str, Any]) -> None:
    """Feed JSON for a person."""
    entries = feed["entries"]
    Console().print(f"[bold]{feed['title'] or feed['url']}[/bold]: {len(entries)} entries", highlight=False)
    table = Table("published", "headline", "link", box=None, header_style="bold")
    for entry in entries:
        table.add_row(entry["published_at"] or "–", entry["headline"], entry["url"])
    Console().print(table)


def show_posts(posts: Sequence[Post]) -> None:
    """API calls for a person: the method, then its parameters."""
    for post in posts:
        table = Table(title=post.method, title_justify="left", show_header=False, box=None)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for key, value in post.params.items():
            table.add_row(key, _plain(value))
        Console().print(table)


def _plain(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
