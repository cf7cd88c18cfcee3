"""The rounds of the day: what is set going at a start, and what keeps going whatever happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conditions import SourceState
from bot.errors import StoreError
from bot.model import SlotState
from bot.ports import SourceStates
from bot.source.merge import merge
from bot.store import Store
from scheduler.deliver import LEASE
from scheduler.directory import Directory
from scheduler.fanout import AGAIN, FRESH
from scheduler.readings import Readings
from scheduler.rounds import FALLBACK, SWEEP, Rounds
from tests.newsdesk import ANN, CHANNEL, SOURCE, CrashError, Newsdesk, Newsstand, Reading, an_article

A, B = an_article(1, "Gardens"), an_article(2, "Gardens")


@pytest.fixture
async def desk(store: Store) -> Newsdesk:
    """Ann is a gardener."""
    desk = Newsdesk(store)
    await desk.subscribed(ANN, "Gardens")
    return desk


def rounds(
    desk: Newsdesk,
    newsstand: Newsstand | None = None,
    *,
    publishing: bool = True,
    readings: Readings | None = None,
) -> Rounds:
    """The whole of it, or with `publishing` off the part of a worker."""
    return Rounds(
        directory=Directory((SOURCE,), desk.store.directives, desk.store.sources, merge) if publishing else None,
        collector=desk.collector(newsstand or Newsstand(), readings=readings),
        publications=(desk.publication(),) if publishing else (),
        fanout=desk.fanout(),
        overdue=desk.store.overdue,
        jobs=desk.jobs,
        clock=desk.clock,
    )


async def test_news_reaches_channel_and_readers_at_once(desk: Newsdesk) -> None:
    """A source is read when it is due; what it brings wakes both."""
    newsstand = Newsstand()
    rounds(desk, newsstand).start()
    await desk.jobs.pass_time()
    newsstand.entries.append(A)
    await desk.jobs.pass_time(SOURCE.every - timedelta(seconds=1))
    assert desk.telegram.posted == []
    await desk.jobs.pass_time(timedelta(seconds=1))
    assert sorted(desk.telegram.posted) == sorted([(str(ANN), "Headline 1"), (str(CHANNEL), "Headline 1")])


async def test_a_start_takes_up_what_was_left_undone(desk: Newsdesk) -> None:
    """Queued before a crash: posted, and sent to readers, without waiting for news."""
    await desk.queued(A, queues=("main", FRESH, AGAIN))
    rounds(desk).start()
    await desk.jobs.pass_time()
    assert desk.telegram.at(CHANNEL) == desk.telegram.at(ANN) == ["Headline 1"]


async def test_a_worker_serves_readers_of_what_another_process_collected(desk: Newsdesk) -> None:
    """It has no source that would wake it: it looks every few seconds."""
    rounds(desk, publishing=False).start()
    await desk.jobs.pass_time()
    await desk.queued(A, queues=("main", FRESH, AGAIN))
    await desk.jobs.pass_time(SWEEP)
    assert desk.telegram.posted == [(str(ANN), "Headline 1")]


async def test_a_claim_whose_sender_died_becomes_unconfirmed(desk: Newsdesk) -> None:
    """Found by the sweep; the channel goes on behind it."""
    await desk.queued(A, B)
    desk.telegram.faults = [(CrashError(), "posted")]
    with pytest.raises(CrashError):
        await desk.publication().start()
    desk.restart()
    rounds(desk).start()
    await desk.jobs.pass_time(LEASE + 2 * SWEEP)
    assert await desk.state(A) is SlotState.UNCONFIRMED
    assert desk.telegram.at(CHANNEL) == ["Headline 1", "Headline 2"]


class _AwayAtFirst:
    """States of sources in a store that dies as the first is asked for."""

    def __init__(self, states: SourceStates) -> None:
        self._states = states
        self._died = False

    async def load(self, source: str) -> SourceState:
        if not self._died:
            self._died = True
            raise StoreError("redis can't be reached")
        return await self._states.load(source)

    async def save(self, source: str, state: SourceState) -> None:
        await self._states.save(source, state)


async def test_a_store_that_dies_at_the_start_leaves_no_source_unread(desk: Newsdesk) -> None:
    """It went before the source had a timer: that is set once it is back."""
    newsstand = Newsstand(A)
    readings = Readings(_AwayAtFirst(desk.store.sources), desk.problems, desk.clock)
    rounds(desk, newsstand, readings=readings).start()
    with pytest.raises(StoreError):
        await desk.jobs.pass_time()
    await desk.jobs.pass_time(2 * SWEEP)
    assert await desk.state(A) is SlotState.SKIPPED  # it was in the feed before the first reading


class _Buggy(Newsstand):
    """Fails once in a way nobody foresaw."""

    failed = False

    async def feed(self, url: str, state: object, listing: str | None = None, last: object = None) -> Reading:  # noqa: ARG002 - the port's arguments
        if not self.failed:
            self.failed = True
            raise RuntimeError("a bug")
        return Reading(tuple(self.entries))


async def test_a_bug_in_one_reading_does_not_make_it_the_last(desk: Newsdesk) -> None:
    """The source is read again after a while."""
    newsstand = _Buggy(A)
    rounds(desk, newsstand).start()
    with pytest.raises(RuntimeError):
        await desk.jobs.pass_time()
    await desk.jobs.pass_time(FALLBACK)
    assert await desk.state(A) is SlotState.SKIPPED
