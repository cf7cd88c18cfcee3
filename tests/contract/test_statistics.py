"""What comes of the posts is counted once, over every redis, and told to the editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.charts import Chart
from bot.errors import Refused
from bot.model import Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.statistics import Echo, Following, Response, Sheet, View, rows, total
from bot.store import Store
from handlers.reporting import Reporter
from handlers.texts import Texts
from scheduler.clicking import Clicking
from scheduler.following import Counted
from scheduler.reports import WeeklyReport
from scheduler.statistics import Statistician
from tests.fakes import NOON, FixedClock, RecordingPublisher, TalkingBot
from tests.newsdesk import ANN, CHANNEL, WALL, SteppedJobs, a_channel, an_article
from tests.readers import a_reader

MOSCOW = ZoneInfo("Europe/Moscow")
MAIN, VK_WALL = a_channel(), a_channel("wall", WALL)
TODAY = date(2024, 5, 14)


def statistics(store: Store) -> Statistician:
    kept = store.statistics
    return Statistician(
        (MAIN, VK_WALL),
        posted=store.ledger,
        articles=store.articles,
        echoes=kept,
        followers=kept,
        labels=store.labels,
        zone=MOSCOW,
    )


async def posted(store: Store, number: int, place: Place, message: str, at: datetime = NOON) -> None:
    """An article went out."""
    article = an_article(number, "Rome")
    await store.articles.add(article, source="digest", at=at, queues=())
    claim = await store.ledger.claim(Slot(article.key, place), now=at, lease=timedelta(minutes=1))
    assert claim is not None
    await store.ledger.settle(claim, Attempt(claim.slot, at, SlotState.SENT, receipt=Receipt(message, at)))


def liked(change: int, event: str, message: str = "7") -> Echo:
    return Echo(Platform.VK, ("-220",), message, Response.LIKES, change=change, event=event)


async def test_what_comes_back_is_counted_once(any_store: Store) -> None:
    """An event that is told again changes nothing; Telegram's sums take the place of the ones before; what stands in
    chats of others is none of ours."""
    numbers = statistics(any_store)
    await posted(any_store, 1, CHANNEL, "5")
    await posted(any_store, 2, WALL, "7")
    for one in (liked(1, "a"), liked(1, "b"), liked(1, "b"), liked(-1, "c")):
        await numbers.hear(one)
    for count in (4, 3):
        await numbers.hear(Echo(Platform.TELEGRAM, ("-100123", "@Digest"), "5", Response.REACTIONS, total=count))
    await numbers.hear(Echo(Platform.TELEGRAM, ("-100999",), "5", Response.REACTIONS, total=50))
    sheet = await numbers.sheet(TODAY, TODAY)
    assert {one.channel: one.responses for one in sheet.postings} == {
        "main": {Response.REACTIONS: 3},
        "wall": {Response.LIKES: 1},
    }


async def test_a_like_from_before_does_not_make_less_than_none(store: Store) -> None:
    """It was given before the bot came, and is taken back now."""
    await posted(store, 2, WALL, "7")
    await statistics(store).hear(liked(-1, "a"))
    [posting] = (await statistics(store).sheet(TODAY, TODAY)).postings
    assert posting.responses[Response.LIKES] == 0


async def test_a_round_up_is_one_post(store: Store) -> None:
    """Two articles stand in one message."""
    await posted(store, 1, WALL, "7")
    await posted(store, 2, WALL, "7")
    await statistics(store).hear(liked(1, "a"))
    sheet = await statistics(store).sheet(TODAY, TODAY)
    assert total(sheet).posts == 1
    assert [(row.name, row.posts, row.weight) for row in rows(sheet, View.TAG)] == [("Rome", 1, 1)]


async def test_a_day_is_the_newsrooms(store: Store) -> None:
    """What goes out at half past nine in the evening, UTC, belongs to the next day in Moscow."""
    await posted(store, 1, CHANNEL, "1", NOON.replace(hour=21, minute=30))
    await posted(store, 2, CHANNEL, "2", NOON.replace(hour=20, minute=30))
    numbers = statistics(store)
    assert len((await numbers.sheet(TODAY, TODAY)).postings) == 1
    assert [row.posts for row in rows(await numbers.sheet(TODAY, TODAY + timedelta(days=1)), View.DAY)] == [1, 1]


async def test_who_subscribes_and_leaves_is_counted(any_store: Store) -> None:
    """By the tag, and as a whole; a reader who is forgotten has left."""
    readers = Counted(any_store.subscriptions, any_store.statistics, FixedClock(), MOSCOW)
    await readers.save(a_reader(ANN, "en", "Rome", "Art"))
    await readers.save(a_reader(ANN, "en", "Rome"))
    await readers.forget(ANN)
    await readers.forget(ANN)
    sheet = await statistics(any_store).sheet(TODAY, TODAY)
    rome, art = (one.key for one in a_reader(ANN, "en", "Rome", "Art").subscriptions)
    assert sheet.following == {
        TODAY: Following(Counter({None: 1, rome: 1, art: 1}), Counter({None: 1, rome: 1, art: 1}))
    }


@dataclass
class Counter7:
    """vk.cc, which has counted seven clicks on everything it still knows, or is `down`."""

    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def clicks(self, key: str) -> int:
        if self.down or key == "gone":
            raise Refused("no")
        self.asked.append(key)
        return 7


async def test_clicks_on_short_addresses_are_asked_for_every_hour(store: Store) -> None:
    """Only on those that were shortened; trouble with one stops no other."""
    await posted(store, 1, WALL, "7")
    await posted(store, 2, WALL, "8")
    await posted(store, 0, WALL, "6")
    await store.statistics.shortened(an_article(0).url, "gone")
    await store.statistics.shortened(an_article(1).url, "abc")
    clock, vk = FixedClock(), Counter7()
    jobs = SteppedJobs(clock)
    clicking = Clicking(
        [VK_WALL],
        lambda article, _: article.url,
        asking=vk,
        links=store.statistics,
        echoes=store.statistics,
        posted=store.ledger,
        articles=store.articles,
        jobs=jobs,
        clock=clock,
    )
    await clicking.run()
    vk.down = True
    await jobs.pass_time(timedelta(hours=1))
    assert vk.asked == ["abc"]
    assert "clicks" in jobs.timers, "it asks again later"
    assert total(await statistics(store).sheet(TODAY, TODAY)).responses == {Response.CLICKS: 7}


@dataclass
class Told:
    """Editors who are told."""

    sheets: list[Sheet] = field(default_factory=list)

    async def tell(self, sheet: Sheet) -> bool:
        self.sheets.append(sheet)
        return True


async def test_the_week_is_told_once_on_monday(store: Store) -> None:
    """Not by a new bot, which knows no week; late when the bot was down at that hour, but not by days; never twice."""
    clock, told = FixedClock(), Told()

    async def started() -> SteppedJobs:
        jobs = SteppedJobs(clock)
        await WeeklyReport(statistics(store), told, store.marks, jobs, clock, MOSCOW).run()
        return jobs

    jobs = await started()
    assert told.sheets == []
    await jobs.run_until(datetime(2024, 5, 20, 5, 59, tzinfo=NOON.tzinfo))
    assert told.sheets == []
    await jobs.run_until(datetime(2024, 5, 20, 6, 0, tzinfo=NOON.tzinfo))
    await started()
    assert [(one.first, one.last) for one in told.sheets] == [(date(2024, 5, 13), date(2024, 5, 19))]
    clock.at = datetime(2024, 5, 28, 6, 0, tzinfo=NOON.tzinfo)
    await started()
    assert len(told.sheets) == 2, "a day late is still of use"
    clock.at = datetime(2024, 6, 6, 6, 0, tzinfo=NOON.tzinfo)
    await started()
    assert len(told.sheets) == 2


async def drawn(chart: Chart) -> bytes:
    """A picture that says what is on it."""
    return chart.title.encode()


async def test_the_report_comes_into_the_editors_chats_in_their_languages(store: Store) -> None:
    """The lines, and the picture after them; whom it can't reach stops no other."""
    offices = [Place(Platform.TELEGRAM, "-1007"), Place(Platform.VK, "2000000005")]
    inboxes: Mapping[Platform, RecordingPublisher] = {one: RecordingPublisher(FixedClock()) for one in Platform}
    inboxes[Platform.VK].faults.append(Refused("no"))
    await store.subscriptions.save(a_reader(offices[0], "en"))
    reporter = Reporter(offices, publishers=inboxes, subscriptions=store.subscriptions, texts=Texts("ru"), draw=drawn)
    sheet = Sheet(TODAY - timedelta(days=6), TODAY, (), {})
    assert await reporter.tell(sheet)
    text, photo = inboxes[Platform.TELEGRAM].posts
    assert text.params["text"].startswith("The week in numbers.")
    assert (photo.method, photo.params["chat_id"]) == ("sendPhoto", -1007)
    assert await reporter.tell(sheet)
    text, photo = inboxes[Platform.VK].posts
    assert text.params["message"].startswith("Неделя в цифрах.")
    assert photo.params["photo"]["name"] == "week.png"
    inboxes[Platform.TELEGRAM].faults = [Refused("no")]
    inboxes[Platform.VK].faults = [Refused("no")]
    assert not await reporter.tell(sheet)


async def test_stats_answers_by_days_and_by_views(store: Store) -> None:
    """Another view takes the place of the message, another period comes with a picture of its own."""
    await posted(store, 1, CHANNEL, "5")
    bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({"1"})}, statistics=statistics(store), draw=drawn)
    admin = bot.person(chat="1")
    first = await admin.says("/stats")
    assert "Numbers, 08.05 – 14.05.2024" in first
    assert "By tag\nRome: 1 post" in first
    assert bot.inboxes[Platform.TELEGRAM].posts[-1].method == "sendPhoto"
    tags = await admin.presses("By tag")
    assert "By tag\nRome: 1 post" in tags
    assert "By channel" not in tags
    assert bot.inboxes[Platform.TELEGRAM].posts[-1].method == "editMessageText"
    assert "15.04 – 14.05.2024" in await admin.presses("30 days")
    assert bot.inboxes[Platform.TELEGRAM].posts[-1].method == "sendPhoto"
    assert "By outlet\nwithout an outlet: 1 post" in await admin.says("/stats 999 издания")
