"""Article to Post, and Reply to Posts, per platform: pure and total.

Nothing here raises, exceeds a platform's limit, produces markup that a platform would refuse, or an empty message.
A post's parameters are plain JSON values, exactly as they go over the wire: true and false for Telegram, 1 and 0 for
VK.
"""

from __future__ import annotations

from bot.model import Article, Button, Heard, Place, Platform, Post, Reply
from bot.render import telegram, vk
from bot.render.style import Style
from bot.render.text import Text
from bot.render.typography import tidy

__all__ = ["Style", "Text", "message_for", "post_for", "reply_for", "tidy"]


def post_for(article: Article, place: Place, style: Style, *, key: str | None = None) -> Post:
    """The public post of an article. `key`: what the article is known by, when it is not its own key."""
    if place.platform is Platform.TELEGRAM:
        return telegram.post_for(article, place, style)
    return vk.post_for(article, place, style, key=key or article.key)


def message_for(
    article: Article,
    place: Place,
    style: Style,
    *,
    buttons: tuple[tuple[Button, ...], ...] = (),
    because: str | None = None,
) -> Post:
    """The same article for a subscriber. `because` says in a few words why it came: «по тегу Наука»."""
    if place.platform is Platform.TELEGRAM:
        return telegram.message_for(article, place, style, buttons=buttons, because=because)
    return vk.message_for(article, place, style, buttons=buttons, because=because)


def reply_for(reply: Reply, heard: Heard, *, edit: bool = False) -> tuple[Post, ...]:
    """The calls that answer what was heard, in order; none when there is nothing to say.

    A pressed button is acknowledged first. With `edit` the message under whose button was pressed gets the new text;
    what doesn't fit into one message follows in further ones.
    """
    if heard.place.platform is Platform.TELEGRAM:
        return telegram.reply_for(reply, heard, edit=edit)
    return vk.reply_for(reply, heard, edit=edit)
