"""One post to many readers in one call, where the platform has such a thing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import DeliveryError, Refused
from bot.model import Post, Receipt
from bot.ports import Circular, Publisher

Answers = Sequence[Receipt | DeliveryError]


async def publish_to_many(publisher: Publisher, post: Post) -> Answers:
    """What became of it at each receiver, in their order. Raises a DeliveryError."""
    if not isinstance(publisher, Circular):
        raise Refused(f"{post.platform} takes one receiver in a call")
    return await publisher.publish_to_many(post)
