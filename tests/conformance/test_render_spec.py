"""Rendered calls against the networks' own descriptions of their APIs, over hostile strings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt
from bot.render import (
    Style,
    correction_for,
    message_correction_for,
    message_for,
    post_for,
    removals_for,
    reply_for,
)
from bot.talk import Button, Heard, Reply, Span

pytestmark = pytest.mark.shared

PLACES = (Place(Platform.TELEGRAM, "-1001", 5), Place(Platform.VK, "-220"))
CHATS = (Place(Platform.TELEGRAM, "1001"), Place(Platform.VK, "42"))
STYLES = (Style(), Style(language="en", image="photo", silent=True, preview_above=True), Style(image="none"))
RECEIPT = Receipt("7", datetime(2026, 3, 1, 14, 5, tzinfo=UTC))
MENTION = re.compile(r"\[[^\]\n]*\||[@*]\w")
VK_COMMON = {"v"}
KINDS: dict[str, type | tuple[type, ...]] = {
    "Integer": int,
    "String": str,
    "Boolean": bool,
    "integer": int,
    "string": str,
}


@dataclass(frozen=True)
class Spec:
    """Both descriptions, by method and parameter."""

    telegram: dict[str, Any]
    vk: dict[str, Any]

    def check(self, post: Post) -> None:
        """A call with parameters that exist, of the right type, within the limits, and with all that is required."""
        json.dumps(dict(post.params), ensure_ascii=False).encode("utf-8")
        if post.platform is Platform.TELEGRAM:
            self._fields(self.telegram["methods"][post.method]["fields"], dict(post.params))
        else:
            self._parameters(self.vk["methods"][post.method]["parameters"], dict(post.params))
            assert not MENTION.search(post.params.get("message", ""))

    def _fields(self, fields: list[dict[str, Any]], found: dict[str, Any]) -> None:
        known = {field["name"]: field for field in fields}
        assert set(found) <= set(known)
        assert {name for name, field in known.items() if field.get("required")} <= set(found)
        for name, value in found.items():
            self._value(known[name], value)

    def _value(self, field: dict[str, Any], value: Any) -> None:
        low, high = field.get("length", (0, 10**9))
        if isinstance(value, str):
            size = len(value.encode()) if field.get("unit") == "bytes" else len(value)
            assert low <= size <= high
        assert any(self._is(kind, value) for kind in field["types"]), (field, value)

    def _is(self, kind: str, value: Any) -> bool:
        if kind in KINDS:
            return isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == "Boolean")
        inner = kind.removeprefix("Array of ")
        if inner != kind:
            return isinstance(value, list) and all(self._is(inner, part) for part in value)
        if not isinstance(value, dict) or kind not in self.telegram["types"]:
            return False
        self._fields(self.telegram["types"][kind]["fields"], value)
        return True

    def _parameters(self, parameters: list[dict[str, Any]], found: dict[str, Any]) -> None:
        known = {parameter["name"]: parameter for parameter in parameters}
        assert set(found) <= set(known) | VK_COMMON
        assert {name for name, parameter in known.items() if parameter.get("required")} <= set(found)
        for name, value in found.items():
            self._parameter(known.get(name, {"type": "string"}), value)

    @staticmethod
    def _parameter(parameter: dict[str, Any], value: Any) -> None:
        kind = parameter["type"]
        if kind == "boolean":
            assert value in (0, 1)
            assert type(value) is int
        elif kind == "integer":
            assert type(value) is int
            assert parameter.get("minimum", -(2**63)) <= value < 2**63
        else:
            assert isinstance(value, str)  # a list travels as text with commas
            assert value
            assert len(value) <= parameter.get("maxLength", 10**9)


@pytest.fixture(scope="module")
def spec(shared: Path) -> Spec:
    telegram = json.loads((shared / "spec/telegram/bot_api_10.3.json").read_text("utf-8"))
    vk = json.loads((shared / "spec/vk/vk_api_5.199.json").read_text("utf-8"))
    return Spec(telegram, vk)


@pytest.fixture(scope="module")
def hostile(shared: Path) -> list[str]:
    """Every hostile string: control and bidi signs, mentions, markup, addresses, attacks, huge ones."""
    lines = [
        json.loads(line)["text"]
        for file in sorted((shared / "corpus/hostile/strings").glob("*.jsonl"))
        for line in file.read_text("utf-8").split("\n")
        if line
    ]
    assert len(lines) > 1000
    return [line for line in lines if isinstance(line, str)]


def every(posts: tuple[Post, ...]) -> Iterator[Post]:
    for post in posts:
        yield post
        if post.fallback:
            yield post.fallback


def filled(text: str) -> Article:
    """An article with this text in every field."""
    return Article(
        id=text,
        url=text,
        headline=text,
        lead=f"{text} {text}",
        image=Image("https://digest.example/train.jpg", text),
        outlet=Outlet(text, text),
        original_url=text,
        country=text,
        tags=(text, "поезда"),
        disclaimer=text,
    )


def posts(text: str, style: Style) -> Iterator[Post]:
    """The article everywhere."""
    article = filled(text)
    for place in PLACES:
        yield post_for(article, place, style)
    for place in CHATS:
        yield message_for(article, place, style, buttons=((Button(text, url=text),),), because=text)


def answers(text: str, style: Style) -> Iterator[Post]:
    """All else that can be rendered of an article and a reply with this text."""
    article = filled(text)
    rows = ((Button(text, press=text), Button(text, url=text)), (Button("Ещё", press="/more"),))
    reply = Reply((Span(text, bold=True), Span(text, url=text), Span(text)), rows, text)
    for place in PLACES:
        yield correction_for(article, place, style, RECEIPT, RECEIPT.at)
        yield from removals_for(place, text, RECEIPT, public=True, fresh=True)
    for place in CHATS:
        yield message_correction_for(article, place, style, RECEIPT, RECEIPT.at, buttons=rows, because=text)
        yield from removals_for(place, text, RECEIPT, public=False, fresh=True)
        event = Heard(place, "1001", text, "e1", pressed="7", callback="c1")
        yield from reply_for(reply, event, edit=True)
        yield from reply_for(reply, event)


def test_hostile_strings_make_valid_calls(spec: Spec, hostile: list[str]) -> None:
    """In every field at once: names, types and limits hold, and nothing on VK becomes a mention."""
    for number, text in enumerate(hostile):
        style = STYLES[number % len(STYLES)]
        # what follows a post is made by the same hands: a part of the strings shows whether its frame holds
        rendered = (*posts(text, style), *(answers(text, style) if number % 4 == 0 else ()))
        for post in every(rendered):
            spec.check(post)


def test_keyboards_are_what_vk_describes(spec: Spec) -> None:
    """The JSON inside the keyboard parameter keeps to VK's own definition of it."""
    (post,) = reply_for(
        Reply((Span("?"),), ((Button("a", press="/a"), Button("b", url="https://digest.example")),)),
        Heard(CHATS[1], "1001", "/x", "e1"),
    )
    keyboard = json.loads(post.params["keyboard"])
    definitions = spec.vk["definitions"]
    described = next(value for name, value in definitions.items() if name.endswith("messages_keyboard"))
    assert set(keyboard) <= set(described["properties"])
    for button in keyboard["buttons"][0]:
        kind = button["action"]["type"]
        action = next(
            value for name, value in definitions.items() if name.endswith(f"messages_keyboard_button_action_{kind}")
        )
        assert set(button["action"]) <= set(action["properties"])


def test_the_spec_check_can_fail(spec: Spec) -> None:
    """A wrong name, a wrong type and a text over the limit are each found."""
    wrong = (
        Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 1, "text": "x", "mood": "good"}),
        Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 1, "text": "x" * 4097}),
        Post(Platform.TELEGRAM, "sendMessage", {"text": "x"}),
        Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 1, "text": "x", "entities": [{"type": "bold"}]}),
        Post(Platform.VK, "wall.post", {"from_group": True}),
        Post(Platform.VK, "messages.edit", {"message": "x"}),
        Post(Platform.VK, "wall.post", {"message": "@id1"}),
    )
    for post in wrong:
        with pytest.raises(AssertionError):
            spec.check(post)
