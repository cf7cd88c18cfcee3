"""The conversation with all the doors its answers may open, and what editors are shown unasked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from bot.assembly import aliases_of, authority_of
from bot.config import Settings
from bot.counting import Counting
from bot.doors import Doors as Platforms
from bot.model import Platform
from bot.ports import Clock, Confirming, Desk, Editing, Newsstand, Previews, Publisher, Stories
from bot.ports.sourcing import Sourcing
from bot.store import Store
from bot.upkeep import Upkeep
from handlers.conversation import Conversation
from handlers.editors_room import EditorsRoom
from handlers.hearing import Doors, Staff
from handlers.knowing import Archive, Names
from handlers.rights import Administrators
from handlers.texts import Texts
from scheduler.drafting import Drafting
from scheduler.drafts import Drafts
from scheduler.jobs import Jobs
from scheduler.queueing import QueueDesk


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
    editing: Editing,
    previews: Previews,
    newsstand: Newsstand,
    sourcing: Sourcing,
    counting: Counting,
) -> Conversation:
    """Put it together."""
    doors = Doors(
        subscriptions=counting.subscriptions,
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
        staff=_staff(store, editing, previews, Drafting(newsstand, store.articles, clock), counting),
        dossiers=store.dossiers,
        agenda=store.agenda,
        held=store.agenda,
        sourcing=sourcing,
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


def _staff(store: Store, editing: Editing, previews: Previews, bringing: Drafting, counting: Counting) -> Staff:
    """What only the newsroom's own people may open."""
    more = counting.statistics, counting.draw, store.evergreens
    return Staff(store.grants, store.audit, editing, store.threads, previews, bringing, *more)


def drafts(
    settings: Settings,
    store: Store,
    queue: QueueDesk,
    publishers: Mapping[Platform, Publisher],
    texts: Texts,
    jobs: Jobs,
    clock: Clock,
) -> Callable[[], Awaitable[None]] | None:
    """What shows drafts to the editors, where any channel asks for their approval."""
    if not any(channel.approval for channel in settings.channels):
        return None
    room = EditorsRoom(
        publishers=publishers,
        authority=authority_of(settings, store.grants),
        subscriptions=store.subscriptions,
        threads=store.threads,
        texts=texts,
        clock=clock,
        zone=ZoneInfo(settings.timezone),
    )
    return Drafts(queue, room, jobs, clock).run
