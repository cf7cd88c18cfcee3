"""A VK Long Poll or Callback event as it came → what was heard. Anything odd, or said to nobody, is None."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.model import Place, Platform
from bot.statistics import Echo
from bot.talk import Heard
from handlers.echoing import VK_EVENTS, of_vk
from handlers.hearing import Membership

EVENTS = ("message_new", "message_event", "message_allow", "message_deny")
"""All that is read here: the events to tick in the community's settings."""
_CHATS_FROM = 2_000_000_000
"""Peers from here on are chats of several people (dev.vk.com, messages.send, peer_id)."""
_DEEP_LINK = re.compile(r"t_[a-z2-7]{10}")
"""What follows `?ref=` in a link to the community's messages: VK tells it with the first message after it."""
_LANGUAGES = {0: "ru", 3: "en"}
_INVITED = {"chat_invite_user": True, "chat_invite_user_by_link": True, "chat_kick_user": False}
_MENTION = re.compile(r"\s*\[club(?P<group>\d+)\|[^\]]*\][\s,:]*")

Json = Mapping[str, Any]


def hear(event: object) -> Heard | Membership | Echo | None:
    """What a person typed or pressed, or a change of membership. Never raises: VK's events are not always whole."""
    outer = _mapping(event)
    said = _mapping(outer.get("object"))
    match outer.get("type"):
        case "message_new":
            return _invited(outer, said) or _typed(outer, said)
        case "message_event":
            return _pressed(outer, said)
        case "message_allow" | "message_deny" as kind:
            person = _id(said.get("user_id"))
            place = Place(Platform.VK, str(person))
            return Membership(place, kind == "message_allow", _event(outer, "") or None) if person else None
        case kind if kind in VK_EVENTS:
            return of_vk(kind, said, _event(outer, ""))
    return None


def _invited(outer: Json, said: Json) -> Membership | None:
    """The community was taken into a chat, or put out of it."""
    message = _mapping(said.get("message"))
    action, peer = _mapping(message.get("action")), _id(message.get("peer_id"))
    inside = _INVITED.get(str(action.get("type")))
    about_us = action.get("member_id") == -(_id(outer.get("group_id")) or 0)
    if inside is None or not about_us or not peer:
        return None
    return Membership(Place(Platform.VK, str(peer)), inside, _event(outer, "") or None)


def _typed(outer: Json, said: Json) -> Heard | None:
    message = _mapping(said.get("message"))
    person, peer = _id(message.get("from_id")), _id(message.get("peer_id"))
    if message.get("out") or not person or not peer:
        return None
    passed_on = None
    text = _said(message, str(outer.get("group_id")), private=peer < _CHATS_FROM)
    if text is None:
        text = passed_on = _passed_on(message)
    if text is None:
        return None
    reply = _mapping(message.get("reply_message"))
    answered = _id(reply.get("id")) or _id(reply.get("conversation_message_id"))
    return Heard(
        place=Place(Platform.VK, str(peer)),
        person=str(person),
        text=text,
        event=_event(outer, f"{peer}:{message.get('conversation_message_id')}"),
        language=_language(_mapping(said.get("client_info"))),
        private=peer < _CHATS_FROM,
        reply_to=str(answered) if answered else None,
        forwarded=passed_on is not None,
    )


def _pressed(outer: Json, said: Json) -> Heard | None:
    person, peer = _id(said.get("user_id")), _id(said.get("peer_id"))
    callback, under = said.get("event_id"), _id(said.get("conversation_message_id"))
    text = _payload(said.get("payload"))
    if not text or not person or not peer or not isinstance(callback, str):
        return None
    return Heard(
        place=Place(Platform.VK, str(peer)),
        person=str(person),
        text=text,
        event=_event(outer, callback),
        private=peer < _CHATS_FROM,
        pressed=str(under) if under else None,
        callback=callback,
    )


def _said(message: Json, group: str, *, private: bool) -> str | None:
    """The text, or what a button's payload stands for. In a chat only what is said to us: a command or a mention."""
    if pressed := _payload(message.get("payload")):
        ref = message.get("ref")
        return f"{pressed} {ref}" if pressed == "/start" and isinstance(ref, str) else pressed
    text, ref = message.get("text"), message.get("ref")
    if private and isinstance(ref, str) and _DEEP_LINK.fullmatch(ref):
        return f"/start {ref}"
    if not isinstance(text, str) or not text.strip():
        return None
    mention = _MENTION.match(text)
    if mention is not None and mention["group"] == group:
        return text[mention.end() :]
    return text if private or text.startswith("/") else None


def _passed_on(message: Json) -> str | None:
    """Somebody else's words, sent on without any of one's own."""
    forwarded = message.get("fwd_messages")
    texts = [_mapping(one).get("text") for one in forwarded] if isinstance(forwarded, list) else []
    return "\n\n".join(text for text in texts if isinstance(text, str) and text.strip()) or None


def _payload(raw: object) -> str | None:
    """`{"command": "start"}` is VK's own start button, `{"press": "…"}` is ours."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return None
    payload = _mapping(raw)
    if payload.get("command") == "start":
        return "/start"
    press = payload.get("press")
    return press if isinstance(press, str) else None


def _event(outer: Json, instead: str) -> str:
    """VK's name for the event; without one (API before 5.103), the message's."""
    name = outer.get("event_id")
    return name if isinstance(name, str) and name else instead


def _language(client: Json) -> str | None:
    number = client.get("lang_id")
    return _LANGUAGES.get(number) if isinstance(number, int) else None


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _id(value: object) -> int | None:
    """A positive id; communities and ourselves have negative ones."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
