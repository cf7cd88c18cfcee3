"""What an admin hears when a post could not be changed where it stands."""

from __future__ import annotations

from bot.editions import Edition
from bot.talk import Reply, Span
from handlers.texts import Phrases, joined


def could_not(edition: Edition, channel: str, url: str | None, why: str, say: Phrases) -> Reply:
    """The article, the channel, where the post is, and the platform's own words."""
    what = "could-not-correct" if edition.retracted is None else "could-not-retract"
    where = url or channel
    return Reply(
        joined(
            say.spans(what, headline=edition.article.headline, channel=channel),
            (Span(where, url=url),),
            say.spans("could-not-why", why=why) if why else (),
        )
    )
