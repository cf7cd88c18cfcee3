"""What Telegram's and VK's answers are read as: the whole table, without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import GetMe
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_outcomes, telegram_remedies, vk_outcomes
from bot.channels.telegram_outcomes import Fault
from bot.channels.vk_door import encoded
from bot.channels.vk_outcomes import VkFault
from bot.errors import DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Platform, Post, Receipt

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CHANNEL, READER = "@digest", "1001"


def telegram_post(method: str = "sendMessage", *, fallback: Post | None = None, **params: Any) -> Post:
    return Post(Platform.TELEGRAM, method, {"chat_id": CHANNEL, **params}, fallback)


def vk_post(method: str = "wall.post", *, fallback: Post | None = None, **params: Any) -> Post:
    return Post(Platform.VK, method, {"owner_id": -220, "message": "Night trains are back", **params}, fallback)


class TestTelegramAddresses:
    @pytest.mark.parametrize(
        ("chat", "username", "address"),
        [
            ("@digest", "", "https://t.me/digest/7"),
            ("-1001234567890", "", "https://t.me/c/1234567890/7"),
            ("-1001234567890", "digest", "https://t.me/digest/7"),
            ("-4001", "", None),
            ("1001", "anna", None),
        ],
    )
    def test_a_post_in_public_has_an_address(self, chat: str, username: str, address: str | None) -> None:
        """Channels and supergroups have addresses; private chats and basic groups have none."""
        assert telegram_outcomes.post_url(chat, "7", username) == address

    def test_true_gives_a_receipt_without_an_id(self) -> None:
        """Methods such as answerCallbackQuery say only that it is done."""
        assert telegram_outcomes.receipt(telegram_post(), True, NOON) == Receipt("", NOON)

    def test_an_album_gives_its_first_message(self) -> None:
        """The address of an album is that of its first picture; the others are kept, to be taken back with it."""
        seen = telegram_outcomes.receipt(telegram_post(), [{"message_id": 5}, {"message_id": 6}], NOON)
        assert seen == Receipt("5", NOON, "https://t.me/digest/5", others=("6",))

    @pytest.mark.parametrize("nothing", [None, []])
    def test_no_message_is_no_receipt(self, nothing: object) -> None:
        """An `ok` without a message does not prove that anything was sent."""
        assert telegram_outcomes.receipt(telegram_post(), nothing, NOON) is None

    def test_an_edit_that_changes_nothing_is_done(self) -> None:
        """The message stands there as wanted."""
        fault = Fault("Bad Request: message is not modified: specified new message content is the same", 400)
        edit = telegram_post("editMessageText", message_id=7)
        assert telegram_outcomes.unchanged(edit, fault, NOON) == Receipt("7", NOON, "https://t.me/digest/7")


class TestTelegramReactions:
    @pytest.mark.parametrize(
        ("fault", "chat", "reaction"),
        [
            (Fault("Too Many Requests: retry after 7", 429, retry_after=7), CHANNEL, TryLater),
            (Fault("ClientConnectorError", unsent=True), CHANNEL, TryLater),
            (Fault("TimeoutError"), CHANNEL, OutcomeUnknown),
            (Fault("Internal Server Error: restart", 500), CHANNEL, OutcomeUnknown),
            (Fault("Forbidden: bot was blocked by the user", 403), READER, Gone),
            (Fault("Forbidden: bot is not a member of the channel chat", 403), CHANNEL, Gone),
            (Fault("Bad Request: chat not found", 400), READER, Gone),
            (Fault("Bad Request: chat not found", 400), CHANNEL, Refused),
            (Fault("Bad Request: need administrator rights in the channel chat", 400), CHANNEL, Refused),
            (Fault("Bad Request: message is too long", 400), CHANNEL, Refused),
            (Fault("Unauthorized", 401), CHANNEL, Refused),
            (Fault("Not Found", 404), CHANNEL, Refused),
            (Fault("Conflict: terminated by other getUpdates request", 409), "", Refused),
        ],
    )
    def test_each_answer_asks_for_one_reaction(self, fault: Fault, chat: str, reaction: type[DeliveryError]) -> None:
        """What was surely refused is told apart from what may have been sent."""
        assert type(telegram_outcomes.delivery_error(fault, chat)) is reaction

    @pytest.mark.parametrize(
        ("words", "code", "whole"),
        [
            ("Unauthorized", 401, True),
            ("Bad Request: chat not found", 400, True),
            ("Bad Request: need administrator rights in the channel chat", 400, True),
            ("Bad Request: not enough rights to send text messages to the chat", 400, True),
            ("Bad Request: message is too long", 400, False),
        ],
    )
    def test_a_place_that_takes_nothing_is_told_from_a_post_it_does_not_take(
        self, words: str, code: int, whole: bool
    ) -> None:
        """Without a right no article is given up; a person mends the place."""
        error = telegram_outcomes.delivery_error(Fault(words, code), CHANNEL)
        assert isinstance(error, Refused)
        assert error.whole_place is whole

    def test_a_pause_is_as_long_as_telegram_says(self) -> None:
        """`retry_after` is in seconds."""
        fault = telegram_outcomes.fault_of(TelegramRetryAfter(GetMe(), "Too Many Requests: retry after 7", 7))
        error = telegram_outcomes.delivery_error(fault)
        assert isinstance(error, TryLater)
        assert error.after == timedelta(seconds=7)

    def test_a_pause_said_only_in_words_is_heard(self) -> None:
        """A 429 without parameters still is a 429."""
        fault = telegram_outcomes.fault_of(TelegramAPIError(GetMe(), "Too Many Requests: retry after 12"))
        assert fault.retry_after == 12

    def test_telegrams_own_words_reach_the_admin(self) -> None:
        """The reason of a refusal is Telegram's, not ours."""
        fault = telegram_outcomes.fault_of(TelegramBadRequest(GetMe(), "Bad Request: message is too long"))
        assert "message is too long" in str(telegram_outcomes.delivery_error(fault))

    def test_a_refusal_in_an_odd_shape_is_still_a_refusal(self) -> None:
        """aiogram's models may reject an answer whose meaning is plain."""
        odd = {"ok": False, "error_code": 400, "description": "Bad Request: no", "parameters": "odd"}
        fault = telegram_outcomes.fault_of(ClientDecodeError("", ValueError(), odd))
        assert isinstance(telegram_outcomes.delivery_error(fault), Refused)

    def test_a_token_in_an_answer_is_taken_out(self) -> None:
        """Whatever a server echoes, the token stays out of our texts."""
        fault = telegram_outcomes.fault_of(TelegramBadRequest(GetMe(), "no such path /bot1:secret/x"), "1:secret")
        assert "secret" not in str(telegram_outcomes.delivery_error(fault))


class TestTelegramRemedies:
    @pytest.mark.parametrize(
        "words",
        [
            "Bad Request: wrong file identifier/HTTP URL specified",
            "Bad Request: failed to get HTTP URL content",
            "Bad Request: wrong type of the web page content",
            "Bad Request: PHOTO_INVALID_DIMENSIONS",
            "Bad Request: WEBPAGE_CURL_FAILED",
            "Bad Request: message caption is too long",
        ],
    )
    def test_refused_media_gives_way_to_the_fallback(self, words: str) -> None:
        """The article goes out without its picture rather than not at all."""
        text = telegram_post(text="Night trains are back")
        photo = telegram_post("sendPhoto", photo="https://example.org/a.jpg", fallback=text)
        assert telegram_remedies.remedy(photo, Fault(words, 400)) == text

    def test_refused_markup_gives_way_to_plain_text(self) -> None:
        """The text is never lost for a mistake in its markup."""
        marked = telegram_post(text="Night trains", entities=[{"type": "bold", "offset": 0, "length": 99}])
        bare = telegram_post(text="Night trains")
        assert telegram_remedies.remedy(marked, Fault("Bad Request: can't parse entities: wrong", 400)) == bare

    def test_a_group_that_became_a_supergroup_is_followed(self) -> None:
        """The same post, fallback and all, goes to the new id."""
        post = telegram_post(text="a", fallback=telegram_post(text="b"))
        moved = telegram_remedies.remedy(post, Fault("group chat was upgraded", 400, migrate_to=-1007))
        assert moved is not None
        assert moved.fallback is not None
        assert (moved.params["chat_id"], moved.fallback.params["chat_id"]) == (-1007, -1007)

    @pytest.mark.parametrize(
        "fault", [Fault("TimeoutError"), Fault("photo_ error", 500), Fault("Forbidden", 403), Fault("photo_", 429)]
    )
    def test_nothing_is_sent_otherwise_unless_the_first_was_surely_refused(self, fault: Fault) -> None:
        """A remedy after an unknown end would be a second post."""
        assert telegram_remedies.remedy(telegram_post(entities=[], fallback=telegram_post()), fault) is None


class TestVkReactions:
    @pytest.mark.parametrize(
        ("code", "words", "reaction", "after"),
        [
            (6, "Too many requests per second", TryLater, timedelta(seconds=1)),
            (9, "Flood control", TryLater, timedelta(minutes=15)),
            (14, "Captcha needed", TryLater, timedelta(minutes=5)),
            (17, "Validation required", TryLater, timedelta(minutes=5)),
            (29, "Rate limit reached", TryLater, timedelta(hours=3)),
            (214, "Access to adding post denied: you can only add 50 posts a day", TryLater, timedelta(hours=6)),
            (214, "Access to adding post denied: a post is already scheduled", TryLater, timedelta(minutes=1)),
            (214, "Access to adding post denied", Refused, None),
            *[(code, "no", Refused, None) for code in (5, 7, 8, 15, 20, 27, 28, 42, 100, 113, 203, 911, 914, 1117)],
            *[(code, "no", Gone, None) for code in (18, 30, 37, 900, 901, 902, 917, 936, 945, 950)],
            *[(code, "no", OutcomeUnknown, None) for code in (1, 10, 36)],
        ],
    )
    def test_each_code_asks_for_one_reaction(
        self, code: int, words: str, reaction: type[DeliveryError], after: timedelta | None
    ) -> None:
        """The table of VK's errors; a pause where one is known."""
        error = vk_outcomes.delivery_error(VkFault(words, code=code))
        assert type(error) is reaction
        assert getattr(error, "after", None) == after

    @pytest.mark.parametrize(("code", "whole"), [(5, True), (15, True), (27, True), (214, True), (100, False)])
    def test_a_wall_that_takes_nothing_is_told_from_a_post_it_does_not_take(self, code: int, whole: bool) -> None:
        """Without a right no article is given up; a person mends the key."""
        error = vk_outcomes.delivery_error(VkFault("no", code=code))
        assert isinstance(error, Refused)
        assert error.whole_place is whole

    @pytest.mark.parametrize(
        ("fault", "reaction"),
        [
            (VkFault("ConnectionError", unsent=True), TryLater),
            (VkFault("HTTP 429", http=429), TryLater),
            (VkFault("HTTP 413", http=413), Refused),
            (VkFault("HTTP 502", http=502), OutcomeUnknown),
            (VkFault("ReadTimeout"), OutcomeUnknown),
        ],
    )
    def test_without_a_code_it_matters_whether_it_left(self, fault: VkFault, reaction: type[DeliveryError]) -> None:
        """No connection is a delay, no answer is not knowing."""
        assert type(vk_outcomes.delivery_error(fault)) is reaction

    def test_a_captcha_is_solved_by_a_person(self) -> None:
        """The page to open is in the text an admin gets."""
        fault = VkFault("Captcha needed", code=14, redirect="https://id.vk.ru/not_robot")
        assert "https://id.vk.ru/not_robot" in str(vk_outcomes.delivery_error(fault))

    @given(st.one_of(st.none(), st.integers()), st.text(), st.booleans(), st.one_of(st.none(), st.integers(100, 599)))
    def test_every_fault_has_a_reaction(self, code: int | None, words: str, unsent: bool, http: int | None) -> None:
        """No answer of VK, known or new, is without one."""
        error = vk_outcomes.delivery_error(VkFault(words, code=code, unsent=unsent, http=http))
        assert isinstance(error, TryLater | Refused | Gone | OutcomeUnknown)


class TestVkRemedies:
    def test_a_refused_source_is_left_out(self) -> None:
        """VK does not take every site as a source; the post matters more."""
        post = vk_post(copyright="https://example.org/a")
        fault = VkFault("One of the parameters specified was missing or invalid: copyright is invalid", code=100)
        assert vk_outcomes.remedy(post, fault) == vk_post()

    @pytest.mark.parametrize("attachments", [["photo1_2", "https://example.org/a"], "photo1_2,https://example.org/a"])
    def test_a_refused_link_card_becomes_text(self, attachments: object) -> None:
        """The reader still gets the link, and the other attachments."""
        better = vk_outcomes.remedy(vk_post(attachments=attachments), VkFault("Hyperlinks are forbidden", code=222))
        assert better is not None
        assert better.params["message"] == "Night trains are back\n\nhttps://example.org/a"
        assert better.params["attachments"] == ["photo1_2"]

    def test_a_link_that_is_in_the_text_is_not_repeated(self) -> None:
        """Once is enough."""
        post = Post(Platform.VK, "wall.post", {"message": "See https://a.example", "attachments": "https://a.example"})
        better = vk_outcomes.remedy(post, VkFault("Hyperlinks are forbidden", code=222))
        assert better is not None
        assert dict(better.params) == {"message": "See https://a.example"}

    def test_refused_media_gives_way_to_the_fallback(self) -> None:
        """The article goes out without its picture rather than not at all."""
        text = vk_post()
        assert vk_outcomes.remedy(vk_post(fallback=text), VkFault("Invalid photo", code=129)) is text

    def test_nothing_is_sent_otherwise_after_an_unknown_end(self) -> None:
        """A remedy then would be a second post."""
        post = vk_post(copyright="https://example.org/a", fallback=vk_post())
        assert vk_outcomes.remedy(post, VkFault("copyright photo", code=10)) is None

    @pytest.mark.parametrize(
        ("post", "known"),
        [
            (vk_post(guid="a1"), True),
            (vk_post(), False),
            (vk_post("messages.send", random_id=77), True),
            (vk_post("messages.send", random_id=0), False),
            (vk_post("wall.createComment", guid="a1"), False),
        ],
    )
    def test_a_repeat_is_safe_only_with_a_key_that_vk_keeps(self, post: Post, known: bool) -> None:
        """`guid` on the wall, a `random_id` other than 0 in chats."""
        assert vk_outcomes.repeatable(post) is known


class TestVkReceipts:
    def test_a_wall_post_has_an_address(self) -> None:
        """The wall's owner and the post's number."""
        seen = vk_outcomes.receipt(vk_post(), {"post_id": 12}, NOON, 220)
        assert seen == Receipt("12", NOON, "https://vk.com/wall-220_12")

    def test_a_postponed_post_has_none_yet(self) -> None:
        """It gets another number when it is published."""
        seen = vk_outcomes.receipt(vk_post(publish_date=1), {"post_id": 12}, NOON, 220)
        assert seen == Receipt("12", NOON)

    def test_a_message_has_a_number_and_no_address(self) -> None:
        """Private chats have no addresses."""
        assert vk_outcomes.receipt(vk_post("messages.send"), 345, NOON, 220) == Receipt("345", NOON)

    @pytest.mark.parametrize(("method", "answer"), [("wall.post", {}), ("wall.post", 1), ("messages.send", None)])
    def test_an_answer_without_a_number_is_no_receipt(self, method: str, answer: object) -> None:
        """It does not prove that anything was sent."""
        assert vk_outcomes.receipt(vk_post(method), answer, NOON, 220) is None


class TestVkParameters:
    def test_values_are_written_as_vk_reads_them(self) -> None:
        """Python's own `True`, lists and dicts would reach VK as nonsense."""
        params = {"from_group": True, "signed": False, "keyboard": {"inline": True}, "ids": [1, 2], "guid": None}
        expected = {"from_group": "1", "signed": "0", "keyboard": '{"inline": true}', "ids": "1,2"}
        assert encoded(params) == expected

    def test_a_comma_in_a_link_does_not_split_it(self) -> None:
        """VK takes the commas of a list for separators, even inside a link."""
        assert encoded({"attachments": ["https://a.example/x,y", "photo1_2"]}) == {
            "attachments": "https://a.example/x%2Cy,photo1_2"
        }

    def test_cyrillic_in_json_stays_readable(self) -> None:
        """VK limits the length of a keyboard's JSON."""
        assert encoded({"keyboard": {"label": "Теги"}}) == {"keyboard": '{"label": "Теги"}'}

    def test_missing_rights_are_named(self) -> None:
        """By the mask or by the list, whichever VK gives."""
        assert vk_outcomes.missing_rights({"mask": 4096 + 8192, "permissions": []}) == ["manage"]
        assert vk_outcomes.missing_rights({"permissions": [{"name": "wall"}, {"name": "manage"}]}) == ["messages"]
