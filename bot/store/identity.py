"""Knowing articles again, over redis. Which of an article's names decide stands in `bot/identity.py`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.codec import article_from_json
from bot.identity import Names, alike, apart, has_own_id, names_of
from bot.model import Article
from bot.store import keys
from bot.store.connection import Client, Script

CHUNK = 200

KEEP = Script(
    """
    -- ARGV: lifetime of names, of articles (s), prefix of articles, then per article its key and how many KEYS are its
    -- names. All names lead to it, for a whole lifetime again; a name that leads elsewhere stays as it is.
    local first = 1
    local function keep(key, life)
      if redis.call('TTL', key) < life - 86400 then redis.call('EXPIRE', key, life) end
    end
    for i = 4, #ARGV, 2 do
      local last = first + tonumber(ARGV[i + 1]) - 1
      for k = first, last do
        if not redis.call('SET', KEYS[k], ARGV[i], 'NX', 'EX', ARGV[1]) then keep(KEYS[k], tonumber(ARGV[1])) end
      end
      keep(ARGV[3] .. ARGV[i], tonumber(ARGV[2]))
      first = last + 1
    end
    return 1
    """,
    repeatable=True,
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """An article and the key it is kept under; None: it is new. A new one that shares the address of another article
    has got an address of its own."""

    article: Article
    key: str | None


class RedisIdentity:
    """Tells known articles from new ones."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def recognise(self, articles: Sequence[Article], source: str) -> list[Recognised]:
        """Each article of a source. What is known is kept known for as long again."""
        met = _Batch()
        found: list[Recognised] = []
        for start in range(0, len(articles), CHUNK):
            chunk = articles[start : start + CHUNK]
            found += await self._chunk(chunk, [names_of(article, source) for article in chunk], met)
        return found

    async def _chunk(self, articles: Sequence[Article], names: Sequence[Names], met: _Batch) -> list[Recognised]:
        kept = await self._client.reads([("MGET", *map(keys.name, one.every)) for one in names])
        found = []
        for article, own, values in zip(articles, names, kept, strict=True):
            known = {name: key for name, key in zip(own.every, values, strict=True) if key}
            key, shares = await self._key(article, own, known)
            if key is None:
                key, also = met.key(article, own)
                article = apart(article) if shares or also else article  # noqa: PLW2901 - the same one, renamed
                if key is None:
                    met.add(article, own)
            found.append(Recognised(article, key))
        await self._keep([(one.key, own) for one, own in zip(found, names, strict=True) if one.key])
        return found

    async def _key(self, article: Article, names: Names, known: dict[str, str]) -> tuple[str | None, bool]:
        """The key, and whether the address alone belongs to another article."""
        if by_id := next((known[name] for name in names.ids if name in known), None):
            return by_id, False
        there = next((known[name] for name in names.addresses if name in known), None)
        if there is not None and (not has_own_id(article) or await self._is(there, article)):
            return there, False
        return next((known[name] for name in names.sayings if name in known), None), there is not None

    async def _is(self, key: str, article: Article) -> bool:
        """Whether what is kept under a key can be this article. What is no longer kept is given the benefit."""
        raw = await self._client.read("GET", keys.article(key))
        return raw is None or alike(article_from_json(json.loads(raw)["article"]), article)

    async def _keep(self, known: Sequence[tuple[str, Names]]) -> None:
        if not known:
            return
        arguments: list[str | int] = [keys.seconds(keys.KNOWN), keys.seconds(keys.ARTICLE), keys.article("")]
        for key, names in known:
            arguments += [key, len(names.every)]
        await self._client.run(KEEP, [keys.name(name) for _, own in known for name in own.every], [*arguments])


class _Batch:
    """The new articles of one reading, which may name one article twice."""

    def __init__(self) -> None:
        self._by_name: dict[str, Article] = {}

    def key(self, article: Article, names: Names) -> tuple[str | None, bool]:
        by_id = next((self._by_name[name] for name in names.ids if name in self._by_name), None)
        there = next((self._by_name[name] for name in names.addresses if name in self._by_name), None)
        if by_id is not None:
            return by_id.key, False
        if there is not None and (not has_own_id(article) or alike(there, article)):
            return there.key, False
        said = next((self._by_name[name] for name in names.sayings if name in self._by_name), None)
        return (said.key if said is not None else None), there is not None

    def add(self, article: Article, names: Names) -> None:
        for name in names.every:
            self._by_name.setdefault(name, article)
