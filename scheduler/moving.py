"""A group became a supergroup: its readers' side moves at once, a channel of the settings when the settings say so."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from bot.model import Place
from bot.ports import Moves
from bot.problems import Problems

log = structlog.get_logger(__name__)


class Moving:
    """Told of a chat's new address after something was sent there. `public`: the places that the settings name."""

    def __init__(self, moves: Moves, problems: Problems, public: Iterable[Place]) -> None:
        self._moves = moves
        self._problems = problems
        self._public = frozenset(public)

    async def moved(self, old: Place, new: Place) -> None:
        """Once a group was a reader, its tags and what it was sent are the supergroup's now. What the settings name
        keeps its name in the ledger until they name the new address. Raises StoreError."""
        log.warning("chat_moved", old=str(old), new=str(new))
        if old not in self._public:
            await self._moves.move(old, new)
            return
        await self._moves.remember(old, new)
        self.tell(old, new)

    async def take_up(self) -> None:
        """At the start: what is kept of places that the settings have renamed meanwhile goes to their new names."""
        for old, new in (await self._moves.known()).items():
            if old in self._public:
                self.tell(old, new)
            elif new in self._public:
                await self._moves.move(old, new)

    def tell(self, old: Place, new: Place) -> None:
        """An admin should put the new address into the settings; until then posts are forwarded there by us."""
        sentence = f"the group {old.chat} became a supergroup: put its new id {new.chat} into the channel's target"
        self._problems.report(f"moved {old}", sentence)
