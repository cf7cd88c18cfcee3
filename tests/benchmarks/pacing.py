"""How much of an allowed rate is used, against a simulated Telegram whose true limit nobody is told.

Four ways of sending the same messages to the same platform: this engine (its real pace over a real embedded redis),
aiogram's broadcast example (a sleep of 0.05 s after each), aiolimiter at 30/s, and python-telegram-bot's AIORateLimiter
(with 5 retries). Time is virtual: it passes only when everybody waits, so that hours of sending take minutes, and each
run gives the same numbers.

Run as a module from the project's root: `python -m tests.benchmarks.pacing [messages]`.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product

import structlog
from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.errors import TryLater
from bot.model import Platform, Post
from bot.pacing import TELEGRAM, Ask, Lane, Turn
from bot.store import open_store
from bot.store.limiter import RedisLimiter
from scheduler.pace import Travel
from scheduler.paced import Pacing
from tests.pacing import Outcome, Simulated, chats, fan_out, outcome, paced
from tests.stores import Address, running_embedded
from tests.virtual import OutsideClient, VirtualClock, VirtualLoop, outside, run

MESSAGES = 10_000
LIMITS = (30, 15, 20, 40)
LATENCIES = (0.02, 0.06, 0.15)
RETRIES = 5
JITTERS = (0.25, 0.4)
REPLIES = 400

Strategy = Callable[[Simulated, list[str]], Awaitable[None]]


async def broadcast_example(platform: Simulated, to: list[str]) -> None:
    """aiogram's examples: one after another, 0.05 s apart; on a 429 wait and say it again."""
    for chat in to:
        while wait := await platform.send(chat):
            await asyncio.sleep(wait)
        await asyncio.sleep(0.05)


async def with_aiolimiter(platform: Simulated, to: list[str]) -> None:
    """A task for each message, a leaky bucket of 30 a second; on a 429 wait and take another turn."""
    limiter = AsyncLimiter(30, 1)

    async def one(chat: str) -> None:
        while True:
            async with limiter:
                wait = await platform.send(chat)
            if not wait:
                return
            await asyncio.sleep(wait)

    await asyncio.gather(*map(one, to))


async def with_ptb(platform: Simulated, to: list[str]) -> None:
    """A task for each message through python-telegram-bot's limiter; after its retries a message is lost."""
    limiter = AIORateLimiter(max_retries=RETRIES)
    await limiter.initialize()

    async def call(chat: str) -> bool:
        wait = await platform.send(chat)
        if wait:
            raise RetryAfter(wait)
        return True

    async def one(chat: str) -> None:
        try:
            await limiter.process_request(call, (chat,), {}, "sendMessage", {"chat_id": int(chat)}, None)
        except RetryAfter:
            return  # lost: what was taken is counted by the platform

    await asyncio.gather(*map(one, to))


STRATEGIES: dict[str, Strategy] = {
    "aiogram's broadcast example": broadcast_example,
    "aiolimiter at 30/s": with_aiolimiter,
    "python-telegram-bot's AIORateLimiter": with_ptb,
}
ENGINE = "Depeche"


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement."""

    strategy: str
    limit: int
    latency: float
    strict: bool
    messages: int
    jitter: float = JITTERS[0]

    def platform(self) -> Simulated:
        """The platform it is measured against."""
        return Simulated(self.limit, self.latency, self.strict, jitter=self.jitter)


async def answer(pacing: Pacing, post: Post) -> None:
    """Send as the conversation does: what must wait for some seconds is waited for."""
    while True:
        try:
            await pacing.lane(Lane.REPLY).publish(post)
        except TryLater as error:
            await asyncio.sleep(error.after.total_seconds())
        else:
            return


async def _engine(
    cell: Cell, address: Address, to: list[list[str]], *, replies: int = 0
) -> tuple[Outcome, list[float]]:
    """The engine over redis; with so many answers to people meanwhile, how long each took from the wish to the word."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    opened = open_store(address.url, address.socket)
    store = await outside(opened.__aenter__())
    await outside(store.client.write("FLUSHALL"))
    platform = cell.platform()
    pacing = paced(platform, RedisLimiter(OutsideClient(store.client), "a token", TELEGRAM))
    took: list[float] = []

    async def converse() -> None:
        for number in range(replies):
            began = loop.time()
            await answer(pacing, Post(Platform.TELEGRAM, "sendMessage", {"chat_id": 5_000_000 + number}))
            took.append(loop.time() - began)
            await asyncio.sleep(cell.messages / cell.limit / replies * 0.8)

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(converse())
            through = await fan_out(pacing, to)
    finally:
        await outside(opened.__aexit__(None, None, None))
    if len(to) > 1:
        took = [through[number] for number in range(len(to))]
    return outcome(platform, sum(map(len, to)) + replies), took


def _configure() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.CRITICAL)


def measure(cell: Cell) -> Outcome:
    """One cell, in a process of its own."""
    _configure()
    to = chats(cell.messages)
    if cell.strategy == ENGINE:
        with running_embedded() as address:
            return run(_engine(cell, address, [to]))[0]
    platform = cell.platform()

    async def send() -> None:
        await STRATEGIES[cell.strategy](platform, to)

    run(send())
    return outcome(platform, cell.messages)


def answering(cell: Cell) -> list[float]:
    """How long answers took while the messages went out."""
    _configure()
    with running_embedded() as address:
        return run(_engine(cell, address, [chats(cell.messages)], replies=REPLIES))[1]


def fairness(cell: Cell) -> list[float]:
    """When an article for 6,000 readers was through, and one for 50 that came with it."""
    _configure()
    large, small = [str(1001 + n) for n in range(6000)], [str(900_001 + n) for n in range(50)]
    with running_embedded() as address:
        return run(_engine(cell, address, [large, small]))[1]


def microseconds() -> float:
    """What a turn costs: reserved for token, chat and group, and settled, each awaited; the median, in real time."""
    _configure()

    async def calls(address: Address) -> float:
        costs = []
        async with open_store(address.url, address.socket) as store:
            limiter, travel, clock = store.limiter("a token", TELEGRAM), Travel(), VirtualClock().now()
            for _ in range(2000):
                clock += 40 * travel.quiet / 300
                ask = Ask(Lane.READERS, None, travel.slack, travel.quiet)
                began = time.perf_counter()
                turn = await limiter.reserve(ask, now=clock)
                if isinstance(turn, Turn):
                    await limiter.settle(turn, sent=True, release=turn.at, now=clock)
                    costs.append(time.perf_counter() - began)
        return statistics.median(costs) * 1e6

    with running_embedded() as address:
        return asyncio.run(calls(address))


def rows(messages: int) -> Iterator[tuple[str, str, list[Cell]]]:
    """A table a platform; a row a strategy; a column a latency."""
    for limit, strict in product(LIMITS, (False, True)):
        kind = "strict" if strict else "lenient"
        for strategy in (ENGINE, *STRATEGIES):
            yield (
                f"true limit {limit}/s, {kind}",
                strategy,
                [Cell(strategy, limit, latency, strict, messages) for latency in LATENCIES],
            )


def head(title: str) -> str:
    """The first two lines of a table."""
    return f"\n| {title} | " + " | ".join(f"{1000 * one:.0f} ms" for one in LATENCIES) + " |\n|" + " --- |" * 4


def row(name: str, found: Iterable[Outcome]) -> str:
    """A line of a table."""
    cells = [f"{one.share:.1f} %, {one.refused:,}, {one.lost:,}" for one in found]
    return "| " + " | ".join([f"**{name}**" if name == ENGINE else name, *cells]) + " |"


def main() -> None:
    """Measure and print."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    print(f"{messages} messages; of the allowed rate used, 429s, lost; each way {JITTERS[0]:.0%} of jitter")
    with ProcessPoolExecutor(2) as pool:
        table = [(title, strategy, pool.map(measure, cells)) for title, strategy, cells in rows(messages)]
        rough = [
            (strict, pool.map(measure, [Cell(ENGINE, 30, one, strict, messages, JITTERS[1]) for one in LATENCIES]))
            for strict in (False, True)
        ]
        last = ""
        for title, strategy, found in table:
            if title != last:
                print(head(title))
                last = title
            print(row(strategy, found), flush=True)
        print(head(f"true limit 30/s, {JITTERS[1]:.0%} of jitter each way"))
        for strict, found in rough:
            print(row(f"{ENGINE}, {'strict' if strict else 'lenient'}", found), flush=True)
    for strict in (False, True):
        took = answering(Cell(ENGINE, 30, 0.06, strict, messages))
        cuts = statistics.quantiles(took, n=100)
        kind = "strict" if strict else "lenient"
        print(f"\nanswers while {messages} go out ({kind}): p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s")
    large, small = fairness(Cell(ENGINE, 30, 0.06, strict=False, messages=messages))
    print(f"\nan article for 6,000 and one for 50 at once: the 50 have it after {small:.1f} s, all after {large:.0f} s")
    print(f"\na turn, reserved and settled in redis (an fsync each): {microseconds():.0f} us")


if __name__ == "__main__":
    main()
