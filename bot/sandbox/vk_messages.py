"""VK's messages: sending, editing, and what people do in a conversation with the community."""

from __future__ import annotations

import json
import re
from hashlib import blake2b

from bot.sandbox.runs import vk_runs
from bot.sandbox.state import Chat, Json, Key, Keys, Message
from bot.sandbox.vk_core import FIRST_CONVERSATION, MESSAGES, Args, VkRefusal, VkState
from bot.sandbox.vk_keyboard import read_keyboard
from bot.sandbox.vk_wall import Method

MAX_MESSAGE = 4096
_EDIT_SECONDS = 24 * 3600
_URL = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,:;!?')\]…]")
_ATTACHMENT = re.compile(r"(photo|wall|doc|video|audio|market|poll)(-?\d+)_(\d+)(_\w+)?")
CLIENT = {"button_actions": ["text", "callback", "open_link"], "keyboard": True, "inline_keyboard": True, "lang_id": 0}
_EVENT_ANSWERS = frozenset({"show_snackbar", "open_link", "open_app"})


def send(state: VkState, args: Args) -> Json:
    """messages.send: a number for one receiver, a list with an answer each for `peer_ids`."""
    content = _content(state, args)
    if "peer_ids" in args:
        return [_answer_for(state, args, peer, content) for peer in args["peer_ids"]]
    peer = args.get("peer_id", args.get("user_id"))
    if peer is None:
        raise VkRefusal(100, "you should specify peer_id, user_id, domain, chat_id or peer_ids param")
    message = _send_one(state, args, peer, content)
    return (
        0 if peer > FIRST_CONVERSATION else message.id
    )  # in a chat a community's messages have no number of their own


def _answer_for(state: VkState, args: Args, peer: int, content: Message) -> Args:
    try:
        message = _send_one(state, args, peer, content)
    except VkRefusal as refusal:
        error = {"code": refusal.code, "description": refusal.message}
        return {"peer_id": peer, "message_id": 0, "conversation_message_id": 0, "error": error}
    number = message.raw["conversation_message_id"]
    return {"peer_id": peer, "message_id": message.id, "conversation_message_id": number}


def _content(state: VkState, args: Args) -> Message:
    """The message before it has a receiver. Raises VkRefusal."""
    text = args.get("message", "")
    attachments, photo = _attachments(state, args.get("attachment", ""))
    if not text.strip() and not attachments:
        raise VkRefusal(100, "message is empty or invalid")
    if len(text) > MAX_MESSAGE:
        raise VkRefusal(914)
    raw: Args = {"text": text, "attachments": attachments, "random_id": args.get("random_id", 0), "out": 1}
    keys: Keys = ()
    if args.get("keyboard"):
        raw["keyboard"], keys = read_keyboard(args["keyboard"])
    address = _URL.search(text)
    card = None
    if address and not args.get("dont_parse_links"):
        attached, card = state.link(address[0])
        attachments.append(attached)
    return Message(0, "bot", state.world.now(), raw, vk_runs(text), card, photo, keys=keys)


def _attachments(state: VkState, text: str) -> tuple[list[Args], str | None]:
    found: list[Args] = []
    photo = None
    for part in filter(None, text.split(",")):
        named = _ATTACHMENT.fullmatch(part.strip())
        if named is None:
            raise VkRefusal(100, f"attachment: {part} is invalid")
        kind, owner, number = named[1], int(named[2]), int(named[3])
        saved = state.photos.get(f"photo{owner}_{number}") if kind == "photo" else None
        photo = photo or (saved.url if saved else None)
        if kind == "wall" and owner == -state.group_id and number in state.wall.messages:
            found.append({"type": "wall", "wall": state.wall.messages[number].raw})
        else:
            found.append({"type": kind, kind: saved.raw() if saved else {"owner_id": owner, "id": number}})
    return found, photo


def _send_one(state: VkState, args: Args, peer: int, content: Message) -> Message:
    chat = _receiver(state, peer)
    random_id = args["random_id"]
    if random_id and (peer, random_id) in state.random_ids:
        return state.random_ids[peer, random_id]
    about = head(state, chat, -state.group_id)
    message = Message(
        about["id"],
        "bot",
        state.world.now(),
        content.raw | about,
        content.runs,
        content.card,
        content.photo,
        None,
        content.keys,
    )
    chat.messages[message.id] = message
    chat.notice = None
    if random_id:
        state.random_ids[peer, random_id] = message
    state.longpoll.add("message_reply", message.raw)
    state.world.touch()
    return message


def _receiver(state: VkState, peer: int) -> Chat:
    if peer > FIRST_CONVERSATION:
        return state.conversation(peer)
    chat = state.person(peer)
    if chat is None or not chat.started or chat.blocked:
        raise VkRefusal(901)
    return chat


def head(state: VkState, chat: Chat, author: int) -> Args:
    """What every message of a conversation has. `author`: an id, negative for the community."""
    about = {"id": state.next_message_id(), "conversation_message_id": chat.next_id(), "peer_id": chat.id}
    more = {"from_id": author, "date": int(state.world.now().timestamp()), "fwd_messages": [], "version": chat.last_id}
    return about | more | {"important": False, "is_hidden": False}


def edit(state: VkState, args: Args) -> int:
    """messages.edit, by `message_id` or by `cmid` within the conversation."""
    chat = _receiver(state, args["peer_id"])
    message = _find(chat, args)
    if message is None or message.sender != "bot":
        raise VkRefusal(100, "message_id or cmid is invalid")
    if (state.world.now() - message.at).total_seconds() > _EDIT_SECONDS:
        raise VkRefusal(909)
    content = _content(state, args)
    kept = {key: message.raw[key] for key in message.raw if key not in ("text", "attachments", "keyboard")}
    message.raw = content.raw | kept | {"update_time": int(state.world.now().timestamp())}
    message.runs, message.card, message.photo, message.keys = content.runs, content.card, content.photo, content.keys
    message.edited = True
    state.world.touch()
    return 1


def delete(state: VkState, args: Args) -> list[Args]:
    """messages.delete by `message_ids`: an answer for each. Without `delete_for_all` the person keeps the message."""
    chat = _receiver(state, args.get("peer_id", 0))
    return [_delete_one(state, chat, number, args) for number in args.get("message_ids", [])]


def _delete_one(state: VkState, chat: Chat, number: int, args: Args) -> Args:
    about = {"peer_id": chat.id, "message_id": number}
    message = chat.messages.get(number)
    if message is None or not args.get("delete_for_all"):
        return about | {"response": 1}
    about |= {"conversation_message_id": message.raw["conversation_message_id"]}
    if message.sender != "bot" or (state.world.now() - message.at).total_seconds() > _EDIT_SECONDS:
        return about | {"response": 0, "error": {"code": 924, "description": MESSAGES[924]}}
    del chat.messages[number]
    state.world.touch()
    return about | {"response": 1}


def _find(chat: Chat, args: Args) -> Message | None:
    if "message_id" in args:
        return chat.messages.get(args["message_id"])
    number = args.get("cmid")
    return next((one for one in chat.messages.values() if one.raw["conversation_message_id"] == number), None)


def answer_event(state: VkState, args: Args) -> int:
    """messages.sendMessageEventAnswer: a short word, or a page to open, on the screen of who pressed."""
    chat = state.pressed.get(args["event_id"])
    if chat is None or chat.id != args["peer_id"]:
        raise VkRefusal(100, "event_id is invalid")
    answer = _event_data(args.get("event_data", ""))
    del state.pressed[args["event_id"]]
    state.event_answers.append(args)
    chat.notice = answer.get("text")
    state.world.touch()
    return 1


def _event_data(text: str) -> Args:
    if not text:
        return {}
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("type") not in _EVENT_ANSWERS:
        raise VkRefusal(100, "event_data is invalid")
    return answer


def is_allowed(state: VkState, args: Args) -> Args:
    """messages.isMessagesFromGroupAllowed."""
    state.own_group(args["group_id"])
    chat = state.person(args["user_id"])
    return {"is_allowed": int(chat is not None and chat.started and not chat.blocked)}


def say(state: VkState, chat: Chat, text: str, payload: str = "") -> Message:
    """A person writes to the community, which also allows its messages."""
    if chat.blocked:
        set_allowed(state, chat, allowed=True)
    chat.started = True
    raw = head(state, chat, chat.id) | {"out": 0, "text": text, "attachments": [], "random_id": 0}
    if payload:
        raw["payload"] = payload
    message = Message(raw["id"], "person", state.world.now(), raw, vk_runs(text))
    chat.messages[message.id] = message
    state.longpoll.add("message_new", {"message": raw, "client_info": CLIENT})
    return message


def press(state: VkState, chat: Chat, message: Message, key: Key) -> None:
    """A person presses a button: a text button says its label, a callback button makes an event."""
    if key.kind == "text":
        say(state, chat, key.label, key.value)
        return
    name = blake2b(f"{chat.name}:{message.id}:{len(state.pressed)}:{state.longpoll.ts}".encode(), digest_size=6)
    state.pressed[name.hexdigest()] = chat
    event: Args = {"user_id": chat.id, "peer_id": chat.id, "event_id": name.hexdigest()}
    event["payload"] = json.loads(key.value) if key.value else None
    event["conversation_message_id"] = message.raw["conversation_message_id"]
    state.longpoll.add("message_event", event)


def set_allowed(state: VkState, chat: Chat, *, allowed: bool) -> None:
    """A person forbids the community's messages, or allows them again."""
    if allowed == (chat.started and not chat.blocked):
        return
    chat.started, chat.blocked = chat.started or allowed, not allowed
    event: Args = {"user_id": chat.id, "key": ""} if allowed else {"user_id": chat.id}
    state.longpoll.add("message_allow" if allowed else "message_deny", event)


METHODS: dict[str, Method] = {
    "messages.send": send,
    "messages.edit": edit,
    "messages.delete": delete,
    "messages.sendMessageEventAnswer": answer_event,
    "messages.isMessagesFromGroupAllowed": is_allowed,
}
