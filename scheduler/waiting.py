"""How long the articles of a channel have waited, and telling the admins when that is too long.

What an editor holds back, or wants at a later time, waits for nobody. A draft does: it waits for the editors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import Article
from bot.ports import Clock, Origins
from bot.problems import Problems
from bot.wishes import Wish
from scheduler.jobs import Jobs
from scheduler.lineup import Lineup, Lineups
from scheduler.selection import Channel

EVERY = timedelta(minutes=5)
LOOKED_AT = 20
"""Articles at the head of a queue; the oldest is among them unless editors have moved it down."""


def topic(channel: str) -> str:
    """The problem's name."""
    return f"queue {channel}"


def is_waiting(wish: Wish, now: datetime) -> bool:
    """Whether an article waits for its turn, and not for a moment that an editor chose."""
    later = [one for one in (wish.at, wish.embargo) if one is not None and one > now]
    return wish.held_by is None and wish.drop_at is None and not later


async def oldest(lineup: Lineup, origins: Origins) -> tuple[Article, datetime] | None:
    """What has waited longest, and since when: since it was collected, or put there by an editor. Raises StoreError."""
    found: list[tuple[Article, datetime]] = []
    for article in [one for one in lineup.waiting if is_waiting(lineup.wish(one), lineup.at)][:LOOKED_AT]:
        since = lineup.wish(article).put_at
        if since is None:
            origin = await origins.origin(article.key)
            since = origin.at if origin is not None else article.published_at
        if since is not None:
            found.append((article, since))
    return min(found, key=lambda one: one[1], default=None)


class Waiting:
    """Looks now and then. Days on which a channel posts nothing don't count; no time at all: it never tells."""

    def __init__(
        self,
        channels: Sequence[Channel],
        *,
        lineups: Lineups,
        origins: Origins,
        longest: timedelta,
        problems: Problems,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._channels = tuple(channels)
        self._lineups = lineups
        self._origins = origins
        self._longest = longest
        self._problems = problems
        self._jobs = jobs
        self._clock = clock

    async def run(self) -> None:
        """Tell of each queue that is too old, and when it is so no more. The sentence stays the same while the queue is
        too old: another oldest article is no news."""
        if not self._longest:
            return
        now = self._clock.now()
        self._jobs.at("waiting", now + EVERY, self.run)
        for channel in self._channels:
            found = await oldest(await self._lineups.of(channel, now=now), self._origins)
            if found is not None and channel.timetable.waited(found[1], now) > self._longest:
                hours = self._longest / timedelta(hours=1)
                sentence = f"articles have waited for longer than {hours:g} h on the channel {channel.name}"
                self._problems.report(topic(channel.name), sentence)
            else:
                self._problems.clear(topic(channel.name))
