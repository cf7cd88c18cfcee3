"""`depeche preview`: the very posts of an article, in the terminal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from bot.app import SystemClock
from bot.assembly import channels_of, fetcher_for
from bot.codec import article_from_json
from bot.config import Settings, given
from bot.errors import CommandError
from bot.looks import Preview
from bot.model import Article, Post
from bot.previewing import Previewer
from bot.render.preview import words_of
from bot.source.batch import extract
from bot.source.card import CRAWLER, LinkCards
from bot.source.page import read_page

SAMPLE_CHANNELS = [
    {"name": "telegram", "platform": "telegram", "target": "@digest"},
    {"name": "vk", "platform": "vk", "target": "-220"},
]
"""What is shown where no settings name a channel."""
_WIDTH = 88


def with_channels(settings: Settings) -> Settings:
    """Settings with a channel on each platform where they name none."""
    return settings if settings.channels else given({"channels": SAMPLE_CHANNELS, "language": settings.language})


async def article_of(settings: Settings, source: str) -> Article:
    """The article in a file (Article JSON or a page) or at an address. Raises CommandError, SourceError."""
    if source.startswith(("http://", "https://")):
        async with fetcher_for(settings) as fetcher:
            return await extract(source, fetcher=fetcher)
    try:
        body = await asyncio.to_thread(Path(source).read_bytes)
    except OSError as error:
        raise CommandError(f"{source}: can't be read: {error.strerror}") from error
    if not body.lstrip().startswith(b"{"):
        return read_page(body, url="")
    try:
        return article_from_json(json.loads(body))
    except ValueError as error:
        raise CommandError(f"{source}: not an article: {error}") from None


async def previews(settings: Settings, article: Article, *, cards: bool) -> list[Preview]:
    """One for each channel; `cards`: the article's page is looked at as VK would."""
    settings = with_channels(settings)
    now = SystemClock().now()
    async with fetcher_for(settings, user_agent=CRAWLER) as crawler:
        previewer = Previewer(settings, channels_of(settings, every=True), LinkCards(crawler) if cards else None)
        return await previewer.of(article, now=now)


async def show(settings: Settings, article: Article, *, cards: bool) -> list[Post]:
    """Each as a panel: what people read, and what is known of it below. Returns the posts."""
    found = await previews(settings, article, cards=cards)
    _draw(found, settings)
    return [preview.look.post for preview in found]


def _draw(previews: Sequence[Preview], settings: Settings) -> None:
    console = Console(width=min(Console().width, _WIDTH))
    for preview in previews:
        title = f"{preview.channel} · {preview.place.platform} {preview.place.chat}"
        body = Group(_styled(preview.look.post), Text("\n".join(["", *_facts(preview, settings)]), style="dim"))
        console.print(Panel(body, title=title, title_align="left", border_style="cyan"))


def _facts(preview: Preview, settings: Settings) -> list[str]:
    look = preview.look
    facts = [f"{look.post.method}: {look.length} of {look.limit} characters"]
    facts += [f"cut: {what}" for what in look.cut] or ["nothing was cut"]
    if preview.card_seen:
        facts.append(f"link card: {preview.card or 'as it should be'}")
    if preview.not_here:
        facts.append(f"does not go here: {preview.not_here}")
    elif preview.slot:
        facts.append(f"next slot: {preview.slot.astimezone(ZoneInfo(settings.timezone)):%d.%m. %H:%M}")
    else:
        facts.append("goes out at once")
    return facts


def _styled(post: Post) -> Text:
    """The words of a post as people see them: Telegram's entities as styles. Offsets are UTF-16 units."""
    params = post.params
    media = params.get("media") or [{}]
    words = words_of(post)
    entities = params.get("entities") or params.get("caption_entities") or media[0].get("caption_entities") or ()
    ends = _by_units(words)
    text = Text(words)
    for entity in entities:
        style = {"bold": "bold", "italic": "italic", "text_link": f"blue link {entity.get('url')}"}
        start, end = ends[entity["offset"]], ends[entity["offset"] + entity["length"]]
        text.stylize(style.get(entity["type"], "on grey15"), start, end)
    return text


def _by_units(words: str) -> dict[int, int]:
    """Which character begins at a UTF-16 unit."""
    found, unit = {0: 0}, 0
    for index, char in enumerate(words, 1):
        unit += 2 if ord(char) > 0xFFFF else 1
        found[unit] = index
    return found
