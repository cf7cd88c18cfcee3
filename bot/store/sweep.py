"""Walks over every key: forgetting a reader, writing everything out, and reading it back."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from bot.errors import StoreError
from bot.model import Place
from bot.store import keys
from bot.store.connection import Argument, Client, scored

PAGE = 500
DERIVED = frozenset({keys.AUDIENCE, keys.AUDIENCE_LOG})
"""Made from other keys: not written out, and made anew after something was read back."""
BINARY = frozenset({"crowd", "ack"})
"""Rooms whose strings are no text: their values are written out in base64, as of the type `bytes`."""
Row = dict[str, Any]
"""One key: {"key", "type", "ttl": milliseconds left or None, "value"}."""
_READ: Mapping[str, tuple[str, ...]] = {
    "string": ("GET",),
    "hash": ("HGETALL",),
    "set": ("SMEMBERS",),
    "list": ("LRANGE", "0", "-1"),
    "zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
}


async def pages(client: Client) -> AsyncIterator[list[str]]:
    """The program's keys, a page at a time, each once. What changes meanwhile may or may not be among them."""
    met: set[str] = set()
    cursor = "0"
    while True:
        cursor, page = await client.read("SCAN", cursor, "MATCH", f"{keys.PREFIX}*", "COUNT", PAGE)
        if fresh := [key for key in dict.fromkeys(page) if key not in met]:
            met.update(fresh)
            yield fresh
        if str(cursor) == "0":
            return


async def forget_place(client: Client, place: Place) -> None:
    """Erase a place from every key's name and content, save the index of readers, which has forgotten it before."""
    text = str(place)
    async for page in pages(client):
        changes: list[Sequence[Argument]] = []
        for key in page:
            if key not in DERIVED:  # there nobody is named but by the roster, which forgets them itself
                changes += await _forgetting(client, key, place)
        await client.writes(changes)
    for index in (keys.CLAIMS, keys.DEFERRED, keys.UNCONFIRMED):
        slots = await client.read("ZRANGE", index, 0, -1)
        await client.writes([("ZREM", index, slot) for slot in slots if slot.partition("@")[2] == text])


async def _forgetting(client: Client, key: str, place: Place) -> list[Sequence[Argument]]:
    """What to do with one key."""
    text = str(place)
    room, _, rest = key.removeprefix(keys.PREFIX).partition(":")
    if room in {"ledger", "amended"}:
        return [("HDEL", key, text)]
    if room == "story" and not keys.is_private(place):
        told = await client.read("LRANGE", key, 0, -1)
        return [("LREM", key, 0, line) for line in set(told) if f'"place": "{text}"' in line]
    if room in {"chat", "group"}:
        return [("DEL", key)] if rest.rpartition(":")[2] == place.chat else []
    by_name = room in {"mark", "once", "firing"} and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", rest)
    return [("DEL", key)] if by_name or rest == text else []


async def dump(client: Client) -> AsyncIterator[Row]:
    """Everything, one row a key. A key that vanishes meanwhile is left out."""
    async for found in pages(client):
        page = [key for key in found if key not in DERIVED]
        kinds = await client.reads([("TYPE", key) for key in page])
        known = [(key, _kind(key, kind)) for key, kind in zip(page, kinds, strict=True) if kind in _READ]
        texts = [(_READ[kind][0], key, *_READ[kind][1:]) for key, kind in known if kind != "bytes"]
        words = iter(await client.reads(texts))
        values = [await _packed(client, key) if kind == "bytes" else next(words) for key, kind in known]
        lives = await client.reads([("PTTL", key) for key, _ in known])
        for (key, kind), value, life in zip(known, values, lives, strict=True):
            if value is not None and life != -2:  # -2: gone by now
                yield {"key": key, "type": kind, "ttl": life if life >= 0 else None, "value": _plain(kind, value)}


def _kind(key: str, kind: str) -> str:
    return "bytes" if key.removeprefix(keys.PREFIX).partition(":")[0] in BINARY else kind


async def _packed(client: Client, key: str) -> str | None:
    raw = await client.read_bytes("GET", key)
    return None if raw is None else b64encode(raw).decode("ascii")


def _plain(kind: str, value: Any) -> Any:  # noqa: ANN401 - redis's value in, JSON's out
    match kind:
        case "set":
            return sorted(value)
        case "zset":
            return [[member, score] for member, score in scored(value)]
    return value


async def restore(client: Client, rows: AsyncIterable[Row] | Iterable[Row]) -> int:
    """Put rows back, each in place of what its key holds now; the number of rows. Twice is the same as once.

    Raises StoreError for a row that is not one of ours; the rows before it are in place.
    """
    try:
        return await _restored(client, rows)
    finally:
        await client.write("DEL", *DERIVED)


async def _restored(client: Client, rows: AsyncIterable[Row] | Iterable[Row]) -> int:
    count = 0
    async for row in _each(rows):
        count += 1
        try:
            key, value = row["key"], row["value"]
            fill = [("DEL", key), *_fill(key, row["type"], value)]
            if row["ttl"] is not None:
                fill.append(("PEXPIRE", key, max(1, int(row["ttl"]))))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StoreError(f"row {count} can't be restored: {error!r}") from error
        if key == keys.FENCE and int(await client.read("GET", key) or 0) >= int(value):
            continue  # a fence never goes back
        await client.writes(fill)
    return count


async def _each(rows: AsyncIterable[Row] | Iterable[Row]) -> AsyncIterator[Row]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row


def _fill(key: str, kind: str, value: Any) -> list[Sequence[Argument]]:  # noqa: ANN401 - as JSON has it
    """The commands that give an absent key its value. Raises ValueError for what is not ours or not of its kind."""
    if not key.startswith(keys.PREFIX):
        raise ValueError(f"{key!r} is not a key of this program")
    match kind, value:
        case "bytes", str():
            return [("SET", key, b64decode(value, validate=True))]
        case "string", str():
            return [("SET", key, value)]
        case "hash", dict():
            words: list[Argument] = [word for pair in value.items() for word in pair]
            return _paged(("HSET", key), words)
        case "set", list():
            return _paged(("SADD", key), value)
        case "list", list():
            return _paged(("RPUSH", key), value)
        case "zset", list():
            return _paged(("ZADD", key), [word for member, score in value for word in (repr(float(score)), member)])
    raise ValueError(f"a {kind} can't hold {type(value).__name__}")


def _paged(command: tuple[str, str], words: Sequence[Argument]) -> list[Sequence[Argument]]:
    """In parts that redis takes without a stall; an even number of words in each."""
    return [(*command, *words[start : start + 2 * PAGE]) for start in range(0, len(words), 2 * PAGE)]
