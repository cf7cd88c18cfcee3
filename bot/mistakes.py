"""Mistakes in the settings as sentences: the key, what was found, what is allowed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.model import Platform
from bot.render.readymade import READY_MADE
from bot.render.samples import Kind, mistake

SECRETS = (("telegram", "token"), ("telegram", "webhook_secret"), ("vk", "token"), ("vk", "user_token"))

_TEMPLATES: tuple[tuple[str, Kind], ...] = (
    ("template", "article"),
    ("round_up_template", "roundup"),
    ("first_comment", "comment"),
)
"""Keys of a channel that hold a template, and what is made by it."""
_ALLOWED = {
    "missing": "this key is required",
    "extra_forbidden": "no such key; see depeche.example.toml for all of them",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "path_type": "a path",
}


def sentence(problem: Mapping[str, Any]) -> str:
    """One mistake as pydantic tells it → `key: found …; allowed: …`."""
    key = _key(problem["loc"])
    cause = problem.get("ctx", {}).get("error")
    kind = str(problem["type"])
    if kind == "missing":
        return f"{key}: missing; {_ALLOWED[kind]}"
    allowed = str(cause) if cause is not None else _allowed(kind, problem)
    return f"{key}: found {_shown(key, problem.get('input'))}; allowed: {allowed}"


def _allowed(kind: str, problem: Mapping[str, Any]) -> str:
    known = next((text for start, text in _ALLOWED.items() if kind.startswith(start)), None)
    if known is not None:
        return known
    message = str(problem["msg"])
    return message.removeprefix("Input should be ").removeprefix("Value error, ")


def _key(location: Iterable[int | str]) -> str:
    """`("channels", 0, "filter")` → `channels[0].filter`; the types tried for a union are no part of a key."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if not _is_type_name(part)]
    return "".join(parts).removeprefix(".")


def _is_type_name(part: int | str) -> bool:
    return isinstance(part, str) and ("-" in part or "[" in part)


def _shown(key: str, found: object) -> str:
    """What was found, short, and never a secret."""
    if any(key == f"{section}.{name}" for section, name in SECRETS) or key.startswith("redis"):
        return "a value that is not shown here"
    text = json.dumps(found, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:79]}…"


def contradictions(written: object) -> Iterator[str]:
    """What is wrong between keys, each of which may be right. Reads what was written, so that it can be told beside
    every other mistake."""
    sources, channels = _parts(written, "sources"), _parts(written, "channels")
    for kind, parts in (("sources", sources), ("channels", channels)):
        for name, count in Counter(str(_at(part, "name")) for part in parts if _at(part, "name")).items():
            if count > 1:
                yield f"{kind}: the name {name!r} is used {count} times; each needs its own"
    yield from _unknown_names(sources, "profile", ["auto", *_names(written, "profiles")])
    yield from _unknown_names(sources, "listing", _names(written, "listings"))
    yield from _scopes(_at(written, "roles"), channels)
    yield from _vk_contradictions(_at(written, "vk"), channels)
    for number, channel in enumerate(channels):
        buttons = _at(channel, "platform") == "telegram" and _at(channel, "subscribe_buttons")
        if buttons and not _at(_at(written, "telegram"), "username"):
            yield f"channels[{number}].subscribe_buttons: needs telegram.username, the bot that the buttons open"
    yield from template_mistakes(_at(written, "templates"), channels)
    yield from _webhook_needs(written)


def _names(written: object, tables: str) -> list[str]:
    found = _at(written, tables)
    return list(found) if isinstance(found, Mapping) else []


def _unknown_names(sources: list[object], key: str, known: list[str]) -> Iterator[str]:
    allowed = ", ".join(known) or f"the name of a [{key}s.NAME] table, and there is none"
    for number, source in enumerate(sources):
        named = _at(source, key)
        if isinstance(named, str) and named not in known:
            yield f"sources[{number}].{key}: found {named!r}; allowed: {allowed}"


def template_text(name: str, tables: object) -> str | None:
    """The text of a template: of a table, one that comes with the program, or the name itself where it is a text."""
    table = _at(tables, name)
    text = _at(table, "text") if table is not None else READY_MADE.get(name)
    if text is None and ("{" in name or "\n" in name):
        return name
    return text if isinstance(text, str) else None


def template_mistakes(tables: object, channels: list[object]) -> Iterator[str]:
    """What is wrong with the templates that channels use, and with those that nobody uses yet."""
    told: dict[str, str] = {}
    for number, channel in enumerate(channels):
        platform = Platform.VK if _at(channel, "platform") == "vk" else Platform.TELEGRAM
        for key, kind in _TEMPLATES:
            name = _at(channel, key)
            if not isinstance(name, str):
                continue
            text = name if kind == "comment" else template_text(name, tables)
            where = f"templates.{name}.text" if _at(tables, name) is not None else f"channels[{number}].{key}"
            if text is None:
                known = ", ".join([*READY_MADE, *(tables if isinstance(tables, Mapping) else ())])
                told[where] = f"{where}: found {name!r}; allowed: {known}, or the text of a template"
            elif problem := mistake(text, kind, platform):
                told[where] = f"{where}: {problem}"
    for name, table in tables.items() if isinstance(tables, Mapping) else ():
        said, where = _at(table, "text"), f"templates.{name}.text"
        kinds: tuple[Kind, ...] = ("article", "roundup")
        problems = [mistake(said, kind, Platform.TELEGRAM) for kind in kinds] if isinstance(said, str) else [None]
        if all(problems):
            told.setdefault(where, f"{where}: {problems[0]}")
    yield from told.values()


def _scopes(roles: object, channels: list[object]) -> Iterator[str]:
    known = ["telegram", "vk", *(str(_at(channel, "name")) for channel in channels)]
    for role in ("owner", "editor", "viewer"):
        for number, person in enumerate(_parts(roles, role)):
            _, at, scope = str(person).partition("@")
            if at and scope not in known:
                yield f"roles.{role}[{number}]: found {scope!r} after the @; allowed: {', '.join(known)}"


def _vk_contradictions(vk: object, channels: list[object]) -> Iterator[str]:
    group = _at(vk, "group_id")
    if _at(vk, "token") and not group:
        yield "vk.group_id: missing; allowed: the community's number, 220 for vk.com/club220"
    for number, channel in enumerate(channels):
        target = _at(channel, "target")
        if group and _at(channel, "platform") == "vk" and str(target) != f"-{group}":
            yield f"channels[{number}].target: found {target}; allowed: -{group}, the wall of vk.group_id"


def _webhook_needs(written: object) -> Iterator[str]:
    telegram = _at(written, "telegram")
    if _at(telegram, "mode") != "webhook":
        return
    for key in ("webhook_url", "webhook_secret"):
        if not _at(telegram, key):
            yield f'telegram.{key}: missing; telegram.mode = "webhook" needs it'
    if _at(_at(written, "web"), "port") is None:
        yield 'web.port: missing; telegram.mode = "webhook" needs it'


def _parts(written: object, key: str) -> list[object]:
    found = _at(written, key)
    return list(found) if isinstance(found, (list, tuple)) else []


def _at(part: object, key: str) -> object:
    return part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)
