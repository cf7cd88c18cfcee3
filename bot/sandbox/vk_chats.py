"""Chats of several people on the sandbox's VK: who is in them, and what happens there."""

from __future__ import annotations

import json
from hashlib import blake2b

from bot.sandbox.runs import vk_runs
from bot.sandbox.state import Chat, Message
from bot.sandbox.vk_core import Args, VkRefusal, VkState
from bot.sandbox.vk_messages import CLIENT, head
from bot.sandbox.vk_wall import Method


def members(state: VkState, args: Args) -> Args:
    """messages.getConversationMembers. Of a chat only where the community is one of its administrators."""
    chat = state.conversation(args["peer_id"])
    if chat.bot_status != "administrator":
        raise VkRefusal(917)
    people = [one for one in state.world.chats.values() if one.platform == "vk" and one.kind == "private"]
    items = [{"member_id": one.id, "is_admin": one.id in chat.admins} for one in people]
    items.append({"member_id": -state.group_id, "is_admin": True})
    return {"items": items, "count": len(items), "profiles": [], "groups": []}


def say(state: VkState, chat: Chat, person: Chat, text: str) -> Message:
    """A person writes in a chat."""
    return _happened(state, chat, person, {"text": text})


def set_member(state: VkState, chat: Chat, person: Chat, *, inside: bool) -> None:
    """A person takes the community into a chat, or puts it out."""
    chat.bot_status = "member" if inside else "kicked"
    kind = "chat_invite_user" if inside else "chat_kick_user"
    _happened(state, chat, person, {"text": "", "action": {"type": kind, "member_id": -state.group_id}})


def press(state: VkState, chat: Chat, person: Chat, message: Message, payload: str) -> None:
    """A person presses a callback button under a message of a chat."""
    name = blake2b(f"{chat.name}:{person.id}:{message.id}:{state.longpoll.ts}".encode(), digest_size=6).hexdigest()
    state.pressed[name] = chat
    event: Args = {"user_id": person.id, "peer_id": chat.id, "event_id": name, "payload": json.loads(payload)}
    event["conversation_message_id"] = message.raw["conversation_message_id"]
    state.longpoll.add("message_event", event)


def _happened(state: VkState, chat: Chat, person: Chat, content: Args) -> Message:
    raw = head(state, chat, person.id) | {"out": 0, "attachments": [], "random_id": 0} | content
    message = Message(raw["id"], "person", state.world.now(), raw, vk_runs(raw["text"]))
    chat.messages[message.id] = message
    state.longpoll.add("message_new", {"message": raw, "client_info": CLIENT})
    state.world.touch()
    return message


METHODS: dict[str, Method] = {"messages.getConversationMembers": members}
