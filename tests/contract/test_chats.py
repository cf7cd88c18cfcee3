"""Who administers a chat, as both platforms tell it over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.deadlines import Deadlines
from bot.channels.telegram import open_telegram
from bot.channels.telegram_chats import TelegramChats
from bot.channels.vk import Vk, open_vk
from bot.channels.vk_chats import VkChats
from bot.chats import ChatKind, FoundChat
from bot.errors import TryLater
from bot.model import Place, Platform, Post
from bot.sandbox import faults, vk_chats
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from tests.fakes import FixedClock

LIMITS = Deadlines(connect=1.0, total=2.0, grace=1.0, pause=0.02)
GROUP, TALK = Place(Platform.TELEGRAM, "-1005"), Place(Platform.VK, "2000000001")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """With a group on each network; Anna and Илья are admins there."""
    async with open_sandbox() as opened:
        opened.world.add_chat(Chat("telegram", -1005, "supergroup", "Сад", bot_status="member", admins={2002}))
        opened.world.add_chat(Chat("vk", 2_000_000_001, "group", "Сад", admins={43}))
        yield opened


@pytest.fixture
async def telegram(sandbox: Sandbox) -> AsyncIterator[TelegramChats]:
    """The port over aiogram."""
    async with open_telegram(
        sandbox.telegram_token, sandbox.telegram_api, clock=FixedClock(), deadlines=LIMITS
    ) as opened:
        yield TelegramChats(opened)


@pytest.fixture
async def door(sandbox: Sandbox) -> AsyncIterator[Vk]:
    """The door to VK."""
    async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock(), deadlines=LIMITS) as opened:
        yield opened


@pytest.fixture
def vk(door: Vk) -> VkChats:
    """The port over vk_api."""
    return door.chats


async def test_telegram_tells_admins_and_owners_from_members(telegram: TelegramChats) -> None:
    """Also who is nobody there."""
    people = ("1001", "2002", "2001", "99")
    assert [await telegram.administers(person, GROUP) for person in people] == [True, True, False, False]


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_of_a_chat_without_the_bot_nobody_is_an_admin(
    telegram: TelegramChats, sandbox: Sandbox, status: str
) -> None:
    """Nor of one that does not exist."""
    match status:
        case "left" | "kicked":
            sandbox.world.chat("telegram:-1005").bot_status = status
    assert not await telegram.administers("2002", GROUP)
    assert not await telegram.administers("2002", Place(Platform.TELEGRAM, "-77"))


async def test_a_channel_is_found_by_its_name(telegram: TelegramChats, sandbox: Sandbox) -> None:
    """With what the bot may do there."""
    channel = FoundChat(
        Place(Platform.TELEGRAM, "-1001000000001"), ChatKind.CHANNEL, "Дайджест мировой прессы", True, "digest"
    )
    assert await telegram.find("@digest") == channel
    sandbox.world.channel.can_post = False
    found = await telegram.find("-1001000000001")
    assert found is not None
    assert not found.may_post
    group = await telegram.find("-1005")
    assert group is not None
    assert (group.kind, group.may_post) == (ChatKind.GROUP, True)
    assert await telegram.find("@nobody") is None


@pytest.mark.parametrize("fault", [faults.Status(500), faults.TooMany(3), faults.DropBefore(), faults.HtmlPage()])
async def test_when_telegram_does_not_tell_it_is_asked_again_later(
    telegram: TelegramChats, sandbox: Sandbox, fault: faults.Fault
) -> None:
    """Nobody is taken for an admin, and nobody for a stranger."""
    sandbox.faults.add("telegram", "getChatMember", fault)
    with pytest.raises(TryLater):
        await telegram.administers("2002", GROUP)
    assert await telegram.administers("2002", GROUP)


async def test_vk_tells_admins_of_a_chat(vk: VkChats, sandbox: Sandbox) -> None:
    """Only where the community is an admin itself."""
    assert [await vk.administers(person, TALK) for person in ("43", "42", "99")] == [True, False, False]
    sandbox.world.chat("vk:2000000001").bot_status = "member"
    assert not await vk.administers("43", TALK)
    assert not await vk.administers("43", Place(Platform.VK, "2000000002"))


async def test_when_vk_does_not_tell_it_is_asked_again_later(vk: VkChats, sandbox: Sandbox) -> None:
    """The same on the other side."""
    sandbox.faults.add("vk", "messages.getConversationMembers", faults.HtmlPage())
    with pytest.raises(TryLater):
        await vk.administers("43", TALK)
    assert await vk.administers("43", TALK)


async def test_a_message_to_a_vk_chat_is_sent_though_it_has_no_number(door: Vk, sandbox: Sandbox) -> None:
    """VK answers 0 there. To a person 0 would mean nothing."""
    chat = sandbox.world.chat("vk:2000000001")
    vk_chats.say(sandbox.vk, chat, sandbox.world.chat("vk:43"), "/теги")
    params = {"peer_id": 2_000_000_001, "message": "Статья", "random_id": 1, "v": "5.199"}
    assert (await door.publish(Post(Platform.VK, "messages.send", params))).message_id == ""
    assert [message.text for message in chat.messages.values()] == ["/теги", "Статья"]
