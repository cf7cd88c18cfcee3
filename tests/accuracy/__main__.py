"""`make accuracy`: how right pages and feeds are read, beside other tools, in the same run on the same files."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

from rich.console import Console

from tests.accuracy import feeds, pages
from tests.accuracy.report import written
from tests.accuracy.tools import TOOLS
from tests.accuracy.truth import CORPUS
from tests.accuracy.truth import pages as pages_of


def main() -> None:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=("all", "seen", "kept"), default="all", help="which pages to read")
    options.add_argument("--tools", nargs="+", choices=tuple(TOOLS), default=tuple(TOOLS), help="who reads them")
    options.add_argument("--write", type=Path, help="put the tables of all pages and feeds into this file")
    chosen = options.parse_args()
    console = Console(width=160, highlight=False)
    if not CORPUS.is_dir():
        console.print(f"There is nothing to measure by: {CORPUS} is missing.")
        return
    warnings.simplefilter("ignore")
    console.rule("Pages")
    tallies = pages.measure(pages_of(chosen.half), {name: TOOLS[name] for name in chosen.tools})
    pages.show(tallies, console)
    if chosen.half == "all":
        console.rule("Feeds")
        measures = feeds.measure()
        feeds.show(measures, console)
        if chosen.write:
            chosen.write.write_text(written(tallies, measures), "utf-8")


if __name__ == "__main__":
    main()
