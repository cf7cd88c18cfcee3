"""Taking an article back: asked for, confirmed, called off wherever it was to go, and told how that went."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.editions import Edition, Fate, Retraction, Standing
from bot.model import Attempt, Place, Slot, SlotState
from bot.ports import Amendments, Articles, Campaigns, Clock, Editions, Ledger, Queues
from bot.query import facets
from scheduler.corrections import Corrections
from scheduler.deliver import LEASE
from scheduler.fanout import AGAIN, FRESH
from scheduler.noticing import next_edition
from scheduler.selection import Channel

log = structlog.get_logger(__name__)

MOST_PROPOSED = 50
"""Retractions that wait for a yes; the oldest are forgotten."""
ANSWER_WITHIN = timedelta(seconds=5)
"""How long a person waits for the answer; readers' messages that are left then are taken back afterwards."""
A_MOMENT = timedelta(milliseconds=50)
ROUNDS = ANSWER_WITHIN // A_MOMENT
TRIES = 3
"""A correction that comes in the same moment makes an edition first."""
_MAY_STAND = frozenset({SlotState.SENT, SlotState.CLAIMED, SlotState.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class CallingOff:
    """Takes an article out of everything that would still send it. Doing it twice does what once does."""

    ledger: Ledger
    queues: Queues
    campaigns: Campaigns
    channels: Sequence[Channel]
    clock: Clock

    async def __call__(self, edition: Edition) -> None:
        """First the slots are decided, so that nobody who holds the article already can send it; then it leaves the
        queues."""
        article, now = edition.article, self.clock.now()
        reason = f"retracted by {edition.retracted}"
        places = [channel.place for channel in self.channels]
        if await self.queues.holds([FRESH], article.key):
            places += await self.campaigns.call_off(article.key, facets(article), reason, now=now)
        for place in dict.fromkeys(places):
            await self.ledger.skip(Slot(article.key, place), now=now, reason=reason)
        for word in await self.ledger.put_off(article.key):
            await self._give_up(word, reason)
        for queue in self.names:
            await self.queues.remove(queue, [article.key])

    @property
    def names(self) -> tuple[str, ...]:
        """Every queue an article may wait in."""
        return (*(channel.name for channel in self.channels), FRESH, AGAIN)

    async def _give_up(self, word: Attempt, reason: str) -> None:
        """A slot that was put off has a state, which `skip` leaves alone: it is taken over, then decided."""
        now = self.clock.now()
        claim = await self.ledger.claim(word.slot, now=max(now, word.until or now), lease=LEASE)
        if claim is not None:
            await self.ledger.settle(claim, Attempt(word.slot, now, SlotState.SKIPPED, reason))


class Retractions:
    """Proposes, carries out and tells. Proposals are kept in memory: after a restart a person asks again."""

    def __init__(
        self,
        *,
        articles: Articles,
        editions: Editions,
        amendments: Amendments,
        ledger: Ledger,
        queues: Queues,
        corrections: Corrections,
        calling_off: CallingOff,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._articles = articles
        self._editions = editions
        self._amendments = amendments
        self._ledger = ledger
        self._queues = queues
        self._corrections = corrections
        self._calling_off = calling_off
        self._clock = clock
        self._sleep = sleep
        self._proposed: dict[str, tuple[str, str]] = {}

    async def propose(self, name: str, *, by: str, reason: str | None) -> Retraction | None:
        """What it would do, with a token to confirm it; without one when the article was taken back before. None: there
        is no such article."""
        article = await self._articles.find(name)
        edition = await self._editions.edition(article.key) if article else None
        if edition is None:
            return None
        if edition.retracted is not None:
            return await self._told(edition)
        token = secrets.token_hex(4)
        self._proposed[token] = (edition.article.key, f"{by}: {reason}" if reason else by)
        while len(self._proposed) > MOST_PROPOSED:
            del self._proposed[next(iter(self._proposed))]
        return await self._told(edition, token)

    async def proposal(self, token: str) -> Retraction | None:
        """What was proposed under a token that still confirms it."""
        article, _ = self._proposed.get(token, ("", ""))
        edition = await self._editions.edition(article) if article else None
        return await self._told(edition, token) if edition is not None else None

    async def retract(self, token: str) -> Retraction | None:
        """Do it, once: None when the token was used before, or is too old. Raises StoreError."""
        article, by = self._proposed.pop(token, ("", ""))
        edition = await self._taken_back(article, by) if article else None
        if edition is None:
            return None
        log.info("retracted", article=article, by=by)
        before = await self._told(edition)
        await self._brought(edition)
        done = await self._told(edition)
        return Retraction(done.article, done.public, done.readers, before.waiting, by=by)

    async def _brought(self, edition: Edition) -> None:
        """As far as it goes while a person waits: what a platform puts off for a second is part of the answer, and so
        is what is on its way there, or being taken back by the sweep."""
        latest = self._clock.now() + ANSWER_WITHIN
        for _ in range(ROUNDS):
            await self._corrections.bring(edition.name, telling=False, until=latest)
            soon = await self._next_look(edition.article.key)
            if soon is None or soon >= latest:
                return
            await self._sleep(max(soon - self._clock.now(), A_MOMENT).total_seconds())

    async def _next_look(self, article: str) -> datetime | None:
        """When there may be more to do: at once while somebody is at it. None: all is done, or nobody knows when."""
        amended = (await self._amendments.words(article)).values()
        words = [*amended, *await self._ledger.story(article)]
        last = {word.slot: word for word in words}.values()
        if any(word.state is SlotState.CLAIMED for word in last):
            return self._clock.now()
        waits = [word.until for word in amended if word.state is SlotState.DEFERRED and word.until is not None]
        return min(waits, default=None)

    async def _taken_back(self, article: str, by: str) -> Edition | None:
        for _ in range(TRIES):
            edition = await self._editions.edition(article)
            if edition is None or edition.retracted is not None:
                return edition
            now = self._clock.now()
            after = next_edition(edition, edition.article, now)
            after = Edition(after.article, after.number, now, after.before, retracted=by)
            if await self._editions.replace(after, at=now):
                return after
        return None

    async def _told(self, edition: Edition, token: str | None = None) -> Retraction:
        """Where the article stands, and what became of that."""
        article = edition.article
        words = await self._amendments.words(article.key)
        last = {word.slot.place: word for word in await self._ledger.story(article.key)}
        there = {place: word for place, word in last.items() if word.state in _MAY_STAND}
        public = {place: word for place, word in there.items() if self._is_public(place)}
        private = [_fate(edition, word, words) for place, word in there.items() if place not in public]
        channels = [name for name in self._calling_off.names if name not in {FRESH, AGAIN}]
        return Retraction(
            article,
            tuple(_standing(edition, word, words) for word in public.values()),
            dict(Counter(private)),
            tuple([name for name in channels if await self._queues.holds([name], article.key)]),
            token,
            edition.retracted,
        )

    def _is_public(self, place: Place) -> bool:
        return not place.chat.isdigit() or any(channel.place == place for channel in self._calling_off.channels)


def _standing(edition: Edition, sent: Attempt, words: Mapping[Place, Attempt]) -> Standing:
    place, word = sent.slot.place, words.get(sent.slot.place)
    fate = _fate(edition, sent, words)
    url = sent.receipt.url if sent.receipt else None
    why = word.reason if word is not None and fate is Fate.STANDS else None
    return Standing(place, fate, url, sent.reason if sent.state is SlotState.UNCONFIRMED else why)


def _fate(edition: Edition, sent: Attempt, words: Mapping[Place, Attempt]) -> Fate:
    """What became of a post; one of unknown outcome stands until somebody has looked."""
    word = words.get(sent.slot.place)
    if sent.state is SlotState.UNCONFIRMED:
        return Fate.STANDS
    if word is None or word.slot.article != edition.name:
        return Fate.LATER
    if word.state is SlotState.SENT:
        return Fate(word.reason or Fate.REMOVED)
    return Fate.STANDS if word.state in {SlotState.REFUSED, SlotState.SKIPPED} else Fate.LATER
