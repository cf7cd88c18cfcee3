"""Settings → the plain values that the rooms work with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from bot.aliases import Aliases
from bot.checks import quiet_hours
from bot.config import Settings
from bot.mistakes import template_text
from bot.model import Place, Platform
from bot.ports import Articles, Clock, Grants, Rests
from bot.ports import Newsstand as NewsstandPort
from bot.problems import Problems
from bot.query import parse
from bot.render import Style
from bot.roles import Grant, Role
from bot.sections import ChannelSettings
from bot.source.fetch import Fetcher
from bot.source.listing import Listing
from bot.source.merge import merge
from bot.source.newsstand import Newsstand
from bot.source.profile import Profile
from bot.store import Store
from bot.store.agenda import QUEUE as ARRIVING
from handlers.authority import Authority, owners
from scheduler.collect import Routes
from scheduler.directory import Directory
from scheduler.fanout import AGAIN, FRESH
from scheduler.lineup import Lineups
from scheduler.outages import last_outage
from scheduler.readings import Readings
from scheduler.same_story import SameStory
from scheduler.selection import CatchUp, Channel
from scheduler.slots import Quiet, Timetable
from scheduler.source import Source

USER_AGENT = "Depeche/0.1 (a feed reader; one request a source and interval)"


def sources_of(settings: Settings) -> tuple[Source, ...]:
    """What is read."""
    return tuple(
        Source(
            one.name,
            one.url,
            one.every,
            full_page=one.full_page,
            profile=one.profile,
            listing=one.listing,
            backfill=one.backfill,
            slowest=one.slowest,
        )
        for one in settings.sources
    )


def channels_of(settings: Settings, *, every: bool = False) -> tuple[Channel, ...]:
    """Where it goes: the channels of the platforms that are on, or every one."""
    on = {"telegram": every or settings.has_telegram, "vk": every or settings.has_vk}
    return tuple(_channel(one, settings.timezone) for one in settings.channels if on[one.platform])


def places_of(settings: Settings, platform: Platform) -> list[Place]:
    """The public places of a platform."""
    return [place_of(one) for one in settings.channels if one.platform == platform]


def place_of(one: ChannelSettings) -> Place:
    """Where a channel's posts stand: in a topic of a group, if it names one."""
    return Place(Platform(one.platform), one.target, one.topic)


def styles_of(settings: Settings) -> Mapping[str, Style]:
    """How each channel wants its posts, by its name."""
    return {one.name: _style(one, settings) for one in settings.channels}


def _style(one: ChannelSettings, settings: Settings) -> Style:
    return Style(
        language=settings.language,
        image=one.image,
        preview_above=one.preview == "above",
        max_hashtags=one.hashtags,
        silent=one.silent,
        protect=one.protect,
        template=template_text(one.template, settings.templates) or one.template,
        roundup=template_text(one.round_up_template, settings.templates) or one.round_up_template,
        typography=one.typography,
        prefix=one.outlet_prefix,
        fold_over=one.fold_over,
        local_tags=one.local_tags or "",
        utm=tuple((f"utm_{name}", value) for name, value in one.utm if value),
        bot=settings.telegram.username or "",
        group=settings.vk.group_id or 0,
        subscribe_buttons=one.subscribe_buttons,
        first_comment=one.first_comment or "",
        short_links=one.short_links,
    )


def profiles_of(settings: Settings) -> Mapping[str, Profile]:
    """The CSS selectors of sites that need a hint."""
    return {name: Profile(**dict(one)) for name, one in settings.profiles.items()}


def listings_of(settings: Settings) -> Mapping[str, Listing]:
    """The CSS selectors of pages that list articles."""
    return {name: Listing(**dict(one)) for name, one in settings.listings.items()}


def same_story_for(settings: Settings, articles: Articles, clock: Clock) -> SameStory:
    """What knows a story that another source told before."""
    stories = settings.stories
    return SameStory(articles, clock, within=stories.within, skips_second=stories.second == "skip")


def directory_of(settings: Settings, store: Store, newsstand: NewsstandPort) -> Directory:
    """The sources there are, for who reads them and who looks after them."""
    return Directory(sources_of(settings), store.directives, store.sources, merge, newsstand)


def routes_of(channels: Iterable[Channel], *, with_readers: bool) -> Routes:
    """Where new articles are queued."""
    known = tuple(channels)
    return Routes(
        channels=tuple(channel.name for channel in known),
        places=tuple(channel.place for channel in known),
        readers=(FRESH, AGAIN, ARRIVING) if with_readers else (),
    )


def readings_of(store: Store, problems: Problems, clock: Clock) -> Readings:
    """What is remembered of sources; no two are read in step."""
    return Readings(store.sources, problems, clock, jitter=random.random)


def newsstand_for(settings: Settings, fetcher: Fetcher) -> Newsstand:
    """What reads feeds and pages, with an open fetcher."""
    return Newsstand(fetcher, profiles_of(settings), listings_of(settings))


def fetcher_for(settings: Settings, *, user_agent: str = USER_AGENT, rests: Rests | None = None) -> Fetcher:
    """What reads addresses; to be entered. With `rests` hosts are left alone over restarts."""
    return Fetcher(user_agent=user_agent, allow_networks=settings.fetch.allow_networks, rests=rests)


def aliases_of(settings: Settings) -> Aliases:
    """Names that mean the same."""
    return Aliases.of(settings.aliases)


def admins_of(settings: Settings) -> Mapping[Platform, frozenset[str]]:
    """Who may give orders: ids of persons."""
    return {
        Platform.TELEGRAM: frozenset(map(str, settings.telegram.admins)),
        Platform.VK: frozenset(map(str, settings.vk.admins)),
    }


def lineups_of(store: Store) -> Lineups:
    """What selections are made from, and plans."""
    return Lineups(
        store.queues,
        store.overdue,
        wishes=store.wishes,
        posted=store.ledger,
        outage=lambda now: last_outage(store.marks, now),
        evergreens=store.evergreens,
    )


def _channel(one: ChannelSettings, timezone: str) -> Channel:
    quiet = Quiet(*quiet_hours(one.quiet)) if one.quiet else None
    return Channel(
        name=one.name,
        place=place_of(one),
        timetable=Timetable(
            ZoneInfo(timezone),
            one.schedule,
            one.min_gap,
            quiet,
            weekend=one.weekend,
            holidays=frozenset(one.holidays),
            jitter=one.jitter,
            seed=one.name,
            daily=one.most_a_day,
        ),
        filter=parse(one.filter) if one.filter else None,
        filter_text=one.filter,
        per_slot=one.per_slot,
        approval=one.approval,
        max_age=one.max_age,
        breaking=parse(one.breaking) if one.breaking else None,
        catch_up=CatchUp(one.catch_up),
        approvers=one.approvers,
        release_after=one.release_after,
        hold_after=one.hold_after,
        evergreen_after=one.evergreen_after,
        round_up=one.rounds_up,
        backlog_after=one.backlog_after or None,
        threaded=one.threaded,
    )


def authority_of(settings: Settings, grants: Grants) -> Authority:
    """Who is who to the newsroom."""
    roles = settings.roles
    named = {Role.OWNER: roles.owner, Role.EDITOR: roles.editor, Role.VIEWER: roles.viewer}
    written = [Grant.parse(person, role) for role, people in named.items() for person in people]
    chats = {Platform.TELEGRAM: settings.telegram.editors_chat, Platform.VK: settings.vk.editors_chat}
    offices = {platform: str(chat) for platform, chat in chats.items() if chat is not None}
    return Authority([*owners(admins_of(settings)), *written], grants, offices)
