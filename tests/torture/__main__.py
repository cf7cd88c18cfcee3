"""`make torture`: two hundred rounds, and the count at the end."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.torture.rounds import torment


def main() -> int:
    """0 when nothing was lost, nothing doubled in public, and no phase waited in vain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="depeche-torture-") as folder:
        count = asyncio.run(torment(Path(folder), arguments.rounds, arguments.seed, print))
    print()
    print(count)
    for name in ("lost", "doubled_in_public", "doubled_to_a_reader", "unconfirmed", "waited_for"):
        for line in getattr(count, name):
            print(f"  {name}: {line}")
    for reason, times in count.not_repeated.most_common():
        print(f"  not_repeated: {times} x {reason}")
    return 1 if count.lost or count.doubled_in_public or count.waited_for else 0


if __name__ == "__main__":
    sys.exit(main())
