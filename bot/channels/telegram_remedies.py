"""What to send in the place of a post that Telegram refused. Pure: values in, values out.

Each way out keeps what the post says: a text without its markup still shows the addresses its links led to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.telegram_outcomes import Fault, names
from bot.model import Post

_MEDIA = (
    "wrong file identifier",
    "failed to get http url content",
    "wrong type of the web page content",
    "wrong remote file",
    "wrong padding",
    "invalid file http url",
    "can't use file of type",
    "file is too big",
    "message caption is too long",
    "there is no caption in the message",
    "there is no text in the message",
    "photo_",
    "image_process",
    "media_",
    "webpage_",
    "webdocument_",
)
_MARKUP = ("can't parse entities", "can't parse message text", "can't parse caption", "entity_", "entities_")
_MARKUP_PARAMS = frozenset({"entities", "caption_entities", "parse_mode"})
_TOO_LONG = ("message is too long", "text is too long", "caption is too long")
_SHORT = {"text": 3500, "caption": 800}
"""Characters that are left of a text which Telegram finds too long: well below its limits of 4096 and 1024, since it
counts in another way than we do when it comes to this."""


def remedy(post: Post, fault: Fault) -> Post | None:
    """What to send in the place of a post that was surely refused for this reason, or None: there is nothing better."""
    if fault.code not in (400, 413):
        return None
    if fault.migrate_to is not None:
        return moved(post, fault.migrate_to)
    if names(fault, _MARKUP) and _MARKUP_PARAMS & post.params.keys():
        return _plain(post)
    if post.fallback is not None and (fault.code == 413 or names(fault, _MEDIA)):
        return post.fallback
    if names(fault, _TOO_LONG):
        short = _plain(post)
        return None if short == post else short
    return None


def moved(post: Post, chat: int | str) -> Post:
    """The same post for another chat, as for the supergroup a group has become."""
    fallback = None if post.fallback is None else moved(post.fallback, chat)
    return replace(post, params={**post.params, "chat_id": chat}, fallback=fallback)


def _plain(post: Post) -> Post:
    """The same words without markup, cut if need be, with the addresses of the links below."""
    params = {name: value for name, value in post.params.items() if name not in _MARKUP_PARAMS}
    for name, limit in _SHORT.items():
        if isinstance(text := params.get(name), str):
            links = [link for link in dict.fromkeys(_links(post.params)) if link not in text]
            params[name] = "\n".join([_cut(text, limit - sum(map(len, links)) - len(links)), *links])
    return replace(post, params=params)


def _links(params: Mapping[str, Any]) -> Iterator[str]:
    """Where the text's hidden links lead; longer addresses than a message could hold are left out."""
    entities = params.get("entities") or params.get("caption_entities")
    for entity in entities if isinstance(entities, list) else ():
        link = entity.get("url") if isinstance(entity, Mapping) else None
        if isinstance(link, str) and len(link) <= 300:
            yield link


def _cut(text: str, limit: int) -> str:
    """The first words that fit, with a sign that there were more."""
    if len(text) <= limit:
        return text
    room = max(limit - 2, 0)
    whole = text[:room].rsplit(maxsplit=1)[0] if room else ""
    return f"{whole.rstrip()} …"
