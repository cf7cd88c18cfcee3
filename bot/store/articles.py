"""The archive of articles and the queues of what is still to be decided."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import modf
from typing import Any

from bot.aliases import NO_ALIASES, Aliases
from bot.codec import article_from_json, article_to_json
from bot.identity import Told, names_of
from bot.model import Article
from bot.model import digest as short
from bot.names import Kind, Name
from bot.store import keys, scripts
from bot.store.connection import Client, scored
from bot.store.identity import RedisIdentity
from bot.store.moments import from_ms, to_ms, to_text
from bot.tags import fold, tag_id, terms

CHUNK = 200
NAMES_AT_ONCE = 1000


_LIVES = (
    *map(keys.seconds, (keys.KNOWN, keys.ARTICLE, timedelta(days=keys.DAYS_COUNTED + 1))),
    keys.RECENT_KEPT,
    keys.TAGGED_KEPT,
)


class RedisArticles:
    """Articles and Queues over redis."""

    def __init__(self, client: Client, aliases: Aliases = NO_ALIASES) -> None:
        self._client = client
        self._aliases = aliases
        self._identity = RedisIdentity(client)

    async def unknown(self, articles: Sequence[Article], source: str = "") -> list[Article]:
        """Those of a source never seen before, each once. One that shares the address of another article comes back
        with an address of its own."""
        found = await self._identity.recognise(articles, source)
        return [one.article for one in found if one.key is None]

    async def add(
        self,
        article: Article,
        *,
        source: str,
        at: datetime,
        queues: Iterable[str],
        entry: Article | None = None,
        same_as: str | None = None,
    ) -> None:
        """Keep an article and put it into the queues, in one step; one whose key or id is known is left alone.

        `entry`: how the feed told it, which it will be known by as well. `same_as`: the key of the article in which
        another source told the same story before.
        """
        kept = {"article": article_to_json(article), "source": source, "at": to_text(at)}
        kept |= {"same_as": same_as} if same_as is not None else {}
        time = min(to_ms(article.published_at or at), to_ms(at))  # a date in the future must not stay on top for days
        deciding, others = _names(article, entry or article, source)
        names = [*deciding, *others]
        labels = _labels(article)
        filed = terms(article)
        under = [keys.tagged(short(term)) for term in sorted(filed | {o for _, o in self._aliases.others(filed)})]
        waiting = [keys.queue(queue) for queue in dict.fromkeys(queues)]
        await self._client.run(
            scripts.ADD,
            [
                keys.article(article.key),
                keys.RECENT,
                keys.tags(from_ms(time).date()),
                keys.publisher_id(article.id),
                keys.TERMS,
                *names,
                *(keys.label(name) for name in labels),
                *under,
                *waiting,
            ],
            [
                json.dumps(kept, ensure_ascii=False),
                article.key,
                time,
                *_LIVES,
                *(len(names), len(labels), len(under), len(waiting), len(deciding)),
                *labels.values(),
                *_uses(article),
            ],
        )

    async def find(self, name: str) -> Article | None:
        """By key, by URL, or by the publisher's id."""
        by_key, by_url, by_id = await self._client.read(
            "MGET", keys.name_by_key(name), keys.name(name), keys.publisher_id(name)
        )
        found = by_key or by_url or by_id
        return (await self._bodies([found]))[0] if found else None

    async def recent(self, limit: int, *, tag: str | None = None) -> list[Article]:
        """The newest first; with `tag` (folded) only those filed under that term."""
        index = keys.RECENT if tag is None else keys.tagged(short(tag))
        found: list[Article] = []
        start = 0
        while len(found) < limit:
            chunk = await self._client.read("ZREVRANGE", index, start, start + min(limit, CHUNK) - 1)
            if not chunk:
                break
            found += [article for article in await self._bodies(chunk) if article]
            start += len(chunk)
        return found[:limit]

    async def told(self, limit: int) -> list[Told]:
        """What was told last, and by which source, the oldest first; for telling the same story by its headline."""
        newest = await self._client.read("ZREVRANGE", keys.RECENT, 0, limit - 1)
        found: list[Told] = []
        for start in range(0, len(newest), CHUNK):
            chunk = newest[start : start + CHUNK]
            bodies = await self._client.read("MGET", *(keys.article(key) for key in chunk))
            for key, body in zip(chunk, bodies, strict=True):
                kept = json.loads(body) if body else None
                if kept is not None and kept.get("retracted") is None:
                    article, at = kept["article"], datetime.fromisoformat(kept["at"])
                    found.append(Told(key, kept["source"], article["headline"] or "", article["lead"], at))
        return found[::-1]

    async def newest(self) -> list[str]:
        """The keys of all that readers may be shown, the newest first."""
        return list(await self._client.read("ZREVRANGE", keys.RECENT, 0, -1))

    async def several(self, articles: Sequence[str]) -> list[Article]:
        """Those of them that are kept and not taken back, in the order given."""
        return [article for article in await self._bodies(articles, retracted=False) if article]

    async def names(self) -> list[Name]:
        """Everything that articles were filed under, the most used first in the week that ends with the newest."""
        uses: dict[str, dict[Kind, int]] = {}
        counts = await self._week()
        for use in await self._client.read("ZRANGE", keys.TERMS, 0, -1):
            kind, _, name = use.partition(":")
            uses.setdefault(name, {})[Kind(kind)] = counts.get(use, 0)
        labels: list[str | None] = []
        ids = list(uses)
        for start in range(0, len(ids), NAMES_AT_ONCE):
            labels += await self._client.read("MGET", *map(keys.label, ids[start : start + NAMES_AT_ONCE]))
        named = [
            Name(label, max(kinds.values()), tuple(kind for kind in Kind if kind in kinds))
            for kinds, label in zip(uses.values(), labels, strict=True)
            if label
        ]
        return sorted(named, key=lambda name: (-name.count, name.label))

    async def stamp(self) -> str:
        """Something that is another once an article was added."""
        newest, known = await self._client.reads(
            [("ZREVRANGE", keys.RECENT, 0, 0, "WITHSCORES"), ("ZCARD", keys.TERMS)]
        )
        return f"{newest} {known}"

    async def _week(self) -> dict[str, int]:
        """How many articles of the last week carry each name."""
        newest = scored(await self._client.read("ZREVRANGE", keys.RECENT, 0, 0, "WITHSCORES"))
        if not newest:
            return {}
        last = from_ms(newest[0][1]).date()
        days = [keys.tags(last - timedelta(days=back)) for back in range(keys.DAYS_COUNTED)]
        counts = scored(await self._client.read("ZUNION", len(days), *days, "WITHSCORES"))
        return {use: int(count) for use, count in counts}

    async def standing(self, articles: Sequence[str]) -> list[Article | None]:
        """Each as it is kept; None for one that is not, or was taken back."""
        return await self._bodies(articles, retracted=False)

    async def waiting(self, queue: str, limit: int = 1000) -> list[Article]:
        """Oldest first. An article whose text is no longer kept, or that was taken back, leaves the queue."""
        waiting = await self._client.read("ZRANGE", keys.queue(queue), 0, limit - 1) if limit > 0 else []
        bodies = await self._bodies(waiting, retracted=False)
        await self.remove(queue, [key for key, body in zip(waiting, bodies, strict=True) if body is None])
        return [body for body in bodies if body]

    async def remove(self, queue: str, articles: Iterable[str]) -> None:
        """Those that are not there don't matter."""
        if decided := list(articles):
            await self._client.write("ZREM", keys.queue(queue), *decided)

    async def sizes(self, queues: Sequence[str]) -> Mapping[str, int]:
        """How many articles wait in each."""
        sizes = await self._client.reads([("ZCARD", keys.queue(queue)) for queue in queues])
        return dict(zip(queues, sizes, strict=True))

    async def holds(self, queues: Sequence[str], article: str) -> bool:
        """Whether an article waits in any of them."""
        scores = await self._client.reads([("ZSCORE", keys.queue(queue), article) for queue in queues])
        return any(score is not None for score in scores)

    async def _bodies(self, articles: Sequence[str], *, retracted: bool = True) -> list[Article | None]:
        """The articles, None for those that are not kept; without `retracted` also for those that were taken back."""
        bodies: list[Article | None] = []
        for start in range(0, len(articles), CHUNK):
            found = await self._client.read("MGET", *(keys.article(key) for key in articles[start : start + CHUNK]))
            records = [json.loads(body) if body else {} for body in found]
            gone = [not one or (not retracted and one.get("retracted") is not None) for one in records]
            kept = zip(records, gone, strict=True)
            bodies += [None if left else article_of(one, self._aliases) for one, left in kept]
        return bodies


def article_of(record: Mapping[str, Any], aliases: Aliases) -> Article:
    """The article of a record, with the source it came by, the time, and the other names of what it is filed under."""
    article, at = article_from_json(record["article"]), record.get("at")
    named = replace(article, tags=tuple(dict.fromkeys(aliases.used(tag) or tag for tag in article.tags)))
    kept_at, others = datetime.fromisoformat(at) if at else None, aliases.others(terms(named))
    repeat = record.get("repeat", 0)
    return replace(named, source=record.get("source"), alike=others, kept_at=kept_at, repeat=repeat)


async def queue_score(client: Client, article: str) -> float:
    """Where an article that comes back stands in a queue: by its time, before all that came in the same moment, and
    among these in their order. 0, the head, when nothing is kept."""
    score, body = await client.reads([("ZSCORE", keys.RECENT, article), ("GET", keys.article(article))])
    if score is not None:
        fraction, whole = modf(float(score))
        return whole - 1 + fraction / 2
    if body is None:
        return 0
    kept = json.loads(body)
    collected = datetime.fromisoformat(kept["at"])
    return min(to_ms(article_from_json(kept["article"]).published_at or collected), to_ms(collected)) - 1


def _names(article: Article, entry: Article, source: str) -> tuple[list[str], list[str]]:
    """The keys an article is known by: its own and its ids, which no other may have, and those it may share."""
    told, read = names_of(entry, source), names_of(article, source)
    deciding = [keys.name_by_key(article.key), *map(keys.name, dict.fromkeys((*told.ids, *read.ids)))]
    own = (*told.addresses, *told.sayings, *read.addresses, *read.sayings)
    return list(dict.fromkeys(deciding)), list(
        dict.fromkeys(keys.name(one) for one in own if keys.name(one) not in deciding)
    )


def _uses(article: Article) -> list[str]:
    """What the article is filed under, as members of the sets that count: kind and tag id."""
    named = [(Kind.TAG, tag) for tag in article.tags]
    named += [(Kind.COUNTRY, article.country or ""), (Kind.REGION, article.region or "")]
    named += [(Kind.OUTLET, article.outlet.name if article.outlet else "")]
    return list(dict.fromkeys(f"{kind}:{tag_id(name)}" for kind, name in named if fold(name)))


def _labels(article: Article) -> dict[str, str]:
    """Tag id → label, for everything the article is filed under."""
    named = [article.region, article.country, article.outlet.name if article.outlet else None, *article.tags]
    return {tag_id(name): re.sub(r"\s+", " ", name).strip().lstrip("#") for name in named if name and fold(name)}
