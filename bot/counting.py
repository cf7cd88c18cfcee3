"""The numbers put together: what is counted, and who is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.assembly import authority_of
from bot.config import Settings
from bot.model import Article, Platform
from bot.plotting import draw
from bot.ports import Clicks, Clock, Publisher
from bot.posting import channel_composer
from bot.store import Store
from bot.wishes import NOTHING
from handlers.reporting import Reporter
from handlers.texts import Texts
from scheduler.clicking import Clicking
from scheduler.following import Counted
from scheduler.jobs import Jobs
from scheduler.reports import WeeklyReport
from scheduler.selection import Channel
from scheduler.statistics import Statistician


class Counting:
    """`subscriptions` are the store's, counted; `statistics` is what commands ask."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        channels: Sequence[Channel],
        texts: Texts,
        jobs: Jobs,
        clock: Clock,
        *,
        publishers: Mapping[Platform, Publisher],
        clicks: Clicks | None,
    ) -> None:
        zone = ZoneInfo(settings.timezone)
        kept = store.statistics
        self._jobs = jobs
        self.draw = draw
        self.subscriptions = Counted(store.subscriptions, kept, clock, zone)
        self.statistics = Statistician(
            channels,
            posted=store.ledger,
            articles=store.articles,
            echoes=kept,
            followers=kept,
            labels=store.labels,
            zone=zone,
        )
        offices = authority_of(settings, store.grants).offices()
        reporter = Reporter(offices, publishers=publishers, subscriptions=store.subscriptions, texts=texts, draw=draw)
        self._report = WeeklyReport(self.statistics, reporter, store.marks, jobs, clock, zone)
        self._reports = settings.desk.weekly_report and bool(offices)
        self._clicks = _clicking(settings, store, channels, clicks, jobs, clock)

    def start(self) -> None:
        """Set the timers."""
        if self._reports:
            self._jobs.now("weekly report", self._report.run)
        if self._clicks is not None:
            self._jobs.now("clicks", self._clicks.run)


def _clicking(
    settings: Settings, store: Store, channels: Sequence[Channel], clicks: Clicks | None, jobs: Jobs, clock: Clock
) -> Clicking | None:
    """None where no channel has short addresses, or nobody can be asked about them."""
    named = {one.name for one in settings.channels if one.short_links}
    shortening = [channel for channel in channels if channel.name in named]
    if clicks is None or not shortening:
        return None
    compose = channel_composer(settings)

    def address(article: Article, channel: Channel) -> str | None:
        extras = compose(article, channel, NOTHING).extras
        return extras.shorten if extras is not None else None

    return Clicking(
        shortening,
        address,
        asking=clicks,
        links=store.statistics,
        echoes=store.statistics,
        posted=store.ledger,
        articles=store.articles,
        jobs=jobs,
        clock=clock,
    )
