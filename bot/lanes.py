"""Every platform's publisher in lanes: answers, public posts and readers' messages share one token's pace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.config import Settings
from bot.model import Platform
from bot.pacing import TELEGRAM, VK_COMMUNITY, Lane, Limits
from bot.ports import Clock, Publisher
from bot.store import Store
from scheduler.paced import Pacing, Stopping

Lanes = Mapping[Lane, Mapping[Platform, Publisher]]

LIMITS: Mapping[Platform, Limits] = {Platform.TELEGRAM: TELEGRAM, Platform.VK: VK_COMMUNITY}


def in_lanes(
    settings: Settings,
    store: Store,
    publishers: Mapping[Platform, Publisher],
    clock: Clock,
    *,
    stopping: Stopping,
    lease: timedelta,
) -> Lanes:
    """The publishers of the platforms that are on, by lane. A message waits less long than its claim lives."""
    tokens = {Platform.TELEGRAM: settings.telegram.token, Platform.VK: settings.vk.token}
    paces = {
        platform: Pacing(
            publisher,
            store.limiter(token.get_secret_value(), LIMITS[platform]),
            LIMITS[platform],
            clock=clock,
            stopping=stopping,
            most_patience=lease / 3,
        )
        for platform, publisher in publishers.items()
        if (token := tokens[platform]) is not None
    }
    return {lane: {platform: pacing.lane(lane) for platform, pacing in paces.items()} for lane in Lane}
