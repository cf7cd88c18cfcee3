"""Dates as feeds and pages write them: RFC 3339, RFC 822, and the usual variants of both.

A date is read by its parts: a clock time, a zone, a year, a month's name in one of several languages, a day. What
can't be read is None, never a guess: a wrong date is worse than none. A date without a zone is UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

MAX_CHARS = 100
"""Longer texts hold no date."""

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?"
    r"(?:[T\s_]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d+))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2}|[A-Z]{3,4})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<![\d./-])(\d{1,2})(?::|\s?h\s?)(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b\.?)?", re.IGNORECASE
)
_BROKEN_ISO = re.compile(r"\d{4}-\S{1,2}-\d{1,2}[T-]", re.IGNORECASE)
_EAST_ASIAN = str.maketrans({"年": "-", "月": "-", "日": " ", "時": ":", "时": ":", "分": " "})
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s*)?([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?!\d)")
_UNIX = re.compile(r"\d{9,10}|\d{12,13}")

# Hours from UTC. The American names are those of RFC 822, section 5.1.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2,
    "eet": 2, "eest": 3, "msk": 3, "мск": 3, "msd": 4, "ist": 5.5, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "ct": -6, "mst": -7, "mdt": -6, "mt": -7,
    "pst": -8, "pdt": -7, "pt": -8, "hst": -10, "akst": -9, "akdt": -8, "brt": -3, "art": -3,
}  # fmt: skip
_MONTHS = (
    ("jan", "янв", "ene", "gen", "січ", "sty", "ianu", "ocak", "ιαν", "lede", "يناير", "tammi", "janv", "ינואר"),
    ("feb", "fév", "fev", "фев", "лют", "lut", "şub", "suba", "φεβ", "úno", "فبراير", "helmi", "פברואר"),
    ("mar", "mär", "maer", "мар", "бер", "már", "μαρ", "bře", "مارس", "maal", "מרץ"),
    ("apr", "avr", "abr", "апр", "kwi", "кві", "ápr", "nisa", "απρ", "dube", "أبريل", "ابريل", "huht", "אפריל"),
    ("may", "mai", "май", "мая", "mei", "maj", "mag", "тра", "máj", "μαΐ", "μαι", "květ", "مايو", "touk", "מאי"),
    ("jun", "juin", "июн", "giu", "чер", "cze", "jún", "hazi", "ιουν", "červ", "يونيو", "kesä", "יוני"),
    ("jul", "juil", "июл", "lug", "лип", "lip", "júl", "temm", "ιουλ", "يوليو", "hein", "יולי"),
    ("aug", "aoû", "aou", "авг", "ago", "сер", "sie", "ağu", "agus", "αυγ", "srp", "أغسطس", "اغسطس", "elok", "אוגוסט"),
    ("sep", "сен", "set", "вер", "wrz", "eylü", "σεπ", "zář", "سبتمبر", "syys", "ספטמבר", "szep"),
    ("oct", "okt", "окт", "out", "ott", "жов", "paź", "ekim", "οκτ", "říj", "أكتوبر", "اكتوبر", "loka", "אוקטובר"),
    ("nov", "ноя", "лис", "lis", "noie", "kası", "νοε", "نوفمبر", "marr", "נובמבר"),
    ("dec", "déc", "dez", "дек", "dic", "dese", "гру", "gru", "aral", "δεκ", "pros", "ديسمبر", "joul", "דצמבר"),
)
_MAX_SEARCHED = 500
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MONTH_NAME = r"[^\W\d_]{3,12}\.?"
_WITHIN = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?:19|20)\d\d-\d{1,2}-\d{1,2}(?:T\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|(?:19|20)\d\d[./]\s?\d{1,2}[./]\s?\d{1,2}|(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|(?:19|20)\d\d년\s?\d{1,2}월\s?\d{1,2}일"
    r"|\d{1,2}([./-])\s?\d{1,2}\1\s?(?:19|20)\d\d|\d{1,2}\.\s?\d{1,2}\.\d\d(?![\d:.])"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?(?:\s+(?:de|of|di))?[\s-]+{_MONTH_NAME}(?:\s+(?:de|del))?[,\s-]+(?:19|20)\d\d"
    rf"|(?:19|20)\d\d\.?\s{_MONTH_NAME}\s\d{{1,2}}\b"
    rf"|{_MONTH_NAME}\s+\d{{1,2}}(?:st|nd|rd|th|\.)?[,\s]+(?:19|20)\d\d"
    r")(?!\d)"
)
_AMERICAN = re.compile(r"(\d{1,2})/\s?(\d{1,2})/\s?(\d{4})")
_CLOCK_BEHIND = re.compile(
    r"[\s,|•·–-]{0,4}(?:(?:at|um|à|a las|kl\.?|в|klo|ore)\s)?\s?"
    r"(\d{1,2}[:h.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?"
    r"(?:\s?(?:[A-Z]{2,4}|МСК|мск)\b|\s?[+-]\d{2}:?\d{2})?)",
    re.IGNORECASE,
)
_MONTH_BY_PREFIX = {prefix: number for number, names in enumerate(_MONTHS, 1) for prefix in names}


def find_date(text: str, *, month_first: bool = False) -> tuple[datetime, int] | None:
    """The first whole date in a text, its clock time with it, and where it begins. `month_first`: 3/4 is March."""
    for match in _WITHIN.finditer(text[:_MAX_SEARCHED]):
        said = match[0]
        if month_first and (american := _AMERICAN.fullmatch(said)):
            said = f"{american[3]}-{american[1]:0>2}-{american[2]:0>2}"
        clock = _CLOCK_BEHIND.match(text, match.end())
        for tried in (f"{said} {clock[1]}", said) if clock else (said,):
            moment = read_date(tried)
            if moment is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                return moment, match.start()
    return None


_RFC_822 = re.compile(r"[A-Z][a-z]{2}, (\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_ENGLISH = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip


def _rfc_822(text: str) -> datetime | None:
    """The form that most feeds write, without the search for the others."""
    found = _RFC_822.fullmatch(text)
    if found is None or found[2] not in _ENGLISH or not _FIRST_YEAR <= int(found[3]) <= _LAST_YEAR:
        return None
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    day, year, hour, minute, second = (int(found[part]) for part in (1, 3, 4, 5, 6))
    return datetime(year, _ENGLISH[found[2]], day, hour, minute, second, tzinfo=timezone(offset))


def read_date(text: str | None) -> datetime | None:
    """The moment a text names, aware, with the offset it was written with. None if it names none."""
    text = re.sub(r"\s+", " ", (text or "")[: MAX_CHARS + 1].translate(_EAST_ASIAN)).strip()
    if not text or len(text) > MAX_CHARS or (_BROKEN_ISO.match(text) and not _ISO.fullmatch(text)):
        return None
    try:
        moment = _rfc_822(text) or _iso(text) or _compact(text) or _unix(text) or _worded(text)
        if moment is not None:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or past the ends of the calendar
        return None
    return moment


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day or 1), tzinfo=_zone(zone or ""))
    return moment + _clock(int(hour or 0), int(minute or 0), int(second or 0)) + timedelta(microseconds=micro)


def _compact(text: str) -> datetime | None:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    moment = datetime(int(year), int(month), int(day), tzinfo=_zone(zone or ""))
    return moment + _clock(int(hour or 0), int(minute or 0), int(second or 0))


def _unix(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not _UNIX.fullmatch(text):
        return None
    seconds = int(text) / 1000 if len(text) > 10 else int(text)
    return datetime.fromtimestamp(seconds, UTC)


def _worded(text: str) -> datetime | None:
    """Anything with a month's name or three numbers, a clock time and a zone, in any order."""
    clock, rest, zone = _take_clock(text)
    day = _numeric_day(rest) or _named_day(rest, whole=rest == text)
    if day is None:
        return None
    return datetime(*day, tzinfo=_zone(zone)) + clock


def _take_clock(text: str) -> tuple[timedelta, str, str]:
    """The clock time, the text without it, and what stands for a zone."""
    found = _CLOCK.search(text)
    if found is None:
        return timedelta(0), text, ""
    hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    before, after = text[: found.start()], text[found.end() :].strip()
    zone, rest = _split_zone(after)
    return _clock(hour, minute, second), f"{before} {rest}", zone


def _clock(hour: int, minute: int, second: int) -> timedelta:
    """Hour 24 and second 60 are allowed, as ISO 8601 and leap seconds want them."""
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(f"no such time: {hour}:{minute}:{second}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _split_zone(after: str) -> tuple[str, str]:
    """What follows a clock time: a zone, then perhaps the rest of the date (as in `date`'s own format)."""
    offset = re.match(r"(?:(?:GMT|UTC)\s*)?[+-]\S{2,5}", after, re.IGNORECASE)
    if offset:
        return offset[0], after[offset.end() :]
    word = re.match(r"\(?([^\W\d_]{1,4}(?:/[A-Z]{3})?)\b\)?", after)
    if word and _zone_hours(word[1]) is not None:
        return word[1], after[word.end() :]
    return "", after


def _zone_hours(name: str) -> float | None:
    return _ZONES.get(name.casefold().removeprefix("etc/"))


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    hours = _zone_hours(name)
    if hours is None:
        match = _OFFSET.match(name)
        if match is None:
            raise ValueError(f"no such zone: {name}")
        span = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-span if match[1] == "-" else span)
    return timezone(timedelta(hours=hours)) if hours else UTC


def _numeric_day(text: str) -> tuple[int, int, int] | None:
    """2021/12/06, 06.12.2021 or 12/25/2021; of two readings, the day first, as everywhere but in America."""
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    if first > 31:
        return first, second, third
    year = _full_year(match[3])
    return (year, first, second) if second > 12 else (year, second, first)


def _named_day(text: str, *, whole: bool) -> tuple[int, int, int] | None:
    """A day by its month's name. Only a date without a clock time (`whole`) may leave out the day of the month."""
    month = next((number for word in _WORD.findall(text) if (number := _month(word))), None)
    numbers = re.findall(r"(?<!\d)\d{1,4}(?!\d)", text)
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if month is None:
        return _three_numbers(days, years)
    if years and (days or whole):
        return int(years[0]), month, int(days[0]) if days else 1
    if len(days) < 2:
        return None
    return _full_year(days[1]), month, int(days[0])


def _three_numbers(days: list[str], years: list[str]) -> tuple[int, int, int] | None:
    """`Sat, 11 04 2020`: day and month as numbers between spaces."""
    if len(days) == 2 and len(years) == 1:
        return int(years[0]), int(days[1]), int(days[0])
    return None


def _full_year(digits: str) -> int:
    """Two digits are a year from 1969 to 2068, as POSIX `%y` has it."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)


def _month(word: str) -> int | None:
    """The month a word names in any of the languages. Weekdays that begin alike are no months: `mar` for mardi."""
    word = word.casefold()
    if word.startswith(("mardi", "mart ", "marte", "juev", "setti")) or len(word) < 3:
        return None
    if word.startswith("červen"):  # June, with one letter more July
        return 7 if word.startswith(("červenc", "červenec")) else 6
    return _MONTH_BY_PREFIX.get(word) or _MONTH_BY_PREFIX.get(word[:4]) or _MONTH_BY_PREFIX.get(word[:3])
