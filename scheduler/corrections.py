"""Corrections and retractions are brought to every place where the article stands.

Each edition of an article is brought to each place once: claimed before, settled after. Edits and removals may be
repeated safely, so a call whose outcome nobody knows is simply carried out again: to edit a message into what it says
already, or to delete what is gone, is success for the adapters. A crash at any point costs at most such a repetition.

What a place says is known from the digest that was kept with its receipt: a post that went out in the new wording is
left alone, and a change of the template is no change of the wording, so it edits nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.editions import Edition, Fate
from bot.errors import Gone, OutcomeUnknown, Refused, StoreError, TryLater
from bot.model import Article, Attempt, Place, Platform, Post, Receipt, Slot, SlotState
from bot.ports import Amendments, Clock, Editions, Ledger, Publisher, Subscriptions
from bot.readers import Reader
from bot.render import removals_for
from scheduler.deliver import LEASE
from scheduler.jobs import Jobs
from scheduler.wording import wording

log = structlog.get_logger(__name__)

AGAIN = timedelta(seconds=15)
"""The least pause before a call of unknown outcome is repeated; it grows with the age of the edition."""
FIRST_LOOK = timedelta(seconds=30)
"""When the places are looked through again: a post may have been on its way in the old wording. Then after twice as
long, and so on."""
SETTLED = timedelta(minutes=15)
"""After this nothing is on its way any more, unless the ledger says so."""
PATIENCE = timedelta(days=2)
"""How long a post of unknown outcome is waited for."""
GIVE_UP = timedelta(days=7)
"""A platform that puts an edit off for so long has refused it."""
DELETABLE = {Platform.TELEGRAM: timedelta(hours=48), Platform.VK: timedelta(hours=24)}
"""The age at which messages can no longer be deleted (core.telegram.org, deleteMessage; VK's error 924)."""

Compose = Callable[[Article, Place, Reader | None, Receipt, datetime, Sequence[Article]], Post]
"""The edit of a public post, or of a reader's message, for a correction made at a time; last all articles that the
message holds, where it holds several."""
Tell = Callable[[Edition, Place, str | None, str], Awaitable[bool]]
"""Tells the admins of a public post that could not be changed: where it stands, and why. False: nobody was reached."""
Regroup = Callable[[Edition, Attempt], Awaitable[Post | None]]
"""The edit of the round-up in which an article was sent; None: it was sent alone, or is the last that is left of it."""
CallOff = Callable[[Edition], Awaitable[None]]
_UNSETTLED = frozenset({SlotState.CLAIMED, SlotState.UNCONFIRMED})
_OPEN = frozenset({SlotState.CLAIMED, SlotState.DEFERRED})


class Corrections:
    """Brings editions to their places, each platform at its own pace and not waiting for the other."""

    def __init__(
        self,
        *,
        editions: Editions,
        amendments: Amendments,
        ledger: Ledger,
        subscriptions: Subscriptions,
        publishers: Mapping[Platform, Publisher],
        to_readers: Mapping[Platform, Publisher],
        public: Iterable[Place],
        compose: Compose,
        tell: Tell,
        call_off: CallOff,
        language: str,
        readers_within: timedelta,
        jobs: Jobs,
        clock: Clock,
        stopping: asyncio.Event,
        lease: timedelta = LEASE,
        regroup: Regroup | None = None,
    ) -> None:
        self._editions = editions
        self._amendments = amendments
        self._ledger = ledger
        self._subscriptions = subscriptions
        self._publishers = publishers
        self._to_readers = to_readers
        self._public = frozenset(public)
        self._compose = compose
        self._tell = tell
        self._call_off = call_off
        self._language = language
        self._readers_within = readers_within
        self._jobs = jobs
        self._clock = clock
        self._stopping = stopping
        self._lease = lease
        self._regroup = regroup
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Work on every edition that is due; a timer is set for those that are not. Raises StoreError."""
        if self._turn.locked():
            return  # asked for again within seconds, by the sweep
        async with self._turn:
            for name in (await self._amendments.due(now=self._clock.now()))[0]:
                if self._stopping.is_set():
                    return
                await self.bring(name)
            _, later = await self._amendments.due(now=self._clock.now())
            if later is not None:
                self._jobs.at("corrections: later", later, self.run)

    async def bring(self, name: str, *, telling: bool = True, until: datetime | None = None) -> None:
        """Bring one edition wherever its article stands, as far as it goes now and before `until`.

        `telling`: admins hear of what could not be changed; else the caller tells them.
        """
        article = name.partition("~")[0]
        edition = await self._editions.edition(article)
        if edition is None or edition.name != name:
            await self._amendments.close(name)  # a newer one has its own name
            return
        if edition.retracted is not None:
            await self._call_off(edition)
        last = {word.slot.place: word for word in await self._ledger.story(article)}
        groups: dict[Platform, list[Attempt]] = {platform: [] for platform in self._publishers}
        for sent in await self._standing(edition, last):
            groups[sent.slot.place.platform].append(sent)
        await _together(self._to_each(edition, group, telling=telling, until=until) for group in groups.values())
        await self._look_again(edition, last)

    async def _standing(self, edition: Edition, last: Mapping[Place, Attempt]) -> list[Attempt]:
        """What was sent and is to be changed now; the public places first."""
        words = await self._amendments.words(edition.article.key)
        found = [
            sent
            for place, sent in last.items()
            if sent.state is SlotState.SENT and place.platform in self._publishers
            if self._is_due(edition, sent, words.get(place))
        ]
        return sorted(found, key=lambda sent: sent.slot.place not in self._public)

    def _is_due(self, edition: Edition, sent: Attempt, word: Attempt | None) -> bool:
        if word is not None and word.state is SlotState.CLAIMED and not self._is_past(word.until):
            return False
        if word is not None and word.slot.article == edition.name:
            return word.state in _OPEN and self._is_past(word.until)
        says_it_already = word is None and sent.wording == wording(edition.article)
        return edition.retracted is not None or not says_it_already

    def _is_past(self, moment: datetime | None) -> bool:
        return moment is None or moment <= self._clock.now()

    async def _to_each(self, edition: Edition, group: list[Attempt], *, telling: bool, until: datetime | None) -> None:
        for sent in group:
            if self._stopping.is_set() or (until is not None and self._is_past(until)):
                return
            await self._to_one(edition, sent, telling=telling)

    async def _to_one(self, edition: Edition, sent: Attempt, *, telling: bool) -> None:
        slot = Slot(edition.name, sent.slot.place)
        claim = await self._amendments.claim(slot, now=self._clock.now(), lease=self._lease)
        if claim is None:
            return
        reader = None if slot.place in self._public else await self._subscriptions.reader(slot.place)
        private = reader is not None or slot.place.chat.isdigit()
        ended = self._left_alone(edition, sent, slot, reader) if private else None
        if ended is None:
            publisher = (self._to_readers if private else self._publishers)[slot.place.platform]
            ways, edited = await self._ways(edition, sent, reader, private=private)
            ended = await self._carried_out(edition, slot, ways, publisher, edited)
        if ended.state is SlotState.REFUSED and telling and not private:
            ended = await self._told(edition, sent, ended)  # then settled: told twice beats never
        if not await self._amendments.settle(claim, ended):
            log.error("claim_lost", slot=str(slot), outcome=ended.state)
        log.info("amended", slot=str(slot), outcome=ended.state, reason=ended.reason)

    async def _told(self, edition: Edition, sent: Attempt, ended: Attempt) -> Attempt:
        """Refused once the admins know of it; until then it is tried again with them."""
        url = sent.receipt.url if sent.receipt else None
        why = ended.reason or ""
        age = self._age(edition)
        told = await self._tell(edition, sent.slot.place, url, why)
        return ended if told else self._put_off(ended.slot, why, max(AGAIN, age / 4), age)

    def _age(self, edition: Edition) -> timedelta:
        now = self._clock.now()
        return now - (edition.changed_at or now)

    def _left_alone(self, edition: Edition, sent: Attempt, slot: Slot, reader: Reader | None) -> Attempt | None:
        """Why a reader's message is not edited; a retraction takes every message back."""
        if edition.retracted is not None:
            return None
        reason = None
        if reader is None or not reader.active:
            reason = "the reader is away"
        elif (edition.changed_at or sent.at) - sent.at > self._readers_within:
            reason = f"sent more than {self._readers_within} before the correction"
        return Attempt(slot, self._clock.now(), SlotState.SKIPPED, reason) if reason else None

    async def _shared(self, edition: Edition, sent: Attempt) -> Post | None:
        """The edit of a post that says more articles than this one."""
        return await self._regroup(edition, sent) if self._regroup is not None else None

    async def _ways(
        self, edition: Edition, sent: Attempt, reader: Reader | None, *, private: bool
    ) -> tuple[tuple[Post, ...], Fate]:
        """The calls that do it, the best first, and what an edit does to what is taken back. A message of several
        articles goes on with those that still stand."""
        if not private and (shared := await self._shared(edition, sent)) is not None:
            return (shared,), Fate.REMOVED
        place, now = sent.slot.place, self._clock.now()
        receipt = sent.receipt or Receipt("", sent.at)
        together = await self._still_standing(sent.together)
        if edition.retracted is None or together:
            first = together[0] if edition.retracted is not None else edition.article
            return (self._compose(first, place, reader, receipt, edition.changed_at or now, together),), Fate.REMOVED
        language = reader.language if reader else self._language
        fresh = now - receipt.at < DELETABLE[place.platform]
        return removals_for(place, language, receipt, public=not private, fresh=fresh), Fate.MARKED

    async def _still_standing(self, keys: Sequence[str]) -> tuple[Article, ...]:
        """Of the articles of one message those that were not taken back, as they are now."""
        editions = [await self._editions.edition(key) for key in keys]
        return tuple(one.article for one in editions if one is not None and one.retracted is None)

    async def _carried_out(
        self, edition: Edition, slot: Slot, ways: tuple[Post, ...], publisher: Publisher, edited: Fate
    ) -> Attempt:
        """How it ended: the first way that is not refused. `edited`: what became of the article if that is an edit."""
        refusal = ""
        age = self._age(edition)
        for post in ways:
            try:
                await publisher.publish(post)
            except (Refused, Gone) as error:
                refusal = str(error)
            except TryLater as error:
                return self._put_off(slot, str(error), error.after, age)
            except OutcomeUnknown as error:
                return self._put_off(slot, str(error), max(AGAIN, age / 4), age)
            else:
                fate = Fate.REMOVED if "delete" in post.method else edited
                return Attempt(slot, self._clock.now(), SlotState.SENT, str(fate) if edition.retracted else None)
        return Attempt(slot, self._clock.now(), SlotState.REFUSED, refusal)

    def _put_off(self, slot: Slot, reason: str, after: timedelta, age: timedelta) -> Attempt:
        now = self._clock.now()
        if age > GIVE_UP:
            return Attempt(slot, now, SlotState.REFUSED, reason)
        return Attempt(slot, now, SlotState.DEFERRED, reason, until=now + after)

    async def _look_again(self, edition: Edition, last: Mapping[Place, Attempt]) -> None:
        """Set the time of the next look, or close the edition."""
        now, age = self._clock.now(), self._age(edition)
        words = await self._amendments.words(edition.article.key)
        mine = (word for place, word in words.items() if place.platform in self._publishers and word.state in _OPEN)
        waits = [word.until for word in mine if word.until is not None and word.until > now]
        if await self._standing(edition, last):
            await self._amendments.postpone(edition.name, until=now)
        elif waits:
            await self._amendments.postpone(edition.name, until=min(waits))
        elif age < SETTLED or (age < PATIENCE and any(word.state in _UNSETTLED for word in last.values())):
            await self._amendments.postpone(edition.name, until=now + max(FIRST_LOOK, age))
        else:
            await self._amendments.close(edition.name)


async def _together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All at once. Raises StoreError."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(work)
    except ExceptionGroup as group:
        away = group.subgroup(StoreError)
        if away is None:
            raise
        raise StoreError(str(away.exceptions[0])) from group
