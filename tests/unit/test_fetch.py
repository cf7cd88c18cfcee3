"""Fetching: one guarded, bounded GET, and what a person is told when it fails."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from ipaddress import ip_network

import brotli
import pytest
import zstandard
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer, unused_port

from bot.conditions import SourceState
from bot.errors import HeldError, SourceError
from bot.ports import Newsstand as NewsstandPort
from bot.source import guard
from bot.source.fetch import Fetcher
from bot.source.guard import Guard
from bot.source.newsstand import Newsstand
from bot.source.profile import Profile
from tests.waiting import until

LOOPBACK = ip_network("127.0.0.0/8")
FEED = b"""<rss version="2.0"><channel><title>Trains</title>
<item><title>A new line opens</title><link>/lines/7</link></item></channel></rss>"""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Site = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Starts a real server whose every path is answered by the handler; gives its address."""
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("/")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(user_agent="Depeche-test", timeout=3, allow_networks=[LOOPBACK]) as opened:
        yield opened


def answering(**answer: object) -> Handler:
    """A handler that always gives the same answer."""

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(**answer)  # type: ignore[arg-type]  # each test passes Response's own arguments

    return handle


async def test_an_answer_comes_back_with_its_validators(site: Site, fetcher: Fetcher) -> None:
    """Body, type, ETag and Last-Modified are what the server sent; the bot names itself."""
    agents = []

    async def handle(request: web.Request) -> web.StreamResponse:
        agents.append(request.headers["User-Agent"])
        return web.Response(body=FEED, headers={"ETag": '"7"', "Last-Modified": "Sat, 22 Jun 2024 10:00:00 GMT"})

    found = await fetcher.get(await site(handle) + "/rss")
    assert (found.body, found.status, found.not_modified) == (FEED, 200, False)
    assert (found.etag, found.last_modified) == ('"7"', "Sat, 22 Jun 2024 10:00:00 GMT")
    assert agents == ["Depeche-test"]


async def test_what_has_not_changed_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    """The validators of the last answer are sent back, and a 304 keeps them."""

    async def handle(request: web.Request) -> web.StreamResponse:
        fresh = request.headers.get("If-None-Match") == '"7"' and "If-Modified-Since" in request.headers
        return web.Response(status=304) if fresh else web.Response(body=FEED)

    found = await fetcher.get(await site(handle), etag='"7"', last_modified="Sat, 22 Jun 2024 10:00:00 GMT")
    assert (found.not_modified, found.body, found.etag) == (True, b"", '"7"')


async def test_the_same_answer_is_known_by_its_stamp(site: Site, fetcher: Fetcher) -> None:
    """A server without validators sends all of it again: that is no news, and is not even unpacked. What is said of it
    counts: in another encoding, or from another address, the same bytes are another answer."""
    kinds = iter(["text/xml", "text/xml", "text/xml; charset=koi8-r"])

    async def handle(request: web.Request) -> web.StreamResponse:
        kind = next(kinds) if request.path == "/rss" else "text/xml"
        headers = {"Content-Encoding": "gzip", "Content-Type": kind, "ETag": '"2"'}
        return web.Response(body=gzip.compress(FEED, mtime=0), headers=headers)

    address = await site(handle)
    first = await fetcher.get(address + "/rss")
    again = await fetcher.get(address + "/rss", stamp=first.stamp)
    assert (first.not_modified, first.body) == (False, FEED)
    assert (again.not_modified, again.body, again.etag, again.stamp) == (True, b"", '"2"', first.stamp)
    for other in ("/rss", "/atom"):
        assert (await fetcher.get(address + other, stamp=first.stamp)).body == FEED


async def test_redirects_are_followed_and_the_last_address_is_kept(site: Site, fetcher: Fetcher) -> None:
    """Relative redirects too."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/new":
            return web.Response(body=FEED)
        return web.Response(status=302, headers={"Location": "/new"})

    address = await site(handle)
    assert (await fetcher.get(address + "/old")).url == address + "/new"


async def test_redirects_in_circles_end(site: Site, fetcher: Fetcher) -> None:
    """Five redirects are followed, the sixth is refused."""
    seen = []

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=301, headers={"Location": "/again"})

    with pytest.raises(SourceError, match="circles"):
        await fetcher.get(await site(handle))
    assert len(seen) == 6


@pytest.mark.parametrize("location", ["ftp://example.org/x", "file:///etc/passwd", "", "http://[broken/"])
async def test_redirects_lead_only_to_web_addresses(site: Site, fetcher: Fetcher, location: str) -> None:
    """Another scheme, no address or a broken one ends in a SourceError."""
    with pytest.raises(SourceError):
        await fetcher.get(await site(answering(status=302, headers={"Location": location})))


@pytest.mark.parametrize(
    ("status", "said"),
    [(403, "does not let us"), (404, "nothing at this address"), (410, "for good"), (500, "problem of its own")],
)
async def test_a_bad_status_is_told_in_words(site: Site, fetcher: Fetcher, status: int, said: str) -> None:
    """Each with a sentence that may be shown to a person."""
    with pytest.raises(SourceError, match=said) as caught:
        await fetcher.get(await site(answering(status=status)))
    assert caught.value.say


async def test_a_site_can_ask_for_a_pause(site: Site, fetcher: Fetcher) -> None:
    """Retry-After travels with the error."""
    with pytest.raises(SourceError) as caught:
        await fetcher.get(await site(answering(status=429, headers={"Retry-After": "120"})))
    assert caught.value.after == timedelta(minutes=2)


async def test_a_pause_can_be_a_date(site: Site, fetcher: Fetcher) -> None:
    """It is held against the server's own clock."""
    dates = {"Date": "Sat, 22 Jun 2024 10:00:00 GMT", "Retry-After": "Sat, 22 Jun 2024 10:05:00 GMT"}
    with pytest.raises(SourceError) as caught:
        await fetcher.get(await site(answering(status=503, headers=dates)))
    assert caught.value.after == timedelta(minutes=5)


class Anything(AbstractResolver):
    """DNS in which every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("headers", [{"Retry-After": "120"}, {}])
async def test_a_host_that_wants_a_pause_is_left_alone_by_every_source(site: Site, headers: dict[str, str]) -> None:
    """It is asked nothing more, for any of its feeds or pages; another host is."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=429, headers=headers) if request.path == "/busy" else web.Response(body=FEED)

    port = (await site(handle)).rpartition(":")[2]
    async with Fetcher(user_agent="x", allow_networks=[LOOPBACK], resolver=Anything()) as fetcher:
        with pytest.raises(SourceError, match="less often"):
            await fetcher.get(f"http://one.example:{port}/busy")
        with pytest.raises(HeldError, match="left alone for") as caught:
            await fetcher.get(f"http://one.example:{port}/other")
        assert caught.value.after is not None
        assert caught.value.after > timedelta(minutes=1)
        await fetcher.get(f"http://two.example:{port}/elsewhere")
    assert asked == ["/busy", "/elsewhere"]


async def test_a_host_is_named_as_people_write_it(site: Site) -> None:
    """Not in the letters that the network needs."""
    port = (await site(answering(status=429))).rpartition(":")[2]
    async with Fetcher(user_agent="x", allow_networks=[LOOPBACK], resolver=Anything()) as fetcher:
        for sentence in ("новости.example asks us", "новости.example asked us"):
            with pytest.raises(SourceError, match=sentence):
                await fetcher.get(f"http://новости.example:{port}/rss")


async def test_many_dead_sources_delay_no_other(site: Site) -> None:
    """Two hundred sites that never answer, each asked twice; fifty others are read meanwhile."""
    silence, hanging = asyncio.Event(), 0

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal hanging
        if request.host.startswith("dead"):
            hanging += 1
            await silence.wait()
        return web.Response(body=FEED)

    port = (await site(handle)).rpartition(":")[2]
    async with (
        Fetcher(user_agent="x", timeout=60, allow_networks=[LOOPBACK], resolver=Anything()) as fetcher,
        asyncio.TaskGroup() as tasks,
    ):
        for number in range(400):
            tasks.create_task(fetcher.get(f"http://dead{number // 2}.example:{port}/"))
        await until(lambda: hanging == 400, "every dead site is asked twice")
        found = await asyncio.gather(*(fetcher.get(f"http://site{n}.example:{port}/") for n in range(50)))
        assert len(found) == 50
        assert hanging == 400
        silence.set()


async def test_a_slow_site_is_given_up(site: Site) -> None:
    """The sentence says how long we waited."""

    async def handle(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("never reached")

    async with Fetcher(user_agent="t", timeout=0.2, allow_networks=[LOOPBACK]) as impatient:
        with pytest.raises(SourceError, match=r"0\.2 seconds"):
            await impatient.get(await site(handle))


async def test_a_site_that_drips_is_given_up(site: Site) -> None:
    """A byte now and then does not prolong the deadline; nor does a redirect."""
    over = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=302, headers={"Location": "/rss"})
        answer = web.StreamResponse()
        await answer.prepare(request)
        while not over.is_set():
            await answer.write(b" ")
            await asyncio.sleep(0.01)
        return answer

    async with Fetcher(user_agent="t", timeout=0.3, allow_networks=[LOOPBACK]) as impatient:
        with pytest.raises(SourceError, match=r"did not answer within 0\.3 seconds"):
            await impatient.get(await site(handle) + "/old")
    over.set()


async def test_an_answer_that_breaks_off_is_told_in_words(site: Site, fetcher: Fetcher) -> None:
    """What came is not taken for the whole."""

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(FEED)
        assert request.transport is not None
        request.transport.close()
        return answer

    with pytest.raises(SourceError, match="can't be read"):
        await fetcher.get(await site(handle))


async def test_one_connection_serves_many_requests(site: Site, fetcher: Fetcher) -> None:
    """Of the same host, one after the other."""
    lines = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        lines.add(request.transport.get_extra_info("peername"))
        return web.Response(body=FEED)

    address = await site(handle)
    for path in ("/rss", "/page", "/rss"):
        await fetcher.get(address + path)
    assert len(lines) == 1


async def test_a_closed_port_is_told_in_words(fetcher: Fetcher) -> None:
    """Nothing listens there."""
    with pytest.raises(SourceError, match="refuses the connection"):
        await fetcher.get(f"http://127.0.0.1:{unused_port()}/")


async def test_plain_http_behind_https_is_told_in_words(site: Site, fetcher: Fetcher) -> None:
    """A TLS failure is a SourceError."""
    address = await site(answering(body=FEED))
    with pytest.raises(SourceError, match=r"TLS|can't be reached"):
        await fetcher.get(address.replace("http://", "https://"))


@pytest.mark.parametrize("url", ["", "digest", "file:///etc/passwd", "gopher://example.org/", "http://", "http://[x"])
async def test_only_web_addresses_are_read(fetcher: Fetcher, url: str) -> None:
    """Anything else is refused before a connection is made."""
    with pytest.raises(SourceError):
        await fetcher.get(url)


PACKINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("br", partial(brotli.compress, quality=1)),
    ("zstd", zstandard.ZstdCompressor().compress),
]
every_packing = pytest.mark.parametrize(("encoding", "pack"), PACKINGS)


@every_packing
async def test_a_bomb_is_refused(site: Site, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """The limit counts bytes after decompression, and a bomb is noticed long before it has unfolded."""
    bomb = pack(bytes(30_000_000))
    assert len(bomb) < 100_000
    async with Fetcher(user_agent="t", timeout=5, max_bytes=100_000, allow_networks=[LOOPBACK]) as small:
        with pytest.raises(SourceError, match="too big"):
            await small.get(await site(answering(body=bomb, headers={"Content-Encoding": encoding})))


async def test_too_big_an_answer_is_refused(site: Site) -> None:
    """One byte more than the limit is too much."""
    async with Fetcher(user_agent="t", timeout=5, max_bytes=100_000, allow_networks=[LOOPBACK]) as small:
        with pytest.raises(SourceError, match="too big"):
            await small.get(await site(answering(body=bytes(100_001))))
        assert len((await small.get(await site(answering(body=bytes(100_000))))).body) == 100_000


async def test_a_broken_encoding_is_told_in_words(site: Site, fetcher: Fetcher) -> None:
    """Bytes that are not what their Content-Encoding says are a SourceError."""
    with pytest.raises(SourceError):
        await fetcher.get(await site(answering(body=b"not gzip at all", headers={"Content-Encoding": "gzip"})))


async def test_at_most_two_requests_at_once_for_a_host(site: Site, fetcher: Fetcher) -> None:
    """A third waits for its turn, and none is lost."""
    running: list[int] = []
    now = 0
    two_here = asyncio.Event()

    async def handle(_: web.Request) -> web.StreamResponse:
        nonlocal now
        now += 1
        running.append(now)
        if now == 2:
            two_here.set()
        await two_here.wait()
        now -= 1
        return web.Response(body=FEED)

    address = await site(handle)
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(fetcher.get(f"{address}/{number}"))
    assert len(running) == 6
    assert max(running) == 2


async def test_proxies_of_the_environment_are_ignored(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect where the guard can't see."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    assert (await fetcher.get(await site(answering(body=FEED)))).status == 200


class Names(AbstractResolver):
    """DNS that answers from a table."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        self._table = table

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert family in (socket.AF_UNSPEC, socket.AF_INET)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in self._table[host]
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
        "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "100.100.100.200", "192.0.0.192", "168.63.129.16", "::ffff:168.63.129.16", "fd00:ec2::254",  # clouds' metadata
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "fe80::1%eth0", "no address",
    ],
)  # fmt: skip
def test_private_addresses_in_any_dress_are_refused(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved, a cloud's metadata host, mapped into IPv6, or behind
    NAT64 and 6to4."""
    assert not Guard(()).permits(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    """In IPv4 and IPv6."""
    assert Guard(()).permits(address)


def test_only_the_allowed_private_network_passes() -> None:
    """Also when it comes mapped into IPv6."""
    guard = Guard([ip_network("10.1.0.0/16")])
    assert [guard.permits(one) for one in ("10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1")] == [True, True, False]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_a_private_address_is_not_connected_to(site: Site, host: str) -> None:
    """Whatever notation it is written in; the sentence says what to do if it is one's own."""
    asked = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(body=FEED)

    port = (await site(handle)).rpartition(":")[2]
    async with Fetcher(user_agent="t", timeout=3) as guarded:
        with pytest.raises(SourceError, match=r"private address; add it to fetch\.allow_networks|no site|can't be"):
            await guarded.get(f"http://{host}:{port}/")
    assert asked == []


async def test_a_redirect_into_a_private_network_is_not_followed(site: Site) -> None:
    """The first server is allowed, the second, in another private network, is not."""
    hop = await site(answering(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}))
    async with Fetcher(user_agent="t", timeout=3, allow_networks=[LOOPBACK]) as guarded:
        with pytest.raises(SourceError, match=r"169\.254\.169\.254 is a private address"):
            await guarded.get(hop)


async def test_a_name_that_leads_into_a_private_network_is_not_connected_to() -> None:
    """The resolved address decides, not the name."""
    names = Names({"news.example": ["10.0.0.7", "10.0.0.8"]})
    async with Fetcher(user_agent="t", timeout=3, resolver=names) as guarded:
        with pytest.raises(SourceError, match=r"news\.example: 10\.0\.0\.7 is a private address"):
            await guarded.get("http://news.example/rss")


async def test_a_name_with_a_permitted_address_works(site: Site) -> None:
    """A forbidden one beside it is left out."""
    port = (await site(answering(body=FEED))).rpartition(":")[2]
    names = Names({"news.example": ["10.0.0.7", "127.0.0.1"]})
    async with Fetcher(user_agent="t", timeout=3, allow_networks=[LOOPBACK], resolver=names) as guarded:
        assert (await guarded.get(f"http://news.example:{port}/")).status == 200


async def test_the_newsstand_reads_a_feed(site: Site, fetcher: Fetcher) -> None:
    """Entries, problems and validators; links are relative to where the feed was found."""
    stand: NewsstandPort = Newsstand(fetcher, {})
    address = await site(answering(body=FEED, content_type="application/rss+xml", headers={"ETag": '"1"'}))
    reading = await stand.feed(address + "/rss", SourceState())
    assert reading.entries is not None
    assert [(one.headline, one.url) for one in reading.entries] == [("A new line opens", address + "/lines/7")]
    assert (reading.problems, reading.etag) == ((), '"1"')


async def test_an_unchanged_feed_has_no_entries_to_tell(site: Site, fetcher: Fetcher) -> None:
    """`entries` is None, which is not the same as an empty feed."""
    stand = Newsstand(fetcher, {})
    reading = await stand.feed(await site(answering(status=304)), SourceState(etag='"1"'))
    assert (reading.entries, reading.etag) == (None, '"1"')


async def test_the_newsstand_reads_a_page_where_it_ended_up(site: Site, fetcher: Fetcher) -> None:
    """After a redirect, with a profile by name."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/short":
            return web.Response(status=301, headers={"Location": "/long"})
        return web.Response(text="<h1>Site</h1><b class=t>Roses in June</b>", content_type="text/html")

    address = await site(handle)
    stand = Newsstand(fetcher, {"garden": Profile(headline="b.t")})
    article = await stand.page(address + "/short", "garden")
    assert (article.headline, article.url) == ("Roses in June", address + "/long")
    assert (await stand.page(address + "/short", "auto")).headline == "Site"


async def test_a_lead_that_is_only_guessed_is_told_to_who_asks_for_all(site: Site, fetcher: Fetcher) -> None:
    """Beside a feed it is left out, since that knows better; with the evidence of each field it is there."""
    text = "A first paragraph that is long enough to be taken for a lead where nothing else is one."

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(text=f"<h1>Roses in June</h1><p>{text}</p>", content_type="text/html")

    address = await site(handle)
    stand = Newsstand(fetcher, {})
    assert (await stand.page(address, "auto")).lead is None
    reading = await stand.study(address, "auto")
    assert (reading.article.lead, reading.believed["lead"], reading.believed["headline"]) == (text, "guess", "visible")


async def test_an_unknown_profile_is_named(fetcher: Fetcher) -> None:
    """The sentence lists the profiles there are."""
    with pytest.raises(SourceError) as caught:
        await Newsstand(fetcher, {"garden": Profile()}).page("https://example.org/", "gardn")
    assert caught.value.say == "There is no profile named 'gardn'. There are: auto, garden."


async def test_an_address_that_moved_for_good_is_known(site: Site, fetcher: Fetcher) -> None:
    """As far as one permanent redirect follows another; what lies behind a passing one may move back."""

    async def handle(request: web.Request) -> web.StreamResponse:
        steps = {"/1": (301, "/2"), "/2": (308, "/3"), "/3": (302, "/4"), "/passing": (307, "/1")}
        if request.path in steps:
            status, location = steps[request.path]
            return web.Response(status=status, headers={"Location": location})
        return web.Response(body=FEED)

    address = await site(handle)
    found = await fetcher.get(address + "/1")
    assert (found.url, found.moved_to) == (address + "/4", address + "/3")
    assert (await fetcher.get(address + "/passing")).moved_to is None
    assert (await fetcher.get(address + "/4")).moved_to is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Expires": "Sat, 22 Jun 2024 10:30:00 GMT", "Date": "Sat, 22 Jun 2024 10:00:00 GMT"}, 1800),
        ({"Expires": "0", "Date": "Sat, 22 Jun 2024 10:00:00 GMT"}, None),
        ({}, None),
    ],
)
async def test_an_answer_says_how_long_it_stays(
    site: Site, fetcher: Fetcher, headers: dict[str, str], seconds: int | None
) -> None:
    """By Cache-Control, else by Expires against the server's own clock."""
    found = await fetcher.get(await site(answering(body=FEED, headers=headers)))
    assert found.fresh_for == (timedelta(seconds=seconds) if seconds else None)


@every_packing
async def test_what_is_packed_is_unpacked(
    site: Site, fetcher: Fetcher, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Each packing that we ask for."""
    asked = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Accept-Encoding"])
        return web.Response(body=pack(FEED), headers={"Content-Encoding": encoding})

    assert (await fetcher.get(await site(handle))).body == FEED
    assert encoding in asked[0]


async def test_a_page_leads_to_its_feed_and_says_so(site: Site, fetcher: Fetcher) -> None:
    """The feed is read, and its address told; where the page names none, that is told."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/rss":
            return web.Response(body=FEED)
        link = '<link rel="alternate" type="application/rss+xml" href="/rss">' if request.path == "/" else ""
        return web.Response(text=f"<!doctype html><html><head>{link}</head></html>", content_type="text/html")

    address = await site(handle)
    reading = await Newsstand(fetcher, {}).feed(address + "/", SourceState())
    assert reading.entries is not None
    assert [one.headline for one in reading.entries] == ["A new line opens"]
    assert reading.address == address + "/rss"
    assert f"It names this feed: {address}/rss" in str(reading.why_there)
    with pytest.raises(SourceError, match="Look for its RSS or Atom address"):
        await Newsstand(fetcher, {}).feed(address + "/about", SourceState())


async def test_a_feed_that_moved_or_stays_says_so(site: Site, fetcher: Fetcher) -> None:
    """The new address, and the longer of its own `ttl` and the server's word."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/rss"})
        body = FEED.replace(b"<channel>", b"<channel><ttl>60</ttl>")
        return web.Response(body=body, headers={"Cache-Control": "max-age=60"})

    address = await site(handle)
    reading = await Newsstand(fetcher, {}).feed(address + "/old", SourceState())
    assert (reading.address, reading.fresh_for) == (address + "/rss", timedelta(hours=1))
    assert reading.why_there == f"This feed has moved for good to {address}/rss"
    again = await Newsstand(fetcher, {}).feed(address + "/rss", SourceState(address=address + "/rss"))
    assert (again.address, again.why_there) == (address + "/rss", None)


async def test_a_feed_that_moved_says_so_though_it_did_not_change(site: Site, fetcher: Fetcher) -> None:
    """The new address answers "not modified"."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/rss"})
        return web.Response(status=304)

    address = await site(handle)
    reading = await Newsstand(fetcher, {}).feed(address + "/old", SourceState(etag='"1"'))
    assert (reading.entries, reading.address) == (None, address + "/rss")
    assert reading.why_there == f"This feed has moved for good to {address}/rss"


async def test_names_that_nobody_answers_for_hold_up_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many look-ups hang; one more, and the loop's own threads, go on."""
    release = threading.Event()

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host != "quick.example":
            release.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = guard.Names()
    try:
        async with asyncio.TaskGroup() as group:
            hanging = [group.create_task(names.resolve(f"dead{n}.example")) for n in range(guard.LOOK_UPS - 1)]
            [found] = await names.resolve("quick.example")
            assert found["host"] == "127.0.0.1"
            assert await asyncio.to_thread(lambda: 7) == 7
            assert not any(task.done() for task in hanging)
            release.set()
    finally:
        release.set()
        await names.close()
