"""The admins' side of alerts: who they are, in which language, and how a message reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.assembly import admins_of
from bot.config import Settings
from bot.errors import DeliveryError, OutcomeUnknown, StoreError, TryLater
from bot.model import Place, Platform, Post
from bot.ports import Clock, Publisher, Subscriptions
from bot.problems import Problems
from bot.render import reply_for
from bot.store import Store
from bot.talk import Heard
from handlers.alarms import alarm
from handlers.texts import Texts
from scheduler.alerts import STORE_PATIENCE, News
from scheduler.jobs import Jobs
from scheduler.lineup import Lineups
from scheduler.selection import Channel
from scheduler.waiting import Waiting

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(seconds=60)
"""How long one admin's message is held back when the platform asks for it; then the others' have to do."""


def places_of_admins(settings: Settings) -> tuple[Place, ...]:
    """Each admin's private chat on the platforms that are on, and the log chat."""
    on = {Platform.TELEGRAM: settings.has_telegram, Platform.VK: settings.has_vk}
    places = [Place(platform, one) for platform, ids in admins_of(settings).items() if on[platform] for one in ids]
    if settings.has_telegram and settings.telegram.log_chat is not None:
        places.append(Place(Platform.TELEGRAM, str(settings.telegram.log_chat)))
    return tuple(sorted(places, key=str))


def waiting_for(
    settings: Settings,
    store: Store,
    channels: Sequence[Channel],
    lineups: Lineups,
    problems: Problems,
    jobs: Jobs,
    clock: Clock,
) -> Waiting:
    """What tells of queues that are too old."""
    longest = settings.desk.oldest_waiting
    return Waiting(
        channels,
        lineups=lineups,
        origins=store.traces,
        longest=longest,
        problems=problems,
        jobs=jobs,
        clock=clock,
    )


class Bell:
    """Tells the admins. It asks no lease and no ledger, so that it rings when the store is away too."""

    def __init__(
        self,
        places: Iterable[Place],
        publishers: Mapping[Platform, Publisher],
        subscriptions: Subscriptions,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._places = tuple(places)
        self._publishers = publishers
        self._subscriptions = subscriptions
        self._texts = texts
        self._clock = clock

    async def ring(self, news: News) -> bool:
        """Whether anybody heard; True where there is nobody to tell."""
        heard = await asyncio.gather(*(self._tell(place, news) for place in self._places))
        return any(heard) or not heard

    async def _tell(self, place: Place, news: News) -> bool:
        reply = alarm(news.began, news.over, self._texts(await self._language(place)))
        event = f"alert {self._clock.now().timestamp()}"
        for post in reply_for(reply, Heard(place, place.chat, "", event)):
            try:
                await self._publish(post)
            except OutcomeUnknown:
                return True  # twice is worse than once too few: the next problem will be told too
            except DeliveryError as error:
                log.warning("admin_not_reached", platform=str(place.platform), reason=str(error))
                return False
        return True

    async def _publish(self, post: Post) -> None:
        publisher = self._publishers[post.platform]
        try:
            await publisher.publish(post)
        except TryLater as error:
            if error.after > LONGEST_WAIT:
                raise
            await asyncio.sleep(error.after.total_seconds())
            await publisher.publish(post)

    async def _language(self, place: Place) -> str | None:
        try:
            async with asyncio.timeout(STORE_PATIENCE.total_seconds()):
                reader = await self._subscriptions.reader(place)
        except (StoreError, TimeoutError):
            return None
        return reader.language if reader else None
