"""The door to vk_api against servers that misbehave on the wire: deadlines, redirects, turns, and what is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from bot.channels.deadlines import Deadlines
from bot.channels.vk_door import Door
from bot.channels.vk_outcomes import VkFault

TOKEN = "vk1.a.a-key-that-must-not-be-seen"
LIMITS = Deadlines(connect=1.0, total=1.2, grace=1.0, pause=0.02)
PATIENT = Deadlines(connect=5.0, total=20.0, grace=2.0, pause=0.02)
JPG = b"\xff\xd8\xff\xe0 a very small picture"
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Wire:
    """A server that speaks raw HTTP: the n-th request gets the n-th answer, later ones the last."""

    answers: list[Answer]
    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                sizes = [int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("Content-Length")]
                body = (await reader.readexactly(sum(sizes))).decode("latin-1")
                self.asked.append((head.split(" ")[1], {name: one[0] for name, one in parse_qs(body).items()}))
                self.reached.set()
                await self.answers[min(len(self.asked), len(self.answers)) - 1](writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            writer.close()


def says(body: object, status: str = "200 OK", headers: str = "") -> Answer:
    """A whole answer."""
    raw = json.dumps(body).encode()

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{headers}\r\n".encode() + raw)

    return answer


async def drips_its_body(writer: asyncio.StreamWriter) -> None:
    """An answer that never ends, a byte at a time: each byte is in time, the whole never is."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await _drip(writer)


async def drips_its_head(writer: asyncio.StreamWriter) -> None:
    """The same, before the answer has begun."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await _drip(writer)


async def _drip(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def wire(*answers: Answer) -> AsyncIterator[Wire]:
    running = Wire(list(answers))
    server = await asyncio.start_server(running.talk, "127.0.0.1", 0)
    async with server:
        running.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield running


@asynccontextmanager
async def open_door(url: str, limits: Deadlines = LIMITS) -> AsyncIterator[Door]:
    door = Door(TOKEN, url, community=True, deadlines=limits)
    try:
        yield door
    finally:
        door.close()


async def fault_of(call: Awaitable[object]) -> VkFault:
    with pytest.raises(VkFault) as caught:
        await call
    return caught.value


class TestDeadlines:
    @pytest.mark.parametrize("drips", [drips_its_body, drips_its_head])
    async def test_an_answer_that_drips_ends_at_the_deadline(self, drips: Answer) -> None:
        """And it leaves the thread free: the next call is answered."""
        async with wire(drips, says({"response": 7})) as server, open_door(server.url) as door:
            async with asyncio.timeout(3 * LIMITS.total):
                fault = await fault_of(door.call("utils.getServerTime"))
            assert fault.unknown
            async with asyncio.timeout(3 * LIMITS.total):
                assert await door.call("utils.getServerTime") == 7

    async def test_calls_take_turns_and_none_waits_longer_than_the_others_deadlines(self) -> None:
        """Three calls to a server that says nothing end after three deadlines, not later."""
        async with wire(drips_its_head) as server, open_door(server.url) as door:
            async with asyncio.timeout(8 * LIMITS.total):
                faults = await asyncio.gather(*[fault_of(door.call("utils.getServerTime")) for _ in range(3)])
        assert all(fault.unknown for fault in faults)

    async def test_a_call_cancelled_before_its_turn_sends_nothing(self) -> None:
        """Only what has left must be awaited."""
        let_go = asyncio.Event()

        async def waits(writer: asyncio.StreamWriter) -> None:
            await let_go.wait()
            await says({"response": 1})(writer)

        async with wire(waits) as server, open_door(server.url, PATIENT) as door, asyncio.TaskGroup() as tasks:
            first = tasks.create_task(door.call("wall.post", {"message": "first"}))
            second = tasks.create_task(door.call("wall.post", {"message": "second"}))
            await server.reached.wait()
            second.cancel()
            await asyncio.wait({second})
            let_go.set()
            assert await first == 1
        assert second.cancelled()
        assert [params["message"] for _, params in server.asked] == ["first"]

    async def test_closing_does_not_wait_for_a_hanging_call(self) -> None:
        """A stop is not held up by VK."""
        async with wire(drips_its_head) as server, open_door(server.url, PATIENT) as door:
            task = asyncio.get_running_loop().create_task(fault_of(door.call("utils.getServerTime")))
            await server.reached.wait()
            door.close()
            async with asyncio.timeout(5):
                assert (await task).unknown


class TestWhatIsSent:
    async def test_a_call_carries_the_version_and_the_key_in_its_body(self) -> None:
        """In an address the key would reach every proxy's log."""
        async with wire(says({"response": 1})) as server, open_door(server.url) as door:
            await door.call("wall.post", {"from_group": True, "attachments": ["photo1_2", "https://a.example/1,2"]})
        [(path, params)] = server.asked
        assert path == "/method/wall.post"
        assert params == {
            "from_group": "1",
            "attachments": "photo1_2,https://a.example/1%2C2",
            "v": "5.199",
            "access_token": TOKEN,
        }

    @pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
    async def test_a_redirect_is_not_followed(self, status: str) -> None:
        """A captive portal does not get the key; whether VK did anything is not known."""
        async with wire(says({"response": 1})) as portal:
            moved = says({}, status, f"Location: {portal.url}/login\r\n")
            async with wire(moved) as server, open_door(server.url) as door:
                assert (await fault_of(door.call("wall.post"))).unknown
            assert portal.asked == []

    async def test_a_proxy_in_the_environment_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy set up for Telegram must not catch VK."""
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        async with wire(says({"response": 1})) as server, open_door(server.url) as door:
            assert await door.call("utils.getServerTime") == 1


class TestErrors:
    async def test_a_captcha_without_a_picture_keeps_its_page(self) -> None:
        """Today's captcha has a page to open, and neither `captcha_sid` nor `captcha_img`."""
        error = {"error": {"error_code": 14, "error_msg": "Captcha needed", "redirect_uri": "https://id.vk.ru/x"}}
        async with wire(says(error)) as server, open_door(server.url) as door:
            fault = await fault_of(door.call("wall.post"))
        assert (fault.code, fault.redirect) == (14, "https://id.vk.ru/x")

    async def test_error_6_is_repeated_three_times_at_most(self) -> None:
        """Four calls in all; vk_api itself would never stop."""
        busy = says({"error": {"error_code": 6, "error_msg": "Too many requests per second"}})
        async with wire(busy) as server, open_door(server.url) as door:
            assert (await fault_of(door.call("wall.post"))).code == 6
        assert len(server.asked) == 4

    @pytest.mark.parametrize("error", [{}, [], "odd", {"error_code": "14"}, {"error_code": None}, {"error_msg": "odd"}])
    async def test_an_error_in_an_odd_shape_is_not_knowing(self, error: object) -> None:
        """No answer breaks the door."""
        async with wire(says({"error": error})) as server, open_door(server.url) as door:
            assert (await fault_of(door.call("wall.post"))).unknown

    @pytest.mark.parametrize(("status", "unknown"), [("413 Too Large", False), ("502 Bad Gateway", True)])
    async def test_a_status_says_whether_it_was_carried_out(self, status: str, unknown: bool) -> None:
        """A 4xx was turned away, a 5xx may have been done."""
        async with wire(says({}, status)) as server, open_door(server.url) as door:
            assert (await fault_of(door.call("wall.post"))).unknown is unknown

    async def test_the_key_is_in_no_error(self) -> None:
        """Not even when VK says it back."""
        error = {"error": {"error_code": 100, "error_msg": f"bad access_token {TOKEN}"}}
        async with wire(says(error)) as server, open_door(server.url) as door:
            fault = await fault_of(door.call("wall.post"))
        assert TOKEN not in f"{fault!r} {fault.words} {vars(fault)}"
        assert fault.__context__ is None


class TestUploads:
    async def test_a_failed_upload_says_why(self) -> None:
        """VK's upload servers answer 200 with an empty list; vk_api would go on and hide the reason."""
        async with wire() as server, open_door(server.url) as door:
            address = says({"response": {"upload_url": f"{server.url}/upload"}})
            server.answers = [address, says({"server": 1, "photo": "[]", "hash": "x"})]
            fault = await fault_of(door.upload_photo(JPG, 220))
        assert "the picture was not taken" in fault.words
        assert len(server.asked) == 2

    async def test_what_is_no_picture_is_not_uploaded(self) -> None:
        """VK takes JPG, PNG and GIF."""
        async with wire(says({})) as server, open_door(server.url) as door:
            await fault_of(door.upload_photo(b"<html>", 220))
        assert server.asked == []
