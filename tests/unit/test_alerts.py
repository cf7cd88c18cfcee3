"""Alerts: each problem told once, several together, its end too; also over restarts and without a store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.problems import Problems
from bot.talk import Span
from handlers.alarms import alarm, kind
from handlers.texts import LANGUAGES, Phrases
from scheduler import alerts
from scheduler.alerts import CHANGED, MOST, Alerts, News, patience
from tests.fakes import FixedClock
from tests.waiting import until


@dataclass
class Memory:
    """What the store remembers; `away` makes it a store that is not there."""

    sentences: dict[str, str] = field(default_factory=dict)
    away: bool = False

    def _check(self) -> None:
        if self.away:
            raise StoreError("redis can't be reached")

    async def told(self, problem: str) -> str | None:
        self._check()
        return self.sentences.get(problem)

    async def remember(self, problem: str, sentence: str) -> None:
        self._check()
        self.sentences[problem] = sentence

    async def forget(self, problem: str) -> None:
        self._check()
        self.sentences.pop(problem, None)


@dataclass
class Office:
    """A bot with its problems, and what its admins have heard. `deaf`: none of them can be reached."""

    memory: Memory = field(default_factory=Memory)
    clock: FixedClock = field(default_factory=FixedClock)
    heard: list[News] = field(default_factory=list)
    deaf: bool = False
    leads: bool = True

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process: only the store remembers."""
        self.problems = Problems()
        self.alerts = Alerts(self.memory, self.problems, self.speak, clock=self.clock, in_office=lambda: self.leads)

    async def speak(self, news: News) -> bool:
        if not self.deaf:
            self.heard.append(news)
        return not self.deaf


def began(*pairs: tuple[str, str]) -> News:
    return News(pairs, ())


def over(*pairs: tuple[str, str]) -> News:
    return News((), pairs)


KEY = ("telegram: token", "no such token")


async def test_a_problem_is_told_once_and_so_is_its_end() -> None:
    """However often it is reported meanwhile."""
    office = Office()
    for _ in range(3):
        office.problems.report(*KEY)
        await office.alerts.tell()
    office.problems.clear(KEY[0])
    await office.alerts.tell()
    office.problems.clear(KEY[0])
    await office.alerts.tell()
    assert office.heard == [began(KEY), over(KEY)]
    assert office.memory.sentences == {}


async def test_several_are_told_together() -> None:
    """One message for all that came within some seconds."""
    office = Office()
    office.problems.report("a", "one")
    office.problems.report("b", "two")
    await office.alerts.tell()
    assert office.heard == [began(("a", "one"), ("b", "two"))]


async def test_the_same_words_of_several_channels_are_told_once() -> None:
    """A refused token breaks every channel: its own name stands for all."""
    office = Office()
    for name in ("channel main", "channel second", KEY[0]):
        office.problems.report(name, KEY[1])
    await office.alerts.tell()
    office.problems.report("channel third", KEY[1])
    await office.alerts.tell()
    assert office.heard == [began(KEY)]


async def test_what_is_over_before_anybody_heard_of_it_is_not_told() -> None:
    """Nobody is disturbed for nothing."""
    office = Office()
    office.problems.report(*KEY)
    office.problems.clear(KEY[0])
    await office.alerts.tell()
    assert office.heard == []


async def test_a_restart_tells_nothing_twice_and_knows_what_ends() -> None:
    """The problem is met again, in the same words; then it is over."""
    office = Office()
    office.problems.report(*KEY)
    await office.alerts.tell()
    office.restart()
    await office.alerts.tell()
    office.problems.report(*KEY)
    await office.alerts.tell()
    assert office.heard == [began(KEY)]
    office.restart()
    office.problems.clear(KEY[0])
    await office.alerts.tell()
    assert office.heard == [began(KEY), over(KEY)]


async def test_other_words_are_told_after_a_while() -> None:
    """The next captcha's link is news; other numbers in the same words are not."""
    office = Office()
    office.problems.report("vk posts: captcha", "open vk.example/a?1")
    await office.alerts.tell()
    office.problems.report("vk posts: captcha", "open vk.example/a?2")
    office.clock.advance(CHANGED)
    assert await office.alerts.tell() is None
    office.problems.report("vk posts: captcha", "open vk.example/b")
    await office.alerts.tell()
    office.problems.report("vk posts: captcha", "open vk.example/c")
    assert await office.alerts.tell() == CHANGED.total_seconds()
    office.clock.advance(CHANGED)
    await office.alerts.tell()
    assert [news.began[0][1] for news in office.heard] == [f"open vk.example/{end}" for end in ("a?1", "b", "c")]


async def test_a_source_may_stumble() -> None:
    """A feed that is back within a quarter of an hour was nobody's business."""
    office = Office()
    office.problems.report("source digest", "404")
    assert await office.alerts.tell() == patience("source digest").total_seconds()
    assert office.heard == []
    office.clock.advance(patience("source digest"))
    await office.alerts.tell()
    assert office.heard == [began(("source digest", "404"))]


async def test_without_a_store_it_is_told_all_the_same() -> None:
    """Once, by this process's own memory, and its end as well."""
    office = Office(memory=Memory(away=True))
    for _ in range(2):
        office.problems.report("store", "redis can't be reached")
        await office.alerts.tell()
    assert await office.alerts.tell() == alerts.UNHEARD.total_seconds(), "it will be written down later"
    office.memory.away = False
    await office.alerts.tell()
    assert office.memory.sentences == {"store": "redis can't be reached"}
    office.problems.clear("store")
    await office.alerts.tell()
    assert office.memory.sentences == {}
    assert office.heard == [began(("store", "redis can't be reached")), over(("store", "redis can't be reached"))]


async def test_when_nobody_can_be_reached_it_is_tried_again() -> None:
    """Nothing counts as told before somebody heard."""
    office = Office(deaf=True)
    office.problems.report(*KEY)
    office.problems.mention("channel main", "refused")
    assert await office.alerts.tell() == alerts.UNHEARD.total_seconds()
    assert office.memory.sentences == {}
    office.deaf = False
    await office.alerts.tell()
    assert office.heard == [began(KEY, ("channel main", "refused"))]


async def test_a_refused_article_is_told_of_once_and_has_no_end() -> None:
    """Each by itself, and many of them not in one endless message."""
    office = Office()
    for number in range(MOST + 1):
        office.problems.mention("channel main", f"{number} refused")
    assert await office.alerts.tell() == alerts.UNHEARD.total_seconds()
    await office.alerts.tell()
    office.problems.clear("channel main")
    await office.alerts.tell()
    assert [len(news.began) for news in office.heard] == [MOST, 1]
    assert office.problems.all() == ()


async def test_what_ends_while_it_is_being_told_ends_in_the_next_message() -> None:
    """Telling takes its time."""
    office = Office()
    office.problems.report(*KEY)

    async def slowly(news: News) -> bool:
        if news.began:
            office.problems.clear(KEY[0])
        return await office.speak(news)

    office.alerts._speak = slowly
    await office.alerts.tell()
    await office.alerts.tell()
    assert office.heard == [began(KEY), over(KEY)]


async def test_a_copy_that_waits_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that works does; it speaks by itself once it leads, soon after something began."""
    monkeypatch.setattr(alerts, "GATHER", timedelta(seconds=0.02))
    office = Office(leads=False)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(office.alerts.run())
        office.problems.report(*KEY)
        await asyncio.sleep(0.1)
        assert office.heard == []
        office.leads = True
        await until(lambda: office.heard == [began(KEY)], "it speaks")
        office.problems.clear(KEY[0])
        await until(lambda: len(office.heard) == 2, "and tells the end")
        running.cancel()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alarm_says_what_is_wrong_and_what_to_do(language: str) -> None:
    """The problem's own sentence, a piece of advice that fits it, and where to look."""
    say = Phrases(language)
    reply = alarm([("vk posts: captcha", "open https://vk.example/1")], [KEY], say)
    text = "".join(span.text for span in reply.text)
    assert "https://vk.example/1" in text
    assert say("alert-do", kind="captcha") in text
    assert "✓ telegram: token" in text
    assert "/status" in text
    assert reply.text[0] == Span(say("alert").strip("*"), bold=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("store", "store"),
        ("source digest", "source"),
        ("moved telegram:-4001", "moved"),
        ("telegram: token", "token"),
        ("vk posts: captcha", "captcha"),
        ("vk messages: rights", "rights"),
        ("vk", "rights"),
        ("vk posts: flood control", "flood"),
        ("vk posts: quota", "flood"),
        ("telegram: unreachable", "network"),
        ("telegram updates", "network"),
        ("queue main", "queue"),
        ("channel main", "other"),
    ],
)
def test_each_kind_of_problem_has_its_advice(name: str, expected: str) -> None:
    """In every language, and not the last resort's."""
    assert kind(name) == expected
    for language in LANGUAGES:
        say = Phrases(language)
        assert (say("alert-do", kind=expected) == say("alert-do", kind="no such kind")) == (expected == "other")
