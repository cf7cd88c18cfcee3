"""Answers to inline queries, as Telegram takes them. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Article, Place, Platform, Post
from bot.render import telegram
from bot.render.article import pieces
from bot.render.shorten import hard_cut, shorten
from bot.render.style import Style
from bot.render.typography import web_url

Choice = Mapping[str, Any]
"""One InlineQueryResultArticle."""
MOST = 50
_TITLE, _DESCRIPTION, _BUTTON = 128, 256, 64
_ANYWHERE = Place(Platform.TELEGRAM, "0")


def article_choice(article: Article, language: str) -> Choice:
    """An article to share: what is sent is what a reader of it would get."""
    style = Style(language="ru" if language == "ru" else "en")
    whole = pieces(article, style)
    post = telegram.message_for(article, _ANYWHERE, style, buttons=(), because=None)
    content = {
        "message_text": post.params["text"],
        "entities": post.params["entities"],
        "link_preview_options": post.params["link_preview_options"],
    }
    about = " · ".join(part for part in (whole.outlet, whole.country, whole.lead) if part)
    choice = {
        "type": "article",
        "id": article.key,
        "title": _cut(whole.headline, _TITLE),
        "input_message_content": content,
    }
    if about:
        choice["description"] = _cut(about, _DESCRIPTION)
    picture = web_url(article.image.url) if article.image else None
    return choice | ({"thumbnail_url": picture} if picture else {})


def command_choice(name: str, title: str, description: str, command: str) -> Choice:
    """Choosing it types a command."""
    content = {"message_text": command, "link_preview_options": {"is_disabled": True}}
    return {
        "type": "article",
        "id": name,
        "title": _cut(title, _TITLE),
        "description": _cut(description, _DESCRIPTION),
        "input_message_content": content,
    }


def inline_answer(
    query: str, choices: Sequence[Choice], *, next_offset: str, seconds: int, button: tuple[str, str]
) -> Post:
    """The call. `button`: what stands above the choices, and the parameter of /start it leads to."""
    label, start = button
    return Post(
        Platform.TELEGRAM,
        "answerInlineQuery",
        {
            "inline_query_id": query,
            "results": [dict(choice) for choice in choices[:MOST]],
            "cache_time": seconds,
            "is_personal": True,
            "next_offset": next_offset,
            "button": {"text": _cut(label, _BUTTON), "start_parameter": start},
        },
    )


def _cut(text: str, limit: int) -> str:
    return shorten(text, limit) or hard_cut(text, limit) or "…"
