"""`depeche sources`: how the sources are, and what would come out of one before it is added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import SystemClock
from bot.assembly import fetcher_for, newsstand_for, sources_of
from bot.codec import article_to_json
from bot.config import Settings
from bot.console.inspecting import open_state
from bot.console.terminal import print_json
from bot.source.merge import merge
from bot.sourcing import Report, Sample, Trial
from scheduler.directory import ADDED_EVERY, Directory
from scheduler.source import Source
from scheduler.trial import FIELDS, trial


async def show_reports(settings: Settings, *, as_json: bool) -> None:
    """Every source of the settings and of the admins, with its health. Raises StoreError."""
    async with open_state(settings) as store:
        directory = Directory(sources_of(settings), store.directives, store.sources, merge)
        found = await directory.reports(now=SystemClock().now())
    if as_json:
        print_json(reports_json(found))
    else:
        print_reports(found, ZoneInfo(settings.timezone))


async def show_trial(settings: Settings, asked: str, profile: str, *, as_json: bool) -> None:
    """What would come out of an address, or of a source of the settings by its name. Raises SourceError."""
    known = {source.name: source for source in sources_of(settings)}
    source = known.get(asked) or Source("trial", asked, ADDED_EVERY, profile=profile)
    async with fetcher_for(settings) as fetcher:
        found = await trial(newsstand_for(settings, fetcher), source, merge)
    if as_json:
        print_json(trial_json(found))
    else:
        print_trial(found)


def reports_json(found: Sequence[Report]) -> list[dict[str, Any]]:
    """For programs."""
    return [
        {
            "name": one.name,
            "url": one.url,
            "paused": one.paused,
            "added": one.added,
            "last_success": _iso(one.state.succeeded_at),
            "next_check": _iso(one.next_check),
            "usual_minutes": round(one.usual.total_seconds() / 60) if one.usual else None,
            "failures": one.state.failures,
            "error": one.state.error,
            "problems": list(one.state.problems),
        }
        for one in found
    ]


def trial_json(found: Trial) -> dict[str, Any]:
    """For programs."""
    return {
        "url": found.url,
        "read_at": found.read_at,
        "why_there": found.why_there,
        "hub": found.hub,
        "count": found.count,
        "problems": list(found.problems),
        "articles": [
            {"article": article_to_json(one.article), "evidence": one.evidence, "page_error": one.why}
            for one in found.samples
        ],
    }


def print_reports(found: Sequence[Report], zone: ZoneInfo) -> None:
    """A line a source."""
    console = Console(highlight=False)
    if not found:
        console.print("There is no source yet: add a [[sources]] table to the settings, or /sources add.", markup=False)
        return
    table = Table("", "name", "address", "last success", "next check", "usually every", "trouble", box=None)
    for one in found:
        sign = "⏸" if one.paused else "✗" if one.state.error else "✓" if one.state.succeeded_at else "·"
        failed = [f"{one.state.error} ({one.state.failures})"] if one.state.error else []
        trouble = "; ".join([*failed, *one.state.problems])
        usual = f"{round(one.usual.total_seconds() / 60)} min" if one.usual else "–"
        times = (_local(one.state.succeeded_at, zone), _local(one.next_check, zone))
        table.add_row(sign, escape(one.name), escape(one.url), *times, usual, escape(trouble))
    console.print(table)


def print_trial(found: Trial) -> None:
    """What was found, and a table for each article: its fields, and where each is from."""
    console = Console(highlight=False)
    console.print(f"{found.count} articles at {found.read_at or found.url}", markup=False)
    told = [found.why_there] if found.why_there else []
    if found.hub:
        told.append(f"Its hub ({found.hub}) would push news; the bot reads the feed at intervals instead.")
    for sentence in [*told, *found.problems]:
        console.print(f"  {sentence}", markup=False)
    for sample in found.samples:
        console.print(_table(sample))
    if not found.samples:
        console.print("Nothing would come out of it now.")


def _table(sample: Sample) -> Table:
    table = Table("field", "value", "from", title=escape(sample.article.url), title_justify="left")
    table.columns[1].overflow = "fold"
    for name, value in article_to_json(sample.article).items():
        if name in FIELDS:
            table.add_row(name, escape(_plain(value)), sample.evidence.get(name, "–"))
    if sample.why:
        table.caption = escape(f"The page could not be read: {sample.why}")
    return table


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    text = str(value) if value is not None else "–"
    return text if len(text) <= 300 else f"{text[:299]}…"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d.%m. %H:%M") if moment else "–"
