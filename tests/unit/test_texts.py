"""Every sentence exists in both languages, is used, and gets the arguments it names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

import handlers
from bot.names import Kind
from bot.roles import Grant, Rights, Role
from bot.talk import Span
from handlers.commands import ADMIN_COMMANDS, READER_COMMANDS
from handlers.helping import Menu, command_list, menu
from handlers.texts import LANGUAGES, Phrases, Texts, joined

HANDLERS = Path(handlers.__file__).parent
COMPOSED = {f"command-{name}" for name in (*READER_COMMANDS, *ADMIN_COMMANDS)} | {"button-tags", "button-help"}
COMPOSED |= {f"button-{kind}" for kind in Kind} | {f"quoted-{kind}" for kind in Kind}
"""Ids that the code puts together from a command's name."""


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the library's name for it
        self.names.add(node.id.name)


@cache
def sentences(language: str) -> dict[str, ftl.Message]:
    sources = [file.read_text("utf-8") for file in sorted((HANDLERS / "locales" / language).glob("*.ftl"))]
    body = [entry for source in sources for entry in FluentParser().parse(source).body]
    assert not [entry for entry in body if isinstance(entry, ftl.Junk)]
    messages = [entry for entry in body if isinstance(entry, ftl.Message)]
    assert len({message.id.name for message in messages}) == len(messages)
    return {message.id.name: message for message in messages}


def variables(message: ftl.Message) -> set[str]:
    visitor = _Variables()
    visitor.visit(message)
    return visitor.names


def literals(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def code() -> Iterator[ast.Module]:
    for path in sorted(HANDLERS.glob("*.py")):
        yield ast.parse(path.read_text("utf-8"))


def calls() -> Iterator[tuple[str, bool, set[str]]]:
    """Each call of a sentence by its name: the id, whether it is plain (no bold), and the arguments it is given."""
    for node in (node for tree in code() for node in ast.walk(tree)):
        if not isinstance(node, ast.Call) or not node.args or any(word.arg is None for word in node.keywords):
            continue
        spans = isinstance(node.func, ast.Attribute) and node.func.attr == "spans"
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        composed = any(isinstance(part, ast.JoinedStr) for part in ast.walk(node.args[0]))
        if (spans or name == "say") and not composed:
            for message in literals(node.args[0]):
                yield message, not spans, {str(word.arg) for word in node.keywords}


def test_both_languages_have_the_same_sentences_with_the_same_arguments() -> None:
    """A sentence missing in one language, or with another argument there, is found here and not by a reader."""
    first, *others = (
        {name: variables(message) for name, message in sentences(language).items()} for language in LANGUAGES
    )
    assert others == [first] * (len(LANGUAGES) - 1)


def test_every_sentence_is_used() -> None:
    """What nobody says any more goes."""
    assert set(sentences("en")) - COMPOSED - set().union(*map(literals, code())) == set()


def test_every_sentence_asked_for_exists_and_gets_its_arguments() -> None:
    """The code names only sentences that are there, with exactly the arguments they use."""
    known = sentences("en")
    asked = list(calls())
    assert len(asked) > 30
    for name, _, given in asked:
        assert name in known, name
        assert given == variables(known[name]), name


def test_plain_sentences_have_no_bold_marks() -> None:
    """Stars in a label or a notice would be shown as stars."""
    for language in LANGUAGES:
        for name in {name for name, plain, _ in calls() if plain} | COMPOSED:
            assert "**" not in Phrases(language)(name, **dict.fromkeys(variables(sentences(language)[name]), "x"))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "У вас 1 подписка:"),
        (2, "У вас 2 подписки:"),
        (5, "У вас 5 подписок:"),
        (11, "У вас 11 подписок:"),
        (21, "У вас 21 подписка:"),
        (100, "У вас 100 подписок:"),
    ],
)
def test_russian_counts_agree_with_their_nouns(count: int, expected: str) -> None:
    """One, few and many have their own endings."""
    assert Phrases("ru").spans("mytags", count=count, tags="…")[0] == Span(expected, bold=True)


def test_stars_make_bold_only_where_the_sentence_has_them() -> None:
    """A tag with stars in it stays a tag with stars."""
    spans = Phrases("en").spans("subscribed", what="tag", tags="**C**")
    assert Span("**C**", bold=True) in spans
    assert [span.bold for span in spans] == [False, True, False]


def test_arguments_come_without_isolation_marks() -> None:
    """Invisible marks around a tag would break links and comparisons."""
    assert Phrases("ru")("quoted-tag", tag="Сады") == "«Сады»"


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("ru_RU", "ru"),
        ("RU", "ru"),
        ("it", "ru"),
        ("", "ru"),
        (None, "ru"),
        ("enx", "ru"),
    ],
)
def test_an_unknown_language_becomes_the_default(language: str | None, spoken: str) -> None:
    """A person's own language if we speak it, else the newsroom's."""
    assert Texts("ru")(language).language == spoken


def test_a_default_that_we_do_not_speak_becomes_russian() -> None:
    """There is always something to say."""
    assert Texts("eo")("it").language == "ru"


def test_an_unknown_sentence_is_an_error() -> None:
    """Rather than an id shown to a person."""
    with pytest.raises(KeyError):
        Phrases("en")("no-such-sentence")


def test_paragraphs_leave_no_gap_for_what_is_empty() -> None:
    """Nothing to say takes no room."""
    assert joined((Span("a"),), (), (Span("b"),)) == (Span("a"), Span("\n\n"), Span("b"))


@pytest.mark.parametrize("language", ["ru", "en", "it"])
def test_the_command_list_fits_telegrams_menu(language: str) -> None:
    """setMyCommands takes names of 1-32 small letters and descriptions of 1-256 characters."""
    readers = command_list(language)
    assert [name for name, _ in readers] == list(READER_COMMANDS)
    owner = Rights((Grant("telegram:1", Role.OWNER),))
    assert [name for name, _ in command_list(language, Menu.STAFF, owner)] == [*READER_COMMANDS, *ADMIN_COMMANDS]
    for name, description in command_list(language, Menu.STAFF, owner):
        assert name.isascii()
        assert name.islower()
        assert len(name) <= 32
        assert 1 <= len(description) <= 256


def test_a_groups_menu_offers_only_what_is_for_all() -> None:
    """Its admins see what changes the group's subscriptions, too; what is personal stands in neither."""
    everybody, admins = set(menu(Menu.GROUPS)), set(menu(Menu.GROUP_ADMINS))
    assert {"tags", "latest", "search", "help"} <= everybody < admins
    assert {"subscribe", "unsubscribe", "language"} <= admins - everybody
    assert not {"start", "forget"} & admins
    assert not set(ADMIN_COMMANDS) & admins
