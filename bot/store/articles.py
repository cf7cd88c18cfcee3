"""The archive of articles and the queues of what is still to be decided."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import modf
from typing import Any
from urllib.parse import urlsplit

from bot.codec import article_from_json, article_to_json
from bot.model import Article, TagCount
from bot.model import digest as short
from bot.store import keys, scripts
from bot.store.connection import Client, scored
from bot.store.moments import from_ms, to_ms, to_text
from bot.tags import fold, tag_id, terms

CHUNK = 200


class RedisArticles:
    """Articles and Queues over redis."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def unknown(self, articles: Sequence[Article]) -> list[Article]:
        """Those never seen before, each once. An article is known again by its address, or by its id on its host."""
        fresh: list[Article] = []
        met: set[str] = set()
        for start in range(0, len(articles), CHUNK):
            chunk = articles[start : start + CHUNK]
            names = [names_of(article) for article in chunk]
            known = await self._client.run(
                scripts.SEEN,
                [name for several in names for name in several],
                [
                    keys.seconds(keys.KNOWN),
                    keys.seconds(keys.ARTICLE),
                    keys.article(""),
                    *(len(several) for several in names),
                ],
            )
            for article, own, seen in zip(chunk, names, known, strict=True):
                if not seen and met.isdisjoint(own):
                    fresh.append(article)
                    met.update(own)
        return fresh

    async def add(self, article: Article, *, source: str, at: datetime, queues: Iterable[str]) -> None:
        """Keep an article and put it into the queues, in one step; one that is known by any name is left alone."""
        kept = {"article": article_to_json(article), "source": source, "at": to_text(at)}
        time = min(to_ms(article.published_at or at), to_ms(at))  # a date in the future must not stay on top for days
        names = names_of(article)
        labels = _labels(article)
        under = [keys.tagged(short(term)) for term in sorted(terms(article))]
        waiting = [keys.queue(queue) for queue in dict.fromkeys(queues)]
        await self._client.run(
            scripts.ADD,
            [
                keys.article(article.key),
                keys.RECENT,
                keys.tags(from_ms(time).date()),
                keys.publisher_id(article.id),
                *names,
                *(keys.label(name) for name in labels),
                *under,
                *waiting,
            ],
            [
                json.dumps(kept, ensure_ascii=False),
                article.key,
                time,
                keys.seconds(keys.KNOWN),
                keys.seconds(keys.ARTICLE),
                keys.seconds(timedelta(days=keys.DAYS_COUNTED + 1)),
                keys.RECENT_KEPT,
                keys.TAGGED_KEPT,
                *(len(names), len(labels), len(under), len(waiting)),
                *labels.values(),
                *dict.fromkeys(tag_id(tag) for tag in article.tags if fold(tag)),
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

    async def tags(self, limit: int) -> list[TagCount]:
        """The most used first, over the two weeks that end with the newest article."""
        newest = scored(await self._client.read("ZREVRANGE", keys.RECENT, 0, 0, "WITHSCORES"))
        if not newest or limit <= 0:
            return []
        last = from_ms(newest[0][1]).date()
        days = [keys.tags(last - timedelta(days=back)) for back in range(keys.DAYS_COUNTED)]
        counts = scored(await self._client.read("ZUNION", len(days), *days, "WITHSCORES"))
        if not counts:
            return []
        labels = await self._client.read("MGET", *(keys.label(name) for name, _ in counts))
        named = [TagCount(label, int(count)) for (_, count), label in zip(counts, labels, strict=True) if label]
        return sorted(named, key=lambda tag: (-tag.count, tag.label))[:limit]

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
            bodies += [None if left else article_of(one) for one, left in zip(records, gone, strict=True)]
        return bodies


def article_of(record: Mapping[str, Any]) -> Article:
    """The article of a record, with the source it came by."""
    return replace(article_from_json(record["article"]), source=record.get("source"))


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


def names_of(article: Article) -> list[str]:
    """The keys by which an article is known again. An id counts only on its own host: many a publisher says "123"."""
    host = urlsplit(article.link).hostname if article.link.isprintable() else None
    texts = [article.link, article.url, f"{host}\n{article.id}"]
    return list(dict.fromkeys([keys.name_by_key(article.key), *(keys.name(text) for text in texts)]))


def _labels(article: Article) -> dict[str, str]:
    """Tag id → label, for everything the article is filed under."""
    named = [article.region, article.country, article.outlet.name if article.outlet else None, *article.tags]
    return {tag_id(name): re.sub(r"\s+", " ", name).strip().lstrip("#") for name in named if name and fold(name)}
