"""What goes along with an article that a reader subscribed to: why it came, and how to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.model import Article
from bot.query import facets
from bot.readers import SOONEST, Delivery, Reader
from bot.talk import Button
from handlers.texts import Phrases

_MOST_NAMED = 3


def accompany(
    articles: Sequence[Article], reader: Reader, say: Phrases
) -> tuple[str | None, tuple[tuple[Button, ...], ...]]:
    """The line that says which of the reader's subscriptions matched, and buttons to drop the first of them and to ask
    why. A channel gets neither: its readers chose nothing, and its admins change it in private."""
    if reader.broadcast:
        return None, ()
    matched = list(dict.fromkeys(one for article in articles for one in reader.wanting(facets(article))))
    if not matched:
        return None, ()
    because = say("because", count=len(matched), tags=say.quoted(one.label for one in matched[:_MOST_NAMED]))
    first = matched[0]
    drop = Button(say("button-stop", tag=first.label), press=f"/unsubscribe t:{first.key}")
    snooze = Button(say("button-snooze", tag=first.label), press=f"/snooze t:{first.key}")
    why = Button(say("button-why"), press=f"/because {articles[0].key}")
    return because, ((drop,), (snooze, why))


def digest_words(
    kinds: AbstractSet[Delivery], left: int, reader: Reader, say: Phrases
) -> tuple[str, str, tuple[tuple[Button, ...], ...]]:
    """The heading of a digest, what is said of the articles that did not fit, and the button to change its time, which
    a channel goes without."""
    longest = next((kind for kind in reversed(SOONEST) if kind in kinds), Delivery.NOW)
    more = say("digest-more", count=left) if left else ""
    buttons = () if reader.broadcast else ((Button(say("button-digest"), press="/digest"),),)
    return say("digest-heading", kind=str(longest)), more, buttons
