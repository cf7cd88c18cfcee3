"""How fast one token may send, as values. The decisions are in `scheduler/pace.py`, the shared books in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Place


class Lane(StrEnum):
    """Who goes first: an answer to a person, then channels and walls, then the many readers of an article."""

    REPLY = "reply"
    PUBLIC = "public"
    READERS = "readers"


AHEAD = {Lane.REPLY: timedelta(seconds=5), Lane.PUBLIC: timedelta(seconds=1), Lane.READERS: timedelta(0)}
"""How far ahead a lane may take a turn (two turns ahead may everybody). Whoever sees farther goes before the others:
an answer takes the next free turn while the readers, who only see what comes now, wait for one that is left over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform lets one token send. Rates are messages a second.

    `start` is taken for safe until something else is learned, between `least` and `most`. `chat_every` and
    `group_count` in `group_span` are the rules for one chat, and for one group or channel; None: there are none.
    `at_once`: how many calls of a lane are handed to the door at a time, or 0; more would queue in it, before answers.
    """

    start: float
    least: float
    most: float
    chat_every: timedelta | None = None
    chat_burst: int = 1
    group_count: int = 0
    group_span: timedelta = timedelta(0)
    at_once: int = 0


TELEGRAM = Limits(
    start=30,
    least=1,
    most=60,
    chat_every=timedelta(seconds=1.05),
    chat_burst=3,
    group_count=20,
    group_span=timedelta(seconds=61),
)
"""30 messages a second in all, one a second in a chat (short bursts allowed), 20 a minute in a group or channel
(core.telegram.org/bots/faq). The spans are a little longer than said, since messages bunch on the way. The true limit
is published nowhere, so it is looked for up to `most`."""
VK_COMMUNITY = Limits(start=20, least=1, most=20, at_once=1)
"""20 requests a second with a community key (dev.vk.com), one after another, as vk_api sends them."""
VK_USER = Limits(start=3, least=1, most=3, at_once=1)
"""3 requests a second with a user key (dev.vk.com)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An attempt to send `rate` messages within one second, to learn whether that is allowed.

    Before `opens` nothing is sent, so that it is certain which messages the second holds; at `bursts` follows in a row
    what is left of them.
    """

    rate: int
    opens: datetime
    bursts: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a token's limit. `version` counts the changes.

    `limit` messages a second are believed safe. `wall` a second were too many; that is believed until `wall_until`. A
    refusal of a turn given before `cut_at` says nothing new.
    """

    limit: float
    wall: int | None = None
    wall_until: datetime | None = None
    next_trial: datetime | None = None
    cut_at: datetime | None = None
    trial: Trial | None = None
    version: int = 0

    @property
    def room(self) -> int:
        """How many messages may fall into one second."""
        return max(1, int(self.limit))


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody wants to send. `place`: None for a call that concerns no chat. `slack`: by how much messages may bunch
    on the way. `quiet`: how long to wait for the answers after a trial."""

    lane: Lane
    place: Place | None
    slack: timedelta
    quiet: timedelta


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one message at a moment; given at `granted`."""

    id: str
    at: datetime
    granted: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """No turn yet; ask again after this. `everybody`: not this chat alone must wait."""

    after: timedelta
    everybody: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """The books after an answer.

    `in_second`: messages in the current second. `before`: messages sent in the second before a refused one.
    `trial_over`: every message of the trial has its answer.
    """

    pace: Pace
    in_second: int
    before: int
    trial_over: bool
