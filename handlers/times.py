"""Times as the newsroom's clock shows them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from handlers.texts import Phrases


def moment(at: datetime, say: Phrases, *, zone: tzinfo, now: datetime, seconds: bool = False) -> str:
    """The hour today, day and hour otherwise."""
    local = at.astimezone(zone)
    hour = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() == now.astimezone(zone).date():
        return hour
    return say("moment", day=local.day, month=local.month, hour=hour)
