"""What platforms send becomes what was heard, or nothing."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.telegram import ALLOWED_UPDATES
from bot.model import Place, Platform
from bot.talk import Heard
from handlers import telegram, vk
from handlers.hearing import Event, Inquiry, Membership, Promotion, Relocation

ANN = {"id": 1001, "is_bot": False, "first_name": "Ann", "language_code": "en-GB"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Ann"}
GROUP = {"id": -1005, "type": "supergroup", "title": "Gardeners", "is_forum": True}
CHANNEL = {"id": -1009, "type": "channel", "title": "Digest"}
ANN_ON_TELEGRAM = Place(Platform.TELEGRAM, "1001")
BEN_ON_VK = Place(Platform.VK, "42")


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1700000000, "chat": PRIVATE, "from": ANN, "text": "/tags", **fields}


def on_telegram(**fields: Any) -> Event | None:
    return telegram.hear(Update.model_validate({"update_id": 55, **fields}))


def under(*sent: str) -> dict[str, Any]:
    """A message with a button for each text."""
    row = [{"text": "Press", "callback_data": one} for one in sent]
    return message(text="Hello!", reply_markup={"inline_keyboard": [row]})


def member(status: str) -> dict[str, Any]:
    return {"status": status, "user": {"id": 1, "is_bot": True, "first_name": "Digest"}, "until_date": 0}


def test_a_private_message_on_telegram_is_heard() -> None:
    """The chat is the place; the update names the event."""
    expected = Heard(ANN_ON_TELEGRAM, person="1001", text="/tags", event="55", language="en-GB")
    assert on_telegram(message=message()) == expected


def test_a_message_in_a_forum_is_heard_in_its_topic() -> None:
    """The answer belongs where the question stands; elsewhere a thread is only a chain of replies."""
    heard = on_telegram(message=message(chat=GROUP, message_thread_id=9, is_topic_message=True))
    assert isinstance(heard, Heard)
    assert (heard.place, heard.person, heard.private) == (Place(Platform.TELEGRAM, "-1005", 9), "1001", False)
    reply = on_telegram(message=message(chat=GROUP, message_thread_id=9))
    assert isinstance(reply, Heard)
    assert reply.place.thread is None


def test_a_press_on_telegram_is_heard_as_its_command() -> None:
    """With the message under which the button stands, and what Telegram wants acknowledged."""
    query = {"id": "c1", "from": ANN, "chat_instance": "1", "data": "/help", "message": under("/help")}
    expected = Heard(
        ANN_ON_TELEGRAM, person="1001", text="/help", event="55", language="en-GB", pressed="7", callback="c1"
    )
    assert on_telegram(callback_query=query) == expected


def test_a_press_under_a_message_too_old_to_be_shown_is_heard() -> None:
    """Telegram then names the message and no more."""
    old = {"message_id": 7, "date": 0, "chat": PRIVATE}
    heard = on_telegram(callback_query={"id": "c", "from": ANN, "chat_instance": "1", "data": "/help", "message": old})
    assert isinstance(heard, Heard)
    assert heard.pressed == "7"


@pytest.mark.parametrize(
    "fields",
    [
        {"message": message(text=None, sticker=None)},
        {"message": message(**{"from": {**ANN, "is_bot": True}})},
        {"message": message(**{"from": None})},
        {"message": message(chat=CHANNEL)},
        {"channel_post": message(chat=CHANNEL)},
        {"edited_message": message()},
        {"callback_query": {"id": "c", "from": ANN, "chat_instance": "1", "data": "/help"}},
        {"callback_query": {"id": "c", "from": ANN, "chat_instance": "1", "message": message()}},
        {"message": message(chat=GROUP, sender_chat=CHANNEL, **{"from": {**ANN, "is_bot": True}})},
        {},
    ],
)  # fmt: skip
def test_what_nobody_said_to_the_bot_is_not_heard(fields: dict[str, Any]) -> None:
    """Posts, edits, other bots, presses without a chat, updates of other kinds."""
    assert on_telegram(**fields) is None


@pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("left", False), ("member", True)])
def test_blocking_and_unblocking_on_telegram_is_a_change_of_membership(status: str, reachable: bool) -> None:
    """In a private chat `kicked` is how Telegram says blocked."""
    change = {"chat": PRIVATE, "from": ANN, "date": 1, "old_chat_member": member("member")}
    found = on_telegram(my_chat_member={**change, "new_chat_member": member(status)})
    assert found == Membership(ANN_ON_TELEGRAM, reachable, "55")


def test_a_press_on_no_button_of_the_message_says_nothing() -> None:
    """A client can be made to send anything; what nobody put there does nothing."""
    for there in (under("/mytags", "/help 2"), message(text="Hello!")):
        query = {"id": "c1", "from": ANN, "chat_instance": "1", "data": "/help", "message": there}
        heard = on_telegram(callback_query=query)
        assert isinstance(heard, Heard)
        assert (heard.text, heard.pressed, heard.callback) == ("", "7", "c1")


def test_an_anonymous_admin_speaks_as_the_group() -> None:
    """Telegram names a bot and the group itself as who sent it; nobody else can do that."""
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    said = message(chat=GROUP, sender_chat=GROUP, message_thread_id=9, is_topic_message=True, **{"from": anonymous})
    place = Place(Platform.TELEGRAM, "-1005", 9)
    assert on_telegram(message=said) == Heard(place, "-1005", "/tags", "55", private=False, as_chat=True)


def test_what_becomes_of_a_chat_is_heard() -> None:
    """A channel takes the bot in; somebody becomes an admin; a group is upgraded."""
    change = {"chat": CHANNEL, "from": ANN, "date": 1, "old_chat_member": member("left")}
    channel = Place(Platform.TELEGRAM, "-1009")
    assert on_telegram(my_chat_member={**change, "new_chat_member": member("member")}) == Membership(
        channel, reachable=True, event="55"
    )
    assert on_telegram(chat_member={**change, "new_chat_member": member("member")}) == Promotion(channel)
    upgraded = message(chat={"id": -40, "type": "group", "title": "Garden"}, text=None, migrate_to_chat_id=-10040)
    old, new = Place(Platform.TELEGRAM, "-40"), Place(Platform.TELEGRAM, "-10040")
    assert on_telegram(message=upgraded) == Relocation(old, new)


def test_what_is_heard_is_asked_for() -> None:
    """Telegram sends only the kinds of updates that are named to it: those we listen to, and no others."""
    heard = set(re.findall(r"\bupdate\.(\w+)", inspect.getsource(telegram.hear))) - {"update_id"}
    assert heard == set(ALLOWED_UPDATES) <= set(Update.model_fields)


def on_vk(said: dict[str, Any], *, kind: str = "message_new", **outer: Any) -> Event | None:
    return vk.hear({"type": kind, "event_id": "e1", "group_id": 220, "object": said, **outer})


def written(text: str = "теги", *, lang_id: Any = 0, **fields: Any) -> dict[str, Any]:
    said = {"from_id": 42, "peer_id": 42, "conversation_message_id": 3, "out": 0, "text": text, **fields}
    return {"message": said, "client_info": {"lang_id": lang_id}}


def test_a_message_on_vk_is_heard() -> None:
    """The peer is the place; VK's own name of the event is kept."""
    assert on_vk(written()) == Heard(BEN_ON_VK, person="42", text="теги", event="e1", language="ru")


@pytest.mark.parametrize(("lang_id", "language"), [(0, "ru"), (3, "en"), (16, None), ("3", None), (None, None)])
def test_vk_tells_the_language_by_a_number(lang_id: Any, language: str | None) -> None:
    """Numbers that we don't know leave the choice to the default."""
    heard = on_vk(written(lang_id=lang_id))
    assert isinstance(heard, Heard)
    assert heard.language == language


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"payload": '{"command":"start"}', "text": "Начать"}, "/start"),
        ({"payload": '{"command":"start"}', "ref": "t_abcdefghij"}, "/start t_abcdefghij"),
        ({"payload": '{"press":"/subscribe t:abcdefghij"}', "text": "Сады"}, "/subscribe t:abcdefghij"),
        ({"payload": '{"other":1}'}, "теги"),
        ({"payload": "not json"}, "теги"),
        ({"payload": "[" * 100_000}, "теги"),
        ({"payload": 5}, "теги"),
        ({"text": "[club220|@digest], теги"}, "теги"),
        ({"text": "[club221|@another], теги"}, "[club221|@another], теги"),
        ({"peer_id": 2_000_000_001, "text": "[club220|Digest] теги"}, "теги"),
        ({"peer_id": 2_000_000_001, "text": "/теги"}, "/теги"),
    ],
)
def test_a_payload_or_a_mention_says_what_is_meant(fields: dict[str, Any], text: str) -> None:
    """A button's payload stands for its command; our own mention is only the address."""
    heard = on_vk(written(**fields))
    assert isinstance(heard, Heard)
    assert heard.text == text


def test_a_press_on_vk_is_heard_as_its_command() -> None:
    """A callback button has its own event, with the message's number in the conversation."""
    said = {"user_id": 42, "peer_id": 42, "event_id": "cb", "conversation_message_id": 8, "payload": {"press": "/help"}}
    expected = Heard(BEN_ON_VK, person="42", text="/help", event="e1", pressed="8", callback="cb")
    assert on_vk(said, kind="message_event") == expected


def test_an_event_without_a_name_is_named_by_its_message() -> None:
    """So that it is answered once all the same."""
    heard = on_vk(written(), event_id=None)
    assert isinstance(heard, Heard)
    assert heard.event == "42:3"


@pytest.mark.parametrize(("kind", "reachable"), [("message_allow", True), ("message_deny", False)])
def test_allowing_and_denying_messages_is_a_change_of_membership(kind: str, reachable: bool) -> None:
    """VK says who; their private chat has the same number."""
    assert on_vk({"user_id": 42}, kind=kind) == Membership(BEN_ON_VK, reachable, "e1")


@pytest.mark.parametrize(("kind", "inside"), [("chat_invite_user", True), ("chat_kick_user", False)])
def test_a_vk_chat_takes_the_community_in_or_puts_it_out(kind: str, inside: bool) -> None:
    """Of other people's coming and going nothing follows."""
    peer = 2_000_000_001
    said = written("", peer_id=peer, action={"type": kind, "member_id": -220})
    assert on_vk(said) == Membership(Place(Platform.VK, str(peer)), inside, "e1")
    assert on_vk(written("", peer_id=peer, action={"type": kind, "member_id": 43})) is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("message_new", written(out=1)),
        ("message_new", written(from_id=-220)),
        ("message_new", written(peer_id="42")),
        ("message_new", written(text="")),
        ("message_new", {"message": {**written()["message"], "text": None}}),
        ("message_new", written("просто разговор", peer_id=2_000_000_001)),
        ("message_new", {}),
        ("message_new", {"message": []}),
        ("message_event", {"user_id": 42, "peer_id": 42, "payload": {"press": "/help"}}),
        ("message_event", {"user_id": 42, "peer_id": 42, "event_id": "cb", "payload": {}}),
        ("message_allow", {"user_id": True}),
        ("message_deny", {}),
        ("wall_post_new", {"id": 1}),
    ],
)
def test_an_odd_event_on_vk_is_not_heard(kind: str, said: dict[str, Any]) -> None:
    """One event that is not whole must not cost the batch it came in."""
    assert on_vk(said, kind=kind) is None


@given(
    event=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["type", "object", "message", "payload", "text", "from_id", "peer_id", "user_id"]), inner
        ),
    )
)  # fmt: skip
def test_any_json_can_be_heard_on_vk(event: object) -> None:
    """Nothing that VK could send raises."""
    for kind in vk.EVENTS:
        vk.hear({"type": kind, "object": event})
    vk.hear(event)


def _samples(folder: Path) -> list[Any]:
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(json.loads(path.read_text("utf-8")))
        except ValueError:
            continue  # some samples are broken on purpose
    return found


@pytest.mark.shared
def test_real_telegram_updates_are_heard_or_left(shared: Path) -> None:
    """Whatever aiogram can read is understood without an error; messages and presses among them are heard."""
    heard = []
    for sample in _samples(shared / "corpus" / "updates" / "telegram-updates"):
        try:
            update = Update.model_validate(sample)
        except ValidationError:
            continue  # the library's refusal: such an update never reaches us
        heard.append(telegram.hear(update))
    assert len(heard) > 40
    assert len([one for one in heard if isinstance(one, Heard)]) > 3
    assert [one for one in heard if isinstance(one, Membership)]


@pytest.mark.shared
def test_real_vk_events_are_heard_or_left(shared: Path) -> None:
    """Messages, presses and permissions are told from the dozens of other events."""
    samples = _samples(shared / "corpus" / "updates" / "vk-events")
    heard = [vk.hear(sample) for sample in samples]
    assert len(heard) > 30
    assert [one.text for one in heard if isinstance(one, Heard)] == ["f"]
    assert {one.reachable for one in heard if isinstance(one, Membership)} == {True, False}
    for sample in samples:
        vk.hear({"type": "message_new", "object": sample})


@pytest.mark.parametrize(("kind", "at_home"), [("sender", True), ("group", False), (None, False)])
def test_an_inline_query_is_heard(kind: str | None, at_home: bool) -> None:
    """From any chat; in the chat with the bot it may also complete tags."""
    asked = {"id": "9", "from": ANN, "query": "trains", "offset": "20", "chat_type": kind}
    expected = Inquiry("9", "1001", "trains", "20", "en-GB", at_home)
    assert on_telegram(inline_query=asked) == expected


def test_what_is_shared_from_an_inline_answer_is_not_said_to_the_bot() -> None:
    """But a command that was chosen there is."""
    bot = {"id": 1, "is_bot": True, "first_name": "Digest", "username": "digest_bot"}
    assert on_telegram(message=message(text="An article", via_bot=bot)) is None
    assert isinstance(on_telegram(message=message(text='/subscribe "Trains"', via_bot=bot)), Heard)


def test_a_link_to_the_community_with_a_tag_is_a_start_with_it() -> None:
    """Whatever the person writes first; another ref changes nothing."""
    said = {"from_id": 42, "peer_id": 42, "text": "Hello", "conversation_message_id": 7}
    linked = {"type": "message_new", "group_id": 220, "object": {"message": {**said, "ref": "t_abcdefghij"}}}
    heard = vk.hear(linked)
    assert isinstance(heard, Heard)
    assert heard.text == "/start t_abcdefghij"
    other = {"type": "message_new", "group_id": 220, "object": {"message": {**said, "ref": "advert"}}}
    heard = vk.hear(other)
    assert isinstance(heard, Heard)
    assert heard.text == "Hello"


def test_what_stands_under_a_picture_is_said_in_private() -> None:
    """A photo of another channel that is passed on brings its words, to be posted; in a group nobody has said it."""
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
    origin = {"type": "channel", "chat": CHANNEL, "message_id": 5, "date": 0}
    heard = on_telegram(message=message(text=None, photo=photo, caption="The bridge is closed.", forward_origin=origin))
    assert isinstance(heard, Heard)
    assert (heard.text, heard.forwarded) == ("The bridge is closed.", True)
    assert on_telegram(message=message(text=None, photo=photo)) is None
    assert on_telegram(message=message(chat=GROUP, text=None, photo=photo, caption="/tags")) is None
