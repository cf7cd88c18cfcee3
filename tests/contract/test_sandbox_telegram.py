"""The sandbox's Telegram answers a real aiogram client as Telegram does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
)

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


async def test_a_message_in_html_is_stored_with_entities(bot: Bot, sandbox: Sandbox) -> None:
    """Markup becomes entities in UTF-16 units, and hashtags and addresses are found by themselves."""
    sent = await bot.send_message(CHANNEL, "<b>🌷 Сад</b> &amp; #Наука #C++ https://a.example/x.", parse_mode="HTML")

    assert sent.text == "🌷 Сад & #Наука #C++ https://a.example/x."
    found = [(entity.type, entity.extract_from(sent.text)) for entity in sent.entities or []]
    expected = [("bold", "🌷 Сад"), ("hashtag", "#Наука"), ("hashtag", "#C"), ("url", "https://a.example/x")]
    assert found == expected
    runs = sandbox.world.snapshot()["channel"]["messages"][0]["runs"]
    assert [run["text"] for run in runs if run["hashtag"]] == ["#Наука", "#C"]
    assert runs[0] == {"text": "🌷 Сад", "bold": True, "italic": False, "url": None, "hashtag": False, "quote": False}


async def test_markdown_is_read_too(bot: Bot) -> None:
    """MarkdownV2 gives the same kinds of entities."""
    text = "*Сад* _тихо_ [здесь](https://a.example/x)\n>цитата\\!"
    sent = await bot.send_message(CHANNEL, text, parse_mode="MarkdownV2")
    assert sent.text == "Сад тихо здесь\nцитата!"
    assert [entity.type for entity in sent.entities or []] == ["bold", "italic", "text_link", "blockquote"]


async def test_a_page_of_the_newsroom_becomes_a_card(bot: Bot, sandbox: Sandbox) -> None:
    """The first address of a text gives the preview; it can be chosen, and switched off."""
    first, second = sandbox.newsroom.publish_next(), sandbox.newsroom.publish_next()
    address, other = sandbox.newsroom.page_url(first), sandbox.newsroom.page_url(second)
    await bot.send_message(CHANNEL, f"Читайте {address}")
    await bot.send_message(CHANNEL, f"Читайте {address}", link_preview_options=LinkPreviewOptions(url=other))
    await bot.send_message(CHANNEL, f"Читайте {address}", link_preview_options=LinkPreviewOptions(is_disabled=True))

    cards = [message["card"] for message in sandbox.world.snapshot()["channel"]["messages"]]
    assert [card and card["url"] for card in cards] == [address, other, None]
    assert cards[0]["title"] == sandbox.newsroom.published[-2].story.headline
    assert cards[0]["image"].endswith(f"/news/img/{first}")


REFUSED: list[tuple[str, Callable[[Bot], Awaitable[object]], str]] = [
    ("empty", lambda bot: bot.send_message(CHANNEL, ""), "message text is empty"),
    ("blank", lambda bot: bot.send_message(CHANNEL, " \n "), "text must be non-empty"),
    ("long", lambda bot: bot.send_message(CHANNEL, "я" * 4097), "message is too long"),
    (
        "long caption",
        lambda bot: bot.send_photo(CHANNEL, BufferedInputFile(PNG, "a.png"), caption="я" * 1025),
        "message caption is too long",
    ),
    ("no chat", lambda bot: bot.send_message("@nobody", "x"), "chat not found"),
    ("no person", lambda bot: bot.send_message(99, "x"), "chat not found"),
    (
        "unclosed tag",
        lambda bot: bot.send_message(CHANNEL, "<b>x", parse_mode="HTML"),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        "unknown tag",
        lambda bot: bot.send_message(CHANNEL, "я<br>", parse_mode="HTML"),
        'can\'t parse entities: Unsupported start tag "br" at byte offset 2',
    ),
    (
        "crossed tags",
        lambda bot: bot.send_message(CHANNEL, "<b><i>x</b></i>", parse_mode="HTML"),
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    (
        "unescaped",
        lambda bot: bot.send_message(CHANNEL, "1.", parse_mode="MarkdownV2"),
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    (
        "entity past the end",
        lambda bot: bot.send_message(CHANNEL, "x", entities=[MessageEntity(type="bold", offset=0, length=2)]),
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2",
    ),
    (
        "long callback data",
        lambda bot: bot.send_message(CHANNEL, "x", reply_markup=keyboard(callback_data="я" * 33)),
        "BUTTON_DATA_INVALID",
    ),
    (
        "button without an action",
        lambda bot: bot.send_message(CHANNEL, "x", reply_markup=keyboard()),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        "button to nowhere",
        lambda bot: bot.send_message(CHANNEL, "x", reply_markup=keyboard(url="localhost")),
        "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
    ),
    ("not a photo", lambda bot: bot.send_photo(CHANNEL, BufferedInputFile(b"text", "a.png")), "IMAGE_PROCESS_FAILED"),
    ("unknown photo", lambda bot: bot.send_photo(CHANNEL, "nothing"), "wrong file identifier/HTTP URL specified"),
    (
        "photo elsewhere",
        lambda bot: bot.send_photo(CHANNEL, "https://a.example/x.jpg"),
        "failed to get HTTP URL content",
    ),
    (
        "edit of nothing",
        lambda bot: bot.edit_message_text("x", chat_id=CHANNEL, message_id=99),
        "message to edit not found",
    ),
    ("delete of nothing", lambda bot: bot.delete_message(CHANNEL, 99), "message to delete not found"),
    ("forward of nothing", lambda bot: bot.forward_message(CHANNEL, CHANNEL, 99), "message to forward not found"),
    ("copy of nothing", lambda bot: bot.copy_message(CHANNEL, CHANNEL, 99), "message to copy not found"),
    (
        "old query",
        lambda bot: bot.answer_callback_query("1"),
        "query is too old and response timeout expired or query ID is invalid",
    ),
    (
        "odd command",
        lambda bot: bot.set_my_commands([BotCommand(command="Да", description="x")]),
        "BOT_COMMAND_INVALID",
    ),
    ("no topic", lambda bot: bot.send_message(CHANNEL, "x", message_thread_id=7), "message thread not found"),
]


@pytest.mark.parametrize(("call", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_a_bad_request_is_refused_in_telegrams_words(
    bot: Bot, sandbox: Sandbox, call: Callable[[Bot], Awaitable[object]], words: str
) -> None:
    """A 400 tells what is wrong, and nothing is posted."""
    with pytest.raises(TelegramBadRequest) as caught:
        await call(bot)
    assert caught.value.message == f"Bad Request: {words}"
    assert not sandbox.world.channel.messages


async def test_the_limits_count_characters_after_the_markup(bot: Bot) -> None:
    """4096 characters pass, also when each of them takes two UTF-16 units and the markup comes on top."""
    sent = await bot.send_message(CHANNEL, f"<b>{'😀' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


async def test_only_who_wrote_first_can_be_written_to(bot: Bot, sandbox: Sandbox) -> None:
    """403 until a person has started the bot, 200 after, 403 again once they block it."""
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(2001, "Здравствуйте")
    await sandbox.world.say(YOU, "/start")
    assert (await bot.send_message(2001, "Здравствуйте")).chat.first_name == "Вы"
    sandbox.world.block(YOU)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(2001, "Вы здесь?")

    updates = await bot.get_updates()
    assert [update.event_type for update in updates] == ["message", "my_chat_member"]
    changed = updates[1].my_chat_member
    assert changed is not None
    assert (changed.old_chat_member.status, changed.new_chat_member.status) == ("member", "kicked")


@pytest.mark.parametrize(
    ("rights", "error", "words"),
    [
        ({"can_post": False}, TelegramBadRequest, "need administrator rights in the channel chat"),
        ({"bot_status": "left"}, TelegramForbiddenError, "bot is not a member of the channel chat"),
        ({"bot_status": "kicked"}, TelegramForbiddenError, "bot was kicked from the channel chat"),
    ],
)
async def test_a_channel_without_the_right_to_post(
    bot: Bot, sandbox: Sandbox, rights: dict[str, Any], error: type[Exception], words: str
) -> None:
    """The refusal tells what the bot lacks."""
    for name, value in rights.items():
        setattr(sandbox.world.channel, name, value)
    with pytest.raises(error, match=words):
        await bot.send_message(CHANNEL, "x")


async def test_photos_by_address_by_upload_and_by_file_id(bot: Bot, sandbox: Sandbox) -> None:
    """All three ways give a photo with a caption; the uploaded file can be fetched back."""
    picture = f"{sandbox.url}/news/img/tulips-by-moonlight"
    by_address = await bot.send_photo(CHANNEL, picture, caption="<i>AP</i>", parse_mode="HTML")
    by_upload = await bot.send_photo(CHANNEL, BufferedInputFile(PNG, "a.png"))
    assert by_upload.photo is not None
    again = await bot.send_photo(CHANNEL, by_upload.photo[-1].file_id)

    assert by_address.caption == "AP"
    assert again.photo == by_upload.photo
    file = await bot.get_file(by_upload.photo[-1].file_id)
    assert file.file_path is not None
    fetched = await bot.download_file(file.file_path)
    assert fetched is not None
    assert fetched.read() == PNG
    photos = [message["photo"] for message in sandbox.world.snapshot()["channel"]["messages"]]
    assert photos[0] == picture
    assert photos[1] == photos[2]


async def test_editing(bot: Bot, sandbox: Sandbox) -> None:
    """A text, a caption and a keyboard can be changed; the same again is 'not modified'."""
    sent = await bot.send_message(CHANNEL, "Было", reply_markup=keyboard(callback_data="1"))
    edited = await bot.edit_message_text("Стало", chat_id=CHANNEL, message_id=sent.message_id)
    assert getattr(edited, "text", None) == "Стало"
    assert sandbox.world.snapshot()["channel"]["messages"][0]["edited"] is True
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("Стало", chat_id=CHANNEL, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=CHANNEL, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="no caption in the message"):
        await bot.edit_message_caption(chat_id=CHANNEL, message_id=sent.message_id, caption="x")

    photo = await bot.send_photo(CHANNEL, BufferedInputFile(PNG, "a.png"), caption="Было")
    changed = await bot.edit_message_caption(chat_id=CHANNEL, message_id=photo.message_id, caption="Стало")
    assert getattr(changed, "caption", None) == "Стало"
    assert await bot.delete_message(CHANNEL, sent.message_id)
    assert [message["id"] for message in sandbox.world.snapshot()["channel"]["messages"]] == ["2"]


async def test_forwarding_tells_where_it_comes_from_and_copying_does_not(bot: Bot, sandbox: Sandbox) -> None:
    """A probe of the channel by forwarding to the log chat gives the whole message; a copy gives only a number."""
    sent = await bot.send_message(CHANNEL, "Статья https://a.example/x")
    log_chat = -1001000000002
    forwarded = await bot.forward_message(log_chat, CHANNEL, sent.message_id)
    assert forwarded.text == sent.text
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "channel"
    assert getattr(forwarded.forward_origin, "message_id", None) == sent.message_id
    copied = await bot.copy_message(log_chat, CHANNEL, sent.message_id)
    assert copied.message_id == forwarded.message_id + 1
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=log_chat, message_id=forwarded.message_id)


async def test_a_wrong_token_and_an_unknown_method(sandbox: Sandbox) -> None:
    """401 and 404, in Telegram's form."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.telegram_api))
    async with Bot("1:wrong", session=session) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
    async with aiohttp.ClientSession() as http:
        url = f"{sandbox.telegram_api}/bot{sandbox.telegram_token}/sendTelepathy"
        async with http.post(url) as answer:
            assert await answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize("form", ["json", "data", "params"])
async def test_requests_in_any_form(sandbox: Sandbox, form: str) -> None:
    """JSON, a form and a query all say the same."""
    url = f"{sandbox.telegram_api}/bot{sandbox.telegram_token}/sendMessage"
    async with aiohttp.ClientSession() as http:
        sent: dict[str, Any] = {form: {"chat_id": "-1001000000001", "text": "Привет"}}
        async with http.post(url, **sent) as answer:
            assert (await answer.json())["result"]["text"] == "Привет"
