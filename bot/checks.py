"""What a value in the settings may be. Each check returns the value, or raises ValueError with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from bot.aliases import Aliases
from bot.query import QueryError, parse
from bot.roles import Grant, Role

Check = Callable[[str], str]
"""Returns the value, or raises ValueError."""
AT_ONCE = "at once"
OFF = "off"
_DURATION = re.compile(r"^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
_QUIET = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")
_TIME = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")
_LENGTH_OF_DAY = len("01-07")
_PAGE_NAME = re.compile(r"^[A-Za-z0-9_.]{2,32}$")
_CHANNEL_NAME = re.compile(r"^@[A-Za-z][A-Za-z0-9_]{3,31}$")


def duration(value: object) -> timedelta:
    """`"90s"`, `"5m"`, `"1h30m"`, `"1d"`, or whole seconds."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return timedelta(seconds=value)
    text = str(value).strip().lower().replace(" ", "")
    if text.isdecimal():
        return timedelta(seconds=int(text))
    found = _DURATION.match(text)
    if not text or found is None:
        raise ValueError('a length of time such as "30s", "5m", "1h30m" or "1d"')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def timezone(value: str) -> str:
    """A name of the IANA time zone database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('a time zone such as "Europe/Moscow" or "UTC"') from None
    return value


def name(value: str) -> str:
    """A name that people can type and that is no name of a queue of our own."""
    if not value.strip() or value != value.strip() or not value.isprintable() or value.startswith("@"):
        raise ValueError("a name on one line that does not begin with @")
    return value


def web_address(value: str) -> str:
    """An http or https address."""
    allowed = "an address that starts with http:// or https://"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(allowed) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ValueError(allowed)
    return value


def base_address(value: str) -> str:
    """An http or https address that paths are added to."""
    return web_address(value).rstrip("/")


def redis_address(value: object) -> object:
    """`redis://`, `rediss://` or `unix://`. The value may hold a password and is never shown."""
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    if not isinstance(text, str) or not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("an address that starts with redis://, rediss:// or unix://")
    return value


def network(value: object) -> IPv4Network | IPv6Network:
    """A range of addresses in CIDR form."""
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError('a network such as "10.0.0.0/8" or "fd00::/8"') from None


def tag_filter(value: str) -> str:
    """A tag query that can be read."""
    try:
        parse(value)
    except QueryError as error:
        raise ValueError(
            f"a tag query such as Франция | (Россия & !спорт); at character {error.position + 1}: {error.expected}"
        ) from None
    return value


def aliases(value: dict[str, str]) -> dict[str, str]:
    """Other names, each with the name that is used; none leads back to itself."""
    try:
        Aliases.of(value)
    except ValueError as error:
        raise ValueError(f'other names and those used, as in "Британия" = "Великобритания": {error}') from None
    return value


def times_or_text(value: object) -> object:
    """A list of times of the day is as good as its text."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def schedule(value: str) -> str:
    """`"at once"`, times of the day, or five cron fields that name at least one moment."""
    if value == AT_ONCE:
        return value
    if ":" in value:
        return _times_of_day(value)
    allowed = (
        f'"{AT_ONCE}", times such as "09:00, 18:30", or cron fields: minute hour day month weekday, such as '
        '"*/20 8-22 * * *"'
    )
    if len(value.split()) != 5:
        raise ValueError(allowed)
    try:
        next(CronSim(value, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"{allowed} ({error})") from None
    except StopIteration:
        raise ValueError(f"{allowed}; this one never comes") from None
    return value


def weekend(value: str) -> str:
    """`"off"`, or a schedule with slots."""
    if value == AT_ONCE:
        raise ValueError('"off", times such as "10:00, 18:00", or cron fields')
    return value if value == OFF else schedule(value)


def _times_of_day(value: str) -> str:
    times = [part.strip() for part in value.split(",")]
    if not all(_TIME.match(one) for one in times):
        raise ValueError('times of the day such as "09:00, 18:30"')
    return ", ".join(sorted({one.zfill(5) for one in times}))


def holiday(value: object) -> str:
    """A day, `"2026-12-31"`, or one of every year, `"01-07"`."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    try:
        date.fromisoformat(text if len(text) > _LENGTH_OF_DAY else f"2024-{text}")
    except ValueError:
        raise ValueError('a day such as "2026-12-31", or "01-07" for every year') from None
    return text


def quiet(value: str) -> str:
    """`"23:00-07:00"`: from, to; over midnight when the second is earlier."""
    quiet_hours(value)
    return value


def quiet_hours(value: str) -> tuple[time, time]:
    """The two ends of quiet hours. Raises ValueError."""
    allowed = 'two different times of the day such as "23:00-07:00"'
    found = _QUIET.match(value.strip())
    if found is None:
        raise ValueError(allowed)
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in found.groups())
    if max(from_hour, to_hour) > 23 or max(from_minute, to_minute) > 59:
        raise ValueError(allowed)
    start, end = time(from_hour, from_minute), time(to_hour, to_minute)
    if start == end:
        raise ValueError(allowed)
    return start, end


def bot_name(value: str) -> str:
    """A bot's username; the @ before it may be there."""
    if not _CHANNEL_NAME.match(f"@{value.removeprefix('@')}"):
        raise ValueError("the bot's username, such as digest_bot")
    return value.removeprefix("@")


def page_name(value: str) -> str:
    """The short name of a VK page, as in its address."""
    if not _PAGE_NAME.match(value):
        raise ValueError("the short name in the page's address: digest_press for vk.com/digest_press")
    return value


def person(value: str) -> str:
    """`"telegram:1001"`, or `"vk:55@wall"`."""
    Grant.parse(value, Role.VIEWER)
    return value.strip()


def target(value: object) -> object:
    """A number is as good as its text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def target_of(platform: str, value: str) -> None:
    """The target must be an address of its platform."""
    if platform == "vk":
        if not re.fullmatch(r"-[1-9]\d*", value):
            raise ValueError("target: a VK page is a negative number such as -220")
    elif not (_CHANNEL_NAME.match(value) or re.fullmatch(r"-?[1-9]\d*", value)):
        raise ValueError('target: a Telegram channel is "@name" or a number such as -1001234567890')
