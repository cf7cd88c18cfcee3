"""All that is kept about one chat: found by its name in every key and value, whatever the key is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import Place
from bot.store import keys
from bot.store.connection import Argument, Client, scored
from bot.store.sweep import DERIVED, pages

_OF_NOBODY = frozenset(
    {
        "article",
        "name",
        "id",
        "recent",
        "tagged",
        "tags",
        "label",
        "told",
        "source",
        "pace",
        "second",
        "starts",
        "lease",
    }
)
"""Rooms that hold articles and machinery, never a chat."""
_WHOLE_SETS = frozenset({"audience", "readers"})
"""Sets so large that one asks for the member; of any other all is read."""
_BOOKS = frozenset({"chat", "group"})
"""How soon a chat takes the next message: named by its bare number, and gone within minutes by itself."""


class RedisDossiers:
    """The port `Dossiers`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def about(self, place: Place) -> Mapping[str, Any]:
        """Each key that knows the chat, with what it says of it. Slow: it looks at every key."""
        text = str(place)
        named = re.compile(rf"(?<!\w){re.escape(text)}(?![\w:]|\.\d)")
        found: dict[str, Any] = {}
        async for page in pages(self._client):
            candidates = [key for key in page if key not in DERIVED and _room(key) not in _OF_NOBODY]
            kinds = await self._client.reads([("TYPE", key) for key in candidates])
            commands = [
                (key, kind, _command(key, kind, place, whole=_names(key, place, named)))
                for key, kind in zip(candidates, kinds, strict=True)
            ]
            asked = [(key, kind, command) for key, kind, command in commands if command is not None]
            answers = await self._client.reads([command for _, _, command in asked])
            for (key, kind, _), answer in zip(asked, answers, strict=True):
                whole = _names(key, place, named)
                said = _plain(kind, answer) if whole else _part(kind, answer, text, named)
                if said not in (None, [], {}, ""):
                    found[key.removeprefix(keys.PREFIX)] = said
        return found


def _room(key: str) -> str:
    return key.removeprefix(keys.PREFIX).partition(":")[0]


def _names(key: str, place: Place, named: re.Pattern[str]) -> bool:
    """Whether the key itself is about the chat."""
    room, _, rest = key.removeprefix(keys.PREFIX).partition(":")
    return named.search(rest) is not None or (room in _BOOKS and rest.rpartition(":")[2] == place.chat)


def _command(key: str, kind: str, place: Place, *, whole: bool) -> Sequence[Argument] | None:
    """How to read what a key may say of a chat."""
    room = _room(key)
    match kind:
        case "string":
            return ("GET", key) if whole else None
        case "hash":
            return ("HGETALL", key) if whole or room not in {"ledger", "amended", "due"} else ("HGET", key, str(place))
        case "list":
            return ("LRANGE", key, 0, -1)
        case "set":
            return ("SISMEMBER", key, str(place)) if room in _WHOLE_SETS else ("SMEMBERS", key)
        case "zset":
            return ("ZRANGE", key, 0, -1, "WITHSCORES") if whole or room != "queue" else None
    return None


def _plain(kind: str, answer: Any) -> Any:  # noqa: ANN401 - redis's value in, JSON's out
    match kind:
        case "set":
            return sorted(answer) if not isinstance(answer, int) else bool(answer)
        case "zset":
            return [[member, score] for member, score in scored(answer)]
    return answer


def _part(kind: str, answer: Any, text: str, named: re.Pattern[str]) -> Any:  # noqa: ANN401 - as above
    """Of a key about many, what names the chat."""
    if isinstance(answer, int):
        return text if answer else None
    if kind == "hash" and isinstance(answer, dict):
        return {name: value for name, value in answer.items() if named.search(name) or named.search(value)}
    if kind == "hash":
        return answer
    if kind == "zset":
        return [[member, score] for member, score in scored(answer) if named.search(member)]
    return list(_naming(answer if isinstance(answer, list | set) else [answer], named))


def _naming(values: Sequence[Any] | set[Any], named: re.Pattern[str]) -> Iterator[str]:
    yield from sorted(value for value in values if isinstance(value, str) and named.search(value))
