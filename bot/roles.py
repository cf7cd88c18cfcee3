"""Who may do what: viewers look, editors change what goes out, owners give these rights. Plain values.

A right holds everywhere, or only for one channel, or only for the channels of one platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.model import Platform

_PERSON = re.compile(r"(telegram|vk):([1-9]\d{0,18})(?:@(.+))?", re.DOTALL)


class Role(StrEnum):
    """Each may what the ones before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"


_RANKS = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Grant:
    """One person's right. `person` is platform and id, "telegram:1001"; `scope` a channel's name or a platform; None:
    everywhere."""

    person: str
    role: Role
    scope: str | None = None

    @classmethod
    def parse(cls, text: str, role: Role) -> Self:
        """`telegram:1001` or `vk:55@wall`. Raises ValueError."""
        found = _PERSON.fullmatch(text.strip())
        if found is None:
            raise ValueError('a person such as "telegram:1001", or "vk:55@wall" for one channel')
        platform, number, scope = found.groups()
        return cls(f"{platform}:{number}", role, scope)

    def __str__(self) -> str:
        return self.person if self.scope is None else f"{self.person}@{self.scope}"


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do."""

    grants: tuple[Grant, ...] = ()

    def somewhere(self, role: Role) -> bool:
        """On one channel at least."""
        return any(_RANKS[grant.role] >= _RANKS[role] for grant in self.grants)

    def everywhere(self, role: Role) -> bool:
        """On every channel there is or will be."""
        return any(grant.scope is None and _RANKS[grant.role] >= _RANKS[role] for grant in self.grants)

    def on(self, role: Role, channel: str, platform: Platform) -> bool:
        """On a channel."""
        scopes = {None, channel, str(platform)}
        return any(grant.scope in scopes and _RANKS[grant.role] >= _RANKS[role] for grant in self.grants)

    def over(self, role: Role, scope: str | None, platforms: Mapping[str, Platform]) -> bool:
        """On all that a scope means: a channel, a platform, everything. `platforms`: of each channel."""
        own = {None, scope, str(platforms[scope]) if scope in platforms else scope} if scope is not None else {None}
        return any(grant.scope in own and _RANKS[grant.role] >= _RANKS[role] for grant in self.grants)


NO_RIGHTS = Rights()


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit log: who did what, and what came of it."""

    at: datetime
    by: str
    what: str
    outcome: str


def rights_of(person: str, grants: Iterable[Grant]) -> Rights:
    """One person's, out of everybody's."""
    return Rights(tuple(grant for grant in grants if grant.person == person))
