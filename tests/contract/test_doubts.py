"""Doubts over a real store: what is known of a place, what is asked, decided and repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import TryLater
from bot.model import Article, Attempt, Place, Platform, Post, Receipt, Slot, SlotState
from bot.problems import Problems
from bot.render import Style, post_for
from bot.sightings import Choice, Doubt, OpenDoubt, Seen, Sighting
from bot.store import Store
from bot.story import ABSENT, FOUND, NOT_REPEATED, REPEATED, TAKEN_BACK
from scheduler.cards import Cards
from scheduler.decisions import Decisions
from scheduler.evidence import Absent, Patience, There, Unknown
from scheduler.private_doubts import WAITS, PrivateDoubts
from scheduler.reconcile import Reconciler
from scheduler.scene import Scene
from scheduler.selection import Channel
from scheduler.slots import Timetable
from tests.fakes import FixedClock
from tests.newsdesk import SteppedJobs

MAIN = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
ANN = Place(Platform.TELEGRAM, "2002")
ILYA = Place(Platform.VK, "43")
LEASE = timedelta(minutes=3)
AGAIN = "@again"


def article(number: int) -> Article:
    return Article(str(number), f"https://news.example/{number}", f"Headline {number}", lead=f"Lead {number}.")


def channel(name: str, place: Place) -> Channel:
    return Channel(name, place, Timetable(ZoneInfo("UTC")))


def compose(one: Article, to: Channel, key: str) -> Post:
    return post_for(one, to.place, Style(), key=key)


@dataclass
class Admins:
    """Remembers what it was asked; `away`: it reaches nobody."""

    questions: list[OpenDoubt] = field(default_factory=list)
    away: bool = False

    async def ask(self, doubt: OpenDoubt) -> bool:
        if not self.away:
            self.questions.append(doubt)
        return not self.away


async def recompose(found: Article, to: Channel, key: str, together: Sequence[str]) -> Post:
    """As it was sent: alone, or with its companions."""
    return compose(found, to, "+".join(together) or key)


@dataclass
class Eyes:
    """A witness that sees what it is told to: a sighting, or a failure to look."""

    sees: Sighting | TryLater = field(default_factory=Sighting)
    looks: list[Doubt] = field(default_factory=list)

    async def look(self, doubt: Doubt) -> Sighting:
        self.looks.append(doubt)
        if isinstance(self.sees, TryLater):
            raise self.sees
        return self.sees


class Desk:
    """The parts that reconcile, over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FixedClock()
        self.jobs = SteppedJobs(self.clock)
        self.admins = Admins()
        self.eyes = Eyes()
        self.problems = Problems()
        self.woken: list[str] = []
        self.channels = [channel("main", MAIN), channel("wall", WALL)]
        self.start()

    def start(self) -> None:
        """What a restart does: all that was only remembered is gone."""
        store, clock = self.store, self.clock
        self.decisions = Decisions(
            channels=self.channels,
            doubts=store.doubts,
            articles=store.articles,
            editions=store.editions,
            marks=store.marks,
            questions=self.admins,
            wake=lambda one: self.woken.append(one.name),
            problems=self.problems,
            clock=clock,
            companions=store.companions,
        )
        self.scene = Scene(
            doubts=store.doubts, ledger=store.ledger, overdue=store.overdue, traces=store.traces, clock=clock
        )
        self.reconciler = Reconciler(
            doubts=store.doubts,
            articles=store.articles,
            traces=store.traces,
            companions=store.companions,
            ledger=store.ledger,
            scene=self.scene,
            decisions=self.decisions,
            witnesses={Platform.TELEGRAM: self.eyes, Platform.VK: self.eyes},
            compose=recompose,
            jobs=self.jobs,
            clock=clock,
            patience=Patience(),
        )

    async def keep(self, number: int) -> Article:
        await self.store.articles.add(article(number), source="digest", at=self.clock.now(), queues=())
        return article(number)

    async def ends(self, number: int, state: SlotState, place: Place = MAIN, receipt: str | None = None) -> Attempt:
        """An article is sent to a place, and it ends so."""
        slot, began = Slot((await self.keep(number)).key, place), self.clock.now()
        claim = await self.store.ledger.claim(slot, now=began, lease=LEASE)
        assert claim is not None
        self.clock.advance(timedelta(seconds=1))
        told = Receipt(receipt, self.clock.now()) if receipt else None
        since = began if state is SlotState.UNCONFIRMED else None
        attempt = Attempt(slot, self.clock.now(), state, receipt=told, since=since)
        await self.store.ledger.settle(claim, attempt)
        return attempt

    async def last(self, attempt: Attempt) -> Attempt:
        [word] = await self.store.ledger.states([attempt.slot])
        assert word is not None
        return word

    async def passes(self, by: timedelta) -> None:
        """Time, with everything that is due in it."""
        until = self.clock.now() + by
        await self.jobs.run_until(until)
        await self.reconciler.run()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def stands(number: int, message: str, place: Place = MAIN) -> Seen:
    post = post_for(article(number), place, Style())
    return Seen(message, str(post.params.get("text") or post.params["message"]), (article(number).url,))


class TestScene:
    async def test_looking_begins_after_the_last_post_before_the_doubt(self, desk: Desk) -> None:
        """Not after those that went out since."""
        await desk.ends(1, SlotState.SENT, receipt="10")
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        await desk.ends(3, SlotState.SENT, receipt="12")
        doubt = await desk.scene.doubt(doubtful, compose(article(2), desk.channels[0], article(2).key))
        assert doubt.after == 10
        assert doubt.known == {"10", "12"}
        assert doubt.since == doubtful.since

    async def test_before_the_first_post_there_is_nowhere_to_begin(self, desk: Desk) -> None:
        """The channel may hold a thousand older messages."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        await desk.ends(3, SlotState.SENT, receipt="12")
        doubt = await desk.scene.doubt(doubtful, compose(article(2), desk.channels[0], article(2).key))
        assert doubt.after is None

    async def doubt(self, desk: Desk) -> Doubt:
        await desk.ends(1, SlotState.SENT, receipt="10")
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        return await desk.scene.doubt(doubtful, compose(article(2), desk.channels[0], article(2).key))

    async def test_an_unreadable_post_is_the_only_one_in_doubt(self, desk: Desk) -> None:
        """Nothing else is under way."""
        assert isinstance(await desk.scene.judge(await self.doubt(desk), Sighting((Seen("11"),))), There)

    async def test_it_may_be_one_that_was_under_way_during_the_look(self, desk: Desk) -> None:
        """Its receipt is there by the time of the verdict, or it is a rival."""
        doubt = await self.doubt(desk)
        claim = await desk.store.ledger.claim(Slot("x", MAIN), now=desk.clock.now(), lease=LEASE)
        assert claim is not None
        assert isinstance(await desk.scene.judge(doubt, Sighting((Seen("11"),), whole=True)), Unknown)
        receipt = Receipt("11", desk.clock.now())
        await desk.store.ledger.settle(claim, Attempt(claim.slot, desk.clock.now(), SlotState.SENT, receipt=receipt))
        assert await desk.scene.judge(doubt, Sighting((Seen("11"),), whole=True)) == Absent()

    async def test_it_may_be_one_that_an_admin_confirmed(self, desk: Desk) -> None:
        """Nobody knows its number."""
        await desk.ends(1, SlotState.SENT, receipt="10")
        earlier = await desk.ends(4, SlotState.UNCONFIRMED)
        assert await desk.decisions.settle(earlier, SlotState.SENT, "an admin")
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        doubt = await desk.scene.doubt(doubtful, compose(article(2), desk.channels[0], article(2).key))
        assert isinstance(await desk.scene.judge(doubt, Sighting((Seen("11"),), whole=True)), Unknown)


class TestReconciling:
    async def test_found(self, desk: Desk) -> None:
        """Settled with its number, and the channel goes on."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        desk.eyes.sees = Sighting((stands(2, "11"),), whole=True)
        assert await desk.reconciler.held_until(MAIN) is not None
        await desk.passes(timedelta(seconds=5))
        word = await desk.last(doubtful)
        assert (word.state, word.reason) == (SlotState.SENT, FOUND)
        assert word.receipt is not None
        assert word.receipt.message_id == "11"
        assert desk.woken == ["main"]
        assert await desk.reconciler.held_until(MAIN) is None
        assert desk.admins.questions == []

    async def test_absent_twice_goes_back_into_its_queue(self, desk: Desk) -> None:
        """Due now; not after a single look."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        desk.eyes.sees = Sighting(whole=True)
        await desk.passes(Patience().settle / 2)
        assert (await desk.last(doubtful)).state is SlotState.UNCONFIRMED
        assert len(desk.eyes.looks) == 1
        await desk.passes(Patience().settle)
        word = await desk.last(doubtful)
        assert (word.state, word.reason, word.until) == (SlotState.DEFERRED, ABSENT, word.at)
        assert [one.id for one in await desk.store.queues.waiting("main")] == ["2"]
        assert await desk.store.queues.waiting("wall") == []

    async def test_what_nobody_can_tell_is_asked_once(self, desk: Desk) -> None:
        """Also after a restart; the channel goes on meanwhile."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        desk.eyes.sees = Sighting(again=False, why="no way to look")
        for _ in range(3):
            await desk.passes(timedelta(minutes=5))
            desk.start()
        [question] = desk.admins.questions
        assert (question.headline, question.channel, question.since) == ("Headline 2", "main", doubtful.since)
        assert "no way to look" in question.why
        assert desk.woken
        assert await desk.reconciler.held_until(MAIN) is None

    async def test_a_question_that_reached_nobody_is_put_again(self, desk: Desk) -> None:
        """Until it has."""
        await desk.ends(2, SlotState.UNCONFIRMED)
        desk.eyes.sees, desk.admins.away = Sighting(again=False), True
        for _ in range(5):
            await desk.passes(timedelta(minutes=3))
        desk.admins.away = False
        for _ in range(3):
            await desk.passes(timedelta(minutes=3))
        assert len(desk.admins.questions) == 1

    async def test_a_platform_that_is_away_is_waited_for_and_holds_its_channel(self, desk: Desk) -> None:
        """Nothing could be sent there either."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        desk.eyes.sees = TryLater("away", after=timedelta(seconds=15))
        await desk.passes(timedelta(minutes=30))
        assert await desk.reconciler.held_until(MAIN) is not None
        assert await desk.reconciler.held_until(WALL) is None
        assert desk.admins.questions == []
        desk.eyes.sees = Sighting((stands(2, "11"),), whole=True)
        await desk.passes(timedelta(minutes=1))
        assert (await desk.last(doubtful)).state is SlotState.SENT

    async def test_what_vk_told_before_anybody_asked_counts(self, desk: Desk) -> None:
        """The event may come while the call still hangs; then no repeat is needed."""
        await desk.store.traces.note(WALL, stands(2, "7", WALL))
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED, WALL)
        await desk.passes(timedelta())
        assert (await desk.last(doubtful)).state is SlotState.SENT
        assert desk.eyes.looks == []

    async def test_an_article_taken_back_meanwhile_is_not_sent(self, desk: Desk) -> None:
        """On VK to look is to send; elsewhere it is not put back."""
        doubts = [await desk.ends(2, SlotState.UNCONFIRMED), await desk.ends(2, SlotState.UNCONFIRMED, WALL)]
        edition = await desk.store.editions.edition(article(2).key)
        assert edition is not None
        now = desk.clock.now()
        await desk.store.editions.replace(type(edition)(edition.article, 2, now, retracted="Ann"), at=now)
        desk.eyes.sees = Sighting(whole=True)
        for _ in range(3):
            await desk.passes(Patience().settle)
        on_channel, on_wall = [await desk.last(one) for one in doubts]
        assert (on_channel.state, on_channel.reason) == (SlotState.SKIPPED, TAKEN_BACK)
        assert on_wall.state is SlotState.UNCONFIRMED
        assert {doubt.slot.place for doubt in desk.eyes.looks} == {MAIN}
        assert [one.channel for one in desk.admins.questions] == ["wall"]


class TestDeciding:
    @pytest.mark.parametrize(
        ("choice", "state"),
        [
            (Choice.THERE, SlotState.SENT),
            (Choice.AGAIN, SlotState.DEFERRED),
            (Choice.DROP, SlotState.SKIPPED),
        ],
    )
    async def test_a_decision_counts_once(self, desk: Desk, choice: Choice, state: SlotState) -> None:
        """The first; and the story says whose it was."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        [question] = await desk.decisions.open()
        assert await desk.decisions.decide(question.token, choice, by="telegram 1001") == question
        assert await desk.decisions.decide(question.token, Choice.AGAIN, by="telegram 1002") is None
        word = await desk.last(doubtful)
        assert word.state is state
        assert "telegram 1001" in (word.reason or "")
        assert await desk.decisions.open() == []
        assert bool(await desk.store.queues.waiting("main")) is (choice is Choice.AGAIN)

    async def test_an_old_button_decides_nothing_new(self, desk: Desk) -> None:
        """The same slot in doubt another time is another question."""
        await desk.ends(2, SlotState.UNCONFIRMED)
        [first] = await desk.decisions.open()
        await desk.decisions.decide(first.token, Choice.AGAIN, by="Ann")
        await desk.ends(2, SlotState.UNCONFIRMED)
        [second] = await desk.decisions.open()
        assert first.token != second.token
        assert await desk.decisions.decide(first.token, Choice.AGAIN, by="Ann") is None

    async def test_readers_are_nobodys_question(self, desk: Desk) -> None:
        """What stands in a private chat only its reader can see."""
        await desk.ends(2, SlotState.UNCONFIRMED, ANN)
        await desk.passes(timedelta(hours=2))
        assert await desk.decisions.open() == desk.admins.questions == []


class TestPrivate:
    def private(self, desk: Desk, *, repeat: bool = False) -> PrivateDoubts:
        return PrivateDoubts(
            doubts=desk.store.doubts,
            marks=desk.store.marks,
            public=[MAIN, WALL],
            queue=AGAIN,
            repeat=repeat,
            clock=desk.clock,
        )

    async def test_on_vk_a_message_is_sent_again_a_few_times(self, desk: Desk) -> None:
        """VK knows a repeat by its number; then it is given up."""
        for wait in WAITS:
            doubtful = await desk.ends(2, SlotState.UNCONFIRMED, ILYA)
            await self.private(desk).run()
            word = await desk.last(doubtful)
            assert (word.state, word.reason) == (SlotState.DEFERRED, REPEATED)
            assert word.until == desk.clock.now() + wait
            assert [one.id for one in await desk.store.queues.waiting(AGAIN)] == ["2"]
            desk.clock.advance(wait)
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED, ILYA)
        await self.private(desk).run()
        assert (await desk.last(doubtful)).state is SlotState.SKIPPED

    @pytest.mark.parametrize("repeat", [False, True])
    async def test_on_telegram_only_if_the_settings_say_so(self, desk: Desk, repeat: bool) -> None:
        """Twice is worse than never, unless the newsroom thinks otherwise."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED, ANN)
        await self.private(desk, repeat=repeat).run()
        word = await desk.last(doubtful)
        expected = (SlotState.DEFERRED, REPEATED) if repeat else (SlotState.SKIPPED, NOT_REPEATED)
        assert (word.state, word.reason) == expected

    async def test_old_news_is_not_repeated(self, desk: Desk) -> None:
        """Nobody was up for days."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED, ILYA)
        desk.clock.advance(timedelta(days=2))
        await self.private(desk).run()
        assert (await desk.last(doubtful)).state is SlotState.SKIPPED

    async def test_public_places_are_left_alone(self, desk: Desk) -> None:
        """They are looked at."""
        doubtful = await desk.ends(2, SlotState.UNCONFIRMED)
        await self.private(desk, repeat=True).run()
        assert (await desk.last(doubtful)).state is SlotState.UNCONFIRMED


class TestCards:
    async def test_a_link_card_that_did_not_arrive_is_a_problem_until_the_next_does(self, desk: Desk) -> None:
        """Only of our own posts."""
        cards = Cards(
            channels=desk.channels,
            traces=desk.store.traces,
            articles=desk.store.articles,
            compose=compose,
            problems=desk.problems,
        )
        bare = Seen("7", stands(2, "7", WALL).text, (), "https://vk.com/wall-220_7")
        await desk.store.traces.note(WALL, Seen("6", "Somebody else's", ()))
        await desk.store.traces.note(WALL, bare)
        await cards.check()
        assert desk.problems.all() == ()
        await desk.ends(2, SlotState.SENT, WALL, receipt="7")
        await cards.check()
        [problem] = desk.problems.all()
        assert "https://vk.com/wall-220_7" in problem
        await desk.ends(3, SlotState.SENT, WALL, receipt="8")
        await desk.store.traces.note(WALL, stands(3, "8", WALL))
        await cards.check()
        assert desk.problems.all() == ()


def test_tokens_fit_into_buttons() -> None:
    """Telegram takes 64 bytes."""
    longest = max(len(f"/unconfirmed {choice} abcdefghij".encode()) for choice in Choice)
    assert longest <= 64
