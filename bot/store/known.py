"""A campaign as a process has it in mind, and how its records are read. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from pyroaring import BitMap

from bot.model import Attempt, Platform, Receipt, Slot, SlotState
from bot.store import acks
from bot.store.group_commit import GroupCommit
from bot.store.moments import to_ms

SAID = "said:"
AT_ONCE, SOON = 0.02, 0.25
"""Seconds that claims, and words on how messages ended, wait for others while messages are in flight: at thirty a
second some seven go to redis as one. Until then they count as in flight, should the bot die."""
DIFFERENT = 64
"""Of what is said at the same time, by all campaigns together; any more is put into words again."""
Reading = Callable[[Slot, acks.Ack], Attempt | None]
"""What a record says of a slot; None: nothing, or what the ledger says."""


@dataclass(slots=True)
class Known:
    """A campaign as this process has it in mind. `foreign`: when the claims end that another process left behind;
    `in_flight`: messages claimed here and not settled yet; `fresh`: it began here, just now, and nobody was tried."""

    article: str
    number: int
    began: datetime
    crowds: Mapping[Platform, BitMap]
    claims: GroupCommit = field(default_factory=lambda: GroupCommit(AT_ONCE))
    settles: GroupCommit = field(default_factory=lambda: GroupCommit(SOON))
    in_flight: int = 0
    fresh: bool = False
    foreign: datetime | None = None
    crowd: BitMap = field(init=False)

    def __post_init__(self) -> None:
        self.crowd = BitMap.union(*self.crowds.values())

    def rank(self, reader: int) -> int | None:
        """A reader's place in the line of records."""
        return self.crowd.rank(reader) - 1 if reader in self.crowd else None

    def seconds(self, moment: datetime) -> int:
        """Since it began, rounded up."""
        return max(0, -((self.began - moment) // timedelta(seconds=1)))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the record of a slot stands."""

    campaign: Known
    rank: int


def reading(campaign: Known, fields: Mapping[str, str]) -> Reading:
    """How its records are read: `fields` name what its messages said, and why it was called off, if it was."""
    said = {int(kind): json.loads(name.removeprefix(SAID)) for name, kind in fields.items() if name.startswith(SAID)}

    def attempt(slot: Slot, ack: acks.Ack) -> Attempt | None:
        if ack.kind == acks.CLAIMED:
            until = campaign.began + timedelta(seconds=ack.number)
            return Attempt(slot, campaign.began, SlotState.CLAIMED, until=until)
        if ack.kind in said:
            at, words = campaign.began + timedelta(minutes=ack.minutes), said[ack.kind]
            there, together = Receipt(str(ack.number), at), tuple(words["together"])
            return Attempt(slot, at, SlotState.SENT, receipt=there, wording=words["wording"], together=together)
        if ack.kind == 0 and "off" in fields:
            return Attempt(slot, campaign.began, SlotState.SKIPPED, fields["off"])
        return None

    return attempt


def rounded_up(moment: datetime, step: timedelta) -> int:
    """In milliseconds, to a whole number of steps."""
    length = max(1, step // timedelta(milliseconds=1))
    return -(-to_ms(moment) // length) * length


def in_order(order: Sequence[int], said: Sequence[int]) -> list[int]:
    """Answers to things that were said in this order, in the order in which they were asked."""
    answers = [0] * len(order)
    for index, answer in zip(order, said, strict=True):
        answers[index] = answer
    return answers


def said_in(attempt: Attempt) -> str:
    """What a message said, as its campaign names it."""
    return _named(attempt.wording, attempt.together)


@lru_cache(DIFFERENT)
def _named(wording: str | None, together: tuple[str, ...]) -> str:
    """Thousands of readers are told the same."""
    return json.dumps({"wording": wording, "together": list(together)})
