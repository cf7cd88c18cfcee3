"""What goes along with an article that a reader subscribed to: why it came, and how to stop it."""

from __future__ import annotations

from bot.model import Article, Button, Reader
from bot.tags import fold, tag_id, terms
from handlers.texts import Phrases

_MOST_NAMED = 3


def accompany(article: Article, reader: Reader, say: Phrases) -> tuple[str | None, tuple[tuple[Button, ...], ...]]:
    """The line that says which of the reader's tags matched, and a button to drop the first of them."""
    found = terms(article)
    matched = [tag for tag in reader.tags if fold(tag) in found]
    if not matched:
        return None, ()
    because = say("because", count=len(matched), tags=say.quoted(matched[:_MOST_NAMED]))
    drop = Button(say("button-stop", tag=matched[0]), press=f"/unsubscribe t:{tag_id(matched[0])}")
    return because, ((drop,),)
