"""`doctor` and `health`: what is in order, what is not, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout
from rich.console import Console

from bot.app import SystemClock, enter_store, open_doors
from bot.assembly import fetcher_for, newsstand_for, places_of, sources_of
from bot.conditions import SourceState
from bot.config import Settings
from bot.errors import CommandError, DepecheError, SettingsError
from bot.model import Platform

TOLERATED_SKEW = timedelta(seconds=30)
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice`: what to do, when it is bad."""

    what: str
    bad: bool
    advice: str

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {"check": self.what, "ok": not self.bad, "say": self.advice}


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is sent or changed."""
    return [finding async for finding in _findings(settings)]


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("settings", bad=False, advice="read without a mistake")
    yield await _redis(settings)
    async for finding in _platforms(settings):
        yield finding
    async for finding in _sources(settings):
        yield finding
    yield await _clock(settings)


async def _redis(settings: Settings) -> Finding:
    try:
        async with AsyncExitStack() as stack:
            await (await enter_store(settings, stack, join=True)).ping()
    except DepecheError as error:
        return Finding("redis", bad=True, advice=str(error))
    return Finding("redis", bad=False, advice="answers")


async def _platforms(settings: Settings) -> AsyncIterator[Finding]:
    async with AsyncExitStack() as stack:
        try:
            doors = await open_doors(settings, stack, SystemClock())
        except SettingsError as error:
            yield Finding("tokens", bad=True, advice=str(error))
            return
        if doors.telegram is None:
            yield Finding("telegram", bad=False, advice="off: set DEPECHE_TELEGRAM__TOKEN to switch it on")
        else:
            problems = await doors.telegram.check(places_of(settings, Platform.TELEGRAM))
            yield Finding("telegram", bad=bool(problems), advice=" ".join(problems) or "token and rights are in order")
        if doors.vk is None:
            yield Finding("vk", bad=False, advice="off: set DEPECHE_VK__TOKEN to switch it on")
        else:
            problems = await doors.vk.check()
            yield Finding("vk", bad=bool(problems), advice=" ".join(problems) or "key and rights are in order")


async def _sources(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.sources:
        yield Finding("sources", bad=True, advice="there is none: add a [[sources]] table to the settings")
    async with fetcher_for(settings) as fetcher:
        newsstand = newsstand_for(settings, fetcher)
        for source in sources_of(settings):
            name = f"source {source.name}"
            try:
                reading = await newsstand.feed(source.url, SourceState(), source.listing)
            except DepecheError as error:
                yield Finding(name, bad=True, advice=str(error))
                continue
            entries = reading.entries or ()
            elsewhere = [reading.why_there] if reading.why_there else []
            said = "; ".join([f"{len(entries)} articles", *elsewhere, *reading.problems])
            yield Finding(name, bad=bool(reading.problems) or not entries, advice=said)


async def _clock(settings: Settings) -> Finding:
    """Our clock against the one of a platform: schedules and the age of articles depend on it."""
    address = settings.telegram.api_base if settings.has_telegram else settings.vk.api_base
    try:
        async with ClientSession(timeout=ClientTimeout(total=SECONDS)) as http, http.head(address) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (ClientError, TimeoutError, OSError, KeyError, ValueError):
        return Finding("clock", bad=False, advice="could not be compared: the platform did not say its time")
    skew = abs(SystemClock().now() - theirs)
    if skew > TOLERATED_SKEW:
        return Finding("clock", bad=True, advice=f"off by {round(skew.total_seconds())} s: let NTP set it")
    return Finding("clock", bad=False, advice="right")


def show(findings: list[Finding]) -> None:
    """The findings for a person."""
    console = Console(highlight=False)
    for finding in findings:
        sign, style = ("✗", "bold red") if finding.bad else ("✓", "green")
        console.print(sign, finding.what, "–", finding.advice, style=style if finding.bad else None)


async def ask_health(settings: Settings) -> str:
    """The running bot's own word on itself. Raises CommandError when it is not well, or does not answer."""
    if settings.web.port is None:
        raise CommandError("web.port is not set: the bot serves no health check")
    address = f"http://{settings.web.host}:{settings.web.port}/health"
    try:
        async with asyncio.timeout(SECONDS), ClientSession() as http, http.get(address) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise CommandError(f"not well: {text}")
    except (ClientError, TimeoutError, OSError) as error:
        raise CommandError(f"no answer from {address}: {type(error).__name__}") from error
    return text
