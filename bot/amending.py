"""Corrections in the words of each place, and what the admins are told when one can't be made there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.assembly import admins_of, channels_of, styles_of
from bot.config import Settings
from bot.editions import Edition
from bot.errors import DeliveryError, OutcomeUnknown, TryLater
from bot.lanes import Lanes
from bot.model import Article, Attempt, Place, Platform, Post, Receipt
from bot.pacing import Lane
from bot.ports import Clock, Newsstand, Publisher
from bot.readers import Reader
from bot.render import Style, correction_for, message_correction_for, reply_for, roundup_correction_for
from bot.source.merge import merge
from bot.store import Store
from bot.talk import Heard
from handlers.correcting import could_not
from handlers.newsletter import accompany
from handlers.texts import Texts
from scheduler.corrections import Corrections
from scheduler.jobs import Jobs
from scheduler.noticing import Noticing
from scheduler.retracting import CallingOff, Retractions

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=5)
"""How long a message to an admin is held back when a platform asks for that; else it is tried with the next edit."""


class Amending:
    """All that has to do with editions: noticing them, bringing them to their places, and taking articles back."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        lanes: Lanes,
        jobs: Jobs,
        clock: Clock,
        *,
        stopping: asyncio.Event,
        lease: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._stopping = stopping
        channels = channels_of(settings)
        words = Words(settings, store, texts=Texts(settings.language), publishers=lanes[Lane.REPLY])
        self._calling_off = CallingOff(store.ledger, store.queues, store.campaigns, channels, clock)
        self.corrections = Corrections(
            editions=store.editions,
            amendments=store.amendments,
            ledger=store.ledger,
            subscriptions=store.subscriptions,
            publishers=lanes[Lane.PUBLIC],
            to_readers=lanes[Lane.READERS],
            public=[channel.place for channel in channels],
            compose=words.compose,
            tell=words.tell,
            call_off=self._calling_off,
            language=settings.language,
            readers_within=settings.subscriptions.correct_within,
            jobs=jobs,
            clock=clock,
            stopping=stopping,
            lease=lease,
            regroup=words.regroup,
        )
        self.retractions = Retractions(
            articles=store.articles,
            editions=store.editions,
            amendments=store.amendments,
            ledger=store.ledger,
            queues=store.queues,
            corrections=self.corrections,
            calling_off=self._calling_off,
            clock=clock,
        )

    def noticing(self, newsstand: Newsstand) -> Noticing:
        """What looks after known articles in the feeds."""
        return Noticing(
            newsstand=newsstand,
            editions=self._store.editions,
            ledger=self._store.ledger,
            queues=self._store.queues,
            waiting_in=self._calling_off.names,
            merge=merge,
            clock=self._clock,
            stopping=self._stopping,
        )


class Words:
    """What a correction says at a place, and to whom else."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        texts: Texts,
        publishers: Mapping[Platform, Publisher],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        styles = styles_of(settings)
        channels = channels_of(settings, every=True)
        self._styles = {channel.place: styles[channel.name] for channel in channels}
        self._names = {channel.place: channel.name for channel in channels}
        self._language = settings.language
        self._zone = ZoneInfo(settings.timezone)
        self._admins = admins_of(settings)
        self._texts = texts
        self._subscriptions = store.subscriptions
        self._companions = store.companions
        self._editions = store.editions
        self._publishers = publishers
        self._sleep = sleep

    def compose(
        self,
        article: Article,
        place: Place,
        reader: Reader | None,
        receipt: Receipt,
        at: datetime,
        together: Sequence[Article] = (),
    ) -> Post:
        """The edit of a public post, or of a reader's message, marked with the newsroom's time. `together`: all
        articles that the message holds."""
        local = at.astimezone(self._zone)
        if reader is None:
            style = self._styles.get(place, Style(language=self._language))
            return correction_for(article, place, style, receipt, local)
        because, buttons = accompany(together or (article,), reader, self._texts(reader.language))
        style = Style(language="ru" if reader.language == "ru" else "en")
        return message_correction_for(
            article, place, style, receipt, local, together=together, buttons=buttons, because=because
        )

    async def regroup(self, edition: Edition, sent: Attempt) -> Post | None:
        """The edit of the round-up an article stands in, without what was taken back. Raises StoreError."""
        place = sent.slot.place
        together = await self._companions.together(place, sent.slot.article)
        found = [await self._editions.edition(article) for article in together]
        left = [one.article for one in found if one is not None and one.retracted is None]
        if not left:
            return None
        at = (edition.changed_at or sent.at).astimezone(self._zone)
        style = self._styles.get(place, Style(language=self._language))
        return roundup_correction_for(left, place, style, sent.receipt or Receipt("", sent.at), at)

    async def tell(self, edition: Edition, place: Place, url: str | None, why: str) -> bool:
        """Tell every admin of a post that could not be changed. False: it reached nobody. Raises StoreError."""
        reached = [await self._told(admin, edition, place, url, why) for admin in self._people()]
        if not any(reached):
            log.error("admins_not_told", edition=edition.name, place=str(place), url=url, why=why)
        return any(reached) or not reached

    def _people(self) -> Iterator[Place]:
        for platform, people in self._admins.items():
            if platform in self._publishers:
                yield from (Place(platform, person) for person in sorted(people))

    async def _told(self, admin: Place, edition: Edition, place: Place, url: str | None, why: str) -> bool:
        reader = await self._subscriptions.reader(admin)
        say = self._texts(reader.language if reader else None)
        reply = could_not(edition, self._names.get(place, place.chat), url, why, say)
        heard = Heard(admin, admin.chat, "", f"amended {edition.name}@{place}")
        try:
            for post in reply_for(reply, heard):
                await self._published(post)
        except OutcomeUnknown:
            return True
        except DeliveryError as error:
            log.warning("admin_not_told", platform=str(admin.platform), reason=type(error).__name__)
            return False
        return True

    async def _published(self, post: Post) -> None:
        publisher = self._publishers[post.platform]
        try:
            await publisher.publish(post)
        except TryLater as error:
            if error.after > PATIENCE:
                raise
            await self._sleep(error.after.total_seconds())
            await publisher.publish(post)
