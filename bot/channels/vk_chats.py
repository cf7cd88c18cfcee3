"""What VK tells of its chats of several people: who administers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.channels.vk_door import Door
from bot.channels.vk_outcomes import UNREACHABLE_PAUSE, VkFault, delivery_error
from bot.chats import FoundChat
from bot.errors import OutcomeUnknown, TryLater
from bot.model import Place

NO_ACCESS = 917
"""Said of a chat the community is not in, and of one where it is no administrator."""


class VkChats:
    """The port `Chats` over VK."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def administers(self, person: str, place: Place) -> bool:
        """By messages.getConversationMembers. Where the community is no administrator itself VK shows nobody, and so
        nobody is one."""
        try:
            answer = await self._door.call("messages.getConversationMembers", {"peer_id": place.chat, "count": 1000})
        except VkFault as fault:
            if fault.code == NO_ACCESS:
                return False
            error = delivery_error(fault)
            error = TryLater(str(error), after=UNREACHABLE_PAUSE) if isinstance(error, OutcomeUnknown) else error
        else:
            return person in set(_admins(answer))
        raise error

    async def find(self, name: str) -> FoundChat | None:  # noqa: ARG002 - the port's argument
        """Nothing: VK's chats have no names, and walls are posted to by the newsroom alone."""
        return None


def _admins(answer: object) -> Iterator[str]:
    items = answer.get("items") if isinstance(answer, Mapping) else None
    for member in items if isinstance(items, list) else ():
        if isinstance(member, Mapping) and (member.get("is_admin") or member.get("is_owner")):
            yield str(member.get("member_id"))
