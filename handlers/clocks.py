"""Times of day as people type them: `9`, `21.05`, `9:30 pm`, «9 вечера», "noon". Pure."""

from __future__ import annotations

import re
from datetime import time

_WORDS = {
    12: "noon midday полдень полдня полудня",
    0: "midnight полночь полуночи",
}
_NAMED = {word: hour for hour, words in _WORDS.items() for word in words.split()}
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?"
    r"(?:\s*(?:ч|час|часа|часов|o['’]?clock)(?!\w))?"
    r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?|утра|дня|вечера|ночи))?(?![\w:])"
    rf"|(?P<named>{'|'.join(_NAMED)})(?!\w)",
    re.IGNORECASE,
)


def clock(text: str) -> time:
    """The whole text is one. Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a time: {text}")
    return _read(found)


def at_head(text: str) -> tuple[time, str] | None:
    """The time that a text begins with, and what follows it; None: it begins with none. Raises ValueError for an hour
    that no clock has."""
    found = _TIME.match(text)
    if found is None or not (found.end() == len(text) or text[found.end()].isspace()):
        return None
    return _read(found), text[found.end() :].strip()


def _read(found: re.Match[str]) -> time:
    if found["named"]:
        return time(_NAMED[found["named"].casefold()])
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half := found["half"]:
        hour = _of_half(hour, half.casefold()[0])
    return time(0 if hour == 24 and not minute else hour, minute)


def _of_half(hour: int, half: str) -> int:
    """The hour of the day. «12 ночи» and «12 вечера» are midnight, «11 ночи» is late in the evening; who writes
    «21 вечера» means 21."""
    if (half in "дв" and 12 < hour < 24) or (half == "н" and 20 < hour < 24):
        return hour
    if not 1 <= hour <= 12:
        return 99  # no such hour
    late = half in "pд" or (half == "в" and hour != 12) or (half == "н" and 8 < hour < 12)
    return hour % 12 + (12 if late else 0)
