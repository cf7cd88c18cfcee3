"""What the bot looks after by itself: are its tokens and rights in order, is it set up, did a chat move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.assembly import authority_of, places_of
from bot.channels.telegram import ALLOWED_UPDATES, Telegram
from bot.channels.vk import Vk
from bot.config import Settings
from bot.errors import DeliveryError, Gone, Refused
from bot.model import Place, Platform, Post
from bot.ports import Clock
from bot.problems import Problems
from bot.roles import NO_RIGHTS, Rights
from bot.store import Store
from handlers.helping import Menu, command_list
from handlers.texts import LANGUAGES
from scheduler.jobs import Jobs
from scheduler.moving import Moving

log = structlog.get_logger(__name__)

CHECK_EVERY = timedelta(minutes=10)


class Upkeep:
    """Runs when the bot begins to work, and again every now and then. `usernames` is filled in when they are known."""

    def __init__(
        self,
        settings: Settings,
        telegram: Telegram | None,
        vk: Vk | None,
        *,
        store: Store,
        jobs: Jobs,
        clock: Clock,
        problems: Problems,
    ) -> None:
        self._settings = settings
        self._telegram = telegram
        self._vk = vk
        self._moves = store.moves
        self._authority = authority_of(settings, store.grants)
        self._grants = store.grants
        self._jobs = jobs
        self._clock = clock
        self._problems = problems
        places = (place for platform in Platform for place in places_of(settings, platform))
        self._moving = Moving(store.moves, problems, public=places)
        self.usernames: dict[Platform, str] = {}

    def start(self) -> None:
        """Set the timers."""
        self._jobs.now("moves", self._follow)
        self._jobs.now("check", self._check)

    async def moved(self, old: Place, new: Place) -> None:
        """A chat turned out to have a new address. Raises StoreError."""
        if self._telegram is not None and old.platform is Platform.TELEGRAM:
            self._telegram.follow({old.chat: new.chat})
        await self._moving.moved(old, new)

    async def _follow(self) -> None:
        """Chats that moved before the start are known at once, and what the settings have renamed is taken up."""
        if self._telegram is not None:
            self._telegram.follow({old.chat: new.chat for old, new in (await self._moves.known()).items()})
        await self._moving.take_up()

    async def _check(self) -> None:
        """Look whether tokens, rights and addresses are in order, and again every now and then."""
        self._jobs.at("check", self._clock.now() + CHECK_EVERY, self._check)
        if self._telegram is not None:
            await self._check_telegram(self._telegram)
        if self._vk is not None:
            self._note("vk", await self._vk.check())

    async def _check_telegram(self, telegram: Telegram) -> None:
        moves = await self._moves.known()
        places = [moves.get(place, place) for place in places_of(self._settings, Platform.TELEGRAM)]
        self._note("telegram", await telegram.check(places))
        try:
            self.usernames[Platform.TELEGRAM] = await telegram.me()
            await telegram.publish(self._way_of_listening())
            await self._set_menus(telegram)
        except DeliveryError as error:
            log.warning("telegram_not_set_up", error=str(error))

    async def _set_menus(self, telegram: Telegram) -> None:
        """What a person is offered depends on where they are and who they are. One of the newsroom's people who has
        never written has no chat with the bot, and then no menu either. Whose menus are out is kept, so that who lost
        their rights loses the menu, too, over any restart. Raises a DeliveryError or StoreError."""
        spoken = self._settings.language
        for language in (None, *LANGUAGES):
            for menu in (Menu.READERS, Menu.PRIVATE, Menu.GROUPS, Menu.GROUP_ADMINS):
                commands = dict(command_list(language or spoken, menu))
                await telegram.set_commands(commands, language=language, scope=menu.value)
        staff = await self._authority.staff(Platform.TELEGRAM)
        await self._grants.menus_go_out(list(staff))
        for person in await self._grants.with_menu():
            await self._set_menu(telegram, person, staff.get(person, NO_RIGHTS))
            if person not in staff:
                await self._grants.menu_taken_back(person)

    async def _set_menu(self, telegram: Telegram, person: str, rights: Rights) -> None:
        """One of the newsroom's people gets what their rights allow; who has none any more, what readers get."""
        for language in (None, *LANGUAGES):
            commands = dict(command_list(language or self._settings.language, Menu.STAFF, rights))
            try:
                await telegram.set_commands(commands, language=language, chat=person)
            except (Refused, Gone):
                log.info("no_menu_for_admin")

    def _way_of_listening(self) -> Post:
        """Telegram delivers to a webhook or lets us poll, never both; what was set before is undone."""
        settings = self._settings.telegram
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
            self._problems.report(platform, " ".join(problems))
        else:
            self._problems.clear(platform)
