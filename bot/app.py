"""The composition root: everything is put together here, opened in order and closed in reverse. Tests use it too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog

from bot.assembly import aliases_of, fetcher_for, newsstand_for
from bot.channels.deadlines import Deadlines
from bot.channels.telegram import open_telegram
from bot.channels.telegram_pictures import no_pictures
from bot.channels.vk import open_vk
from bot.channels.vk_extras import Helpers
from bot.config import Settings
from bot.doors import Doors
from bot.duties import DUTIES, Role
from bot.errors import SettingsError, StoreError
from bot.ports import Clock
from bot.ports import Pictures as GivesPictures
from bot.problems import Problems
from bot.service import App
from bot.source.card import CRAWLER, LinkCards
from bot.source.picture import Pictures
from bot.store import Store, open_server, open_store
from bot.web.server import serve
from scheduler.deliver import LEASE
from scheduler.evidence import Patience
from scheduler.leader import Leadership

log = structlog.get_logger(__name__)

CARDS = "link cards"
"""The problem's name; only the last card counts."""
STOP_SECONDS = 3.0
"""How long sends in flight may take once the bot is told to stop; then they are cancelled, which an adapter may answer
within its own grace of 3 s. An operator is promised 10 s in all."""
GRACE_SECONDS = 3.5


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    role: Role = "all",
    clock: Clock | None = None,
    lease: timedelta = LEASE,
    deadlines: Deadlines | None = None,
    patience: Patience | None = None,
) -> AsyncIterator[App]:
    """The bot, running until the block ends; then sends in flight have STOP_SECONDS to finish.

    Raises SettingsError, or StoreError when the state can't be had.
    """
    if role != "all" and settings.redis.url is None:
        raise SettingsError([f"redis.url: missing; --role {role} shares its state with others and needs a server"])
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        store = await enter_store(settings, stack)
        fetcher = await stack.enter_async_context(fetcher_for(settings, rests=store.rests))
        problems = Problems()
        helpers = await enter_helpers(settings, stack, store, Pictures(fetcher), problems)
        doors = await open_doors(settings, stack, clock, deadlines, helpers=helpers)
        alone = settings.redis.url is None  # the lock on the folder lets nobody else in
        if alone:
            await _take_up_claims(store, clock)
        leadership = Leadership(store.leases, DUTIES[role], problems, alone=alone)
        stack.push_async_callback(leadership.leave)
        limit = await stack.enter_async_context(_stop_limit())
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        newsstand = newsstand_for(settings, fetcher)
        app = App(
            settings,
            newsstand=newsstand,
            store=store,
            doors=doors,
            tasks=tasks,
            clock=clock,
            lease=lease,
            leadership=leadership,
            problems=problems,
            patience=patience,
        )
        stack.callback(limit.begin)
        stack.callback(app.stop)
        await _web(app, stack)
        app.start(newsstand, role)
        yield app


async def _take_up_claims(store: Store, clock: Clock) -> None:
    """Whoever made the claims that stand in a store of our own is dead: their posts are looked for at once, and no
    channel waits for leases to run out. A store that takes nothing in lets them run out."""
    try:
        for slot in await store.overdue.expire(now=clock.now(), orphaned=True):
            log.error("unconfirmed", slot=str(slot), what="the bot stopped while sending")
    except StoreError as error:
        log.warning("claims_left", error=str(error))


async def enter_store(settings: Settings, stack: AsyncExitStack, *, join: bool = False) -> Store:
    """The store of the settings. With `join` the embedded server of a running bot is shared. Raises StoreError."""
    aliases = aliases_of(settings)
    if settings.redis.url is not None:
        return await stack.enter_async_context(open_store(settings.redis.url.get_secret_value(), None, aliases=aliases))
    server = await stack.enter_async_context(open_server(settings.data_dir, join=join))
    return await stack.enter_async_context(open_store(None, server.socket, server.trouble, aliases=aliases))


async def enter_helpers(
    settings: Settings, stack: AsyncExitStack, store: Store, pictures: GivesPictures, problems: Problems
) -> Helpers:
    """What looks after posts; what is wrong with link cards is a problem of the newsroom's site, and told as one."""
    crawler = await stack.enter_async_context(fetcher_for(settings, user_agent=CRAWLER, rests=store.rests))

    def tell(problem: str | None) -> None:
        if problem is None:
            problems.clear(CARDS)
        else:
            problems.report(CARDS, problem)

    return Helpers(LinkCards(crawler), pictures, store.cautions, tell, store.statistics)


async def open_doors(
    settings: Settings,
    stack: AsyncExitStack,
    clock: Clock,
    deadlines: Deadlines | None = None,
    *,
    helpers: Helpers | None = None,
) -> Doors:
    """The platforms that have a token. Raises SettingsError for a token that can't be one."""
    helpers = helpers or Helpers()
    telegram = vk = None
    if settings.telegram.token is not None:
        token = settings.telegram.token.get_secret_value()
        telegram = await stack.enter_async_context(
            open_telegram(
                token,
                settings.telegram.api_base,
                clock=clock,
                deadlines=deadlines,
                pictures=helpers.pictures or no_pictures,
                cautions=helpers.cautions,
            )
        )
    if settings.vk.token is not None and settings.vk.group_id is not None:
        user_token = settings.vk.user_token.get_secret_value() if settings.vk.user_token else None
        key = settings.vk.token.get_secret_value()
        door = open_vk(
            key,
            settings.vk.api_base,
            settings.vk.group_id,
            user_token=user_token,
            clock=clock,
            deadlines=deadlines,
            helpers=helpers,
        )
        vk = await stack.enter_async_context(door)
    for name, door_or_none in (("telegram", telegram), ("vk", vk)):
        if door_or_none is None:
            log.warning("platform_off", platform=name, why=f"no DEPECHE_{name.upper()}__TOKEN")
    return Doors(telegram, vk, helpers.cards)


async def _web(app: App, stack: AsyncExitStack) -> None:
    web, telegram = app.settings.web, app.settings.telegram
    if web.port is None:
        return
    webhook = None
    if telegram.mode == "webhook" and telegram.webhook_url is not None:
        secret = telegram.webhook_secret.get_secret_value() if telegram.webhook_secret else ""
        webhook = (urlsplit(telegram.webhook_url).path or "/", secret, app.hear_webhook)
    await stack.enter_async_context(serve(web.host, web.port, health=app.health, webhook=webhook))


class _StopLimit:
    """Cancels what is still running STOP_SECONDS after `begin`; what did not heed it, again and again."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._owner = asyncio.current_task()
        self._again: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._timeout.reschedule(loop.time() + STOP_SECONDS)
        self._again = loop.call_later(STOP_SECONDS + GRACE_SECONDS, self._insist)

    def end(self) -> None:
        if self._again is not None:
            self._again.cancel()

    def _insist(self) -> None:
        for task in asyncio.all_tasks():
            if task is not self._owner:
                task.cancel()
        self._again = asyncio.get_running_loop().call_later(1.0, self._insist)


@asynccontextmanager
async def _stop_limit() -> AsyncIterator[_StopLimit]:
    try:
        async with asyncio.timeout(None) as timeout:
            limit = _StopLimit(timeout)
            try:
                yield limit
            finally:
                limit.end()
    except TimeoutError:
        log.warning("stopped_with_work_in_flight", seconds=STOP_SECONDS)
