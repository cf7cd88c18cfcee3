"""Inline mode: `@bot Вьетнам` in any chat finds articles to share; in the chat with the bot also tags to follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.catalogue import Catalogue
from bot.model import Article, Post
from bot.names import Name
from bot.render import Choice, article_choice, command_choice, inline_answer
from handlers import naming
from handlers.hearing import Doors, Inquiry
from handlers.texts import Phrases

PAGE = 20
TAGS = 5
"""Names that are offered above the articles."""
_FRESH_SECONDS = 60


async def results(inquiry: Inquiry, doors: Doors, say: Phrases) -> Post:
    """The answer to an inline query. Without words it offers what is newest. Raises StoreError."""
    words = " ".join(inquiry.text.split())
    start = int(inquiry.offset) if inquiry.offset.isdecimal() else 0
    keys = await doors.archive.search(words) if words else await doors.archive.newest()
    articles = await doors.archive.articles(keys[start : start + PAGE])
    names = _names(words, await doors.names.catalogue()) if inquiry.at_home and not start and doors.subscribing else ()
    choices = [*_tags(names, say), *_articles(articles, say)]
    found = await doors.names.known(words) if words else None
    more = start + PAGE
    return inline_answer(
        inquiry.id,
        choices,
        next_offset=str(more) if more < len(keys) else "",
        seconds=_FRESH_SECONDS,
        button=(say("inline-follow", tag=found.label), f"t_{found.id}")
        if found and not inquiry.at_home
        else (say("inline-nothing" if not choices else "inline-open"), "inline"),
    )


def _names(words: str, catalogue: Catalogue) -> Sequence[Name]:
    return sorted(catalogue.beginning(words), key=lambda name: -name.count)[:TAGS] if words else catalogue.names[:TAGS]


def _tags(names: Iterable[Name], say: Phrases) -> list[Choice]:
    """Choosing one types the command."""
    return [
        command_choice(
            f"t_{name.id}",
            say("inline-subscribe", tag=naming.called(name, say)),
            say("inline-week", count=name.count),
            f'/subscribe "{name.label}"',
        )
        for name in names
    ]


def _articles(articles: Iterable[Article], say: Phrases) -> list[Choice]:
    return [article_choice(article, "ru" if say.language == "ru" else "en") for article in articles]
