"""`make torture`: two hundred rounds, and the count at the end."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.torture.rounds import torment


def main() -> int:
    """0 when nothing was lost and nothing doubled in public."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="depeche-torture-") as folder:
        count = asyncio.run(torment(Path(folder), arguments.rounds, arguments.seed, print))
    print()
    print(count)
    for name in ("lost", "doubled_in_public", "doubled_to_a_reader", "unconfirmed", "not_repeated"):
        for line in getattr(count, name):
            print(f"  {name}: {line}")
    return 1 if count.lost or count.doubled_in_public else 0


if __name__ == "__main__":
    sys.exit(main())
