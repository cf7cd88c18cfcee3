"""One call for many readers of the very same message, on VK. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Platform, Post

_OWN = "peer_id"


def is_alike(one: Post, other: Post) -> bool:
    """Whether two readers can get these in one call: all but the receiver is the same, and so is the `random_id`."""
    return one.platform is Platform.VK and one.method == other.method and _same(one) == _same(other)


def shared(posts: Sequence[Post]) -> Post:
    """The call that sends to every receiver of posts that are alike."""
    first = posts[0]
    if len(posts) == 1:
        return first
    return replace(first, params={"peer_ids": ",".join(str(post.params[_OWN]) for post in posts), **_same(first)})


def _same(post: Post) -> dict[str, object]:
    return {name: value for name, value in post.params.items() if name != _OWN}
