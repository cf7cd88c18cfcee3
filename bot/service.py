"""The running bot: what is set going at start, and what stopping means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.alerting import Bell, places_of_admins, waiting_for
from bot.amending import Amending
from bot.assembly import channels_of, directory_of, lineups_of, readings_of, routes_of, same_story_for
from bot.config import Settings
from bot.conversing import conversation, drafts
from bot.counting import Counting
from bot.doors import Doors
from bot.duties import Role
from bot.errors import StoreError
from bot.lanes import in_lanes
from bot.listening import hear_update, led_inboxes, listen
from bot.pacing import Lane
from bot.ports import Clock, Newsstand
from bot.posting import channel_composer, queue_desk, round_ups_of
from bot.previewing import Previews, previews_of
from bot.problems import Problems
from bot.reconciling import Reconciling, reconciling, storyteller
from bot.serving import Serving
from bot.source.merge import merge
from bot.store import Store
from bot.upkeep import Upkeep
from handlers.conversation import Conversation
from handlers.texts import Texts
from scheduler.alerts import Alerts
from scheduler.breaker import Breakers
from scheduler.collect import Collector, Routes
from scheduler.deliver import Delivery
from scheduler.desk import NewsDesk
from scheduler.evidence import Patience
from scheduler.fanout import FanOut
from scheduler.follow_ups import FollowUps
from scheduler.jobs import Jobs
from scheduler.leader import Halt, Leadership, led
from scheduler.outages import Outages
from scheduler.pinning import Pinning
from scheduler.publish import Publication
from scheduler.rounds import Rounds
from scheduler.selection import Channel

log = structlog.get_logger(__name__)


class App:
    """The running bot. `start` sets it going; `stop` ends new work, and closing waits for what is in flight."""

    def __init__(
        self,
        settings: Settings,
        *,
        newsstand: Newsstand,
        store: Store,
        doors: Doors,
        tasks: asyncio.TaskGroup,
        clock: Clock,
        lease: timedelta,
        leadership: Leadership,
        problems: Problems,
        patience: Patience | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.doors = doors
        self.problems = problems
        self.stopping = asyncio.Event()
        self.leadership = leadership
        self._halt = Halt(self.stopping, leadership)
        led_publishers = led(doors.publishers, leadership)
        self.lanes = in_lanes(settings, store, led_publishers, clock, stopping=self._halt, lease=lease)
        self.breakers = Breakers(clock, problems)
        self._keepers: list[asyncio.Task[None]] = []
        self._tasks = tasks
        self._clock = clock
        self._lease = lease
        self._jobs = Jobs(tasks, clock, may_run=lambda: leadership.leading)
        self._listeners: list[asyncio.Task[None]] = []
        polling = doors.telegram if settings.telegram.mode == "polling" else None
        self._inboxes = led_inboxes(polling, doors.vk, store.marks, store.traces, leadership.confirm)
        self._upkeep = Upkeep(
            settings, doors.telegram, doors.vk, store=store, jobs=self._jobs, clock=clock, problems=problems
        )
        self.texts = Texts(settings.language)
        self._serving = self._for_readers()
        bell = Bell(places_of_admins(settings), doors.publishers, store.subscriptions, self.texts, clock)
        self.alerts = Alerts(store.alerts, problems, bell.ring, clock=clock, in_office=lambda: leadership.in_office)
        self.channels = channels_of(settings)
        self.counting = self._counting()
        self.publications: list[Publication] = []
        self._lineups = lineups_of(store)
        self.reconciling = self._reconciling(patience or Patience())
        self.publications += [self._publication(channel) for channel in self.channels]
        self._queue = queue_desk(settings, store, self.publications, self._jobs)
        self.amending = Amending(settings, store, self.lanes, self._jobs, clock, stopping=self._halt, lease=lease)
        self.directory = directory_of(settings, store, newsstand)
        self.desk = self._desk()
        self.conversation = self._conversation(previews_of(settings, store, newsstand, doors), newsstand)

    def start(self, newsstand: Newsstand, role: Role) -> None:
        """Work as soon as no other copy of the bot does, and for as long."""
        rounds = self._rounds(newsstand, role) if role in {"all", "scheduler", "worker"} else None
        keeping = self.leadership.keep(lambda: self._begin(rounds, role), self._end)
        self._keepers = [
            self._tasks.create_task(keeping, name="leadership"),
            self._tasks.create_task(self.alerts.run(), name="alerts"),
        ]

    def _begin(self, rounds: Rounds | None, role: Role) -> None:
        """Set timers and start to listen."""
        if self.stopping.is_set():
            return
        self._jobs.start()
        self._upkeep.start()
        if rounds is not None:
            rounds.start()
        if role in {"all", "worker"}:
            self._serving.start()
        if role in {"all", "scheduler"}:
            self.counting.start()
            watched = (self.channels, self._lineups, self.problems, self._jobs, self._clock)
            self._jobs.now("waiting", waiting_for(self.settings, self.store, *watched).run)
        if role in {"all", "bot"}:
            self._listeners += [
                self._tasks.create_task(listen(inbox, self.conversation, self._tasks, self.problems), name=inbox.name)
                for inbox in self._inboxes
            ]

    def _end(self) -> None:
        """Set no timer off and hear nobody; what is under way goes on."""
        self._jobs.stop()
        for listener in self._listeners:
            listener.cancel()
        self._listeners.clear()

    def stop(self) -> None:
        """Take no new work: timers and listeners end, sends in flight go on."""
        if not self.stopping.is_set():
            log.info("stopping")
        self.stopping.set()
        for keeper in self._keepers:
            keeper.cancel()
        self._end()

    async def health(self) -> Mapping[str, Any]:
        """For whoever watches: `ok` while the state is at hand; problems are named, not counted as illness. `leads` is
        False in a copy that waits for the one in `leader` to end, which is no illness either."""
        lead = {"leads": self.leadership.leading, "leader": self.leadership.rival}
        try:
            await self.store.ping()
        except StoreError as error:
            return {"ok": False, "store": str(error), **lead, "problems": self.problems.all()}
        return {"ok": not self.stopping.is_set(), "store": "ok", **lead, "problems": self.problems.all()}

    async def hear_webhook(self, update: Mapping[str, Any]) -> None:
        """One update that Telegram delivered. Raises StoreError, also when another copy of the bot is to hear it."""
        await self.leadership.confirm()
        await hear_update(update, self.conversation)

    def _desk(self) -> NewsDesk:
        return NewsDesk(
            publications=self.publications,
            directory=self.directory,
            queues=self.store.queues,
            overdue=self.store.overdue,
            states=self.store.sources,
            subscriptions=self.store.subscriptions,
            problems=self.problems,
            started_at=self._clock.now(),
            retractions=self.amending.retractions,
            lineups=self._lineups,
            origins=self.store.traces,
            breakers=self.breakers.open,
        )

    def _reconciling(self, patience: Patience) -> Reconciling:
        return reconciling(
            self.settings,
            self.store,
            channels=self.channels,
            telegram=self.doors.telegram,
            publishers=self.lanes[Lane.PUBLIC],
            jobs=self._jobs,
            publications=self.publications,
            problems=self.problems,
            clock=self._clock,
            patience=patience,
        )

    def _for_readers(self) -> Serving:
        readers, moved = self.lanes[Lane.READERS], self._upkeep.moved
        common = (self.texts, self._jobs, self._clock)
        return Serving(
            self.settings, self.store, readers, *common, breakers=self.breakers, moved=moved, stopping=self._halt
        )

    def _counting(self) -> Counting:
        replies, vk, common = self.lanes[Lane.REPLY], self.doors.vk, (self.texts, self._jobs, self._clock)
        return Counting(self.settings, self.store, self.channels, *common, publishers=replies, clicks=vk)

    def _conversation(self, previews: Previews, newsstand: Newsstand) -> Conversation:
        return conversation(
            self.settings,
            self.store,
            self.doors,
            desk=self.desk,
            stories=storyteller(self.store, self.channels),
            confirming=self.reconciling.decisions,
            publishers=self.lanes[Lane.REPLY],
            texts=self.texts,
            clock=self._clock,
            sourcing=self.directory,
            upkeep=self._upkeep,
            editing=self._queue,
            previews=previews,
            newsstand=newsstand,
            counting=self.counting,
        )

    def _publication(self, channel: Channel) -> Publication:
        return Publication(
            channel,
            queues=self.store.queues,
            ledger=self.store.ledger,
            overdue=self.store.overdue,
            delivery=self._delivery(Lane.PUBLIC),
            compose=channel_composer(self.settings),
            jobs=self._jobs,
            problems=self.problems,
            clock=self._clock,
            stopping=self._halt,
            held_until=self.reconciling.reconciler.held_until,
            origins=self.store.traces,
            lineups=self._lineups,
            round_ups=round_ups_of(self.settings, self.store),
            follow_ups=FollowUps(self.store.articles, self.store.traces, self.store.ledger),
            pin=Pinning(self.lanes[Lane.PUBLIC], self.problems).pin,
        )

    def _delivery(self, lane: Lane) -> Delivery:
        return Delivery(
            self.store.ledger,
            self.lanes[lane],
            self._clock,
            lease=self._lease,
            breakers=self.breakers,
            moved=self._upkeep.moved,
            traces=self.store.traces,
        )

    def _rounds(self, newsstand: Newsstand, role: Role) -> Rounds:
        with_readers = self.settings.subscriptions.enabled and bool(self.doors.publishers)
        routes = routes_of(self.channels, with_readers=with_readers)
        collector = Collector(
            newsstand=newsstand,
            articles=self.store.articles,
            ledger=self.store.ledger,
            readings=readings_of(self.store, self.problems, self._clock),
            routes=routes,
            clock=self._clock,
            stopping=self._halt,
            merge=merge,
            watching=self.amending.noticing(newsstand),
            same_story=same_story_for(self.settings, self.store.articles, self._clock),
        )
        publishes, store, replies = role in {"all", "scheduler"}, self.store, self.lanes[Lane.REPLY]
        return Rounds(
            directory=self.directory if publishes else None,
            collector=collector,
            publications=self.publications if publishes else (),
            fanout=self._fanout(routes) if with_readers and role in {"all", "worker"} else None,
            corrections=self.amending.corrections if publishes else None,
            doubts=self.reconciling.run if publishes else None,
            outages=Outages(self.store.marks, self._jobs, self._clock),
            drafts=drafts(self.settings, store, self._queue, replies, self.texts, self._jobs, self._clock),
            overdue=self.store.overdue,
            jobs=self._jobs,
            clock=self._clock,
        )

    def _fanout(self, routes: Routes) -> FanOut:
        readers, doubts = self.counting.subscriptions, self.reconciling.private.run
        return self._serving.fanout(self._delivery(Lane.READERS), readers, public=routes.places, doubts=doubts)
