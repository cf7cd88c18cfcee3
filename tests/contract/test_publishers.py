"""The contract of both publishers, kept under every fault a network has: the right error, and never two posts."""

from __future__ import annotations

import asyncio
import json
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import deadlines as deadlines_module
from bot.channels.deadlines import Deadlines
from bot.channels.telegram import open_telegram
from bot.channels.vk import open_vk
from bot.errors import DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Platform, Post, Receipt
from bot.ports import Publisher
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from tests.fakes import NOON, FixedClock

LIMITS = Deadlines(connect=1.0, total=1.5, grace=2.0, pause=0.02)
PATIENT = replace(LIMITS, total=20.0)
TEXT = "Night trains are back"


@dataclass(frozen=True)
class Network:
    """One platform as the contract sees it."""

    name: fault.Platform
    method: str
    open: Callable[[Sandbox, Deadlines], Any]
    post: Post
    place: str
    address: str

    def chat(self, sandbox: Sandbox) -> Chat:
        return sandbox.world.chat(self.place)

    def with_(self, **params: Any) -> Post:
        return replace(self.post, params={**self.post.params, **params})


def _telegram(sandbox: Sandbox, limits: Deadlines) -> Any:
    return open_telegram(sandbox.telegram_token, sandbox.telegram_api, clock=FixedClock(), deadlines=limits)


def _vk(sandbox: Sandbox, limits: Deadlines) -> Any:
    return open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock(), deadlines=limits)


TELEGRAM = Network(
    "telegram",
    "sendMessage",
    _telegram,
    Post(Platform.TELEGRAM, "sendMessage", {"chat_id": "@digest", "text": TEXT}),
    "telegram:-1001000000001",
    "https://t.me/digest/{}",
)
VK = Network(
    "vk",
    "wall.post",
    _vk,
    Post(Platform.VK, "wall.post", {"owner_id": -220, "from_group": True, "message": TEXT}),
    "vk:-220",
    "https://vk.com/wall-220_{}",
)


@pytest.fixture(params=[TELEGRAM, VK], ids=["telegram", "vk"])
def network(request: pytest.FixtureRequest) -> Network:
    found: Network = request.param
    return found


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        yield running


@pytest.fixture
async def publisher(network: Network, sandbox: Sandbox) -> AsyncIterator[Publisher]:
    async with network.open(sandbox, LIMITS) as opened:
        yield opened


@pytest.fixture
async def telegram(sandbox: Sandbox) -> AsyncIterator[Publisher]:
    async with _telegram(sandbox, LIMITS) as opened:
        yield opened


@pytest.fixture
async def vk(sandbox: Sandbox) -> AsyncIterator[Publisher]:
    async with _vk(sandbox, LIMITS) as opened:
        yield opened


async def failure(publisher: Publisher, post: Post) -> DeliveryError:
    """The DeliveryError a post ends in."""
    with pytest.raises(DeliveryError) as caught:
        await publisher.publish(post)
    return caught.value


LOST_BEFORE = [
    fault.Status(500),
    fault.Status(503, '{"ok": false}'),
    fault.HtmlPage(502),
    fault.Body(b""),
    fault.Body(b"[]", "application/json"),
    fault.Body(b"7", "application/json"),
    fault.Body(b'{"ok": true}', "application/json"),
    fault.Body(b'{"response": {}}', "application/json"),
    fault.Body(b'{"error": "odd"}', "application/json"),
    fault.Body(b"\xff\xfe\xfd", "text/html; charset=utf-8"),
    fault.Body(b"\xff\xfe\xfd", "text/html; charset=no-such-charset"),
    fault.Body(b"[" * 100_000, "application/json"),
    fault.Hang(),
    fault.DropBefore(),
]
LOST_AFTER = [fault.AcceptThenHang(), fault.AcceptThenDrop(), fault.Cut()]


def name_of(value: object) -> str:
    return repr(value)[:60]


class TestPublishing:
    async def test_a_post_gets_a_receipt(self, network: Network, publisher: Publisher, sandbox: Sandbox) -> None:
        """The receipt says which message it is, where a person can see it, and when it was sent."""
        receipt = await publisher.publish(network.post)
        [message] = network.chat(sandbox).messages.values()
        assert receipt == Receipt(str(message.id), NOON, network.address.format(message.id))
        assert message.text == TEXT

    async def test_no_server_is_a_delay(self, network: Network, sandbox: Sandbox) -> None:
        """Nothing was sent, so it may be tried again soon."""
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nowhere = closed.getsockname()[1]
        away = _Elsewhere(sandbox, f"http://127.0.0.1:{nowhere}")
        async with network.open(away, LIMITS) as publisher:  # type: ignore[arg-type]  # has the same doors
            assert isinstance(await failure(publisher, network.post), TryLater)

    async def test_a_server_that_does_not_take_the_call_is_a_delay(self, network: Network, sandbox: Sandbox) -> None:
        """A connection that never stands carried nothing."""
        with _full_backlog() as port:
            away = _Elsewhere(sandbox, f"http://127.0.0.1:{port}")
            limits = replace(LIMITS, connect=0.3, total=5)
            async with network.open(away, limits) as publisher:  # type: ignore[arg-type]  # has the same doors
                assert isinstance(await failure(publisher, network.post), TryLater)

    @pytest.mark.parametrize("lost", LOST_BEFORE, ids=name_of)
    async def test_an_answer_that_can_not_be_read_is_not_knowing(
        self, network: Network, publisher: Publisher, sandbox: Sandbox, lost: fault.Fault
    ) -> None:
        """Nothing may be concluded from it, and nothing is sent again."""
        sandbox.faults.add(network.name, network.method, lost)
        assert isinstance(await failure(publisher, network.post), OutcomeUnknown)
        assert len(network.chat(sandbox).messages) == 0

    @pytest.mark.parametrize("lost", LOST_AFTER, ids=name_of)
    async def test_an_answer_lost_on_the_way_is_not_knowing(
        self, network: Network, publisher: Publisher, sandbox: Sandbox, lost: fault.Fault
    ) -> None:
        """The post stands there, and it must not stand there twice."""
        sandbox.faults.add(network.name, network.method, lost)
        assert isinstance(await failure(publisher, network.post), OutcomeUnknown)
        assert len(network.chat(sandbox).messages) == 1

    async def test_the_next_post_goes_out_after_a_fault(
        self, network: Network, publisher: Publisher, sandbox: Sandbox
    ) -> None:
        """No fault leaves the door stuck: after a hang the next call is answered."""
        sandbox.faults.add(network.name, network.method, fault.Hang())
        await failure(publisher, network.post)
        await publisher.publish(network.post)
        assert len(network.chat(sandbox).messages) == 1

    async def test_a_hanging_server_does_not_stop_the_others(
        self, network: Network, publisher: Publisher, sandbox: Sandbox
    ) -> None:
        """The event loop turns while a call hangs, and the call ends at its deadline."""
        sandbox.faults.add(network.name, network.method, fault.Hang())
        loop = asyncio.get_running_loop()
        began, lag = loop.time(), 0.0
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(failure(publisher, network.post))
            while not sending.done():
                before = loop.time()
                await asyncio.sleep(0.01)
                lag = max(lag, loop.time() - before)
        assert isinstance(sending.result(), OutcomeUnknown)
        assert lag < 0.5 * LIMITS.total
        assert loop.time() - began < 3 * LIMITS.total

    @pytest.mark.parametrize("lost", [*LOST_BEFORE, *LOST_AFTER, fault.Status(401), fault.TooMany(1)], ids=name_of)
    async def test_no_error_holds_a_secret(
        self, network: Network, publisher: Publisher, sandbox: Sandbox, lost: fault.Fault
    ) -> None:
        """Not its text, not its traceback, not the variables of our frames, and not the log."""
        sandbox.faults.add(network.name, network.method, lost, times=9)
        with capture_logs() as logs:
            error = await failure(publisher, network.post)
        shown = [str(error), repr(error), *traceback.format_exception(error), *_frames(error), *map(str, logs)]
        assert error.__cause__ is None
        assert error.__context__ is None
        for secret in (sandbox.telegram_token, sandbox.vk_token):
            assert not [text for text in shown if secret in text]

    async def test_a_hostile_echo_of_the_token_is_silenced(
        self, network: Network, publisher: Publisher, sandbox: Sandbox
    ) -> None:
        """A server that says the token back does not get it into our texts."""
        words = f"bad key {sandbox.telegram_token} {sandbox.vk_token}"
        echo: dict[str, fault.Fault] = {"telegram": fault.TelegramError(400, words), "vk": fault.VkError(100, words)}
        sandbox.faults.add(network.name, network.method, echo[network.name])
        own = {"telegram": sandbox.telegram_token, "vk": sandbox.vk_token}[network.name]
        assert own not in str(await failure(publisher, network.post))


class TestStopping:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(deadlines_module, "WRITE_DOWN", 0.05)

    async def test_a_cancelled_send_still_tells_its_outcome(self, network: Network, sandbox: Sandbox) -> None:
        """The caller gets its receipt, can keep it, and is cancelled only then."""
        kept: list[Receipt] = []
        async with _gate(network) as gate, network.open(gate.elsewhere(sandbox), PATIENT) as publisher:
            task = asyncio.get_running_loop().create_task(_publish_and_wait(publisher, network.post, kept))
            await gate.reached.wait()
            task.cancel()
            await asyncio.sleep(0)
            gate.open.set()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert [receipt.message_id for receipt in kept] == ["7"]

    async def test_without_an_answer_in_time_the_outcome_is_unknown(self, network: Network, sandbox: Sandbox) -> None:
        """Stopping does not wait for ever."""
        limits = replace(PATIENT, grace=0.2)
        async with _gate(network) as gate, network.open(gate.elsewhere(sandbox), limits) as publisher:
            task = asyncio.get_running_loop().create_task(failure(publisher, network.post))
            await gate.reached.wait()
            task.cancel()
            assert isinstance(await task, OutcomeUnknown)

    async def test_a_time_limit_around_a_send_is_put_off_not_lost(self, network: Network, sandbox: Sandbox) -> None:
        """Inside `asyncio.timeout` the receipt wins, and no stray cancellation comes after it."""
        async with _gate(network) as gate, network.open(gate.elsewhere(sandbox), PATIENT) as publisher:
            asyncio.get_running_loop().call_later(0.3, gate.open.set)
            async with asyncio.timeout(0.1):
                receipt = await publisher.publish(network.post)
            await asyncio.sleep(0.2)
        assert receipt.message_id == "7"


class TestTelegram:
    async def test_a_flood_is_waited_out(self, telegram: Publisher, sandbox: Sandbox) -> None:
        """For as long as Telegram says."""
        sandbox.faults.add("telegram", "sendMessage", fault.TooMany(7))
        error = await failure(telegram, TELEGRAM.post)
        assert isinstance(error, TryLater)
        assert error.after == timedelta(seconds=7)
        assert len(sandbox.world.channel.messages) == 0

    async def test_a_reader_who_blocked_the_bot_is_gone(self, telegram: Publisher, sandbox: Sandbox) -> None:
        """The same for one who never wrote."""
        post = TELEGRAM.with_(chat_id="2001")
        assert isinstance(await failure(telegram, post), Gone)
        await sandbox.world.say("telegram:2001", "/start")
        assert (await telegram.publish(post)).url is None
        sandbox.world.block("telegram:2001")
        assert isinstance(await failure(telegram, post), Gone)

    async def test_a_channel_without_the_right_to_post_is_refused_as_a_whole(
        self, telegram: Publisher, sandbox: Sandbox
    ) -> None:
        """An admin must mend it; no article is given up for it."""
        sandbox.world.channel.can_post = False
        error = await failure(telegram, TELEGRAM.post)
        assert isinstance(error, Refused)
        assert error.whole_place
        assert "administrator rights" in str(error)

    async def test_a_channel_that_is_not_there_is_refused(self, telegram: Publisher) -> None:
        """A mistake in the settings."""
        assert isinstance(await failure(telegram, TELEGRAM.with_(chat_id="@nowhere")), Refused)

    async def test_a_wrong_token_is_refused(self, sandbox: Sandbox) -> None:
        """Never tried again by itself."""
        async with open_telegram("1:wrong", sandbox.telegram_api, clock=FixedClock(), deadlines=LIMITS) as telegram:
            assert isinstance(await failure(telegram, TELEGRAM.post), Refused)

    async def test_a_picture_that_telegram_can_not_fetch_gives_way_to_text(
        self, telegram: Publisher, sandbox: Sandbox
    ) -> None:
        """The fallback is sent, once."""
        photo = Post(
            Platform.TELEGRAM, "sendPhoto", {"chat_id": "@digest", "photo": "https://a.example/1.jpg"}, TELEGRAM.post
        )
        words = "Bad Request: wrong file identifier/HTTP URL specified"
        sandbox.faults.add("telegram", "sendPhoto", fault.TelegramError(400, words))
        await telegram.publish(photo)
        [message] = sandbox.world.channel.messages.values()
        assert message.text == TEXT

    async def test_refused_markup_gives_way_to_plain_text(self, telegram: Publisher, sandbox: Sandbox) -> None:
        """The text is never lost."""
        sandbox.faults.add(
            "telegram", "sendMessage", fault.TelegramError(400, "Bad Request: can't parse entities: odd")
        )
        await telegram.publish(TELEGRAM.with_(entities=[{"type": "bold", "offset": 0, "length": 5}]))
        [message] = sandbox.world.channel.messages.values()
        assert message.text == TEXT
        assert not any(run.bold for run in message.runs)

    async def test_a_group_that_moved_is_followed(self, telegram: Publisher, sandbox: Sandbox) -> None:
        """Telegram names the new id once, and the post goes there."""
        moved = {"migrate_to_chat_id": -1001000000001}
        sandbox.faults.add("telegram", "sendMessage", fault.TelegramError(400, "Bad Request: group upgraded", moved))
        receipt = await telegram.publish(TELEGRAM.with_(chat_id="-4001"))
        assert receipt.url == f"https://t.me/digest/{receipt.message_id}"
        assert len(sandbox.world.channel.messages) == 1

    async def test_an_endless_migration_ends(self, telegram: Publisher, sandbox: Sandbox) -> None:
        """A server that sends us round in circles is refused."""
        moved = {"migrate_to_chat_id": -4002}
        sandbox.faults.add("telegram", "*", fault.TelegramError(400, "Bad Request: group upgraded", moved), times=50)
        assert isinstance(await failure(telegram, TELEGRAM.post), Refused)

    async def test_a_message_aiogram_can_not_read_was_sent_all_the_same(
        self, telegram: Publisher, sandbox: Sandbox
    ) -> None:
        """Telegram's answer has a number: that is a receipt, whatever else has changed in it."""
        odd = {"ok": True, "result": {"message_id": 7, "date": "soon", "chat": {"id": -100, "username": "digest"}}}
        sandbox.faults.add("telegram", "sendMessage", fault.Body(json.dumps(odd).encode(), "application/json"))
        receipt = await telegram.publish(TELEGRAM.post)
        assert receipt == Receipt("7", NOON, "https://t.me/digest/7")

    async def test_the_same_edit_twice_is_done(self, telegram: Publisher) -> None:
        """«Not modified» means that the message stands there as wanted."""
        sent = await telegram.publish(TELEGRAM.post)
        edit = Post(
            Platform.TELEGRAM,
            "editMessageText",
            {"chat_id": "@digest", "message_id": int(sent.message_id), "text": "Night trains stay"},
        )
        assert await telegram.publish(edit) == await telegram.publish(edit) == sent

    async def test_a_call_that_only_says_done_has_no_message_id(self, telegram: Publisher) -> None:
        """Deleting, answering a button."""
        sent = await telegram.publish(TELEGRAM.post)
        gone = {"chat_id": "@digest", "message_id": int(sent.message_id)}
        assert await telegram.publish(Post(Platform.TELEGRAM, "deleteMessage", gone)) == Receipt("", NOON)

    @pytest.mark.parametrize(("method", "params"), [("sendPigeon", {}), ("sendMessage", {"chat_id": [], "text": TEXT})])
    async def test_a_call_that_does_not_exist_is_refused_before_it_is_sent(
        self, telegram: Publisher, sandbox: Sandbox, method: str, params: dict[str, Any]
    ) -> None:
        """Our own mistake; the text of the message is not in the error."""
        error = await failure(telegram, Post(Platform.TELEGRAM, method, params))
        assert isinstance(error, Refused)
        assert TEXT not in str(error)
        assert not sandbox.world.calls


class TestVk:
    @pytest.mark.parametrize("lost", [*LOST_BEFORE, *LOST_AFTER], ids=name_of)
    async def test_a_wall_post_with_a_key_is_repeated_once_and_stands_once(
        self, vk: Publisher, sandbox: Sandbox, lost: fault.Fault
    ) -> None:
        """VK knows the repeat by its guid, so not knowing can be cured."""
        sandbox.faults.add("vk", "wall.post", lost)
        receipt = await vk.publish(VK.with_(guid="night-trains"))
        assert [str(message.id) for message in sandbox.world.wall.messages.values()] == [receipt.message_id]

    @pytest.mark.parametrize("lost", [fault.AcceptThenDrop(), fault.HtmlPage()], ids=name_of)
    async def test_a_message_with_a_key_is_repeated_once_and_stands_once(
        self, vk: Publisher, sandbox: Sandbox, lost: fault.Fault
    ) -> None:
        """VK knows the repeat by its random_id."""
        await sandbox.world.say("vk:42", "Начать")
        sandbox.faults.add("vk", "messages.send", lost)
        message = Post(Platform.VK, "messages.send", {"peer_id": 42, "random_id": 77, "message": TEXT})
        receipt = await vk.publish(message)
        ours = [one for one in sandbox.world.chat("vk:42").messages.values() if one.sender == "bot"]
        assert [str(one.id) for one in ours] == [receipt.message_id]

    async def test_two_lost_answers_are_not_knowing(self, vk: Publisher, sandbox: Sandbox) -> None:
        """One repeat, no more."""
        sandbox.faults.add("vk", "wall.post", fault.AcceptThenDrop(), times=2)
        assert isinstance(await failure(vk, VK.with_(guid="night-trains")), OutcomeUnknown)
        assert len(sandbox.world.calls) == 2
        assert len(sandbox.world.wall.messages) == 1

    async def test_too_many_calls_a_second_are_waited_out(self, vk: Publisher, sandbox: Sandbox) -> None:
        """Error 6 comes before anything is done."""
        sandbox.faults.add("vk", "wall.post", fault.TooMany(), times=3)
        await vk.publish(VK.post)
        assert len(sandbox.world.wall.messages) == 1

    async def test_too_many_calls_are_not_repeated_for_ever(self, vk: Publisher, sandbox: Sandbox) -> None:
        """Four calls, then it is the ledger's turn to wait."""
        sandbox.faults.add("vk", "wall.post", fault.TooMany(), times=50)
        assert isinstance(await failure(vk, VK.post), TryLater)
        assert len(sandbox.world.calls) == 4

    @pytest.mark.parametrize(
        ("code", "kind", "after"),
        [
            (9, TryLater, timedelta(minutes=15)),
            (29, TryLater, timedelta(hours=3)),
            (5, Refused, None),
            (27, Refused, None),
            (15, Refused, None),
            (100, Refused, None),
            (10, OutcomeUnknown, None),
        ],
    )
    async def test_each_error_of_vk_asks_for_one_reaction(
        self, vk: Publisher, sandbox: Sandbox, code: int, kind: type[DeliveryError], after: timedelta | None
    ) -> None:
        """And none of them posts."""
        sandbox.faults.add("vk", "wall.post", fault.VkError(code))
        error = await failure(vk, VK.post)
        assert type(error) is kind
        assert getattr(error, "after", None) == after
        assert len(sandbox.world.wall.messages) == 0

    @pytest.mark.parametrize("code", [14, 17])
    async def test_a_captcha_is_for_a_person(self, vk: Publisher, sandbox: Sandbox, code: int) -> None:
        """Its page is in the text; today's answers have no picture to solve."""
        page = "https://id.vk.ru/not_robot_captcha?session=1"
        sandbox.faults.add("vk", "wall.post", fault.VkError(code, "Captcha needed", redirect_uri=page))
        error = await failure(vk, VK.post)
        assert isinstance(error, TryLater)
        assert page in str(error)

    async def test_a_reader_who_never_wrote_is_gone(self, vk: Publisher) -> None:
        """VK lets a community write only to people who wrote first."""
        message = Post(Platform.VK, "messages.send", {"peer_id": 43, "random_id": 5, "message": TEXT})
        assert isinstance(await failure(vk, message), Gone)

    async def test_a_refused_source_is_left_out(self, vk: Publisher, sandbox: Sandbox) -> None:
        """The post goes out without it, once."""
        words = "One of the parameters specified was missing or invalid: copyright"
        sandbox.faults.add("vk", "wall.post", fault.VkError(100, words))
        await vk.publish(VK.with_(copyright="https://example.org/a"))
        assert len(sandbox.world.wall.messages) == 1
        assert "copyright" not in sandbox.world.calls[-1].params

    async def test_a_refused_link_card_becomes_text(self, vk: Publisher, sandbox: Sandbox) -> None:
        """The reader still gets the link."""
        sandbox.faults.add("vk", "wall.post", fault.VkError(222, "Hyperlinks are forbidden"))
        await vk.publish(VK.with_(attachments="https://example.org/a"))
        [message] = sandbox.world.wall.messages.values()
        assert "https://example.org/a" in message.text
        assert "attachments" not in sandbox.world.calls[-1].params

    async def test_several_receivers_are_refused(self, vk: Publisher, sandbox: Sandbox) -> None:
        """Each has an outcome of its own, and a receipt is for one."""
        post = Post(Platform.VK, "messages.send", {"peer_ids": "42,43", "random_id": 5, "message": TEXT})
        assert isinstance(await failure(vk, post), Refused)
        assert not sandbox.world.calls


@dataclass(frozen=True)
class _Elsewhere:
    """The sandbox's keys, with doors at another address."""

    sandbox: Sandbox
    url: str

    @property
    def telegram_api(self) -> str:
        return self.url

    @property
    def vk_api(self) -> str:
        return self.url

    @property
    def telegram_token(self) -> str:
        return self.sandbox.telegram_token

    @property
    def vk_token(self) -> str:
        return self.sandbox.vk_token


@dataclass(frozen=True)
class _Gate:
    """A server that takes a call and answers when it is let."""

    url: str
    reached: asyncio.Event
    open: asyncio.Event

    def elsewhere(self, sandbox: Sandbox) -> Any:
        return _Elsewhere(sandbox, self.url)


@asynccontextmanager
async def _gate(network: Network) -> AsyncIterator[_Gate]:
    reached, opened = asyncio.Event(), asyncio.Event()
    chat = {"id": -1001, "type": "channel", "title": "Digest"}
    answers: dict[str, object] = {
        "telegram": {"ok": True, "result": {"message_id": 7, "date": 1, "chat": chat, "text": TEXT}},
        "vk": {"response": {"post_id": 7}},
    }
    body = json.dumps(answers[network.name]).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reached.set()
        await opened.wait()
        writer.write(head + body)
        writer.close()

    async with _serving(answer) as url:
        try:
            yield _Gate(url, reached, opened)
        finally:
            opened.set()


@asynccontextmanager
async def _serving(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class _full_backlog:  # noqa: N801 - used like a function
    """A port whose queue is full: the kernel answers no further connection."""

    def __enter__(self) -> int:
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(0)
        self._waiting = [socket.socket() for _ in range(4)]
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex(self._server.getsockname())
        port: int = self._server.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        for one in (*self._waiting, self._server):
            one.close()


async def _publish_and_wait(publisher: Publisher, post: Post, kept: list[Receipt]) -> None:
    kept.append(await publisher.publish(post))
    await asyncio.Event().wait()


def _frames(error: BaseException) -> Iterator[str]:
    """The variables of our own frames in a traceback, as a crash reporter would show them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "/bot/channels/" in frame.f_code.co_filename:
            yield repr(frame.f_locals)
