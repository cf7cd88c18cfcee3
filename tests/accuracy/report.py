"""docs/accuracy.md: the tables of `make accuracy` as a page, every number of one run on the same files."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping

from tests.accuracy.feeds import FIELDS as FEED_FIELDS
from tests.accuracy.feeds import Measured
from tests.accuracy.pages import FIELDS, Tallies, Tally

_HEAD = """# How right feeds and pages are read

Made by `make accuracy`: real pages and feeds with a truth beside the checkout, read by every tool in the same run.
Per cent. *Title, loose*: equal but for case, spaces and quotes, with or without a site's name set off behind it (by a
bar, or by a dash, dot or colon between spaces), on either of the two. *Lead*: four fifths of the words (F1), or forty
characters in common at the start. *Date*: the same day; a wrong one counts apart, since it is worse than none. *Image*:
the same address or file. *Tags, authors*: F1. Times are of the processor, for one page.

`seen` and `kept` are two halves of the pages. The first rules were written by `seen` alone and held against `kept`; the
last ones, about titles and days, by what was missed in both, so that neither half is unseen now. Pages whose meta tags
were rewritten by their collectors are left out."""
_LEAST = 20
"""Pages with a truth that a collection needs to be shown by itself."""


def written(tallies: Tallies, feeds: Mapping[str, Measured]) -> str:
    """The page."""
    groups = ["all", "seen", "kept", *sorted({group for _, group in tallies} - {"all", "seen", "kept"})]
    parts = [_HEAD]
    for group in groups:
        told = {tool: tally for (tool, of), tally in tallies.items() if of == group}
        asked = max((len(scores) for tally in told.values() for scores in tally.scores.values()), default=0)
        if asked >= _LEAST:
            parts.append("\n".join(_of_pages(group, told)))
    parts.append("\n".join(_of_feeds(feeds)))
    return "\n\n".join(parts) + "\n"


def _of_pages(group: str, told: Mapping[str, Tally]) -> Iterator[str]:
    first = next(iter(told.values()))
    shown = [name for name in FIELDS if first.scores.get(name)]
    yield f"## {group.capitalize()}: {len(first.spent)} pages"
    yield ""
    yield _row(["", *(f"{name} ({len(first.scores[name])})" for name in shown), "ms, median", "ms, 95 %"])
    yield _row(["---"] * (len(shown) + 3))
    for tool, tally in told.items():
        ordered = sorted(tally.spent)
        times = (statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))])
        shares = [tally.share(name) for name in shown]
        numbers = [_number(name, share) for name, share in zip(shown, shares, strict=True)]
        yield _row([_name(tool), *numbers, *(f"{one:.1f}" for one in times)])


def _of_feeds(feeds: Mapping[str, Measured]) -> Iterator[str]:
    first = next(iter(feeds.values()))
    yield "## Feeds: entries as their truth has them"
    yield ""
    kinds = [f"Cyrillic titles, encoding declared {kind}" for kind in first.cyrillic]
    yield _row(["", *(f"{name} ({first.score.asked[name]})" for name in FEED_FIELDS), *kinds, "ms, median", "ms, 95 %"])
    yield _row(["---"] * (len(FEED_FIELDS) + len(kinds) + 3))
    for tool, found in feeds.items():
        times = [1000 * second for second in found.score.seconds]
        shares = [found.score.share(name) for name in FEED_FIELDS] + list(found.cyrillic.values())
        yield _row([
            _name(tool), *(f"{100 * share:.1f}" for share in shares), f"{statistics.median(times):.2f}",
            f"{statistics.quantiles(times, n=20)[-1]:.2f}",
        ])  # fmt: skip


def _number(name: str, share: float | None) -> str:
    """A share; a dash where a tool does not tell the field at all."""
    return "–" if share is None or (share == 0 and name != "date wrong") else f"{share:.1f}"


def _name(tool: str) -> str:
    return "**Depeche**" if tool == "depeche" else tool


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
