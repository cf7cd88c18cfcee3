"""What a reader has changed is kept, and counts from this moment on."""

from __future__ import annotations

from dataclasses import replace

from bot.readers import Delivery, Reader
from handlers.hearing import Asked, Doors


async def kept(reader: Reader, asked: Asked, doors: Doors) -> Asked:
    """The reader as changed; what came before the change is in none of the digests that it begins."""
    await doors.subscriptions.save(reader)
    if doors.agenda is not None:
        kinds = {one.delivery for one in reader.subscriptions} - {Delivery.NOW}
        await doors.agenda.begin(reader.place, kinds, now=asked.now)
    return replace(asked, reader=reader)
