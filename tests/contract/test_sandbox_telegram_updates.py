"""What people do on the sandbox's Telegram reaches a real aiogram client, and faults come as they are ordered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import GetWebhookInfo
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from aiohttp import web

from bot.sandbox import faults
from bot.sandbox.server import Sandbox, open_sandbox

CHANNEL = "@digest"
YOU = "telegram:2001"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A fresh sandbox."""
    async with open_sandbox() as opened:
        yield opened


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """aiogram's own client, pointed at the sandbox."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.telegram_api))
    async with Bot(sandbox.telegram_token, session=session) as client:
        yield client


def keyboard(**action: Any) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ещё", **action)]])


async def test_a_pressed_button_comes_as_a_callback_query(bot: Bot, sandbox: Sandbox) -> None:
    """It carries the button's data and the message; the answer shows on the person's screen, and only once."""
    await sandbox.world.say(YOU, "/start")
    sent = await bot.send_message(2001, "Выберите", reply_markup=keyboard(callback_data="tags"))
    await sandbox.world.press(YOU, str(sent.message_id), 0, 0)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id, query.from_user.id) == ("tags", sent.message_id, 2001)
    assert await bot.answer_callback_query(query.id, text="Готово")
    assert next(chat for chat in sandbox.world.snapshot()["chats"] if chat["id"] == YOU)["notice"] == "Готово"
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)


async def test_a_keyboards_button_says_its_text(bot: Bot, sandbox: Sandbox) -> None:
    """The buttons of a reply keyboard are messages; a link button tells the bot nothing."""
    await sandbox.world.say(YOU, "/start")
    rows = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Темы")]])
    sent = await bot.send_message(2001, "Что дальше?", reply_markup=rows)
    await sandbox.world.press(YOU, str(sent.message_id), 0, 0)
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.text == "Темы"
    link = await bot.send_message(2001, "Сайт", reply_markup=keyboard(url="https://a.example"))
    with pytest.raises(ValueError, match="opens a page"):
        await sandbox.world.press(YOU, str(link.message_id), 0, 0)


async def test_inline_queries_are_answered(bot: Bot, sandbox: Sandbox) -> None:
    """The answer is kept for a test to read."""
    query_id = sandbox.telegram.inline(YOU, "Франция")
    content = InputTextMessageContent(message_text="Статья")
    assert await bot.answer_inline_query(
        query_id, [InlineQueryResultArticle(id="1", title="x", input_message_content=content)]
    )
    assert sandbox.telegram.inline_answers[0]["results"][0]["title"] == "x"


async def test_an_inline_answer_is_chosen_from(bot: Bot, sandbox: Sandbox) -> None:
    """Typing the bot's @name asks inline; what is pressed in the answer is sent as the person's own message."""
    await sandbox.world.say(YOU, "@depeche_bot Франция")
    [asked] = await bot.get_updates()
    assert asked.inline_query is not None
    assert asked.inline_query.query == "Франция"
    content = InputTextMessageContent(message_text="/subscribe Франция")
    await bot.answer_inline_query(
        asked.inline_query.id, [InlineQueryResultArticle(id="1", title="x", input_message_content=content)]
    )
    offered = list(sandbox.world.chat(YOU).messages)[-1]
    await sandbox.world.press(YOU, str(offered), 0, 0)
    [chosen] = await bot.get_updates(offset=asked.update_id + 1)
    assert chosen.message is not None
    assert chosen.message.text == "/subscribe Франция"
    assert chosen.message.via_bot is not None


async def test_updates_are_delivered_until_confirmed(bot: Bot, sandbox: Sandbox) -> None:
    """The same updates come again until an offset past them is asked for; kinds not wanted are never kept."""
    await sandbox.world.say(YOU, "раз")
    await sandbox.world.say(YOU, "два")
    first, again = await bot.get_updates(), await bot.get_updates(limit=1)
    assert [update.update_id for update in first] == [1001, 1002]
    assert again == first[:1]
    assert [update.update_id for update in await bot.get_updates(offset=1002)] == [1002]
    assert not await bot.get_updates(offset=1003, allowed_updates=["callback_query"])
    await sandbox.world.say(YOU, "три")
    assert not await bot.get_updates()


async def test_a_long_poll_ends_when_something_happens(bot: Bot, sandbox: Sandbox) -> None:
    """A waiting poll is answered at once by the next update."""
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=30))
        await sandbox.world.called("telegram", "getUpdates")
        await sandbox.world.say(YOU, "/start")
    assert len(poll.result()) == 1


async def test_a_second_poller_ends_the_first(bot: Bot, sandbox: Sandbox) -> None:
    """The older one is told 409."""

    async def first() -> None:
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
            await bot.get_updates(timeout=30)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first())
        await sandbox.world.called("telegram", "getUpdates")
        assert await bot.get_updates() == []


async def test_updates_go_to_the_webhook(bot: Bot, sandbox: Sandbox) -> None:
    """With the secret, again until it answers 200; the method in its answer is performed; polling is a conflict."""
    received: list[tuple[str | None, Update]] = []
    done = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        received.append((secret, Update.model_validate(await request.json())))
        if len(received) == 1:
            return web.Response(status=500)
        done.set()
        return web.json_response({"method": "sendMessage", "chat_id": 2001, "text": "Ответ"})

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    await bot.set_webhook(f"http://{address[0]}:{address[1]}/hook", secret_token="tulip")
    await sandbox.world.say(YOU, "/start")
    async with asyncio.timeout(10):
        await done.wait()
        while len(sandbox.world.chat(YOU).messages) < 2:
            await sandbox.world.changed(sandbox.world.revision)

    assert [secret for secret, _ in received] == ["tulip", "tulip"]
    assert received[0][1] == received[1][1]
    assert (await bot(GetWebhookInfo())).pending_update_count == 0
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []
    await runner.cleanup()


async def test_what_telegram_tells_about_itself(bot: Bot, sandbox: Sandbox) -> None:
    """The bot, its channel, the rights in it, and the menu of commands in each language."""
    assert (await bot.get_me()).username == "depeche_bot"
    sent = await bot.send_message(CHANNEL, "Закреплено")
    await bot.pin_chat_message(CHANNEL, sent.message_id)
    about = await bot.get_chat(CHANNEL)
    assert about.title == "Дайджест мировой прессы"
    assert about.pinned_message is not None
    member = await bot.get_chat_member(CHANNEL, bot.id)
    assert getattr(member, "can_post_messages", None) is True
    assert {admin.user.id for admin in await bot.get_chat_administrators(CHANNEL)} == {bot.id, 1001}
    assert await bot.send_chat_action(CHANNEL, "typing")

    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand(command="tags", description="Темы")], scope=scope, language_code="ru")
    await bot.set_my_commands([BotCommand(command="help", description="Help")])
    menus = {chat["id"]: chat["commands"] for chat in sandbox.world.snapshot()["chats"]}
    assert menus[YOU] == ["/tags"]
    assert menus["telegram:2002"] == ["/help"]
    assert [command.command for command in await bot.get_my_commands(scope=scope, language_code="ru")] == ["tags"]
    await bot.delete_my_commands(scope=scope, language_code="ru")
    assert await bot.get_my_commands(scope=scope, language_code="ru") == []


async def test_an_album_and_a_document(bot: Bot) -> None:
    """Photos sent as one album share its id; a document keeps its caption."""
    first, second = (InputMediaPhoto(media=BufferedInputFile(PNG + bytes([n]), "a.png")) for n in range(2))
    album = await bot.send_media_group(CHANNEL, [first, second])
    assert len({message.media_group_id for message in album}) == 1
    document = await bot.send_document(CHANNEL, BufferedInputFile(b"{}", "all.json"), caption="Всё")
    assert document.caption == "Всё"


class Stopped:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it shows."""
        return self.time


async def test_limits_answer_429_with_the_seconds_to_wait() -> None:
    """Off until they are set; then a group's minute is kept, and over once the minute has passed."""
    clock = Stopped()
    async with open_sandbox(clock=clock) as sandbox:
        sandbox.telegram.limits.per_group_minute = 2
        session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.telegram_api))
        async with Bot(sandbox.telegram_token, session=session) as bot:
            await bot.send_message(CHANNEL, "1")
            clock.time += timedelta(seconds=20)
            await bot.send_message(CHANNEL, "2")
            with pytest.raises(TelegramRetryAfter) as caught:
                await bot.send_message(CHANNEL, "3")
            assert caught.value.retry_after == 40
            clock.time += timedelta(seconds=40)
            await bot.send_message(CHANNEL, "3")


@pytest.mark.parametrize(
    ("fault", "error", "posted"),
    [
        (faults.TooMany(7), TelegramRetryAfter, 0),
        (faults.TelegramError(500, "Internal Server Error: restart"), TelegramServerError, 0),
        (
            faults.TelegramError(
                400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -1002}
            ),
            TelegramMigrateToChat,
            0,
        ),
        (faults.TelegramError(404, "Not Found"), TelegramNotFound, 0),
        (faults.HtmlPage(), ClientDecodeError, 0),
        (faults.Status(504, "late"), ClientDecodeError, 0),
        (faults.DropBefore(), TelegramNetworkError, 0),
        (faults.Hang(), TelegramNetworkError, 0),
        (faults.AcceptThenDrop(), TelegramNetworkError, 1),
        (faults.AcceptThenHang(), TelegramNetworkError, 1),
        (faults.Cut(), TelegramNetworkError, 1),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, type | int) else None,
)
async def test_every_fault_as_the_client_sees_it(
    bot: Bot, sandbox: Sandbox, fault: faults.Fault, error: type[Exception], posted: int
) -> None:
    """Each fault raises what aiogram raises for it, posts or doesn't, and is over after one request."""
    sandbox.faults.add("telegram", "sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(CHANNEL, "x", request_timeout=1)
    assert len(sandbox.world.channel.messages) == posted
    await bot.send_message(CHANNEL, "y")
    assert len(sandbox.world.channel.messages) == posted + 1


async def test_the_world_tells_when_it_changed(bot: Bot, sandbox: Sandbox) -> None:
    """A waiting board is woken by the bot's message; every request is kept in order."""
    before = sandbox.world.revision
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(sandbox.world.changed(before))
        tasks.create_task(bot.send_message(CHANNEL, "Новое"))
    assert waiting.result() > before
    assert [(call.platform, call.method, call.params["text"]) for call in sandbox.world.calls] == [
        ("telegram", "sendMessage", "Новое")
    ]
