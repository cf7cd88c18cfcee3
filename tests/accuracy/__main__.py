"""`make accuracy`: how right pages and feeds are read, beside other tools, in the same run on the same files."""

from __future__ import annotations

import argparse
import warnings

from rich.console import Console

from tests.accuracy import feeds, pages
from tests.accuracy.tools import TOOLS
from tests.accuracy.truth import CORPUS
from tests.accuracy.truth import pages as pages_of


def main() -> None:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=("all", "seen", "kept"), default="all", help="which pages to read")
    options.add_argument("--tools", nargs="+", choices=tuple(TOOLS), default=tuple(TOOLS), help="who reads them")
    chosen = options.parse_args()
    console = Console(width=160, highlight=False)
    if not CORPUS.is_dir():
        console.print(f"There is nothing to measure by: {CORPUS} is missing.")
        return
    warnings.simplefilter("ignore")
    console.rule("Pages")
    pages.show(pages.measure(pages_of(chosen.half), {name: TOOLS[name] for name in chosen.tools}), console)
    if chosen.half == "all":
        console.rule("Feeds")
        feeds.show(console)


if __name__ == "__main__":
    main()
