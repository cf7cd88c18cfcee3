"""A post as it will be, and what a person wants to know of it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Place, Post, Receipt


@dataclass(frozen=True, slots=True)
class Look:
    """`length` of at most `limit` characters, as the platform counts them; `cut`: what had to be left out for that."""

    post: Post
    length: int
    limit: int
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """The very post of a channel. `slot`: when the channel posts next; None: as it comes. `not_here`: why the channel
    does not want the article. `card`: what is wrong with the link card, where it was looked at (`card_seen`). `above`:
    the post of an earlier article that it answers."""

    channel: str
    place: Place
    look: Look
    slot: datetime | None = None
    not_here: str | None = None
    card: str | None = None
    card_seen: bool = False
    above: Receipt | None = None
