"""What people type for times, days and lengths, read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cache
from zoneinfo import available_timezones

from bot.readers import Delivery, Form, Preferences
from bot.tags import fold

MOST_A_DAY = 50
LONGEST_PAUSE = timedelta(days=90)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?", re.IGNORECASE)
_LENGTH = re.compile(r"(?:(?:for|на)\s+)?(\d{1,3})?\s*(\w*)", re.IGNORECASE)
_FROM = re.compile(r"(?:from|с)\s+", re.IGNORECASE)
_RANGE = re.compile(r"\s*[-–—]\s*|\s+(?:to|till|until|до)\s+", re.IGNORECASE)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-]\d{1,2})", re.IGNORECASE)


def _words(table: Mapping[object, str]) -> dict[str, object]:
    return {fold(word): meaning for meaning, words in table.items() for word in words.split()}


_DELIVERIES = _words(
    {
        Delivery.NOW: "now once сразу мгновенно off выкл",
        Delivery.HOURLY: "hourly hour ежечасно час",
        Delivery.DAILY: "daily day ежедневно день",
        Delivery.WEEKLY: "weekly week еженедельно неделя неделю",
    }
)
_DAYS = _words(
    {
        0: "mon monday пн понедельник",
        1: "tue tuesday вт вторник",
        2: "wed wednesday ср среда среду",
        3: "thu thursday чт четверг",
        4: "fri friday пт пятница пятницу",
        5: "sat saturday сб суббота субботу",
        6: "sun sunday вс воскресенье",
    }
)
_FORMS = _words({Form.HEADLINE: "headline headlines заголовки заголовок", Form.LEAD: "lead leads лид лиды подробно"})
_SILENCE = _words({True: "silent тихо", False: "sound звук громко"})
_UNITS = _words(
    {1: "h hour hours ч час часа часов", 24: "d day days д день дня дней", 168: "w week weeks н неделя недели недель"}
)
_OFF = {fold(word) for word in ("off", "no", "выкл", "нет", "без")}
_CAP = {fold(word) for word in ("cap", "max", "most", "лимит", "максимум")}
_ZONE = {fold(word) for word in ("zone", "timezone", "пояс")}
_SKIPPED = {fold(word) for word in ("at", "every", "on", "в", "каждый", "каждую", "по", "раз")}


_RUSSIAN = {
    "Europe/Moscow": "москва мск санкт-петербург петербург спб казань",
    "Europe/Kaliningrad": "калининград",
    "Europe/Samara": "самара ижевск",
    "Asia/Yekaterinburg": "екатеринбург челябинск уфа пермь тюмень",
    "Asia/Omsk": "омск",
    "Asia/Novosibirsk": "новосибирск",
    "Asia/Krasnoyarsk": "красноярск",
    "Asia/Irkutsk": "иркутск",
    "Asia/Yakutsk": "якутск",
    "Asia/Vladivostok": "владивосток хабаровск",
    "Asia/Kamchatka": "камчатка",
    "Europe/Minsk": "минск",
    "Asia/Almaty": "алматы астана",
    "Asia/Tashkent": "ташкент",
    "Asia/Tbilisi": "тбилиси",
    "Asia/Yerevan": "ереван",
    "Europe/Berlin": "берлин",
    "Europe/Paris": "париж",
    "Europe/London": "лондон",
    "Europe/Rome": "рим",
    "Europe/Madrid": "мадрид",
    "America/New_York": "нью-йорк",
    "Asia/Tokyo": "токио",
    "Asia/Ho_Chi_Minh": "ханой",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What `/digest` asks for: a delivery, or None to leave it, for the subscriptions that `rest` names (all of them
    when it is empty), and the preferences as they are to be."""

    delivery: Delivery | None
    preferences: Preferences
    rest: str = ""


def requested(argument: str, had: Preferences) -> Request:
    """Read it word by word; what is no word of ours begins the name of a subscription. Raises ValueError."""
    words = argument.split()
    found = Request(None, had)
    while words:
        word = fold(words[0])
        if word in _CAP or word in _ZONE:
            value = words[1] if len(words) > 1 else ""
            found, words = (_capped if word in _CAP else _zoned)(found, value), words[2:]
            continue
        changed = found if word in _SKIPPED else _one(found, words[0])
        if changed is None:
            return replace(found, rest=" ".join(words))
        found, words = changed, words[1:]
    return found


def _one(found: Request, word: str) -> Request | None:
    """What one word changes; None: it is none of ours."""
    folded, had = fold(word), found.preferences
    if isinstance(delivery := _DELIVERIES.get(folded), Delivery) and found.delivery in {None, delivery}:
        return replace(found, delivery=delivery)
    if isinstance(day := _DAYS.get(folded), int):
        weekly = found.delivery or Delivery.WEEKLY  # who names a day means once a week
        return replace(found, delivery=weekly, preferences=replace(had, digest_day=day))
    if isinstance(form := _FORMS.get(folded), Form):
        return replace(found, preferences=replace(had, form=form))
    if isinstance(silent := _SILENCE.get(folded), bool):
        return replace(found, preferences=replace(had, silent=silent))
    if _CLOCK.fullmatch(word):
        return replace(found, preferences=replace(had, digest_at=clock(word)))
    return None


def _capped(found: Request, value: str) -> Request:
    if fold(value) in _OFF:
        return replace(found, preferences=replace(found.preferences, daily_cap=None))
    if not value.isdecimal() or not 1 <= int(value) <= MOST_A_DAY:
        raise ValueError(f"not a number from 1 to {MOST_A_DAY}: {value}")
    return replace(found, preferences=replace(found.preferences, daily_cap=int(value)))


def _zoned(found: Request, value: str) -> Request:
    if fold(value) in _OFF:
        return replace(found, preferences=replace(found.preferences, timezone=None))
    return replace(found, preferences=replace(found.preferences, timezone=zone(value)))


def clock(text: str) -> time:
    """`9`, `9:30`, `21.05`, `9pm`. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a time: {text}")
    hour = int(found[1])
    if found[3]:
        hour = hour % 12 + (12 if found[3].casefold() == "pm" else 0) if 1 <= hour <= 12 else 99  # no such hour
    return time(0 if hour == 24 and not int(found[2] or 0) else hour, int(found[2] or 0))


def quiet(text: str) -> tuple[time, time] | None:
    """`22-7`, `23:00–08:30`, `с 22 до 7`; None for `off`. Raises ValueError."""
    if fold(text) in _OFF:
        return None
    ends = _RANGE.split(_FROM.sub("", text.strip(), count=1))
    if len(ends) != 2:
        raise ValueError(f"not two times: {text}")
    start, end = clock(ends[0]), clock(ends[1])
    if start == end:
        raise ValueError("a whole day of quiet is a pause")
    return start, end


def length(text: str) -> timedelta:
    """`3` (days), `12h`, `2w`, `3 дня`, `неделя`. Raises ValueError."""
    found = _LENGTH.fullmatch(text.strip())
    hours = _UNITS.get(fold(found[2])) if found is not None and found[2] else 24
    number = int((found and found[1]) or bool(found and found[2]))
    if not isinstance(hours, int) or not number:
        raise ValueError(f"not a length of time: {text}")
    return min(timedelta(hours=hours) * number, LONGEST_PAUSE)


def zone(text: str) -> str:
    """A time zone by its name, its city or its distance: `Europe/Berlin`, `berlin`, `UTC+5`. Raises ValueError."""
    if (distance := _OFFSET.fullmatch(text)) is not None:
        text = f"Etc/GMT{-int(distance[1]):+d}"  # the names have the other sign
    found = _zones().get(text if text.startswith("Etc/") else fold(text))
    if found is None:
        raise ValueError(f"not a time zone: {text}")
    return found


@cache
def _zones() -> dict[str, str]:
    """By full name and by city; of two cities of one name the first of the alphabet."""
    names = sorted(available_timezones(), reverse=True)
    cities = {fold(name.rpartition("/")[2]): name for name in names if "/" in name and not name.startswith("Etc/")}
    far = {name: name for name in names if name.startswith("Etc/")}
    russian = {fold(city): zone for zone, words in _RUSSIAN.items() for city in words.split()}
    return cities | {fold(name): name for name in names} | russian | far
