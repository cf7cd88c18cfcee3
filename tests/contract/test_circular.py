"""The same text to many readers on VK: up to a hundred in a call, each with an outcome of their own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.deadlines import Deadlines
from bot.channels.vk import Vk, open_vk
from bot.errors import OutcomeUnknown, Refused, TryLater
from bot.model import Place, Platform, Post, Slot, SlotState
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from bot.serving import reader_composer
from bot.store import Store
from handlers.texts import Texts
from scheduler.deliver import LEASE, Delivery
from scheduler.fanout import AGAIN, FRESH, FanOut
from scheduler.mailing import Mailing
from scheduler.private_doubts import PrivateDoubts
from tests.fakes import FixedClock
from tests.newsdesk import CrashError, Newsdesk, an_article
from tests.readers import a_reader

LIMITS = Deadlines(connect=1.0, total=5.0, grace=1.0, pause=0.01)
GONE = 5007
READERS = range(5001, 5131)
TEXT = "Розы снова цветут"


def a_person(number: int) -> Chat:
    return Chat("vk", number, "private", f"Reader {number}", started=number != GONE)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as opened:
        for number in READERS:
            opened.world.add_chat(a_person(number))
        yield opened


@asynccontextmanager
async def a_door(sandbox: Sandbox) -> AsyncIterator[Vk]:
    async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock(), deadlines=LIMITS) as opened:
        yield opened


@pytest.fixture
async def vk(sandbox: Sandbox) -> AsyncIterator[Vk]:
    async with a_door(sandbox) as opened:
        yield opened


def to(*peers: int, **params: object) -> Post:
    common = {"random_id": 77, "message": TEXT, "v": "5.199"}
    return Post(Platform.VK, "messages.send", {"peer_ids": ",".join(map(str, peers)), **common, **params})


def got(sandbox: Sandbox, number: int) -> list[str]:
    return [message.text for message in sandbox.world.chat(f"vk:{number}").messages.values() if message.sender == "bot"]


async def test_each_receiver_has_an_answer(vk: Vk, sandbox: Sandbox) -> None:
    """A receipt for who has it, and what went wrong for who has not."""
    first, gone, last = await vk.publish_to_many(to(5001, GONE, 5002))
    assert [getattr(one, "message_id", "").isdecimal() for one in (first, last)] == [True, True]
    assert type(gone).__name__ == "Gone"
    assert [got(sandbox, number) for number in (5001, GONE, 5002)] == [[TEXT], [], [TEXT]]


async def test_a_lost_answer_is_asked_for_again_and_nobody_gets_two(vk: Vk, sandbox: Sandbox) -> None:
    """VK knows the repeat by its random_id."""
    sandbox.faults.add("vk", "messages.send", fault.AcceptThenDrop())
    answers = await vk.publish_to_many(to(5001, 5002))
    assert all(getattr(one, "message_id", "").isdecimal() for one in answers)
    assert [got(sandbox, number) for number in (5001, 5002)] == [[TEXT], [TEXT]]


@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [(fault.VkError(9, "Flood control"), TryLater), (fault.VkError(100, "message: invalid"), Refused)],
)
async def test_a_call_that_failed_as_a_whole_is_one_error(
    vk: Vk, sandbox: Sandbox, spoilt: fault.Fault, kind: type[Exception]
) -> None:
    """It reached nobody."""
    sandbox.faults.add("vk", "messages.send", spoilt)
    with pytest.raises(kind):
        await vk.publish_to_many(to(5001, 5002))
    assert got(sandbox, 5001) == []


async def test_nobody_knows_when_no_answer_comes_at_all(vk: Vk, sandbox: Sandbox) -> None:
    """Neither to the call nor to its repeat."""
    sandbox.faults.add("vk", "messages.send", fault.AcceptThenDrop(), 2)
    with pytest.raises(OutcomeUnknown):
        await vk.publish_to_many(to(5001, 5002))


# The fan-out


class Readers(Newsdesk):
    """A desk whose VK is the sandbox's."""

    door: Vk

    def fan(self) -> FanOut:
        delivery = Delivery(self.store.ledger, {Platform.VK: self.door}, self.clock)
        doubts = PrivateDoubts(
            doubts=self.store.doubts,
            marks=self.store.marks,
            public=(),
            queue=AGAIN,
            repeat=False,
            clock=self.clock,
        )
        return FanOut(
            queues=self.store.queues,
            ledger=self.store.ledger,
            campaigns=self.store.campaigns,
            mailing=Mailing(
                campaigns=self.store.campaigns,
                subscriptions=self.store.subscriptions,
                delivery=delivery,
                compose=reader_composer(Texts("ru")),
                clock=self.clock,
                calls=self.store.calls,
            ),
            platforms=[Platform.VK],
            public=(),
            jobs=self.jobs,
            clock=self.clock,
            stopping=self.stopping,
            doubts=doubts.run,
        )


@pytest.fixture
async def desk(store: Store, vk: Vk) -> Readers:
    desk = Readers(store)
    desk.door = vk
    for number in READERS:
        language = "en" if number % 5 == 0 else "ru"
        await store.subscriptions.save(a_reader(Place(Platform.VK, str(number)), language, "Gardens"))
    await desk.queued(an_article(1, "Gardens"), queues=(FRESH, AGAIN))
    return desk


def calls(sandbox: Sandbox) -> int:
    return sum(call.method == "messages.send" for call in sandbox.world.calls)


async def test_a_hundred_readers_cost_a_call_for_each_text(desk: Readers, sandbox: Sandbox) -> None:
    """130 readers in two languages: four calls. Who can't be reached is switched off, as ever."""
    await desk.fan().run()
    assert calls(sandbox) == 4
    assert [number for number in READERS if len(got(sandbox, number)) != 1] == [GONE]
    assert "Headline 1" in got(sandbox, 5001)[0]
    away = await desk.store.subscriptions.reader(Place(Platform.VK, str(GONE)))
    assert away is not None
    assert not away.active
    words = await desk.store.ledger.story(an_article(1).key)
    assert sum(word.state is SlotState.SENT for word in words) == len(READERS) - 1


async def test_a_bot_that_dies_in_a_call_sends_nobody_two(desk: Readers, sandbox: Sandbox) -> None:
    """The next one repeats the call as it was, to the same readers: VK drops what it has seen, nobody is left out."""
    sandbox.faults.add("vk", "messages.send", fault.AcceptThenDrop(), 2)
    await desk.fan().run()
    assert [number for number in READERS if len(got(sandbox, number)) != 1] == [GONE]
    desk.restart()
    await desk.fan().run()
    await desk.jobs.pass_time(timedelta(minutes=2))
    assert [number for number in READERS if len(got(sandbox, number)) != 1] == [GONE]
    slots = [Slot(an_article(1).key, Place(Platform.VK, str(number))) for number in READERS if number != GONE]
    assert {word.state for word in await desk.store.ledger.states(slots) if word} == {SlotState.SENT}


@pytest.mark.parametrize("crashes", [False, True], ids=["no answer", "killed"])
async def test_a_reader_who_changed_the_language_meanwhile_gets_no_second_one(
    desk: Readers, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, crashes: bool
) -> None:
    """What a message says, and so what VK would know it by, is another now: the repeat goes under the number of the
    first. Who was not reached by it gets it then, in the new language."""
    if crashes:
        killed = CrashError()

        async def dies(self: Delivery, *_: object, **__: object) -> None:
            raise killed

        monkeypatch.setattr(Delivery, "settle", dies)
        with contextlib.suppress(ExceptionGroup):
            await desk.fan().run()
        monkeypatch.undo()
        desk.restart()
        desk.clock.advance(LEASE * 2)
        await desk.store.overdue.expire(now=desk.clock.now())
    else:
        sandbox.faults.add("vk", "messages.send", fault.AcceptThenDrop(), 2)
        sandbox.faults.add("vk", "messages.send", fault.DropBefore(), 2)
        await desk.fan().run()
    before = {number: got(sandbox, number) for number in READERS}
    assert any(before.values())
    for number in READERS:
        place = Place(Platform.VK, str(number))
        reader = await desk.store.subscriptions.reader(place)
        assert reader is not None
        if reader.active:
            await desk.store.subscriptions.save(replace(reader, language="en" if reader.language == "ru" else "ru"))
    await desk.fan().run()
    await desk.jobs.pass_time(timedelta(minutes=30))
    assert [number for number in READERS if len(got(sandbox, number)) != 1] == [GONE]
    assert all(got(sandbox, number) == texts for number, texts in before.items() if texts)
    assert await desk.store.calls.open(an_article(1).key) == {}


async def test_a_reader_vk_holds_back_is_served_later(desk: Readers, sandbox: Sandbox) -> None:
    """A call as a whole that must wait is made again with the same receivers."""
    sandbox.faults.add("vk", "messages.send", fault.VkError(9, "Flood control"))
    await desk.fan().run()
    await desk.jobs.pass_time(timedelta(minutes=20))
    assert [number for number in READERS if len(got(sandbox, number)) != 1] == [GONE]
