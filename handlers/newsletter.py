"""What goes along with an article that a reader subscribed to: why it came, and how to stop it."""

from __future__ import annotations

from bot.model import Article, Button
from bot.query import facets
from bot.readers import Reader
from handlers.texts import Phrases

_MOST_NAMED = 3


def accompany(article: Article, reader: Reader, say: Phrases) -> tuple[str | None, tuple[tuple[Button, ...], ...]]:
    """The line that says which of the reader's subscriptions matched, and a button to drop the first of them."""
    matched = reader.wanting(facets(article))
    if not matched:
        return None, ()
    because = say("because", count=len(matched), tags=say.quoted(one.label for one in matched[:_MOST_NAMED]))
    drop = Button(say("button-stop", tag=matched[0].label), press=f"/unsubscribe t:{matched[0].key}")
    return because, ((drop,),)
