"""Article to Post, and Reply to Posts, per platform: pure and total.

Nothing here raises, exceeds a platform's limit, produces markup that a platform would refuse, or an empty message.
A post's parameters are plain JSON values, exactly as they go over the wire: true and false for Telegram, 1 and 0 for
VK.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.looks import Look
from bot.model import Article, Place, Platform, Post, Receipt
from bot.render import telegram, vk
from bot.render.circular import is_alike, shared
from bot.render.inline import Choice, article_choice, command_choice, inline_answer
from bot.render.roundup import correction as correct_roundup
from bot.render.roundup import look as look_at_roundup
from bot.render.roundup import most_together, roundup, roundup_edit_for
from bot.render.style import Style, updated_mark
from bot.render.text import Text
from bot.render.typography import tidy
from bot.talk import Button, Document, Heard, Picture, Reply, Span

__all__ = [
    "Choice", "Look", "Style", "Text", "aimed", "article_choice", "command_choice", "correction_for",
    "document_for", "inline_answer", "is_alike", "look", "look_at_roundup", "message_correction_for", "message_for",
    "most_together", "post_for", "removals_for", "reply_for", "roundup", "roundup_correction_for", "roundup_edit_for",
    "shared", "tidy", "under",
]  # fmt: skip


def look(article: Article, place: Place, style: Style, *, key: str | None = None) -> Look:
    """The public post of an article, and what had to be cut for it.

    `key`: what the article is known by, when it is not its own key.
    """
    if place.platform is Platform.TELEGRAM:
        return telegram.look(article, place, style)
    return vk.look(article, place, style, key=key or article.key)


def post_for(article: Article, place: Place, style: Style, *, key: str | None = None) -> Post:
    """The post alone."""
    return look(article, place, style, key=key).post


def under(post: Post, earlier: Receipt | None) -> Post:
    """The same post as an answer to an earlier one of its place, where there is one; Telegram alone knows answers."""
    return telegram.under(post, earlier.message_id) if earlier and post.platform is Platform.TELEGRAM else post


def message_for(
    article: Article,
    place: Place,
    style: Style,
    *,
    buttons: tuple[tuple[Button, ...], ...] = (),
    because: str | None = None,
    among: str | None = None,
) -> Post:
    """The same article for a subscriber. `because` says in a few words why it came: «по тегу Наука».

    `among` names the readers who may get it in one call, where a platform has such a thing.
    """
    if place.platform is Platform.TELEGRAM:
        return telegram.message_for(article, place, style, buttons=buttons, because=because)
    return vk.message_for(article, place, style, buttons=buttons, because=because, among=among)


def aimed(post: Post, place: Place) -> Post:
    """The very post of a Telegram channel, for another chat: outside of topics and threads."""
    return telegram.aimed(post, place)


def correction_for(
    article: Article, place: Place, style: Style, receipt: Receipt, at: datetime, *, key: str | None = None
) -> Post:
    """The edit that makes a public post say what the article says now, marked with the time of the correction.

    `at` is in the newsroom's time zone. What is said is said by `post_for`.
    """
    marked = replace(style, mark=updated_mark(style.language, at, receipt.at))
    if place.platform is Platform.TELEGRAM:
        return telegram.edit_for(article, place, marked, receipt)
    return vk.edit_for(article, place, marked, receipt, key=key or article.key)


def roundup_correction_for(
    articles: Sequence[Article], place: Place, style: Style, receipt: Receipt, at: datetime
) -> Post:
    """The same for a post of several articles."""
    marked = replace(style, mark=updated_mark(style.language, at, receipt.at))
    return correct_roundup(articles, place, marked, receipt)


def message_correction_for(
    article: Article,
    place: Place,
    style: Style,
    receipt: Receipt,
    at: datetime,
    *,
    together: Sequence[Article] = (),
    buttons: tuple[tuple[Button, ...], ...] = (),
    because: str | None = None,
) -> Post:
    """The same for a subscriber's message, as `message_for` would say it; or `roundup`, of all articles in it."""
    marked = replace(style, mark=updated_mark(style.language, at, receipt.at))
    if together:
        return roundup_edit_for(together, place, marked, receipt, buttons=buttons, because=because)
    edit = telegram.message_edit_for if place.platform is Platform.TELEGRAM else vk.message_edit_for
    return edit(article, place, marked, receipt, buttons=buttons, because=because)


def removals_for(place: Place, language: str, receipt: Receipt, *, public: bool, fresh: bool) -> tuple[Post, ...]:
    """The ways to take back what stands at a place, the best first: deleting it, else a short note in its place.

    `fresh`: young enough to be deleted from a chat.
    """
    if place.platform is Platform.TELEGRAM:
        return telegram.removals_for(place, language, receipt, fresh=fresh)
    return vk.removals_for(place, language, receipt, wall=public, fresh=fresh)


def reply_for(reply: Reply, heard: Heard, *, edit: bool = False) -> tuple[Post, ...]:
    """The calls that answer what was heard, in order; none when there is nothing to say.

    A pressed button is acknowledged first. With `edit` the message under whose button was pressed gets the new text;
    what doesn't fit into one message follows in further ones.
    """
    posts = (telegram if heard.place.platform is Platform.TELEGRAM else vk).reply_for(reply, heard, edit=edit)
    return posts if reply.picture is None else (*posts, _picture_for(reply.picture, heard))


def _picture_for(picture: Picture, heard: Heard) -> Post:
    """The platform's door uploads what stands under `photo`."""
    file = {"name": picture.name, "content": picture.content}
    post = _beside(picture.name, heard)
    if post.platform is Platform.VK:
        return replace(post, params={**post.params, "message": "", "photo": file})
    return Post(Platform.TELEGRAM, "sendPhoto", {**_address(post), "photo": file})


def _beside(name: str, heard: Heard) -> Post:
    """A message of its own beside the answer."""
    return reply_for(Reply((Span(name),)), replace(heard, callback=None, event=f"{heard.event} {name}"))[0]


def _address(post: Post) -> dict[str, Any]:
    return {name: post.params[name] for name in ("chat_id", "message_thread_id") if name in post.params}


def document_for(document: Document, heard: Heard) -> Post:
    """The call that hands over a file; the platform's door uploads what stands under `document`."""
    post = _beside(document.name, heard)
    file = {"name": document.name, "text": document.text}
    if post.platform is Platform.VK:
        return replace(post, params={**post.params, "document": file})
    return Post(Platform.TELEGRAM, "sendDocument", {**_address(post), "document": file})
