"""What of a feed can be collected: every article once, and a sentence about each entry that has to be left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bot.identity import has_own_id
from bot.model import Article, Feed, digest
from bot.source.text import cut
from bot.tags import fold


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
    """Of entries with the same address and the same id, or without an id of their own the same headline, the first."""
    first: dict[tuple[str, str], Article] = {}
    for entry in entries:
        first.setdefault((entry.link, entry.id if has_own_id(entry) else entry.headline), entry)
    ids = Counter(entry.id for entry in first.values())
    return [entry if ids[entry.id] == 1 else _named(entry) for entry in first.values()]


def _named(entry: Article) -> Article:
    """An entry whose id is another's, too: a feed that gives them all the same, or many articles under one address."""
    own = entry.link if has_own_id(entry) else f"{entry.link}#{digest(fold(entry.headline))}"
    return replace(entry, id=own)
