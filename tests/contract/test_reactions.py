"""Every error of the platforms' tables, from the wire to the ledger, the channel and the admin.

A row says what the error does to the article that met it, which articles stand in the channel after the round, and
what of the alert an admin must find in it ("" when nobody is disturbed; what is unconfirmed is asked about elsewhere).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.model import Place, Platform, Post, SlotState
from bot.sandbox.faults import Fault, HtmlPage, TelegramError, TooMany, VkError
from bot.store import Store
from tests.contract.reactions import PLACES, Wire, on_the_wire, story
from tests.readers import who

SENT, DEFERRED, REFUSED, UNCONFIRMED = (
    SlotState.SENT,
    SlotState.DEFERRED,
    SlotState.REFUSED,
    SlotState.UNCONFIRMED,
)
READER = Place(Platform.TELEGRAM, "2001")
TOPIC = Place(Platform.TELEGRAM, "-1001000000002", 7)
GROUP = Place(Platform.TELEGRAM, "-4001")
ILYA = Place(Platform.VK, "43")
NEW_GROUP = -1001000000002
PAGE = "https://id.vk.ru/not_robot_captcha?session=1"


@pytest.fixture
async def telegram(store: Store) -> AsyncIterator[Wire]:
    async with on_the_wire(Platform.TELEGRAM, store) as wire:
        yield wire


@pytest.fixture
async def vk(store: Store) -> AsyncIterator[Wire]:
    async with on_the_wire(Platform.VK, store) as wire:
        yield wire


def bad(words: str) -> TelegramError:
    return TelegramError(400, f"Bad Request: {words}")


def forbidden(words: str) -> TelegramError:
    return TelegramError(403, f"Forbidden: {words}")


TELEGRAM_PUBLIC: list[tuple[Fault, SlotState, list[int], str]] = [
    (forbidden("bot was kicked from the channel chat"), DEFERRED, [], "kicked"),
    (forbidden("bot is not a member of the channel chat"), DEFERRED, [], "not a member"),
    (bad("chat not found"), DEFERRED, [], "chat not found"),
    (bad("need administrator rights in the channel chat"), DEFERRED, [], "administrator rights"),
    (bad("not enough rights to send text messages to the chat"), DEFERRED, [], "not enough rights"),
    (bad("have no write access to the chat"), DEFERRED, [], "write access"),
    (bad("CHAT_WRITE_FORBIDDEN"), DEFERRED, [], "CHAT_WRITE_FORBIDDEN"),
    (TelegramError(401, "Unauthorized"), DEFERRED, [], ".env"),
    (TooMany(37), DEFERRED, [], ""),
    (bad("can't parse entities: unsupported start tag"), SENT, [1, 2], ""),
    (bad("ENTITIES_TOO_LONG"), SENT, [1, 2], ""),
    (bad("message is too long"), SENT, [1, 2], ""),
    (bad("message text is empty"), REFUSED, [2], "text is empty"),
    (TelegramError(413, "Request Entity Too Large"), REFUSED, [2], "Too Large"),
    (TelegramError(500, "Internal Server Error: restart"), UNCONFIRMED, [2], ""),
    (HtmlPage(502), UNCONFIRMED, [2], ""),
]


def name_of(value: object) -> str:
    """The error's own words name the row."""
    code = getattr(value, "code", "")
    words = getattr(value, "description", getattr(value, "message", ""))
    return f"{code} {words}"[:50] if code or words else type(value).__name__ if isinstance(value, Fault) else ""


@pytest.mark.parametrize(("fault", "state", "posted", "told"), TELEGRAM_PUBLIC, ids=name_of)
async def test_what_an_error_does_to_a_post_in_a_telegram_channel(
    telegram: Wire, fault: Fault, state: SlotState, posted: list[int], told: str
) -> None:
    """The next article goes out unless the whole channel is in trouble; then all wait for it to be mended."""
    await telegram.published(fault, "sendMessage")
    word = await telegram.word(1)
    assert word is not None
    assert (word.state, telegram.posted()) == (state, posted)
    assert_told(telegram, told)


MEDIA = [
    "Wrong file identifier/HTTP URL specified",
    "failed to get HTTP URL content",
    "Wrong type of the web page content",
    "message caption is too long",
]


@pytest.mark.parametrize("words", MEDIA)
async def test_a_refused_picture_gives_way_to_the_text(store: Store, words: str) -> None:
    """The article goes out all the same, and nobody is disturbed."""
    async with on_the_wire(Platform.TELEGRAM, store, image="photo") as telegram:
        await telegram.published(bad(words), "sendPhoto", times=2)
        assert telegram.posted() == [1, 2]
        assert telegram.told() == []


async def test_a_picture_is_uploaded_else_sent_by_its_address_else_left_out(store: Store) -> None:
    """First its bytes, then its address, which Telegram can't load here; the article goes out without it, and nobody is
    disturbed."""
    asked: list[str] = []

    async def pictures(address: str) -> bytes:
        asked.append(address)
        return b"\x89PNG\r\n\x1a\n and so on"

    async with on_the_wire(Platform.TELEGRAM, store, image="photo", pictures=pictures) as telegram:
        await telegram.published(bad("failed to get HTTP URL content"), "sendPhoto", times=1)
        assert telegram.posted() == [1, 2]
        assert ["photo" in message.raw for message in telegram.chat.messages.values()] == [False, True]
        assert asked[0] == "https://gardens.example/rose.jpg"
        assert telegram.told() == []


async def test_text_without_its_markup_still_shows_where_to_read_on(telegram: Wire) -> None:
    """The link hides in the markup: when that is refused, the address itself stands in the text."""
    await telegram.published(bad("can't parse entities: odd"), "sendMessage")
    [first, _] = telegram.chat.messages.values()
    assert story(1).url in first.text
    assert "https://paper.example/rose" in first.text


async def test_a_place_in_trouble_goes_on_by_itself(telegram: Wire) -> None:
    """Once the admin has mended it, what waited goes out in order, and the admin hears that it is over."""
    await telegram.published(bad("need administrator rights in the channel chat"), "sendMessage")
    await telegram.later(timedelta(minutes=10))
    assert telegram.posted() == [1, 2]
    assert len(telegram.told()) == 2
    assert "✓ channel main" in telegram.told()[1]


@pytest.mark.parametrize(
    "fault",
    [
        forbidden("bot was blocked by the user"),
        forbidden("user is deactivated"),
        forbidden("bot can't initiate conversation with a user"),
        bad("chat not found"),
        bad("private chat not found"),
    ],
    ids=name_of,
)
async def test_a_reader_who_is_gone_is_switched_off(telegram: Wire, fault: Fault) -> None:
    """Not forgotten: the tags stay for when they come back. No admin needs to know."""
    await telegram.served(READER, fault, "sendMessage")
    await assert_switched_off(telegram, READER)


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (GROUP, forbidden("bot was kicked from the group chat")),
        (GROUP, forbidden("bot was kicked from the supergroup chat")),
        (GROUP, forbidden("bot is not a member of the supergroup chat")),
        (GROUP, forbidden("the group chat was deleted")),
        (GROUP, bad("not enough rights to send text messages to the chat")),
        (TOPIC, bad("message thread not found")),
        (TOPIC, bad("TOPIC_CLOSED")),
        (TOPIC, bad("TOPIC_DELETED")),
    ],
    ids=name_of,
)
async def test_a_group_that_can_not_be_written_to_is_switched_off(telegram: Wire, place: Place, fault: Fault) -> None:
    """The same for a topic that was deleted or closed: the group chose it, and nothing is put elsewhere unasked."""
    await telegram.served(place, fault, "sendMessage")
    await assert_switched_off(telegram, place)


async def test_our_own_trouble_switches_no_reader_off(telegram: Wire) -> None:
    """A revoked token says nothing about a reader."""
    await telegram.served(READER, TelegramError(401, "Unauthorized"), "sendMessage")
    reader = await telegram.store.subscriptions.reader(READER)
    word = await telegram.word(1, READER)
    assert reader is not None
    assert word is not None
    assert (reader.active, word.state) == (True, DEFERRED)


async def test_a_group_that_became_a_supergroup_keeps_all_it_had(telegram: Wire) -> None:
    """The message in flight goes to the new id; tags, marks and ledger move; the next one goes there at once."""
    moved = TelegramError(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": NEW_GROUP})
    await telegram.store.marks.put(f"quiet:{GROUP}", "22-07")
    await telegram.served(GROUP, moved, "sendMessage")
    new = Place(Platform.TELEGRAM, str(NEW_GROUP))
    there = telegram.sandbox.world.chat(f"telegram:{NEW_GROUP}")
    assert telegram.posted(there) == [1]

    subscriptions = telegram.store.subscriptions
    reader = await subscriptions.reader(new)
    assert reader is not None
    assert reader.labels == ("Gardens",)
    assert await subscriptions.reader(GROUP) is None
    assert await who(telegram.store, "gardens") == [new]
    assert await telegram.store.marks.get(f"quiet:{new}") == "22-07"
    word = await telegram.word(1, new)
    assert word is not None
    assert word.state is SENT
    assert await telegram.word(1, GROUP) is None
    assert {one.slot.place for one in await telegram.store.ledger.story(story(1).key)} == {new}

    await telegram.queued(1, 2, queue="@readers")
    await telegram.fanout().run()
    assert telegram.posted(there) == [1, 2]
    assert [call.params["chat_id"] for call in telegram.sandbox.world.calls][-1] == str(NEW_GROUP)


async def test_a_channel_of_the_settings_that_moved_is_followed(store: Store) -> None:
    """Posts go to the new id, also after a restart; the admin is asked to put it into the settings. Then the ledger
    follows, and nothing is posted twice."""
    old, new = Place(Platform.TELEGRAM, "-4001"), Place(Platform.TELEGRAM, str(NEW_GROUP))
    async with on_the_wire(Platform.TELEGRAM, store) as telegram:
        there = telegram.sandbox.world.chat(f"telegram:{NEW_GROUP}")
        settle_at(telegram, old)
        moved = TelegramError(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": NEW_GROUP})
        await telegram.published(moved, "sendMessage")
        assert telegram.posted(there) == [1, 2]
        assert_told(telegram, f"put its new id {NEW_GROUP} into the channel's target")
        assert await store.moves.known() == {old: new}

        settle_at(telegram, new)
        await telegram.moving.take_up()
        await store.client.write("ZADD", "depeche:queue:main", 1, story(1).key)
        await telegram.publication().news()
        assert telegram.posted(there) == [1, 2]


VK_PUBLIC: list[tuple[Fault, SlotState, list[int], str]] = [
    *((VkError(code), UNCONFIRMED, [2], "") for code in (1, 10, 36)),
    (VkError(9, "Flood control"), DEFERRED, [], "Flood control"),
    (VkError(14, "Captcha needed", redirect_uri=PAGE), DEFERRED, [], PAGE),
    (VkError(17, "Validation required", redirect_uri=PAGE), DEFERRED, [], PAGE),
    (VkError(29, "Rate limit reached"), DEFERRED, [], "Rate limit"),
    *((VkError(code), DEFERRED, [], f"VK error {code}") for code in (5, 27, 28, 42, 1051, 1117, 3609)),
    *((VkError(code), DEFERRED, [], f"VK error {code}") for code in (7, 15, 20, 125, 203, 13000)),
    *((VkError(code), REFUSED, [2], f"VK error {code}") for code in (8, 100, 113, 150, 225)),
    *((VkError(code), REFUSED, [2], f"VK error {code}") for code in (104, 210, 211, 212, 213)),
    (VkError(214, "Access to adding post denied: you can only add 50 posts a day"), DEFERRED, [], ""),
    (VkError(214, "Access to adding post denied: a post is already scheduled for this time"), DEFERRED, [], ""),
    (VkError(214, "Access to adding post denied"), DEFERRED, [], "VK error 214"),
    *((VkError(code), DEFERRED, [], "") for code in (219, 220, 224)),
    (VkError(222, "Hyperlinks are forbidden"), SENT, [1, 2], ""),
    (VkError(100, "One of the parameters specified was missing or invalid: copyright"), SENT, [1, 2], ""),
    (VkError(3102, "Specified link is incorrect"), SENT, [1, 2], ""),
]


@pytest.mark.parametrize(("fault", "state", "posted", "told"), VK_PUBLIC, ids=name_of)
async def test_what_an_error_does_to_a_post_on_a_wall(
    vk: Wire, fault: VkError, state: SlotState, posted: list[int], told: str
) -> None:
    """The next article goes out unless the whole wall is in trouble."""
    await vk.published(fault, "wall.post", times=2 if fault.code in (1, 10, 36) else 1)
    word = await vk.word(1)
    assert word is not None
    assert (word.state, vk.posted()) == (state, posted)
    assert_told(vk, told)


async def test_too_many_calls_a_second_are_waited_out(vk: Wire) -> None:
    """Error 6 needs nobody: the same post goes out within the second."""
    await vk.published(TooMany(), "wall.post")
    assert vk.posted() == [1, 2]
    assert vk.told() == []


@pytest.mark.parametrize("code", [18, 30, 37, 900, 901, 902, 917, 925, 936, 945, 950, 1012])
async def test_a_vk_reader_who_is_gone_is_switched_off(vk: Wire, code: int) -> None:
    """Not forgotten; a message of theirs switches them on again."""
    await vk.served(ILYA, VkError(code), "messages.send")
    await assert_switched_off(vk, ILYA)


@pytest.mark.parametrize("code", [5, 7, 15, 27, 203, 912])
async def test_a_missing_right_switches_no_vk_reader_off(vk: Wire, code: int) -> None:
    """It is the community's to mend, and an admin hears of it."""
    await vk.served(ILYA, VkError(code), "messages.send")
    reader, word = await vk.store.subscriptions.reader(ILYA), await vk.word(1, ILYA)
    assert reader is not None
    assert word is not None
    assert (reader.active, word.state) == (True, DEFERRED)
    assert_told(vk, f"VK error {code}")


@pytest.mark.parametrize(
    ("code", "dropped"), [(911, "keyboard"), (940, "attachment"), (943, "intent"), (944, "intent")]
)
async def test_what_vk_can_not_take_is_left_out_of_a_message(vk: Wire, code: int, dropped: str) -> None:
    """The article itself arrives."""
    params = {"peer_id": 43, "random_id": 5, "message": "Headline 1", dropped: "odd"}
    vk.sandbox.faults.add("vk", "messages.send", VkError(code))
    await vk.doors[Platform.VK].publish(Post(Platform.VK, "messages.send", params))
    assert vk.posted(vk.sandbox.world.chat("vk:43")) == [1]
    assert dropped not in vk.sandbox.world.calls[-1].params


async def test_a_message_that_vk_finds_too_long_is_shortened(vk: Wire) -> None:
    """Its links stay."""
    text = f"Headline 1 {'word ' * 900} https://gardens.example/1"
    vk.sandbox.faults.add("vk", "messages.send", VkError(914))
    params = {"peer_id": 43, "random_id": 5, "message": text}
    await vk.doors[Platform.VK].publish(Post(Platform.VK, "messages.send", params))
    [message] = [one for one in vk.sandbox.world.chat("vk:43").messages.values() if one.sender == "bot"]
    assert message.text.endswith("…\nhttps://gardens.example/1")


async def test_one_captcha_is_one_alert_and_the_wall_waits(vk: Wire) -> None:
    """Five articles, one call, one alert with the link; then one probe at a time, each with a link of its own, until
    a person has passed. Everything goes out then, and the admin hears that it is over."""
    await vk.queued(1, 2, 3, 4, 5)
    vk.sandbox.faults.add("vk", "wall.post", VkError(14, "Captcha needed", redirect_uri=PAGE), times=2)
    await vk.publication().news()
    await vk.publication().news()
    await vk.alerts.tell()
    assert wall_calls(vk) == 1
    assert len(vk.told()) == 1
    assert PAGE in vk.told()[0]
    assert "five minutes" in vk.told()[0]

    await vk.later(timedelta(minutes=5))
    assert wall_calls(vk) == 2
    await vk.later(timedelta(minutes=10))
    assert vk.posted() == [1, 2, 3, 4, 5]
    assert "✓ vk posts: captcha" in vk.told()[-1]


async def test_trouble_on_one_network_leaves_the_other_alone(store: Store) -> None:
    """VK's captcha stops no post on Telegram."""
    async with on_the_wire(Platform.VK, store) as vk:
        await vk.published(VkError(14, "Captcha needed", redirect_uri=PAGE), "wall.post")
        settle_at(vk, PLACES[Platform.TELEGRAM], Platform.TELEGRAM)
        await vk.queued(3)
        await vk.publication().news()
        assert 3 in vk.posted()


def settle_at(wire: Wire, place: Place, platform: Platform | None = None) -> None:
    """The settings name this place now, and the bot was started again."""
    wire.place = place
    wire.platform = platform or wire.platform
    wire.moving._public = frozenset([place])


def wall_calls(vk: Wire) -> int:
    return sum(call.method == "wall.post" for call in vk.sandbox.world.calls)


def assert_told(wire: Wire, words: str) -> None:
    """One message to the admin with these words in it; none when there are no words."""
    told = wire.told()
    assert len(told) == bool(words), told
    assert all(words in message for message in told)


async def assert_switched_off(wire: Wire, place: Place) -> None:
    """The reader gets nothing more, keeps the tags, and no admin is disturbed."""
    reader, word = await wire.store.subscriptions.reader(place), await wire.word(1, place)
    assert reader is not None
    assert word is not None
    assert (reader.active, reader.labels, word.state) == (False, ("Gardens",), REFUSED)
    assert wire.told() == []
