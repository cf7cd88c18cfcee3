"""The limiter: the books of one token, on every kind of store, the same as the plain rules in memory."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.model import Place, Platform
from bot.pacing import TELEGRAM, VK_COMMUNITY, VK_USER, Ask, Lane, Pace, Trial, Turn, Wait
from bot.ports import Limiter
from bot.store import Store
from scheduler.pace import CATCH_UP, SECOND
from tests.fakes import NOON
from tests.pacing import MemoryLimiter

TOKEN = "7300110022:a-token-that-stands-nowhere"
ANN = Place(Platform.TELEGRAM, "1001")
GROUP = Place(Platform.TELEGRAM, "-1001")
CHANNEL = Place(Platform.TELEGRAM, "@digest")
SLACK, QUIET = timedelta(milliseconds=20), timedelta(milliseconds=100)


def ms(number: float) -> timedelta:
    return timedelta(milliseconds=number)


def ask(place: Place | None = None, lane: Lane = Lane.READERS) -> Ask:
    return Ask(lane, place, SLACK, QUIET)


@pytest.fixture
def limiter(any_store: Store) -> Limiter:
    """The books of a Telegram bot."""
    return any_store.limiter(TOKEN, TELEGRAM)


async def turn(limiter: Limiter, asked: Ask, now: datetime) -> Turn:
    found = await limiter.reserve(asked, now=now)
    assert isinstance(found, Turn)
    return found


async def wait(limiter: Limiter, asked: Ask, now: datetime) -> Wait:
    found = await limiter.reserve(asked, now=now)
    assert isinstance(found, Wait)
    return found


async def taken(limiter: Limiter, asked: Ask, now: datetime, until: datetime) -> list[datetime]:
    """All the turns that somebody gets who asks again whenever told to."""
    moments: list[datetime] = []
    while now < until:
        found = await limiter.reserve(asked, now=now)
        if isinstance(found, Turn):
            moments.append(found.at)
            now = max(now, found.at)
        else:
            now += found.after
    return moments


async def test_turns_are_evenly_spaced_and_no_second_holds_too_many(limiter: Limiter) -> None:
    """Thirty a second, and in no shorter time more than fit evenly and the two of the catch-up."""
    moments = await taken(limiter, ask(), NOON, NOON + 3 * SECOND)
    assert len(moments) > 85
    for first, moment in enumerate(moments):
        assert sum(moment <= one < moment + SECOND for one in moments) <= 30
        for number, later in enumerate(moments[first:], start=1):
            assert number <= (later - moment) / (SECOND / 30) + 1 + CATCH_UP + 0.01


async def test_a_waiting_reader_takes_nothing(limiter: Limiter) -> None:
    """Told to wait, it has no turn: so an answer to a person takes the next one."""
    await taken(limiter, ask(), NOON, NOON + SECOND)
    now = NOON + SECOND
    while isinstance(found := await limiter.reserve(ask(), now=now), Turn):
        pass
    again = await wait(limiter, ask(), now)
    assert found == again
    assert again.everybody
    reply = await turn(limiter, ask(ANN, Lane.REPLY), now)
    assert reply.at - now <= ms(150)


async def test_an_answer_never_waits_behind_the_readers(limiter: Limiter) -> None:
    """Readers see no farther than two turns, an answer five seconds: ten answers go one after another, then readers."""
    await taken(limiter, ask(), NOON, NOON + SECOND)
    now = NOON + SECOND
    replies = [await turn(limiter, ask(Place(Platform.TELEGRAM, str(n)), Lane.REPLY), now) for n in range(2001, 2011)]
    assert replies[-1].at - now < ms(600)
    assert (await wait(limiter, ask(), now)).after > replies[-1].at - now - ms(70)


async def test_a_chat_gets_one_a_second(limiter: Limiter) -> None:
    """Its wait is its own: the next chat has its turn."""
    await turn(limiter, ask(ANN), NOON)
    told = await wait(limiter, ask(ANN), NOON + SECOND / 2)
    assert not told.everybody
    assert ms(500) <= told.after <= ms(600)
    await turn(limiter, ask(Place(Platform.TELEGRAM, "1002")), NOON + SECOND / 2)
    await turn(limiter, ask(ANN), NOON + SECOND / 2 + told.after)


async def test_an_answer_may_be_a_short_burst(limiter: Limiter) -> None:
    """Three messages at once to one person, the fourth a second later."""
    for _ in range(3):
        await turn(limiter, ask(ANN, Lane.REPLY), NOON)
    assert not (await wait(limiter, ask(ANN, Lane.REPLY), NOON)).everybody


@pytest.mark.parametrize("place", [GROUP, CHANNEL, replace(GROUP, thread=7)])
async def test_a_group_or_channel_gets_twenty_a_minute(limiter: Limiter, place: Place) -> None:
    """In any minute; a forum's topics count as one."""
    moments = await taken(limiter, ask(place, Lane.PUBLIC), NOON, NOON + 150 * SECOND)
    assert len(moments) >= 45
    for moment in moments:
        assert sum(moment <= one < moment + 60 * SECOND for one in moments) <= 20


async def test_a_minute_of_one_group_is_not_that_of_another(limiter: Limiter) -> None:
    """The other has all of its own."""
    await taken(limiter, ask(GROUP, Lane.PUBLIC), NOON, NOON + 30 * SECOND)
    assert not (await wait(limiter, ask(GROUP, Lane.PUBLIC), NOON + 30 * SECOND)).everybody
    await turn(limiter, ask(CHANNEL, Lane.PUBLIC), NOON + 30 * SECOND)


async def test_a_chat_told_to_wait_half_a_day_waits_alone_and_over_a_restart(any_store: Store) -> None:
    """Another process, or the next start, knows it too; another bot is not concerned."""
    first = any_store.limiter(TOKEN, TELEGRAM)
    await first.hold(CHANNEL, until=NOON + 43_837 * SECOND, now=NOON)
    await first.hold(CHANNEL, until=NOON + SECOND, now=NOON)
    later = NOON + 43_000 * SECOND
    second = any_store.limiter(TOKEN, TELEGRAM)
    told = await wait(second, ask(CHANNEL, Lane.PUBLIC), later)
    assert told == Wait(837 * SECOND, everybody=False)
    await turn(second, ask(ANN), later)
    await turn(any_store.limiter("another", TELEGRAM), ask(CHANNEL, Lane.PUBLIC), later)
    await turn(second, ask(CHANNEL, Lane.PUBLIC), later + told.after)


async def test_a_token_told_to_wait_holds_everybody(any_store: Store) -> None:
    """In every lane and process."""
    await any_store.limiter(TOKEN, TELEGRAM).hold(None, until=NOON + 10 * SECOND, now=NOON)
    limiter = any_store.limiter(TOKEN, TELEGRAM)
    for lane in Lane:
        assert await wait(limiter, ask(ANN, lane), NOON + SECOND) == Wait(9 * SECOND, everybody=True)


async def test_processes_share_one_pace(any_store: Store) -> None:
    """Two of them together get what one would get alone."""
    one, two = any_store.limiter(TOKEN, TELEGRAM), any_store.limiter(TOKEN, TELEGRAM)
    now, moments = NOON, list[datetime]()
    while now < NOON + 2 * SECOND:
        found = await (one, two)[len(moments) % 2].reserve(ask(), now=now)
        if isinstance(found, Turn):
            moments.append(found.at)
        now += ms(5)
    assert 55 <= len(moments) <= 64


async def test_the_answer_tells_until_when_a_message_counts(limiter: Limiter) -> None:
    """Without its answer the second message would count until 1.03 s; with it the third turn is there sooner."""
    turns, now = list[Turn](), NOON
    while len(turns) < 30:
        found = await limiter.reserve(ask(), now=now)
        if isinstance(found, Turn):
            turns.append(found)
        now += ms(10)
    reply = await turn(limiter, ask(ANN, Lane.REPLY), NOON + ms(990))
    assert reply.at == turns[0].at + SECOND + SLACK
    tally = await limiter.settle(turns[1], sent=True, release=turns[1].at + SECOND, now=now)
    assert tally.in_second == 31
    assert (await turn(limiter, ask(), NOON + SECOND)).at == NOON + ms(1020) < turns[1].at + SECOND + SLACK


async def test_a_refusal_tells_how_many_had_been_sent(limiter: Limiter) -> None:
    """In the second before it, itself left out; it counts no more."""
    turns = [await turn(limiter, ask(), NOON + ms(40 * n)) for n in range(16)]
    tally = await limiter.settle(turns[-1], sent=False, release=NOON, now=NOON + ms(700))
    assert (tally.before, tally.in_second) == (15, 15)


async def test_the_pace_is_changed_by_one(limiter: Limiter) -> None:
    """Of two who decide on the same knowledge the first is heard; what was decided is there for all."""
    first = await turn(limiter, ask(), NOON)
    pace = (await limiter.settle(first, sent=True, release=NOON + SECOND, now=NOON)).pace
    assert pace == Pace(TELEGRAM.start)
    slower = replace(pace, limit=27.9, wall=30, wall_until=NOON + 600 * SECOND, cut_at=NOON, next_trial=NOON + SECOND)
    assert await limiter.adopt(slower, instead_of=pace)
    assert not await limiter.adopt(replace(pace, limit=5), instead_of=pace)
    second = await turn(limiter, ask(), NOON + SECOND)
    now = NOON + 2 * SECOND
    assert (await limiter.settle(second, sent=True, release=now, now=now)).pace == replace(slower, version=1)


async def test_a_trial_is_one_second_with_one_more(limiter: Limiter) -> None:
    """A gap, then the second with its messages, the last of them in a row, then quiet until the answers are there."""
    await taken(limiter, ask(), NOON, NOON + 2 * SECOND)
    opens, bursts = NOON + 2.3 * SECOND, NOON + 3.28 * SECOND
    assert await limiter.adopt(Pace(30, trial=Trial(31, opens, bursts)), instead_of=Pace(30))
    turns, now = list[Turn](), NOON + 2.2 * SECOND
    while len(turns) < 31:
        found = await limiter.reserve(ask(), now=now)
        if isinstance(found, Turn):
            turns.append(found)
        now += ms(1) if isinstance(found, Turn) else found.after
    assert opens <= turns[0].at
    assert bursts <= turns[-1].at < bursts + ms(100)
    assert (await wait(limiter, ask(), turns[-1].at)).after >= ms(30)
    tallies = [await limiter.settle(one, sent=True, release=now + SECOND, now=now) for one in turns]
    assert [tally.trial_over for tally in tallies] == [False] * 30 + [True]


async def test_a_trial_without_its_gap_is_not_begun(limiter: Limiter) -> None:
    """A turn was given past its beginning meanwhile."""
    found = await turn(limiter, ask(), NOON)
    trial = Trial(31, found.at + ms(10), found.at + ms(990))
    assert not await limiter.adopt(Pace(30, trial=trial), instead_of=Pace(30))


async def test_a_turn_whose_answer_was_lost_is_not_taken_twice(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line to the store breaks after it was given; the same asking gets the same turn."""
    monkeypatch.setattr("bot.store.limiter.secrets.token_hex", lambda _: "the same")
    limiter = any_store.limiter(TOKEN, TELEGRAM)
    assert await turn(limiter, ask(ANN), NOON) == await turn(limiter, ask(ANN), NOON)


@pytest.mark.parametrize(("limits", "allowed"), [(VK_COMMUNITY, 20), (VK_USER, 3)])
async def test_vk_counts_requests_alone(any_store: Store, limits: object, allowed: int) -> None:
    """Twenty a second with a community key, three with a user key, to one chat or to many."""
    limiter = any_store.limiter("vk1.a.key", VK_COMMUNITY if limits is VK_COMMUNITY else VK_USER)
    wall = Place(Platform.VK, "-220")
    moments = await taken(limiter, ask(wall, Lane.PUBLIC), NOON, NOON + 10 * SECOND)
    assert len(moments) >= 9 * allowed
    for moment in moments:
        assert sum(moment <= one < moment + SECOND for one in moments) <= allowed


async def test_no_key_tells_the_token_and_none_stays_for_ever(any_store: Store) -> None:
    """Whoever may look at the keys learns no secret."""
    limiter = any_store.limiter(TOKEN, TELEGRAM)
    for place in (ANN, GROUP, None):
        one = await turn(limiter, ask(place, Lane.REPLY), NOON)
        await limiter.settle(one, sent=True, release=NOON + SECOND, now=NOON)
    await limiter.hold(ANN, until=NOON + 60 * SECOND, now=NOON)
    await limiter.hold(None, until=NOON + 60 * SECOND, now=NOON)
    await limiter.adopt(Pace(29), instead_of=Pace(30))
    keys = await any_store.client.read("KEYS", "*")
    assert keys
    assert not [key for key in keys if TOKEN in key or TOKEN.partition(":")[2] in key]
    assert [key for key in keys if await any_store.client.read("PTTL", key) <= 0] == []


@pytest.mark.parametrize("seed", range(5))
async def test_the_store_keeps_the_same_books_as_memory(any_store: Store, seed: int) -> None:
    """Asked the same things at the same times, both say the same, whatever happened before."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    plain, kept = MemoryLimiter(TELEGRAM), any_store.limiter(TOKEN, TELEGRAM)
    now, pace, open_turns = NOON, Pace(TELEGRAM.start), list[tuple[Turn, Turn]]()
    for _ in range(400):
        now += ms(dice.choice([0, 1, 5, 12, 33, 34, 80, 700]))
        asked = ask(dice.choice([None, ANN, GROUP, *(Place(Platform.TELEGRAM, str(dice.randrange(10**6))),) * 5]))
        asked = replace(asked, lane=dice.choice([*Lane, Lane.READERS]))
        one, two = await plain.reserve(asked, now=now), await kept.reserve(asked, now=now)
        assert rounded(one) == pytest.approx(rounded(two), abs=2)
        if isinstance(one, Turn) and isinstance(two, Turn):
            open_turns.append((one, two))
        if open_turns and dice.random() < 0.9:
            done, also = open_turns.pop(0)
            sent, release = dice.random() < 0.95, now + SECOND + ms(dice.randrange(40))
            first = await plain.settle(done, sent=sent, release=release, now=now)
            second = await kept.settle(also, sent=sent, release=release, now=now)
            assert (first.before, first.in_second, first.trial_over) == (
                second.before,
                second.in_second,
                second.trial_over,
            )
            assert first.pace == second.pace
            pace = first.pace
        if dice.random() < 0.02:
            wanted = replace(pace, limit=float(dice.randrange(10, 40)), trial=a_trial(dice, now))
            assert await plain.adopt(wanted, instead_of=pace) == await kept.adopt(wanted, instead_of=pace)
            pace = plain.pace
        if dice.random() < 0.02:
            place, until = dice.choice([None, ANN]), now + ms(dice.randrange(3000))
            await plain.hold(place, until=until, now=now)
            await kept.hold(place, until=until, now=now)


def a_trial(dice: random.Random, now: datetime) -> Trial | None:
    opens = now + ms(150)
    return Trial(dice.randrange(15, 41), opens, opens + ms(980)) if dice.random() < 0.5 else None


def rounded(found: Turn | Wait) -> tuple[float, float]:
    """Milliseconds, and which kind it is."""
    if isinstance(found, Turn):
        return (found.at - NOON) / ms(1), -5
    return max(1.0, found.after / ms(1)), 5 if found.everybody else 10
