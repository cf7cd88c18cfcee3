"""The running bot: what is set going at start, and what stopping means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import structlog

from bot.assembly import admins_of, channels_of, places_of, sources_of, styles_of
from bot.channels.telegram import Telegram
from bot.channels.vk import Vk
from bot.config import Settings
from bot.errors import DeliveryError, StoreError
from bot.listening import Inbox, TelegramInbox, VkInbox, hear_update, listen
from bot.model import Article, Platform, Post, Reader
from bot.ports import Clock, Newsstand, Publisher
from bot.problems import Problems
from bot.render import Style, message_for, post_for
from bot.source.merge import merge
from bot.store import Store
from handlers.conversation import Conversation
from handlers.greeting import command_list
from handlers.newsletter import accompany
from handlers.telegram import ALLOWED_UPDATES
from handlers.texts import LANGUAGES, Texts
from scheduler.collect import Collector, Routes
from scheduler.deliver import Delivery
from scheduler.desk import NewsDesk
from scheduler.fanout import AGAIN, FRESH, FanOut
from scheduler.jobs import Jobs
from scheduler.publish import Publication
from scheduler.rounds import Rounds
from scheduler.selection import Channel

log = structlog.get_logger(__name__)

Role = Literal["all", "bot", "scheduler", "worker"]
CHECK_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Doors:
    """The platforms that are switched on."""

    telegram: Telegram | None
    vk: Vk | None

    @property
    def publishers(self) -> Mapping[Platform, Publisher]:
        """By platform."""
        doors: dict[Platform, Publisher | None] = {Platform.TELEGRAM: self.telegram, Platform.VK: self.vk}
        return {platform: door for platform, door in doors.items() if door is not None}


class App:
    """The running bot. `start` sets it going; `stop` ends new work, and closing waits for what is in flight."""

    def __init__(
        self, settings: Settings, *, store: Store, doors: Doors, tasks: asyncio.TaskGroup, clock: Clock
    ) -> None:
        self.settings = settings
        self.store = store
        self.doors = doors
        self.problems = Problems()
        self.stopping = asyncio.Event()
        self._tasks = tasks
        self._clock = clock
        self._jobs = Jobs(tasks, clock)
        self._listeners: list[asyncio.Task[None]] = []
        self._usernames: dict[Platform, str] = {}
        self.texts = Texts(settings.language)
        self.channels = channels_of(settings)
        self.publications = [self._publication(channel) for channel in self.channels]
        self.desk = NewsDesk(
            publications=self.publications,
            sources=sources_of(settings),
            queues=store.queues,
            overdue=store.overdue,
            states=store.sources,
            subscriptions=store.subscriptions,
            problems=self.problems,
            started_at=clock.now(),
        )
        self.conversation = Conversation(
            subscriptions=store.subscriptions,
            articles=store.articles,
            labels=store.labels,
            marks=store.marks,
            desk=self.desk,
            publishers=doors.publishers,
            texts=self.texts,
            admins=admins_of(settings),
            clock=clock,
            timezone=ZoneInfo(settings.timezone),
            usernames=self._usernames,
            subscribing=settings.subscriptions.enabled,
        )

    def start(self, newsstand: Newsstand, role: Role) -> None:
        """Set timers and start to listen."""
        self._jobs.start()
        self._jobs.now("check", self._check)
        if role in {"all", "scheduler", "worker"}:
            self._rounds(newsstand, role).start()
        if role in {"all", "bot"}:
            self._listeners += [
                self._tasks.create_task(listen(inbox, self.conversation, self._tasks, self.problems), name=inbox.name)
                for inbox in self._inboxes()
            ]

    def stop(self) -> None:
        """Take no new work: timers and listeners end, sends in flight go on."""
        if not self.stopping.is_set():
            log.info("stopping")
        self.stopping.set()
        self._jobs.stop()
        for listener in self._listeners:
            listener.cancel()

    async def health(self) -> Mapping[str, Any]:
        """For whoever watches: `ok` while the state is at hand; problems are named, not counted as illness."""
        try:
            await self.store.ping()
        except StoreError as error:
            return {"ok": False, "store": str(error), "problems": self.problems.all()}
        return {"ok": not self.stopping.is_set(), "store": "ok", "problems": self.problems.all()}

    async def hear_webhook(self, update: Mapping[str, Any]) -> None:
        """One update that Telegram delivered. Raises StoreError."""
        await hear_update(update, self.conversation)

    def _publication(self, channel: Channel) -> Publication:
        styles = styles_of(self.settings)
        return Publication(
            channel,
            queues=self.store.queues,
            ledger=self.store.ledger,
            overdue=self.store.overdue,
            delivery=self._delivery(),
            compose=lambda article, to: post_for(article, to.place, styles[to.name]),
            jobs=self._jobs,
            problems=self.problems,
            clock=self._clock,
            stopping=self.stopping,
        )

    def _delivery(self) -> Delivery:
        return Delivery(self.store.ledger, self.doors.publishers, self._clock)

    def _rounds(self, newsstand: Newsstand, role: Role) -> Rounds:
        with_readers = self.settings.subscriptions.enabled and bool(self.doors.publishers)
        routes = Routes(
            channels=tuple(channel.name for channel in self.channels),
            places=tuple(channel.place for channel in self.channels),
            readers=(FRESH, AGAIN) if with_readers else (),
        )
        collector = Collector(
            newsstand=newsstand,
            articles=self.store.articles,
            ledger=self.store.ledger,
            states=self.store.sources,
            routes=routes,
            problems=self.problems,
            clock=self._clock,
            stopping=self.stopping,
            merge=merge,
        )
        publishes = role in {"all", "scheduler"}
        return Rounds(
            sources=sources_of(self.settings) if publishes else (),
            collector=collector,
            publications=self.publications if publishes else (),
            fanout=self._fanout(routes) if with_readers and role in {"all", "worker"} else None,
            overdue=self.store.overdue,
            jobs=self._jobs,
            clock=self._clock,
        )

    def _fanout(self, routes: Routes) -> FanOut:
        return FanOut(
            queues=self.store.queues,
            ledger=self.store.ledger,
            subscriptions=self.store.subscriptions,
            delivery=self._delivery(),
            compose=self._compose_for_reader,
            platforms=self.doors.publishers,
            public=routes.places,
            jobs=self._jobs,
            clock=self._clock,
            stopping=self.stopping,
        )

    def _compose_for_reader(self, article: Article, reader: Reader) -> Post:
        because, buttons = accompany(article, reader, self.texts(reader.language))
        style = Style(language="ru" if reader.language == "ru" else "en")
        return message_for(article, reader.place, style, buttons=buttons, because=because)

    def _inboxes(self) -> Sequence[Inbox]:
        inboxes: list[Inbox] = []
        if self.doors.telegram is not None and self.settings.telegram.mode == "polling":
            inboxes.append(TelegramInbox(self.doors.telegram))
        if self.doors.vk is not None:
            inboxes.append(VkInbox(self.doors.vk, self.store.marks))
        return inboxes

    async def _check(self) -> None:
        """Look whether tokens, rights and addresses are in order, and again every now and then."""
        self._jobs.at("check", self._clock.now() + CHECK_EVERY, self._check)
        if self.doors.telegram is not None:
            await self._check_telegram(self.doors.telegram)
        if self.doors.vk is not None:
            self._note("vk", await self.doors.vk.check())

    async def _check_telegram(self, telegram: Telegram) -> None:
        self._note("telegram", await telegram.check(places_of(self.settings, Platform.TELEGRAM)))
        try:
            self._usernames[Platform.TELEGRAM] = await telegram.me()
            await telegram.publish(self._way_of_listening())
            for language in (None, *LANGUAGES):
                commands = command_list(language or self.settings.language, admin=False)
                await telegram.set_commands(dict(commands), language=language)
        except DeliveryError as error:
            log.warning("telegram_not_set_up", error=str(error))

    def _way_of_listening(self) -> Post:
        """Telegram delivers to a webhook or lets us poll, never both; what was set before is undone."""
        settings = self.settings.telegram
        if settings.mode == "polling" or settings.webhook_secret is None:
            return Post(Platform.TELEGRAM, "deleteWebhook", {})
        params = {
            "url": settings.webhook_url,
            "secret_token": settings.webhook_secret.get_secret_value(),
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        return Post(Platform.TELEGRAM, "setWebhook", params)

    def _note(self, platform: str, problems: Sequence[str]) -> None:
        if problems:
            self.problems.report(platform, " ".join(problems))
        else:
            self.problems.clear(platform)
