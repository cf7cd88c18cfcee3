"""The torture: rounds of a real bot over the sandbox, each ended by a kill; then a calm run, then the count.

Every named moment between "fetched" and "acknowledged" gets its turn, for the bot and for redis; after that moments are
random. In every other round a network misbehaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.checkpoints import Moment
from bot.model import Article, Place, Platform, Slot, SlotState
from bot.sandbox.faults import AcceptThenDrop, Cut, DropBefore, Fault, Hang, HtmlPage, Status, TooMany
from bot.sandbox.newsroom import Story
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.victim import FAULT_POINT, FaultPoint
from bot.sandbox.world import CHANNEL, LOG_CHAT, WALL
from bot.store import Store, open_server, open_store
from scheduler.fanout import AGAIN, FRESH
from tests.journeys.newsroom import ANNA, ILYA, asks, fresh, has_read, is_listening
from tests.journeys.nursery import Child, start
from tests.journeys.process import environment, write_settings
from tests.waiting import until, until_true

ROUND_SECONDS = 5.0
START_SECONDS = 180.0
"""A busy machine takes its time to start a process, two hundred times."""
CALM_SECONDS = 1800.0
"""A channel takes twenty posts a minute, and many may be waiting by then."""
DOUBT_SECONDS = 60.0
WALL_TAKES_ALL = "daily_cap = 1000\n"
"""For the last of the channels, the wall: by itself it would keep what is over VK's 50 a day for tomorrow."""
QUEUES = ("channel", "wall", FRESH, AGAIN)
FAULTS: tuple[Callable[[], Fault], ...] = (
    AcceptThenDrop,
    DropBefore,
    Cut,
    Hang,
    HtmlPage,
    lambda: Status(500),
    lambda: TooMany(1),
)
METHODS = (("telegram", "sendMessage"), ("vk", "wall.post"), ("vk", "messages.send"))
PLACES = {
    CHANNEL: Place(Platform.TELEGRAM, "@digest"),
    WALL: Place(Platform.VK, "-220"),
    ANNA: Place(Platform.TELEGRAM, "2002"),
    ILYA: Place(Platform.VK, "43"),
}
PRIVATE = {PLACES[ANNA], PLACES[ILYA]}
"""What may have reached a reader is not repeated: there zero beats two, and nobody is asked."""
VICTIMS: tuple[Literal["bot"], Literal["redis"]] = ("bot", "redis")


@dataclass
class Count:
    """What came of it all; article × place."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    due: int = 0
    posted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled_in_public: list[str] = field(default_factory=list)
    doubled_to_a_reader: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    not_repeated: Counter[str] = field(default_factory=Counter)
    """By the reason."""
    waited_for: list[str] = field(default_factory=list)
    """In vain: the rest of that phase was left out."""

    def __str__(self) -> str:
        """The table at the end."""
        rows = {
            "rounds": self.rounds,
            "killed": ", ".join(f"{victim} {times}" for victim, times in sorted(self.kills.items())),
            "due (article × place)": self.due,
            "posted": self.posted,
            "lost": len(self.lost),
            "doubled in public": len(self.doubled_in_public),
            "doubled to a reader": len(self.doubled_to_a_reader),
            "left unconfirmed": len(self.unconfirmed),
            "not repeated to a reader": self.not_repeated.total(),
        }
        return "\n".join(f"{name:<24}{value}" for name, value in rows.items())


@dataclass(frozen=True, slots=True)
class Plan:
    """How a round ends: at a named moment, or else so many seconds after the news."""

    victim: Literal["bot", "redis"]
    point: FaultPoint | None = None
    after: float = ROUND_SECONDS

    def __str__(self) -> str:
        return f"{self.victim} at {self.point.moment if self.point else 'a random moment'}"


def plans(rounds: int, dice: random.Random) -> list[Plan]:
    """First every moment once for each victim, then at random."""
    every = [
        Plan(victim, FaultPoint(victim, moment, dice.choice((0, 0, 1)))) for moment in Moment for victim in VICTIMS
    ]
    dice.shuffle(every)
    return (every + [Plan(dice.choice(VICTIMS), after=dice.uniform(0.0, 2.5)) for _ in range(rounds)])[:rounds]


def story(number: int) -> Story:
    """One of many that differ in a number."""
    return Story(
        slug=f"train-{number:04}",
        outlet="Nordic Rail Weekly",
        headline=f"Nordic Rail Weekly: поезд {number:04} пришёл вовремя",
        lead="На платформе его встретили с оркестром. Машинист просил не благодарить.",
        body=("Такое случается не каждый день, пишет Nordic Rail Weekly.",),
        credit="Эйвинд Лунд",
        country="Норвегия",
        region="Европа",
        tags=("Поезда", "Путешествия"),
        original_url=f"https://outlet.example/trains/{number:04}",
    )


@asynccontextmanager
async def bot_process(folder: Path, env: dict[str, str], point: FaultPoint | None = None) -> AsyncIterator[Child]:
    """The bot with a plan for its end; killed with the block."""
    fault = {} if point is None else {FAULT_POINT: str(point)}
    process = start("bot.sandbox.victim", cwd=folder, env=environment({**env, **fault}), out=folder / "victim.log")
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def torment(folder: Path, rounds: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> Count:
    """All of it. The same seed gives the same plan; the moments of random kills depend on the machine."""
    dice = random.Random(seed)  # noqa: S311 - a plan that can be repeated, not a secret
    count = Count(rounds)
    async with open_sandbox() as sandbox:
        for number in range(rounds * 2 + 10):
            sandbox.newsroom.add(story(number))
        env = write_settings(folder, sandbox) | {"DEPECHE_TELEGRAM__LOG_CHAT": LOG_CHAT.partition(":")[2]}
        with (folder / "depeche.toml").open("a", encoding="utf-8") as settings:
            settings.write(WALL_TAKES_ALL)
        with _in_time(count):
            await _calm_start(sandbox, folder, env)
            for number, plan in enumerate(plans(rounds, dice), start=1):
                fault = _misbehave(sandbox, dice) if number % 2 else "calm networks"
                await _round(sandbox, folder, env, plan, dice.choice((1, 1, 2)))
                count.kills[plan.victim] += 1
                tell(f"round {number}: killed {plan}, {fault}")
        sandbox.faults.clear()
        await _calm_end(sandbox, folder, env, count)
    return count


@contextlib.contextmanager
def _in_time(count: Count) -> Iterator[None]:
    """A phase that waits in vain is over, and what came of it is counted all the same."""
    try:
        yield
    except AssertionError as error:
        count.waited_for.append(str(error))


async def _calm_start(sandbox: Sandbox, folder: Path, env: dict[str, str]) -> None:
    async with bot_process(folder, env):
        await has_read(sandbox, within=START_SECONDS)
        await is_listening(sandbox)
        await asks(sandbox, ANNA, "/subscribe Поезда")
        await asks(sandbox, ILYA, "подписаться Поезда")


def _misbehave(sandbox: Sandbox, dice: random.Random) -> str:
    """One network fails once or twice in the coming round."""
    platform, method = dice.choice(METHODS)
    fault = dice.choice(FAULTS)()
    sandbox.faults.add(platform, method, fault, times=dice.choice((1, 2)))  # type: ignore[arg-type]  # one of METHODS
    return f"{type(fault).__name__} on {method}"


async def _round(sandbox: Sandbox, folder: Path, env: dict[str, str], plan: Plan, articles: int) -> None:
    """Start, publish, and let the plan have its way. The bot outlives its redis, which it starts again; the end of the
    round is the end of both."""
    reads = _reads(sandbox)
    async with bot_process(folder, env, plan.point) as process:
        await until(
            lambda: process.returncode is not None or _reads(sandbox) > reads,
            "the bot reads the feed",
            within=START_SECONDS,
        )
        for _ in range(articles):
            sandbox.newsroom.publish_next()
        if await _ends(process, plan.after) or plan.point or plan.victim == "bot":
            return
        os.kill(int((folder / "var" / "valkey.lock").read_text()), signal.SIGKILL)
        await _ends(process, ROUND_SECONDS - plan.after)


async def _ends(process: Child, within: float) -> bool:
    """Whether the bot is dead by then: it may outlive its redis, or its moment never come."""
    try:
        async with asyncio.timeout(within):
            await process.wait()
    except TimeoutError:
        return False
    return True


async def _calm_end(sandbox: Sandbox, folder: Path, env: dict[str, str], count: Count) -> None:
    """Nothing fails any more: all that is due goes out, claims of the dead expire, doubts are cleared up."""
    reads = _reads(sandbox)
    async with bot_process(folder, env):
        with _in_time(count):
            await until(lambda: _reads(sandbox) > reads, "the last bot reads the feed", within=START_SECONDS)
        async with (
            open_server(folder / "var", join=True) as server,
            open_store(None, server.socket) as store,
        ):
            with _in_time(count):
                await until_true(lambda: _is_quiet(sandbox, store), "everything is settled", within=CALM_SECONDS)
            with contextlib.suppress(AssertionError):  # what stays in doubt is for a person to decide, and is counted
                await until_true(lambda: _no_doubts(store), "every doubt is cleared up", within=DOUBT_SECONDS)
                await until_true(lambda: _is_quiet(sandbox, store), "what was sent again is there")
            await _count(sandbox, store, count)


def _reads(sandbox: Sandbox) -> int:
    return sum(call.method == "rss" for call in sandbox.world.calls)


async def _is_quiet(sandbox: Sandbox, store: Store) -> bool:
    newest = sandbox.newsroom.page_url(fresh(sandbox)[-1])
    if await store.articles.find(newest) is None:
        return False
    tally = await store.overdue.tally()
    sizes = await store.queues.sizes(QUEUES)
    busy = (SlotState.CLAIMED, SlotState.DEFERRED)
    return not any(sizes.values()) and not any(tally.get(state, 0) for state in busy)


async def _no_doubts(store: Store) -> bool:
    return not (await store.overdue.tally()).get(SlotState.UNCONFIRMED, 0)


async def _count(sandbox: Sandbox, store: Store, count: Count) -> None:
    stories = {one.story.slug: one.story for one in sandbox.newsroom.published}
    for slug in fresh(sandbox):
        article = await store.articles.find(sandbox.newsroom.page_url(slug))
        for chat, place in PLACES.items():
            if chat in {ANNA, ILYA} and "Поезда" not in stories[slug].tags:
                continue
            count.due += 1
            await _count_one(sandbox, store, count, (slug, stories[slug].headline, article), (chat, place))


async def _count_one(
    sandbox: Sandbox, store: Store, count: Count, what: tuple[str, str, Article | None], where: tuple[str, Place]
) -> None:
    slug, headline, article = what
    chat, place = where
    messages = sandbox.world.chat(chat).messages.values()
    times = sum(message.sender == "bot" and headline in message.text for message in messages)
    word = (await store.ledger.states([Slot(article.key, place)]))[0] if article else None
    name = f"{slug} at {chat} ({word.state if word else 'never heard of'})"
    count.posted += bool(times)
    if word is not None and word.state is SlotState.UNCONFIRMED:
        count.unconfirmed.append(name)
    elif times == 0 and place in PRIVATE and word is not None and word.state is SlotState.SKIPPED:
        count.not_repeated[word.reason or "no reason"] += 1
    elif times == 0:
        count.lost.append(name)
    if times > 1:
        (count.doubled_to_a_reader if chat in {ANNA, ILYA} else count.doubled_in_public).append(f"{name}: {times}")
