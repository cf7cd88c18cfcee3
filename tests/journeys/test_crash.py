"""The crash matrix, in short: `make torture` is the long form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.rounds import torment


@pytest.mark.timeout(240)
async def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Six rounds, each ended by the death of the bot or of its redis, with networks that misbehave in every other one.
    Lost: nothing. Doubled in public: nothing. Doubled to a reader: nothing."""
    count = await torment(tmp_path, rounds=6, seed=7)
    assert count.waited_for == []
    assert count.due >= 12, str(count)
    assert count.lost == []
    assert count.doubled_in_public == []
    assert count.doubled_to_a_reader == []
