"""A post as it will be, and what a person wants to know of it before."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Post


@dataclass(frozen=True, slots=True)
class Look:
    """`length` of at most `limit` characters, as the platform counts them; `cut`: what had to be left out for that."""

    post: Post
    length: int
    limit: int
    cut: tuple[str, ...] = ()
