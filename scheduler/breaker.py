"""Circuit breakers: what is wrong with a whole platform is met once, told once, and tried again now and then.

Pure but for `Breakers`, which only keeps the state of each. A breaker is closed (everything goes), open (nothing goes
until a time), or half-open: after that time one post goes as a probe, and its end decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import Cause, DeliveryError, OutcomeUnknown, TryLater
from bot.model import Platform
from bot.ports import Clock
from bot.problems import Problems

PROBE = timedelta(minutes=1)
"""How long the others wait for a probe to end."""
REFUSED_PAUSE = timedelta(minutes=10)
"""Before a probe where the platform names no time: a key or a right is mended by a person."""
_LONGEST = {Cause.UNREACHABLE: timedelta(minutes=1), Cause.CAPTCHA: timedelta(minutes=20)}
LONGEST = timedelta(hours=1)
"""Pauses double with each probe that fails, up to this, or to what the platform asks for."""
_PLATFORM_WIDE = frozenset({Cause.TOKEN, Cause.UNREACHABLE})
"""The others may hold for posts in public and not for messages to readers, or the other way round."""
_PATIENT = {(Cause.UNREACHABLE, True): 2, (Cause.UNREACHABLE, False): 2, (Cause.FLOOD, False): 3}
"""How many failures in a row it takes, by cause and whether in public; else one. Flood control of messages may be
about one reader."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """One trouble of one platform. `failures` in a row; open while `until` is set and has not come."""

    failures: int = 0
    opened: int = 0
    until: datetime | None = None


def ask(breaker: Breaker, *, now: datetime) -> tuple[Breaker, datetime | None]:
    """Whether a post may go: None, or when to ask again. Once the time is over, the first asker is the probe."""
    if breaker.until is None:
        return breaker, None
    if now < breaker.until:
        return breaker, breaker.until
    return replace(breaker, until=now + PROBE), None


def failed(breaker: Breaker, *, now: datetime, pause: timedelta, longest: timedelta, patience: int = 1) -> Breaker:
    """The trouble was met. From `patience` failures in a row on the breaker is open, for longer each time."""
    failures = breaker.failures + 1
    if failures < patience and breaker.until is None:
        return replace(breaker, failures=failures)
    doubled = pause * (1 << min(breaker.opened, 20))
    return Breaker(failures, breaker.opened + 1, now + max(pause, min(doubled, longest)))


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a post is not tried now, and when it may be."""

    until: datetime
    reason: str


_Key = tuple[Platform, bool | None, Cause]


class Breakers:
    """The breakers of all platforms; what opens is reported as a problem, and cleared when it closes."""

    def __init__(self, clock: Clock, problems: Problems) -> None:
        self._clock = clock
        self._problems = problems
        self._all: dict[_Key, Breaker] = {}
        self._reasons: dict[_Key, str] = {}

    def hold(self, platform: Platform, *, public: bool) -> Hold | None:
        """Whether a post must wait, before it is sent. None: send it, and say with `note` how that ended."""
        now = self._clock.now()
        asked = {key: ask(self._all[key], now=now) for key in _keys(platform, public) if key in self._all}
        waits = [Hold(until, self._reasons[key]) for key, (_, until) in asked.items() if until is not None]
        if waits:
            return max(waits, key=lambda hold: hold.until)
        self._all.update({key: breaker for key, (breaker, _) in asked.items()})
        return None

    def note(self, platform: Platform, error: DeliveryError | None, *, public: bool) -> None:
        """How a send ended: None for a receipt."""
        if isinstance(error, OutcomeUnknown):
            return
        if error is None or error.cause is None:
            over = set(Cause) if error is None else {Cause.TOKEN, Cause.UNREACHABLE}  # it knows us, and it answers
            self._close([key for key in _keys(platform, public) if key[2] in over])
            return
        key = _key(platform, error.cause, public)
        self._all[key] = opened = failed(
            self._all.get(key, Breaker()),
            now=self._clock.now(),
            pause=error.after if isinstance(error, TryLater) else REFUSED_PAUSE,
            longest=_LONGEST.get(error.cause, LONGEST),
            patience=_PATIENT.get((error.cause, public), 1),
        )
        self._reasons[key] = str(error)
        if opened.until is not None:
            self._problems.report(name(key), str(error))

    def open(self) -> list[tuple[str, datetime]]:
        """Those that let nothing through now, by the problem's name, and until when."""
        now = self._clock.now()
        return [(name(key), one.until) for key, one in self._all.items() if one.until is not None and one.until > now]

    def _close(self, keys: list[_Key]) -> None:
        for key in keys:
            self._all.pop(key, None)
            self._problems.clear(name(key))


def _key(platform: Platform, cause: Cause, public: bool) -> _Key:
    return platform, None if cause in _PLATFORM_WIDE else public, cause


def _keys(platform: Platform, public: bool) -> list[_Key]:
    return [_key(platform, cause, public) for cause in Cause]


def name(key: _Key) -> str:
    """As a problem: "vk posts: captcha", "telegram: token"."""
    platform, public, cause = key
    what = {None: "", True: " posts", False: " messages"}[public]
    return f"{platform}{what}: {cause}"
