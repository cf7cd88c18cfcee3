"""SIGTERM while the libraries are still being loaded is an orderly end too."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_sigterm_at_the_very_start_exits_with_0(tmp_path: Path) -> None:
    """Whenever it comes, from the first moment on in which Python runs our code."""
    code = "import bot.__main__ as m; print('up', flush=True); m.main()"
    for pause in (0.0, 0.1, 0.3, 0.6):
        with subprocess.Popen(
            [sys.executable, "-c", code, "run"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
        ) as bot:
            assert bot.stdout is not None
            bot.stdout.readline()
            until = time.monotonic() + pause + 0.05
            while time.monotonic() < until:
                pass
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(timeout=15) == 0
