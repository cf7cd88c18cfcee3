"""Doors to the list of sources: what the admins decided about them, and what they can do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.sourcing import Directive, Outcome, Report, Trial


class Directives(Protocol):
    """What was decided about sources beside the settings, for ever."""

    async def every(self) -> list[Directive]: ...

    async def about(self, name: str) -> Directive | None:
        """The one about a source, if there is one."""
        ...

    async def put(self, directive: Directive) -> None:
        """In the place of an earlier one about the same source."""
        ...

    async def drop(self, name: str) -> None: ...


class Rests(Protocol):
    """Hosts that want to be left alone, over restarts. Raises StoreError."""

    async def left(self, host: str) -> timedelta | None:
        """For how much longer, or None."""
        ...

    async def note(self, host: str, wait: timedelta) -> None:
        """From now on."""
        ...


class Sourcing(Protocol):
    """The sources as admins look after them."""

    async def reports(self, *, now: datetime) -> list[Report]: ...

    async def add(self, name: str, url: str, *, by: str) -> Outcome:
        """Read a feed from now on; what is in it already is not posted."""
        ...

    async def pause(self, name: str, *, by: str) -> Outcome: ...

    async def resume(self, name: str, *, by: str) -> Outcome: ...

    async def remove(self, name: str, *, by: str) -> Outcome: ...

    async def trial(self, url: str) -> Trial:
        """What would come out of an address. Raises SourceError."""
        ...
