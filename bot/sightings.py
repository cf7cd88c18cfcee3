"""What is known of a post whose outcome nobody told: what was being sent, and what was seen at its place since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model import Place, Post, Receipt, Slot


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that stands at a place. `text` is None where it can't be read: then only that it is ours is known.
    `picture`: it is seen to be one, with the text as its caption."""

    message_id: str
    text: str | None = None
    links: tuple[str, ...] = ()
    url: str | None = None
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """How a post is recognised: its text, the headline it begins with, and the article's address, normalised."""

    text: str
    headline: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """An unconfirmed slot and what was being sent. `since`: when the sending began.

    `post` is composed anew; `said` is how the one that was sent is recognised, should it have said something else.

    `after` is the number of the last message known to stand at the place before that (None: no such message is known);
    `known` are the numbers of all that are accounted for; `companions` are slots of the same post.
    """

    slot: Slot
    post: Post
    since: datetime
    after: int | None = None
    known: frozenset[str] = field(default=frozenset())
    companions: frozenset[Slot] = field(default=frozenset())
    said: Trace | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at a place gave.

    `receipt`: the platform's own word for this very post. `whole`: everything that can stand there since was seen, and
    what is not in `seen` is surely not ours. `again`: a later look may tell more. `why`: what kept it from being whole.
    """

    seen: tuple[Seen, ...] = ()
    whole: bool = False
    receipt: Receipt | None = None
    again: bool = True
    why: str = ""


class Choice(StrEnum):
    """What a person can say of a doubt: it is there; send it again; leave it."""

    THERE = "there"
    AGAIN = "again"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """A doubt as a person is asked about it. `token` names it in buttons: it changes when the slot is in doubt anew.

    `channel` is its name in the settings, `place` where people see it, `why` what is known.
    """

    token: str
    headline: str
    link: str | None
    channel: str
    since: datetime
    why: str
    place: Place
