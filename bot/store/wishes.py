"""What editors want of articles that wait, one key for each article of each queue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.store import keys
from bot.store.connection import Argument, Client, Script
from bot.store.moments import from_text, to_ms, to_text
from bot.wishes import Wish

_TIMES = ("at", "now", "drop_at", "embargo", "asked_at", "put_at")
CHUNK = 500

CHANGE = Script(
    """
    -- KEYS: wish, queue. ARGV: article, revision of the wish before, wish (JSON), lifetime (s)
    -- Answers 1 when kept, 0 when somebody changed it since or the article waits no more.
    local raw = redis.call('GET', KEYS[1])
    if raw == ARGV[3] then return 1 end
    if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
    local revision = raw and cjson.decode(raw).revision or 0
    if revision ~= tonumber(ARGV[2]) then return 0 end
    redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
    return 1
    """,
    repeatable=True,
)
SWAP = Script(
    """
    -- KEYS: queue. ARGV: two articles. They change places; where scores are equal, all are first drawn apart.
    local all, place, before = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), {}, nil
    for i = 1, #all, 2 do
      local score = tonumber(all[i + 1])
      if before and score <= before then score = before + 1 / 1024 end
      before = score
      place[all[i]] = score
    end
    local first, second = place[ARGV[1]], place[ARGV[2]]
    if not first or not second then return 0 end
    place[ARGV[1]], place[ARGV[2]] = second, first
    for article, score in pairs(place) do
      redis.call('ZADD', KEYS[1], 'XX', string.format('%.6f', score), article)
    end
    return 1
    """,
    repeatable=False,
)
PUT = Script(
    """
    -- KEYS: queue, wish. ARGV: article, time (ms), wish (JSON), lifetime (s). At the end: later than all that wait.
    if redis.call('GET', KEYS[2]) == ARGV[3] then return 1 end
    if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
    local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
    local score = tonumber(ARGV[2])
    if last and tonumber(last) >= score then score = tonumber(last) + 1 / 1024 end
    redis.call('ZADD', KEYS[1], string.format('%.6f', score), ARGV[1])
    redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
    return 1
    """,
    repeatable=True,
)


class RedisWishes:
    """Wishes over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, queue: str, articles: Sequence[str]) -> Mapping[str, Wish]:
        """Those of the articles of which anybody wants anything."""
        wishes: dict[str, Wish] = {}
        for start in range(0, len(articles), CHUNK):
            chunk = articles[start : start + CHUNK]
            found = await self._client.read("MGET", *(keys.wish(queue, article) for article in chunk))
            wishes |= {article: _wish(raw) for article, raw in zip(chunk, found, strict=True) if raw}
        return wishes

    async def change(self, queue: str, article: str, *, before: Wish, after: Wish) -> bool:
        """Keep a wish in the place of the one before it, if that is still the last one."""
        arguments: list[Argument] = [article, before.revision, wish_text(after), keys.seconds(keys.ARTICLE)]
        return bool(await self._client.run(CHANGE, [keys.wish(queue, article), keys.queue(queue)], arguments))

    async def swap(self, queue: str, first: str, second: str) -> bool:
        """Two articles of a queue change places."""
        return bool(await self._client.run(SWAP, [keys.queue(queue)], [first, second]))

    async def put(self, queue: str, article: str, wish: Wish, *, at: datetime) -> bool:
        """Put a kept article into a queue, at its end."""
        arguments: list[Argument] = [article, to_ms(at), wish_text(wish), keys.seconds(keys.ARTICLE)]
        return bool(await self._client.run(PUT, [keys.queue(queue), keys.wish(queue, article)], arguments))


def wish_text(wish: Wish) -> str:
    """Without what is not wished; `revision` always."""
    plain: dict[str, Any] = {name: value for name, value in asdict(wish).items() if value not in (None, False, (), "")}
    times = {name: to_text(value) for name, value in plain.items() if name in _TIMES}
    return json.dumps({**plain, **times, "revision": wish.revision}, ensure_ascii=False)


def _wish(raw: str) -> Wish:
    kept = json.loads(raw)
    times = {name: from_text(kept[name]) for name in _TIMES if name in kept}
    return Wish(**{**kept, **times, "approved_by": tuple(kept.get("approved_by", ()))})
