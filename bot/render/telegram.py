"""Articles and replies as Telegram Bot API calls. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.model import Article, Button, Heard, Place, Platform, Post, Receipt, Reply, Span
from bot.render.article import Pieces, fit, pieces
from bot.render.buttons import label, target
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Style, labels
from bot.render.text import Text
from bot.render.typography import tidy, visible, web_url

TEXT_LIMIT = 4096
"""Of a message. Telegram counts characters, we the UTF-16 units, which are never fewer."""
CAPTION_LIMIT = 1024
NOTICE_LIMIT = 200
"""Of the answer to a pressed button, in characters."""
_LABEL_LIMIT = 64
_BUTTONS_IN_A_ROW = 8
_BUTTONS = 100
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ONLY_WHEN_SENT = frozenset({"disable_notification", "message_thread_id", "photo"})


def post_for(article: Article, place: Place, style: Style) -> Post:
    """The article for a channel: `sendMessage`, or `sendPhoto` with it as the fallback."""
    whole = pieces(article, style)
    message = _article_message(whole, place, style)
    photo = web_url(article.image.url) if article.image and style.image == "photo" else None
    if photo is None:
        return message
    caption = _article_text(whole, CAPTION_LIMIT)
    params = _address(place) | {"photo": photo} | _captioned(caption)
    return Post(Platform.TELEGRAM, "sendPhoto", params | _sound(style), fallback=message)


def message_for(
    article: Article, place: Place, style: Style, *, buttons: Sequence[Sequence[Button]], because: str | None
) -> Post:
    """The article for a subscriber, with buttons and the reason why it came."""
    return _article_message(pieces(article, style, because), place, style, buttons)


def edit_for(article: Article, place: Place, style: Style, receipt: Receipt) -> Post:
    """What makes the channel's post say what the article says now.

    Which kind stands there is not in the receipt: a refused picture was sent as a text, and the settings may have
    changed since. Telegram refuses an edit of the wrong kind, and the fallback edits the other one.
    """
    post = post_for(article, place, style)
    if post.fallback is not None:
        return _edit(post, receipt, fallback=_edit(post.fallback, receipt))
    caption = _article_text(pieces(article, style), CAPTION_LIMIT)
    photo = Post(post.platform, "sendPhoto", _address(place) | _captioned(caption))
    return _edit(post, receipt, fallback=_edit(photo, receipt))


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
    return _edit(message_for(article, place, style, buttons=buttons, because=because), receipt)


def removals_for(place: Place, language: str, receipt: Receipt, *, fresh: bool) -> tuple[Post, ...]:
    """The ways to take a message back, the best first. Only a `fresh` one can be deleted; else a note replaces it."""
    note = Text.of([Span(labels(language).retracted)])
    text = {"text": note.plain, "entities": note.entities(), "link_preview_options": {"is_disabled": True}}
    as_caption = _edit(Post(place.platform, "sendPhoto", _address(place) | _captioned(note)), receipt)
    edit = _edit(Post(place.platform, "sendMessage", _address(place) | text), receipt, fallback=as_caption)
    at = {"chat_id": edit.params["chat_id"], "message_id": edit.params["message_id"]}
    return (Post(place.platform, "deleteMessage", at), edit) if fresh else (edit,)


def _edit(post: Post, receipt: Receipt, *, fallback: Post | None = None) -> Post:
    """The call that edits what this call would have sent."""
    method = "editMessageCaption" if post.method == "sendPhoto" else "editMessageText"
    kept = {name: value for name, value in post.params.items() if name not in _ONLY_WHEN_SENT}
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


def _article_message(whole: Pieces, place: Place, style: Style, buttons: Sequence[Sequence[Button]] = ()) -> Post:
    text = _article_text(whole, TEXT_LIMIT)
    params = {
        **_address(place),
        "text": text.plain,
        "entities": text.entities(),
        "link_preview_options": _preview(whole, style),
        **_sound(style),
        **_keyboard(buttons),
    }
    return Post(Platform.TELEGRAM, "sendMessage", params)


def _captioned(caption: Text) -> dict[str, Any]:
    return {"caption": caption.plain, "caption_entities": caption.entities()}


def _article_text(whole: Pieces, limit: int) -> Text:
    return Text.of(_spans(fit(whole, limit, _measure)))


def _measure(whole: Pieces) -> int:
    return sum(width(span.text) for span in _spans(whole))


def _spans(whole: Pieces) -> list[Span]:
    """Headline, lead, link and source, disclaimer, hashtags, reason, mark of a correction: paragraphs with a blank line
    between them."""
    paragraphs = [
        [Span(whole.headline, bold=True)],
        [Span(whole.lead)],
        list(_source_lines(whole)),
        [Span(whole.disclaimer, italic=True)],
        [Span(" ".join(whole.hashtags))],
        [Span(whole.because, italic=True)],
        [Span(whole.mark, italic=True)],
    ]
    spans: list[Span] = []
    for paragraph in paragraphs:
        if any(span.text for span in paragraph):
            spans += [Span("\n\n"), *paragraph] if spans else paragraph
    return spans


def _source_lines(whole: Pieces) -> Iterator[Span]:
    words = whole.words
    line_end = ""
    if whole.link:
        yield Span(words.read, url=whole.link)
        line_end = "\n"
    if whole.outlet:
        yield Span(f"{line_end}{words.source}: ")
        yield Span(whole.outlet, url=whole.original)
        line_end = "\n"
        if whole.country:
            yield Span(f", {whole.country}")
    if whole.credit:
        yield Span(f"{line_end}{words.photo}: {whole.credit}")


def _preview(whole: Pieces, style: Style) -> dict[str, Any]:
    if style.image == "none" or not whole.link:
        return {"is_disabled": True}
    return {"url": whole.link, "prefer_large_media": True, "show_above_text": style.preview_above}


def _address(place: Place) -> dict[str, Any]:
    chat: int | str = place.chat
    if _NUMBER.fullmatch(place.chat):
        chat = int(place.chat)
    elif not place.chat.startswith("@"):
        chat = f"@{place.chat}"
    return {"chat_id": chat} if place.thread is None else {"chat_id": chat, "message_thread_id": place.thread}


def _sound(style: Style) -> dict[str, Any]:
    return {"disable_notification": True} if style.silent else {}


def _keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """An inline keyboard, or nothing. A button that leads nowhere or whose press is too long is left out."""
    drawn: list[list[dict[str, Any]]] = []
    left = _BUTTONS
    for row in rows:
        found = [button for part in row if (button := _button(part))][: min(left, _BUTTONS_IN_A_ROW)]
        left -= len(found)
        if found:
            drawn.append(found)
    return {"reply_markup": {"inline_keyboard": drawn}} if drawn else {}


def _button(button: Button) -> dict[str, Any] | None:
    url, press = target(button)
    if not url and not press:
        return None
    return {"text": label(button, _LABEL_LIMIT)} | ({"url": url} if url else {"callback_data": press})
