"""What editors want goes before the slots, and what they don't want does not go; missed articles make no flood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conditions import Planned
from bot.model import Article
from bot.query import parse
from bot.wishes import Wish
from scheduler.selection import CATCHING_UP, ENDLESS, CatchUp, Channel, Outage, plan, select
from scheduler.slots import Quiet, Timetable
from tests.unit.test_selection import NOON, PLACE, ZONE, article, channel

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
A, B, C = (article(number) for number in range(1, 4))
SLOTTED = channel(schedule="*/20 * * * *")


def sent(rules: Channel, *waiting: Article, wishes: Mapping[str, Wish], now: datetime = NOON) -> list[str]:
    chosen = select(rules, waiting, now=now, budget=1, last_sent=None, wishes=wishes)
    return [one.headline[-1] for one in chosen.send]


def lines(rules: Channel, *waiting: Article, hours: int = 24, **given: Any) -> list[Planned]:
    given.setdefault("last_sent", None)
    return plan(rules, waiting, now=NOON, until=NOON + hours * HOUR, **given)


def told(planned: list[Planned]) -> list[str]:
    return [f"{line.time:%H:%M} {line.article.headline[-1]} {line.why}" for line in planned]


def test_what_is_held_lets_others_pass() -> None:
    """One held article is no cork."""
    assert sent(SLOTTED, A, B, wishes={A.key: Wish(held_by="Anna")}) == ["2"]


def test_a_time_of_its_own_needs_no_slot() -> None:
    """At 12:30 it goes, beside the slots of 12:20 and 12:40."""
    wishes = {C.key: Wish(at=NOON + 30 * MINUTE)}
    assert told(lines(SLOTTED, A, B, C, wishes=wishes)) == [
        "12:20 1 slot */20 * * * *",
        "12:30 3 set by an editor",
        "12:40 2 slot */20 * * * *",
    ]


def test_a_time_of_its_own_keeps_out_of_the_quiet_hours() -> None:
    """Set for three at night, it goes in the morning: nobody is woken by a slip of the finger."""
    night = channel(quiet=Quiet(time(23), time(7)))
    [line] = lines(night, A, wishes={A.key: Wish(at=NOON + 15 * HOUR)})
    assert line.time == NOON + 19 * HOUR


def test_what_is_asked_for_now_goes_past_every_rule() -> None:
    """Quiet hours, gap and cap don't stop it; the gap counts from it."""
    rules = Channel("main", PLACE, Timetable(ZONE, gap=HOUR, quiet=Quiet(time(11), time(13)), daily=1), approval=False)
    wishes = {B.key: Wish(now=NOON)}
    assert told(lines(rules, A, B, wishes=wishes, last_sent=NOON - MINUTE, posted=[NOON - MINUTE], hours=13)) == [
        "12:00 2 asked for",
        "00:00 1 at once",
    ]


def test_what_is_dropped_can_be_taken_back_until_it_is_time() -> None:
    """Ten seconds long it is only about to be skipped; then it is, with the reason."""
    wish = Wish(drop_at=NOON + timedelta(seconds=10), drop_why="skipped by Anna")
    before = select(SLOTTED, [A], now=NOON, budget=1, last_sent=None, wishes={A.key: wish})
    assert (before.send, before.skip, before.wait_until) == ((), (), wish.drop_at)
    after = select(SLOTTED, [A], now=NOON + 10 * MINUTE, budget=1, last_sent=None, wishes={A.key: wish})
    assert [skip.reason for skip in after.skip] == ["skipped by Anna"]


def test_an_embargo_holds_until_its_hour() -> None:
    """From then on it takes its slot like any other."""
    assert told(lines(SLOTTED, A, wishes={A.key: Wish(embargo=NOON + 50 * MINUTE)})) == ["13:00 1 slot */20 * * * *"]


def test_what_an_editor_put_there_asks_no_filter() -> None:
    """Neither the filter nor the age is held against it."""
    rules = channel(query="Science", max_age=MINUTE)
    assert sent(rules, A, wishes={A.key: Wish(wanted=True)}) == ["1"]


def test_breaking_news_waits_for_no_slot_but_for_the_morning() -> None:
    """At once past the slots; in quiet hours it waits for their end."""
    rules = replace(channel(schedule="0 18 * * *", quiet=Quiet(time(11), time(13))), breaking=parse("Urgent"))
    assert told(lines(rules, A, article(2, "urgent"))) == ["13:00 2 breaking", "18:00 1 slot 0 18 * * *"]


def test_drafts_wait_for_enough_people() -> None:
    """One voice is not two, and the same person has one voice."""
    rules = replace(channel(approval=True), approvers=2)
    assert sent(rules, A, wishes={A.key: Wish(approved_by=("anna",))}) == []
    assert sent(rules, A, wishes={A.key: Wish(approved_by=("anna", "anna"))}) == []
    assert sent(rules, A, wishes={A.key: Wish(approved_by=("anna", "boris"))}) == ["1"]


def test_an_unanswered_draft_goes_by_itself_unless_somebody_is_on_it() -> None:
    """After half an hour where the settings say so; never while somebody works on it."""
    rules = replace(channel(approval=True), release_after=30 * MINUTE)
    asked = Wish(asked_at=NOON)
    [line] = lines(rules, A, wishes={A.key: asked})
    assert line.time == NOON + 30 * MINUTE
    assert lines(rules, A, wishes={A.key: replace(asked, taken_by="anna")}) == []
    assert lines(channel(approval=True), A, wishes={A.key: asked}) == []


def test_after_an_outage_a_channel_without_slots_makes_up_for_it_one_by_one() -> None:
    """Three articles of the last hour: five minutes apart instead of three at once."""
    outage = Outage(NOON - HOUR, NOON)
    times = [line.time for line in lines(channel(), A, B, C, outage=outage)]
    assert times == [NOON, NOON + CATCHING_UP, NOON + 2 * CATCHING_UP]


def test_what_was_missed_may_be_skipped_with_the_reason() -> None:
    """Where the settings say so; what came later goes out, and breaking news is never skipped so."""
    rules = replace(channel(), catch_up=CatchUp.SKIP, breaking=parse("Urgent"))
    outage = Outage(NOON - HOUR, NOON - 5 * MINUTE)
    waiting = [A, article(2, "urgent"), article(3, age=timedelta())]
    chosen = select(rules, waiting, now=NOON, budget=ENDLESS, last_sent=None, outage=outage)
    assert [one.headline[-1] for one in chosen.send] == ["2", "3"]
    assert chosen.skip[0].reason.startswith("missed: the bot was down from")


def test_what_was_missed_may_belong_into_one_round_up() -> None:
    """All of it at once, whatever the slot has room for; one article makes none."""
    rules, outage = replace(channel(), catch_up=CatchUp.FOLD), Outage(NOON - HOUR, NOON)
    assert select(rules, [A, B], now=NOON, budget=1, last_sent=None, outage=outage).together == (A, B)
    assert select(rules, [A], now=NOON, budget=1, last_sent=None, outage=outage).together == ()


def test_what_goes_out_at_one_moment_may_go_in_one_post() -> None:
    """As many as the slot has room for, also where there is a gap between posts; what is breaking goes by itself."""
    rules = replace(channel(schedule="0 * * * *"), round_up=True, breaking=parse("Urgent"))
    waiting = [A, B, article(3, "urgent"), article(4)]
    chosen = select(rules, waiting, now=NOON, budget=2, last_sent=None)
    assert chosen.together == (A, B)
    assert [one.headline[-1] for one in chosen.send] == ["3", "1", "2"]
    spaced = replace(rules, timetable=replace(rules.timetable, gap=HOUR))
    assert select(spaced, [A, B], now=NOON, budget=2, last_sent=None).together == (A, B)
    assert select(rules, [A], now=NOON, budget=2, last_sent=None).together == ()
    assert select(replace(rules, round_up=False), waiting, now=NOON, budget=2, last_sent=None).together == ()


def test_what_has_waited_too_long_goes_out_together() -> None:
    """All of it in the next slot, since it would be old before its turn; what came in since waits for its own. One old
    article goes as ever; so does what an editor has had in hand, and what is breaking."""
    rules = replace(channel(schedule="0 * * * *"), backlog_after=6 * HOUR, breaking=parse("Urgent"))
    old = [replace(one, kept_at=NOON - 7 * HOUR) for one in (A, B, C)]
    new = replace(article(4), kept_at=NOON - 5 * HOUR)
    chosen = select(rules, [*old, new], now=NOON, budget=1, last_sent=None)
    assert chosen.together == chosen.send == tuple(old)
    held = {B.key: Wish(1, silent=True)}
    assert select(rules, [*old, new], now=NOON, budget=1, last_sent=None, wishes=held).together == (old[0], old[2])
    assert select(rules, [old[0], new], now=NOON, budget=1, last_sent=None).together == ()
    urgent = replace(article(5, "urgent"), kept_at=NOON - 7 * HOUR)
    assert select(rules, [old[0], urgent], now=NOON, budget=1, last_sent=None).together == ()
    never = replace(rules, backlog_after=None)
    assert select(never, [*old, new], now=NOON, budget=1, last_sent=None).together == ()


def test_the_plan_folds_a_backlog_when_it_will_have_got_too_old() -> None:
    """Five articles of one moment: the first goes in its slot, the rest together once six hours are over."""
    rules = replace(channel(schedule="0 */3 * * *"), backlog_after=6 * HOUR)
    waiting = [replace(article(number), kept_at=NOON - 5 * MINUTE) for number in range(1, 6)]
    told = lines(rules, *waiting)
    assert [line.time.hour for line in told] == [15, 18, 18, 18, 18]


_MINUTES = st.integers(-60, 2000).map(lambda minutes: NOON + minutes * MINUTE)
_WISHES = st.builds(
    Wish,
    held_by=st.sampled_from([None, None, None, "anna"]),
    at=st.none() | _MINUTES,
    embargo=st.none() | _MINUTES,
    drop_at=st.none() | st.none() | _MINUTES,
    approved_by=st.sampled_from([(), ("anna",)]),
    asked_at=st.none() | _MINUTES,
)


@settings(deadline=None)
@given(
    wishes=st.dictionaries(st.integers(0, 14), _WISHES, max_size=15),
    schedule=st.sampled_from(["at once", "*/20 * * * *", "09:00, 13:30"]),
    gap=st.sampled_from([0, 7, 90]),
    quiet=st.sampled_from([None, Quiet(time(23), time(7)), Quiet(time(11), time(13))]),
    daily=st.sampled_from([None, 1, 6]),
    per_slot=st.integers(1, 3),
    approval=st.booleans(),
    posted=st.lists(st.integers(0, 3000), max_size=4),
    urgent=st.sets(st.integers(0, 14)),
    down=st.booleans(),
)
def test_a_plan_with_wishes_keeps_every_rule(
    wishes: dict[int, Wish],
    schedule: str,
    gap: int,
    quiet: Quiet | None,
    daily: int | None,
    per_slot: int,
    approval: bool,
    posted: list[int],
    urgent: set[int],
    down: bool,
) -> None:
    """Never in quiet hours, never within the gap, never above the cap, never twice, never what is held; nothing that
    may go starves, and what the plan says is what the selection does at that moment."""
    waiting = [article(number, *(["urgent"] if number in urgent else [])) for number in range(15)]
    wished = {waiting[number].key: wish for number, wish in wishes.items()}
    timetable = Timetable(ZONE, schedule, gap * MINUTE, quiet, daily=daily, jitter=3 * MINUTE)
    rules = Channel(
        "main", PLACE, timetable, per_slot=per_slot, approval=approval, breaking=parse("urgent"), release_after=HOUR
    )
    history = sorted(NOON - minutes * MINUTE for minutes in posted)
    last = history[-1] if history else None
    outage = Outage(NOON - HOUR, NOON) if down else None
    given: dict[str, Any] = {"posted": history, "wishes": wished, "outage": outage}
    horizon = 18 if daily == 1 else 10  # an article a day, or two; and a day and a half until the last embargo
    planned = lines(rules, *waiting, hours=24 * horizon, last_sent=last, **given)
    times = [line.time for line in planned]
    keys = [line.article.key for line in planned]
    assert times == sorted(times)
    assert len(keys) == len(set(keys))
    assert quiet is None or not any(quiet.covers(moment) for moment in times)
    assert all(later - earlier >= gap * MINUTE for earlier, later in pairwise([*([last] if last else []), *times]))
    days = [one.date() for one in [*history, *times]]
    assert daily is None or all(days.count(one.date()) <= daily for one in times)
    for line in planned:
        wish = wished.get(line.article.key, Wish())
        assert wish.held_by is None
        assert wish.embargo is None or wish.embargo <= line.time
        assert wish.drop_at is None
    held = {key for key, wish in wished.items() if wish.held_by or wish.drop_at}
    unapproved = {
        one.key
        for one in waiting
        if approval and not ((wish := wished.get(one.key, Wish())).approved_by or wish.asked_at)
    }
    assert {one.key for one in waiting} - held - unapproved == set(keys), "nothing starves"


def test_a_plan_of_a_thousand_articles_is_quick_enough_to_ask_for() -> None:
    """Every article of a full queue gets its slot, in order."""
    waiting = [article(number) for number in range(300)]
    planned = lines(channel(schedule="*/20 * * * *"), *waiting, hours=24 * 5)
    assert [line.article.headline for line in planned] == [one.headline for one in waiting]
