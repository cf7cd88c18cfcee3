"""Trouble of every kind, with the whole bot over the sandbox: `/status` says what is wrong, the rest goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import scheduler.breaker
import scheduler.deliver
from bot.app import open_app
from bot.sandbox.faults import Body, DropBefore, HtmlPage, Status, TooMany
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, EDITOR_ID, GROUP_ID, WALL
from tests.journeys.newsroom import ANNA, EDITOR, asks, fresh, has_read, headlines, said, settings
from tests.stores import running, valkey_binary
from tests.waiting import until, until_true

ALWAYS = 10_000
HTML = b"<!doctype html><html><body><p>Nothing to read here.</p></body></html>"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as opened:
        opened.world.chat(EDITOR).language = "en"
        yield opened


@pytest.fixture(autouse=True)
def _mended_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that refuses everything is tried again after a second, not after ten minutes."""
    monkeypatch.setattr(scheduler.deliver, "MENDING", timedelta(seconds=1))
    monkeypatch.setattr(scheduler.breaker, "REFUSED_PAUSE", timedelta(seconds=1))


async def status_says(sandbox: Sandbox, *words: str) -> str:
    """Ask for `/status` until all of it is there, in one answer."""

    async def is_told() -> bool:
        text = await asks(sandbox, EDITOR, "/status")
        return all(word in text for word in words)

    try:
        await until_true(is_told, f"/status says {words}", within=15)
    except AssertionError as error:
        raise AssertionError(f"{error}; it says:\n{said(sandbox, EDITOR)[-1]}") from None
    return said(sandbox, EDITOR)[-1]


def posted(sandbox: Sandbox, chat: str) -> Callable[[], bool]:
    """Everything fresh stands there, in order, each once."""
    return lambda: bool(fresh(sandbox)) and headlines(sandbox, chat) == fresh(sandbox)


async def everything_arrives(sandbox: Sandbox, *chats: str) -> None:
    for chat in chats or (CHANNEL, WALL):
        await until(posted(sandbox, chat), f"all of it stands in {chat}, in order")


# Sources


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status(503), "503"),
        (DropBefore(), "can't be reached"),
        (Body(HTML, "text/html"), "feed"),
        (HtmlPage(502), "502"),
        (Body(b"", "application/rss+xml"), "feed"),
    ],
    ids=["503", "cut", "HTML", "proxy", "empty"],
)
async def test_a_feed_that_cannot_be_read(sandbox: Sandbox, tmp_path: Path, fault: Any, words: str) -> None:
    """Unreachable, or a web page in its place: named with what is wrong; the bot answers, and once the feed is back
    everything of the meantime is posted. Lost: nothing."""
    async with open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        sandbox.faults.add("news", "rss", fault, ALWAYS)
        sandbox.newsroom.publish_next()
        text = await status_says(sandbox, "✕ digest", words)
        assert "Traceback" not in text
        sandbox.newsroom.publish_next()
        sandbox.faults.clear()
        await everything_arrives(sandbox)
        await status_says(sandbox, "✓ digest")


async def test_another_source_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    """One of two feeds is at an address where nobody is. Lost: nothing."""
    sources = [
        {"name": "nowhere", "url": "http://127.0.0.1:9/rss", "every": "1s"},
        {"name": "digest", "url": sandbox.feed_url, "every": "1s"},
    ]
    async with open_app(settings(sandbox, tmp_path, sources=sources)):
        await has_read(sandbox)
        sandbox.newsroom.publish_next()
        await everything_arrives(sandbox)
        await status_says(sandbox, "✕ nowhere", "✓ digest")


@asynccontextmanager
async def feed_of(*entries: str) -> AsyncIterator[str]:
    """The address of a feed with these entries; its pages are all missing."""

    async def rss(_request: web.Request) -> web.Response:
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{"".join(entries)}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/rss", rss)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/rss"
    finally:
        await runner.cleanup()


async def test_entries_without_an_address_or_a_title(sandbox: Sandbox, tmp_path: Path) -> None:
    """One has no link, one has neither title nor text: both are named, and the third is posted. Lost: nothing that
    could be posted."""
    entries = (
        "<item><title>Nowhere to go</title><guid isPermaLink='false'>1</guid></item>",
        "<item><link>http://127.0.0.1:9/empty</link></item>",
        "<item><title>Whole</title><link>http://127.0.0.1:9/whole</link></item>",
    )
    async with feed_of(*entries) as url:
        sources = [{"name": "odd", "url": url, "every": "1s", "backfill": 5, "full_page": False}]
        async with open_app(settings(sandbox, tmp_path, sources=sources)):
            await until(lambda: any("Whole" in text for text in said(sandbox, CHANNEL)), "the whole one is posted")
            await status_says(sandbox, "✓ odd", "«Nowhere to go»", "neither a title nor a text")
            assert len(said(sandbox, CHANNEL)) == 1


@pytest.mark.parametrize(
    "fault",
    [Status(404), Body(HTML, "text/html"), Body(b"%PDF-1.4", "application/pdf")],
    ids=["404", "no layout", "PDF"],
)
async def test_a_page_that_is_not_an_article(sandbox: Sandbox, tmp_path: Path, fault: Any) -> None:
    """The article goes out from the feed alone. Lost: what only the page knew."""
    async with open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        sandbox.faults.add("news", "page", fault, 1)
        slug = sandbox.newsroom.publish_next()
        await until(lambda: headlines(sandbox, CHANNEL) == [slug], "posted from the feed")
        if not isinstance(fault, Body) or b"html" not in fault.body:
            await status_says(sandbox, slug, "posted from the feed alone")
        sandbox.newsroom.publish_next()
        await everything_arrives(sandbox)


# Platforms


async def test_a_wrong_telegram_token(sandbox: Sandbox, tmp_path: Path) -> None:
    """Telegram's part stands still and says so in the health check; VK goes on. With the right token all that waited
    goes out in order. Lost: nothing."""
    token = "987654321:WrongWrongWrongWrongWrongWrongWrong"
    telegram = {"token": token, "api_base": sandbox.telegram_api, "admins": [EDITOR_ID]}
    async with open_app(settings(sandbox, tmp_path, telegram=telegram)) as app:
        await has_read(sandbox)
        for _ in range(2):
            sandbox.newsroom.publish_next()
        await everything_arrives(sandbox, WALL)
        await until(lambda: app.problems.of("channel channel"), "the channel's trouble is known")
        problems = " ".join((await app.health())["problems"])
        assert "does not know this token" in problems
        assert "@BotFather" in problems
        assert token not in problems
    async with open_app(settings(sandbox, tmp_path)):
        await everything_arrives(sandbox)


async def test_a_wrong_vk_key(sandbox: Sandbox, tmp_path: Path) -> None:
    """VK's part stands still and says which key it wants; Telegram goes on. With the right key all that waited goes
    out in order. Lost: nothing."""
    vk = {"token": "vk1.a.wrong", "api_base": sandbox.vk_api, "group_id": GROUP_ID}
    async with open_app(settings(sandbox, tmp_path, vk=vk)):
        await has_read(sandbox)
        for _ in range(2):
            sandbox.newsroom.publish_next()
        await everything_arrives(sandbox, CHANNEL)
        text = await status_says(sandbox, "vk.token", "wall (-220): 2 waiting")
        assert "vk1.a.wrong" not in text
    async with open_app(settings(sandbox, tmp_path)):
        await everything_arrives(sandbox)


async def test_a_channel_without_the_right_to_post(sandbox: Sandbox, tmp_path: Path) -> None:
    """The bot is told how to mend it, and everything waits; once it has the right, all of it goes out in order, each
    once. Lost: nothing."""
    sandbox.world.channel.can_post = False
    async with open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        for _ in range(3):
            sandbox.newsroom.publish_next()
        await everything_arrives(sandbox, WALL)
        await status_says(sandbox, "may not post in @digest", "Administrators", "channel (@digest): 3 waiting")
        assert headlines(sandbox, CHANNEL) == []
        sandbox.world.channel.can_post = True
        await everything_arrives(sandbox, CHANNEL)
        await status_says(sandbox, "channel (@digest): 0 waiting")


async def test_vk_is_down_while_telegram_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nobody answers at VK's address: said so, and everything for the wall waits. Back again, it goes out in order.
    Lost: nothing."""
    vk = {"token": sandbox.vk_token, "api_base": "http://127.0.0.1:9", "group_id": GROUP_ID}
    async with open_app(settings(sandbox, tmp_path, vk=vk)):
        await has_read(sandbox)
        for _ in range(2):
            sandbox.newsroom.publish_next()
        await everything_arrives(sandbox, CHANNEL)
        await status_says(sandbox, "VK can't be reached", "wall (-220): 2 waiting")
    async with open_app(settings(sandbox, tmp_path)):
        await until(posted(sandbox, WALL), "the wall catches up", within=30)
        await everything_arrives(sandbox)


async def test_vk_asks_for_patience(sandbox: Sandbox, tmp_path: Path) -> None:
    """Too many requests a second, three times in a row: the wall has all of it in order. Lost: nothing."""
    async with open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        sandbox.faults.add("vk", "wall.post", TooMany(), 3)
        for _ in range(3):
            sandbox.newsroom.publish_next()
        await everything_arrives(sandbox)


async def test_a_flood_wait_holds_the_channel_and_nothing_else(sandbox: Sandbox, tmp_path: Path) -> None:
    """429 with `retry_after`: nothing is sent before it ends, then all of it in order. Lost: nothing."""
    async with open_app(settings(sandbox, tmp_path)) as app:
        await has_read(sandbox)
        sandbox.faults.add("telegram", "sendMessage", TooMany(2), 1)
        for _ in range(2):
            sandbox.newsroom.publish_next()
        await until(lambda: any(call.method == "sendMessage" for call in sandbox.world.calls), "it is tried")
        tried = next(call.at for call in sandbox.world.calls if call.method == "sendMessage")
        await everything_arrives(sandbox)
        sent = [message.at for message in sandbox.world.channel.messages.values()]
        assert sent[0] - tried >= timedelta(seconds=1.9)
        stories = [await app.store.articles.find(sandbox.newsroom.page_url(slug)) for slug in fresh(sandbox)]
        assert all(stories)


async def test_a_reader_who_blocks_the_bot_costs_the_others_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """Anna has blocked it: she is switched off; she comes back with her tags. Lost: what came while she was away."""
    async with open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        await asks(sandbox, ANNA, "/subscribe Наука, Поезда, Кухня, Сады")
        sandbox.world.block(ANNA)
        sandbox.newsroom.publish_next()
        await everything_arrives(sandbox)
        await status_says(sandbox, "Telegram 0")
        assert headlines(sandbox, ANNA) == []
        assert "Наука" in await asks(sandbox, ANNA, "/mytags")


# The store


async def test_a_redis_that_is_away_for_a_while(sandbox: Sandbox, tmp_path: Path) -> None:
    """Gone with its connections, then back with its data on the same port: the bot reconnects by itself, nothing is
    posted twice, and what was published meanwhile goes out. Lost: nothing."""
    options = ("--appendonly", "yes", "--appendfsync", "always")
    with ExitStack() as first:
        kept = tmp_path / "redis"
        kept.mkdir()
        address = first.enter_context(running(valkey_binary(), "valkey", *options, "--dir", str(kept)))
        assert address.url is not None
        port = address.url.rpartition(":")[2].partition("/")[0]
        async with open_app(settings(sandbox, tmp_path, redis={"url": address.url})) as app:
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await everything_arrives(sandbox)
            await until_true(lambda: _all_settled(app), "the outcome is written down")
            first.close()
            assert not (await app.health())["ok"]
            sandbox.newsroom.publish_next()
            with running(valkey_binary(), "valkey", *options, "--dir", str(kept), "--port", port):
                await everything_arrives(sandbox)
                assert (await app.health())["ok"]
                await status_says(sandbox, "✓ digest", "0 waiting")


async def _all_settled(app: Any) -> bool:
    return not (await app.store.queues.sizes(["channel", "wall"]))["wall"]
