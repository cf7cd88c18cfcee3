"""A channel under random trouble: nothing twice, nothing lost, nothing out of order.

Hypothesis makes up days: articles come, the platform fails in every way it can, the process is killed at every point,
the clock jumps. In the end the trouble is over, and every article must have come to its end.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from structlog.testing import capture_logs

from bot.errors import OutcomeUnknown, Refused, TryLater
from bot.model import Article, SlotState
from bot.store import open_store
from scheduler.publish import Publication
from scheduler.selection import Channel
from tests.newsdesk import CHANNEL, CrashError, CrashingQueues, Newsdesk, a_channel, an_article
from tests.stores import Servers

MINUTE = timedelta(minutes=1)
CHANNELS = [
    a_channel(query="!Trains"),
    a_channel(gap=7 * MINUTE, max_age=timedelta(hours=5)),
    a_channel(schedule="*/20 * * * *", query="!Trains", max_age=timedelta(hours=5)),
    a_channel(schedule="*/20 * * * *", per_slot=3, gap=7 * MINUTE),
]
WAITS = st.sampled_from([1, 10, 25, 90])
FAULTS = st.one_of(
    st.none(),
    WAITS.map(lambda minutes: TryLater("flood", after=minutes * MINUTE)),
    st.builds(Refused, st.just("bad"), whole_place=st.booleans()),
    st.sampled_from([OutcomeUnknown("lost"), CrashError()]).flatmap(
        lambda error: st.sampled_from([error, (error, "posted")])
    ),
)


class Trouble(RuleBasedStateMachine):
    """One channel, one store, and one process that is killed and started again."""

    socket: Path

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._logs = self._stack.enter_context(capture_logs())
        self.articles: list[Article] = []
        self.desk = self._runner.run(self._open())
        self.queues = CrashingQueues(self.desk.store, times=0)

    async def _open(self) -> Newsdesk:
        store = await self._stack.enter_async_context(open_store(None, self.socket))
        await store.client.write("FLUSHALL")
        return Newsdesk(store)

    @initialize(channel=st.sampled_from(CHANNELS))
    def open_channel(self, channel: Channel) -> None:
        self.channel = channel
        self.restart()

    @rule(trains=st.booleans())
    def collect(self, trains: bool) -> None:
        """An article comes; sometimes one that the filter keeps out."""
        article = an_article(len(self.articles) + 1, "Trains" if trains else "Gardens")
        self.articles.append(article)
        self._runner.run(self.desk.queued(article))
        self._alive(self.publication.news)

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=3))
    def spoil(self, faults: list[BaseException | tuple[BaseException, str] | None]) -> None:
        """The next calls fail so."""
        self.desk.telegram.faults += faults

    @rule()
    def die_before_the_queue_is_cleared(self) -> None:
        self.queues.times = 1

    @rule(minutes=st.sampled_from([0, 1, 5, 20, 60, 240]))
    def pass_time(self, minutes: int) -> None:
        """Timers fire in time."""
        end = self.desk.clock.now() + minutes * MINUTE
        self._alive(lambda: self.desk.jobs.run_until(end))

    @rule(minutes=st.sampled_from([-10, 3, 30, 120]))
    def jump(self, minutes: int) -> None:
        """The machine slept, or its clock was set: timers fire late, or wait."""
        self.desk.clock.advance(minutes * MINUTE)

    @rule()
    def post_now(self) -> None:
        async def press() -> None:
            await self.publication.post_now()

        self._alive(press)

    @rule()
    def restart(self) -> None:
        self.desk.restart()
        self._alive(self._start)

    @invariant()
    def never_twice_and_in_order(self) -> None:
        numbers = [int(headline.split()[1]) for headline in self.desk.telegram.at(CHANNEL)]
        assert numbers == sorted(set(numbers))

    def teardown(self) -> None:
        """The trouble is over; two days later every article has come to an end that fits what stands in the channel."""
        try:
            if hasattr(self, "channel"):
                self.desk.telegram.faults, self.queues.times = [], 0
                self.pass_time(2 * 24 * 60)
                self._runner.run(self._all_is_accounted_for())
        finally:
            self._runner.run(self._stack.aclose())
            self._runner.close()

    async def _all_is_accounted_for(self) -> None:
        posted = Counter(self.desk.telegram.at(CHANNEL))
        assert set(posted.values()) <= {1}
        assert await self.desk.waiting() == []
        for article in self.articles:
            state = await self.desk.state(article)
            if posted[article.headline]:
                assert state in {SlotState.SENT, SlotState.UNCONFIRMED}
            else:
                assert state in {SlotState.REFUSED, SlotState.SKIPPED, SlotState.UNCONFIRMED}

    def _alive(self, work: object) -> None:
        """Do it; a process that dies of it is started again."""
        self._runner.run(self._until_alive(work))

    async def _until_alive(self, work: object) -> None:
        assert callable(work)
        while True:
            try:
                await work()
            except CrashError:
                self.desk.restart()
                work = self._start
            else:
                return

    async def _start(self) -> None:
        self.publication: Publication = self.desk.publication(self.channel, queues=self.queues)
        await self._sweep()
        await self.publication.start()

    async def _sweep(self) -> None:
        """As the rounds do it, less often."""
        self.desk.jobs.at("sweep", self.desk.clock.now() + MINUTE * 5, self._sweep)
        await self.desk.store.overdue.expire(now=self.desk.clock.now())


def test_nothing_twice_nothing_lost_nothing_out_of_order(servers: Servers) -> None:
    """Random days against the real store."""

    class OnThisServer(Trouble):
        socket = servers.address("embedded").socket or Path()

    limits = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=True,
    )
    run_state_machine_as_test(OnThisServer, settings=limits)
