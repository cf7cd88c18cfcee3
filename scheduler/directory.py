"""The sources there are: those of the settings and those the admins added, as they decided about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.model import Article
from bot.ports import Directives, Newsstand, SourceStates
from bot.sourcing import Directive, Outcome, Report, Trial
from scheduler import rhythm
from scheduler.source import Source
from scheduler.trial import trial

ADDED_EVERY, ADDED_SLOWEST = timedelta(minutes=5), timedelta(minutes=30)
"""The bounds of a source that was added by command."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source, and what was decided about it."""

    source: Source
    paused: bool = False
    added: bool = False


class Directory:
    """The port `Sourcing`, and what the rounds ask for what to read. `written` are the sources of the settings."""

    def __init__(
        self,
        written: Sequence[Source],
        directives: Directives,
        states: SourceStates,
        merge: Callable[[Article, Article], Article],
        newsstand: Newsstand | None = None,
    ) -> None:
        self._written = {source.name: source for source in written}
        self._directives = directives
        self._states = states
        self._merge = merge
        self._newsstand = newsstand

    async def listed(self) -> list[Listed]:
        """Those of the settings first, in their order. One that was added in the place of a removed one is read at its
        own address."""
        directives = {directive.name: directive for directive in await self._directives.every()}
        found = []
        for name in (*self._written, *(name for name in directives if name not in self._written)):
            one = self._as_decided(name, directives.get(name))
            if one is not None:
                found.append(one)
        return found

    def _as_decided(self, name: str, directive: Directive | None) -> Listed | None:
        """A source as the settings have it, or as the admins decided; None for one there is not."""
        source = self._written.get(name)
        if directive is None or directive.removed:
            return Listed(source) if source is not None and directive is None else None
        if directive.url is None:
            return Listed(source, directive.paused) if source is not None else None
        if source is None:
            source = Source(name, directive.url, ADDED_EVERY, slowest=ADDED_SLOWEST)
        return Listed(replace(source, url=directive.url), directive.paused, added=True)

    async def active(self) -> list[Source]:
        """What is to be read."""
        return [one.source for one in await self.listed() if not one.paused]

    async def find(self, name: str) -> Source | None:
        """A source that is to be read, as it is now."""
        one = await self._known(name)
        return one.source if one is not None and not one.paused else None

    async def reports(self, *, now: datetime) -> list[Report]:
        """Every source with its health."""
        found = []
        for one in await self.listed():
            source, state = one.source, await self._states.load(one.source.name)
            due = None if one.paused else rhythm.due(state, source.every, source.slowest_or_every, now)
            usual = rhythm.usual_gap(state.times)
            found.append(Report(source.name, source.url, state, one.paused, one.added, due, usual))
        return found

    async def add(self, name: str, url: str, *, by: str) -> Outcome:
        """Read it from now on."""
        if await self._known(name) is not None:
            return Outcome.NAME_TAKEN
        await self._directives.put(Directive(name, url, by=by))
        return Outcome.DONE

    async def pause(self, name: str, *, by: str) -> Outcome:
        """Leave it unread until it is resumed."""
        return await self._change(name, paused=True, by=by)

    async def resume(self, name: str, *, by: str) -> Outcome:
        """Read it again; what came meanwhile is posted."""
        return await self._change(name, paused=False, by=by)

    async def remove(self, name: str, *, by: str) -> Outcome:
        """One that was added is gone; one of the settings is left out until something is added under its name."""
        known = await self._known(name)
        if known is None:
            return Outcome.UNKNOWN
        if name in self._written:
            await self._directives.put(Directive(name, removed=True, by=by))
        else:
            await self._directives.drop(name)
        await self._states.save(name, SourceState())  # whatever is added under this name begins anew
        return Outcome.DONE

    async def trial(self, url: str) -> Trial:
        """What would come out of an address."""
        if self._newsstand is None:
            raise SourceError("nothing can be read before the start")
        return await trial(self._newsstand, Source("trial", url, ADDED_EVERY), self._merge)

    async def _change(self, name: str, *, paused: bool, by: str) -> Outcome:
        known = await self._known(name)
        if known is None:
            return Outcome.UNKNOWN
        if known.paused == paused:
            return Outcome.ALREADY
        directive = Directive(name, known.source.url if known.added else None, by=by)
        await self._directives.put(replace(directive, paused=paused))
        return Outcome.DONE

    async def _known(self, name: str) -> Listed | None:
        return self._as_decided(name, await self._directives.about(name))
