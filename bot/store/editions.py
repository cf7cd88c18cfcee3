"""Editions of articles: what each source says of one, and the newest wording with those before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from bot.aliases import NO_ALIASES, Aliases
from bot.codec import article_to_json
from bot.editions import Edition, Saying
from bot.model import Article
from bot.model import digest as short
from bot.store import keys
from bot.store.articles import article_of
from bot.store.connection import Client, Script
from bot.store.identity import RedisIdentity
from bot.store.moments import from_text, to_ms, to_text
from bot.tags import terms

REPLACE = Script(
    """
    -- KEYS: article, what is to be amended. ARGV: SHA-1 of the record as it was read, the record, lifetime (s), name of
    --       the edition, now (ms). Answers 1 when the record is in place, together with the work it makes.
    local raw = redis.call('GET', KEYS[1])
    if raw == ARGV[2] then return 1 end
    if not raw or redis.sha1hex(raw) ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
    return 1
    """,
    repeatable=True,
)


class RedisEditions:
    """Editions over redis."""

    def __init__(self, client: Client, aliases: Aliases = NO_ALIASES) -> None:
        self._client = client
        self._aliases = aliases
        self._identity = RedisIdentity(client)

    async def retold(self, said: Sequence[tuple[Article, str]], *, source: str) -> list[tuple[str, Article]]:
        """Entries of a feed, each with a digest of what it says: the known ones that say something else than before.

        Each article once, by the key it is kept under, as its first entry tells it. What a source says of an article
        for the first time changes nothing; it is remembered.
        """
        first: dict[str, tuple[Article, str]] = {}
        known = await self._identity.recognise([entry for entry, _ in said], source)
        for (entry, digest), found in zip(said, known, strict=True):
            if found.key is not None:
                first.setdefault(found.key, (entry, digest))
        told = await self._client.reads([("GET", keys.told(key, source)) for key in first])
        changed = []
        for (key, (entry, digest)), before in zip(first.items(), told, strict=True):
            if before is None:
                await self.remember(key, source=source, said=digest)
            elif before != digest:
                changed.append((key, entry))
        life = keys.seconds(keys.ARTICLE)
        await self._client.writes([("EXPIRE", keys.told(key, source), life) for key in first])
        return changed

    async def remember(self, article: str, *, source: str, said: str) -> None:
        """What a source says of an article, as a digest."""
        await self._client.write("SET", keys.told(article, source), said, "EX", keys.seconds(keys.ARTICLE))

    async def edition(self, article: str) -> Edition | None:
        """The newest; None for an article that is not kept."""
        raw = await self._client.read("GET", keys.article(article))
        return _edition(json.loads(raw), self._aliases) if raw else None

    async def replace(self, edition: Edition, *, at: datetime) -> bool:
        """Keep an edition in the place of the one before it, and note that it must be brought everywhere: both or
        neither. False: another edition was first, or the article is gone. A retracted one leaves the lists for readers.
        """
        key = edition.article.key
        raw = await self._client.read("GET", keys.article(key))
        kept = json.loads(raw) if raw else None
        if kept is None or _edition(kept, self._aliases).number != edition.number - 1:
            return False
        record = kept | _record(edition)
        if edition.retracted is not None:
            lists = [keys.RECENT, *(keys.tagged(short(term)) for term in terms(edition.article))]
            await self._client.writes([("ZREM", name, key) for name in lists])
        done = await self._client.run(
            REPLACE,
            [keys.article(key), keys.AMENDING],
            [_sha(raw), json.dumps(record, ensure_ascii=False), keys.seconds(keys.ARTICLE), edition.name, to_ms(at)],
        )
        return bool(done)


def _sha(raw: str) -> str:
    return hashlib.sha1(raw.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _record(edition: Edition) -> dict[str, object]:
    before = [{"headline": one.headline, "lead": one.lead, "until": to_text(one.until)} for one in edition.before]
    return {
        "article": article_to_json(edition.article),
        "number": edition.number,
        "changed_at": to_text(edition.changed_at),
        "before": before,
        "retracted": edition.retracted,
    }


def _edition(kept: dict[str, object], aliases: Aliases) -> Edition:
    """The record of an article that was never corrected has none of this."""
    before = kept.get("before")
    earlier = before if isinstance(before, list) else []
    changed_at, retracted = kept.get("changed_at"), kept.get("retracted")
    return Edition(
        article_of(kept, aliases),
        number=int(str(kept.get("number") or 1)),
        changed_at=from_text(changed_at) if isinstance(changed_at, str) else None,
        before=tuple(Saying(one["headline"], one["lead"], datetime.fromisoformat(one["until"])) for one in earlier),
        retracted=retracted if isinstance(retracted, str) else None,
    )
