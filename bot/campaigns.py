"""An article on its way to its readers, as the scheduler sees it. Readers are known by numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyroaring import BitMap

from bot.model import Platform


@dataclass(frozen=True, slots=True)
class Campaign:
    """Who was to get an article when it came, and who of them is still waiting for it; both by platform."""

    article: str
    crowd: Mapping[Platform, BitMap] = field(default_factory=dict)
    waiting: Mapping[Platform, BitMap] = field(default_factory=dict)
