"""Readers read the newest articles: `/latest [tag]`."""

from __future__ import annotations

from bot.model import Article
from bot.tags import fold, tag_id
from bot.talk import Button, Reply, Span
from handlers import choosing, naming
from handlers.hearing import Asked, Doors
from handlers.texts import joined

SHOWN = 5


async def latest(asked: Asked, doors: Doors) -> Reply:
    """The newest articles, of one tag if one is named: headline, outlet, time."""
    wanted = await naming.wanted(asked.command.argument, asked, doors)
    if not wanted:
        articles = await doors.articles.recent(SHOWN)
        return Reply(_listing("latest", articles, asked) if articles else asked.say.spans("latest-none"))
    return await of_tag(wanted[0].subscription.label, asked, doors)


async def of_tag(tag: str, asked: Asked, doors: Doors) -> Reply:
    """The newest articles of one tag, with a button to follow it or to drop it."""
    articles = await doors.articles.recent(SHOWN, tag=fold(tag))
    follow = choosing.rows(await _follow(tag, asked, doors))
    if not articles:
        text = asked.say.spans("latest-none-tag", tag=tag)
        return Reply(text, (*follow, *await choosing.popular(asked, doors, choosing.POPULAR - 1)))
    return Reply(_listing("latest-tag", articles, asked, tag=tag), follow)


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


async def _follow(tag: str, asked: Asked, doors: Doors) -> list[Button]:
    """The button that subscribes to the tag just read, or drops it; the list stays.

    A tag that nobody has used has no short name yet: then the button spells it, if it is short enough for one.
    """
    mine = asked.reader.has(tag)
    verb, label = ("unsubscribe", "button-drop") if mine else ("subscribe", "button-follow")
    named = mine or await doors.labels.label(tag_id(tag)) is not None
    press = f"/{verb} {f't:{tag_id(tag)}' if named else tag} from:latest"
    return [Button(asked.say(label, tag=tag), press=press)] if len(press.encode()) <= choosing.PRESS_BYTES else []
