"""What editors do to articles that wait: the port `Editing` over the channels, their queues and the wishes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Article, Place, Post
from bot.ports import Wishes
from bot.wishes import Entry, Order, Result, Wish, carried_out, edited
from scheduler.lineup import Lineup, Lineups
from scheduler.selection import Channel
from scheduler.turns import is_approved, is_unanswered

AHEAD = timedelta(days=7)
"""How far the plan is made for what editors see of the queue."""


class QueueDesk:
    """The port `Editing`. `wake` has a channel look again; `budget` is what is left of its open slot."""

    def __init__(
        self,
        channels: Sequence[Channel],
        lineups: Lineups,
        wishes: Wishes,
        *,
        wake: Callable[[str], None],
        budget: Callable[[str], int],
        compose: Callable[[Article, Channel, Wish], Post],
    ) -> None:
        self._channels = {channel.name: channel for channel in channels}
        self._lineups = lineups
        self._wishes = wishes
        self._wake = wake
        self._budget = budget
        self._compose = compose

    @property
    def channels(self) -> Mapping[str, Place]:
        """By name, in the order of the settings."""
        return {name: channel.place for name, channel in self._channels.items()}

    async def entries(self, *, now: datetime) -> list[Entry]:
        """First what has its time, in order, then what goes nowhere yet."""
        entries: list[Entry] = []
        for channel in self._channels.values():
            entries += self._entries(await self._lineups.of(channel, now=now))
        return sorted(entries, key=lambda one: (one.planned is None, one.planned.time if one.planned else now))

    async def entry(self, channel: str, article: str, *, now: datetime) -> Entry | None:
        """By the channel's name and the article's key."""
        rules = self._channels.get(channel)
        if rules is None:
            return None
        entries = self._entries(await self._lineups.of(rules, now=now))
        return next((one for one in entries if one.article.key == article), None)

    async def order(self, entry: Entry, order: Order, *, by: str, now: datetime) -> Result:
        """Carry it out, unless somebody was faster or is on it."""
        after = carried_out(entry.wish, order, by=by, now=now)
        if isinstance(after, Result):
            return after
        if not await self._wishes.change(entry.channel, entry.article.key, before=entry.wish, after=after):
            return Result.OLD
        self._wake(entry.channel)
        return Result.DONE

    def is_unanswered(self, entry: Entry, *, now: datetime) -> bool:
        """Whether a draft was shown so long ago that it is to be held by itself."""
        return is_unanswered(self._channels[entry.channel], entry.wish, now=now)

    async def asked(self, entry: Entry, *, at: datetime | None) -> Entry | None:
        """The editors are being shown a draft, or were not after all. None: somebody was faster."""
        wish = replace(entry.wish, asked_at=at, revision=entry.wish.revision + 1)
        if not await self._wishes.change(entry.channel, entry.article.key, before=entry.wish, after=wish):
            return None
        self._wake(entry.channel)
        return replace(entry, wish=wish)

    async def move(self, entry: Entry, *, up: bool, now: datetime) -> Result:
        """The revision is changed first: of two who move it at once, one does."""
        lineup = await self._lineups.of(self._channels[entry.channel], now=now)
        keys = [article.key for article in lineup.waiting]
        if entry.article.key not in keys:
            return Result.GONE
        there = keys.index(entry.article.key) + (-1 if up else 1)
        if not 0 <= there < len(keys):
            return Result.SAME
        moved = replace(entry.wish, revision=entry.wish.revision + 1)
        if not await self._wishes.change(entry.channel, entry.article.key, before=entry.wish, after=moved):
            return Result.OLD
        await self._wishes.swap(entry.channel, entry.article.key, keys[there])
        self._wake(entry.channel)
        return Result.DONE

    async def put(self, channel: str, article: str, wish: Wish, *, now: datetime) -> bool:
        """Put a kept article on a channel."""
        if channel not in self._channels or not await self._wishes.put(
            channel, article, replace(wish, put_at=now), at=now
        ):
            return False
        self._wake(channel)
        return True

    def post(self, entry: Entry) -> Post:
        """The very post that goes out."""
        return self._compose(entry.article, self._channels[entry.channel], entry.wish)

    def _entries(self, lineup: Lineup) -> list[Entry]:
        channel = lineup.channel
        planned = {line.article.key: line for line in lineup.plan(lineup.at + AHEAD, self._budget(channel.name))}
        return [
            Entry(
                channel.name,
                channel.place,
                edited(article, lineup.wish(article)),
                lineup.wish(article),
                planned.get(article.key),
                draft=not is_approved(channel, lineup.wish(article), now=lineup.at),
                approvers=channel.approvers,
            )
            for article in lineup.waiting
        ]
