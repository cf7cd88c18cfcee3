"""The entry of `depeche`, and of `python -m bot`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Be ready for SIGTERM before the libraries are loaded, which takes a moment: nothing is begun, so exit 0."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from bot.cli import main as run  # noqa: PLC0415 - after the signal handler, that is the point

    run()


if __name__ == "__main__":
    main()
