"""Which parts of the work a copy of the bot does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

Role = Literal["all", "bot", "scheduler", "worker"]
DUTIES: Mapping[Role, Sequence[str]] = {
    "all": ("bot", "scheduler", "worker"),
    "bot": ("bot",),
    "scheduler": ("scheduler",),
    "worker": ("worker",),
}
"""What only one copy of the bot may do at a time, by role."""
