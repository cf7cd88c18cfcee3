"""Redis going wrong on demand: a server that says what a test wants, and a line that loses answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class FakeRedis:
    """Speaks redis's protocol; `answer` turns a command into the bytes of the answer, b"" for silence."""

    def __init__(self, answer: Callable[[list[str]], bytes]) -> None:
        self._answer = answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Its URL."""
        async with _serving(self._serve) as url:
            yield url

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2].decode())
            writer.write(self._answer(words))


class LossyLine:
    """A line to a server at a URL. After `lose(n)` the next n answers are swallowed and their connections cut."""

    def __init__(self, to: str) -> None:
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._lose = 0
        self.url = ""

    def lose(self, answers: int) -> None:
        """The commands behind them are done all the same."""
        self._lose = answers

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LossyLine]:
        """Open while the block runs."""
        async with _serving(self._serve) as self.url:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._to)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(_copy(reader, there_writer))
            try:
                while said := await there_reader.read(65536):
                    if self._lose > 0 and said not in _SMALL_TALK:
                        self._lose -= 1
                        break
                    writer.write(said)
            finally:
                asking.cancel()
                there_writer.close()


_SMALL_TALK = {b"-NOSCRIPT No matching script.\r\n", b"-NOSCRIPT No matching script. Please use EVAL.\r\n"}
"""Answers to a command that was not done: losing one would test nothing."""


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65536):
        writer.write(said)
    writer.close()


@asynccontextmanager
async def _serving(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A TCP server that is closed with all its connections."""
    at_work: set[asyncio.Task[object]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        at_work.add(task)
        try:
            await serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test ended
        finally:
            at_work.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.close()
        for task in list(at_work):
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)
        await server.wait_closed()
