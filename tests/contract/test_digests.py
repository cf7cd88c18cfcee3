"""Digests over a real redis: what is in them, each article once, through downtime, crashes and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.checkpoints import Moment
from bot.errors import DeliveryError, Gone, TryLater
from bot.model import Article, Place, Platform, Post, Receipt
from bot.readers import Delivery, Form, Preferences, Reader, Subscription
from bot.serving import digest_composer, mailing_for
from bot.store import Store
from bot.store.agenda import QUEUE
from handlers.texts import Texts
from scheduler import digesting
from scheduler.digesting import PAGE, Digests
from scheduler.fanout import AGAIN, FRESH
from scheduler.jobs import Jobs
from tests.fakes import FixedClock, RecordingPublisher, TalkingBot, text_of
from tests.newsdesk import CrashError, Newsdesk, SteppedJobs, an_article

EIGHT = datetime(2026, 3, 27, 5, tzinfo=UTC)
"""Eight in the morning in Moscow, an hour before the digest; two days before Berlin's clocks change."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANN, BEN = Place(Platform.TELEGRAM, "1001"), Place(Platform.VK, "42")


@dataclass
class Kiosk:
    """Readers, articles, and digests that are made when the clock says so."""

    store: Store
    clock: FixedClock = field(default_factory=lambda: FixedClock(EIGHT))
    written: int = 0

    def __post_init__(self) -> None:
        self.out = {platform: RecordingPublisher(self.clock) for platform in Platform}

    async def subscribed(
        self, place: Place = ANN, delivery: Delivery = Delivery.DAILY, **preferences: object
    ) -> Reader:
        """Somebody with one subscription, looked at once."""
        wishes = (Subscription("Gardens", delivery),)
        reader = Reader(place, "en", wishes, Preferences(**preferences))  # type: ignore[arg-type]
        await self.store.subscriptions.save(reader)
        await self.store.agenda.look(place, at=self.clock.now())
        await self.look()
        return reader

    async def comes(self, *tags: str) -> Article:
        """A new article."""
        self.written += 1
        address = f"https://news.example/{self.written}"
        article = Article(address, address, f"Headline {self.written}", tags=tags or ("Gardens",))
        await self.store.articles.add(article, source="news", at=self.clock.now(), queues=[QUEUE])
        return article

    async def look(self, faults: Iterable[DeliveryError] = ()) -> list[str]:
        """One look; what was sent, by texts."""
        before = {platform: len(inbox.posts) for platform, inbox in self.out.items()}
        self.out[Platform.TELEGRAM].faults = list(faults)
        await self.run()
        return [text_of(post) for platform, inbox in self.out.items() for post in inbox.posts[before[platform] :]]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            await self.digests(tasks).run()

    def digests(self, tasks: asyncio.TaskGroup, jobs: Jobs | None = None) -> Digests:
        return Digests(
            agenda=self.store.agenda,
            arrivals=self.store.agenda,
            held=self.store.agenda,
            subscriptions=self.store.subscriptions,
            marks=self.store.marks,
            publishers=self.out,
            compose=digest_composer(Texts("en")),
            jobs=jobs or Jobs(tasks, self.clock),
            clock=self.clock,
            zone=ZoneInfo("Europe/Moscow"),
            stopping=asyncio.Event(),
        )

    def posts(self) -> list[Post]:
        """All that was sent."""
        return [post for inbox in self.out.values() for post in inbox.posts]

    def headlines(self) -> list[str]:
        """Of all articles."""
        return [f"Headline {number}" for number in range(1, self.written + 1)]

    async def brought(self, article: Article, reader: Reader) -> bool:
        """The fan-out's question: is it sent at once?"""
        async with asyncio.TaskGroup() as tasks:
            return not await self.digests(tasks).hold(article, reader)


def crash() -> None:
    """The process dies here."""
    raise CrashError


@pytest.fixture
def kiosk(store: Store) -> Kiosk:
    """Over the embedded redis."""
    return Kiosk(store)


async def test_a_digest_has_what_came_since_the_last(any_store: Store) -> None:
    """On every kind of redis: at its hour, once, without what matches nothing; none when there is nothing."""
    kiosk = Kiosk(any_store)
    await kiosk.subscribed()
    for tags in (("Gardens",), ("Trains",), ("Gardens", "Owls")):
        await kiosk.comes(*tags)
    assert await kiosk.look() == []
    kiosk.clock.advance(HOUR)
    [text] = await kiosk.look()
    assert "Your digest of the day" in text
    assert ["Headline 1" in text, "Headline 2" in text, "Headline 3" in text] == [True, False, True]
    assert await kiosk.look() == []
    kiosk.clock.advance(DAY)
    assert await kiosk.look() == []
    await kiosk.comes()
    kiosk.clock.advance(DAY)
    assert len(await kiosk.look()) == 1


async def test_the_bot_was_off_at_the_hour(kiosk: Kiosk) -> None:
    """Three days off: one digest with all of it when it is back, and the next one at its hour."""
    await kiosk.subscribed()
    for _ in range(3):
        await kiosk.comes()
        kiosk.clock.advance(DAY)
    [text] = await kiosk.look()
    assert all(f"Headline {n}" in text for n in (1, 2, 3))
    await kiosk.comes()
    kiosk.clock.advance(HOUR)
    assert len(await kiosk.look()) == 1
    assert await kiosk.look() == []


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
async def test_both_changes_of_the_clocks(kiosk: Kiosk, zone: str, change: datetime) -> None:
    """Twelve days around it, a look every half hour, at half past two: a digest a day, and every article once."""
    kiosk.clock.at = change - 6 * DAY
    await kiosk.subscribed(timezone=zone, digest_at=time(2, 30))
    sent: list[tuple[datetime, str]] = []
    for step in range(48 * 12):
        if step % 8 == 0:
            await kiosk.comes()
        kiosk.clock.advance(HOUR / 2)
        sent += [(kiosk.clock.now(), text) for text in await kiosk.look()]
    dates = [at.astimezone(ZoneInfo(zone)).date() for at, _ in sent]
    assert len(dates) == len(set(dates)) >= 11
    found = [n for _, text in sent for n in range(1, kiosk.written + 1) if f"Headline {n}\n" in f"{text}\n"]
    assert len(found) == len(set(found))


async def test_hourly_and_weekly(kiosk: Kiosk) -> None:
    """Each in its own time."""
    await kiosk.subscribed(ANN, Delivery.HOURLY)
    await kiosk.subscribed(BEN, Delivery.WEEKLY, digest_day=0)
    await kiosk.comes()
    kiosk.clock.advance(HOUR)
    [text] = await kiosk.look()
    assert "This hour" in text
    kiosk.clock.at = datetime(2026, 3, 30, 5, 59, tzinfo=UTC)
    assert await kiosk.look() == []
    kiosk.clock.advance(timedelta(minutes=1))
    [text] = await kiosk.look()
    assert "Your digest of the week" in text


async def test_quiet_hours_are_caught_up_with(kiosk: Kiosk) -> None:
    """What came at night comes together at its end, once; what comes by day is sent at once."""
    ann = await kiosk.subscribed(ANN, Delivery.NOW, quiet=(time(7), time(10)))
    for _ in range(2):
        assert not await kiosk.brought(await kiosk.comes(), ann)
    assert await kiosk.look() == []
    kiosk.clock.advance(2 * HOUR)
    assert await kiosk.brought(await kiosk.comes(), ann)
    [text] = await kiosk.look()
    assert "While you were away" in text
    assert ["Headline 1" in text, "Headline 2" in text, "Headline 3" in text] == [True, True, False]
    assert await kiosk.look() == []


async def test_over_the_cap_the_rest_comes_in_the_digest(kiosk: Kiosk) -> None:
    """Two a day at once; asking twice counts once; the next day begins anew."""
    ann = await kiosk.subscribed(ANN, Delivery.NOW, daily_cap=2)
    articles = [await kiosk.comes() for _ in range(4)]
    assert [await kiosk.brought(one, ann) for one in (*articles, articles[0])] == [True, True, False, False, True]
    kiosk.clock.advance(HOUR)
    [text] = await kiosk.look()
    assert [f"Headline {n}" in text for n in (1, 2, 3, 4)] == [False, False, True, True]
    kiosk.clock.advance(DAY)
    assert await kiosk.brought(await kiosk.comes(), ann)


async def test_a_pause_and_its_end(kiosk: Kiosk) -> None:
    """Nothing for two days, then all together; `/resume` does not wait."""
    ann = await kiosk.subscribed(ANN, Delivery.NOW, paused_until=EIGHT + 2 * DAY)
    assert not await kiosk.brought(await kiosk.comes(), ann)
    kiosk.clock.advance(DAY)
    assert await kiosk.look() == []
    bot = TalkingBot(kiosk.store, clock=kiosk.clock)
    assert "back" in await bot.person().says("/resume")
    [text] = await kiosk.look()
    assert "Headline 1" in text


async def test_a_crash_after_the_send_repeats_nothing(kiosk: Kiosk) -> None:
    """On Telegram it is taken for sent; on VK it is said again with the same number, and VK drops it."""
    plans = {}
    for place in (ANN, BEN):
        await kiosk.subscribed(place)
        [plans[place]] = await kiosk.store.agenda.plans([place])
    await kiosk.comes()
    kiosk.clock.advance(HOUR)
    assert len(await kiosk.look()) == 2
    for place, plan in plans.items():
        await kiosk.store.agenda.keep(place, plan)
        await kiosk.store.agenda.set(place, kiosk.clock.now())
    [again] = await kiosk.look()
    first, second = kiosk.out[Platform.VK].posts
    assert first.params["random_id"] == second.params["random_id"]
    assert "Headline 1" in again


@pytest.mark.parametrize(("moment", "times"), [(Moment.CLAIMED, 0), (Moment.SENT, 1), (Moment.SETTLED, 1)])
async def test_a_crash_at_any_moment_sends_nobody_two(
    kiosk: Kiosk, moment: Moment, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was claimed may have been sent: there zero beats two, and the next digest comes as ever."""
    await kiosk.subscribed()
    await kiosk.comes()
    kiosk.clock.advance(HOUR)

    monkeypatch.setattr(digesting, "passed", lambda here: crash() if here is moment else None)
    with pytest.raises(ExceptionGroup):
        await kiosk.run()
    monkeypatch.undo()
    assert await kiosk.look() == []
    assert len(kiosk.out[Platform.TELEGRAM].posts) == times
    await kiosk.comes()
    kiosk.clock.advance(DAY)
    [text] = await kiosk.look()
    assert "Headline 2" in text


@pytest.mark.parametrize("place", [ANN, BEN])
@pytest.mark.parametrize("before", [1, 25])
@pytest.mark.parametrize("moment", [Moment.SENT, Moment.SETTLED])
async def test_what_comes_between_a_crash_and_the_restart(
    kiosk: Kiosk, place: Place, before: int, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes once, and what was in the message that may have arrived does not come again: on VK that is repeated
    under its number, also after VK has asked to wait; on Telegram not at all."""
    await kiosk.subscribed(place)
    for _ in range(before):
        await kiosk.comes()
    kiosk.clock.advance(HOUR)
    monkeypatch.setattr(digesting, "passed", lambda here: crash() if here is moment else None)
    with pytest.raises(ExceptionGroup):
        await kiosk.run()
    monkeypatch.undo()
    await kiosk.comes()
    kiosk.out[Platform.VK].faults = [TryLater("slowly", after=HOUR)]
    for wait in (0 * HOUR, HOUR, DAY, HOUR):
        kiosk.clock.advance(wait)
        await kiosk.look()
    arrived = {post.params.get("random_id", number): text_of(post) for number, post in enumerate(kiosk.posts())}
    times = [sum(f"{headline}\n" in f"{text}\n" for text in arrived.values()) for headline in kiosk.headlines()]
    assert times == [1] * (before + 1)


async def test_a_platform_that_asks_to_wait_gets_the_rest_later(kiosk: Kiosk) -> None:
    """Nothing is lost, and what was sent before is not sent again."""
    await kiosk.subscribed()
    for _ in range(25):
        await kiosk.comes()
    kiosk.clock.advance(HOUR)
    wait = TryLater("slowly", after=HOUR)
    assert await kiosk.look([wait]) == []
    assert await kiosk.look() == []
    kiosk.clock.advance(HOUR)
    texts = await kiosk.look()
    assert len(texts) == 2
    assert all(sum(f"Headline {n}\n" in f"{text}\n" for text in texts) == 1 for n in range(1, 26))


async def test_who_is_gone_is_switched_off_and_comes_back(kiosk: Kiosk) -> None:
    """No look at them any more; the first word they say brings the digests back."""
    await kiosk.subscribed()
    await kiosk.comes()
    kiosk.clock.advance(HOUR)
    assert await kiosk.look([Gone("blocked")]) == []
    reader = await kiosk.store.subscriptions.reader(ANN)
    assert reader is not None
    assert not reader.active
    kiosk.clock.advance(2 * DAY)
    assert await kiosk.look() == []
    bot = TalkingBot(kiosk.store, clock=kiosk.clock)
    await bot.person().says("/mytags")
    await kiosk.look()
    await kiosk.comes()
    kiosk.clock.advance(DAY)
    assert len(await kiosk.look()) == 1


async def test_very_many_articles_make_three_messages(kiosk: Kiosk) -> None:
    """The rest is counted, and where to find it is said."""
    await kiosk.subscribed()
    for _ in range(70):
        await kiosk.comes()
    kiosk.clock.advance(HOUR)
    texts = await kiosk.look()
    assert len(texts) == 3
    assert "more articles: /latest" in texts[-1]
    assert await kiosk.look() == []


async def test_what_was_taken_back_is_in_no_digest(kiosk: Kiosk) -> None:
    """Nor what a snoozed subscription would have brought."""
    ann = await kiosk.subscribed()
    await kiosk.comes()
    snoozed = {ann.subscriptions[0].key: EIGHT + 3 * DAY}
    await kiosk.store.subscriptions.save(replace(ann, preferences=Preferences(snoozed=snoozed)))
    kiosk.clock.advance(HOUR)
    assert await kiosk.look() == []


async def test_a_look_that_takes_long_is_followed_by_another(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever timer fires while it is at work, as with very many readers or a platform that is slow: the next digest
    comes at its hour."""
    monkeypatch.setattr(digesting, "LOOK", HOUR / 2)
    await kiosk.subscribed()
    await kiosk.comes()
    jobs, inbox = SteppedJobs(kiosk.clock), kiosk.out[Platform.TELEGRAM]
    publish = inbox.publish

    async def slowly(post: Post) -> Receipt:
        await jobs.pass_time(digesting.LOOK * 3)
        return await publish(post)

    monkeypatch.setattr(inbox, "publish", slowly)
    async with asyncio.TaskGroup() as tasks:
        kiosk.digests(tasks, jobs).start()
        await jobs.pass_time(HOUR + digesting.LOOK)
        assert len(inbox.posts) == 1
        await kiosk.comes()
        await jobs.pass_time(DAY)
    assert len(inbox.posts) == 2


async def test_many_readers_are_served_in_pages(kiosk: Kiosk) -> None:
    """More than one page, each once; one whose record is odd does not stop the others."""
    for n in range(PAGE + 5):
        await kiosk.subscribed(Place(Platform.TELEGRAM, str(5000 + n)))
    await kiosk.comes()
    kiosk.clock.advance(HOUR)
    assert len(await kiosk.look()) == PAGE + 5


async def test_a_merged_message_is_as_each_reader_wants_it(store: Store) -> None:
    """Silent and headlines only; over the cap the rest waits for the digest; in quiet hours all of it waits."""
    desk = Newsdesk(store, FixedClock(EIGHT))
    kiosk = Kiosk(store, desk.clock)
    cat = Place(Platform.TELEGRAM, "1003")
    await kiosk.subscribed(ANN, Delivery.NOW, silent=True, form=Form.HEADLINE)
    await kiosk.subscribed(Place(Platform.TELEGRAM, "1002"), Delivery.NOW, daily_cap=1)
    await kiosk.subscribed(cat, Delivery.NOW, quiet=(time(7), time(9)))
    articles = [replace(an_article(n, "Gardens"), lead=f"A lead, the {n}.") for n in (1, 2)]
    await desk.queued(*articles, queues=(FRESH, AGAIN))
    async with asyncio.TaskGroup() as tasks:
        mailing = mailing_for(
            store, store.subscriptions, desk.delivery(), Texts("en"), desk.clock, kiosk.digests(tasks).hold
        )
        await desk.fanout(mailing=mailing).run()
    posts = {post.params["chat_id"]: post for post in desk.telegram.posts}
    assert len(desk.telegram.posts) == 2
    assert posts[1001].params["disable_notification"] is True
    assert ["Headline 1" in text_of(posts[1001]), "Headline 2" in text_of(posts[1001])] == [True, True]
    assert "A lead" not in text_of(posts[1001])
    assert ["Headline 1" in text_of(posts[1002]), "Headline 2" in text_of(posts[1002])] == [True, False]
    kiosk.clock.advance(HOUR)
    assert sorted(text.count("Headline") for text in await kiosk.look()) == [1, 2]


class TestAsking:
    """What people type and press."""

    @pytest.fixture
    def bot(self, store: Store) -> TalkingBot:
        """Over a real store."""
        return TalkingBot(store)

    async def preferences(self, bot: TalkingBot) -> Preferences:
        """As kept."""
        reader = await bot.store.subscriptions.reader(ANN)
        assert reader is not None
        return reader.preferences

    @pytest.mark.parametrize("language", ["en", "ru"])
    async def test_every_way(self, bot: TalkingBot, language: str) -> None:
        """Deliveries, times, days, form, sound, cap and zone, in both languages."""
        ann = bot.person(language=language)
        await ann.says("/subscribe Gardens, Owls")
        await ann.says("/digest weekly fri 18:30" if language == "en" else "/digest еженедельно пт 18:30")
        await ann.says("/digest daily owls" if language == "en" else "/digest каждый день owls")
        await ann.says("/digest silent headlines cap 5 zone berlin" if language == "en" else
                       "/digest тихо заголовки максимум 5 пояс берлин")  # fmt: skip
        reader = await bot.store.subscriptions.reader(ANN)
        assert reader is not None
        assert {one.label: one.delivery for one in reader.subscriptions} == {
            "Gardens": Delivery.WEEKLY, "Owls": Delivery.DAILY
        }  # fmt: skip
        found = reader.preferences
        assert (found.digest_at, found.digest_day, found.timezone) == (time(18, 30), 4, "Europe/Berlin")
        assert (found.silent, found.form.value, found.daily_cap) == (True, "headline", 5)

    async def test_the_panels_buttons_all_work(self, bot: TalkingBot) -> None:
        """Each changes what it says, and the panel says how it is now."""
        ann = bot.person()
        await ann.says("/subscribe Gardens")
        await ann.says("/digest")
        for press in list(ann.buttons.values()):
            assert "understand" not in await ann.says(press, pressed="7", callback="cb")
        reader = await bot.store.subscriptions.reader(ANN)
        assert reader is not None
        assert reader.subscriptions[0].delivery is Delivery.WEEKLY
        panel = await ann.says("/digest")
        assert "Every week, on Monday at 09:00: 1" in panel
        assert "without a sound; headlines only." in panel

    async def test_the_chosen_way_is_that_of_what_comes_next(self, bot: TalkingBot) -> None:
        """Also before the first subscription; a way for one of them leaves the others alone."""
        ann = bot.person()
        assert "New subscriptions: every day at 09:00" in await ann.says("/digest daily")
        assert "once a day, as you chose" in await ann.says("/subscribe Gardens")
        await ann.says("/digest weekly Gardens")
        assert "once a day, as you chose" in await ann.says("/subscribe Owls & !trains")
        reader = await bot.store.subscriptions.reader(ANN)
        assert reader is not None
        assert [one.delivery for one in reader.subscriptions] == [Delivery.WEEKLY, Delivery.DAILY]
        await ann.says("/digest now")
        assert "as you chose" not in await ann.says("/subscribe Trains")

    async def test_a_digest_begins_with_the_word_and_not_with_the_next_look(self, store: Store) -> None:
        """What comes within the seconds between them is in it, what came before is not."""
        kiosk = Kiosk(store)
        bot = TalkingBot(store, kiosk.clock)
        ann = bot.person()
        await kiosk.comes()
        await ann.says("/digest daily")
        await ann.says("/subscribe Gardens")
        await kiosk.comes()
        assert await kiosk.look() == []
        kiosk.clock.advance(HOUR)
        [text] = await kiosk.look()
        assert ["Headline 1" in text, "Headline 2" in text] == [False, True]

    async def test_a_change_of_mind_loses_nothing_that_is_on_its_way(self, store: Store) -> None:
        """An article that was for them at once and waits in the line comes with the digest, once."""
        kiosk = Kiosk(store)
        ann = TalkingBot(store, kiosk.clock).person()
        await ann.says("/subscribe Gardens")
        article = await kiosk.comes()
        await ann.says("/digest daily")
        reader = await store.subscriptions.reader(ANN)
        assert reader is not None
        assert not await kiosk.brought(article, reader)
        kiosk.clock.advance(HOUR)
        [text] = await kiosk.look()
        assert text.count("Headline 1") == 1
        kiosk.clock.advance(DAY)
        assert await kiosk.look() == []

    @pytest.mark.parametrize(
        "text",
        [
            *("/digest nonsense", "/digest cap many", "/digest zone Nowhere", "/quiet 25-99"),
            *("/pause", "/pause soon", "/snooze Trains"),
        ],
    )
    async def test_what_is_not_understood_changes_nothing(self, bot: TalkingBot, text: str) -> None:
        """What to type instead is said."""
        ann = bot.person()
        await ann.says("/subscribe Gardens")
        assert await ann.says(text)
        assert await self.preferences(bot) == Preferences()

    async def test_quiet_pause_snooze(self, bot: TalkingBot) -> None:
        """Set and ended."""
        ann = bot.person()
        await ann.says("/subscribe Gardens")
        await ann.says("/quiet 22-7:30")
        assert (await self.preferences(bot)).quiet == (time(22), time(7, 30))
        await ann.says("/quiet off")
        await ann.says("/pause 2 weeks")
        assert (await self.preferences(bot)).paused_until == bot.clock.now() + timedelta(days=14)
        await ann.presses("End the break")
        await ann.says("/snooze Gardens")
        assert list((await self.preferences(bot)).snoozed.values()) == [bot.clock.now() + timedelta(days=7)]
        await ann.presses("Bring back: Gardens")
        assert await self.preferences(bot) == Preferences()

    async def test_why_is_one_press_away(self, bot: TalkingBot) -> None:
        """Which subscription brought an article, how such articles come, and the buttons to change that."""
        ann = bot.person()
        await ann.says("/subscribe Gardens, Owls")
        article = Article("1", "https://news.example/1", "Roses", tags=("Gardens", "Trains"))
        await bot.store.articles.add(article, source="news", at=bot.clock.now(), queues=())
        told = await ann.says(f"/because {article.key}", pressed="7", callback="cb")
        assert "“Gardens”" in told
        assert "at once" in told
        assert "✕ Gardens" in ann.buttons
        assert "None of your subscriptions" in await ann.says("/because unknown", pressed="7", callback="cb")
