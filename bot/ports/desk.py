"""Doors of the admins: what they see, decide and are told."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.conditions import Planned, Status
from bot.editions import Retraction
from bot.looks import Preview
from bot.model import Attempt
from bot.roles import Deed, Grant
from bot.sightings import Choice, OpenDoubt
from bot.story import Story


class Questions(Protocol):
    """Puts to the admins what only a person can answer."""

    async def ask(self, doubt: OpenDoubt) -> bool:
        """Tell every admin once. False: it reached nobody."""
        ...


class Confirming(Protocol):
    """The doubts that are left to people."""

    async def open(self) -> list[OpenDoubt]:
        """At public places, the oldest first."""
        ...

    async def decide(self, token: str, choice: Choice, *, by: str) -> OpenDoubt | None:
        """Carry out a person's decision, once. None: it is decided already. `by` is told in the story."""
        ...


class Previews(Protocol):
    """What would be posted."""

    async def of(self, name: str, *, now: datetime) -> list[Preview] | None:
        """The posts of an article, known or by its page's address, as editors want it on each channel. None: there is
        no such article. Raises CommandError."""
        ...


class Stories(Protocol):
    """Tells what became of an article."""

    async def story(self, name: str, *, now: datetime) -> Story | None:
        """By key, by the publisher's id, by URL, or by the address of a post of it."""
        ...


class Alerted(Protocol):
    """What the admins were told of problems that have not ended since, over restarts. Raises StoreError."""

    async def told(self, problem: str) -> str | None:
        """The sentence they were told last, or None: nothing yet, or long ago."""
        ...

    async def remember(self, problem: str, sentence: str) -> None: ...

    async def forget(self, problem: str) -> None: ...


class Grants(Protocol):
    """Rights that owners gave. Raises StoreError."""

    async def given(self) -> list[Grant]: ...

    async def give(self, grant: Grant) -> None:
        """Also in the place of another role of the same person for the same."""
        ...

    async def take(self, grant: Grant) -> bool:
        """False: it was not given."""
        ...


class AuditLog(Protocol):
    """Who did what. Raises StoreError."""

    async def record(self, deed: Deed) -> None: ...

    async def deeds(self, limit: int) -> list[Deed]:
        """The last ones, the newest first."""
        ...


class Desk(Protocol):
    """What an admin can see and do: the scheduler's side, as the commands see it."""

    async def status(self, *, now: datetime) -> Status: ...

    async def plan(self, *, now: datetime, hours: float) -> list[Planned]:
        """What will go out, in order of time."""
        ...

    async def post_now(self, channel: str | None, *, now: datetime) -> list[Attempt]:
        """Send the next article at once to one channel, or to each of them. Raises CommandError for an unknown name."""
        ...

    async def propose_retraction(self, name: str, *, by: str, reason: str | None) -> Retraction | None:
        """What taking an article back would do, with the token that confirms it; without one when it was taken back
        before. None: there is no such article."""
        ...

    async def proposal(self, token: str) -> Retraction | None:
        """What was proposed under a token that still confirms it."""
        ...

    async def retract(self, token: str) -> Retraction | None:
        """Take back what was proposed: remove it where it stands and send it nowhere again. None: the token was used
        before, or is too old."""
        ...
