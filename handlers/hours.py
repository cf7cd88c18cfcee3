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
from handlers.clocks import at_head, clock

MOST_A_DAY = 50
LONGEST_PAUSE = timedelta(days=90)
MORNING, EVENING = time(9), time(19)
"""For those who name no hour."""
_LENGTH = re.compile(r"(?:(?:for|на)\s+)?(\d{1,3})?\s*(\w*)", re.IGNORECASE)
_FROM = re.compile(r"(?:from|с)\s+", re.IGNORECASE)
_RANGE = re.compile(r"\s*[-–—]\s*|\s+(?:to|till|until|до)\s+", re.IGNORECASE)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-]\d{1,2})", re.IGNORECASE)
_HOW_OFTEN = re.compile(
    r"(?:(?:just\s+|only\s+)?(?:once|one\s+time)\s+(?:a|an|per|every|each)|(?:(?:1|один)\s+)?раз\s+в)\s+(?=\w)",
    re.IGNORECASE,
)
"""In front of a day, an hour or a week it says no more than the word that follows."""
_AT_ONCE = re.compile(r"at\s+once(?!\w)\s*|once$", re.IGNORECASE)
_PART_OF_DAY = re.compile(
    r"(?:(?P<late>(?:every|each|in\s+the)\s+evening|каждый\s+вечер|по\s+вечерам|вечером)"
    r"|(?:every|each|in\s+the)\s+morning|каждое\s+утро|по\s+утрам|утром)(?!\w)\s*",
    re.IGNORECASE,
)


def _words(table: Mapping[object, str]) -> dict[str, object]:
    return {fold(word): meaning for meaning, words in table.items() for word in words.split()}


_DELIVERIES = _words(
    {
        Delivery.NOW: "now immediately сразу мгновенно off выкл",
        Delivery.HOURLY: "hourly hour ежечасно час",
        Delivery.DAILY: "daily day ежедневно день сутки",
        Delivery.WEEKLY: "weekly week еженедельно неделя неделю",
    }
)
_DAYS = _words(
    {
        0: "mon monday mondays пн понедельник понедельникам",
        1: "tue tuesday tuesdays вт вторник вторникам",
        2: "wed wednesday wednesdays ср среда среду средам",
        3: "thu thursday thursdays чт четверг четвергам",
        4: "fri friday fridays пт пятница пятницу пятницам",
        5: "sat saturday saturdays сб суббота субботу субботам",
        6: "sun sunday sundays вс воскресенье воскресеньям",
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
_SKIPPED = {
    fold(word) for word in ["at", "every", "each", "on", "в", "во", "каждый", "каждую", "каждое", "каждые", "по"]
}


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


class Unclear(ValueError):
    """What can't be read in a wish. `about`: "cap", "zone" or "time"."""

    def __init__(self, about: str, text: str) -> None:
        super().__init__(f"not a {about}: {text}")
        self.about = about


@dataclass(frozen=True, slots=True)
class Request:
    """What `/digest` asks for: a delivery, or None to leave it, for the subscriptions that `rest` names (all of them
    when it is empty), and the preferences as they are to be. `late`: the evening or the morning was named, and `timed`:
    an hour."""

    delivery: Delivery | None
    preferences: Preferences
    rest: str = ""
    late: bool | None = None
    timed: bool = False


def requested(argument: str, had: Preferences) -> Request:
    """Read it from its beginning; what is no word of ours begins the name of a subscription. Raises Unclear."""
    found, rest = Request(None, had), argument.strip()
    while rest:
        step = _phrase(found, rest) or _word(found, rest)
        if step is None:
            break
        found, rest = step
    return replace(_in_its_half(found), rest=rest)


def _phrase(found: Request, text: str) -> tuple[Request, str] | None:
    """What more than one word may say: how often, a part of the day, a time."""
    if (often := _HOW_OFTEN.match(text)) is not None:
        rest = text[often.end() :]
        return (found, rest) if _word(found, rest) is not None else None
    if (at_once := _AT_ONCE.match(text)) is not None and found.delivery is None:
        return replace(found, delivery=Delivery.NOW), text[at_once.end() :]
    if (part := _PART_OF_DAY.match(text)) is not None:
        daily = found.delivery or Delivery.DAILY
        return replace(found, delivery=daily, late=part["late"] is not None), text[part.end() :]
    try:
        timed = at_head(text)
    except ValueError as error:
        raise Unclear("time", text) from error
    if timed is None:
        return None
    return replace(found, timed=True, preferences=replace(found.preferences, digest_at=timed[0])), timed[1]


def _word(found: Request, text: str) -> tuple[Request, str] | None:
    """The first word, with its value if it has one."""
    word, _, rest = text.partition(" ")
    folded, rest = fold(word), rest.strip()
    if folded in _CAP or folded in _ZONE:
        value, _, rest = rest.partition(" ")
        return (_capped if folded in _CAP else _zoned)(found, value), rest.strip()
    changed = found if folded in _SKIPPED else _one(found, word)
    return None if changed is None else (changed, rest)


def _in_its_half(found: Request) -> Request:
    """«каждый вечер в 9» is 21:00; who names no hour gets the usual one."""
    at, late = found.preferences.digest_at, found.late
    if late is None:
        return found
    if not found.timed:
        at = EVENING if late else MORNING
    elif late and at < time(12):
        at = at.replace(hour=at.hour + 12)
    return replace(found, preferences=replace(found.preferences, digest_at=at))


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
    return None


def _capped(found: Request, value: str) -> Request:
    if fold(value) in _OFF:
        return replace(found, preferences=replace(found.preferences, daily_cap=None))
    if not value.isdecimal() or not 1 <= int(value) <= MOST_A_DAY:
        raise Unclear("cap", value)
    return replace(found, preferences=replace(found.preferences, daily_cap=int(value)))


def _zoned(found: Request, value: str) -> Request:
    if fold(value) in _OFF:
        return replace(found, preferences=replace(found.preferences, timezone=None))
    try:
        return replace(found, preferences=replace(found.preferences, timezone=zone(value)))
    except ValueError as error:
        raise Unclear("zone", value) from error


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


def place_of_zone(zone_name: str, language: str) -> str:
    """A time zone as people call it: by its city, in Russian where we have the word, else by its distance."""
    russian = _RUSSIAN.get(zone_name, "").split()
    if language == "ru" and russian:
        return russian[0].title()
    if zone_name.startswith("Etc/GMT") and (hours := zone_name.removeprefix("Etc/GMT")):
        return f"UTC{-int(hours):+d}"
    return zone_name.rpartition("/")[2].replace("_", " ")


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
