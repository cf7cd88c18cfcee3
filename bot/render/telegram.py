"""Articles and replies as Telegram Bot API calls. Pure and total."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot.looks import Look
from bot.model import Article, Place, Platform, Post, Receipt
from bot.render import following
from bot.render.article import Pieces, cuts, fit, pieces, spans_of, width_of
from bot.render.buttons import label, target
from bot.render.shorten import hard_cut, shorten
from bot.render.style import Style, labels
from bot.render.text import Text
from bot.render.typography import tidy, visible, web_url
from bot.talk import Button, Heard, Reply, Span

TEXT_LIMIT = 4096
"""Of a message. Telegram counts characters, we the UTF-16 units, which are never fewer."""
CAPTION_LIMIT = 1024
NOTICE_LIMIT = 200
"""Of the answer to a pressed button, in characters."""
_LABEL_LIMIT = 64
_BUTTONS_IN_A_ROW = 8
_BUTTONS = 100
_KEYBOARD_BYTES = 32_000
"""A hundred buttons with usual addresses are half of it."""
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ALBUM = 10
_OF_A_PLACE = frozenset({"chat_id", "message_thread_id", "reply_parameters"})
_ONLY_WHEN_SENT = frozenset(
    {"disable_notification", "message_thread_id", "photo", "protect_content", "reply_parameters"}
)


def look(article: Article, place: Place, style: Style) -> Look:
    """The article for a channel: `sendMessage`, or `sendPhoto` (`sendMediaGroup` for several pictures) with it as the
    fallback. A caption that would lose more than lead and hashtags is no caption: then it is the message."""
    whole = pieces(article, style)
    around = _sound(style) | _follow(article, style)
    message = _article_message(whole, place, style, around)
    photos = _photos(article) if style.image == "photo" else []
    caption = fit(whole, CAPTION_LIMIT, partial(_measure, style=style)) if photos else whole
    if not photos or (caption.headline, caption.disclaimer) != (whole.headline, whole.disclaimer):
        return message
    text = Text.of(_spans(caption, style))
    params = _address(place) | _pictured(photos, text) | around
    method = "sendPhoto"
    if len(photos) > 1:
        method = "sendMediaGroup"
        params.pop("reply_markup", None)
    post = Post(Platform.TELEGRAM, method, params, fallback=message.post)
    return Look(post, text.width, CAPTION_LIMIT, cuts(whole, caption))


def post_for(article: Article, place: Place, style: Style) -> Post:
    """The call that `look` shows."""
    return look(article, place, style).post


def message_for(
    article: Article, place: Place, style: Style, *, buttons: Sequence[Sequence[Button]], because: str | None
) -> Post:
    """The article for a subscriber, with buttons and the reason why it came."""
    return _article_message(pieces(article, style, because), place, style, _sound(style) | _keyboard(buttons)).post


def edit_for(article: Article, place: Place, style: Style, receipt: Receipt) -> Post:
    """What makes the channel's post say what the article says now.

    Which kind stands there is not in the receipt: a refused picture was sent as a text, and the settings may have
    changed since. Telegram refuses an edit of the wrong kind, and the fallback edits the other one.
    """
    post = post_for(article, place, style)
    if post.fallback is not None:
        return edited(post, receipt, fallback=edited(post.fallback, receipt))
    whole = pieces(article, style)
    caption = Text.of(_spans(fit(whole, CAPTION_LIMIT, partial(_measure, style=style)), style))
    photo = Post(post.platform, "sendPhoto", _address(place) | _captioned(caption) | _follow(article, style))
    return edited(post, receipt, fallback=edited(photo, receipt))


def message_edit_for(
    article: Article,
    place: Place,
    style: Style,
    receipt: Receipt,
    *,
    buttons: Sequence[Sequence[Button]],
    because: str | None,
) -> Post:
    """The same for a subscriber's message, which is always a text."""
    return edited(message_for(article, place, style, buttons=buttons, because=because), receipt)


def removals_for(place: Place, language: str, receipt: Receipt, *, fresh: bool) -> tuple[Post, ...]:
    """The ways to take a message back, the best first. Only a `fresh` one can be deleted; else a note replaces it. An
    album is deleted whole, or its caption says the note."""
    note = Text.of([Span(labels(language).retracted)])
    text = {"text": note.plain, "entities": note.entities(), "link_preview_options": {"is_disabled": True}}
    as_caption = edited(Post(place.platform, "sendPhoto", _address(place) | _captioned(note)), receipt)
    edit = edited(Post(place.platform, "sendMessage", _address(place) | text), receipt, fallback=as_caption)
    chat, number = {"chat_id": edit.params["chat_id"]}, edit.params["message_id"]
    delete = Post(place.platform, "deleteMessage", chat | {"message_id": number})
    if receipt.others:
        numbers = [number, *(int(other) for other in receipt.others if _NUMBER.fullmatch(other))]
        delete = Post(place.platform, "deleteMessages", chat | {"message_ids": numbers})
    return (delete, edit) if fresh else (edit,)


def edited(post: Post, receipt: Receipt, *, fallback: Post | None = None) -> Post:
    """The call that edits what this call would have sent; an album bears its words under its first picture."""
    params = dict(post.params)
    if post.method == "sendMediaGroup":
        first = params.pop("media")[0]
        params |= {"caption": first["caption"], "caption_entities": first["caption_entities"]}
    method = "editMessageText" if post.method == "sendMessage" else "editMessageCaption"
    kept = {name: value for name, value in params.items() if name not in _ONLY_WHEN_SENT}
    number = int(receipt.message_id) if _NUMBER.fullmatch(receipt.message_id) else 0  # 0: Telegram says what is wrong
    return Post(post.platform, method, kept | {"message_id": number}, fallback=fallback)


def reply_for(reply: Reply, heard: Heard, *, edit: bool) -> tuple[Post, ...]:
    """The calls that answer: the pressed button is acknowledged first, then the text is sent or edited in."""
    posts = [_acknowledgement(reply, heard)] if heard.callback else []
    keyboard = _keyboard(reply.buttons)
    parts = Text.of(reply.text).split(TEXT_LIMIT)
    parts = [part for part in parts if visible(part.plain)]
    if keyboard and not parts:
        parts = [Text.of([Span("…")])]
    for number, part in enumerate(parts):
        params = {
            **_address(heard.place),
            "text": part.plain,
            "entities": part.entities(),
            "link_preview_options": {"is_disabled": True},
        }
        if keyboard and number == len(parts) - 1:
            params |= keyboard
        if edit and number == 0 and heard.pressed and _NUMBER.fullmatch(heard.pressed):
            params.pop("message_thread_id", None)
            posts.append(Post(Platform.TELEGRAM, "editMessageText", params | {"message_id": int(heard.pressed)}))
        else:
            posts.append(Post(Platform.TELEGRAM, "sendMessage", params))
    return tuple(posts)


def _acknowledgement(reply: Reply, heard: Heard) -> Post:
    params: dict[str, Any] = {"callback_query_id": heard.callback}
    notice = tidy(reply.notice or "")
    if visible(notice):
        params["text"] = shorten(notice, NOTICE_LIMIT) or hard_cut(notice, NOTICE_LIMIT)
    return Post(Platform.TELEGRAM, "answerCallbackQuery", params)


def _article_message(whole: Pieces, place: Place, style: Style, around: dict[str, Any]) -> Look:
    fitted = fit(whole, TEXT_LIMIT, partial(_measure, style=style))
    text = Text.of(_spans(fitted, style))
    params = {
        **_address(place),
        "text": text.plain,
        "entities": text.entities(),
        "link_preview_options": _preview(whole, style),
        **around,
    }
    return Look(Post(Platform.TELEGRAM, "sendMessage", params), text.width, TEXT_LIMIT, cuts(whole, fitted))


def aimed(post: Post, place: Place) -> Post:
    """The same call for another chat."""
    params = {name: value for name, value in post.params.items() if name not in _OF_A_PLACE}
    fallback = aimed(post.fallback, place) if post.fallback is not None else None
    return replace(post, params=params | _address(place), fallback=fallback)


def under(post: Post, message_id: str) -> Post:
    """The same call in the thread of an earlier post; without it should that be gone."""
    if not _NUMBER.fullmatch(message_id):
        return post
    answered = {"reply_parameters": {"message_id": int(message_id), "allow_sending_without_reply": True}}
    fallback = under(post.fallback, message_id) if post.fallback is not None else None
    return replace(post, params={**post.params, **answered}, fallback=fallback)


def plain_post(text: Text, place: Place, style: Style) -> Post:
    """A text of several articles for a channel: no card, since it would be that of one of them."""
    params = {"text": text.plain, "entities": text.entities(), "link_preview_options": {"is_disabled": True}}
    return Post(Platform.TELEGRAM, "sendMessage", _address(place) | params | _sound(style))


def plain_message(text: Text, place: Place, style: Style, buttons: Sequence[Sequence[Button]]) -> Post:
    """The same for a reader."""
    post = plain_post(text, place, style)
    return replace(post, params={**post.params, **_keyboard(buttons)})


def _photos(article: Article) -> list[str]:
    """The addresses of its pictures, each once, as many as an album holds."""
    images = [image for image in (article.image, *article.gallery) if image]
    return list(dict.fromkeys(url for image in images if (url := web_url(image.url))))[:_ALBUM]


def _pictured(photos: list[str], caption: Text) -> dict[str, Any]:
    if len(photos) == 1:
        return {"photo": photos[0]} | _captioned(caption)
    media: list[dict[str, Any]] = [{"type": "photo", "media": photo} for photo in photos]
    media[0] |= _captioned(caption)
    return {"media": media}


def _captioned(caption: Text) -> dict[str, Any]:
    return {"caption": caption.plain, "caption_entities": caption.entities()}


def _measure(whole: Pieces, *, style: Style) -> int:
    return width_of(whole, Platform.TELEGRAM, style)


def _spans(whole: Pieces, style: Style) -> list[Span]:
    return spans_of(whole, Platform.TELEGRAM, style)


def _preview(whole: Pieces, style: Style) -> dict[str, Any]:
    if style.image == "none" or not whole.link:
        return {"is_disabled": True}
    return {"url": whole.link, "prefer_large_media": True, "show_above_text": style.preview_above}


def _follow(article: Article, style: Style) -> dict[str, Any]:
    """Buttons that subscribe whoever taps them to the article's first tags, in a chat with the bot."""
    return _keyboard(following.buttons(article, style)) if style.bot else {}


def _address(place: Place) -> dict[str, Any]:
    chat: int | str = place.chat
    if _NUMBER.fullmatch(place.chat):
        chat = int(place.chat)
    elif not place.chat.startswith("@"):
        chat = f"@{place.chat}"
    return {"chat_id": chat} if place.thread is None else {"chat_id": chat, "message_thread_id": place.thread}


def _sound(style: Style) -> dict[str, Any]:
    wanted = {"disable_notification": style.silent, "protect_content": style.protect}
    return {name: True for name, on in wanted.items() if on}


def _keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """An inline keyboard, or nothing. A button that leads nowhere or whose press is too long is left out; so are the
    last rows of one that is too big altogether."""
    drawn: list[list[dict[str, Any]]] = []
    left, room = _BUTTONS, _KEYBOARD_BYTES
    for row in rows:
        found = [button for part in row if (button := _button(part))][: min(left, _BUTTONS_IN_A_ROW)]
        left -= len(found)
        room -= len(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
        if room < 0:
            break
        if found:
            drawn.append(found)
    return {"reply_markup": {"inline_keyboard": drawn}} if drawn else {}


def _button(button: Button) -> dict[str, Any] | None:
    url, press = target(button)
    if not url and not press:
        return None
    return {"text": label(button, _LABEL_LIMIT)} | ({"url": url} if url else {"callback_data": press})
