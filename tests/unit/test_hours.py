"""What people type for times, days, lengths and zones is read as they mean it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.readers import Delivery, Preferences
from handlers import hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22-7", (time(22), time(7))),
        ("с 22 до 7:30", (time(22), time(7, 30))),
        ("from 10pm to 7am", (time(22), time(7))),
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
        hours.clock(text)


@pytest.mark.parametrize(
    ("text", "delivery", "rest"),
    [
        ("каждую пятницу", Delivery.WEEKLY, ""),
        ("пт еженедельно Наука", Delivery.WEEKLY, "Наука"),
        ("раз в день", Delivery.DAILY, ""),
        ("daily at 9am", Delivery.DAILY, ""),
        ("10:00", None, ""),
    ],
)
def test_digests(text: str, delivery: Delivery | None, rest: str) -> None:
    """Who names a day means once a week; a time alone changes only the time."""
    found = hours.requested(text, Preferences())
    assert (found.delivery, found.rest) == (delivery, rest)
