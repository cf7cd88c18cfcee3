"""What several kinds of evidence tell together: the whole of a lead that was cut off, the offset of a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.source import names
from bot.source.findings import Findings
from bot.source.images import of_one_list

LONGEST_LEAD = 1_000
_FARTHEST = timedelta(hours=14)
_STEP = timedelta(minutes=30)


def refined(found: Findings, evidence: Mapping[str, Findings]) -> Findings:
    """The findings with what other evidence has more of."""
    told = list(evidence.values())
    lists = (of_one_list(found.image, one.image, one.gallery) for one in told if one.gallery)
    return replace(
        found,
        lead=_whole(found.lead, (one.lead for one in told)) if found.lead else None,
        gallery=next((one for one in lists if one), ()),
        published_at=_at_home(found.published_at, (one.published_at for one in told)) if found.published_at else None,
    )


def _whole(lead: str, others: Iterable[str | None]) -> str:
    """A lead that was cut off, as other evidence has it whole."""
    bare = lead.rstrip(" .…")
    if bare == lead or not lead.endswith(("...", "…", ". .")):
        return lead
    start = names.fold(bare)
    longer = [other for other in others if other and len(other) > len(bare) and names.fold(other).startswith(start)]
    return next((other for other in longer if len(other) <= LONGEST_LEAD and not other.endswith(("...", "…"))), lead)


def _at_home(published: datetime, others: Iterable[datetime | None]) -> datetime:
    """A moment told in UTC, with the offset of the clock that the page shows for it."""
    if published.utcoffset():
        return published
    for other in others:
        if other is None:
            continue
        apart = other.replace(second=0, microsecond=0) - published.replace(second=0, microsecond=0)
        if other.utcoffset() and not apart:
            return published.astimezone(other.tzinfo)
        shown = not other.utcoffset() and (other.hour or other.minute)
        if shown and apart and abs(apart) <= _FARTHEST and not apart % _STEP:
            return published.astimezone(timezone(apart))
    return published
