"""Bringing editions to their places: once each, in order, and never for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.editions import Edition, Fate, Retraction
from bot.errors import DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Article, Attempt, Place, Platform, Post, Receipt, Slot, SlotState
from bot.ports import Publisher
from bot.query import facets
from bot.readers import Reader
from bot.store import Store
from scheduler.corrections import AGAIN, GIVE_UP, SETTLED, Corrections
from scheduler.deliver import LEASE
from scheduler.fanout import FRESH
from scheduler.noticing import next_edition
from scheduler.retracting import CallingOff, Retractions
from scheduler.wording import wording
from tests.fakes import NOON, FixedClock
from tests.newsdesk import ANN, CHANNEL, ILYA, WALL, CrashError, SteppedJobs, a_channel, an_article
from tests.readers import a_reader

ARTICLE = an_article(1, "trains")
CORRECTED = replace(ARTICLE, headline="Corrected")
OTHER = an_article(2, "trains")


class Network:
    """A platform that takes edits: what it was asked, and what stands where. Each of `faults` spoils one call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.faults: list[DeliveryError | CrashError | None] = []
        self.standing: dict[str, str] = {}
        self.gate: asyncio.Event | None = None

    async def publish(self, post: Post) -> Receipt:
        chat = str(post.params.get("chat_id") or post.params.get("owner_id") or post.params.get("peer_id"))
        self.calls.append((post.method, chat))
        if self.gate is not None:
            await self.gate.wait()
        if self.faults and (fault := self.faults.pop(0)) is not None:
            raise fault
        self.standing[chat] = str(post.params.get("text") or post.params.get("message") or "")
        return Receipt("1", NOON)


@dataclass
class Desk:
    """The engine over a real store."""

    store: Store
    clock: FixedClock = field(default_factory=FixedClock)
    told: list[tuple[str, str | None]] = field(default_factory=list)
    reachable: bool = True
    meanwhile: Callable[[], Awaitable[object]] | None = None

    def __post_init__(self) -> None:
        self.jobs = SteppedJobs(self.clock)
        self.networks = {platform: Network() for platform in Platform}
        channels = [a_channel("news", CHANNEL), a_channel("wall", WALL)]
        publishers: Mapping[Platform, Publisher] = self.networks
        store = self.store
        off = CallingOff(store.ledger, store.queues, store.campaigns, channels, self.clock)
        self.corrections = Corrections(
            editions=store.editions,
            amendments=store.amendments,
            ledger=store.ledger,
            subscriptions=store.subscriptions,
            publishers=publishers,
            to_readers=publishers,
            public=[CHANNEL, WALL],
            compose=_compose,
            tell=self._tell,
            call_off=off,
            language="en",
            readers_within=timedelta(hours=48),
            jobs=self.jobs,
            clock=self.clock,
            stopping=asyncio.Event(),
        )
        self.retractions = Retractions(
            articles=store.articles,
            editions=store.editions,
            amendments=store.amendments,
            ledger=store.ledger,
            queues=store.queues,
            corrections=self.corrections,
            calling_off=off,
            clock=self.clock,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        if self.meanwhile is not None:
            await self.meanwhile()
            self.meanwhile = None

    async def _tell(self, _edition: Edition, place: Place, url: str | None, _why: str) -> bool:
        self.told.append((str(place), url))
        return self.reachable

    @property
    def telegram(self) -> Network:
        return self.networks[Platform.TELEGRAM]

    @property
    def vk(self) -> Network:
        return self.networks[Platform.VK]

    async def sent(self, place: Place, *, of: Article = ARTICLE, ago: timedelta = timedelta(0)) -> None:
        """It was sent there, some time ago."""
        await self.store.articles.add(ARTICLE, source="digest", at=NOON, queues=())
        at = self.clock.now() - ago
        url = f"https://example.org/{place.chat}"
        await self.word(place, Attempt(Slot(of.key, place), at, SlotState.SENT, receipt=Receipt("7", at, url)), of)

    async def word(self, place: Place, word: Attempt, of: Article = ARTICLE) -> None:
        claim = await self.store.ledger.claim(Slot(of.key, place), now=word.at, lease=LEASE)
        assert claim is not None
        await self.store.ledger.settle(claim, replace(word, wording=wording(of)))

    async def reads(self, place: Place, language: str = "en", *, active: bool = True) -> None:
        await self.store.subscriptions.save(a_reader(place, language, "trains", active=active))

    async def corrected(self, article: Article = CORRECTED) -> Edition:
        """A new edition, brought as far as it goes."""
        edition = await self.store.editions.edition(article.key)
        assert edition is not None
        after = next_edition(edition, article, self.clock.now())
        assert await self.store.editions.replace(after, at=self.clock.now())
        await self.corrections.run()
        return after

    async def passes(self, by: timedelta) -> None:
        await self.jobs.pass_time(by)

    async def state(self, place: Place) -> SlotState | None:
        """The last word on the newest edition there."""
        word = (await self.store.amendments.words(ARTICLE.key)).get(place)
        return word.state if word else None


def _compose(
    article: Article,
    place: Place,
    reader: Reader | None,
    receipt: Receipt,
    at: datetime,
    together: Sequence[Article],
) -> Post:
    name = "chat_id" if place.platform is Platform.TELEGRAM else "owner_id"
    return Post(
        place.platform, "edit", {name: place.chat, "text": " + ".join(one.headline for one in together or (article,))}
    )


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store)


async def test_every_place_is_edited_once(desk: Desk) -> None:
    """Also over many looks afterwards, until there is nothing left to look for."""
    await desk.reads(ANN)
    for place in (CHANNEL, WALL, ANN):
        await desk.sent(place)
    edition = await desk.corrected()
    await desk.passes(SETTLED * 3)
    assert desk.telegram.calls == [("edit", "@digest"), ("edit", "1001")]
    assert desk.vk.calls == [("edit", "-220")]
    assert await desk.store.amendments.due(now=desk.clock.now()) == ([], None)
    assert edition.name not in desk.jobs.timers


async def test_what_went_out_in_the_new_words_is_left_alone(desk: Desk) -> None:
    """No mark of a correction under a post that never said anything else; and no template change edits anything."""
    await desk.sent(WALL)
    await desk.word(
        CHANNEL, Attempt(Slot(ARTICLE.key, CHANNEL), NOON, SlotState.SENT, receipt=Receipt("8", NOON)), CORRECTED
    )
    await desk.corrected()
    assert desk.telegram.calls == []
    assert desk.vk.calls == [("edit", "-220")]


async def test_a_post_that_was_on_its_way_is_corrected_afterwards(desk: Desk) -> None:
    """It was claimed before the correction and went out in the old words: the next look finds it."""
    await desk.sent(WALL)
    slot = Slot(ARTICLE.key, CHANNEL)
    claim = await desk.store.ledger.claim(slot, now=NOON, lease=LEASE)
    assert claim is not None
    await desk.corrected()
    assert desk.telegram.calls == []
    await desk.store.ledger.settle(
        claim, Attempt(slot, NOON, SlotState.SENT, receipt=Receipt("8", NOON), wording=wording(ARTICLE))
    )
    await desk.passes(timedelta(minutes=1))
    assert desk.telegram.calls == [("edit", "@digest")]


async def test_a_post_of_unknown_outcome_is_corrected_once_somebody_finds_it(desk: Desk) -> None:
    """Hours later; what is not known of its words counts as the old ones."""
    await desk.store.articles.add(ARTICLE, source="digest", at=NOON, queues=())
    slot = Slot(ARTICLE.key, CHANNEL)
    await desk.word(CHANNEL, Attempt(slot, NOON, SlotState.UNCONFIRMED, "no word"))
    await desk.corrected()
    await desk.passes(timedelta(hours=3))
    assert desk.telegram.calls == []
    there = Attempt(slot, desk.clock.now(), SlotState.SENT, receipt=Receipt("8", NOON))
    assert await desk.store.doubts.resolve(there)
    await desk.passes(timedelta(hours=5))
    assert desk.telegram.calls == [("edit", "@digest")]


async def test_a_return_to_the_old_words_is_a_correction_too(desk: Desk) -> None:
    """What says the new is edited back; where the new never came, nothing is to be done."""
    await desk.sent(CHANNEL)
    await desk.corrected()
    await desk.sent(WALL)  # the old words, sent by somebody who had read the article before
    await desk.corrected(ARTICLE)
    assert desk.telegram.standing["@digest"] == ARTICLE.headline
    assert desk.vk.calls == []


async def test_a_flood_wait_puts_off_one_place_alone(desk: Desk) -> None:
    """The others are edited at once, this one when its time has come."""
    await desk.sent(CHANNEL)
    await desk.sent(WALL)
    desk.telegram.faults = [TryLater("retry after 600", after=timedelta(minutes=10))]
    await desk.corrected()
    assert (await desk.state(CHANNEL), await desk.state(WALL)) == (SlotState.DEFERRED, SlotState.SENT)
    await desk.passes(timedelta(minutes=9))
    assert len(desk.telegram.calls) == 1
    await desk.passes(timedelta(minutes=2))
    assert desk.telegram.standing["@digest"] == "Corrected"


async def test_an_unknown_outcome_is_repeated(desk: Desk) -> None:
    """An edit may be: it makes the message say what it says already."""
    await desk.sent(CHANNEL)
    desk.telegram.faults = [OutcomeUnknown("500"), OutcomeUnknown("500")]
    await desk.corrected()
    await desk.passes(AGAIN * 10)
    assert len(desk.telegram.calls) == 3
    assert await desk.state(CHANNEL) is SlotState.SENT
    assert desk.told == []


async def test_a_crash_in_the_midst_costs_at_most_the_same_edit_again(desk: Desk) -> None:
    """Between the claim and its settling nobody knows whether it was done: after the lease it is done once more."""
    await desk.sent(CHANNEL)
    desk.telegram.faults = [CrashError()]
    with pytest.raises(ExceptionGroup):
        await desk.corrected()
    assert await desk.state(CHANNEL) is SlotState.CLAIMED
    again = Desk(desk.store, desk.clock)
    await again.corrections.run()
    assert again.telegram.calls == []
    await again.passes(LEASE)
    assert again.telegram.standing["@digest"] == "Corrected"
    await again.passes(SETTLED * 3)
    assert len(again.telegram.calls) == 1


async def test_a_platform_that_never_answers_is_given_up_and_told(desk: Desk) -> None:
    """Not tried for ever."""
    await desk.sent(CHANNEL)
    desk.telegram.faults = [OutcomeUnknown("500")] * 1000
    await desk.corrected()
    await desk.passes(GIVE_UP * 2)
    assert await desk.state(CHANNEL) is SlotState.REFUSED
    assert len(desk.telegram.calls) < 100
    tried = len(desk.telegram.calls)
    await desk.passes(GIVE_UP)
    assert len(desk.telegram.calls) == tried


async def test_a_refused_edit_is_told_once_with_the_link(desk: Desk) -> None:
    """And not tried again, until the article changes again."""
    await desk.sent(WALL)
    desk.vk.faults = [Refused("VK error 27", whole_place=True)] * 2
    await desk.corrected()
    await desk.passes(SETTLED * 3)
    assert desk.told == [("vk:-220", "https://example.org/-220")]
    await desk.corrected(replace(ARTICLE, headline="Corrected once more"))
    await desk.passes(SETTLED * 3)
    assert len(desk.told) == len(desk.vk.calls) == 2


async def test_admins_who_cannot_be_reached_are_told_later(desk: Desk) -> None:
    """The refusal is not settled before somebody knows of it."""
    await desk.sent(WALL)
    desk.vk.faults = [Refused("VK error 27")] * 2
    desk.reachable = False
    await desk.corrected()
    assert await desk.state(WALL) is SlotState.DEFERRED
    desk.reachable = True
    await desk.passes(AGAIN * 2)
    assert await desk.state(WALL) is SlotState.REFUSED
    assert len(desk.told) == 2


@pytest.mark.parametrize("error", [Gone("blocked"), Refused("message to edit not found")])
async def test_a_readers_refusal_troubles_no_admin(desk: Desk, error: DeliveryError) -> None:
    """Their message is their own business."""
    await desk.reads(ANN)
    await desk.sent(ANN)
    desk.telegram.faults = [error]
    await desk.corrected()
    await desk.passes(SETTLED * 3)
    assert await desk.state(ANN) is SlotState.REFUSED
    assert desk.told == []
    assert len(desk.telegram.calls) == 1


async def test_old_messages_of_readers_are_left_alone(desk: Desk) -> None:
    """Older than the limit, or of somebody who is away; a channel has no limit."""
    await desk.reads(ANN)
    await desk.reads(ILYA, active=False)
    await desk.sent(ANN, ago=timedelta(hours=49))
    await desk.sent(ILYA)
    await desk.sent(CHANNEL, ago=timedelta(hours=49))
    await desk.corrected()
    await desk.passes(SETTLED * 3)
    assert desk.telegram.calls == [("edit", "@digest")]
    assert desk.vk.calls == []
    assert await desk.state(ANN) is SlotState.SKIPPED
    assert await desk.store.amendments.due(now=desk.clock.now()) == ([], None)


async def test_one_platform_does_not_wait_for_the_other(desk: Desk) -> None:
    """VK hangs; Telegram is edited meanwhile."""
    await desk.sent(CHANNEL)
    await desk.sent(WALL)
    desk.vk.gate = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.corrected())
        while "@digest" not in desk.telegram.standing or not desk.vk.calls:
            await asyncio.sleep(0.01)
        assert desk.vk.calls == [("edit", "-220")]
        assert "-220" not in desk.vk.standing
        desk.vk.gate.set()
    assert desk.vk.standing["-220"] == "Corrected"


async def in_one_message(desk: Desk, *articles: Article) -> None:
    """Anna got these in one message."""
    await desk.reads(ANN)
    for article in articles:
        await desk.store.articles.add(article, source="digest", at=NOON, queues=())
        await desk.store.campaigns.begin(article.key, facets(article), now=NOON)
        there = Attempt(Slot(article.key, ANN), NOON, SlotState.SENT, receipt=Receipt("7", NOON))
        await desk.word(ANN, replace(there, together=tuple(one.key for one in articles)), article)


async def test_a_message_of_several_articles_is_corrected_whole(desk: Desk) -> None:
    """The others stay in it, as they are now."""
    await in_one_message(desk, ARTICLE, OTHER)
    await desk.corrected()
    assert desk.telegram.standing[ANN.chat] == "Corrected + Headline 2"
    await desk.corrected(replace(OTHER, headline="Corrected too"))
    assert desk.telegram.standing[ANN.chat] == "Corrected + Corrected too"


async def test_an_article_taken_back_leaves_its_companions_standing(desk: Desk) -> None:
    """The message goes only with the last of them."""
    await in_one_message(desk, ARTICLE, OTHER)
    await retracted(desk)
    assert desk.telegram.calls == [("edit", ANN.chat)]
    assert desk.telegram.standing[ANN.chat] == "Headline 2"
    done = await desk.retractions.propose(ARTICLE.key, by="anybody", reason=None)
    assert done is not None
    assert done.readers == {Fate.REMOVED: 1}
    found = await desk.retractions.propose(OTHER.url, by="the editor", reason=None)
    assert found is not None
    assert found.token is not None
    await desk.retractions.retract(found.token)
    assert desk.telegram.calls[-1] == ("deleteMessage", ANN.chat)


async def test_of_two_corrections_in_a_row_the_newer_one_stands(desk: Desk) -> None:
    """The first was put off; by then there is a newer one, and only that is brought."""
    await desk.sent(CHANNEL)
    desk.telegram.faults = [TryLater("retry after 60", after=timedelta(minutes=1))]
    await desk.corrected()
    await desk.corrected(replace(ARTICLE, headline="Newest"))
    await desk.passes(SETTLED * 3)
    assert desk.telegram.standing["@digest"] == "Newest"
    assert len(desk.telegram.calls) == 2


async def retracted(desk: Desk, reason: str | None = None) -> Retraction:
    found = await desk.retractions.propose(ARTICLE.url, by="the editor", reason=reason)
    assert found is not None
    assert found.token is not None
    done = await desk.retractions.retract(found.token)
    assert done is not None
    return done


async def test_a_retraction_deletes_what_is_young_and_marks_what_is_old(desk: Desk) -> None:
    """Telegram deletes for 48 hours, VK's chats for 24; a note takes the place of what is older."""
    await desk.reads(ILYA, "ru")
    await desk.sent(CHANNEL, ago=timedelta(hours=49))
    await desk.sent(WALL, ago=timedelta(hours=49))
    await desk.sent(ILYA, ago=timedelta(hours=25))
    await retracted(desk)
    assert desk.telegram.standing == {"@digest": "Retracted"}
    assert desk.vk.calls == [("wall.delete", "-220"), ("messages.edit", "43")]
    assert desk.vk.standing["43"] == "Публикация отозвана"
    done = await desk.retractions.propose(ARTICLE.key, by="anybody", reason=None)
    assert done is not None
    assert {str(one.place): one.fate for one in done.public} == {
        "telegram:@digest": Fate.MARKED,
        "vk:-220": Fate.REMOVED,
    }
    assert done.readers == {Fate.MARKED: 1}


async def test_what_cannot_be_deleted_is_marked(desk: Desk) -> None:
    """The second way is tried when the first is refused; only then it stands, and the answer says where and why."""
    await desk.sent(CHANNEL)
    await desk.sent(WALL)
    desk.telegram.faults = [Refused("message can't be deleted")]
    desk.vk.faults = [Refused("VK error 27"), Refused("VK error 27: no")]
    await retracted(desk)
    done = await desk.retractions.propose(ARTICLE.key, by="anybody", reason=None)
    assert done is not None
    assert [(one.fate, one.url, one.why) for one in done.public] == [
        (Fate.MARKED, "https://example.org/@digest", None),
        (Fate.STANDS, "https://example.org/-220", "VK error 27: no"),
    ]
    assert desk.told == []  # the answer has told it


async def test_a_retraction_that_must_wait_is_carried_out_and_told_later(desk: Desk) -> None:
    """A flood wait at first; what is refused then reaches the admins by itself."""
    await desk.sent(WALL)
    desk.vk.faults = [TryLater("flood", after=timedelta(hours=1)), Refused("VK error 27"), Refused("VK error 27")]
    await retracted(desk)
    done = await desk.retractions.propose(ARTICLE.key, by="anybody", reason=None)
    assert done is not None
    assert [one.fate for one in done.public] == [Fate.LATER]
    await desk.corrections.run()  # as the sweep does every few seconds
    await desk.passes(timedelta(hours=2))
    assert desk.told == [("vk:-220", "https://example.org/-220")]


async def test_a_wait_of_a_second_is_part_of_the_answer(desk: Desk) -> None:
    """The person who pressed the button reads that it was removed, not that it will be."""
    await desk.sent(CHANNEL)
    desk.telegram.faults = [TryLater("not before 1 s from now", after=timedelta(seconds=1))]
    found = await desk.retractions.propose(ARTICLE.key, by="the editor", reason=None)
    assert found is not None
    assert found.token is not None
    done = await desk.retractions.retract(found.token)
    assert done is not None
    assert [one.fate for one in done.public] == [Fate.REMOVED]


async def test_what_the_sweep_is_taking_back_is_part_of_the_answer(desk: Desk) -> None:
    """The sweep came first and waits for Telegram: the answer waits with it, and nothing is deleted twice."""
    await desk.sent(CHANNEL)
    found = await desk.retractions.propose(ARTICLE.key, by="the editor", reason=None)
    assert found is not None
    assert found.token is not None
    assert await desk.store.editions.replace(Edition(ARTICLE, 2, NOON, retracted="the editor"), at=NOON)
    desk.telegram.gate = gate = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        sweep = tasks.create_task(desk.corrections.run())
        while not desk.telegram.calls:
            await asyncio.sleep(0.01)

        async def answer() -> None:
            gate.set()
            await sweep

        desk.meanwhile = answer
        done = await desk.retractions.retract(found.token)
    assert done is not None
    assert [one.fate for one in done.public] == [Fate.REMOVED]
    assert desk.telegram.calls == [("deleteMessage", "@digest")]


async def test_what_is_on_its_way_is_part_of_the_answer_too(desk: Desk) -> None:
    """Its receipt comes a moment after the button was pressed: it is taken back at once, and the answer says so."""
    await desk.store.articles.add(ARTICLE, source="digest", at=NOON, queues=())
    await desk.reads(ANN)
    slot = Slot(ARTICLE.key, ANN)
    claim = await desk.store.ledger.claim(slot, now=NOON, lease=LEASE)
    assert claim is not None
    there = Attempt(slot, NOON, SlotState.SENT, receipt=Receipt("8", NOON))
    desk.meanwhile = lambda: desk.store.ledger.settle(claim, there)
    done = await retracted(desk)
    assert done.readers == {Fate.REMOVED: 1}


async def test_after_a_retraction_nothing_is_sent_any_more(desk: Desk) -> None:
    """Every slot is decided with the reason: those not tried yet, those put off, and those of the readers to come."""
    await desk.reads(ANN)
    await desk.store.articles.add(ARTICLE, source="digest", at=NOON, queues=("news", "wall", FRESH))
    slot = Slot(ARTICLE.key, CHANNEL)
    later = NOON + timedelta(hours=1)
    await desk.word(CHANNEL, Attempt(slot, NOON, SlotState.DEFERRED, "retry after", until=later))
    await retracted(desk, "wrong train")
    for place in (CHANNEL, WALL, ANN):
        [word] = await desk.store.ledger.states([Slot(ARTICLE.key, place)])
        assert word is not None
        assert (word.state, word.reason) == (SlotState.SKIPPED, "retracted by the editor: wrong train")
        assert await desk.store.ledger.claim(Slot(ARTICLE.key, place), now=later, lease=LEASE) is None
    assert await desk.store.queues.sizes(["news", "wall", FRESH]) == {"news": 0, "wall": 0, FRESH: 0}
    assert (await desk.store.overdue.tally())[SlotState.DEFERRED] == 0


async def test_a_crash_after_the_decision_loses_nothing_of_a_retraction(desk: Desk) -> None:
    """Only the edition was kept; the next start calls off and removes."""
    await desk.sent(CHANNEL)
    await desk.store.articles.add(an_article(2), source="digest", at=NOON, queues=("wall",))
    edition = await desk.store.editions.edition(ARTICLE.key)
    assert edition is not None
    taken = Edition(ARTICLE, 2, NOON, retracted="the editor")
    assert await desk.store.editions.replace(taken, at=NOON)
    again = Desk(desk.store)
    await again.corrections.run()
    assert again.telegram.calls == [("deleteMessage", "@digest")]
    assert await again.store.queues.holds(["wall"], an_article(2).key)


async def test_a_token_works_once(desk: Desk) -> None:
    """And one that nobody was given not at all."""
    await desk.sent(CHANNEL)
    found = await desk.retractions.propose(ARTICLE.key, by="the editor", reason=None)
    assert found is not None
    assert found.token is not None
    both = await asyncio.gather(*(desk.retractions.retract(found.token) for _ in range(2)))
    assert [one is None for one in both].count(True) == 1
    assert desk.telegram.calls == [("deleteMessage", "@digest")]
    assert await desk.retractions.retract("deadbeef") is None
    assert await desk.retractions.propose("nobody", by="x", reason=None) is None


async def test_a_retracted_article_is_not_corrected(desk: Desk) -> None:
    """Two retractions proposed, one confirmed: the other finds it done."""
    await desk.sent(CHANNEL)
    first = await desk.retractions.propose(ARTICLE.key, by="the editor", reason=None)
    second = await desk.retractions.propose(ARTICLE.key, by="another", reason=None)
    assert first is not None
    assert second is not None
    assert first.token is not None
    assert second.token is not None
    await desk.retractions.retract(first.token)
    done = await desk.retractions.retract(second.token)
    assert done is not None
    assert [one.fate for one in done.public] == [Fate.REMOVED]
    assert desk.telegram.calls == [("deleteMessage", "@digest")]
