"""Who somebody is to the newsroom: what the settings say of a person, and what owners have given with `/grant`.

A right belongs to a person, never to a chat: in the editors' chat, too, it is asked who speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.model import Place, Platform
from bot.ports import Grants
from bot.roles import NO_RIGHTS, Grant, Rights, Role, rights_of
from bot.talk import Heard
from handlers.commands import STAFF_COMMANDS


class Authority:
    """`written` are the rights of the settings; `offices` the editors' chats by platform."""

    def __init__(
        self, written: Iterable[Grant], grants: Grants | None = None, offices: Mapping[Platform, str] | None = None
    ) -> None:
        self.written = tuple(written)
        self._grants = grants
        self._offices = offices or {}

    async def of(self, heard: Heard) -> Rights:
        """What the person who spoke may do. Who can't be told from others may nothing. Raises StoreError."""
        if not heard.person.isdecimal():
            return NO_RIGHTS
        given = await self._grants.given() if self._grants is not None else []
        return rights_of(f"{heard.place.platform}:{heard.person}", [*self.written, *given])

    async def staff(self, platform: Platform) -> Mapping[str, Rights]:
        """Everybody with a right, by their number on a platform. Raises StoreError."""
        grants = [*self.written, *(await self._grants.given() if self._grants is not None else [])]
        persons = dict.fromkeys(one.person for one in grants if one.person.startswith(f"{platform}:"))
        return {person.partition(":")[2]: rights_of(person, grants) for person in persons}

    def heard_in_office(self, heard: Heard, rights: Rights) -> tuple[str, ...]:
        """The commands of the newsroom that count in the editors' chat, of this person; of one who speaks as the group
        all, to be asked for a name. Elsewhere in groups none does."""
        if not self.is_office(heard):
            return ()
        return tuple(name for name, role in STAFF_COMMANDS.items() if heard.as_chat or rights.somewhere(role))

    def offices(self) -> list[Place]:
        """The editors' chats."""
        return [Place(platform, chat) for platform, chat in self._offices.items()]

    async def people(self, role: Role, channel: str, platform: Platform) -> list[Place]:
        """The private chats of those who have a right on a channel, by settings or `/grant`. Raises StoreError."""
        grants = [*self.written, *(await self._grants.given() if self._grants is not None else [])]
        persons = dict.fromkeys(grant.person for grant in grants)
        return [Place.parse(one) for one in persons if rights_of(one, grants).on(role, channel, platform)]

    def is_office(self, heard: Heard) -> bool:
        """Whether something was said in the editors' chat of its platform."""
        return self._offices.get(heard.place.platform) == heard.place.chat


def owners(admins: Mapping[Platform, frozenset[str]]) -> list[Grant]:
    """The admins of the settings are owners."""
    return [Grant(f"{platform}:{person}", Role.OWNER) for platform, people in admins.items() for person in people]
