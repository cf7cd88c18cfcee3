"""One message to up to a hundred readers in one call: what VK's answer says of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.channels.vk_outcomes import VkFault
from bot.model import Post, Receipt

Answer = Receipt | VkFault


def receivers(post: Post) -> list[str]:
    """The peers a call names, in their order."""
    return [peer.strip() for peer in str(post.params.get("peer_ids", "")).split(",") if peer.strip()]


def alone(post: Post, peer: str) -> Post:
    """The same call to one of its receivers, with the same `random_id`."""
    kept = {name: value for name, value in post.params.items() if name != "peer_ids"}
    return replace(post, params={"peer_id": int(peer), **kept})


def answers(post: Post, answer: object, at: datetime) -> list[Answer] | VkFault:
    """For each receiver its receipt or its fault; nobody knows about one whom the answer leaves out."""
    if not isinstance(answer, Sequence) or isinstance(answer, str):
        return VkFault("an answer that does not say what was sent")
    said = {str(one.get("peer_id")): one for one in answer if isinstance(one, Mapping)}
    return [_answer(said.get(peer), at) for peer in receivers(post)]


def _answer(one: Mapping[str, object] | None, at: datetime) -> Answer:
    if one is None:
        return VkFault("an answer that does not say what was sent to this reader")
    error = one.get("error")
    if isinstance(error, Mapping):
        return VkFault(str(error.get("description")), code=int(error.get("code") or 0))
    number = one.get("message_id")
    if isinstance(number, int) and number > 0:
        return Receipt(str(number), at)
    return VkFault("an answer that does not say what was sent to this reader")
