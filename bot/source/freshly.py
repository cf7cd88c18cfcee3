"""Reading of a document only what changed since it was read last, where that loses nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.imprint import Imprint, Written, cut
from bot.model import Article, Feed
from bot.source.charset import decode
from bot.source.feed import read_text
from bot.source.fetch import Fetched
from bot.source.listing import Listing, read_listing
from bot.source.usable import usable


@dataclass(frozen=True, slots=True)
class Fresh:
    """What an answer tells. `feed` is None where it is the same as last time; `whole`: it has all entries there are."""

    feed: Feed | None
    imprint: Imprint
    whole: bool = True


def read_fresh(found: Fetched, listing: Listing | None = None, last: Imprint | None = None) -> Fresh:
    """Read an answer, as far as it differs from the last one. Raises SourceError.

    Entries are read alone only where the feed as a whole would tell the same: none of them was left out, renamed or
    merged with another, then or now, and none has the id of one that stays unread.
    """
    fresh = _read(found, listing, last)
    return replace(fresh, imprint=replace(fresh.imprint, stamp=found.stamp))


def _read(found: Fetched, listing: Listing | None, last: Imprint | None) -> Fresh:
    document = hash(found.body)
    last = last if last is not None and last.url == found.url else None
    if last is not None and last.document == document:
        return Fresh(None, last)
    if listing is not None:
        feed = read_listing(found.body, listing, url=found.url, content_type=found.content_type)
        return Fresh(usable(feed), Imprint(found.url, document))
    text = decode(found.body, found.content_type).strip()
    written = cut(text)
    if written is not None and last is not None and last.entries:
        partly = _partly(written, last, document)
        if partly is not None:
            return partly
    told = read_text(text, url=found.url)
    feed = usable(told)
    sound = written is not None and len(told.entries) == len(written.entries) and _as_told(told, feed)
    ids = _ids(told.entries) if sound else []
    if written is None or not ids or not written.is_sound():
        return Fresh(feed, Imprint(found.url, document))
    return Fresh(feed, written.imprint(found.url, document, ids))


def _partly(written: Written, last: Imprint, document: int) -> Fresh | None:
    """What the new entries tell; None where the feed must be read whole."""
    known = last.known()
    places = written.news(known)
    if places is None:
        return None
    new = set(places)
    numbers = {place: known[hash(entry)] for place, entry in enumerate(written.entries) if place not in new}
    told = read_text(written.only(places), url=last.url) if places else None
    ids = _ids(told.entries) if told is not None else []
    feed = usable(told) if told is not None else None
    if told is not None and feed is not None and (len(ids) != len(places) or not _as_told(told, feed)):
        return None
    if not set(numbers.values()).isdisjoint(ids):
        return None
    numbers.update(zip(places, ids, strict=True))
    stamp = written.imprint(last.url, document, [numbers[place] for place in range(len(written.entries))])
    return Fresh(feed, stamp, whole=False)


def _as_told(told: Feed, feed: Feed) -> bool:
    """Whether every entry is used, under the id it has in the feed."""
    return not feed.problems and [one.id for one in told.entries] == [one.id for one in feed.entries]


def _ids(entries: Iterable[Article]) -> list[int]:
    return [hash(entry.id) for entry in entries]
