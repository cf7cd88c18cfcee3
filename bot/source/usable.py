"""What of a feed can be collected: every article once, and a sentence about each entry that has to be left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model import Article, Feed
from bot.source.text import cut


def usable(feed: Feed, *, pages_are_read: bool = True) -> Feed:
    """The feed without entries that have no address, or no word to be shown and no page to learn one from."""
    problems: list[str] = []
    found = []
    for number, entry in enumerate(feed.entries, 1):
        why = _why_not(entry, number, pages_are_read=pages_are_read)
        if why is None:
            found.append(entry)
        else:
            problems.append(why)
    return replace(feed, entries=tuple(_each_once(found)), problems=(*feed.problems, *problems))


def _why_not(entry: Article, number: int, *, pages_are_read: bool) -> str | None:
    if not entry.headline and (not entry.url or not pages_are_read):
        return f"Entry {number} ({entry.id or entry.url or 'without a name'}) has neither a title nor a text."
    if not entry.url:
        return f"Entry {number} («{cut(entry.headline, 80)}») has no web address and was left out."
    return None


def _each_once(entries: Iterable[Article]) -> list[Article]:
    """Of entries with the same address and the same headline the first."""
    first: dict[tuple[str, str], Article] = {}
    for entry in entries:
        first.setdefault((entry.link, entry.headline), entry)
    return list(first.values())
