"""The story of one article: collected, due, tried, sent. Pure: what the store kept in, facts in order out.

The sentences are in `handlers`; `/why` and `depeche why` tell the same story.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.conditions import Planned
from bot.model import Article, Attempt, Place, Platform, SlotState

_ASKED = re.compile(r"asks? to wait|retry after|VK error (?:6|9|29)\b", re.IGNORECASE)
"""The words of our adapters for a platform that wants us to be slower (429, flood control, VK's 6, 9 and 29)."""


FOUND = "found at its place"
ABSENT = "surely not there"
NOT_REPEATED = "may have arrived: not sent again"
REPEATED = "may have arrived: sent again under the same number"
TAKEN_BACK = "taken back meanwhile"
ADMIN_THERE = "an admin found it there"
ADMIN_AGAIN = "an admin had it sent again"
ADMIN_DROP = "an admin let it be"
"""The reasons with which doubts end; the story says them in the reader's language."""
_ADDRESS = re.compile(r"https?://[^\s<>«»\"“”]+")
_AFTER_ADDRESS = ".,;:!?…)]}'’"
_READ = 20_000
"""Characters of a text in which addresses are looked for."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """When an article was collected, and from which source. `same_as`: the key of the article in which another source
    told the same story before."""

    source: str
    at: datetime
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When an article first was to go out at a place, and why then."""

    place: Place
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """One attempt. `asked_to_wait`: how long the platform itself wanted to be left alone."""

    attempt: Attempt
    asked_to_wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened at one public place. `planned`: when it will go out if nothing changes; `waiting`: it is in the
    channel's queue."""

    name: str
    platform: Platform
    due: Due | None = None
    attempts: tuple[Told, ...] = ()
    planned: Planned | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """The whole of it. Of readers only the numbers are told: who reads what is nobody's business."""

    article: Article
    origin: Origin | None
    chapters: tuple[Chapter, ...]
    readers: Mapping[SlotState, int]


def named_before(article: Article) -> tuple[str, ...]:
    """Addresses that an article names beside its own, each of which may be that of an earlier one: what it calls its
    original, then what stands in its text."""
    texts = [(text or "")[:_READ] for text in (article.lead, article.body)]
    found = [address.rstrip(_AFTER_ADDRESS) for text in texts for address in _ADDRESS.findall(text)]
    own = {article.url, article.canonical_url, None}
    return tuple(dict.fromkeys(one for one in (article.original_url, *found) if one and one not in own))[:_MOST_NAMED]


def tell(
    article: Article,
    *,
    origin: Origin | None,
    dues: Iterable[Due],
    attempts: Sequence[Attempt],
    names: Mapping[Place, str],
    planned: Iterable[Planned] = (),
    waiting: Iterable[Place] = (),
) -> Story:
    """Put the facts in order. `names` are the channels by place, in the order of the settings; `attempts` are in order
    of time. Places that are no channel any more come last; whatever else is neither is a reader."""
    due_at = {due.place: due for due in dues}
    coming = {line.channel: line for line in planned if line.article.key == article.key}
    queued = frozenset(waiting)
    tried: dict[Place, list[Told]] = {}
    readers: dict[Place, Attempt] = {}
    for attempt in attempts:
        place = attempt.slot.place
        if place in names or place in due_at:
            tried.setdefault(place, []).append(_told(attempt))
        else:
            readers[place] = attempt
    places = dict.fromkeys([*names, *due_at])
    chapters = [
        Chapter(
            name=names.get(place, str(place)),
            platform=place.platform,
            due=due_at.get(place),
            attempts=tuple(tried.get(place, ())),
            planned=coming.get(names.get(place, "")),
            waiting=place in queued,
        )
        for place in places
        if place in tried or place in queued or place in due_at
    ]
    counts = Counter(attempt.state for attempt in readers.values())
    return Story(article, origin, tuple(chapters), dict(counts))


def _told(attempt: Attempt) -> Told:
    waits = attempt.state is SlotState.DEFERRED and attempt.until is not None and _ASKED.search(attempt.reason or "")
    return Told(attempt, attempt.until - attempt.at if waits and attempt.until is not None else None)
