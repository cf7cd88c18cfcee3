"""Articles and replies as VK API calls. Pure and total.

VK's text is plain, but it has mentions: `[club1|text]`, `@id1 (text)`, `*id1`. Texts of others must not become one,
so `unmentioned` swaps the signs that would make them for look-alikes (and escapes them inside addresses).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.model import Article, Button, Heard, Place, Platform, Post, Receipt, Reply, Slot, Span, digest
from bot.render.article import Pieces, fit, pieces
from bot.render.buttons import label, target
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Style, labels
from bot.render.text import Text
from bot.render.typography import tidy, visible, web_url

VERSION = "5.199"
WALL_LIMIT = 15_000
"""Of a wall post, in UTF-16 units. Not documented by VK; others were refused above some 16,000."""
MESSAGE_LIMIT = 4096
"""Of a private message: the schema says 9000, in practice error 914 comes above 4096."""
SNACKBAR_LIMIT = 90
_LABEL_LIMIT = 40
_BUTTONS = 10
_ROWS = 6
_BUTTONS_IN_A_ROW = 5
_LINK_LIMIT = 2048
"""Of an address that stands in a message's text; longer ones would leave no place for the article."""
_ORIGINAL_LIMIT = 512
_RANDOM_IDS = (1 << 53) - 1
"""VK takes an int64 and compares it with every message ever sent; 53 bits also survive any JSON reader."""
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_SIGNS = re.compile(r"https?://\S+|[\[\]|]|[@*](?=\w)", re.IGNORECASE)
_LOOK_ALIKE = {"@": "＠", "*": "∗", "|": "∣"}
_ONLY_WHEN_SENT = frozenset({"from_group", "guid", "mute_notifications", "random_id"})
_ESCAPED = str.maketrans({"@": "%40", "*": "%2A", "|": "%7C"})


def post_for(article: Article, place: Place, style: Style, *, key: str) -> Post:
    """The article for a wall: the link is the attachment, whose card brings the picture; the original is the source."""
    whole = pieces(article, style)
    text = _unmentioned(replace(whole, link=None))
    params: dict[str, Any] = {
        "owner_id": _owner(place),
        "from_group": 1,
        "message": _message(fit(text, WALL_LIMIT, lambda some: width(_message(some)))),
        "guid": digest(str(Slot(key, place))),
        "v": VERSION,
    }
    if whole.link:
        params["attachments"] = whole.link.replace(",", "%2C")  # VK separates attachments by commas
    if original := web_url(article.original_url):
        params["copyright"] = original
    if style.silent:
        params["mute_notifications"] = 1
    return Post(Platform.VK, "wall.post", params)


def message_for(
    article: Article, place: Place, style: Style, *, buttons: Sequence[Sequence[Button]], because: str | None
) -> Post:
    """The article for a subscriber. Both links stand in the text: a message has no place of its own for them."""
    whole = replace(pieces(article, style, because), original=web_url(article.original_url))
    whole = _with_short_links(_unmentioned(whole))
    whole = fit(whole, MESSAGE_LIMIT, lambda some: width(_message(some, links=True)))
    return Post(
        Platform.VK,
        "messages.send",
        {
            "peer_id": _number(place.chat),
            "message": _message(whole, links=True),
            "random_id": _random_id(article.key, str(place)),
            "dont_parse_links": 0,
            "disable_mentions": 1,
            **_keyboard(buttons),
            "v": VERSION,
        },
    )


def edit_for(article: Article, place: Place, style: Style, receipt: Receipt, *, key: str) -> Post:
    """What makes the wall post say what the article says now: all of it, since an edit drops what is not sent again."""
    return _edit(post_for(article, place, style, key=key), receipt)


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
    return _edit(message_for(article, place, style, buttons=buttons, because=because), receipt)


def removals_for(place: Place, language: str, receipt: Receipt, *, wall: bool, fresh: bool) -> tuple[Post, ...]:
    """The ways to take a post or a message back, the best first: delete it, else put a note in its place.

    In a chat both are allowed for 24 hours (error 924 and 909), deleting only while it is `fresh`.
    """
    note = {"message": labels(language).retracted, "v": VERSION}
    if wall:
        edit = _edit(Post(place.platform, "wall.post", {"owner_id": _owner(place), **note}), receipt)
        at = {"owner_id": edit.params["owner_id"], "post_id": edit.params["post_id"], "v": VERSION}
        return (Post(place.platform, "wall.delete", at), edit)
    edit = _edit(Post(place.platform, "messages.send", {"peer_id": _number(place.chat), **note}), receipt)
    numbers = {"message_ids": str(edit.params["message_id"]), "delete_for_all": 1}
    delete = Post(place.platform, "messages.delete", {"peer_id": edit.params["peer_id"], **numbers, "v": VERSION})
    return (delete, edit) if fresh else (edit,)


def _edit(post: Post, receipt: Receipt) -> Post:
    """The call that edits what this call would have sent."""
    kept = {name: value for name, value in post.params.items() if name not in _ONLY_WHEN_SENT}
    number = int(receipt.message_id) if receipt.message_id.isdecimal() else 0  # 0: VK says what is wrong
    if post.method == "wall.post":
        return Post(post.platform, "wall.edit", kept | {"post_id": number})
    return Post(post.platform, "messages.edit", kept | {"message_id": number})


def reply_for(reply: Reply, heard: Heard, *, edit: bool) -> tuple[Post, ...]:
    """The calls that answer: the pressed button is acknowledged first, then the text is sent or edited in."""
    posts = [_acknowledgement(reply, heard)] if heard.callback else []
    peer = _number(heard.place.chat)
    keyboard = _keyboard(reply.buttons)
    said = Span(unmentioned(Text.of(reply.text).plain))
    parts = [part.plain for part in Text.of([said]).split(MESSAGE_LIMIT) if visible(part.plain)]
    if keyboard and not parts:
        parts = ["…"]
    for number, part in enumerate(parts):
        params: dict[str, Any] = {"peer_id": peer, "message": part, "dont_parse_links": 1, "disable_mentions": 1}
        if keyboard and number == len(parts) - 1:
            params |= keyboard
        params["v"] = VERSION
        if edit and number == 0 and heard.pressed and _NUMBER.fullmatch(heard.pressed):
            posts.append(Post(Platform.VK, "messages.edit", params | {"cmid": int(heard.pressed)}))
        else:
            params["random_id"] = _random_id(heard.event, str(heard.place), str(number))
            posts.append(Post(Platform.VK, "messages.send", params))
    return tuple(posts)


def unmentioned(text: str) -> str:
    """The text with nothing VK could read as a mention: `@` and `*` before a word, `|` after an open bracket.

    Inside an address the three signs are percent-encoded instead, so that it still leads to the same page.

    >>> unmentioned("[id1|Ann] @id2 (Ben) *club3, 2 * 2, a | b")
    '[id1∣Ann] ＠id2 (Ben) ∗club3, 2 * 2, a | b'
    """
    inside = False

    def look_alike(found: re.Match[str]) -> str:
        nonlocal inside
        sign = found[0]
        if len(sign) > 1:
            if "[" in sign or "]" in sign:
                inside = sign.rfind("[") > sign.rfind("]")  # an address may end inside of a bracket it opened
            return sign.translate(_ESCAPED)
        if sign in "[]":
            inside = sign == "["
            return sign
        return _LOOK_ALIKE[sign] if sign != "|" or inside else sign

    return _SIGNS.sub(look_alike, text)


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


def _with_short_links(whole: Pieces) -> Pieces:
    link, original = whole.link or "", whole.original or ""
    return replace(
        whole,
        link=link if 0 < width(link) <= _LINK_LIMIT else None,
        original=original if 0 < width(original) <= _ORIGINAL_LIMIT else None,
    )


def _message(whole: Pieces, *, links: bool = False) -> str:
    """Headline, lead, link and source, disclaimer, hashtags, reason, mark of a correction: paragraphs with a blank line
    between them."""
    words = whole.words
    source = [
        whole.link if links else None,
        f"{words.source}: {whole.outlet}{', ' + whole.country if whole.country else ''}" if whole.outlet else None,
        whole.original if links and whole.original != whole.link else None,
        f"{words.photo}: {whole.credit}" if whole.credit else None,
    ]
    paragraphs = [
        whole.headline,
        whole.lead,
        "\n".join(line for line in source if line),
        whole.disclaimer,
        " ".join(whole.hashtags),
        whole.because,
        whole.mark,
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


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
        params["event_data"] = _json({"type": "show_snackbar", "text": said})
    return Post(Platform.VK, "messages.sendMessageEventAnswer", params)


def _keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """An inline keyboard as VK's JSON, or nothing: at most 10 buttons, rows laid anew where there are too many."""
    drawn = [[button for part in row if (button := _button(part))] for row in rows]
    drawn = [row for row in drawn if row]
    buttons = [button for row in drawn for button in row][:_BUTTONS]
    if not buttons:
        return {}
    total = sum(map(len, drawn))
    if total > _BUTTONS or len(drawn) > _ROWS or max(map(len, drawn)) > _BUTTONS_IN_A_ROW:
        drawn = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    return {"keyboard": _json({"one_time": False, "inline": True, "buttons": drawn})}


def _button(button: Button) -> dict[str, Any] | None:
    url, press = target(button)
    words = label(button, _LABEL_LIMIT)
    if url:
        return {"action": {"type": "open_link", "link": url, "label": words}}
    if press:
        return {"action": {"type": "callback", "payload": _json({"press": press}), "label": words}}
    return None


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


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
