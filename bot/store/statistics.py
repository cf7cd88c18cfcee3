"""What came of the posts, as redis counts it: responses to each public post, and who came and went by the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.model import Place
from bot.statistics import Echo, Following, Response
from bot.store import keys
from bot.store.connection import Argument, Client, Script

WHOLE = "*"
"""The name of whole readers among the tags; no tag's id is so."""
CHUNK = 500

NOTE = Script(
    """
    -- KEYS: echo, the event. ARGV: response, change, total ('' without one), event ('' without one), lifetime (s),
    -- lifetime of events (s). An event that comes again changes nothing.
    if ARGV[4] ~= '' and not redis.call('SET', KEYS[2], ARGV[4], 'NX', 'EX', ARGV[6]) then return 0 end
    if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
    else
      local count = redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
      if count < 0 then redis.call('HSET', KEYS[1], ARGV[1], 0) end
    end
    redis.call('EXPIRE', KEYS[1], ARGV[5])
    return 1
    """
)


class RedisStatistics:
    """Echoes, Followers and ShortLinks over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def note(self, place: Place, echo: Echo) -> None:
        """Count it, once. A count never falls below zero: of what was before the bot came nothing is known."""
        arguments: list[Argument] = [
            *(echo.response.value, echo.change, "" if echo.total is None else echo.total, echo.event or ""),
            *(keys.seconds(keys.LEDGER), keys.seconds(keys.ECHO_EVENT)),
        ]
        event = keys.once(f"echo:{place.platform}:{echo.event}")
        await self._client.run(NOTE, [keys.echo(place, echo.message), event], arguments)

    async def numbers(self, place: Place, articles: Sequence[str]) -> list[str | None]:
        """The numbers of the articles' posts at a place."""
        found: list[str | None] = []
        for start in range(0, len(articles), CHUNK):
            chunk = articles[start : start + CHUNK]
            scores = await self._client.read("ZMSCORE", keys.receipts(place), *chunk)
            found += [None if score is None else str(int(float(score))) for score in scores]
        return found

    async def of(self, place: Place, numbers: Sequence[str]) -> list[Mapping[Response, int]]:
        """What came back of the posts with these numbers."""
        kept: list[Mapping[Response, int]] = []
        for start in range(0, len(numbers), CHUNK):
            chunk = numbers[start : start + CHUNK]
            answers = await self._client.reads([("HGETALL", keys.echo(place, number)) for number in chunk])
            kept += [{Response(kind): int(count) for kind, count in answer.items()} for answer in answers]
        return kept

    async def follow(self, day: date, change: Following) -> None:
        """Add to a day."""
        key = keys.following(day)
        steps: list[Sequence[Argument]] = [
            ("HINCRBY", key, f"{sign}{WHOLE if tag is None else tag}", count)
            for sign, counts in (("+", change.gained), ("-", change.lost))
            for tag, count in counts.items()
        ]
        if steps:
            await self._client.writes([*steps, ("EXPIRE", key, keys.seconds(keys.FOLLOWING))])

    async def following(self, days: Sequence[date]) -> Mapping[date, Following]:
        """Those days on which anything changed."""
        kept = await self._client.reads([("HGETALL", keys.following(day)) for day in days])
        return {day: _following(counts) for day, counts in zip(days, kept, strict=True) if counts}

    async def shortened(self, address: str, key: str) -> None:
        """An address has a shorter one now."""
        await self._client.write("SET", keys.short(address), key, "EX", keys.seconds(keys.LEDGER))

    async def keys_of(self, addresses: Sequence[str]) -> list[str | None]:
        """By which key its clicks are asked for; None where nothing is known."""
        return list(await self._client.read("MGET", *map(keys.short, addresses))) if addresses else []


def _following(counts: Mapping[str, str]) -> Following:
    found = Following()
    for name, count in counts.items():
        side = found.gained if name[0] == "+" else found.lost
        side[None if name[1:] == WHOLE else name[1:]] = int(count)
    return found
