"""VK's methods as a table: who may call them, and what their parameters look like (VK's API schema, 5.199).

Where practice differs from the schema (`wall.post` takes a community key), the table follows practice; the conformance
test names each difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.sandbox.state import Json

USER, GROUP, SERVICE = "user", "group", "service"
Kind = Literal["int", "flag", "number", "text", "ints", "texts"]
_INTEGER = re.compile(r"[+-]?\d{1,19}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter. `most`/`least` bound a number, `longest` a text in characters, `items` a list."""

    kind: Kind
    required: bool = False
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class MethodRule:
    """One method: the kinds of key it takes, and its parameters."""

    keys: frozenset[str]
    params: Mapping[str, Rule]


class ParameterError(Exception):
    """A parameter VK refuses with error 100; the message is the end of VK's own."""


def _method(*keys: str, **params: Rule) -> MethodRule:
    return MethodRule(frozenset(keys), params)


_INT, _ID, _FLAG, _TEXT, _NUMBER = Rule("int"), Rule("int", least=0), Rule("flag"), Rule("text"), Rule("number")
_NEEDED, _NEEDED_ID = Rule("int", required=True), Rule("int", required=True, least=1)
_TEXTS = Rule("texts")
_GROUP = {"group_id": _NEEDED_ID}
_EVENT_NAMES = """
message_new message_reply message_allow message_deny message_edit message_typing_state message_read photo_new
audio_new video_new wall_reply_new wall_reply_edit wall_reply_delete wall_reply_restore wall_post_new wall_repost
board_post_new board_post_edit board_post_restore board_post_delete photo_comment_new photo_comment_edit
photo_comment_delete photo_comment_restore video_comment_new video_comment_edit video_comment_delete
video_comment_restore market_comment_new market_comment_edit market_comment_delete market_comment_restore
poll_vote_new group_join group_leave group_change_settings group_change_photo group_officers_edit user_block
user_unblock like_add like_remove message_event message_reaction_event donut_subscription_create
donut_subscription_prolonged donut_subscription_cancelled donut_subscription_price_changed donut_subscription_expired
donut_money_withdraw donut_money_withdraw_error
"""
LONG_POLL_EVENTS = tuple(_EVENT_NAMES.split())
_POST = {
    "owner_id": _INT,
    "friends_only": _FLAG,
    "message": _TEXT,
    "attachments": _TEXTS,
    "services": _TEXT,
    "signed": _FLAG,
    "publish_date": _ID,
    "lat": _NUMBER,
    "long": _NUMBER,
    "place_id": _ID,
    "mark_as_ads": _FLAG,
    "close_comments": _FLAG,
    "donut_paid_duration": _INT,
    "copyright": _TEXT,
}
_MESSAGE = {
    "message": Rule("text", longest=9000),
    "lat": _NUMBER,
    "long": _NUMBER,
    "group_id": _ID,
    "template": _TEXT,
    "keyboard": _TEXT,
    "dont_parse_links": _FLAG,
    "disable_mentions": _FLAG,
}

RULES: Mapping[str, MethodRule] = {
    "users.get": _method(
        USER, GROUP, SERVICE, user_ids=Rule("texts", items=1000), fields=_TEXTS, name_case=_TEXT, from_group_id=_INT
    ),
    "groups.getById": _method(USER, GROUP, SERVICE, group_ids=_TEXTS, group_id=_TEXT, fields=_TEXTS),
    "groups.getTokenPermissions": _method(GROUP),
    "groups.getLongPollServer": _method(USER, GROUP, **_GROUP),
    "groups.getLongPollSettings": _method(USER, GROUP, **_GROUP),
    "groups.setLongPollSettings": _method(
        USER, GROUP, **_GROUP, enabled=_FLAG, api_version=_TEXT, **dict.fromkeys(LONG_POLL_EVENTS, _FLAG)
    ),
    "wall.post": _method(
        USER,
        GROUP,
        **_POST,
        from_group=_FLAG,
        post_id=_ID,
        guid=_TEXT,
        link_title=_TEXT,
        link_photo_id=_TEXT,
        mute_notifications=_FLAG,
    ),
    "wall.edit": _method(
        USER,
        **_POST,
        post_id=Rule("int", required=True, least=0),
        poster_bkg_id=_ID,
        poster_bkg_owner_id=_INT,
        poster_bkg_access_hash=_TEXT,
        topic_id=_ID,
    ),
    "wall.get": _method(
        USER, SERVICE, owner_id=_INT, domain=_TEXT, offset=_ID, count=_ID, filter=_TEXT, extended=_FLAG, fields=_TEXTS
    ),
    "wall.getById": _method(
        USER, SERVICE, posts=Rule("texts", required=True), extended=_FLAG, copy_history_depth=_INT, fields=_TEXTS
    ),
    "wall.delete": _method(USER, owner_id=_INT, post_id=_ID),
    "wall.createComment": _method(
        USER,
        GROUP,
        owner_id=_INT,
        post_id=Rule("int", required=True, least=0),
        from_group=_ID,
        message=_TEXT,
        reply_to_comment=_INT,
        attachments=_TEXTS,
        sticker_id=_ID,
        guid=_TEXT,
    ),
    "messages.send": _method(
        USER,
        GROUP,
        **_MESSAGE,
        user_id=_INT,
        random_id=Rule("int", required=True),
        peer_id=_INT,
        peer_ids=Rule("ints", items=100),
        domain=_TEXT,
        chat_id=Rule("int", least=0, most=100_000_000),
        attachment=Rule("text", longest=9000),
        reply_to=_INT,
        forward_messages=Rule("ints", items=1000),
        forward=_TEXT,
        sticker_id=_ID,
        payload=Rule("text", longest=1000),
        content_source=_TEXT,
        intent=_TEXT,
        subscribe_id=Rule("int", least=0, most=100),
    ),
    "messages.edit": _method(
        USER,
        GROUP,
        **_MESSAGE,
        peer_id=_NEEDED,
        attachment=_TEXT,
        keep_forward_messages=_FLAG,
        keep_snippets=_FLAG,
        message_id=_ID,
        cmid=_ID,
    ),
    "messages.delete": _method(
        USER,
        GROUP,
        message_ids=Rule("ints", items=1000),
        spam=_FLAG,
        reason=_ID,
        group_id=_ID,
        delete_for_all=_FLAG,
        peer_id=_INT,
        cmids=Rule("ints", items=100),
    ),
    "messages.sendMessageEventAnswer": _method(
        GROUP,
        event_id=Rule("text", required=True),
        user_id=_NEEDED,
        peer_id=_NEEDED,
        event_data=Rule("text", longest=1000),
    ),
    "messages.getConversationMembers": _method(
        USER,
        GROUP,
        peer_id=_NEEDED,
        offset=_ID,
        count=Rule("int", least=1, most=1000),
        extended=_FLAG,
        fields=_TEXTS,
        group_id=_ID,
        member_ids=Rule("ints"),
    ),
    "messages.isMessagesFromGroupAllowed": _method(USER, GROUP, **_GROUP, user_id=_NEEDED_ID),
    "photos.getWallUploadServer": _method(USER, group_id=_INT),
    "photos.saveWallPhoto": _method(
        USER,
        user_id=_ID,
        group_id=_ID,
        photo=Rule("text", required=True),
        server=_INT,
        hash=_TEXT,
        latitude=_NUMBER,
        longitude=_NUMBER,
        caption=_TEXT,
    ),
    "photos.getMessagesUploadServer": _method(USER, GROUP, peer_id=_INT),
    "photos.saveMessagesPhoto": _method(USER, GROUP, photo=Rule("text", required=True), server=_INT, hash=_TEXT),
    "docs.getMessagesUploadServer": _method(USER, GROUP, type=_TEXT, peer_id=_INT),
    "docs.save": _method(USER, GROUP, file=Rule("text", required=True), title=_TEXT, tags=_TEXT, return_tags=_FLAG),
    "utils.getShortLink": _method(USER, GROUP, SERVICE, url=Rule("text", required=True), private=_FLAG),
    "utils.getLinkStats": _method(
        USER,
        GROUP,
        SERVICE,
        key=Rule("text", required=True),
        source=_TEXT,
        access_key=_TEXT,
        interval=_TEXT,
        intervals_count=Rule("int", least=0, most=100),
        extended=_FLAG,
    ),
    "utils.getServerTime": _method(USER, GROUP, SERVICE),
    "utils.resolveScreenName": _method(USER, GROUP, SERVICE, screen_name=Rule("text", required=True)),
    "execute": _method(USER, GROUP, code=_TEXT),
}


def read(method: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """A request's parameters as what they stand for; what the method doesn't know is left out, as VK does.

    Raises ParameterError for the first one that is missing or wrong.
    """
    found: dict[str, Any] = {}
    for name, rule in RULES[method].params.items():
        if name not in sent or (sent[name] == "" and rule.kind not in ("text", "texts")):
            if rule.required:
                raise ParameterError(f"{name} is undefined")
            continue
        found[name] = _value(name, rule, sent[name])
    return found


def _value(name: str, rule: Rule, text: str) -> Json:
    match rule.kind:
        case "int":
            return _bounded(name, rule, _integer(name, text))
        case "flag":
            # VK reads a flag loosely: everything but 0 and nothing is yes, so "False" is yes as well.
            return text not in ("", "0")
        case "number":
            return _number(name, text)
        case "ints":
            return [_integer(name, part) for part in _listed(name, rule, text)]
        case "texts":
            return _listed(name, rule, text)
    if rule.longest is not None and len(text) > rule.longest:
        raise ParameterError(f"{name} should be less or equal to {rule.longest} letters")
    return text


def _integer(name: str, text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise ParameterError(f"{name} not integer")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"{name} not float") from None


def _bounded(name: str, rule: Rule, value: int) -> int:
    if rule.least is not None and value < rule.least:
        raise ParameterError(f"{name} should be greater or equal to {rule.least}")
    if rule.most is not None and value > rule.most:
        raise ParameterError(f"{name} should be less or equal to {rule.most}")
    return value


def _listed(name: str, rule: Rule, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if rule.items is not None and len(parts) > rule.items:
        raise ParameterError(f"{name} should contain not more than {rule.items} items")
    return parts
