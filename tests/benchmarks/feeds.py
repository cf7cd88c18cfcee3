"""How long a round through a thousand feeds of two hundred articles takes, beside other parsers in threads.

Run as a module from the project's root: `python -m tests.benchmarks.feeds [FEEDS]`. The feeds come over HTTP from a
process of their own; each way to read them has one, too. In the *changed* round every feed has one new article; in the
*same* one the server answers 304, or, without validators, the same bytes again. "lag": how late the event loop was at
worst, "own lag": how much of that this process worked meanwhile, which a busy machine does not lengthen.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import fastfeedparser
import feedparser
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.conditions import SourceState
from bot.imprint import Imprint
from bot.process import loop_factory, settle
from bot.source.fetch import Fetcher
from bot.source.newsstand import Newsstand
from tests.benchmarks._collecting import collecting

ARTICLES = 200
AT_ONCE = 100
WORDS = [
    "Франция",
    "премьер",
    "заявил",
    "переговоры",
    "о",
    "мире",
    "президент",
    "Париж",
    "выборы",
    "газета",
    "экономика",
    "санкции",
    "рост",
    "регион",
    "власти",
    "суд",
    "закон",
    "новый",
    "после",
    "встречи",
    "министр",
    "в",
    "на",
]
ROUNDS = ("first", "changed", "same", "same, no validators")
WITH_BOOKS = "Depeche, with its books"
"""All that the bot does, with a state in redis."""
SLOW = ("feedparser in threads",)
"""What is asked for one round only."""


def an_article(number: int) -> str:
    """As a digest's feed has it."""
    chance = random.Random(number)  # noqa: S311 - not a secret, and the same each time
    title, lead = (" ".join(chance.choice(WORDS) for _ in range(length)) for length in (9, 25))
    return (
        f"<item><title>{title}</title><link>https://site.example/news/{number}</link>"
        f'<guid isPermaLink="false">site-{number}</guid>'
        f"<pubDate>Tue, 24 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 +0300</pubDate>"
        f"<category>Мир</category><category>Франция</category><description><![CDATA[<p>{lead}</p>]]></description>"
        f'<enclosure url="https://site.example/i/{number}.jpg" type="image/jpeg" length="1"/></item>'
    )


def serve(feeds: int, listening: socket.socket) -> None:
    """Answer for all the feeds, with an ETag but in the last round; /turn/ROUND begins a round."""
    written = [an_article(number) for number in range(ARTICLES + 1 + feeds)]
    head, tail = (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Digest</title>",
        "</channel></rss>",
    )

    turns = [ROUNDS[0]]

    async def begin(request: web.Request) -> web.Response:
        turns.append(ROUNDS[int(request.match_info["turn"])])
        return web.Response()

    async def answer(request: web.Request) -> web.Response:
        feed, turn = int(request.match_info["feed"]), turns[-1]
        newest = feed + (turn != "first")
        etag = {} if turn == ROUNDS[-1] else {"ETag": f'"{newest}"'}
        if etag and request.headers.get("If-None-Match") == etag["ETag"]:
            return web.Response(status=304, headers=etag)
        body = head + "\n".join(reversed(written[newest : newest + ARTICLES])) + tail
        return web.Response(body=body.encode(), headers={"Content-Type": "application/rss+xml", **etag})

    app = web.Application()
    app.router.add_get("/turn/{turn}", begin)
    app.router.add_get("/{feed}", answer)
    web.run_app(app, sock=listening, print=None, access_log=None)


class Local(AbstractResolver):
    """Every name is this machine, so that each feed has a host of its own."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        pass


Reader = Callable[[str, int], Awaitable[int]]
"""Reads a feed, by its address and number; how many articles it gave."""


class Plain:
    """Fetch with aiohttp, remember the ETag, and parse in asyncio's threads, if at all."""

    def __init__(self, session: aiohttp.ClientSession, parse: Callable[[bytes], int] | None) -> None:
        self._session = session
        self._parse = parse
        self._etags: dict[int, str] = {}

    async def read(self, url: str, feed: int) -> int:
        known = self._etags.get(feed)
        async with self._session.get(url, headers={"If-None-Match": known} if known else None) as response:
            body = await response.read()
            self._etags[feed] = response.headers.get("ETag", "")
        if response.status == 304 or self._parse is None:
            return 0
        return await asyncio.to_thread(self._parse, body)


class Ours:
    """As the bot reads, with what it remembers from one reading to the next."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._stand = Newsstand(fetcher, {})
        self._states: dict[int, SourceState] = {}
        self._imprints: dict[int, Imprint | None] = {}

    async def read(self, url: str, feed: int) -> int:
        reading = await self._stand.feed(url, self._states.get(feed, SourceState()), None, self._imprints.get(feed))
        self._states[feed] = SourceState(etag=reading.etag)
        self._imprints[feed] = reading.imprint
        return len(reading.entries or ())


async def measure(way: str, feeds: int, port: int) -> list[dict[str, Any]]:
    """The rounds of one way, one after another."""
    parsers: dict[str, Callable[[bytes], int] | None] = {
        "fetching alone": None,
        "fastfeedparser in threads": lambda body: len(fastfeedparser.parse(body).entries),
        "feedparser in threads": lambda body: len(feedparser.parse(body).entries),
    }
    if way == WITH_BOOKS:
        return await with_books(feeds, port)
    connector = aiohttp.TCPConnector(resolver=Local(), limit=512)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        Fetcher(user_agent="bench", allow_networks=[ip_network("127.0.0.0/8")], resolver=Local()) as fetcher,
    ):
        read = Ours(fetcher).read if way == "Depeche" else Plain(session, parsers[way]).read
        turns = [1] if way in SLOW else range(len(ROUNDS))
        told = []
        for turn in turns:
            await session.get(f"http://site.example:{port}/turn/{turn}")
            told.append({"way": way, "round": ROUNDS[turn], **await one_round(read, feeds, port)})
        return told


async def with_books(feeds: int, port: int) -> list[dict[str, Any]]:
    """What the bot does for a source that says nothing new, from what was decided about it to when it is due next."""
    async with (
        collecting(feeds, f"http://site{{0}}.example:{port}/{{0}}", Local()) as (read, session),
        session.get(f"http://site.example:{port}/turn/2"),
    ):
        await one_round(read, feeds, port)  # as the others, it has its connections by then
        return [{"way": WITH_BOOKS, "round": ROUNDS[2], **await one_round(read, feeds, port)}]


async def one_round(read: Reader, feeds: int, port: int) -> dict[str, float]:
    """Read every feed once, many at the same time."""
    room, lags, own, done = asyncio.Semaphore(AT_ONCE), [0.0], [0.0], asyncio.Event()

    async def one(feed: int) -> int:
        async with room:
            return await read(f"http://site{feed}.example:{port}/{feed}", feed)

    async def watch() -> None:
        while not done.is_set():
            asked, worked = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - asked - 0.001)
            own.append(time.process_time() - worked)

    forget_peak()
    cpu, started = time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        found = sum(await asyncio.gather(*map(one, range(feeds))))
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        done.set()
    late, busy = max(lags) * 1000, max(own) * 1000
    return {"seconds": took, "cpu": cpu, "lag": late, "own": busy, "peak": peak(), "articles": found}


def forget_peak() -> None:
    """From now on the most memory is measured anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> float:
    """The most memory this process had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def server(feeds: int) -> Iterator[int]:
    """The port of a server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        descriptor, port = listening.fileno(), listening.getsockname()[1]
        command = [sys.executable, "-m", "tests.benchmarks.feeds", "serve", str(feeds), str(descriptor)]
        process = subprocess.Popen(command, pass_fds=[descriptor])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Measure every way, and print."""
    match sys.argv[1:]:
        case ["serve", feeds, descriptor]:
            serve(int(feeds), socket.socket(fileno=int(descriptor)))
        case ["measure", way, feeds, port]:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            settle()
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                sys.stdout.write(json.dumps(runner.run(measure(way, int(feeds), int(port)))))
        case asked:
            _all(int(asked[0]) if asked else 1000)


def _all(feeds: int) -> None:
    sys.stdout.write(f"{feeds} feeds of {ARTICLES} articles: s, CPU s, peak MB, lag and own lag in ms, articles told\n")
    with server(feeds) as port:
        for way in ("fetching alone", "Depeche", WITH_BOOKS, "fastfeedparser in threads", "feedparser in threads"):
            command = [sys.executable, "-m", "tests.benchmarks.feeds", "measure", way, str(feeds), str(port)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            for row in json.loads(told):
                numbers = "{seconds:8.2f} {cpu:8.2f} {peak:6.0f} {lag:6.0f} {own:6.0f} {articles:7}".format(**row)
                sys.stdout.write(f"{row['round']:20} {way:26} {numbers}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
