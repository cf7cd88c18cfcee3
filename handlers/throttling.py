"""How much one person, or one chat, may ask for: enough for anybody who reads the answers. Pure: the time is given.

Kept in memory alone: after a restart everybody may begin anew, and nothing about anybody was written down.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.talk import Heard


class Turn(Enum):
    """What becomes of a command."""

    ANSWER = auto()
    ASK_FOR_PATIENCE = auto()
    SILENCE = auto()


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` commands at once, and another one each `every`."""

    burst: int
    every: timedelta


PERSON = Allowance(20, timedelta(seconds=2))
GROUP = Allowance(60, timedelta(seconds=1))
"""A group has several people in it, and a message a second is what its platform takes."""
SELDOM = Allowance(2, timedelta(minutes=10))
"""For what looks at every key."""
INLINE = Allowance(40, timedelta(seconds=0.5))
"""Each letter that is typed asks anew."""
REMEMBERED = 20_000


class Throttle:
    """Counts by name. Each name has its own count, so that nobody pays for another."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._full_at: OrderedDict[str, datetime] = OrderedDict()
        self._told: set[str] = set()

    def take(self, name: str, now: datetime) -> Turn:
        """One command more. Who is too fast is asked for patience once, and then not answered until it is over."""
        full_at = max(self._full_at.get(name, now), now) + self._allowance.every
        if full_at - now > self._allowance.burst * self._allowance.every:
            told = name in self._told
            self._told.add(name)
            return Turn.SILENCE if told else Turn.ASK_FOR_PATIENCE
        self._told.discard(name)
        self._full_at[name] = full_at
        self._full_at.move_to_end(name)
        while len(self._full_at) > REMEMBERED:
            self._told.discard(self._full_at.popitem(last=False)[0])
        return Turn.ANSWER


class Crowd:
    """All who talk to the bot: each person has an allowance, and each group one for all of its people together."""

    def __init__(self, person: Allowance = PERSON, group: Allowance = GROUP) -> None:
        self._people = Throttle(person)
        self._groups = Throttle(group)
        self._inquirers = Throttle(INLINE)

    def take(self, heard: Heard, now: datetime) -> Turn:
        """What becomes of something heard. What one person says too much does not count against the group."""
        turn = self._people.take(f"{heard.place.platform}:{heard.person}", now)
        if turn is Turn.ANSWER and not heard.private:
            turn = self._groups.take(f"{heard.place.platform}:{heard.place.chat}", now)
        return turn

    def take_inquiry(self, person: str, now: datetime) -> bool:
        """Whether an inline query is answered; it takes nothing from what a person may say."""
        return self._inquirers.take(person, now) is Turn.ANSWER
