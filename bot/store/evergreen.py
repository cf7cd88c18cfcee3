"""Evergreen articles: those that editors let return, and when each went out where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.model import Article, Place
from bot.store import keys
from bot.store.articles import RedisArticles
from bot.store.connection import Client, Script
from bot.store.moments import from_ms, to_ms, to_text
from bot.store.wishes import wish_text
from bot.wishes import Wish

BEGIN = Script(
    """
    -- KEYS: evergreen, article, article of the repeat, its name, queue, wish
    -- ARGV: article, what is remembered of it before, what is remembered of it now, the repeat's key, its record, time
    -- (ms), wish (JSON), lifetime of articles (s), lifetime of names (s). 0: somebody else was first, or it may not
    -- return any more. At the end of the queue.
    if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
    redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[8])
    redis.call('SET', KEYS[4], ARGV[4], 'EX', ARGV[9])
    redis.call('EXPIRE', KEYS[2], ARGV[9])
    redis.call('ZADD', KEYS[5], ARGV[6], ARGV[4])
    redis.call('EXPIRE', KEYS[5], ARGV[8])
    redis.call('SET', KEYS[6], ARGV[7], 'EX', ARGV[8])
    return 1
    """
)


class RedisEvergreens:
    """The port `Evergreens` over redis. One hash: article → JSON: how often it returned, and when last where."""

    def __init__(self, client: Client, articles: RedisArticles) -> None:
        self._client = client
        self._articles = articles

    async def mark(self, article: str, *, returns: bool) -> bool:
        """Let an article return, or no longer. False: it was so already."""
        if not returns:
            return bool(await self._client.write("HDEL", keys.EVERGREEN, article))
        kept = ("EXPIRE", keys.article(article), keys.seconds(keys.KNOWN))
        marked, _ = await self._client.writes([("HSETNX", keys.EVERGREEN, article, json.dumps({"count": 0})), kept])
        return bool(marked)

    async def marked(self) -> list[Article]:
        """Those that are kept and not taken back, each as it would return next."""
        kept = await self._remembered()
        found = await self._articles.standing(sorted(kept))
        return [replace(article, repeat=kept[article.key]["count"] + 1) for article in found if article is not None]

    async def last(self, place: Place) -> Mapping[str, datetime]:
        """When each of them went out at a place last, or was to: of those that ever were."""
        kept = await self._remembered()
        posted = await self._client.reads([("ZSCORE", keys.posted(place), key) for key in kept])
        moments = {
            key: max(float(score or 0), float(one.get(str(place), 0)))
            for (key, one), score in zip(kept.items(), posted, strict=True)
        }
        return {key: from_ms(ms) for key, ms in moments.items() if ms}

    async def _remembered(self) -> dict[str, dict[str, Any]]:
        kept = await self._client.read("HGETALL", keys.EVERGREEN)
        return {key: json.loads(raw) for key, raw in kept.items()}

    async def begin(self, article: Article, queue: str, place: Place, wish: Wish, *, at: datetime) -> bool:
        """It returns to a place now: kept under its own key, and put into the queue, in one step. False: somebody else
        was first."""
        raw = await self._client.read("HGET", keys.EVERGREEN, article.base)
        one = json.loads(raw) if raw else None
        body = await self._client.read("GET", keys.article(article.base))
        if one is None or body is None or one["count"] + 1 != article.repeat:
            return False
        record = {**json.loads(body), "repeat": article.repeat, "at": to_text(at)}
        after = {**one, "count": article.repeat, str(place): to_ms(at)}
        texts = [raw, json.dumps(after), article.key, json.dumps(record, ensure_ascii=False), to_ms(at)]
        lives = [keys.seconds(keys.ARTICLE), keys.seconds(keys.KNOWN)]
        begun = await self._client.run(
            BEGIN,
            [
                *(keys.EVERGREEN, keys.article(article.base), keys.article(article.key)),
                *(keys.name_by_key(article.key), keys.queue(queue), keys.wish(queue, article.key)),
            ],
            [article.base, *texts, wish_text(wish), *lives],
        )
        return bool(begun)
