"""The state, in redis: one door, `open_store`, and what is behind it.

`open_server` runs a redis of our own where none is given.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.aliases import NO_ALIASES, Aliases
from bot.pacing import Limits
from bot.store.agenda import RedisAgenda
from bot.store.alerts import RedisAlerts
from bot.store.amendments import RedisAmendments
from bot.store.articles import RedisArticles
from bot.store.calls import RedisCalls
from bot.store.campaigns import RedisCampaigns
from bot.store.cautions import RedisCautions
from bot.store.companions import RedisCompanions
from bot.store.connection import Client, open_client
from bot.store.directives import RedisDirectives
from bot.store.dormant import RedisDormant
from bot.store.dossier import RedisDossiers
from bot.store.editions import RedisEditions
from bot.store.embedded import open_server
from bot.store.evergreen import RedisEvergreens
from bot.store.grants import RedisGrants
from bot.store.keeper import Server
from bot.store.leases import Fence, RedisLeases
from bot.store.ledger import RedisLedger
from bot.store.limiter import RedisLimiter
from bot.store.moves import RedisMoves
from bot.store.readers import RedisSubscriptions, wishes_of
from bot.store.rests import RedisRests
from bot.store.roster import Roster
from bot.store.states import RedisMarks, RedisSourceStates
from bot.store.statistics import RedisStatistics
from bot.store.sweep import Row, dump, restore
from bot.store.threads import RedisThreads
from bot.store.traces import RedisTraces
from bot.store.trouble import Why
from bot.store.wishes import RedisWishes

__all__ = ["Row", "Server", "Store", "open_server", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Every port of the store. All methods raise StoreError while redis is away."""

    articles: RedisArticles
    queues: RedisArticles
    ledger: RedisLedger
    overdue: RedisLedger
    doubts: RedisLedger
    subscriptions: RedisSubscriptions
    campaigns: RedisCampaigns
    calls: RedisCalls
    labels: RedisSubscriptions
    sources: RedisSourceStates
    directives: RedisDirectives
    rests: RedisRests
    marks: RedisMarks
    traces: RedisTraces
    editions: RedisEditions
    amendments: RedisAmendments
    leases: RedisLeases
    moves: RedisMoves
    alerts: RedisAlerts
    wishes: RedisWishes
    threads: RedisThreads
    grants: RedisGrants
    audit: RedisGrants
    cautions: RedisCautions
    companions: RedisCompanions
    dossiers: RedisDossiers
    agenda: RedisAgenda
    dormant: RedisDormant
    statistics: RedisStatistics
    evergreens: RedisEvergreens
    client: Client

    def limiter(self, token: str, limits: Limits) -> RedisLimiter:
        """The books of one token."""
        return RedisLimiter(self.client, token, limits)

    async def ping(self) -> None:
        """Returns when redis answers. Raises StoreError when it does not."""
        await self.client.read("PING")

    def dump(self) -> AsyncIterator[Row]:
        """All state as JSON-able rows, one per key: {"key", "type", "ttl": milliseconds left or None, "value"}."""
        return dump(self.client)

    async def restore(self, rows: AsyncIterable[Row] | Iterable[Row]) -> int:
        """Put dumped rows back over whatever those keys hold; how many. Twice is the same as once."""
        return await restore(self.client, rows)


@asynccontextmanager
async def open_store(
    url: str | None, socket: Path | None, why: Why = lambda: None, *, aliases: Aliases = NO_ALIASES
) -> AsyncIterator[Store]:
    """The store in a redis given by URL, or else by the unix socket of an embedded server.

    Raises StoreError when it can't be used: away, refused, older than Redis 6.2, or a cluster.
    """
    async with open_client(url, socket, why) as client:
        fence = Fence()
        roster = Roster(client, wishes_of)
        campaigns = RedisCampaigns(client, roster, fence)
        articles, ledger = RedisArticles(client, aliases), RedisLedger(client, campaigns, fence)
        readers = RedisSubscriptions(client, roster)
        grants = RedisGrants(client)
        yield Store(
            articles=articles,
            queues=articles,
            ledger=ledger,
            overdue=ledger,
            doubts=ledger,
            subscriptions=readers,
            campaigns=campaigns,
            calls=RedisCalls(client),
            labels=readers,
            sources=RedisSourceStates(client),
            directives=RedisDirectives(client),
            rests=RedisRests(client),
            marks=RedisMarks(client),
            traces=RedisTraces(client),
            editions=RedisEditions(client, aliases),
            amendments=RedisAmendments(client, fence),
            leases=RedisLeases(client, fence),
            moves=RedisMoves(client, readers),
            alerts=RedisAlerts(client),
            wishes=RedisWishes(client),
            threads=RedisThreads(client),
            grants=grants,
            audit=grants,
            cautions=RedisCautions(client),
            companions=RedisCompanions(client),
            dossiers=RedisDossiers(client),
            agenda=RedisAgenda(client, articles),
            dormant=RedisDormant(client),
            statistics=RedisStatistics(client),
            evergreens=RedisEvergreens(client, articles),
            client=client,
        )
