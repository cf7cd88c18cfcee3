"""What the line to redis promises: every failure in a clear sentence, and no blind repeats."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreError
from bot.model import Article, Attempt, Place, Platform, Slot, SlotState
from bot.store import connection, open_store
from tests.redis_faults import FakeRedis, LossyLine
from tests.stores import redis_binary, running, valkey_binary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANNEL = Place(Platform.TELEGRAM, "@gardens")


async def failure(url: str) -> str:
    """What opening says, with everything a traceback would show."""
    with pytest.raises(StoreError) as caught:
        async with open_store(url, None) as store:
            await store.marks.put("a", "b")
    return "".join(traceback.format_exception(caught.value))


async def test_a_redis_that_is_away_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens there."""
    monkeypatch.setattr(connection, "CONNECT_PAUSES", (0.01,))
    assert "redis at 127.0.0.1:1 can't be reached: is it running" in await failure("redis://127.0.0.1:1")


async def test_no_address_at_all() -> None:
    """Neither a URL nor a socket."""
    with pytest.raises(StoreError, match=r"neither redis\.url nor"):
        async with open_store(None, None):
            pass


@pytest.mark.parametrize(
    "url",
    ["http://:s3cret@h", "redis://:s3cret/x@h:6379", "redis://:s3cret#@h", "redis://:s3cret@h?retry_on_timeout=1"],
)
async def test_a_url_that_can_not_be_used(url: str) -> None:
    """The error says what is expected, without the password; an option that would repeat writes is not let in."""
    said = await failure(url)
    assert "redis.url" in said
    assert "s3cret" not in said


async def test_a_password_is_used_and_never_shown() -> None:
    """Right: it opens. Wrong or missing: it says so. In no case is it in an error or in a repr."""
    with running(valkey_binary(), "valkey", "--requirepass", "s3cret") as address:
        assert address.url
        async with open_store(address.url.replace("//", "//:s3cret@"), None) as store:
            assert "s3cret" not in repr(store)
            await store.ping()
        wrong = await failure(address.url.replace("//", "//:wr0ng@"))
        assert "refused the password" in wrong
        assert "wr0ng" not in wrong
        assert "wants a password" in await failure(address.url)


async def test_a_replica_is_named_as_one() -> None:
    """Reads would work there, writes never."""
    with running(redis_binary(), "redis-6.2", "--replicaof", "127.0.0.1", "1") as address:
        assert "read-only replica" in await failure(str(address.url))


async def test_a_full_redis_is_named_as_full() -> None:
    """Out of memory is not an outage."""
    with running(valkey_binary(), "valkey", "--maxmemory", "1") as address:
        assert "out of memory" in await failure(str(address.url))


async def test_a_user_without_the_right_is_told() -> None:
    """Access control of redis 6 and later."""
    with running(valkey_binary(), "valkey") as address:
        async with open_store(address.url, None) as store:
            await store.client.write("ACL", "SETUSER", "default", "-set")
            with pytest.raises(StoreError, match="does not let this user"):
                await store.marks.put("a", "b")


def _about(**facts: str) -> Callable[[list[str]], bytes]:
    text = "".join(f"{name}:{fact}\r\n" for name, fact in {"redis_version": "7.0.0", **facts}.items())
    return lambda command: b"$%d\r\n%s\r\n" % (len(text), text.encode()) if command[0] == "INFO" else b"+OK\r\n"


@asynccontextmanager
async def fake(answer: Callable[[list[str]], bytes]) -> AsyncIterator[str]:
    async with FakeRedis(answer).running() as url:
        yield url


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"redis_version": "5.0.7"}, r"too old (5.0.7)"),
        ({"redis_version": "6.0.16"}, r"too old (6.0.16)"),
        ({"redis_mode": "cluster"}, "is a cluster"),
    ],
)
async def test_an_unfit_redis_is_refused_at_start(facts: dict[str, str], said: str) -> None:
    """Before anything is done with it."""
    async with fake(_about(**facts)) as url:
        assert said in await failure(url)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"-MISCONF Errors writing to the AOF file: No space left on device", "free some space"),
        (b"-MOVED 3999 127.0.0.1:6381", "is a cluster"),
        (b"-ERR something new", "answered with an error: something new"),
    ],
)
async def test_an_error_of_redis_becomes_a_sentence(words: bytes, said: str) -> None:
    """With what to do, where we know it."""
    about = _about()
    async with fake(lambda command: words + b"\r\n" if command[0] == "SET" else about(command)) as url:
        assert said in await failure(url)


async def test_loading_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads its data refuses without doing: even a write is said again, and it is done once."""
    monkeypatch.setattr(connection, "LOADING_PAUSES", (0.0, 0.0, 0.0))
    about, said = _about(), list[str]()

    def answer(command: list[str]) -> bytes:
        said.append(command[0])
        return b"-LOADING reading\r\n" if command[0] == "SET" and said.count("SET") < 3 else about(command)

    async with fake(answer) as url, open_store(url, None) as store:
        await store.marks.put("a", "b")
    assert said.count("SET") == 3


async def test_a_silent_redis_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer has a deadline."""
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(connection, "AGAIN_PAUSES", (0.01,))
    async with fake(lambda _: b"") as url:
        assert "did not answer in time" in await failure(url)


async def test_a_redis_that_may_forget_is_warned_of() -> None:
    """One that evicts keys under pressure could lose the ledger; it is used, with a warning."""
    with capture_logs() as logs:
        async with fake(_about(maxmemory="100000", maxmemory_policy="allkeys-lru")) as url, open_store(url, None):
            pass
    assert [line["event"] for line in logs] == ["store.may_forget"]


# Lost answers


@pytest.fixture
async def line(server_url: str) -> AsyncIterator[LossyLine]:
    """A line to a real server that can lose answers."""
    async with LossyLine(server_url).running() as line:
        async with open_store(line.url, None) as store:
            await store.client.write("FLUSHALL")
        yield line


async def test_a_write_is_never_said_twice(line: LossyLine) -> None:
    """Its answer got lost, so nobody knows: the caller is told, and the command was done once."""
    async with open_store(line.url, None) as store:
        line.lose(1)
        with pytest.raises(StoreError, match="can't be reached"):
            await store.client.write("RPUSH", "depeche:test", "x")
        assert await store.client.read("LRANGE", "depeche:test", 0, -1) == ["x"]
        line.lose(1)
        with pytest.raises(StoreError, match="can't be reached"):
            await store.client.writes([("RPUSH", "depeche:test", "y")])
        assert await store.client.read("LRANGE", "depeche:test", 0, -1) == ["x", "y"]


async def test_a_read_is_said_again(line: LossyLine) -> None:
    """Two lost answers are not noticed; three are."""
    async with open_store(line.url, None) as store:
        await store.marks.put("a", "b")
        line.lose(2)
        assert await store.marks.get("a") == "b"
        line.lose(3)
        with pytest.raises(StoreError):
            await store.marks.get("a")


async def test_a_claim_survives_a_lost_answer(line: LossyLine) -> None:
    """The claimer gets its own claim, once; so do a settlement, a firing and a deed done once."""
    slot = Slot("rose", CHANNEL)
    async with open_store(line.url, None) as store:
        await store.ping()
        line.lose(2)
        claim = await store.ledger.claim(slot, now=NOW, lease=HOUR)
        assert claim
        assert claim.fence == 1
        line.lose(1)
        assert await store.ledger.settle(claim, Attempt(slot, NOW, SlotState.SENT))
        assert len(await store.ledger.story("rose")) == 1
        assert (await store.overdue.tally())[SlotState.SENT] == 1
        line.lose(1)
        assert await store.overdue.first_firing("main", NOW)
        line.lose(1)
        assert await store.marks.once("event:1", HOUR)


async def test_adding_survives_a_lost_answer(line: LossyLine) -> None:
    """The article is there once, and its tags are counted once."""
    async with open_store(line.url, None) as store:
        await store.ping()
        line.lose(1)
        rose = Article("1", "https://gardens.example/rose", "A rose", tags=("Розы",), published_at=NOW)
        await store.articles.add(rose, source="gardens", at=NOW, queues=["main"])
        assert [name.count for name in await store.articles.names()] == [1]
        assert await store.queues.waiting("main") == [rose]
