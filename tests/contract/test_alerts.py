"""Every trouble that editors are told of, from where it is met to the two messages: its beginning, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.errors import Cause, Refused, SourceError
from bot.model import Attempt, Slot, SlotState
from bot.sightings import Choice, OpenDoubt
from bot.store import Store
from scheduler.alerts import Alerts, News, patience
from scheduler.breaker import Breakers
from scheduler.decisions import Decisions
from scheduler.deliver import MENDING, Delivery
from scheduler.waiting import Waiting
from tests.fakes import NOON
from tests.newsdesk import CHANNEL, SOURCE, Newsdesk, Newsstand, a_channel, an_article

A = an_article(1)


class Room:
    """A desk whose admins hear everything."""

    def __init__(self, store: Store) -> None:
        self.desk = Newsdesk(store)
        self.heard: list[News] = []
        self.alerts = Alerts(
            store.alerts, self.desk.problems, self._speak, clock=self.desk.clock, in_office=lambda: True
        )

    async def _speak(self, news: News) -> bool:
        self.heard.append(news)
        return True

    async def told(self) -> tuple[list[str], list[str]]:
        """Names of what began and what ended, heard just now. Asked twice: nothing is told twice."""
        before = len(self.heard)
        for _ in range(2):
            await self.alerts.tell()
        news = self.heard[before:]
        return [name for one in news for name, _ in one.began], [name for one in news for name, _ in one.over]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


Trouble = Callable[[Room], Awaitable[tuple[str, Callable[[], Awaitable[object]]]]]


async def a_silent_source(room: Room) -> tuple[str, Callable[[], Awaitable[object]]]:
    newsstand = Newsstand(A)
    collector = room.desk.collector(newsstand)
    newsstand.down = SourceError("https://news.example/rss answered 503")
    await collector.collect(SOURCE, lambda: None)
    room.desk.clock.advance(patience("source digest"))

    async def mended() -> None:
        newsstand.down = None
        room.desk.clock.advance(timedelta(hours=1))
        await collector.collect(SOURCE, lambda: None)

    return "source digest", mended


async def a_queue_too_old(room: Room) -> tuple[str, Callable[[], Awaitable[object]]]:
    desk = room.desk
    await desk.queued(A)
    waiting = Waiting(
        [a_channel(schedule="0 9 1 1 *")],
        lineups=desk.lineups(),
        origins=desk.store.traces,
        longest=timedelta(hours=1),
        problems=desk.problems,
        jobs=desk.jobs,
        clock=desk.clock,
    )
    desk.clock.advance(timedelta(hours=2))
    await waiting.run()

    async def posted() -> None:
        await desk.store.queues.remove("main", [A.key])
        await waiting.run()

    return "queue main", posted


def refusing(cause: Cause | None, name: str) -> Trouble:
    """The platform refuses a post, until it is mended."""

    async def trouble(room: Room) -> tuple[str, Callable[[], Awaitable[object]]]:
        desk = room.desk
        breakers = Breakers(desk.clock, desk.problems)
        publication = desk.publication()
        publication._delivery = Delivery(desk.store.ledger, desk.wires, desk.clock, breakers=breakers)
        desk.telegram.faults = [Refused("not any more", whole_place=True, cause=cause)]
        await desk.queued(A)
        await publication.start()
        return name, lambda: desk.jobs.pass_time(MENDING)

    return trouble


async def an_unconfirmed_post(room: Room) -> tuple[str, Callable[[], Awaitable[object]]]:
    """The question itself is told with buttons; the end is told to all who were asked."""
    desk, store = room.desk, room.desk.store
    await desk.queued(A)
    claim = await store.ledger.claim(Slot(A.key, CHANNEL), now=NOON, lease=timedelta(minutes=1))
    assert claim is not None
    doubt = Attempt(claim.slot, NOON, SlotState.UNCONFIRMED, "no answer")
    await store.ledger.settle(claim, doubt)
    decisions = Decisions(
        channels=[a_channel()],
        doubts=store.doubts,
        articles=store.articles,
        editions=store.editions,
        marks=store.marks,
        questions=Asked(),
        wake=lambda _channel: None,
        problems=desk.problems,
        clock=desk.clock,
        alerted=store.alerts,
    )
    assert await decisions.ask(doubt, "nothing can be seen")
    [open_doubt] = await decisions.open()
    name = f"unconfirmed post {open_doubt.token}"
    return name, lambda: decisions.decide(open_doubt.token, Choice.THERE, by="telegram 1")


class Asked:
    """Somebody is always there to be asked."""

    async def ask(self, doubt: OpenDoubt) -> bool:
        return bool(doubt.token)


@pytest.mark.parametrize(
    "trouble",
    [
        a_silent_source,
        a_queue_too_old,
        refusing(Cause.TOKEN, "telegram: token"),
        refusing(None, "channel main"),
        an_unconfirmed_post,
    ],
    ids=["silent source", "queue too old", "token revoked", "channel right lost", "unconfirmed post"],
)
async def test_each_trouble_is_told_once_and_so_is_its_end(room: Room, trouble: Trouble) -> None:
    """Both by the same name, however often one looks."""
    name, mended = await trouble(room)
    began, over = await room.told()
    assert (began, over) == ([] if name.startswith("unconfirmed") else [name], [])
    await mended()
    began, over = await room.told()
    assert (began, over) == ([], [name])
