"""Names that articles are filed under: tags, outlets, countries and regions, with how much is written under each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.tags import fold, tag_id


class Kind(StrEnum):
    """What a name stands for in an article."""

    TAG = "tag"
    COUNTRY = "country"
    REGION = "region"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as people see it. `count`: articles of the last week; `kinds`: everything it was used as."""

    label: str
    count: int = 0
    kinds: tuple[Kind, ...] = (Kind.TAG,)

    @property
    def term(self) -> str:
        """By what it is matched."""
        return _folded(self.label)

    @property
    def id(self) -> str:
        """Its short name for buttons and links."""
        return tag_id(self.label)


@lru_cache(100_000)
def _folded(label: str) -> str:
    """The same names are put in order again with each new article."""
    return fold(label)
