"""Messages, buttons and the Long Poll of the sandbox's VK, as the real vk_api library sees them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from vk_api import ApiError
from vk_api.bot_longpoll import VkBotLongPoll
from vk_api.keyboard import VkKeyboard

from bot.sandbox import faults
from bot.sandbox.server import Sandbox, open_sandbox
from tests.contract.test_sandbox_vk import Api, caller, client, error_of

YOU = "vk:42"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A fresh sandbox, where one person has written to the community."""
    async with open_sandbox() as opened:
        await opened.world.say(YOU, "Начать")
        yield opened


@pytest.fixture
def group(sandbox: Sandbox) -> Api:
    """Calls with the community key."""
    return caller(client(sandbox.vk_api, sandbox.vk_token))


def keyboard(*rows: list[dict[str, Any]], inline: bool = True) -> str:
    """A keyboard as JSON."""
    return json.dumps({"inline": inline, "buttons": list(rows)})


def button(kind: str = "text", label: str = "Ещё", **more: Any) -> dict[str, Any]:
    """One button."""
    return {"action": {"type": kind, "label": label, **more}}


async def test_the_same_random_id_is_the_same_message(group: Api, sandbox: Sandbox) -> None:
    """A repeated call answers with the first one's id and sends nothing; 0 protects from nothing."""
    first = await group("messages.send", peer_id=42, random_id=5, message="Раз")
    assert await group("messages.send", peer_id=42, random_id=5, message="Раз") == first
    zero = await group("messages.send", peer_id=42, random_id=0, message="Два")
    assert await group("messages.send", peer_id=42, random_id=0, message="Два") != zero
    assert [message.text for message in sandbox.world.chat(YOU).messages.values()] == ["Начать", "Раз", "Два", "Два"]


async def test_many_receivers_get_an_answer_each(group: Api) -> None:
    """Who can't be written to has an error in the list, and the others get their message."""
    answers = await group("messages.send", peer_ids="42,43", random_id=5, message="Всем")
    assert [answer["peer_id"] for answer in answers] == [42, 43]
    assert answers[0]["message_id"] > 0
    assert answers[1]["error"]["code"] == 901
    too_many = ",".join(str(number) for number in range(101))
    assert (await error_of(group("messages.send", peer_ids=too_many, random_id=6, message="x"))).code == 100


async def test_who_forbids_messages_gets_none(group: Api, sandbox: Sandbox) -> None:
    """Blocking and unblocking come as events; writing allows again."""
    allowed = {"group_id": 220, "user_id": 42}
    sandbox.world.block(YOU)
    assert (await error_of(group("messages.send", peer_id=42, random_id=1, message="x"))).code == 901
    assert await group("messages.isMessagesFromGroupAllowed", **allowed) == {"is_allowed": 0}
    sandbox.world.unblock(YOU)
    assert await group("messages.isMessagesFromGroupAllowed", **allowed) == {"is_allowed": 1}
    events = (await sandbox.vk.longpoll.check(sandbox.vk.longpoll.key, "1", 0))["updates"]
    assert [event["type"] for event in events] == ["message_new", "message_deny", "message_allow"]


async def test_messages_can_be_allowed_without_writing(group: Api, sandbox: Sandbox) -> None:
    """As with the button on the community's page."""
    sandbox.world.unblock("vk:43")
    assert await group("messages.send", peer_id=43, random_id=1, message="Здравствуйте") > 0


async def test_a_message_shows_a_card_of_its_address(group: Api, sandbox: Sandbox) -> None:
    """Unless the sender asks for none; a wall post can be attached."""
    address = sandbox.newsroom.page_url(sandbox.newsroom.publish_next())
    post_id = (await group("wall.post", owner_id=-220, message="x"))["post_id"]
    await group("messages.send", peer_id=42, random_id=1, message=f"Вот {address}")
    await group("messages.send", peer_id=42, random_id=2, message=f"Вот {address}", dont_parse_links=1)
    await group("messages.send", peer_id=42, random_id=3, attachment=f"wall-220_{post_id}")
    sent = list(sandbox.world.chat(YOU).messages.values())[1:]
    assert [message.card is not None for message in sent] == [True, False, False]
    assert sent[2].raw["attachments"][0]["wall"]["id"] == post_id


@pytest.mark.parametrize(
    "wrong",
    [
        keyboard(*[[button()]] * 7),
        keyboard(*[[button()]] * 11, inline=False),
        keyboard([button()] * 6),
        keyboard([button()] * 5, [button()] * 5, [button()]),
        keyboard([button("dance")]),
        keyboard([button(label="")]),
        keyboard([button(label="я" * 41)]),
        keyboard([button(payload="not json")]),
        keyboard([button(payload=json.dumps("я" * 256, ensure_ascii=False))]),
        keyboard([button("open_link", link="nowhere")]),
        keyboard([button() | {"color": "pink"}]),
        keyboard([button("open_link", link="https://a.example") | {"color": "primary"}]),
        json.dumps({"inline": True, "one_time": True, "buttons": []}),
        json.dumps({"inline": True}),
        json.dumps([]),
    ],
)
async def test_a_wrong_keyboard_is_911(group: Api, wrong: str) -> None:
    """Too many rows or buttons, a payload that is no JSON, an unknown colour: all are one code."""
    assert (await error_of(group("messages.send", peer_id=42, random_id=1, message="x", keyboard=wrong))).code == 911


async def test_a_keyboard_of_vk_apis_own_builder(group: Api, sandbox: Sandbox) -> None:
    """Text, callback and link buttons are shown; text says its label with its payload, callback makes an event."""
    built = VkKeyboard(inline=True)
    built.add_button("Темы", payload={"command": "tags"})
    built.add_callback_button("Подписаться", payload={"tag": "nauka"})
    built.add_openlink_button("Сайт", "https://a.example")
    sent = await group("messages.send", peer_id=42, random_id=1, message="Что дальше?", keyboard=built.get_keyboard())
    shown = sandbox.world.chat(YOU).messages[sent].view()["buttons"][0]
    assert shown[0] == {"label": "Темы", "url": None, "press": True}
    assert shown[2] == {"label": "Сайт", "url": "https://a.example", "press": False}

    await sandbox.world.press(YOU, str(sent), 0, 0)
    await sandbox.world.press(YOU, str(sent), 0, 1)
    said, pressed = (await sandbox.vk.longpoll.check(sandbox.vk.longpoll.key, "2", 0))["updates"]
    assert said["object"]["message"]["text"] == "Темы"
    assert json.loads(said["object"]["message"]["payload"]) == {"command": "tags"}
    event = pressed["object"]
    assert (pressed["type"], event["payload"], event["user_id"]) == ("message_event", {"tag": "nauka"}, 42)

    answer = {"event_id": event["event_id"], "user_id": 42, "peer_id": 42}
    snackbar = json.dumps({"type": "show_snackbar", "text": "Готово"})
    assert (await error_of(group("messages.sendMessageEventAnswer", **answer, event_data="Готово"))).code == 100
    assert await group("messages.sendMessageEventAnswer", **answer, event_data=snackbar) == 1
    assert sandbox.world.chat(YOU).notice == "Готово"
    assert (await error_of(group("messages.sendMessageEventAnswer", **answer, event_data=snackbar))).code == 100


async def test_a_message_is_edited_by_either_of_its_numbers(group: Api, sandbox: Sandbox) -> None:
    """By message_id or cmid; a person's own message can't be."""
    sent = await group("messages.send", peer_id=42, random_id=1, message="Было")
    assert await group("messages.edit", peer_id=42, message_id=sent, message="Стало") == 1
    message = sandbox.world.chat(YOU).messages[sent]
    assert (message.text, message.edited) == ("Стало", True)
    assert await group("messages.edit", peer_id=42, cmid=message.raw["conversation_message_id"], message="Ещё") == 1
    assert message.text == "Ещё"
    assert (await error_of(group("messages.edit", peer_id=42, message_id=1, message="x"))).code == 100


async def test_vk_apis_long_poll_hears_a_person(sandbox: Sandbox) -> None:
    """The library's own listener gets the message, and goes on after each of VK's three failures."""
    vk = client(sandbox.vk_api, sandbox.vk_token)
    longpoll = await asyncio.to_thread(VkBotLongPoll, vk, 220, 5)

    async def hear(text: str) -> list[str]:
        await sandbox.world.say(YOU, text)
        return [event.message["text"] for event in await asyncio.to_thread(longpoll.check)]

    assert await hear("раз") == ["раз"]
    sandbox.vk.longpoll.expire_key()
    assert await hear("два") == []
    assert await hear("три") == ["два", "три"]
    longpoll.ts = "1"
    sandbox.vk.longpoll.forget()
    assert await hear("четыре") == []
    assert await hear("пять") == ["пять"]
    sandbox.vk.longpoll.lose()
    assert await hear("шесть") == []
    assert await hear("семь") == ["семь"]


async def test_a_waiting_long_poll_is_woken(sandbox: Sandbox) -> None:
    """It answers at once when something happens; without anything it ends empty, with the same ts."""
    longpoll = sandbox.vk.longpoll
    assert await longpoll.check(longpoll.key, "2", 0.01) == {"ts": "2", "updates": []}
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(longpoll.check(longpoll.key, "2", 30))
        await sandbox.world.say(YOU, "раз")
    assert len(waiting.result()["updates"]) == 1
    longpoll.repeat_last()
    again = (await longpoll.check(longpoll.key, "3", 0))["updates"]
    assert again == waiting.result()["updates"]


async def test_long_poll_settings(group: Api, sandbox: Sandbox) -> None:
    """Only ticked kinds come; switched off, there is no server."""
    await group("groups.setLongPollSettings", group_id=220, message_new=0)
    settings = await group("groups.getLongPollSettings", group_id=220)
    assert (settings["is_enabled"], settings["events"]["message_new"], settings["events"]["wall_post_new"]) == (
        True,
        0,
        1,
    )
    before = sandbox.vk.longpoll.ts
    await sandbox.world.say(YOU, "раз")
    assert sandbox.vk.longpoll.ts == before
    await group("groups.setLongPollSettings", group_id=220, enabled=0)
    assert "not enabled" in (await error_of(group("groups.getLongPollServer", group_id=220))).error["error_msg"]


async def test_a_fault_of_the_long_poll(sandbox: Sandbox) -> None:
    """The Long Poll and the upload can fail too, by the names "longpoll" and "upload"."""
    longpoll = await asyncio.to_thread(VkBotLongPoll, client(sandbox.vk_api, sandbox.vk_token), 220, 1)
    sandbox.faults.add("vk", "longpoll", faults.HtmlPage())
    with pytest.raises(ValueError, match="Expecting value"):
        await asyncio.to_thread(longpoll.check)
    assert await asyncio.to_thread(longpoll.check) == []


async def test_what_vk_tells_about_itself(group: Api, sandbox: Sandbox) -> None:
    """The community, its key's rights, people and the time."""
    assert (await group("groups.getById"))["groups"][0]["screen_name"] == "digest_press"
    assert (await group("groups.getById", v="5.131"))[0]["id"] == 220
    rights = await group("groups.getTokenPermissions")
    assert rights["mask"] & 8192
    assert {setting["name"] for setting in rights["permissions"]} == {"wall", "photos", "messages", "docs", "manage"}
    assert await group("users.get") == []
    assert (await group("users.get", user_ids="42,99"))[0]["first_name"] == "Вы"
    assert await group("utils.resolveScreenName", screen_name="digest_press") == {"type": "group", "object_id": 220}
    assert await group("utils.resolveScreenName", screen_name="nobody") == []
    assert await group("utils.getServerTime") > 0


async def test_twenty_requests_a_second(group: Api, sandbox: Sandbox) -> None:
    """The limit is off until it is set; then error 6."""
    sandbox.vk.limits.group_per_second = 0
    with pytest.raises(ApiError, match="Too many requests per second"):
        await group("users.get")
