"""Text becomes a command, on either platform, in either language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Platform
from bot.talk import Command, Span
from handlers.answering import ADMINS, BENEATH, CHANGING, READERS
from handlers.commands import _WORDS, ADMIN_COMMANDS, READER_COMMANDS, UNKNOWN, addressed, in_russian, parse

TELEGRAM, VK = Platform.TELEGRAM, Platform.VK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Command("start")),
        ("/start t_abcdefghij", Command("start", "t_abcdefghij")),
        ("/subscribe Наука, Сады", Command("subscribe", "Наука, Сады")),
        ("/SUBSCRIBE Наука", Command("subscribe", "Наука")),
        ("  /tags  ", Command("tags")),
        ("/subscribe\nНаука\nСады", Command("subscribe", "Наука\nСады")),
        ("/mytags 2", Command("mytags", "2")),
        ("/my_tags", Command("mytags")),
        ("/подписаться Наука", Command("subscribe", "Наука")),
        ("/мои теги", Command("mytags")),
        ("/мои теги 2", Command("mytags", "2")),
        ("/help@digest_bot", Command("help")),
        ("/subscribe@Digest_Bot Science", Command("subscribe", "Science")),
        ("/unsubscribe *", Command("unsubscribe", "*")),
    ],
)
def test_a_slash_command_is_read_the_same_on_both_platforms(text: str, expected: Command) -> None:
    """A command is a word after a slash, whatever its case and language; the rest of the text is its argument."""
    for platform in Platform:
        assert parse(text, platform=platform, private=True, username="digest_bot") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("подписаться Наука", Command("subscribe", "Наука")),
        ("Подписаться: Наука, Сады", Command("subscribe", "Наука, Сады")),
        ("теги", Command("tags")),
        ("Помощь!", Command("help")),
        ("мои теги", Command("mytags")),
        ("Мои Тэги", Command("mytags")),
        ("отписаться всё", Command("unsubscribe", "всё")),
        ("последнее Наука", Command("latest", "Наука")),
        ("Начать", Command("start")),
        ("язык en", Command("language", "en")),
        ("забыть", Command("forget")),
        ("subscribe Science", Command("subscribe", "Science")),
        ("my tags", Command("mytags")),
        ("help", Command("help")),
    ],
)
def test_on_vk_the_word_alone_is_a_command(text: str, expected: Command) -> None:
    """Nobody on VK types slashes; on Telegram the same words are only words."""
    assert parse(text, platform=VK, private=True) == expected
    assert parse(text, platform=TELEGRAM, private=True) == UNKNOWN


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "/", "/nonsense", "/nonsense with words", "мои кошки", "...", "/ /"]
)
def test_what_is_no_command_is_unknown_in_private(text: str) -> None:
    """In a private chat everything was said to us, and it all comes to the same."""
    for platform in Platform:
        assert parse(text, platform=platform, private=True) == UNKNOWN


@pytest.mark.parametrize("text", ["hello", "/nonsense", "/tags@another_bot", "/nonsense@another_bot", ""])
def test_in_a_group_only_our_own_commands_count(text: str) -> None:
    """People talk among themselves, and other bots have commands too."""
    for platform in Platform:
        assert parse(text, platform=platform, private=False, username="digest_bot") is None


def test_in_a_group_a_command_with_our_name_is_ours() -> None:
    """Addressed by name, even a wrong command is answered."""
    assert parse("/tags@digest_bot", platform=TELEGRAM, private=False, username="digest_bot") == Command("tags")
    assert parse("/nonsense@digest_bot", platform=TELEGRAM, private=False, username="digest_bot") == UNKNOWN
    assert parse("/tags", platform=TELEGRAM, private=False, username="digest_bot") == Command("tags")


def test_while_our_own_name_is_not_known_yet_a_named_command_in_a_group_is_left_alone() -> None:
    """It may be another bot's."""
    assert parse("/tags@digest_bot", platform=TELEGRAM, private=False) is None


@given(text=st.text(), platform=st.sampled_from(Platform), private=st.booleans())
def test_any_text_can_be_read(text: str, platform: Platform, private: bool) -> None:
    """Reading never raises, and a private word is never ignored."""
    command = parse(text, platform=platform, private=private, username="digest_bot")
    assert command is not None or not private


@given(argument=st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1))
def test_an_argument_arrives_as_it_was_typed(argument: str) -> None:
    """Only the command's own word is folded."""
    assert parse(f"/subscribe {argument}", platform=TELEGRAM, private=True) == Command("subscribe", argument)


def test_half_a_character_does_not_travel_on() -> None:
    """JSON can carry half of a surrogate pair; neither a store nor a platform would take it."""
    assert parse("/subscribe \ud83cwls", platform=TELEGRAM, private=True) == Command("subscribe", "?wls")


def test_every_command_has_words_and_an_answer() -> None:
    """The names in the parser, in the help and in the table of answers are the same."""
    assert set(READER_COMMANDS) == set(READERS)
    assert set(ADMIN_COMMANDS) == set(ADMINS)
    assert set(_WORDS) == set(READERS) | set(ADMINS) | set(BENEATH)
    assert set(READERS) | set(BENEATH) > CHANGING


@pytest.mark.parametrize("name", [*READER_COMMANDS, "snooze"])
def test_a_command_in_a_sentence_has_a_russian_word_that_is_read(name: str) -> None:
    """What stands in its place on VK is understood there, in a chat of several people as well."""
    [span] = in_russian([Span(f"Напишите: /{name}")])
    _, _, shown = span.text.partition(": ")
    assert shown != f"/{name}"
    for private in (True, False):
        assert parse(shown, platform=VK, private=private) == Command(name)


@pytest.mark.parametrize("text", ["https://x.example/start", "x/help", "/helpful", "/queue", "и/или"])
def test_what_is_no_command_of_readers_stays(text: str) -> None:
    """Addresses, other words, the newsroom's own commands."""
    assert in_russian([Span(text)]) == addressed([Span(text)], "@garden", READER_COMMANDS) == (Span(text),)


def test_a_sentence_about_another_chat_names_it_in_its_commands() -> None:
    """Those that can be about another chat; a headline, which is a link, keeps its words."""
    spans = [Span("Type /subscribe Science, or /tags"), Span("/subscribe", url="https://x.example")]
    assert addressed(spans, "@garden", {"subscribe"}) == (
        Span("Type /subscribe @garden Science, or /tags"),
        spans[1],
    )
