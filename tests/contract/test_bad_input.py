"""What can be wrong with a feed: for each kind what the operator sees, everywhere, and that nothing was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.console.sourcing import print_reports, print_trial, reports_json
from bot.errors import SourceError
from bot.model import Platform
from bot.source.fetch import Fetcher
from bot.source.merge import merge
from bot.source.newsstand import Newsstand
from bot.store import Store
from scheduler.directory import Directory
from tests.fakes import NOON, TalkingBot
from tests.newsdesk import SOURCE, Newsdesk

ADMIN = "1001"


LINK, TITLE = "<link>https://news.example/{0}</link>", "<title>{0}</title>"


def an_entry(name: str, *, link: str = LINK, title: str = TITLE) -> str:
    """An entry of its own name."""
    return f"<item><guid isPermaLink='false'>id-{name}</guid>{link}{title}</item>".format(name)


def a_feed(*entries: str) -> bytes:
    """A whole feed, the newest first."""
    return f"<rss version='2.0'><channel><title>News</title>{''.join(reversed(entries))}</channel></rss>".encode()


@dataclass(frozen=True)
class Bad:
    """An answer; `said` is what is told of it, `fails` whether that is a failure or a word about one entry."""

    said: str
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fails: bool = True


OLD, BEFORE, DURING, AFTER = map(an_entry, ("Old", "Before", "During", "After"))
KINDS = {
    "gone": Bad("There is nothing at this address any more (404)", status=404),
    "removed for good": Bad("removed this address for good (410)", status=410),
    "forbidden": Bad("does not let us read this address (403)", status=403),
    "a server in trouble": Bad("has a problem of its own (500)", status=500),
    "too many requests": Bad("asks us to come less often (429)", status=429, headers={"Retry-After": "0"}),
    "an empty answer": Bad("gave an empty answer"),
    "neither feed nor page": Bad("neither RSS nor Atom nor JSON Feed", b"\x00\x01\x02 nonsense"),
    "a page without a feed": Bad("feed", b"<!doctype html><html><body><p>Hello</p></body></html>"),
    "broken JSON": Bad("no JSON Feed", b'{"version": "https://jsonfeed.org/version/1.1", "items": [{'),
    "badly packed": Bad("can't be unpacked", b"not gzip", headers={"Content-Encoding": "gzip"}),
    "an unknown packing": Bad("can't be unpacked", b"?", headers={"Content-Encoding": "lzma"}),
    "too big": Bad("too big for a feed", b"<rss>" + b" " * 200_000),
    "a private address": Bad("is a private address", status=302, headers={"Location": "http://10.0.0.1/rss"}),
    "a metadata host": Bad("is a private address", status=302, headers={"Location": "http://[::ffff:a9fe:a9fe]/"}),
    "a circle": Bad("sends us round in circles", status=302, headers={"Location": "/rss"}),
    "no web address": Bad("Only http and https", status=302, headers={"Location": "file:///etc/passwd"}),
    "no entries": Bad("The feed is empty", a_feed(), fails=False),
    "cut off": Bad("is cut off in the middle", a_feed(AFTER, DURING, BEFORE)[:-70], fails=False),
    "an entry without an address": Bad(
        "has no web address and was left out", a_feed(BEFORE, an_entry("Nowhere", link=""), DURING), fails=False
    ),
    "an entry without a word": Bad(
        "has neither a title nor a text", a_feed(BEFORE, an_entry("Mute", link="", title=""), DURING), fails=False
    ),
}  # fmt: skip


@pytest.fixture
async def stand() -> AsyncIterator[tuple[Newsstand, str, list[Bad]]]:
    """A newsstand, the address of a feed, and the answer that it gives: the last of the list."""
    answers = [Bad("", a_feed(OLD))]

    async def answer(_: web.Request) -> web.Response:
        now = answers[-1]
        return web.Response(body=now.body, status=now.status, headers=now.headers)

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    allowed = [ip_network("127.0.0.0/8")]
    async with (
        TestServer(app) as server,
        Fetcher(user_agent="x", max_bytes=100_000, allow_networks=allowed) as fetcher,
    ):
        yield Newsstand(fetcher, {}), str(server.make_url("/rss")), answers


@pytest.mark.parametrize("kind", KINDS)
async def test_bad_input_is_told_everywhere_and_nothing_is_lost(
    store: Store,
    stand: tuple[Newsstand, str, list[Bad]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """The same sentence in `/sources`, `depeche sources`, `depeche sources test`, and to the admins or in the log; the
    articles before, beside and after it arrive, each once."""
    monkeypatch.setenv("COLUMNS", "400")
    newsstand, url, answers = stand
    source, bad = replace(SOURCE, url=url, full_page=False), KINDS[kind]
    desk = Newsdesk(store)
    collector = desk.collector(newsstand)
    directory = Directory((source,), store.directives, store.sources, merge, newsstand)
    await collector.collect(source)
    answers.append(Bad("", a_feed(OLD, BEFORE)))
    await collector.collect(source)
    answers.append(bad)
    with capture_logs() as logs:
        await collector.collect(source)
    bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({ADMIN})}, sourcing=directory)
    assert bad.said in await bot.person(chat=ADMIN).says("/sources")
    reports = await directory.reports(now=NOON)
    print_reports(reports, NOON.tzinfo)  # type: ignore[arg-type]  # UTC is a zone like any other here
    assert bad.said in capsys.readouterr().out
    assert bad.said in str([one.get("what") for one in logs])
    assert not bad.fails or bad.said in (desk.problems.of(f"source {source.name}") or "")
    assert (reports_json(reports)[0]["error"] is not None) is bad.fails
    try:
        print_trial(await directory.trial(url))
        shown = capsys.readouterr().out
    except SourceError as error:
        shown = error.say or ""
    assert bad.said in shown or (kind == "no entries" and "0 articles" in shown)
    answers.append(Bad("", a_feed(OLD, BEFORE, DURING, AFTER)))
    desk.clock.advance(timedelta(days=1))
    await collector.collect(source)
    assert sorted(await desk.waiting()) == ["After", "Before", "During"]
    assert desk.problems.of(f"source {source.name}") is None
    assert reports_json(await directory.reports(now=NOON))[0]["problems"] == []
