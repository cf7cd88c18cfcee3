"""What people type for times, days, lengths and zones is read as they mean it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.readers import Delivery, Preferences
from handlers import clocks, hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22-7", (time(22), time(7))),
        ("с 22 до 7:30", (time(22), time(7, 30))),
        ("from 10pm to 7am", (time(22), time(7))),
        ("from 10 p.m. to 7 a.m.", (time(22), time(7))),
        ("с 10 вечера до 8 утра", (time(22), time(8))),
        ("с полуночи до полудня", (time(0), time(12))),
        ("с 22 часов до 7 часов", (time(22), time(7))),
        ("off", None),
    ],
)
def test_quiet_hours(text: str, expected: tuple[time, time] | None) -> None:
    """As a range, or in words of both languages."""
    assert hours.quiet(text) == expected


@pytest.mark.parametrize(
    ("text", "days"), [("3", 3), ("на 3 дня", 3), ("неделя", 7), ("for 2 weeks", 14), ("day", 1), ("99w", 90)]
)
def test_lengths(text: str, days: int) -> None:
    """Days unless a unit is named; one of it unless a number is; not longer than the longest break."""
    assert hours.length(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "0", "soon", "на", "1234", "0 дней"])
def test_what_is_no_length(text: str) -> None:
    """Is asked about."""
    with pytest.raises(ValueError, match="not a length"):
        hours.length(text)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("Екатеринбург", "Asia/Yekaterinburg"),
        ("Нью-Йорк", "America/New_York"),
        ("UTC+5", "Etc/GMT-5"),
        ("-3", "Etc/GMT+3"),
    ],
)
def test_zones(text: str, zone: str) -> None:
    """By name, by city in both languages, by distance."""
    assert hours.zone(text) == zone


@pytest.mark.parametrize("text", ["UTC+20", "Нигде", "25:00", "13pm"])
def test_there_is_no_such_zone_nor_time(text: str) -> None:
    """It is said so."""
    with pytest.raises(ValueError, match=r"."):
        hours.zone(text)
    with pytest.raises(ValueError, match=r"."):
        clocks.clock(text)


@pytest.mark.parametrize(
    ("text", "delivery", "rest"),
    [
        ("каждую пятницу", Delivery.WEEKLY, ""),
        ("пт еженедельно Наука", Delivery.WEEKLY, "Наука"),
        ("раз в день", Delivery.DAILY, ""),
        ("daily at 9am", Delivery.DAILY, ""),
        ("10:00", None, ""),
        ("once a day", Delivery.DAILY, ""),
        ("once a week Science", Delivery.WEEKLY, "Science"),
        ("once per hour", Delivery.HOURLY, ""),
        ("at once", Delivery.NOW, ""),
        ("once", Delivery.NOW, ""),
        ("раз в неделю Наука", Delivery.WEEKLY, "Наука"),
        ("один раз в час", Delivery.HOURLY, ""),
        ("1 раз в сутки", Delivery.DAILY, ""),
        ("каждый час", Delivery.HOURLY, ""),
        ("по пятницам", Delivery.WEEKLY, ""),
        ("во вторник", Delivery.WEEKLY, ""),
        ("ежедневно Утро", Delivery.DAILY, "Утро"),
        ("daily Once upon a time", Delivery.DAILY, "Once upon a time"),
        ("weekly 1984", Delivery.WEEKLY, "1984"),
        ("раз в жизни", None, "раз в жизни"),
    ],
)
def test_digests(text: str, delivery: Delivery | None, rest: str) -> None:
    """Who names a day means once a week; a time alone changes only the time."""
    found = hours.requested(text, Preferences())
    assert (found.delivery, found.rest) == (delivery, rest)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9", time(9)),
        ("9 pm", time(21)),
        ("9 PM", time(21)),
        ("9:30 pm", time(21, 30)),
        ("9 a.m.", time(9)),
        ("12 p. m.", time(12)),
        ("12 am", time(0)),
        ("9 o'clock", time(9)),
        ("9 вечера", time(21)),
        ("9 часов вечера", time(21)),
        ("8 утра", time(8)),
        ("1 час дня", time(13)),
        ("12 дня", time(12)),
        ("12 ночи", time(0)),
        ("11 ночи", time(23)),
        ("21 вечера", time(21)),
        ("22 ночи", time(22)),
        ("noon", time(12)),
        ("полдень", time(12)),
        ("полночь", time(0)),
        ("24:00", time(0)),
    ],
)
def test_times_of_day(text: str, at: time) -> None:
    """As people write them: alone, in a digest's wish and before the name of a subscription."""
    assert clocks.clock(text) == at
    for wish, rest in ((f"daily at {text}", ""), (f"ежедневно в {text} Наука", "Наука")):
        found = hours.requested(wish, Preferences())
        assert (found.delivery, found.preferences.digest_at, found.rest) == (Delivery.DAILY, at, rest)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("каждый день в 9", time(9)),
        ("каждое утро в 9", time(9)),
        ("каждый вечер в 9", time(21)),
        ("every evening at 7:30", time(19, 30)),
        ("каждый вечер", hours.EVENING),
        ("утром", hours.MORNING),
        ("по вечерам в 21:00", time(21)),
    ],
)
def test_a_part_of_the_day_is_a_digest_a_day(text: str, at: time) -> None:
    """An hour named with it is in that half; without one it is the usual one."""
    found = hours.requested(text, Preferences(digest_at=time(5)))
    assert (found.delivery, found.preferences.digest_at, found.rest) == (Delivery.DAILY, at, "")


@pytest.mark.parametrize(
    ("text", "about"),
    [("cap 0", "cap"), ("максимум много", "cap"), ("zone Nowhere", "zone"), ("пояс", "zone"), ("daily 25:00", "time")],
)
def test_what_is_unclear_is_named(text: str, about: str) -> None:
    """So that the answer can say what to type instead."""
    with pytest.raises(hours.Unclear) as caught:
        hours.requested(text, Preferences())
    assert caught.value.about == about


@pytest.mark.parametrize(
    ("zone", "russian", "english"),
    [
        ("Europe/Moscow", "Москва", "Moscow"),
        ("America/New_York", "Нью-Йорк", "New York"),
        ("Etc/GMT-5", "UTC+5", "UTC+5"),
        ("Europe/Oslo", "Oslo", "Oslo"),
    ],
)
def test_zones_are_shown_as_people_call_them(zone: str, russian: str, english: str) -> None:
    """By their city, or by their distance."""
    assert [hours.place_of_zone(zone, language) for language in ("ru", "en")] == [russian, english]
