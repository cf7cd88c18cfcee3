"""The audience as redis keeps it, and this process's copy of it in step.

Every reader has a number in their record. A change of a reader's standing queries (`wishes` in the record, of old) is
one write: the record, and a line in the `audience:log`. The hash `audience` holds the whole index as of one line of the
log, packed; from time to time it is brought up to a newer line, and the log is cut. So a process that starts reads the
hash and what the log has after it, and from then on only what is new in the log. Whoever finds that the log was cut
before where it stood, or that the hash is gone, begins anew; in the worst case from the readers' records, which say
everything.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from array import array
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog

from bot.errors import StoreError
from bot.model import Place
from bot.store import keys
from bot.store.audience import Audience
from bot.store.connection import Argument, Client, Script
from bot.store.group_commit import GroupCommit
from bot.store.members import packed, unpacked

log = structlog.get_logger(__name__)

NEWS = 1000
"""Lines of the log read at a time."""
LONG = 4096
"""Lines after which the hash is brought up to date."""
RECORDS = 500
BEGIN = "begin"
_AT, _OTHERS, _PAGE = b"@at", b"@others", b"@page"

SAVE = Script(
    """
    -- KEYS: reader, log, number of the last reader. ARGV: place, record without its number, standing queries (a line
    -- each), prefix of labels, lifetime of labels (s), labels by tag id (JSON). A lifetime begins anew once a tenth of
    -- it is over.
    local raw = redis.call('GET', KEYS[1])
    local kept = raw and cjson.decode(raw) or {}
    local number = kept.number or redis.call('INCR', KEYS[3])
    redis.call('SET', KEYS[1], '{"number": ' .. number .. ', ' .. string.sub(ARGV[2], 2))
    local was = kept.wishes or ''
    if was ~= ARGV[3] or not kept.number then
      redis.call('XADD', KEYS[2], '*', 'n', number, 'p', ARGV[1], 'was', was, 'now', ARGV[3])
    end
    for tag, label in pairs(cjson.decode(ARGV[6])) do
      local left = redis.call('TTL', ARGV[4] .. tag)
      if left < 0 then redis.call('SET', ARGV[4] .. tag, label, 'EX', ARGV[5])
      elseif left < ARGV[5] * 0.9 then redis.call('EXPIRE', ARGV[4] .. tag, ARGV[5]) end
    end
    return number
    """
)
"""Not repeatable: said again late, it would undo a newer save."""

FORGET = Script(
    """
    -- KEYS: reader, log. A line of the log without a place: the reader of that number is nobody any more. The line
    -- after it is where the log will begin.
    local raw = redis.call('GET', KEYS[1])
    local kept = raw and cjson.decode(raw) or {}
    if kept.number then
      redis.call('XADD', KEYS[2], '*', 'n', kept.number, 'p', '', 'was', kept.wishes or '', 'now', '')
    end
    redis.call('XADD', KEYS[2], '*', 'n', 0, 'p', 'begin', 'was', '', 'now', '')
    return redis.call('DEL', KEYS[1])
    """,
    repeatable=True,
)

NUMBER = Script(
    """
    -- KEYS: reader. ARGV: the record as it was read, the record with a number and standing queries. 0: it was changed
    -- meanwhile.
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[2])
    return 1
    """
)

BRING_UP = Script(
    """
    -- KEYS: audience, log. ARGV: the line the hash is at ('' when it is not there), the one it is brought to, the first
    -- line that stays in the log, then field and value by turns, without a value where the field goes.
    -- Answers 0 when somebody else was first.
    if (redis.call('HGET', KEYS[1], '@at') or '') ~= ARGV[1] then return 0 end
    for a = 4, #ARGV, 2 do
      if ARGV[a + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[a])
      else redis.call('HSET', KEYS[1], ARGV[a], ARGV[a + 1]) end
    end
    redis.call('HSET', KEYS[1], '@at', ARGV[2])
    redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
    return 1
    """
)


class Roster:
    """Keeps an `Audience` in step with redis. Every method raises StoreError while redis is away."""

    def __init__(self, client: Client, standing: Callable[[Place, Mapping[str, Any]], Iterable[str]]) -> None:
        """`standing`: what a reader's record says of them."""
        self._client = client
        self._standing = standing
        self._audience = Audience()
        self._last = ""
        self._kept_at = ""
        self._news = 0
        self._asking = GroupCommit()
        self._turn = asyncio.Lock()

    async def save(
        self, place: Place, record: Mapping[str, Any], standing: Iterable[str], labels: Mapping[str, str]
    ) -> None:
        """Keep a reader's record, their standing queries, and how tags are written, by their ids."""
        lines = _joined(standing)
        kept = json.dumps({**record, "wishes": lines}, ensure_ascii=False)
        tags = json.dumps(labels, ensure_ascii=False)
        await self._client.run(
            SAVE,
            [keys.reader(place), keys.AUDIENCE_LOG, keys.NUMBERED],
            [str(place), kept, lines, keys.label(""), keys.seconds(keys.KNOWN), tags],
        )

    async def forget(self, place: Place) -> None:
        """Erase a reader's record, and all of them from the index. Other processes read the index anew after it."""
        if await self._client.run(FORGET, [keys.reader(place), keys.AUDIENCE_LOG], []):
            await self.audience()
            async with self._turn:
                while not await self._written(cut=True):
                    await self._in_step()

    async def audience(self) -> Audience:
        """Who wants what, as of now. Those who ask while the log is being read are answered by the next reading,
        together."""
        await self._asking.say(None, self._read)
        return self._audience

    async def as_recorded(self) -> Audience:
        """From the records alone and with numbers of its own: for who only counts while redis takes nothing in."""
        audience, number = Audience(), 0
        async for place, raw in self._records():
            number += 1
            audience.put(number, place, (), self._standing(place, json.loads(raw)))
        return audience

    async def _read(self, asked: Sequence[None]) -> Sequence[int]:
        """For all of them at once."""
        async with self._turn:
            await self._in_step()
            if self._news >= LONG:
                await self._written()
                await self._in_step()
        return [1] * len(asked)

    async def _in_step(self) -> None:
        while not await self._catch_up():
            await self._load()

    async def _catch_up(self) -> bool:
        """Read what is new. False: the log does not go on where this process stands."""
        while self._last:
            told = await self._client.read("XRANGE", keys.AUDIENCE_LOG, self._last, "+", "COUNT", NEWS)
            if not told or told[0][0] != self._last:
                return False
            for line, words in told[1:]:
                self._take(_words(words))
                self._last = line
                self._news += 1
            if len(told) < NEWS:
                return True
        return False

    def _take(self, words: Mapping[str, str]) -> None:
        if words["p"] == BEGIN:
            return
        number, was, now = int(words["n"]), _lines(words["was"]), _lines(words["now"])
        if words["p"]:
            self._audience.put(number, Place.parse(words["p"]), was, now)
        else:
            self._audience.drop(number, was)

    async def _load(self) -> None:
        """Begin anew from the hash, or without one from the records."""
        flat = await self._client.read_bytes("HGETALL", keys.AUDIENCE)
        fields = dict(zip(flat[::2], flat[1::2], strict=True)) if isinstance(flat, list) else flat
        at = fields.pop(_AT, None)
        if at is None:
            await self._rebuild()
            return
        self._audience = await asyncio.to_thread(_unpacked, fields)
        self._last = self._kept_at = at.decode()
        self._news = 0

    async def _rebuild(self) -> None:
        """From the records alone. What changes meanwhile is in the log after the line at which this begins, and taking
        a change twice does what once does."""
        fresh = Audience()
        at = str(await self._client.write("XADD", keys.AUDIENCE_LOG, "*", "n", 0, "p", BEGIN, "was", "", "now", ""))
        used: set[int] = set()
        async for place, raw in self._records():
            number = await self._numbered(place, raw, used)
            used.add(number)
            fresh.put(number, place, (), self._standing(place, json.loads(raw)))
        self._audience, self._last, self._kept_at, self._news = fresh, at, "", 0
        most = max(used, default=0)
        if most > int(await self._client.read("GET", keys.NUMBERED) or 0):
            await self._client.write("SET", keys.NUMBERED, most)
        await self._written()
        log.info("audience_rebuilt", readers=len(used), standing_queries=sum(1 for _ in fresh.standing()))

    async def _numbered(self, place: Place, raw: str, used: Collection[int]) -> int:
        """A reader's number; a new one where the record has none yet, or that of another who was brought in."""
        record = json.loads(raw)
        number, standing = record.get("number"), _joined(self._standing(place, record))
        if number is None or number in used:
            number = int(await self._client.write("INCR", keys.NUMBERED))
        if (number, standing) != (record.get("number"), record.get("wishes")):
            text = json.dumps({"number": number, **record, "wishes": standing} | {"number": number}, ensure_ascii=False)
            await self._client.run(NUMBER, [keys.reader(place)], [raw, text])
        return int(number)

    async def _records(self) -> AsyncIterator[tuple[Place, str]]:
        cursor = "0"
        while True:
            cursor, page = await self._client.read("SCAN", cursor, "MATCH", keys.READERS, "COUNT", RECORDS)
            found = list(dict.fromkeys(page))
            for key, raw in zip(found, await self._client.read("MGET", *found) if found else (), strict=True):
                if raw is not None:
                    yield keys.place_of_reader(key), raw
            if str(cursor) == "0":
                return

    async def _written(self, *, cut: bool = False) -> bool:
        """Bring the hash up to where this process stands. `cut`: the log begins there, too; else where the hash was
        before, so that others can go on. False: somebody else was first."""
        changed = await asyncio.to_thread(_packed, self._audience)
        stays = self._last if cut else self._kept_at or self._last
        arguments: list[Argument] = [self._kept_at, self._last, stays, *changed]
        if not await self._client.run(BRING_UP, [keys.AUDIENCE, keys.AUDIENCE_LOG], arguments):
            self._last = ""  # to be read anew
            return False
        self._kept_at, self._news = self._last, 0
        self._audience.settled()
        return True


def _words(flat: Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    return flat if isinstance(flat, Mapping) else dict(zip(flat[::2], flat[1::2], strict=True))


def _joined(standing: Iterable[str]) -> str:
    return "\n".join(sorted(standing))


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _packed(audience: Audience) -> list[Argument]:
    """What changed since the hash was written, field and value by turns."""
    fields: list[Argument] = []
    for text in audience.dirty:
        members = audience.having(text)
        fields += [text, b"" if members is None else packed(members)]
    for page in audience.places.dirty:
        fields += [_PAGE + str(page).encode(), zlib.compress(audience.places.page(page).tobytes())]
    others = {str(number): str(place) for number, place in audience.places.others.items()}
    return [*fields, _OTHERS, json.dumps(others)]


def _unpacked(fields: Mapping[bytes, bytes]) -> Audience:
    audience = Audience()
    try:
        for field, raw in fields.items():
            if field.startswith(_PAGE):
                chats = array("q")
                chats.frombytes(zlib.decompress(raw))
                audience.places.load(int(field.removeprefix(_PAGE)), chats)
            elif field == _OTHERS:
                for number, place in json.loads(raw).items():
                    audience.places.put(int(number), Place.parse(place))
            else:
                audience.load(field.decode(), unpacked(raw))
    except (ValueError, zlib.error) as error:
        raise StoreError(f"the index of readers can't be read ({error}); delete the key {keys.AUDIENCE}") from error
    audience.settled()
    return audience
