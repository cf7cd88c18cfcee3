"""Articles and replies as VK API calls. Pure and total.

VK's text is plain, but it has mentions: `[club1|text]`, `@id1 (text)`, `*id1`. Texts of others must not become one,
so `unmentioned` swaps the signs that would make them for look-alikes (and escapes them inside addresses).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot.looks import Look
from bot.model import Article, Extras, Place, Platform, Post, Receipt, Slot, digest
from bot.render import following
from bot.render.article import Pieces, cuts, fit, parts_of, pieces, spans_of, width_of
from bot.render.mentions import unmentioned
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Style, labels
from bot.render.template import lay_out
from bot.render.text import Text
from bot.render.typography import tidy, visible, web_url
from bot.render.vk_keyboard import as_json, keyboard
from bot.talk import Button, Heard, Reply, Span

VERSION = "5.199"
WALL_LIMIT = 15_000
"""Of a wall post, in UTF-16 units. Not documented by VK; others were refused above some 16,000."""
MESSAGE_LIMIT = 4096
"""Of a private message: the schema says 9000, in practice error 914 comes above 4096."""
COMMENT_LIMIT = 2000
"""Of a first comment; longer ones are folded away."""
SNACKBAR_LIMIT = 90
_LINK_LIMIT = 2048
"""Of an address that stands in a message's text; longer ones would leave no place for the article."""
_ORIGINAL_LIMIT = 512
_RANDOM_IDS = (1 << 53) - 1
"""VK takes an int64 and compares it with every message ever sent; 53 bits also survive any JSON reader."""
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ONLY_WHEN_SENT = frozenset({"from_group", "guid", "mute_notifications", "random_id"})


def look(article: Article, place: Place, style: Style, *, key: str) -> Look:
    """The article for a wall: the link is the attachment, whose card brings the picture; the original is the source."""
    said = pieces(article, style)
    whole = _unmentioned(said)
    whole = replace(whole, hashtags=_local(whole.hashtags, style), shown_link=_shortened_link(whole, style))
    whole = replace(whole, follow=following.lines(article, style) if style.group else ())
    fitted = fit(whole, WALL_LIMIT, partial(_measure, style=style))
    text = _message(fitted, style)
    params: dict[str, Any] = {
        "owner_id": _owner(place),
        "from_group": 1,
        "message": text,
        "guid": digest(str(Slot(key, place))),
        "v": VERSION,
    }
    if said.link:
        params["attachments"] = said.link.replace(",", "%2C")  # VK separates attachments by commas
    if original := web_url(article.original_url):
        params["copyright"] = original
    if style.silent:
        params["mute_notifications"] = 1
    post = Post(Platform.VK, "wall.post", params, extras=_extras(article, whole, said.link, style))
    return Look(post, width(text), WALL_LIMIT, cuts(whole, fitted))


def plain_post(text: str, place: Place, style: Style, *, guid: str) -> Post:
    """A text of several articles for a wall: no card, since it would be that of one of them."""
    params: dict[str, Any] = {"owner_id": _owner(place), "from_group": 1, "message": text, "guid": guid, "v": VERSION}
    return Post(Platform.VK, "wall.post", params | ({"mute_notifications": 1} if style.silent else {}))


def plain_message(text: str, place: Place, key: str, buttons: Sequence[Sequence[Button]]) -> Post:
    """The same for a reader."""
    params = {"message": text, "random_id": _random_id(key, str(place)), "dont_parse_links": 1, "disable_mentions": 1}
    to = {"peer_id": _number(place.chat)}
    return Post(Platform.VK, "messages.send", to | params | keyboard(buttons) | {"v": VERSION})


def in_text(whole: Pieces) -> Pieces:
    """Without mentions, and with its address as it stands in a text of several articles."""
    whole = _unmentioned(whole)
    link = whole.link or ""
    return replace(whole, shown_link=link if width(link) <= _ORIGINAL_LIMIT else "")


def _extras(article: Article, whole: Pieces, link: str | None, style: Style) -> Extras | None:
    picture = web_url(article.image.url) if article.image and style.image != "none" else None
    extras = Extras(
        card=link if style.image == "preview" else None,
        picture=picture,
        upload=style.image == "photo",
        shorten=whole.shown_link or None,
        comment=_comment(whole, style),
    )
    return None if extras == Extras() else extras


def _comment(whole: Pieces, style: Style) -> str | None:
    """The text of the first comment; None when the setting says nothing, or what it says comes to nothing here."""
    if not style.first_comment:
        return None
    parts = parts_of(replace(whole, shown_original=whole.original or ""), Platform.VK)
    try:
        said = lay_out(style.first_comment, parts).plain
    except Exception:  # noqa: BLE001 - as with a post's template: an article that no sample foresaw only has no comment
        return None
    said = shorten(said, COMMENT_LIMIT) or hard_cut(said, COMMENT_LIMIT)
    return said if visible(said) else None


def _local(words: tuple[str, ...], style: Style) -> tuple[str, ...]:
    """Hashtags that list the page's own posts when they are tapped: `#тег@page`."""
    return tuple(f"{word}@{style.local_tags}" for word in words) if style.local_tags else words


def _shortened_link(whole: Pieces, style: Style) -> str:
    """The address that a short one will take the place of; it stands in the text, since the card can't be counted."""
    link = whole.link or ""
    return link if style.short_links and 0 < width(link) <= _LINK_LIMIT else ""


def message_for(
    article: Article,
    place: Place,
    style: Style,
    *,
    buttons: Sequence[Sequence[Button]],
    because: str | None,
    among: str | None = None,
) -> Post:
    """The article for a subscriber. Both links stand in the text: a message has no place of its own for them. `among`:
    the readers who may get it in one call; what VK knows a repeat by is the same for those with the same message."""
    drawn = keyboard(buttons)
    known_by = (str(place),) if among is None else (among, style.language, because or "", str(drawn.get("keyboard")))
    whole = _with_addresses(_unmentioned(pieces(article, style, because)), web_url(article.original_url))
    whole = fit(whole, MESSAGE_LIMIT, partial(_measure, style=style))
    return Post(
        Platform.VK,
        "messages.send",
        {
            "peer_id": _number(place.chat),
            "message": _message(whole, style),
            "random_id": _random_id(article.key, *known_by),
            "dont_parse_links": 0,
            "disable_mentions": 1,
            **drawn,
            "v": VERSION,
        },
    )


def edit_for(article: Article, place: Place, style: Style, receipt: Receipt, *, key: str) -> Post:
    """What makes the wall post say what the article says now: all of it, since an edit drops what is not sent again."""
    return edited(look(article, place, style, key=key).post, receipt, keeps=True)


def message_edit_for(
    article: Article,
    place: Place,
    style: Style,
    receipt: Receipt,
    *,
    buttons: Sequence[Sequence[Button]],
    because: str | None,
) -> Post:
    """The same for a subscriber's message; VK takes it for 24 hours."""
    return edited(message_for(article, place, style, buttons=buttons, because=because), receipt)


def removals_for(place: Place, language: str, receipt: Receipt, *, wall: bool, fresh: bool) -> tuple[Post, ...]:
    """The ways to take a post or a message back, the best first: delete it, else put a note in its place.

    In a chat both are allowed for 24 hours (error 924 and 909), deleting only while it is `fresh`.
    """
    note = {"message": labels(language).retracted, "v": VERSION}
    if wall:
        edit = edited(Post(place.platform, "wall.post", {"owner_id": _owner(place), **note}), receipt)
        at = {"owner_id": edit.params["owner_id"], "post_id": edit.params["post_id"], "v": VERSION}
        return (Post(place.platform, "wall.delete", at), edit)
    edit = edited(Post(place.platform, "messages.send", {"peer_id": _number(place.chat), **note}), receipt)
    numbers = {"message_ids": str(edit.params["message_id"]), "delete_for_all": 1}
    delete = Post(place.platform, "messages.delete", {"peer_id": edit.params["peer_id"], **numbers, "v": VERSION})
    return (delete, edit) if fresh else (edit,)


def edited(post: Post, receipt: Receipt, *, keeps: bool = False) -> Post:
    """The call that edits what this call would have sent; with `keeps` what else is attached to a wall post stays."""
    kept = {name: value for name, value in post.params.items() if name not in _ONLY_WHEN_SENT}
    number = int(receipt.message_id) if receipt.message_id.isdecimal() else 0  # 0: VK says what is wrong
    if post.method == "wall.post":
        shortened = post.extras.shorten if post.extras else None
        extras = Extras(shorten=shortened, keeps=True) if keeps else None
        return Post(post.platform, "wall.edit", kept | {"post_id": number}, extras=extras)
    return Post(post.platform, "messages.edit", kept | {"message_id": number})


def reply_for(reply: Reply, heard: Heard, *, edit: bool) -> tuple[Post, ...]:
    """The calls that answer: the pressed button is acknowledged first, then the text is sent or edited in."""
    posts = [_acknowledgement(reply, heard)] if heard.callback else []
    peer = _number(heard.place.chat)
    keys = keyboard(reply.buttons)
    said = Span(unmentioned(Text.of(reply.text).plain))
    parts = [part.plain for part in Text.of([said]).split(MESSAGE_LIMIT) if visible(part.plain)]
    if keys and not parts:
        parts = ["…"]
    for number, part in enumerate(parts):
        params: dict[str, Any] = {"peer_id": peer, "message": part, "dont_parse_links": 1, "disable_mentions": 1}
        if keys and number == len(parts) - 1:
            params |= keys
        params["v"] = VERSION
        if edit and number == 0 and heard.pressed and _NUMBER.fullmatch(heard.pressed):
            posts.append(Post(Platform.VK, "messages.edit", params | {"cmid": int(heard.pressed)}))
        else:
            params["random_id"] = _random_id(heard.event, str(heard.place), str(number))
            posts.append(Post(Platform.VK, "messages.send", params))
    return tuple(posts)


def _unmentioned(whole: Pieces) -> Pieces:
    return replace(
        whole,
        headline=unmentioned(whole.headline),
        link=unmentioned(whole.link) if whole.link else None,
        original=unmentioned(whole.original) if whole.original else None,
        lead=unmentioned(whole.lead),
        outlet=unmentioned(whole.outlet),
        country=unmentioned(whole.country),
        credit=unmentioned(whole.credit),
        disclaimer=unmentioned(whole.disclaimer),
        because=unmentioned(whole.because),
    )


def _with_addresses(whole: Pieces, original: str | None) -> Pieces:
    """With the addresses that stand in a message's text, where they leave place for the article."""
    link, original = whole.link or "", unmentioned(original or "")
    shown = original if 0 < width(original) <= _ORIGINAL_LIMIT and original != link else ""
    return replace(whole, shown_link=link if width(link) <= _LINK_LIMIT else "", shown_original=shown)


def _message(whole: Pieces, style: Style) -> str:
    return _plain(spans_of(whole, Platform.VK, style))


def _measure(whole: Pieces, *, style: Style) -> int:
    return width_of(whole, Platform.VK, style)


def _plain(spans: Sequence[Span]) -> str:
    return "".join(span.text for span in spans).strip()


def _acknowledgement(reply: Reply, heard: Heard) -> Post:
    params: dict[str, Any] = {
        "event_id": heard.callback,
        "user_id": _number(heard.person),
        "peer_id": _number(heard.place.chat),
        "v": VERSION,
    }
    notice = tidy(reply.notice or "")
    if visible(notice):
        said = shorten(notice, SNACKBAR_LIMIT) or hard_cut(notice, SNACKBAR_LIMIT)
        params["event_data"] = as_json({"type": "show_snackbar", "text": said})
    return Post(Platform.VK, "messages.sendMessageEventAnswer", params)


def _owner(place: Place) -> int | str:
    """A wall of a community: its id, negative however it was written."""
    number = _number(place.chat)
    return -abs(number) if isinstance(number, int) else number


def _number(text: str) -> int | str:
    """The number, or the text as it is: VK then refuses the call, and says why."""
    return int(text) if _NUMBER.fullmatch(text) else text


def _random_id(*parts: str) -> int:
    """The same for the same parts, so that VK drops a second copy; never 0, which means "don't look"."""
    raw = hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "big") % _RANDOM_IDS + 1
