"""`depeche demo`: the whole bot, as it always is, against the sandbox. Without a screen it also counts."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from bot.app import open_app
from bot.config import Settings, given
from bot.errors import CommandError
from bot.process import wait_for_signal
from bot.sandbox.newsroom import OLD_AT_START, Published
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Chat
from bot.sandbox.world import CHANNEL, EDITOR_ID, GROUP_ID, WALL
from bot.service import App
from bot.tags import fold
from handlers.queue_cards import why
from handlers.texts import Texts

SECONDS_BETWEEN = 12.0
SECONDS_BETWEEN_HEADLESS = 5.0
QUIET_END = 12.0
"""Seconds before the end of a counted run in which nothing new is published, so that all of it can arrive."""
LISTENING_SECONDS = 15.0
PLAN_HOURS = 24.0
ENOUGH = 3
"""Articles that must have reached the channel and the wall for a counted run to succeed."""
SUBSCRIBERS = {"telegram:2002": ("/subscribe ", "Наука, Поезда"), "vk:43": ("подписаться ", "Кухня, Франция")}
"""Who subscribes to what at the start; the other chats belong to whoever watches."""


def demo_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """A newsroom's settings, with the sandbox's addresses in them."""
    return given(
        {
            "data_dir": folder,
            "telegram": {
                "token": sandbox.telegram_token,
                "api_base": sandbox.telegram_api,
                "admins": [EDITOR_ID],
            },
            "vk": {"token": sandbox.vk_token, "api_base": sandbox.vk_api, "group_id": GROUP_ID},
            "fetch": {"allow_networks": ["127.0.0.0/8"]},
            "sources": [{"name": "digest", "url": sandbox.feed_url, "every": "2s"}],
            "channels": [
                {"name": "channel", "platform": "telegram", "target": "@digest", "min_gap": "3s"},
                {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}", "min_gap": "3s"},
            ],
        }
    )


async def run(*, port: int, headless: bool, exit_after: float | None) -> int:
    """Run until a signal, or for `exit_after` seconds; then 0 if everything arrived exactly once, else 1.

    Raises CommandError when the port is taken.
    """
    console = Console(highlight=False, soft_wrap=True)
    every = SECONDS_BETWEEN_HEADLESS if headless else SECONDS_BETWEEN
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="depeche-demo-")))
        try:
            sandbox = await stack.enter_async_context(open_sandbox(port=0 if headless else port))
        except OSError as error:
            raise CommandError(f"port {port} can't be used ({error.strerror}): choose another with --port") from error
        told_to_stop = asyncio.Event()
        wait_for_signal(told_to_stop)
        app = await stack.enter_async_context(open_app(demo_settings(sandbox, folder)))
        stack.enter_context(planned(app, sandbox))
        _greet(console, sandbox, headless=headless)
        await _subscribe(sandbox)
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(_tell(console, sandbox)),
                tasks.create_task(sandbox.newsroom.publish_every(every)),
            ]
            try:
                time_is_up = await _wait(told_to_stop, exit_after, background[-1])
            finally:
                for task in background:
                    task.cancel()
        return _verdict(console, sandbox) if time_is_up else 0


@contextlib.contextmanager
def planned(app: App, sandbox: Sandbox) -> Iterator[None]:
    """The board shows what this bot's desk will send out, as long as the bot runs."""
    texts, world = Texts("ru"), sandbox.world

    async def plan(language: str) -> list[dict[str, str]]:
        lines = await app.desk.plan(now=world.now(), hours=PLAN_HOURS)
        return [
            {
                "time": line.time.isoformat(),
                "channel": line.channel,
                "headline": line.article.headline,
                "why": why(line.why, texts(language)),
            }
            for line in lines
        ]

    world.plan = plan
    world.touch()
    try:
        yield
    finally:
        world.plan = None
        world.touch()


async def _subscribe(sandbox: Sandbox) -> None:
    """Speak once the bot listens: VK tells a new listener nothing of what was said before."""
    async with asyncio.timeout(LISTENING_SECONDS):
        while not any(call.method == "groups.getLongPollServer" for call in sandbox.world.calls):  # noqa: ASYNC110 - a request rings no bell
            await asyncio.sleep(0.05)
    for chat, (command, tags) in SUBSCRIBERS.items():
        await sandbox.world.say(chat, command + tags)


async def _wait(stopping: asyncio.Event, seconds: float | None, publishing: asyncio.Task[None]) -> bool:
    """Wait for the end. True: the time was up; False: somebody stopped us."""
    if seconds is None:
        await stopping.wait()
        return False
    try:
        async with asyncio.timeout(max(0.0, seconds - QUIET_END)):
            await stopping.wait()
            return False
    except TimeoutError:
        publishing.cancel()
    try:
        async with asyncio.timeout(min(seconds, QUIET_END)):
            await stopping.wait()
            return False
    except TimeoutError:
        return True


def _greet(console: Console, sandbox: Sandbox, *, headless: bool) -> None:
    console.print()
    console.print("  [bold]Depeche[/bold] is running, with a newsroom, a Telegram and a VK of its own.")
    if headless:
        console.print("  What arrives where is told below.")
    else:
        console.print(f"  Open the board:  [bold cyan]{sandbox.url}[/bold cyan]")
        console.print("  Type [bold]/subscribe Наука[/bold] in the chat there, and wait for the next article.")
    console.print("  Ctrl+C stops it; nothing is kept.")
    console.print()


async def _tell(console: Console, sandbox: Sandbox) -> None:
    """A line for each message that appears anywhere."""
    told: Counter[str] = Counter()
    revision = 0
    while True:
        for chat in sandbox.world.chats.values():
            messages = list(chat.messages.values())
            for message in messages[told[chat.name] :]:
                who = "→" if message.sender == "bot" else "←"
                line = " ".join(message.text.split())
                console.print(f"{message.at.astimezone():%H:%M:%S}  {_where(chat):<26} {who} {line[:90]}", markup=False)
            told[chat.name] = len(messages)
        revision = await sandbox.world.changed(revision)


def _where(chat: Chat) -> str:
    kinds = {"channel": "channel", "wall": "wall", "private": "chat with"}
    name = chat.title if chat.kind == "private" else chat.address
    return f"{chat.platform} {kinds.get(chat.kind, chat.kind)} {name}"


def _verdict(console: Console, sandbox: Sandbox) -> int:
    """Count what arrived where. 0: enough of it, each once, and every subscriber got exactly what matches."""
    fresh = sandbox.newsroom.published[OLD_AT_START:]
    problems = [problem for name in (CHANNEL, WALL) for problem in _public_problems(sandbox, name, fresh)]
    for name, (_, tags) in SUBSCRIBERS.items():
        problems += _reader_problems(sandbox, name, tags.split(", "), fresh)
    console.print()
    for name in (CHANNEL, WALL, *SUBSCRIBERS):
        chat = sandbox.world.chat(name)
        console.print(f"  {_where(chat)}: {len(_arrivals(sandbox, name, fresh))} articles", markup=False)
    for problem in problems:
        console.print(f"  ✗ {problem}", style="red", markup=False)
    if not problems:
        console.print(f"  ✓ all {len(fresh)} new articles arrived where they belong, each once", style="green")
    return 1 if problems else 0


def _arrivals(sandbox: Sandbox, chat: str, fresh: Sequence[Published]) -> Counter[str]:
    """How often each of these articles stands in a chat, by slug."""
    messages = [message for message in sandbox.world.chat(chat).messages.values() if message.sender == "bot"]
    return Counter(one.story.slug for message in messages for one in fresh if one.story.headline in message.text)


def _public_problems(sandbox: Sandbox, chat: str, fresh: Sequence[Published]) -> Iterator[str]:
    arrived = _arrivals(sandbox, chat, fresh)
    if len(arrived) < ENOUGH:
        yield f"{chat}: only {len(arrived)} articles arrived, {ENOUGH} are needed"
    yield from (f"{chat}: {slug} arrived {times} times" for slug, times in arrived.items() if times > 1)
    yield from (f"{chat}: {one.story.slug} did not arrive" for one in fresh if one.story.slug not in arrived)


def _reader_problems(sandbox: Sandbox, chat: str, tags: Sequence[str], fresh: Sequence[Published]) -> Iterator[str]:
    wanted = {fold(tag) for tag in tags}
    due = Counter(
        one.story.slug
        for one in fresh
        if wanted & {fold(name) for name in (*one.story.tags, one.story.country, one.story.region, one.story.outlet)}
    )
    arrived = _arrivals(sandbox, chat, fresh)
    if not due:
        yield f"{chat}: no article with {', '.join(tags)} was published, so nothing was proved"
    yield from (f"{chat}: {slug} should have arrived once, not {arrived[slug]} times" for slug in due - arrived)
    yield from (f"{chat}: {slug} should not have arrived, or not again" for slug in arrived - due)
