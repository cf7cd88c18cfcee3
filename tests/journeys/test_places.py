"""Groups, topics and channels over the whole bot: who may subscribe them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_app
from bot.listening import VK_TS
from bot.model import Place
from bot.sandbox import telegram_groups, vk_chats
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat, Message
from bot.service import App
from tests.journeys.newsroom import ANNA, ILYA, YOU, asks, has_read, headlines, is_listening, said, settings
from tests.waiting import until, until_true


async def in_group(sandbox: Sandbox, chat: Chat, person: str, text: str, thread: int | None = None) -> Message:
    """A person says something in a group; the bot's answer."""
    before = len(said(sandbox, chat.name))
    telegram_groups.say(sandbox.telegram, chat, sandbox.world.chat(person), text, thread=thread)
    await until(lambda: len(said(sandbox, chat.name)) > before, f"an answer to {text!r}")
    return [one for one in chat.messages.values() if one.sender == "bot"][before]


async def subscribed(app: App, place: str) -> tuple[str, ...]:
    """What a place is subscribed to, of tags."""
    reader = await app.store.subscriptions.reader(Place.parse(place))
    return reader.labels if reader is not None and reader.active else ()


async def test_a_forum_with_two_topics_loses_and_regains_the_bot(tmp_path: Path) -> None:
    """Only its admins subscribe; each topic gets its own tags; removed and added again, nothing is lost; a demoted
    admin has no say any more."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)) as app:
        forum = sandbox.world.add_chat(Chat("telegram", -1005, "supergroup", "Сад", threads={4, 9}))
        anna, you = sandbox.world.chat(ANNA), sandbox.world.chat(YOU)
        await has_read(sandbox)
        refusal = await in_group(sandbox, forum, ANNA, "/subscribe Наука", thread=4)
        assert "admins" in refusal.text
        telegram_groups.promote(sandbox.telegram, forum, anna, is_admin=True)
        answer = await in_group(sandbox, forum, ANNA, "/subscribe Наука", thread=4)
        assert answer.raw["message_thread_id"] == 4
        await in_group(sandbox, forum, ANNA, "/subscribe Поезда", thread=9)
        assert await subscribed(app, "telegram:-1005:4") == ("Наука",)
        telegram_groups.press(sandbox.telegram, forum, you, answer, "/unsubscribe *")
        telegram_groups.press(sandbox.telegram, forum, you, answer, answer.keys[0][0].value)
        await until(lambda: len(sandbox.telegram.notices) == 2, "both presses are acknowledged")
        assert await subscribed(app, "telegram:-1005:4") == ("Наука",)
        telegram_groups.set_bot(sandbox.telegram, forum, anna, "kicked")

        async def is_silent() -> bool:
            return await subscribed(app, "telegram:-1005:4") == await subscribed(app, "telegram:-1005:9") == ()

        await until_true(is_silent, "both topics are switched off")
        telegram_groups.set_bot(sandbox.telegram, forum, anna, "administrator")

        async def is_back() -> bool:
            topics = [await subscribed(app, f"telegram:-1005:{thread}") for thread in (4, 9)]
            return topics == [("Наука",), ("Поезда",)]

        await until_true(is_back, "both topics have their tags again")
        telegram_groups.promote(sandbox.telegram, forum, anna, is_admin=False)
        assert "admins" in (await in_group(sandbox, forum, ANNA, "/subscribe Поезда", thread=4)).text
        for _ in range(4):
            sandbox.newsroom.publish_next()
        stories = [one.story for one in sandbox.newsroom.published[-4:]]
        wanted = {
            4: [one for one in stories if "Наука" in one.tags],
            9: [one for one in stories if "Поезда" in one.tags],
        }
        count = sum(map(len, wanted.values()))
        await until(lambda: len(headlines(sandbox, forum.name)) >= count, "the articles are in their topics")
        for thread, expected in wanted.items():
            there = [m for m in forum.messages.values() if m.sender == "bot" and m.raw["message_thread_id"] == thread]
            assert [one.slug for m in there for one in stories if one.headline in m.text] == [
                one.slug for one in expected
            ]


async def test_an_anonymous_admin_and_an_upgrade(tmp_path: Path) -> None:
    """Who speaks in the group's own name is its admin; upgraded, the group has its tags under its new number."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)) as app:
        group = sandbox.world.add_chat(Chat("telegram", -40, "group", "Сад", bot_status="member"))
        anna = sandbox.world.chat(ANNA)
        await has_read(sandbox)
        telegram_groups.say(sandbox.telegram, group, anna, "/subscribe Наука", anonymous=True)
        await until(lambda: said(sandbox, group.name), "the anonymous admin is answered")
        assert await subscribed(app, "telegram:-40") == ("Наука",)
        there = telegram_groups.upgrade(sandbox.telegram, group, anna, -10040)

        async def has_moved() -> bool:
            return await subscribed(app, "telegram:-10040") == ("Наука",)

        await until_true(has_moved, "the tags are at the new number")
        assert "Наука" in (await in_group(sandbox, there, ANNA, "/mytags")).text


async def test_a_channel_is_subscribed_by_its_admin_alone(tmp_path: Path) -> None:
    """In private, by its name. The articles come there; a stranger is refused; removed there, the bot is silent."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)) as app:
        garden = sandbox.world.add_chat(Chat("telegram", -1007, "channel", "Сад", username="garden", admins={2002}))
        await has_read(sandbox)
        assert "@garden" in await asks(sandbox, YOU, "/subscribe @garden Наука")
        assert await subscribed(app, "telegram:-1007") == ()
        assert "Сад" in await asks(sandbox, ANNA, "/subscribe @garden Наука")
        assert await subscribed(app, "telegram:-1007") == ("Наука",)
        slug = ""
        while not slug:
            sandbox.newsroom.publish_next()
            story = sandbox.newsroom.published[-1].story
            slug = story.slug if "Наука" in story.tags else ""
        await until(lambda: headlines(sandbox, garden.name) == [slug], "the article is in the channel")
        telegram_groups.set_bot(sandbox.telegram, garden, sandbox.world.chat(ANNA), "kicked")

        async def is_off() -> bool:
            return await subscribed(app, "telegram:-1007") == ()

        await until_true(is_off, "the channel is switched off")


async def test_a_vk_chat_denies_and_allows(tmp_path: Path) -> None:
    """In a chat its admins subscribe, by word or mention; a person who denies messages keeps the tags."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)) as app:
        talk = sandbox.world.add_chat(Chat("vk", 2_000_000_001, "group", "Сад", admins={43}))
        ilya, you = sandbox.world.chat(ILYA), sandbox.world.chat("vk:42")
        await has_read(sandbox)
        await is_listening(sandbox)
        vk_chats.say(sandbox.vk, talk, you, "[club220|Дайджест], подписаться Наука")
        await until(lambda: len(said(sandbox, talk.name)) == 1, "a stranger is refused")
        vk_chats.say(sandbox.vk, talk, you, "подписаться Наука")
        vk_chats.say(sandbox.vk, talk, ilya, "/подписаться Наука")
        await until(lambda: len(said(sandbox, talk.name)) == 2, "an admin is answered")
        assert await subscribed(app, "vk:2000000001") == ("Наука",)
        for inside, expected in ((False, ()), (True, ("Наука",))):
            vk_chats.set_member(sandbox.vk, talk, ilya, inside=inside)

            async def has_changed(expected: tuple[str, ...] = expected) -> bool:
                return await subscribed(app, "vk:2000000001") == expected

            await until_true(has_changed, f"the community is inside: {inside}")
        await asks(sandbox, ILYA, "подписаться Поезда")
        sandbox.world.block(ILYA)

        async def is_paused() -> bool:
            return await subscribed(app, ILYA) == ()

        await until_true(is_paused, "denied messages pause")
        sandbox.world.unblock(ILYA)
        sandbox.vk.longpoll.repeat_last()

        async def is_resumed() -> bool:
            return await subscribed(app, ILYA) == ("Поезда",)

        await until_true(is_resumed, "allowed messages resume")


async def test_what_is_said_on_vk_during_a_restart_is_heard_after_it(tmp_path: Path) -> None:
    """`ts` is kept; what was answered before is not answered again."""
    async with open_sandbox() as sandbox:
        async with open_app(settings(sandbox, tmp_path)) as app:
            await until_true(lambda: app.store.marks.get(VK_TS), "the place in VK's queue is kept")
            await asks(sandbox, ILYA, "мои теги")
        await sandbox.world.say(ILYA, "подписаться Поезда")
        async with open_app(settings(sandbox, tmp_path)) as app:

            async def is_heard() -> bool:
                return await subscribed(app, ILYA) == ("Поезда",)

            await until_true(is_heard, "what was said meanwhile")
            await until(lambda: len(said(sandbox, ILYA)) == 2, "one answer each")
