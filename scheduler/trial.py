"""What would come out of a source, before it is added: a few articles, and where each of their fields is from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from bot.conditions import SourceState
from bot.errors import SourceError
from bot.model import Article
from bot.ports import Newsstand, PageReading
from bot.sourcing import Sample, Trial
from scheduler.source import Source

SAMPLES = 3
FIELDS = tuple(field.name for field in fields(Article) if field.name not in ("id", "url", "body"))


async def trial(newsstand: Newsstand, source: Source, merge: Callable[[Article, Article], Article]) -> Trial:
    """Read a source once, and the pages of its newest articles. Nothing is kept. Raises SourceError."""
    reading = await newsstand.feed(source.url, SourceState(), source.listing)
    entries = reading.entries or ()
    samples = [await _sample(newsstand, source, entry, merge) for entry in entries[:SAMPLES]]
    return Trial(
        source.url, len(entries), tuple(samples), reading.problems, reading.address, reading.why_there, reading.hub
    )


async def _sample(
    newsstand: Newsstand, source: Source, entry: Article, merge: Callable[[Article, Article], Article]
) -> Sample:
    if not source.full_page:
        return Sample(entry, {name: "feed" for name in FIELDS if getattr(entry, name)})
    try:
        reading = await newsstand.study(entry.url, source.profile)
    except SourceError as error:
        return Sample(entry, {name: "feed" for name in FIELDS if getattr(entry, name)}, str(error))
    whole = replace(merge(entry, reading.certain), url=entry.url)
    return Sample(whole, {name: where for name in FIELDS if (where := _where(name, entry, reading, whole))})


def _where(name: str, entry: Article, reading: PageReading, whole: Article) -> str | None:
    """Where a field's value is from, and by which evidence of the page; None where nobody knows it."""
    value = getattr(whole, name)
    if not value:
        return None
    if getattr(entry, name) == value and getattr(reading.certain, name) != value:
        return "feed"
    where = "page" if getattr(entry, name) != value and getattr(reading.certain, name) == value else "feed and page"
    return f"{where} ({kind})" if (kind := reading.believed.get(name)) else where
