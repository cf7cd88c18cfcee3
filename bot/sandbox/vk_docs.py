"""VK's documents: an address to upload to, and what was uploaded kept under a name that messages can attach."""

from __future__ import annotations

from bot.sandbox.state import Json
from bot.sandbox.vk_core import FIRST_CONVERSATION, Args, VkRefusal, VkState
from bot.sandbox.vk_wall import Method

DOCS = "docs"
"""The last part of the address for uploads; photos have the number of an album there."""


def messages_upload(state: VkState, args: Args) -> Args:
    """docs.getMessagesUploadServer."""
    if args.get("type", "doc") != "doc":
        raise VkRefusal(100, "type should be doc here")
    peer = args.get("peer_id", 0)
    if peer > FIRST_CONVERSATION:
        state.conversation(peer)
        return {"upload_url": f"{state.url}/upload/{DOCS}"}
    chat = state.person(peer)
    if chat is None or not chat.started or chat.blocked:
        raise VkRefusal(901)
    return {"upload_url": f"{state.url}/upload/{DOCS}"}


def save(state: VkState, args: Args) -> Json:
    """docs.save."""
    name = args["file"]
    if name not in state.uploads:
        raise VkRefusal(105)
    number = 600_000_000 + len(state.documents) + 1
    title = args.get("title") or "file"
    body = state.uploads[name][0]
    state.documents[f"doc{-state.group_id}_{number}"] = (title, body)
    about = {"id": number, "owner_id": -state.group_id, "title": title, "size": len(body)}
    about |= {"ext": title.rpartition(".")[2], "date": int(state.world.now().timestamp()), "type": 1}
    return {"type": "doc", "doc": about | {"url": f"{state.url}/photo/{name}"}}


METHODS: dict[str, Method] = {"docs.getMessagesUploadServer": messages_upload, "docs.save": save}
