"""Circuit breakers: one probe at a time, pauses that grow and end, one problem reported and cleared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Cause, DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Platform
from bot.problems import Problems
from scheduler.breaker import LONGEST, PROBE, REFUSED_PAUSE, Breaker, Breakers, ask, failed
from tests.fakes import NOON, FixedClock

MINUTE = timedelta(minutes=1)
PAUSE = 5 * MINUTE
MOMENTS = st.integers(0, 7200).map(lambda seconds: timedelta(seconds=seconds))
CAPTCHA = TryLater("open https://vk.example/1", after=PAUSE, cause=Cause.CAPTCHA)
REVOKED = Refused("no such token", cause=Cause.TOKEN)


def fail(breaker: Breaker, at: timedelta, *, patience: int = 1) -> Breaker:
    return failed(breaker, now=NOON + at, pause=PAUSE, longest=LONGEST, patience=patience)


@given(st.lists(st.tuples(MOMENTS, st.sampled_from(["post", "fail", "succeed"]))))
def test_nothing_goes_while_it_is_open_and_it_never_stays_so(steps: list[tuple[timedelta, str]]) -> None:
    """Whatever happens: an open breaker names a time within the longest pause, lets nothing through before, lets one
    probe through then, and after a success lets everything through."""
    breaker, now, opened = Breaker(), timedelta(0), False
    for wait, step in steps:
        now += wait
        if step == "succeed":
            breaker, opened = Breaker(), False
        elif step == "fail":
            breaker, opened = fail(breaker, now), True
        before = breaker
        breaker, until = ask(breaker, now=NOON + now)
        if not opened:
            assert until is None
            continue
        assert before.until is not None
        assert (until is None) == (NOON + now >= before.until)
        if until is None:
            assert ask(breaker, now=NOON + now)[1] == NOON + now + PROBE
        else:
            assert NOON + now < until <= NOON + now + LONGEST
            assert ask(breaker, now=until)[1] is None


@given(st.integers(1, 40))
def test_pauses_grow_up_to_the_longest(probes: int) -> None:
    """Doubled with each probe that fails."""
    breaker, pauses = Breaker(), []
    for _ in range(probes):
        breaker = fail(breaker, timedelta(0))
        assert breaker.until is not None
        pauses.append(breaker.until - NOON)
    assert pauses[0] == PAUSE
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST


def test_a_longer_wait_that_is_asked_for_is_kept() -> None:
    """Three hours of quota are three hours."""
    breaker = failed(Breaker(), now=NOON, pause=timedelta(hours=3), longest=LONGEST)
    assert breaker.until == NOON + timedelta(hours=3)


def test_some_troubles_must_come_twice() -> None:
    """Below its patience it stays closed."""
    once = fail(Breaker(), timedelta(0), patience=2)
    assert ask(once, now=NOON)[1] is None
    assert ask(fail(once, timedelta(0), patience=2), now=NOON)[1] == NOON + PAUSE


class Board:
    """Breakers with a clock set by hand, and what was reported."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.problems = Problems()
        self.breakers = Breakers(self.clock, self.problems)

    def note(self, error: DeliveryError | None, *, platform: Platform = Platform.VK, public: bool = True) -> None:
        self.breakers.note(platform, error, public=public)

    def holds(self, platform: Platform = Platform.VK, *, public: bool = True) -> bool:
        return self.breakers.hold(platform, public=public) is not None


def test_what_opens_is_a_problem_until_a_post_goes_through() -> None:
    """With the platform's words, so with the captcha's link; the probe's success ends both."""
    board = Board()
    board.note(CAPTCHA)
    assert board.holds()
    assert board.problems.of("vk posts: captcha") == "open https://vk.example/1"
    board.clock.advance(PAUSE)
    assert not board.holds()
    assert board.holds()
    board.note(None)
    assert not board.holds()
    assert board.problems.all() == ()


def test_a_new_captcha_brings_its_new_link() -> None:
    """The old one has run out."""
    board = Board()
    board.note(CAPTCHA)
    board.clock.advance(PAUSE)
    assert not board.holds()
    board.note(TryLater("open https://vk.example/2", after=PAUSE, cause=Cause.CAPTCHA))
    assert board.problems.of("vk posts: captcha") == "open https://vk.example/2"


@pytest.mark.parametrize(
    ("error", "vk_posts", "vk_messages", "telegram"),
    [(CAPTCHA, True, False, False), (REVOKED, True, True, False)],
)
def test_how_far_a_trouble_reaches(error: DeliveryError, vk_posts: bool, vk_messages: bool, telegram: bool) -> None:
    """A token is the whole platform's; a captcha holds up posts and not messages; another platform never matters."""
    board = Board()
    board.note(error)
    assert board.holds() is vk_posts
    assert board.holds(public=False) is vk_messages
    assert board.holds(Platform.TELEGRAM) is telegram


@pytest.mark.parametrize(
    "error", [Refused("bad"), Refused("no right here", whole_place=True), Gone("left"), TryLater("slow", after=MINUTE)]
)
def test_what_lies_in_one_post_or_place_opens_nothing(error: DeliveryError) -> None:
    """And it shows that the platform answers and knows us."""
    board = Board()
    board.note(error)
    assert not board.holds()
    board.note(REVOKED)
    board.note(error)
    assert not board.holds()


def test_an_unknown_end_says_nothing() -> None:
    """Neither that the trouble is over nor that it is not."""
    board = Board()
    board.note(REVOKED)
    board.note(OutcomeUnknown("no answer"))
    assert board.holds()


def test_one_reader_s_flood_control_holds_up_nobody() -> None:
    """Three in a row are everybody's."""
    board = Board()
    flood = TryLater("flood", after=15 * MINUTE, cause=Cause.FLOOD)
    for _ in range(2):
        board.note(flood, public=False)
    assert not board.holds(public=False)
    board.note(flood, public=False)
    assert board.holds(public=False)
    assert not board.holds(public=True)


def test_the_longest_of_several_troubles_counts() -> None:
    """Asking early uses up no probe."""
    board = Board()
    board.note(REVOKED)
    board.note(CAPTCHA)
    board.clock.advance(PAUSE)
    held = board.breakers.hold(Platform.VK, public=True)
    assert held is not None
    assert held.until == NOON + REFUSED_PAUSE
    board.clock.at = held.until
    assert not board.holds()
