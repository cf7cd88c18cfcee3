"""The doors to the outside, as the core sees them: narrow Protocols without a library's type in them.

Implementations live in `bot/channels`, `bot/source` and `bot/store`; every one of them passes the contract tests in
`tests/contract`.
"""

from __future__ import annotations

from bot.ports.agenda import Agenda, Arrivals, Held
from bot.ports.articles import Articles, Editions, FeedReading, Newsstand, PageReading, Queues, SourceStates
from bot.ports.chats import Chats
from bot.ports.delivery import Amendments, Companions, Doubts, Ledger, Origins, Overdue, Traces, Witness
from bot.ports.desk import Alerted, AuditLog, Confirming, Desk, Grants, Previews, Questions, Stories
from bot.ports.media import Card, Caution, Cautions, LinkCards, Pictures
from bot.ports.queueing import Bringing, Editing, Evergreens, Posted, Showing, Threads, Wishes
from bot.ports.readers import Calls, Campaigns, Dormant, Dossiers, Labels, Marks, Moves, Subscriptions
from bot.ports.sending import Circular, Clock, Leases, Limiter, Publisher
from bot.ports.sourcing import Directives, Rests, Sourcing
from bot.ports.statistics import Clicks, Drawing, Echoes, Followers, Reporting, ShortLinks, Statistics

__all__ = [
    "Agenda",
    "Alerted",
    "Amendments",
    "Arrivals",
    "Articles",
    "AuditLog",
    "Bringing",
    "Calls",
    "Campaigns",
    "Card",
    "Caution",
    "Cautions",
    "Chats",
    "Circular",
    "Clicks",
    "Clock",
    "Companions",
    "Confirming",
    "Desk",
    "Directives",
    "Dormant",
    "Dossiers",
    "Doubts",
    "Drawing",
    "Echoes",
    "Editing",
    "Editions",
    "Evergreens",
    "FeedReading",
    "Followers",
    "Grants",
    "Held",
    "Labels",
    "Leases",
    "Ledger",
    "Limiter",
    "LinkCards",
    "Marks",
    "Moves",
    "Newsstand",
    "Origins",
    "Overdue",
    "PageReading",
    "Pictures",
    "Posted",
    "Previews",
    "Publisher",
    "Questions",
    "Queues",
    "Reporting",
    "Rests",
    "ShortLinks",
    "Showing",
    "SourceStates",
    "Sourcing",
    "Statistics",
    "Stories",
    "Subscriptions",
    "Threads",
    "Traces",
    "Wishes",
    "Witness",
]
