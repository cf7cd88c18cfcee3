"""What is remembered of a source from one reading to the next, and what the admins hear of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.conditions import SourceState
from bot.errors import HeldError, SourceError
from bot.imprint import Imprint
from bot.ports import Clock, FeedReading, SourceStates
from bot.problems import Problems
from scheduler import rhythm
from scheduler.source import Source

log = structlog.get_logger(__name__)

KEPT_PROBLEMS = 5
"""How many of a feed's bad entries are named to an admin."""
EMPTY = "The feed is empty: it has no entries at all."


class Readings:
    """The states of sources. `jitter` gives a number from 0 to 1."""

    def __init__(
        self, states: SourceStates, problems: Problems, clock: Clock, *, jitter: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._states = states
        self._problems = problems
        self._clock = clock
        self._jitter = jitter
        self._kept: dict[str, SourceState] = {}
        self._imprints: dict[str, tuple[Imprint, datetime | None]] = {}

    async def begin(self, source: Source) -> SourceState:
        """What is known of a source, as far as it is known of its present address. Without validators where the feed
        must come whole."""
        state = await self._states.load(source.name)
        if state.asked not in (None, source.url):
            state = replace(state, etag=None, last_modified=None, address=None, stood=())
        if rhythm.wants_whole(state, self._clock.now()):
            state = replace(state, etag=None, last_modified=None)
        return state

    def last(self, source: Source, state: SourceState) -> Imprint | None:
        """How the feed was written when all of it was kept. Only of the state that was saved then: a store that forgot
        something since, or was filled from a copy, gets the feed whole."""
        imprint, checked_at = self._imprints.get(source.name, (None, None))
        known = checked_at == state.checked_at and state.asked == source.url
        return imprint if known and not rhythm.wants_whole(state, self._clock.now()) else None

    async def next_check(self, source: Source) -> datetime:
        """When a source is due; of one that was just read that is known."""
        state = self._kept.pop(source.name, None) or await self._states.load(source.name)
        return rhythm.due(state, source.every, source.slowest_or_every, self._clock.now())

    async def first(self, source: Source, state: SourceState, stood: frozenset[str]) -> None:
        """What its first reading found is remembered before it is kept: should that be cut short, the next knows."""
        await self._states.save(source.name, replace(state, asked=source.url, stood=tuple(sorted(stood))))

    async def failed(self, source: Source, state: SourceState, error: SourceError) -> None:
        """It could not be read. An address it moved to is forgotten, so that the next try is at its own. One that was
        not asked because its host wants to be left alone just waits."""
        now = self._clock.now()
        if isinstance(error, HeldError):
            until = now + min(error.after or timedelta(0), rhythm.LONGEST_BACKOFF)
            waiting = replace(state, asked=source.url, next_check=until + self._spread(until - now), not_before=until)
            await self._save(source, waiting, self.last(source, state))
            return
        failures = state.failures + 1
        asked = min(error.after, rhythm.LONGEST_BACKOFF) if error.after is not None else None
        wait = max(rhythm.backoff(source.every, failures), asked or timedelta(0))
        failed = replace(
            state,
            asked=source.url,
            address=None,
            checked_at=now,
            next_check=now + self._spread(wait),
            not_before=now + asked if asked is not None else None,
            failures=failures,
            error=str(error),
        )
        await self._save(source, failed, self.last(source, state))
        self._problems.report(f"source {source.name}", str(error))

    async def succeeded(
        self,
        source: Source,
        state: SourceState,
        reading: FeedReading,
        problems: Sequence[str],
        *,
        times: tuple[datetime, ...],
        read_again: bool,
    ) -> None:
        """It was read. `read_again`: the feed must come whole next time, even if it has not changed."""
        now = self._clock.now()
        unchanged = reading.entries is None
        if reading.entries == () and reading.whole:
            problems = [EMPTY, *problems]
        wait = rhythm.interval(source.every, source.slowest_or_every, times, now=now, fresh_for=reading.fresh_for)
        read = replace(
            state,
            asked=source.url,
            address=state.address if unchanged and reading.address is None else reading.address,
            etag=None if read_again else reading.etag,
            last_modified=None if read_again else reading.last_modified,
            checked_at=now,
            succeeded_at=now,
            next_check=now + self._spread(wait),
            not_before=None,
            failures=0,
            error=None,
            problems=state.problems if unchanged else tuple(problems[:KEPT_PROBLEMS]),
            read_before=True,
            whole_at=now if reading.whole and not unchanged else state.whole_at,
            times=times,
            ttl=reading.ttl,
            stood=(),
        )
        await self._save(source, read, None if read_again else reading.imprint)
        self._problems.clear(f"source {source.name}")
        self._tell_silence(source, times, now)
        if reading.address is not None and reading.address != state.address and reading.why_there:
            self._problems.mention(f"moved source {source.name}", reading.why_there)
        for sentence in set(problems) - set(state.problems):
            log.warning("entry_problem", source=source.name, what=sentence)

    def _tell_silence(self, source: Source, times: Sequence[datetime], now: datetime) -> None:
        """Once, in the words of its beginning: a silence that grows is no news."""
        name = f"source {source.name}: silent"
        sentence = rhythm.silence(times, now)
        if sentence is None:
            self._problems.clear(name)
        elif self._problems.of(name) is None:
            self._problems.report(name, sentence)

    async def _save(self, source: Source, state: SourceState, imprint: Imprint | None) -> None:
        self._imprints.pop(source.name, None)
        self._kept.pop(source.name, None)
        await self._states.save(source.name, state)
        self._kept[source.name] = state
        if imprint is not None:
            self._imprints[source.name] = (imprint, state.checked_at)

    def _spread(self, wait: timedelta) -> timedelta:
        return wait * (1 + rhythm.JITTER * self._jitter())
