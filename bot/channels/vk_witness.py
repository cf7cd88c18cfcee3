"""Finds out whether a post of unknown outcome stands on a VK wall, and reads what VK tells of new posts.

A community key can't read the wall back. What it can: send the same call with the same `guid`, which VK answers with
the first post for an hour (dev.vk.com, wall.post), and listen to `wall_post_new`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.channels.vk_outcomes import repeatable
from bot.errors import DeliveryError, TryLater
from bot.model import Place, Platform
from bot.ports import Clock, Publisher
from bot.sightings import Doubt, Seen, Sighting

REMEMBERED = timedelta(minutes=55)
"""How long after the first attempt a repeat is surely known as one: VK's hour, less what a call may take."""


class VkWitness:
    """Asks VK by repeating the call."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock

    async def look(self, doubt: Doubt) -> Sighting:
        """See the port `Witness`. If nothing had arrived, the post stands there now, and once. Raises TryLater."""
        if not repeatable(doubt.post):
            return Sighting(again=False, why="the post has no key by which VK would know a repeat")
        if self._clock.now() - doubt.since > REMEMBERED:
            return Sighting(again=False, why="VK does not remember the key of the post any more")
        try:
            receipt = await self._publisher.publish(doubt.post)
        except TryLater:
            raise
        except DeliveryError as error:
            # A refusal of the repeat says nothing of the first: it may stand all the same.
            return Sighting(why=str(error))
        return Sighting(whole=True, receipt=receipt)


def wall_post(event: Mapping[str, object]) -> tuple[Place, Seen] | None:
    """The wall and the post that a `wall_post_new` event tells of; None for any other event, and for posts that do not
    stand on the wall (suggested and postponed ones)."""
    told = event.get("object")
    if event.get("type") != "wall_post_new" or not isinstance(told, Mapping):
        return None
    owner, number = told.get("owner_id"), told.get("id")
    if not isinstance(owner, int) or not isinstance(number, int) or told.get("post_type", "post") != "post":
        return None
    text = told.get("text")
    seen = Seen(
        str(number),
        text if isinstance(text, str) else "",
        tuple(_links(told.get("attachments"))),
        f"https://vk.com/wall{owner}_{number}",
    )
    return Place(Platform.VK, str(owner)), seen


def _links(attachments: object) -> Iterator[str]:
    for one in attachments if isinstance(attachments, list) else ():
        link = one.get("link") if isinstance(one, Mapping) else None
        if isinstance(link, Mapping) and isinstance(link.get("url"), str):
            yield link["url"]
