"""Pages: every tool reads every page of the corpus, and tables say who was right where, and how long it took."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tests.accuracy.scoring import Seen, judged
from tests.accuracy.tools import Tool
from tests.accuracy.truth import Row, half_of

FIELDS = ("title", "title loose", "lead", "date", "date wrong", "image", "tags", "site", "authors")


@dataclass(slots=True)
class Tally:
    """Scores by field, and milliseconds by page."""

    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    spent: list[float] = field(default_factory=list)
    failures: int = 0

    def share(self, name: str) -> float | None:
        """The mean score of a field in per cent; None where nothing was asked."""
        return 100 * statistics.fmean(self.scores[name]) if self.scores.get(name) else None


Tallies = Mapping[tuple[str, str], Tally]
"""By tool and group of pages: a collection, a half, or `all`."""


def measure(rows: Iterable[Row], tools: Mapping[str, Tool]) -> Tallies:
    """Let every tool read every page."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for row in rows:
        for name, tool in tools.items():
            seen, spent = _timed(tool, row)
            for group in ("all", half_of(row.name), row.collection):
                tally = tallies[name, group]
                tally.spent.append(spent)
                tally.failures += seen is None
                for asked, score in judged(seen or Seen(), row.truth):
                    tally.scores[asked].append(score)
    return tallies


def _timed(tool: Tool, row: Row) -> tuple[Seen | None, float]:
    started = time.process_time()
    try:
        seen = tool(row.body, row.url)
    except Exception:  # noqa: BLE001 - a tool that fails on a page has read nothing there, whatever it failed with
        seen = None
    return seen, 1000 * (time.process_time() - started)


def show(tallies: Tallies, console: Console) -> None:
    """A table for each group: all pages, the two halves, and each collection."""
    groups = ["all", "seen", "kept", *sorted({group for _, group in tallies} - {"all", "seen", "kept"})]
    for group in groups:
        told = {tool: tally for (tool, of), tally in tallies.items() if of == group and tally.scores}
        if told:
            console.print(_table(group, told))


def _table(group: str, told: Mapping[str, Tally]) -> Table:
    first = next(iter(told.values()))
    shown = [name for name in FIELDS if first.scores.get(name)]
    pages = len(first.spent)
    table = Table(title=f"{group}: {pages} pages, per cent", title_justify="left")
    table.add_column("tool", no_wrap=True)
    for name in shown:
        table.add_column(f"{name}\nof {len(first.scores[name])}", justify="right")
    for name in ("ms\nmedian", "ms\np95", "failed\npages"):
        table.add_column(name, justify="right")
    for tool, tally in told.items():
        ordered = sorted(tally.spent)
        shares = [tally.share(name) for name in shown]
        table.add_row(
            tool,
            *("–" if share is None else f"{share:.1f}" for share in shares),
            f"{statistics.median(ordered):.1f}",
            f"{ordered[int(0.95 * (len(ordered) - 1))]:.1f}",
            str(tally.failures),
        )
    return table
