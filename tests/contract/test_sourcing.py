"""`/sources`: what admins see and do with sources, that it survives a restart, and that it is done."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conditions import SourceState
from bot.console.sourcing import print_trial
from bot.errors import SourceError
from bot.imprint import Imprint
from bot.model import Image, Platform
from bot.source.merge import merge
from bot.sourcing import Outcome
from bot.store import Store
from scheduler.directory import Directory
from scheduler.rounds import SWEEP, Rounds
from tests.fakes import NOON, TalkingBot
from tests.newsdesk import SOURCE, Newsdesk, Newsstand, Reading, an_article

GAZETTE = "https://gazette.example/rss"
ADMIN = "1001"


class Papers(Newsstand):
    """Every address but one has a feed. `read` are the addresses asked for."""

    def __init__(self) -> None:
        super().__init__(an_article(1), an_article(2))
        self.read: list[str] = []
        self.pages[an_article(2).url] = replace(
            an_article(2), lead="It is a page.", image=Image("https://a.example/1.jpg")
        )

    async def feed(
        self, url: str, state: SourceState, listing: str | None = None, last: Imprint | None = None
    ) -> Reading:
        self.read.append(url)
        if "broken" in url:
            raise SourceError("gone", say="There is nothing at this address any more (404).")
        return await super().feed(url, state, listing, last)


def directory_of(store: Store, papers: Papers | None = None) -> Directory:
    """As after a start."""
    return Directory((SOURCE,), store.directives, store.sources, merge, papers or Papers())


@pytest.fixture
def bot(store: Store) -> TalkingBot:
    return TalkingBot(store, admins={Platform.TELEGRAM: frozenset({ADMIN})}, sourcing=directory_of(store))


async def test_the_list_tells_how_each_source_is(bot: TalkingBot) -> None:
    """Last success, next check, rate and errors; what is paused says so."""
    times = tuple(NOON - timedelta(minutes=40) * back for back in range(12))[::-1]
    state = SourceState(succeeded_at=NOON, checked_at=NOON, next_check=NOON + timedelta(minutes=5), times=times)
    await bot.store.sources.save("digest", state)
    admin = bot.person(chat=ADMIN)
    said = await admin.says("/sources")
    assert "1 source" in said
    assert "✓ digest: read 12:00, next 12:05" in said
    assert "usually an article every 40 min" in said
    await bot.store.sources.save("digest", replace(state, error="digest.example can't be reached.", failures=3))
    assert "can't be reached. (in a row: 3)" in await admin.says("/sources")
    assert "⏸ digest: paused" in await admin.presses("⏸ digest")
    assert "▶ digest" in admin.buttons
    assert "next" in await admin.presses("▶ digest")


async def test_a_source_is_tried_before_it_is_added(bot: TalkingBot) -> None:
    """What would come out of it is shown with its evidence; what can't be read is not added."""
    admin = bot.person(chat=ADMIN)
    said = await admin.says(f"/sources test {GAZETTE}")
    assert "There are 2 articles" in said
    assert "headline: feed and page (jsonld)" in said
    assert "lead: page (jsonld)" in said
    said = await admin.says("/sources add gazette https://broken.example/rss")
    assert "nothing was changed. There is nothing at this address any more (404)." in said
    assert await bot.store.directives.every() == []
    said = await admin.says(f"/sources add la gazette {GAZETTE}")
    assert "la gazette is added. What is in it now is not posted" in said
    assert "There are 2 articles" in said
    assert "already. Please choose another name" in await admin.says(f"/sources add la gazette {GAZETTE}")
    assert "already. Please choose another name" in await admin.says(f"/sources add digest {GAZETTE}")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/sources add", "Give a name and an address"),
        ("/sources add x ftp://a.example/", "Give a name and an address"),
        ("/sources test nonsense", "Give the address of a feed"),
        ("/sources pause nobody", "I know no source “nobody”"),
        ("/sources resume digest", "nothing was changed"),
        ("/sources dance", "/sources add NAME ADDRESS"),
    ],
)
async def test_what_is_not_understood_says_what_to_type(bot: TalkingBot, text: str, answer: str) -> None:
    """And changes nothing."""
    assert answer in await bot.person(chat=ADMIN).says(text)
    assert await bot.store.directives.every() == []


async def test_the_command_line_shows_a_trial_as_a_table(capsys: pytest.CaptureFixture[str], store: Store) -> None:
    """Every field of an article, and what it is known from."""
    found = await directory_of(store).trial(GAZETTE)
    print_trial(replace(found, hub="https://hub.example/"))
    shown = capsys.readouterr().out.replace("│", " ")
    assert "2 articles at https://gazette.example/rss" in shown
    assert "(https://hub.example/) would push news" in shown
    assert re.search(r"headline\s+Headline 2\s+feed and page \(jsonld\)", shown)
    assert re.search(r"lead\s+It is a page\.\s+page \(jsonld\)", shown)


async def test_others_hear_nothing_of_sources(bot: TalkingBot) -> None:
    """A reader gets the answer of a command that does not exist."""
    reader = bot.person(chat="555")
    assert await reader.says("/sources") == await reader.says("/nonsense")


async def test_everything_survives_a_restart(store: Store) -> None:
    """Added, paused, resumed, removed: another process knows it."""
    await directory_of(store).add("gazette", GAZETTE, by="telegram 1001")
    await directory_of(store).pause("digest", by="telegram 1001")
    assert [(one.source.name, one.paused, one.added) for one in await directory_of(store).listed()] == [
        ("digest", True, False),
        ("gazette", False, True),
    ]
    await directory_of(store).resume("digest", by="x")
    assert await directory_of(store).pause("gazette", by="x") is Outcome.DONE
    assert await directory_of(store).pause("gazette", by="x") is Outcome.ALREADY
    assert [one.name for one in await directory_of(store).active()] == ["digest"]
    await directory_of(store).remove("gazette", by="x")
    await directory_of(store).remove("digest", by="x")
    assert await directory_of(store).listed() == []
    assert await directory_of(store).remove("digest", by="x") is Outcome.UNKNOWN
    await directory_of(store).add("digest", GAZETTE, by="x")
    assert [one.source.url for one in await directory_of(store).listed()] == [GAZETTE]


async def test_one_source_is_found_as_all_of_them_are_listed(store: Store) -> None:
    """Of the settings or added, paused, removed, or added in the place of a removed one."""
    directory = Directory(
        [replace(SOURCE, name=name) for name in ("as written", "paused", "removed", "replaced")],
        store.directives,
        store.sources,
        merge,
    )
    for name in ("paused", "added and paused"):
        await directory.add(name, GAZETTE, by="x")
        await directory.pause(name, by="x")
    for name in ("removed", "replaced", "nobody"):
        await directory.remove(name, by="x")
    for name in ("replaced", "added"):
        await directory.add(name, GAZETTE, by="x")
    active = {source.name: source for source in await directory.active()}
    assert list(active) == ["as written", "replaced", "added"]
    assert (active["as written"].url, active["replaced"].url) == (SOURCE.url, GAZETTE)
    for name in ("as written", "paused", "removed", "replaced", "added", "added and paused", "nobody"):
        assert await directory.find(name) == active.get(name)


async def test_what_is_decided_is_done(store: Store) -> None:
    """A source added is read within seconds and its old articles stay unposted; a paused one is not read; what came
    meanwhile is posted when it is resumed."""
    desk, papers = Newsdesk(store), Papers()
    directory = Directory((), store.directives, store.sources, merge)
    rounds = Rounds(
        directory=directory,
        collector=desk.collector(papers),
        publications=(),
        fanout=None,
        overdue=store.overdue,
        jobs=desk.jobs,
        clock=desk.clock,
    )
    rounds.start()
    await desk.jobs.pass_time(2 * SWEEP)
    assert papers.read == []

    await directory.add("gazette", GAZETTE, by="x")
    await desk.jobs.pass_time(2 * SWEEP)
    assert papers.read == [GAZETTE]
    assert await desk.waiting() == []

    await directory.pause("gazette", by="x")
    papers.entries.append(an_article(3))
    await desk.jobs.pass_time(timedelta(hours=2))
    assert papers.read == [GAZETTE]

    await directory.resume("gazette", by="x")
    await desk.jobs.pass_time(2 * SWEEP)
    assert await desk.waiting() == ["Headline 3"]

    await directory.remove("gazette", by="x")
    asked = len(papers.read)
    await desk.jobs.pass_time(timedelta(hours=2))
    assert len(papers.read) == asked
