"""The conversation with all the doors its answers may open."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.assembly import aliases_of, authority_of
from bot.config import Settings
from bot.doors import Doors as Platforms
from bot.model import Platform
from bot.ports import Clock, Confirming, Desk, Publisher, Stories
from bot.store import Store
from bot.upkeep import Upkeep
from handlers.conversation import Conversation
from handlers.hearing import Doors, Staff
from handlers.knowing import Archive, Names
from handlers.rights import Administrators
from handlers.texts import Texts


def conversation(
    settings: Settings,
    store: Store,
    platforms: Platforms,
    *,
    desk: Desk,
    stories: Stories,
    confirming: Confirming,
    publishers: Mapping[Platform, Publisher],
    texts: Texts,
    clock: Clock,
    upkeep: Upkeep,
    staff: Staff,
) -> Conversation:
    """Put it together."""
    doors = Doors(
        subscriptions=store.subscriptions,
        articles=store.articles,
        labels=store.labels,
        desk=desk,
        admins=Administrators(platforms.chats, clock),
        authority=authority_of(settings, store.grants),
        names=Names(store.articles, aliases_of(settings)),
        archive=Archive(store.articles),
        subscribing=settings.subscriptions.enabled,
        stories=stories,
        confirming=confirming,
        ours=frozenset(channel.target.casefold() for channel in settings.channels),
        staff=staff,
        dossiers=store.dossiers,
    )
    return Conversation(
        doors,
        marks=store.marks,
        publishers=publishers,
        texts=texts,
        clock=clock,
        timezone=ZoneInfo(settings.timezone),
        usernames=upkeep.usernames,
        moved=upkeep.moved,
    )
