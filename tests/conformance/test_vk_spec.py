"""The sandbox's VK holds to VK's own schema: the table of parameters, the errors, and the answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from bot.sandbox.vk_core import MESSAGES
from bot.sandbox.vk_rules import RULES, Kind, Rule

pytestmark = pytest.mark.shared

TYPES: dict[Kind, str] = {
    "int": "integer",
    "flag": "boolean",
    "number": "number",
    "text": "string",
    "ints": "array",
    "texts": "array",
}

DESCRIBED = ("type", "required", "minimum", "maximum", "maxLength", "maxItems")
CLASSES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
DIFFERENCES = {
    ("wall.post", "keys"): "a community key posts text and one link in practice; the schema says user",
    ("wall.get", "owner_id"): "documented and used everywhere, but left out of the schema",
    ("execute", "code"): "its only parameter, left out of the schema",
    ("messages.send", "random_id"): "required since 5.90 by the documentation; optional in the schema",
    ("groups.getById", "group_id"): "an id or a short name: read as text, the schema names both types",
    ("wall.get", "domain"): "a short name: read as text, the schema names both types",
}
"""Where practice or the sandbox departs from the schema, and why."""


@pytest.fixture(scope="session")
def spec(shared: Path) -> dict[str, Any]:
    """VK's schema in one file."""
    loaded: dict[str, Any] = json.loads((shared / "spec/vk/vk_api_5.199.json").read_text(encoding="utf-8"))
    return loaded


def described_as(rule: Rule) -> dict[str, Any]:
    """A rule in the schema's words."""
    words: dict[str, Any] = {
        "minimum": rule.least,
        "maximum": rule.most,
        "maxLength": rule.longest,
        "maxItems": rule.items,
    }
    words |= {"type": TYPES[rule.kind], "required": rule.required or None}
    return {name: value for name, value in words.items() if value is not None}


def differences(method: str, described: dict[str, Any]) -> Iterator[str]:
    """The names under which our table and the schema's method disagree."""
    rule = RULES[method]
    if rule.keys != frozenset(described["access_token_type"]):
        yield "keys"
    theirs = {parameter["name"]: parameter for parameter in described.get("parameters", [])}
    if set(theirs) - set(rule.params):
        yield "missing"
    for name, ours in rule.params.items():
        their = theirs.get(name)
        if their is None or described_as(ours) != {key: their[key] for key in DESCRIBED if key in their}:
            yield name


def test_the_table_is_the_schemas(spec: dict[str, Any]) -> None:
    """Names, types, limits and kinds of key are the schema's, but for the differences that have a reason."""
    found = {(method, name) for method in RULES for name in differences(method, spec["methods"][method])}
    assert found == set(DIFFERENCES)


def test_errors_are_worded_as_the_schema_words_them(spec: dict[str, Any]) -> None:
    """Each error the sandbox gives begins with its description in the schema."""
    described = {error["code"]: error["description"] for error in spec["errors"].values()}
    unlike = {code: words for code, words in MESSAGES.items() if not words.startswith(described.get(code, "?"))}
    assert unlike == {}


class Checker:
    """Holds a value against the schema: required properties, types and enumerations, through references."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions

    def problems(self, value: Any, schema: dict[str, Any], path: str) -> Iterator[str]:
        """What is wrong with the value, each with where."""
        if "$ref" in schema:
            yield from self.problems(value, self._definitions[schema["$ref"].removeprefix("../")], path)
        for part in schema.get("allOf", []):
            yield from self.problems(value, part, path)
        if not self._is(value, schema.get("type")):
            yield f"{path}: {value!r} is no {schema['type']}"
        elif isinstance(value, dict):
            yield from self._object(value, schema.get("properties", {}), path)
        elif isinstance(value, list) and "items" in schema:
            for number, part in enumerate(value):
                yield from self.problems(part, schema["items"], f"{path}[{number}]")
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{path}: {value!r} is none of {schema['enum']}"

    def _object(self, value: dict[str, Any], properties: dict[str, Any], path: str) -> Iterator[str]:
        for name, inner in properties.items():
            if name in value:
                yield from self.problems(value[name], inner, f"{path}.{name}")
            elif inner.get("required"):
                yield f"{path}.{name} is missing"

    @staticmethod
    def _is(value: Any, kind: Any) -> bool:
        kinds = kind if isinstance(kind, list) else [kind]
        return any(one is None or isinstance(value, CLASSES[one]) for one in kinds)


@pytest.fixture
def checker(spec: dict[str, Any]) -> Checker:
    """A checker that knows all definitions."""
    return Checker(spec["definitions"])


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with a post on the wall and a message in a chat."""
    async with open_sandbox() as opened:
        await opened.world.say("vk:42", "Начать")
        opened.world.add_chat(Chat("vk", 2_000_000_001, "group", "Редакция"))
        opened.vk.uploads["uploaded"] = (b"{}", "application/json")
        address = opened.newsroom.page_url(opened.newsroom.publish_next())
        post = {"owner_id": "-220", "message": "x", "attachments": address, "copyright": "https://outlet.example/a"}
        opened.vk.perform("wall.post", {"v": "5.199", **post}, opened.vk_token)
        yield opened


ANSWERS: list[tuple[str, dict[str, str], str]] = [
    ("users.get", {"user_ids": "42"}, "response"),
    ("groups.getById", {}, "response"),
    ("groups.getTokenPermissions", {}, "response"),
    ("groups.getLongPollServer", {"group_id": "220"}, "response"),
    ("groups.getLongPollSettings", {"group_id": "220"}, "response"),
    ("groups.setLongPollSettings", {"group_id": "220", "message_new": "1"}, "response"),
    ("wall.post", {"owner_id": "-220", "message": "x"}, "response"),
    ("messages.send", {"peer_ids": "42,43", "random_id": "7", "message": "x"}, "userIdsResponse"),
    ("messages.delete", {"peer_id": "42", "message_ids": "1", "delete_for_all": "1"}, "response"),
    ("messages.isMessagesFromGroupAllowed", {"group_id": "220", "user_id": "42"}, "response"),
    ("messages.getConversationMembers", {"peer_id": "2000000001"}, "response"),
    ("photos.getMessagesUploadServer", {}, "response"),
    ("docs.getMessagesUploadServer", {"peer_id": "42", "type": "doc"}, "response"),
    ("docs.save", {"file": "uploaded", "title": "all.json"}, "response"),
    ("utils.getServerTime", {}, "response"),
    ("utils.resolveScreenName", {"screen_name": "digest_press"}, "response"),
]
USER_ANSWERS: list[tuple[str, dict[str, str], str]] = [
    ("wall.get", {"owner_id": "-220"}, "response"),
    ("wall.getById", {"posts": "-220_1"}, "response"),
    ("wall.edit", {"owner_id": "-220", "post_id": "1", "message": "y"}, "response"),
    ("wall.delete", {"owner_id": "-220", "post_id": "1"}, "response"),
    ("photos.getWallUploadServer", {"group_id": "220"}, "response"),
]


@pytest.mark.parametrize(("method", "params", "name"), [*ANSWERS, *USER_ANSWERS], ids=lambda value: str(value)[:40])
async def test_answers_have_the_schemas_form(
    spec: dict[str, Any], checker: Checker, sandbox: Sandbox, method: str, params: dict[str, str], name: str
) -> None:
    """Every required property is there and of its type."""
    token = sandbox.vk_user_token if (method, params, name) in USER_ANSWERS else sandbox.vk_token
    answer = {"response": sandbox.vk.perform(method, {"v": "5.199", **params}, token)}
    schema = spec["methods"][method]["responses"][name]
    assert list(checker.problems(answer, schema, method)) == []


EVENT_DIFFERENCES = {
    "message_event.type:": "the schema's list of kinds leaves this one out, though it describes its object",
    "message_event.payload:": "text by the schema; in the documentation's example the button's own JSON",
}


async def test_events_have_the_schemas_form(checker: Checker, sandbox: Sandbox) -> None:
    """So have the events of the Long Poll."""
    keyboard = {"inline": True, "buttons": [[{"action": {"type": "callback", "label": "x", "payload": '{"a":1}'}}]]}
    sent = {"v": "5.199", "peer_id": "42", "random_id": "1", "message": "x", "keyboard": json.dumps(keyboard)}
    number = sandbox.vk.perform("messages.send", sent, sandbox.vk_token)
    await sandbox.world.press("vk:42", str(number), 0, 0)
    sandbox.world.block("vk:42")
    sandbox.world.unblock("vk:42")
    events = (await sandbox.vk.longpoll.check(sandbox.vk.longpoll.key, "1", 0))["updates"]
    kinds = [event["type"] for event in events]
    assert kinds == ["message_new", "wall_post_new", "message_event", "message_deny", "message_allow"]
    for event in events:
        base = {"$ref": "../callback/objects.json#/definitions/callback_base"}
        content = {"$ref": f"../callback/objects.json#/definitions/callback_{event['type']}"}
        found = [
            *checker.problems(event, base, event["type"]),
            *checker.problems(event["object"], content, event["type"]),
        ]
        assert [problem for problem in found if not problem.startswith(tuple(EVENT_DIFFERENCES))] == []
