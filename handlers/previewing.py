"""What a subscription would have brought: of the last articles so many, with examples."""

from __future__ import annotations

from bot.model import Article
from bot.query import facets, matches
from bot.readers import Subscription
from bot.talk import Span
from handlers.hearing import Asked, Doors
from handlers.texts import joined

LOOKED_AT = 100
EXAMPLES = 3


async def preview(one: Subscription, asked: Asked, doors: Doors) -> tuple[Span, ...]:
    """How many of the last articles it would have brought, the newest three by name; nothing while there are none."""
    recent = await doors.articles.recent(LOOKED_AT)
    if not recent:
        return ()
    fitting = [article for article in recent if matches(one.query, facets(article))]
    line = asked.say.spans("preview", count=len(fitting), of=len(recent))
    return joined(line, *(_example(article, asked) for article in fitting[:EXAMPLES]), by="\n")


def _example(article: Article, asked: Asked) -> tuple[Span, ...]:
    return (Span("· "), *asked.link(article.headline, article.link))
