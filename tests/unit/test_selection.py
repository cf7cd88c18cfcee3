"""What goes out, and why something does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Place, Platform
from bot.query import parse
from scheduler.selection import ENDLESS, Channel, plan, select
from scheduler.slots import Quiet, Timetable

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
PLACE = Place(Platform.TELEGRAM, "@digest")


def article(number: int, *tags: str, age: timedelta = timedelta(minutes=10)) -> Article:
    url = f"https://news.example/{number}"
    return Article(id=url, url=url, headline=f"Headline {number}", tags=tags, published_at=NOON - age)


def channel(
    *,
    schedule: str = "at once",
    gap: timedelta = timedelta(0),
    quiet: Quiet | None = None,
    query: str | None = None,
    per_slot: int = 1,
    max_age: timedelta | None = None,
    approval: bool = False,
) -> Channel:
    return Channel(
        name="main",
        place=PLACE,
        timetable=Timetable(ZONE, schedule, gap, quiet),
        filter=parse(query) if query else None,
        filter_text=query,
        per_slot=per_slot,
        max_age=max_age,
        approval=approval,
    )


def test_the_oldest_goes_first_and_no_more_than_the_slot_allows() -> None:
    """One article a slot, in the order of the queue."""
    chosen = select(channel(), [article(1), article(2)], now=NOON, budget=1, last_sent=None)
    assert [one.headline for one in chosen.send] == ["Headline 1"]


def test_what_does_not_match_the_filter_is_skipped_with_the_reason() -> None:
    """An editor can read why an article is not on the channel."""
    chosen = select(
        channel(query="Наука & !Спорт"),
        [article(1, "спорт", "наука"), article(2, "НАУКА")],
        now=NOON,
        budget=1,
        last_sent=None,
    )
    assert [one.headline for one in chosen.send] == ["Headline 2"]
    assert [skip.reason for skip in chosen.skip] == ["does not match the filter Наука & !Спорт"]


def test_the_filter_knows_outlet_country_and_region() -> None:
    """`Франция` also means articles from a French outlet that are not tagged so."""
    from_france = Article(id="1", url="https://news.example/1", headline="A", country="Франция")
    assert select(channel(query="франция"), [from_france], now=NOON, budget=1, last_sent=None).send


def test_the_filter_knows_the_source() -> None:
    """A channel can take one feed's articles alone."""
    wire = replace(article(1), source="Лента")
    chosen = select(channel(query="source:лента"), [wire, article(2)], now=NOON, budget=9, last_sent=None)
    assert chosen.send == (wire,)


def test_what_is_too_old_is_skipped_with_the_reason() -> None:
    """Yesterday's news stays in the archive."""
    stale = article(1, age=timedelta(hours=25))
    chosen = select(channel(max_age=timedelta(hours=24)), [stale], now=NOON, budget=1, last_sent=None)
    assert not chosen.send
    assert chosen.skip[0].reason.startswith("older than 1 day")


def test_with_a_gap_articles_go_one_by_one() -> None:
    """After one article the channel waits for the gap, then takes the next."""
    gap = timedelta(minutes=5)
    chosen = select(channel(gap=gap), [article(1), article(2)], now=NOON, budget=ENDLESS, last_sent=None)
    assert len(chosen.send) == 1
    assert chosen.wait_until == NOON + gap


def test_in_quiet_hours_nothing_goes_out_and_nothing_is_lost() -> None:
    """What comes at night waits for the morning."""
    night = channel(quiet=Quiet(time(11), time(13)))
    chosen = select(night, [article(1)], now=NOON, budget=1, last_sent=None)
    assert not chosen.send
    assert not chosen.skip
    assert chosen.wait_until == datetime(2026, 6, 1, 13, tzinfo=UTC)


def test_what_needs_approval_waits() -> None:
    """Nothing is posted over an editor's head."""
    chosen = select(channel(approval=True), [article(1)], now=NOON, budget=1, last_sent=None)
    assert not chosen.send
    assert not chosen.skip


def test_the_plan_gives_each_slot_its_article() -> None:
    """Three articles, a slot every 20 minutes: 12:20, 12:40, 13:00."""
    lines = plan(
        channel(schedule="*/20 * * * *"),
        [article(1), article(2), article(3)],
        now=NOON,
        until=NOON + timedelta(hours=24),
        last_sent=None,
    )
    assert [line.time.strftime("%H:%M") for line in lines] == ["12:20", "12:40", "13:00"]
    assert lines[0].why == "slot */20 * * * *"


def test_the_plan_waits_for_the_platform() -> None:
    """While a flood wait lasts nothing is planned, and the articles keep their order."""
    held = NOON + timedelta(minutes=50)
    lines = plan(
        channel(schedule="*/20 * * * *"),
        [article(1), article(2)],
        now=NOON,
        until=NOON + timedelta(hours=24),
        last_sent=None,
        held_until=held,
    )
    assert [line.time.strftime("%H:%M") for line in lines] == ["12:50", "13:00"]


def test_slots_in_quiet_hours_do_not_add_up() -> None:
    """After a quiet night with twenty slots in it the morning does not begin with twenty posts."""
    lines = plan(
        channel(schedule="*/20 * * * *", quiet=Quiet(time(23), time(7))),
        [article(number) for number in range(100)],
        now=datetime(2026, 6, 1, 22, 59, tzinfo=UTC),
        until=datetime(2026, 6, 2, 7, 30, tzinfo=UTC),
        last_sent=None,
    )
    assert [line.time.strftime("%H:%M") for line in lines] == ["07:00", "07:20"]


@given(
    count=st.integers(0, 30),
    gap=st.integers(0, 7200),
    per_slot=st.integers(1, 5),
    schedule=st.sampled_from(["at once", "*/20 * * * *", "0 9,18 * * *", "30 2 * * *"]),
    quiet=st.sampled_from([None, Quiet(time(23), time(7)), Quiet(time(11), time(13))]),
    last=st.one_of(st.none(), st.integers(0, 7200)),
)
def test_a_plan_keeps_every_rule(
    count: int, gap: int, per_slot: int, schedule: str, quiet: Quiet | None, last: int | None
) -> None:
    """Never in quiet hours, never within the gap, never more than a slot's worth, never twice, never out of order."""
    rules = channel(schedule=schedule, gap=timedelta(seconds=gap), quiet=quiet, per_slot=per_slot)
    last_sent = None if last is None else NOON - timedelta(seconds=last)
    lines = plan(
        rules,
        [article(number) for number in range(count)],
        now=NOON,
        until=NOON + timedelta(hours=48),
        last_sent=last_sent,
    )
    times = [line.time for line in lines]
    assert [line.article.headline for line in lines] == [f"Headline {number}" for number in range(len(lines))]
    assert quiet is None or not any(quiet.covers(moment) for moment in times)
    before = [last_sent, *times] if last_sent else times
    assert all(later - earlier >= timedelta(seconds=gap) for earlier, later in pairwise(before))
    assert schedule == "at once" or all(times.count(moment) <= per_slot for moment in times)
    if schedule in {"at once", "*/20 * * * *"}:
        assert lines or not count, "nothing starves"
