"""The agenda of readers: due moments in one sorted set, and what is kept of each reader's digests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.agenda import Arrived, Page, Plan
from bot.model import Article, Place
from bot.readers import Delivery
from bot.store import keys
from bot.store.articles import RedisArticles
from bot.store.connection import Argument, Client, Script, scored
from bot.store.moments import from_ms, to_ms

QUEUE = "@digests"
"""Where an article waits to be stamped, from the moment on at which it is kept."""

TAKE_IN = Script(
    """
    -- KEYS: the queue, what arrived. ARGV: now, the oldest stamp that is kept (ms), lifetime (s)
    -- Answers the newest stamp. Stamps only grow, whatever the clock does.
    local last = tonumber(redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or 0)
    for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
      if not redis.call('ZSCORE', KEYS[2], key) then
        last = math.max(tonumber(ARGV[1]), last + 1)
        redis.call('ZADD', KEYS[2], string.format('%.0f', last), key)
      end
    end
    redis.call('DEL', KEYS[1])
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2])
    redis.call('EXPIRE', KEYS[2], ARGV[3])
    return string.format('%.0f', last)
    """,
    repeatable=True,
)


class RedisAgenda:
    """Agenda, Arrivals and Held over redis."""

    def __init__(self, client: Client, articles: RedisArticles) -> None:
        self._client = client
        self._articles = articles

    async def look(self, place: Place, *, at: datetime) -> None:
        """Look at a reader then, unless that is to be done sooner."""
        await self._client.write("ZADD", keys.AGENDA, "LT", to_ms(at), str(place))

    async def begin(self, place: Place, kinds: Iterable[Delivery], *, now: datetime) -> None:
        """Look at a reader now. Digests of these kinds that they had none of before hold what comes from now on."""
        [plan] = await self.plans([place])
        if fresh := set(kinds) - plan.marks.keys():
            newest = await self.take_in(now=now)
            await self.keep(place, replace(plan, marks={**plan.marks, **dict.fromkeys(fresh, newest)}))
        await self.look(place, at=now)

    async def set(self, place: Place, at: datetime | None) -> None:
        """Look at a reader then and not before; None: never."""
        if at is None:
            await self._client.write("ZREM", keys.AGENDA, str(place))
        else:
            await self._client.write("ZADD", keys.AGENDA, to_ms(at), str(place))

    async def due(self, *, now: datetime, limit: int) -> list[Place]:
        """Who is to be looked at by now, the longest overdue first."""
        found = await self._client.read("ZRANGEBYSCORE", keys.AGENDA, "-inf", to_ms(now), "LIMIT", 0, limit)
        return [Place.parse(text) for text in found]

    async def next_look(self) -> datetime | None:
        """When the first of them is due."""
        found = scored(await self._client.read("ZRANGE", keys.AGENDA, 0, 0, "WITHSCORES"))
        return from_ms(found[0][1]) if found else None

    async def plans(self, places: Sequence[Place]) -> list[Plan]:
        """An empty one for who has none."""
        kept = await self._client.read("MGET", *map(keys.plan, places)) if places else []
        return [_plan(json.loads(raw)) if raw else Plan() for raw in kept]

    async def keep(self, place: Place, plan: Plan) -> None:
        """Also the moments that are over: they are found again at the next look."""
        words = {
            "marks": {kind.value: stamp for kind, stamp in plan.marks.items()},
            "planned": {kind.value: to_ms(at) for kind, at in plan.planned.items()},
            "tries": plan.tries,
            "done": plan.done,
            "pages": [(page.number, page.articles) for page in plan.pages],
        }
        await self._client.write("SET", keys.plan(place), json.dumps(words), "EX", keys.seconds(keys.PLAN))

    async def take_in(self, *, now: datetime) -> int:
        """Stamp what came since the last time; the newest stamp."""
        oldest = to_ms(now - keys.ARRIVED)
        life = keys.seconds(keys.ARRIVED + timedelta(days=1))
        return int(await self._client.run(TAKE_IN, [keys.queue(QUEUE), keys.ARRIVALS], [to_ms(now), oldest, life]))

    async def after(self, stamp: int) -> list[Arrived]:
        """In their order; without those that were taken back."""
        found = scored(await self._client.read("ZRANGEBYSCORE", keys.ARRIVALS, f"({stamp}", "+inf", "WITHSCORES"))
        bodies = await self._articles.standing([key for key, _ in found])
        return [Arrived(int(at), body) for (_, at), body in zip(found, bodies, strict=True) if body is not None]

    async def hold(self, place: Place, article: str, *, until: datetime) -> None:
        """Keep an article for a reader, and look at them then."""
        await self._client.writes(
            [
                ("ZADD", keys.held(place), to_ms(until), article),
                ("EXPIRE", keys.held(place), keys.seconds(keys.PLAN)),
                ("ZADD", keys.AGENDA, "LT", to_ms(until), str(place)),
            ]
        )

    async def release(self, place: Place, *, now: datetime) -> None:
        """Whatever is held may come now."""
        entries: list[Argument] = [word for key in await self.held(place) for word in (to_ms(now), key)]
        if entries:
            await self._client.write("ZADD", keys.held(place), "XX", *entries)

    async def held(self, place: Place) -> Mapping[str, datetime]:
        """Until when each article is held."""
        found = scored(await self._client.read("ZRANGE", keys.held(place), 0, -1, "WITHSCORES"))
        return {key: from_ms(until) for key, until in found}

    async def articles(self, keys: Iterable[str]) -> list[Article]:
        """Those that are still kept and were not taken back."""
        return [body for body in await self._articles.standing(list(keys)) if body is not None]

    async def drop(self, place: Place, articles: Iterable[str]) -> None:
        """They were sent, or are gone."""
        if gone := list(articles):
            await self._client.write("ZREM", keys.held(place), *gone)

    async def has_room(self, place: Place, article: str, day: date, cap: int) -> bool:
        """Whether an article is one of the first so many that a reader gets at once that day; then it is counted."""
        key, today = keys.today(place), day.isoformat()
        counted = [name for name, on in (await self._client.read("HGETALL", key)).items() if on == today]
        if article in counted or len(counted) >= cap:
            return article in counted
        await self._client.writes([("HSET", key, article, today), ("EXPIRE", key, keys.seconds(keys.TODAY))])
        return True


def _plan(words: Mapping[str, Any]) -> Plan:
    return Plan(
        {Delivery(kind): stamp for kind, stamp in words["marks"].items()},
        {Delivery(kind): from_ms(at) for kind, at in words["planned"].items()},
        words["tries"],
        tuple(words["done"]),
        tuple(Page(number, tuple(articles)) for number, articles in words.get("pages", ())),
    )
