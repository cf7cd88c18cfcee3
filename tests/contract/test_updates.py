"""What both doors hear, and what their checks find, against the sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram.types import Update

from bot.channels import telegram as telegram_module
from bot.channels import vk_events
from bot.channels.deadlines import Deadlines
from bot.channels.telegram import Telegram, open_telegram
from bot.channels.vk import Vk, open_vk
from bot.config import Settings
from bot.errors import Refused, SettingsError, TryLater
from bot.model import Place, Platform, Post
from bot.problems import Problems
from bot.roles import Grant, Role
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.store import Store
from bot.upkeep import CHECK_EVERY, Upkeep
from tests.fakes import FixedClock
from tests.newsdesk import SteppedJobs

LIMITS = Deadlines(connect=1.0, total=2.0, grace=1.0, pause=0.02)
CHANNEL = Place(Platform.TELEGRAM, "@digest")
PNG = b"\x89PNG\r\n\x1a\n a very small picture"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        yield running


@pytest.fixture
async def telegram(sandbox: Sandbox) -> AsyncIterator[Telegram]:
    async with open_telegram(
        sandbox.telegram_token, sandbox.telegram_api, clock=FixedClock(), deadlines=LIMITS
    ) as opened:
        yield opened


@pytest.fixture
async def vk(sandbox: Sandbox) -> AsyncIterator[Vk]:
    token, user_token = sandbox.vk_token, sandbox.vk_user_token
    async with open_vk(
        token, sandbox.vk_api, 220, user_token=user_token, clock=FixedClock(), deadlines=LIMITS
    ) as opened:
        yield opened


@pytest.fixture
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls of a fifth of a second, for tests in which nothing comes."""
    monkeypatch.setattr(telegram_module, "POLL_SECONDS", 1)
    monkeypatch.setattr(vk_events, "WAIT_SECONDS", 1)


def texts(updates: list[Update]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


def as_json(body: object) -> fault.Body:
    return fault.Body(json.dumps(body).encode(), "application/json")


class TestTelegramUpdates:
    async def test_an_update_comes_until_it_is_confirmed(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """Asking with the same offset gives it again; a higher offset confirms it."""
        await sandbox.world.say("telegram:2001", "/start")
        await sandbox.world.say("telegram:2001", "/tags")
        first = await telegram.updates(offset=None)
        assert texts(first) == ["/start", "/tags"]
        assert texts(await telegram.updates(offset=first[0].update_id)) == ["/start", "/tags"]
        assert texts(await telegram.updates(offset=first[1].update_id)) == ["/tags"]

    @pytest.mark.usefixtures("short_polls")
    async def test_a_quiet_poll_gives_nothing(self, telegram: Telegram) -> None:
        """And no error."""
        assert await telegram.updates(offset=None) == []

    async def test_a_poll_waits_for_what_comes(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """An update is there as soon as a person has typed it."""
        async with asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(telegram.updates(offset=None))
            await asyncio.sleep(0.05)
            await sandbox.world.say("telegram:2001", "/start")
        assert texts(polling.result()) == ["/start"]

    async def test_one_odd_update_does_not_hide_the_others(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """It comes empty, with its number, so that the offset can pass it."""
        chat = {"id": 2001, "type": "private", "first_name": "You"}
        good = {"update_id": 12, "message": {"message_id": 1, "date": 1, "chat": chat, "text": "/start"}}
        odd = {"update_id": 11, "message": {"message_id": "one"}}
        sandbox.faults.add("telegram", "getUpdates", as_json({"ok": True, "result": [odd, "odder", good]}))
        updates = await telegram.updates(offset=None)
        assert [update.update_id for update in updates] == [11, 12]
        assert texts(updates) == [None, "/start"]

    @pytest.mark.parametrize(
        "lost",
        [fault.HtmlPage(), fault.Status(500), fault.DropBefore(), fault.Cut(), fault.TooMany(3), fault.Body(b"")],
    )
    async def test_a_failed_poll_is_a_delay(self, telegram: Telegram, sandbox: Sandbox, lost: fault.Fault) -> None:
        """Nothing was confirmed, so nothing is lost."""
        await sandbox.world.say("telegram:2001", "/start")
        sandbox.faults.add("telegram", "getUpdates", lost)
        with pytest.raises(TryLater):
            await telegram.updates(offset=None)
        assert texts(await telegram.updates(offset=None)) == ["/start"]

    async def test_a_second_copy_of_the_bot_is_named(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """Two that poll would take each other's updates."""
        words = "Conflict: terminated by other getUpdates request"
        sandbox.faults.add("telegram", "getUpdates", fault.TelegramError(409, words))
        with pytest.raises(TryLater, match="another copy"):
            await telegram.updates(offset=None)

    async def test_a_webhook_in_the_way_is_named(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """It is a setting, and goes away only by a person's hand."""
        words = "Conflict: can't use getUpdates method while webhook is active"
        sandbox.faults.add("telegram", "getUpdates", fault.TelegramError(409, words))
        with pytest.raises(Refused, match="webhook"):
            await telegram.updates(offset=None)

    async def test_a_poll_can_be_cancelled_at_once(self, telegram: Telegram) -> None:
        """Reading changes nothing, so a stop does not wait for it."""
        loop = asyncio.get_running_loop()
        polling = loop.create_task(telegram.updates(offset=None))
        await asyncio.sleep(0.05)
        began = loop.time()
        polling.cancel()
        await asyncio.wait({polling})
        assert polling.cancelled()
        assert loop.time() - began < 1

    async def test_commands_are_shown_by_language(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """A Russian reader sees the Russian menu, an English one the default."""
        await telegram.set_commands({"tags": "Choose tags"})
        await telegram.set_commands({"tags": "Выбрать теги", "help": "Помощь"}, language="ru")
        assert sandbox.telegram.commands(sandbox.world.chat("telegram:2002")) == ["/tags"]
        assert sandbox.telegram.commands(sandbox.world.chat("telegram:2001")) == ["/tags", "/help"]

    async def test_the_newsrooms_people_have_a_menu_by_their_rights(
        self, telegram: Telegram, sandbox: Sandbox, store: Store
    ) -> None:
        """Also who was given a right by command, soon after it; who lost theirs has a reader's menu again, also when
        the bot was started anew in between."""
        settings = Settings.model_validate(
            {
                "telegram": {"token": sandbox.telegram_token, "api_base": sandbox.telegram_api, "admins": [2001]},
                "sources": [{"name": "digest", "url": "https://news.example/rss"}],
                "channels": [{"name": "main", "platform": "telegram", "target": "@digest"}],
            }
        )
        clock = FixedClock()

        def starts() -> SteppedJobs:
            jobs = SteppedJobs(clock)
            Upkeep(settings, telegram, None, store=store, jobs=jobs, clock=clock, problems=Problems()).start()
            return jobs

        jobs = starts()
        editor = Grant("telegram:2002", Role.EDITOR, "main")
        await store.grants.give(editor)
        await jobs.pass_time()

        def menu(person: str) -> set[str]:
            return set(sandbox.telegram.commands(sandbox.world.chat(f"telegram:{person}")))

        assert {"/subscribe", "/grant", "/hold", "/status"} <= menu("2001")
        assert {"/subscribe", "/hold", "/status"} <= menu("2002")
        assert "/grant" not in menu("2002")
        await store.grants.take(editor)
        await jobs.pass_time(CHECK_EVERY)
        assert "/subscribe" in menu("2002")
        assert "/hold" not in menu("2002")
        await store.grants.give(editor)
        await jobs.pass_time(CHECK_EVERY)
        assert "/hold" in menu("2002")
        await store.grants.take(editor)
        await starts().pass_time()
        assert "/subscribe" in menu("2002")
        assert "/hold" not in menu("2002")
        assert await store.grants.with_menu() == {"2001"}

    async def test_commands_can_be_for_a_kind_of_chat(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """A private chat shows the list for private chats before the one for everybody."""
        await telegram.set_commands({"tags": "Choose tags"})
        await telegram.set_commands({"help": "Help"}, scope="all_private_chats")
        await telegram.set_commands({"search": "Search"}, scope="all_group_chats")
        await telegram.set_commands({"subscribe": "Subscribe"}, scope="all_chat_administrators")
        assert sandbox.telegram.commands(sandbox.world.chat("telegram:2001")) == ["/help"]
        shown = {scope: names[0]["command"] for (scope, _), names in sandbox.telegram.command_lists.items()}
        assert shown["all_group_chats"] == "search"
        assert shown["all_chat_administrators"] == "subscribe"

    async def test_commands_can_be_for_one_chat(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """An admin's menu is the admin's alone."""
        await telegram.set_commands({"status": "State of things"}, chat="1001")
        assert sandbox.telegram.commands(sandbox.world.chat("telegram:1001")) == ["/status"]
        assert sandbox.telegram.commands(sandbox.world.chat("telegram:2001")) == ["/start"]


class TestTelegramCheck:
    async def test_nothing_in_the_way(self, telegram: Telegram) -> None:
        """A channel with its right, and the bot's own name."""
        assert await telegram.check([CHANNEL]) == []
        assert await telegram.me() == "depeche_bot"

    async def test_a_wrong_token_is_one_problem(self, sandbox: Sandbox) -> None:
        """Not one for each target."""
        async with open_telegram("1:wrong", sandbox.telegram_api, clock=FixedClock()) as telegram:
            [problem] = await telegram.check([CHANNEL, CHANNEL])
        assert "@BotFather" in problem
        assert "wrong" not in problem

    async def test_what_can_not_be_a_token_is_a_mistake_in_the_settings(self, sandbox: Sandbox) -> None:
        """Said before anything is asked of the network, and without the token."""
        with pytest.raises(SettingsError) as caught:
            async with open_telegram("no token", sandbox.telegram_api, clock=FixedClock()):
                pass
        assert "no token" not in str(caught.value)

    async def test_a_server_that_is_away_is_told_from_a_wrong_token(self, sandbox: Sandbox) -> None:
        """Then the network is to be looked at."""
        async with open_telegram(sandbox.telegram_token, "http://127.0.0.1:9", clock=FixedClock()) as telegram:
            [problem] = await telegram.check([CHANNEL])
        assert "can't be reached" in problem

    @pytest.mark.parametrize(
        ("changes", "advice"),
        [
            ({"can_post": False}, "Post messages"),
            ({"bot_status": "member"}, "not an administrator"),
            ({"bot_status": "left"}, "administrator"),
            ({"bot_status": "kicked"}, "administrator"),
        ],
    )
    async def test_a_missing_right_is_named_with_what_to_do(
        self, telegram: Telegram, sandbox: Sandbox, changes: dict[str, Any], advice: str
    ) -> None:
        """One sentence for a channel."""
        for name, value in changes.items():
            setattr(sandbox.world.channel, name, value)
        [problem] = await telegram.check([CHANNEL])
        assert advice in problem
        assert "@digest" in problem

    async def test_a_place_that_is_not_there_is_named(self, telegram: Telegram) -> None:
        """A channel by its name; a person by the button to press."""
        problems = await telegram.check([Place(Platform.TELEGRAM, "@nowhere"), Place(Platform.TELEGRAM, "99")])
        assert "@nowhere" in problems[0]
        assert "press Start" in problems[1]


class TestVkEvents:
    async def test_events_come_after_a_ts(self, vk: Vk, sandbox: Sandbox) -> None:
        """The same `ts` gives the same events: what was not dealt with before a restart comes again."""
        ts = str(sandbox.vk.longpoll.ts)
        await sandbox.world.say("vk:42", "Начать")
        events, later = await vk.events(ts)
        assert [event["type"] for event in events][-1:] == ["message_new"]
        assert all(isinstance(event["event_id"], str) for event in events)
        assert await vk.events(ts) == (events, later)

    async def test_the_place_to_begin_at_is_told_at_once(self, vk: Vk, sandbox: Sandbox) -> None:
        """So it can be kept before the first event: what is said in between is heard, however soon the bot stops."""
        events, ts = await vk.events(None)
        assert events == []
        await sandbox.world.say("vk:42", "теги")
        assert len((await vk.events(ts))[0]) == 1

    @pytest.mark.usefixtures("short_polls")
    async def test_a_quiet_poll_gives_nothing(self, vk: Vk, sandbox: Sandbox) -> None:
        """And the same `ts` to go on with."""
        ts = str(sandbox.vk.longpoll.ts)
        assert await vk.events(ts) == ([], ts)

    async def test_an_old_key_is_renewed_and_nothing_is_lost(self, vk: Vk, sandbox: Sandbox) -> None:
        """`failed: 2` keeps the `ts`."""
        ts = str(sandbox.vk.longpoll.ts)
        await sandbox.world.say("vk:42", "Начать")
        await vk.events(ts)
        sandbox.vk.longpoll.expire_key()
        events, _ = await vk.events(ts)
        assert [event["type"] for event in events][-1:] == ["message_new"]

    @pytest.mark.usefixtures("short_polls")
    @pytest.mark.parametrize("lose", ["forget", "lose"])
    async def test_a_lost_place_is_found_again(self, vk: Vk, sandbox: Sandbox, lose: str) -> None:
        """`failed: 1` and `failed: 3` give a new `ts`; listening goes on from there."""
        ts = str(sandbox.vk.longpoll.ts)
        await sandbox.world.say("vk:42", "Начать")
        await vk.events(ts)
        getattr(sandbox.vk.longpoll, lose)()
        _, ts = await vk.events(ts)
        await sandbox.world.say("vk:42", "теги")
        events, _ = await vk.events(ts)
        assert [event["object"]["message"]["text"] for event in events] == ["теги"]

    async def test_one_odd_event_does_not_hide_the_others(self, vk: Vk, sandbox: Sandbox) -> None:
        """What can't be read is left out alone; an event without a name gets one, always the same."""
        good = {"type": "message_new", "object": {"message": {"text": "теги"}}, "event_id": "e1"}
        nameless = {"type": "message_allow", "object": {"user_id": 42}}
        odd = [{"type": "message_new"}, "odder", {"type": 5, "object": {}}, {"type": "message_new", "object": [1]}]
        for _ in range(2):
            sandbox.faults.add("vk", "longpoll", as_json({"ts": "9", "updates": [*odd, good, nameless]}))
        events, ts = await vk.events("8")
        assert ts == "9"
        assert [event["type"] for event in events] == ["message_new", "message_allow"]
        assert (await vk.events("8"))[0] == events

    @pytest.mark.parametrize(
        "lost",
        [
            fault.HtmlPage(),
            fault.Status(500, '{"error": "odd"}'),
            fault.DropBefore(),
            fault.Cut(),
            fault.Body(b"[]"),
            fault.Body(b'{"ts": "5"}'),
            fault.Body(b'{"updates": []}'),
            fault.Body(b"\xff"),
        ],
    )
    async def test_a_failed_poll_is_a_delay(self, vk: Vk, sandbox: Sandbox, lost: fault.Fault) -> None:
        """The `ts` has not moved, so nothing is lost."""
        ts = str(sandbox.vk.longpoll.ts)
        await sandbox.world.say("vk:42", "Начать")
        sandbox.faults.add(
            "vk", "longpoll", lost, times=2 if lost == fault.DropBefore() else 1
        )  # a GET is repeated once
        with pytest.raises(TryLater):
            await vk.events(ts)
        events, _ = await vk.events(ts)
        assert events

    async def test_a_server_that_always_wants_a_new_key_is_a_delay(self, vk: Vk, sandbox: Sandbox) -> None:
        """No tight loop."""
        sandbox.faults.add("vk", "longpoll", as_json({"failed": 2}), times=50)
        with pytest.raises(TryLater):
            await vk.events("1")
        assert len(sandbox.world.calls) == vk_events.ROUNDS

    async def test_a_long_poll_that_is_off_is_refused(self, vk: Vk, sandbox: Sandbox) -> None:
        """A person must turn it on; `check` says where."""
        sandbox.vk.longpoll.enabled = False
        with pytest.raises(Refused):
            await vk.events(None)

    async def test_posting_goes_on_while_a_poll_waits(self, vk: Vk, sandbox: Sandbox) -> None:
        """Listening does not stand in the way of sending."""
        async with asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(vk.events(str(sandbox.vk.longpoll.ts)))
            post = Post(Platform.VK, "wall.post", {"owner_id": -220, "from_group": True, "message": "Night trains"})
            receipt = await vk.publish(post)
        events, _ = polling.result()
        assert [str(event["object"]["id"]) for event in events] == [receipt.message_id]


class TestVkCheck:
    async def test_nothing_in_the_way(self, vk: Vk) -> None:
        """Both keys, the community, and its Long Poll."""
        assert await vk.check() == []

    async def test_a_wrong_key_is_one_problem(self, sandbox: Sandbox) -> None:
        """With where to make a new one, and without the key."""
        async with open_vk("vk1.a.wrong", sandbox.vk_api, 220, clock=FixedClock()) as vk:
            [problem] = await vk.check()
        assert "API usage" in problem
        assert "vk1.a.wrong" not in problem

    async def test_a_missing_right_is_named(self, vk: Vk, sandbox: Sandbox) -> None:
        """Without `wall` nothing can be posted."""
        rights = {"mask": 4096 + 262144, "permissions": [{"name": "messages", "setting": 4096}]}
        sandbox.faults.add("vk", "groups.getTokenPermissions", as_json({"response": rights}))
        [problem] = await vk.check()
        assert "wall" in problem

    async def test_a_wrong_community_is_named(self, sandbox: Sandbox) -> None:
        """The number in the settings is not the key's."""
        async with open_vk(sandbox.vk_token, sandbox.vk_api, 221, clock=FixedClock(), deadlines=LIMITS) as vk:
            problems = await vk.check()
        assert "vk.group_id" in problems[0]

    async def test_a_long_poll_that_is_off_is_named(self, vk: Vk, sandbox: Sandbox) -> None:
        """The bot would hear nobody."""
        sandbox.vk.longpoll.enabled = False
        [problem] = await vk.check()
        assert "Turn it on" in problem

    async def test_a_kind_of_event_that_is_off_is_named(self, vk: Vk, sandbox: Sandbox) -> None:
        """The bot would hear no buttons."""
        sandbox.vk.longpoll.events["message_event"] = False
        [problem] = await vk.check()
        assert "message_event" in problem

    async def test_a_community_key_is_no_user_token(self, sandbox: Sandbox) -> None:
        """users.get tells them apart."""
        token = sandbox.vk_token
        async with open_vk(token, sandbox.vk_api, 220, user_token=token, clock=FixedClock(), deadlines=LIMITS) as vk:
            [problem] = await vk.check()
        assert "vk.user_token" in problem


class TestVkPictures:
    async def test_a_picture_can_be_used_in_a_post(self, vk: Vk, sandbox: Sandbox) -> None:
        """Its name goes into `attachments`."""
        name = await vk.upload_wall_photo(PNG)
        params = {"owner_id": -220, "from_group": True, "message": "Night trains", "attachments": [name]}
        await vk.publish(Post(Platform.VK, "wall.post", params))
        [message] = sandbox.world.wall.messages.values()
        assert message.photo is not None

    @pytest.mark.parametrize("lost", [fault.AcceptThenDrop(), fault.HtmlPage(200), fault.Cut()])
    async def test_an_upload_that_got_lost_may_be_repeated(self, vk: Vk, sandbox: Sandbox, lost: fault.Fault) -> None:
        """A picture nobody uses harms nothing."""
        sandbox.faults.add("vk", "upload", lost)
        with pytest.raises(TryLater):
            await vk.upload_wall_photo(PNG)
        assert await vk.upload_wall_photo(PNG)

    async def test_a_picture_that_vk_does_not_take_is_refused(self, vk: Vk, sandbox: Sandbox) -> None:
        """With the upload server's own reason."""
        sandbox.faults.add("vk", "upload", as_json({"error": "ERR_UPLOAD_BAD_IMAGE_SIZE"}))
        with pytest.raises(Refused, match="BAD_IMAGE_SIZE"):
            await vk.upload_wall_photo(PNG)

    async def test_without_a_user_token_there_are_no_uploads(self, sandbox: Sandbox) -> None:
        """A community key may not upload to its own wall."""
        async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock()) as vk:
            with pytest.raises(Refused, match="user_token"):
                await vk.upload_wall_photo(PNG)
