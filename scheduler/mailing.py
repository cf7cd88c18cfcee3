"""Parcels of articles on their way to readers: one message to each, claimed before and settled after.

A reader for whom several articles wait gets one message with all of them; several readers who get the very same text
get it in one call, where the platform has such a thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.checkpoints import Moment, passed
from bot.model import Article, Attempt, Claim, Post, Slot, SlotState
from bot.ports import Calls, Campaigns, Clock, Subscriptions
from bot.query import facets
from bot.readers import Delivery as When
from bot.readers import Reader
from bot.render import is_alike, shared
from scheduler.belt import Parcel
from scheduler.deliver import Delivery, Outcome
from scheduler.wording import wording

log = structlog.get_logger(__name__)

LATER = "not at once, by the reader's own wish"
UNWANTED = "the reader no longer wants it, or can't be reached"
Compose = Callable[[Sequence[Article], Reader, str], tuple[Post, int]]
"""The message to a reader, and how many of the articles it holds, from the first on. The text names the readers who may
get it in one call."""
Hold = Callable[[Article, Reader], Awaitable[bool]]
"""Whether a reader does not get an article at once; then it is kept for later."""
FULL = "it did not fit into the same message"
SOON = timedelta(seconds=1)
KNOWN_BY = "random_id"
"""By this VK knows a repeat of a message (dev.vk.com, messages.send)."""
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Letter:
    """What one reader gets."""

    reader: Reader
    claims: dict[Claim, Article] = field(default_factory=dict)
    post: Post | None = None

    @property
    def article(self) -> str:
        """The key of the first article in it."""
        return next(iter(self.claims.values())).key

    @property
    def number(self) -> int | None:
        """By what the platform knows a repeat, if it does."""
        return self.post.params.get(KNOWN_BY) if self.post is not None else None


class Mailing:
    """Sends parcels. Each message once; how each ended is in the ledger."""

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        subscriptions: Subscriptions,
        delivery: Delivery,
        compose: Compose,
        clock: Clock,
        hold: Hold | None = None,
        calls: Calls | None = None,
    ) -> None:
        self._campaigns = campaigns
        self._subscriptions = subscriptions
        self._delivery = delivery
        self._compose = compose
        self._clock = clock
        self._hold = hold
        self._calls = calls

    async def send(self, parcel: Parcel) -> None:
        """Send it. Raises StoreError."""
        places = [place for place in await self._campaigns.places(parcel.readers) if place is not None]
        readers = await _all(self._subscriptions.reader(place) for place in places)
        letters = await _all(self._letter(reader, parcel.articles) for reader in readers if reader is not None)
        written = [letter for letter in letters if letter.claims]
        if not written:
            return
        passed(Moment.CLAIMED)
        for letter in written:
            await self._write(letter, parcel.block)
        await self._as_before(written)
        for alike in _alike(written):
            await self._send_alike(alike)

    async def _letter(self, reader: Reader, articles: Sequence[Article]) -> Letter:
        """Claim what a reader is to get; what they don't want any more is decided."""
        letter = Letter(reader)
        for article in articles:
            slot = Slot(article.key, reader.place)
            claim = await self._delivery.claim(slot)
            if claim is None:
                continue
            why_not = await self._why_not(reader, article)
            if why_not is None:
                letter.claims[claim] = article
            else:
                skipped = Outcome(Attempt(slot, self._clock.now(), SlotState.SKIPPED, why_not))
                await self._delivery.settled(claim, skipped, began=self._clock.now(), wording=None)
        return letter

    async def _why_not(self, reader: Reader, article: Article) -> str | None:
        """Why a reader does not get an article at once; None: they do."""
        matching = reader.wanting(facets(article)) if reader.active else ()
        if not matching:
            return UNWANTED
        if self._hold is not None:
            return LATER if await self._hold(article, reader) else None
        return None if any(one.delivery is When.NOW for one in matching) else UNWANTED

    async def _write(self, letter: Letter, block: int) -> None:
        """Compose the message; what does not fit waits for the next one."""
        articles = tuple(letter.claims.values())
        letter.post, held = self._compose(articles, letter.reader, f"{articles[0].key}/{block}")
        for claim in list(letter.claims)[held:]:
            now = self._clock.now()
            later = Attempt(claim.slot, now, SlotState.DEFERRED, FULL, until=now + SOON)
            await self._delivery.settled(claim, Outcome(later), began=now, wording=None)
            del letter.claims[claim]

    async def _as_before(self, letters: Sequence[Letter]) -> None:
        """What may have arrived is repeated under the number it went out with, whatever it is made from now: then it is
        surely known as a repeat, even if the reader has changed the language meanwhile."""
        numbered = [letter for letter in letters if letter.number is not None]
        if self._calls is None or not numbered:
            return
        opened = {article: await self._calls.open(article) for article in {letter.article for letter in numbered}}
        for letter in numbered:
            before = opened[letter.article].get(letter.reader.place)
            if before is not None and letter.post is not None:
                letter.post = replace(letter.post, params={**letter.post.params, KNOWN_BY: before})

    async def _called(self, letters: Sequence[Letter], post: Post) -> list[Outcome]:
        """The call, remembered from before it until it is written down how it ended."""
        slots = [next(iter(letter.claims)).slot for letter in letters]
        article, number = letters[0].article, letters[0].number
        if self._calls is None or number is None:
            return await self._delivery.publish(slots, post, public=False)
        await self._calls.begin(article, number, [letter.reader.place for letter in letters])
        return await self._delivery.publish(slots, post, public=False)

    async def _send_alike(self, letters: Sequence[Letter]) -> None:
        began = self._clock.now()
        outcomes = await self._called(letters, shared([letter.post for letter in letters if letter.post is not None]))
        settling = [
            self._delivery.settled(claim, outcome, began=began, wording=wording(article), together=_keys(letter))
            for letter, outcome in zip(letters, outcomes, strict=True)
            for claim, article in letter.claims.items()
        ]
        await _all(settling)
        await self._known(letters, outcomes)
        for letter, outcome in zip(letters, outcomes, strict=True):
            if outcome.gone:
                await self._switch_off(letter.reader, outcome)

    async def _known(self, letters: Sequence[Letter], outcomes: Sequence[Outcome]) -> None:
        """Of a message put off nobody knows that it never arrived: an earlier try may have."""
        if self._calls is None or letters[0].number is None:
            return
        ended = [
            letter.reader.place
            for letter, outcome in zip(letters, outcomes, strict=True)
            if outcome.attempt.state not in {SlotState.UNCONFIRMED, SlotState.DEFERRED}
        ]
        await self._calls.end(letters[0].article, ended)

    async def _switch_off(self, reader: Reader, outcome: Outcome) -> None:
        """A reader out of reach keeps their subscriptions, and gets nothing until they come back."""
        await self._subscriptions.save(replace(reader, active=False))
        log.info("reader_gone", platform=reader.place.platform, reason=outcome.attempt.reason)


def _keys(letter: Letter) -> tuple[str, ...]:
    """The articles of a message, where there are several."""
    keys = tuple(article.key for article in letter.claims.values())
    return keys if len(keys) > 1 else ()


def _alike(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Those who can get the same call."""
    groups: list[list[Letter]] = []
    for letter in letters:
        for group in groups:
            if letter.post is not None and group[0].post is not None and is_alike(letter.post, group[0].post):
                group.append(letter)
                break
        else:
            groups.append([letter])
    return groups


async def _all(works: Iterable[Awaitable[_Answer]]) -> list[_Answer]:
    """Done at the same time, so that what they write goes to the store together."""
    return list(await asyncio.gather(*works))
