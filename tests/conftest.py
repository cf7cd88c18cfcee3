"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.stores"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


def missing(what: str) -> None:
    """A part a test needs is not on this machine: a visible skip, but in CI a failure."""
    if os.environ.get("CI"):  # noqa: TID251 - the one place where the tests ask where they run
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The corpus and the machine-readable specs that lie beside the checkout."""
    if not SHARED.is_dir():
        missing("the corpus beside the checkout")
    return SHARED
