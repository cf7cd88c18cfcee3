"""What an admin sees and does: the port `Desk` over the running channels and sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from bot.conditions import ChannelStatus, Planned, SourceStatus, Status
from bot.editions import Retraction
from bot.errors import CommandError
from bot.model import Attempt
from bot.ports import Origins, Overdue, Queues, SourceStates, Subscriptions
from bot.problems import Problems
from scheduler.directory import Directory
from scheduler.lineup import Lineups
from scheduler.publish import Publication
from scheduler.retracting import Retractions
from scheduler.waiting import oldest

HORIZON_HOURS = 24.0


def program_version() -> str:
    """The installed version, or "unknown" when run from a bare checkout."""
    try:
        return version("depeche")
    except PackageNotFoundError:
        return "unknown"


class NewsDesk:
    """Answers `/status`, `/queue`, `/now` and `/retract`."""

    def __init__(
        self,
        *,
        publications: Sequence[Publication],
        directory: Directory,
        queues: Queues,
        overdue: Overdue,
        states: SourceStates,
        subscriptions: Subscriptions,
        problems: Problems,
        started_at: datetime,
        retractions: Retractions | None = None,
        lineups: Lineups | None = None,
        origins: Origins | None = None,
        breakers: Callable[[], Sequence[tuple[str, datetime]]] = tuple,
    ) -> None:
        self._publications = tuple(publications)
        self._directory = directory
        self._queues = queues
        self._overdue = overdue
        self._states = states
        self._subscriptions = subscriptions
        self._problems = problems
        self._started_at = started_at
        self._retractions = retractions
        self._origins = origins
        self._breakers = breakers
        self._lineups = lineups or Lineups(queues, overdue)

    async def status(self, *, now: datetime) -> Status:
        """The state of things on one screen."""
        return Status(
            sources=tuple(
                [
                    SourceStatus(source.name, source.url, await self._states.load(source.name))
                    for source in await self._directory.active()
                ]
            ),
            channels=tuple([await self._channel(publication, now) for publication in self._publications]),
            readers=await self._subscriptions.count(),
            tally=await self._overdue.tally(),
            started_at=self._started_at,
            version=program_version(),
            problems=tuple(line for line in self._problems.all() if not line.startswith(("source ", "channel "))),
            breakers=tuple(self._breakers()),
        )

    async def plan(self, *, now: datetime, hours: float) -> list[Planned]:
        """What will go out, in order of time."""
        return await self._plan(self._publications, now, hours)

    async def _plan(self, publications: Sequence[Publication], now: datetime, hours: float) -> list[Planned]:
        channels, budgets = [one.channel for one in publications], {one.name: one.budget for one in publications}
        return await self._lineups.plan(channels, now=now, until=now + timedelta(hours=hours), budgets=budgets)

    async def post_now(self, channel: str | None, *, now: datetime) -> list[Attempt]:
        """The next article at once, to one channel or to each."""
        del now  # the publication asks its own clock when it sends
        chosen = [one for one in self._publications if channel in {None, one.name}]
        if not chosen:
            names = ", ".join(one.name for one in self._publications)
            raise CommandError(f"no channel {channel!r}", say=names)
        attempts = [await one.post_now() for one in chosen]
        return [attempt for attempt in attempts if attempt is not None]

    async def propose_retraction(self, name: str, *, by: str, reason: str | None) -> Retraction | None:
        """What taking an article back would do."""
        return await self._retractions.propose(name, by=by, reason=reason) if self._retractions else None

    async def proposal(self, token: str) -> Retraction | None:
        """What was proposed under a token."""
        return await self._retractions.proposal(token) if self._retractions else None

    async def retract(self, token: str) -> Retraction | None:
        """Take back what was proposed."""
        return await self._retractions.retract(token) if self._retractions else None

    async def _channel(self, publication: Publication, now: datetime) -> ChannelStatus:
        lineup = await self._lineups.of(publication.channel, now=now)
        coming = lineup.plan(now + timedelta(hours=HORIZON_HOURS), publication.budget)
        waited = await oldest(lineup, self._origins) if self._origins is not None else None
        sizes = await self._queues.sizes([publication.name])
        return ChannelStatus(
            name=publication.name,
            place=publication.channel.place,
            waiting=sizes.get(publication.name, 0),
            next_post=coming[0].time if coming else None,
            last_sent=await self._overdue.last_sent(publication.channel.place),
            problem=self._problems.of(f"channel {publication.name}"),
            oldest=waited[1] if waited else None,
            put_off=lineup.next_due,
        )
