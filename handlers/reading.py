"""Readers read the newest articles: `/latest [tag or query]`."""

from __future__ import annotations

from bot.model import Article
from bot.query import facets, matches
from bot.readers import Subscription
from bot.tags import fold
from bot.talk import Button, Reply, Span
from handlers import choosing, naming
from handlers.hearing import Asked, Doors
from handlers.texts import joined

SHOWN = 5
LOOKED_AT = 500
"""Articles that are held against a query."""


async def latest(asked: Asked, doors: Doors) -> Reply:
    """The newest articles, of one tag or query if one is named: headline, outlet, time."""
    wanted = await naming.wanted(asked.command.argument, asked, doors)
    if not wanted:
        articles = await doors.articles.recent(SHOWN)
        return Reply(_listing("latest", articles, asked) if articles else asked.say.spans("latest-none"))
    return await of(wanted[0].subscription, asked, doors)


async def of(wish: Subscription, asked: Asked, doors: Doors) -> Reply:
    """The newest articles of one tag or query, with a button to follow it or to drop it."""
    articles = await _newest(wish, doors)
    follow = choosing.rows(await _follow(wish, asked, doors))
    if not articles:
        text = asked.say.spans("latest-none-tag" if wish.is_tag else "latest-none-query", tag=wish.label)
        return Reply(text, (*follow, *await choosing.popular(asked, doors, choosing.POPULAR - 1)))
    heading = "latest-tag" if wish.is_tag else "latest-query"
    return Reply(_listing(heading, articles, asked, tag=wish.label), follow)


async def _newest(wish: Subscription, doors: Doors) -> list[Article]:
    if wish.is_tag:
        return await doors.articles.recent(SHOWN, tag=fold(wish.label))
    recent = await doors.articles.recent(LOOKED_AT)
    return [article for article in recent if matches(wish.query, facets(article))][:SHOWN]


def _listing(heading: str, articles: list[Article], asked: Asked, **arguments: str) -> tuple[Span, ...]:
    return joined(asked.say.spans(heading, **arguments), *(entry(article, asked) for article in articles))


def entry(article: Article, asked: Asked) -> tuple[Span, ...]:
    """The headline as a link, and below it the outlet and the time."""
    facts = (
        article.outlet.name if article.outlet else "",
        asked.moment(article.published_at) if article.published_at else "",
    )
    below = " · ".join(fact for fact in facts if fact)
    headline = asked.link(article.headline, article.link)
    return (*headline, Span(f"\n{below}")) if below else headline


async def _follow(wish: Subscription, asked: Asked, doors: Doors) -> list[Button]:
    """The button that subscribes to what was just read, or drops it; the list stays.

    What nobody has used has no short name yet: then the button spells it, if it is short enough for one.
    """
    mine = asked.reader.subscription(wish.key) is not None
    verb, label = ("unsubscribe", "button-drop") if mine else ("subscribe", "button-follow")
    named = mine or await doors.labels.label(wish.key) is not None
    press = f"/{verb} {f't:{wish.key}' if named else wish.text} from:latest"
    fits = len(press.encode()) <= choosing.PRESS_BYTES
    return [Button(asked.say(label, tag=wish.label), press=press)] if fits else []
