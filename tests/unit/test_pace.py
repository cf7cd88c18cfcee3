"""The pace: what it decides, and what that comes to against platforms whose limits it does not know."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TryLater
from bot.model import Platform, Post
from bot.pacing import TELEGRAM, VK_COMMUNITY, Lane, Pace, Trial
from scheduler.pace import (
    CATCH_UP,
    CUT,
    MOST_SLACK,
    SECOND,
    STALE,
    WALL_LIFE,
    WARM,
    Travel,
    burst_free,
    held_for_all,
    next_trial,
    proved,
    refused,
    slot,
)
from tests.fakes import NOON
from tests.pacing import MemoryLimiter, Outcome, Simulated, chats, fan_out, outcome, paced
from tests.virtual import run

MESSAGES = 2000
INTERVAL = SECOND / 30
seconds = st.floats(0, 100, allow_nan=False)


def at(after: float) -> timedelta:
    return timedelta(seconds=after)


class TestSlots:
    """GCRA: evenly spaced moments."""

    @given(st.lists(st.floats(0, 3), min_size=2, max_size=60))
    def test_however_they_ask_messages_are_evenly_spaced(self, pauses: list[float]) -> None:
        """In no stretch of time are there more than fit evenly, and the two of the catch-up."""
        now, tat, moments = NOON, NOON, []
        for pause in pauses:
            now += at(pause / 30)
            moment, tat = slot(tat, now, INTERVAL)
            assert moment >= now
            moments.append(moment)
        for first in range(len(moments)):
            for last in range(first + 1, len(moments)):
                fit = (moments[last] - moments[first]) / INTERVAL + 1
                assert last - first + 1 <= fit + CATCH_UP + 1e-3

    def test_two_missed_slots_are_made_up_for_and_no_more(self) -> None:
        """After a long pause: three at once, then evenly."""
        now, tat, moments = NOON + at(60), NOON, []
        for _ in range(5):
            moment, tat = slot(tat, now, INTERVAL)
            moments.append((moment - now) / INTERVAL)
        assert moments == pytest.approx([0, 0, 0, 1, 2], abs=1e-3)

    @given(st.integers(1, 5), st.lists(st.floats(0, 2), max_size=40))
    def test_a_burst_is_as_long_as_allowed(self, burst: int, pauses: list[float]) -> None:
        """So many may come at once; over time it is one an interval."""
        now, tat, moments = NOON, NOON, []
        for pause in pauses:
            now += at(pause)
            if burst_free(tat, now, SECOND, burst) <= now:
                tat = max(tat, now) + SECOND
                moments.append(now)
        for first, moment in enumerate(moments):
            in_second = [one for one in moments[first:] if one < moment + SECOND]
            assert len(in_second) <= burst + 1


class TestTravel:
    """How long answers take tells how far messages may bunch."""

    @given(st.lists(st.floats(0.05, 0.15), min_size=WARM, max_size=WARM + 50))
    def test_a_message_counts_until_a_second_after_it_arrived_at_the_latest(self, took: list[float]) -> None:
        """Never for less than a second, and never for longer than the spread of the times allows."""
        travel = Travel()
        for one in took:
            travel = travel.after(at(one))
        counted = travel.release(NOON, NOON + at(took[-1])) - NOON
        assert SECOND < counted <= SECOND + travel.slack + at(0.001)
        assert travel.low <= min(took) + 1e-3
        assert travel.high >= max(took) - 1e-3

    def test_one_very_late_answer_spoils_nothing(self) -> None:
        """An outlier may widen the slack to its limit only."""
        travel = Travel()
        for _ in range(WARM):
            travel = travel.after(at(0.05))
        assert travel.after(at(30)).slack <= MOST_SLACK

    def test_as_long_as_little_is_known_the_slack_is_wide(self) -> None:
        """Two quick answers prove nothing."""
        assert Travel().after(at(0.05)).after(at(0.05)).slack >= at(0.05)


KNOWN = Travel(0.05, 0.06, WARM)


class TestDecisions:
    """What the pace becomes."""

    def test_a_refusal_cuts_by_seven_per_cent(self) -> None:
        """When nearly as much had been sent as was believed safe."""
        pace = refused(Pace(30), TELEGRAM, granted=NOON, before=29, now=NOON, until=NOON + SECOND)
        assert (pace.limit, pace.wall) == (30 * CUT, 30)

    def test_a_limit_far_below_is_found_at_once(self) -> None:
        """Fifteen had been sent in the second, the sixteenth was refused."""
        pace = refused(Pace(30), TELEGRAM, granted=NOON, before=15, now=NOON, until=NOON + SECOND)
        assert (pace.limit, pace.wall) == (15, 16)

    def test_one_refusal_cuts_to_the_half_at_most(self) -> None:
        """Three messages in the second are no proof of a limit of three."""
        assert refused(Pace(30), TELEGRAM, granted=NOON, before=3, now=NOON, until=NOON).limit == 15

    def test_a_refused_trial_leaves_the_pace_as_it_is(self) -> None:
        """It has told the limit exactly."""
        trying = Pace(30, trial=Trial(31, NOON, NOON + SECOND))
        pace = refused(trying, TELEGRAM, granted=NOON, before=30, now=NOON, until=NOON + SECOND)
        assert (pace.limit, pace.wall, pace.trial) == (30, 31, None)

    def test_what_was_in_flight_says_nothing_new(self) -> None:
        """Turns given before the cut are refused too; the pace is cut once."""
        pace = refused(Pace(30), TELEGRAM, granted=NOON, before=29, now=NOON + SECOND, until=NOON + 2 * SECOND)
        assert refused(pace, TELEGRAM, granted=NOON + SECOND / 2, before=9, now=NOON + SECOND, until=NOON) is pace

    @given(st.lists(st.tuples(st.integers(0, 70), st.booleans()), max_size=40))
    def test_the_pace_stays_between_its_bounds(self, story: list[tuple[int, bool]]) -> None:
        """Whatever is refused and allowed, in any order."""
        pace, now = Pace(30), NOON
        for before, allowed in story:
            now += WALL_LIFE + SECOND
            wanted = next_trial(pace, TELEGRAM, KNOWN, in_second=60, now=now)
            if allowed and wanted is not None:
                pace = proved(wanted, now=now)
            elif not allowed:
                pace = refused(wanted or pace, TELEGRAM, granted=now, before=before, now=now, until=now)
            assert TELEGRAM.least <= pace.limit <= TELEGRAM.most
            assert pace.trial is None

    def test_it_creeps_up_one_at_a_time(self) -> None:
        """A trial of 31, and when it is through the pace is 31."""
        trying = next_trial(Pace(30), TELEGRAM, KNOWN, in_second=30, now=NOON)
        assert trying is not None
        assert trying.trial is not None
        assert trying.trial.rate == 31
        assert proved(trying, now=NOON).limit == 31

    @pytest.mark.parametrize(
        ("pace", "in_second", "why"),
        [
            (Pace(30), 10, "little is sent"),
            (Pace(60), 60, "it is as high as it may be"),
            (Pace(30, next_trial=NOON + SECOND), 30, "the last was just now"),
            (Pace(30, wall=31, wall_until=NOON + SECOND), 30, "that was refused lately"),
            (Pace(30, trial=Trial(31, NOON, NOON)), 30, "one is under way"),
        ],
    )
    def test_when_no_higher_pace_is_tried(self, pace: Pace, in_second: int, why: str) -> None:
        """Each for its own reason."""
        assert next_trial(pace, TELEGRAM, KNOWN, in_second=in_second, now=NOON) is None, why

    def test_a_refused_rate_is_tried_again_in_time(self) -> None:
        """After ten minutes the wall is no longer believed in."""
        pace = Pace(30, wall=31, wall_until=NOON)
        assert next_trial(pace, TELEGRAM, KNOWN, in_second=30, now=NOON + SECOND) is not None

    def test_a_published_limit_is_not_exceeded(self) -> None:
        """VK says 20, so 21 are not even tried."""
        assert next_trial(Pace(20), VK_COMMUNITY, KNOWN, in_second=20, now=NOON) is None

    def test_a_trial_that_nobody_answers_is_given_up(self) -> None:
        """The process that began it may be gone."""
        trying = Pace(30, trial=Trial(31, NOON, NOON))
        later = next_trial(trying, TELEGRAM, KNOWN, in_second=0, now=NOON + STALE + SECOND)
        assert later is not None
        assert later.trial is None

    @pytest.mark.parametrize(
        ("asked", "private", "refused_chats", "busy", "everybody"),
        [
            (43_837, False, 1, True, False),
            (43_837, True, 1, True, False),
            (40, False, 1, True, False),
            (5, False, 1, True, True),
            (40, True, 1, True, True),
            (40, True, 1, False, False),
            (43_837, True, 2, False, True),
        ],
    )
    def test_whom_a_wait_concerns(
        self, asked: int, private: bool, refused_chats: int, busy: bool, everybody: bool
    ) -> None:
        """A chat's own wait stops nobody else; two refused chats in a row speak for the token."""
        held = held_for_all(at(asked), private=private, chats_refused=refused_chats, busy=busy)
        assert held == (at(asked) if everybody else None)


def sent(limit: int, latency: float, *, strict: bool, messages: int = 10_000) -> Outcome:
    async def measure() -> Outcome:
        platform = Simulated(limit, latency, strict)
        await fan_out(paced(platform, MemoryLimiter(TELEGRAM)), [chats(messages)])
        return outcome(platform, messages)

    return run(measure())


@pytest.mark.parametrize(
    ("limit", "latency", "strict", "share"),
    [(30, 0.15, True, 95), (30, 0.02, False, 98), (15, 0.06, True, 90), (40, 0.06, True, 90)],
)
def test_it_uses_what_is_allowed(limit: int, latency: float, strict: bool, share: float) -> None:
    """Ten thousand messages, the true limit unknown: nothing is lost, and next to nothing of the time. At the published
    limit there are fewer than five refusals."""
    got = sent(limit, latency, strict=strict)
    assert got.lost == 0
    assert got.share > share
    assert got.refused < (5 if limit == 30 else 10)


def test_an_article_for_fifty_does_not_wait_behind_one_for_six_thousand() -> None:
    """Articles take turns: the fifty have theirs in seconds, not minutes."""

    async def measure() -> dict[int, float]:
        pacing = paced(Simulated(30, 0.06, strict=False), MemoryLimiter(TELEGRAM))
        large, small = chats(6000), [str(900_000 + n) for n in range(50)]
        return await fan_out(pacing, [large, small])

    through = run(measure())
    assert through[1] < 8
    assert 6000 / 30 < through[0] < 6000 / 28


def test_answers_do_not_wait_behind_the_readers() -> None:
    """While thousands of messages go out, an answer is there in a fraction of a second."""

    async def measure() -> list[float]:
        pacing = paced(Simulated(30, 0.06, strict=False), MemoryLimiter(TELEGRAM))
        replies, loop, took = pacing.lane(Lane.REPLY), asyncio.get_running_loop(), []

        async def converse() -> None:
            for number in range(120):
                asked = loop.time()
                await replies.publish(Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 500_000 + number}))
                took.append(loop.time() - asked)
                await asyncio.sleep(0.5)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fan_out(pacing, [chats(MESSAGES)]))
            tasks.create_task(converse())
        return took

    took = run(measure())
    assert statistics.quantiles(took, n=100)[97] < 1
    assert statistics.median(took) < 0.2


def test_a_chat_that_must_wait_for_half_a_day_delays_nobody() -> None:
    """Its message is put off at once, and the others go on at the full pace."""

    async def measure() -> tuple[timedelta, float]:
        platform = Simulated(30, 0.06, strict=False)
        pacing = paced(platform, limiter := MemoryLimiter(TELEGRAM))
        channel = Post(Platform.TELEGRAM, "sendMessage", {"chat_id": "-1001"})
        platform.answers["-1001"] = 43_837
        for lane in (Lane.PUBLIC, Lane.PUBLIC):
            try:
                await pacing.lane(lane).publish(channel)
            except TryLater as error:
                after = error.after
        assert limiter.pace == replace(Pace(30), version=limiter.pace.version)
        began = asyncio.get_running_loop().time()
        await fan_out(pacing, [[str(2000 + n) for n in range(300)]])
        assert platform.calls["-1001"] == 1
        return after, asyncio.get_running_loop().time() - began

    after, took = run(measure())
    assert 43_800 < after.total_seconds() <= 43_837
    assert took < 12
