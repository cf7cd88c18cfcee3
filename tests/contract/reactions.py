"""A channel and a reader over a sandbox's Telegram and VK, to see what one error does from the wire to the admin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.alerting import Bell
from bot.channels.deadlines import Deadlines
from bot.channels.telegram import Telegram, open_telegram
from bot.channels.telegram_pictures import no_pictures
from bot.channels.vk import Vk, open_vk
from bot.model import Article, Attempt, Image, Place, Platform, Slot
from bot.ports import Pictures
from bot.problems import Problems
from bot.render import Style, message_for, post_for
from bot.sandbox.faults import Fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from bot.sandbox.world import EDITOR_ID, GROUP_ID
from bot.store import Store
from handlers.texts import Texts
from scheduler.alerts import Alerts
from scheduler.breaker import Breakers
from scheduler.deliver import Delivery
from scheduler.fanout import FRESH, FanOut
from scheduler.mailing import Mailing
from scheduler.moving import Moving
from scheduler.publish import Publication
from tests.fakes import FixedClock
from tests.newsdesk import SteppedJobs, a_channel
from tests.readers import a_reader

LIMITS = Deadlines(connect=1.0, total=5.0, grace=1.0, pause=0.01)
PLACES = {Platform.TELEGRAM: Place(Platform.TELEGRAM, "@digest"), Platform.VK: Place(Platform.VK, f"-{GROUP_ID}")}
NAMES = {Platform.TELEGRAM: "telegram:-1001000000001", Platform.VK: f"vk:-{GROUP_ID}"}
ADMIN = f"telegram:{EDITOR_ID}"


def story(number: int) -> Article:
    """Article 1 is older than article 2; each with a picture and a newspaper to thank."""
    url = f"https://gardens.example/{number}"
    return Article(
        id=url,
        url=url,
        headline=f"Headline {number}",
        lead="Roses bloom again.",
        image=Image("https://gardens.example/rose.jpg"),
        original_url="https://paper.example/rose",
        tags=("Gardens",),
    )


@dataclass
class Wire:
    """One platform under test, from the channel's queue to the sandbox and to the admin's chat."""

    platform: Platform
    store: Store
    sandbox: Sandbox
    doors: dict[Platform, Telegram | Vk]
    image: str = "preview"
    clock: FixedClock = field(default_factory=FixedClock)
    problems: Problems = field(default_factory=Problems)

    def __post_init__(self) -> None:
        self.jobs = SteppedJobs(self.clock)
        self.place = PLACES[self.platform]
        self.breakers = Breakers(self.clock, self.problems)
        self.moving = Moving(self.store.moves, self.problems, public=[self.place])
        admin = [Place(Platform.TELEGRAM, str(EDITOR_ID))]
        bell = Bell(admin, self.doors, self.store.subscriptions, Texts("en"), self.clock)
        self.alerts = Alerts(self.store.alerts, self.problems, bell.ring, clock=self.clock, in_office=lambda: True)
        self.delivery = Delivery(
            self.store.ledger, self.doors, self.clock, breakers=self.breakers, moved=self.moving.moved
        )

    def publication(self) -> Publication:
        style = Style(language="en", image=self.image)  # type: ignore[arg-type]  # a test's own word
        return Publication(
            replace(a_channel(), place=self.place),
            queues=self.store.queues,
            ledger=self.store.ledger,
            overdue=self.store.overdue,
            delivery=self.delivery,
            compose=lambda article, to, _wish: post_for(article, to.place, style),
            jobs=self.jobs,
            problems=self.problems,
            clock=self.clock,
            stopping=asyncio.Event(),
        )

    def fanout(self) -> FanOut:
        return FanOut(
            queues=self.store.queues,
            ledger=self.store.ledger,
            campaigns=self.store.campaigns,
            mailing=Mailing(
                campaigns=self.store.campaigns,
                subscriptions=self.store.subscriptions,
                delivery=self.delivery,
                compose=lambda articles, reader, among: (
                    message_for(articles[0], reader.place, Style(language="en"), among=among),
                    1,
                ),
                clock=self.clock,
            ),
            platforms=list(self.doors),
            public=[self.place],
            jobs=self.jobs,
            clock=self.clock,
            stopping=asyncio.Event(),
        )

    async def queued(self, *numbers: int, queue: str = "main") -> None:
        for number in numbers:
            await self.store.articles.add(story(number), source="digest", at=self.clock.now(), queues=[queue])

    async def published(self, fault: Fault, method: str, times: int = 1) -> None:
        """Two articles, of which the first meets the fault; the admin is told what there is to tell."""
        await self.queued(1, 2)
        self.sandbox.faults.add(self.platform.value, method, fault, times)
        await self.publication().news()
        self.sandbox.faults.clear()
        await self.alerts.tell()

    async def served(self, place: Place, fault: Fault, method: str, times: int = 1) -> None:
        """A reader, and one article that meets the fault on its way to them."""
        await self.store.subscriptions.save(a_reader(place, "en", "Gardens"))
        await self.queued(1, queue=FRESH)
        self.sandbox.faults.add(self.platform.value, method, fault, times)
        await self.fanout().run()
        self.sandbox.faults.clear()
        await self.alerts.tell()

    @property
    def chat(self) -> Chat:
        return self.sandbox.world.chat(NAMES[self.platform])

    def posted(self, chat: Chat | None = None) -> list[int]:
        """The numbers of the articles that stand in the channel, in order."""
        texts = [message.text for message in (chat or self.chat).messages.values() if message.sender == "bot"]
        return [number for text in texts for number in range(1, 10) if f"Headline {number}" in text]

    def told(self) -> list[str]:
        """What the admin was told."""
        messages = self.sandbox.world.chat(ADMIN).messages.values()
        return [message.text for message in messages if message.sender == "bot"]

    async def word(self, number: int, place: Place | None = None) -> Attempt | None:
        """The ledger's last word on an article."""
        return (await self.store.ledger.states([Slot(story(number).key, place or self.place)]))[0]

    async def later(self, by: timedelta) -> None:
        """Let time pass, and the timers fire."""
        await self.jobs.pass_time(by)
        await self.alerts.tell()


@asynccontextmanager
async def on_the_wire(
    platform: Platform, store: Store, image: str = "preview", pictures: Pictures = no_pictures
) -> AsyncIterator[Wire]:
    """A sandbox with both platforms; the admin has the bot's chat open."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox())
        clock = FixedClock()
        telegram = open_telegram(
            sandbox.telegram_token, sandbox.telegram_api, clock=clock, deadlines=LIMITS, pictures=pictures
        )
        vk = open_vk(sandbox.vk_token, sandbox.vk_api, GROUP_ID, clock=clock, deadlines=LIMITS)
        doors: dict[Platform, Telegram | Vk] = {
            Platform.TELEGRAM: await stack.enter_async_context(telegram),
            Platform.VK: await stack.enter_async_context(vk),
        }
        for person in (ADMIN, "telegram:2001", "vk:43"):
            await sandbox.world.say(person, "hello")
        yield Wire(platform, store, sandbox, doors, image=image, clock=clock)
