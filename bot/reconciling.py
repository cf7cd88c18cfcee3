"""Puts together what finds out about posts of unknown outcome, and what tells the stories of articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.assembly import admins_of, lineups_of, styles_of
from bot.channels.telegram import Telegram
from bot.channels.telegram_witness import TelegramWitness
from bot.channels.vk_witness import VkWitness
from bot.config import Settings
from bot.model import Article, Platform, Post
from bot.ports import Clock, Publisher, Witness
from bot.problems import Problems
from bot.render import look_at_roundup, post_for
from bot.store import Store
from bot.wishes import NOTHING, edited
from handlers.asking import Asking
from handlers.texts import Texts
from scheduler.cards import Cards
from scheduler.decisions import Decisions
from scheduler.evidence import Patience
from scheduler.fanout import AGAIN
from scheduler.jobs import Jobs
from scheduler.private_doubts import PrivateDoubts
from scheduler.publish import Publication
from scheduler.reconcile import Recompose, Reconciler
from scheduler.scene import Scene
from scheduler.selection import Channel
from scheduler.storytelling import Storyteller


@dataclass(frozen=True, slots=True)
class Reconciling:
    """`reconciler` and `cards` belong to whoever publishes, `private` to whoever sends to readers, `decisions` to
    whoever hears the admins."""

    decisions: Decisions
    reconciler: Reconciler
    private: PrivateDoubts
    cards: Cards

    async def run(self) -> None:
        """One round over the public places. Raises StoreError."""
        await self.reconciler.run()
        await self.cards.check()


def reconciling(
    settings: Settings,
    store: Store,
    *,
    channels: Sequence[Channel],
    telegram: Telegram | None,
    publishers: Mapping[Platform, Publisher],
    jobs: Jobs,
    publications: Sequence[Publication],
    problems: Problems,
    clock: Clock,
    patience: Patience,
) -> Reconciling:
    """All of it. `publications` may be filled in later."""
    decisions = Decisions(
        channels=channels,
        doubts=store.doubts,
        articles=store.articles,
        editions=store.editions,
        marks=store.marks,
        questions=_asking(settings, store, publishers, clock),
        wake=lambda channel: _go_on(channel, publications, jobs),
        problems=problems,
        clock=clock,
        companions=store.companions,
        alerted=store.alerts,
    )
    reconciler = Reconciler(
        doubts=store.doubts,
        articles=store.articles,
        traces=store.traces,
        ledger=store.ledger,
        scene=Scene(doubts=store.doubts, ledger=store.ledger, overdue=store.overdue, traces=store.traces, clock=clock),
        decisions=decisions,
        witnesses=_witnesses(settings, telegram, publishers, clock),
        compose=_recomposer(settings, store),
        companions=store.companions,
        jobs=jobs,
        clock=clock,
        patience=patience,
    )
    private = _private(settings, store, channels, clock)
    cards = Cards(
        channels=channels,
        traces=store.traces,
        articles=store.articles,
        compose=_composer(settings),
        problems=problems,
    )
    return Reconciling(decisions, reconciler, private, cards)


def _private(settings: Settings, store: Store, channels: Sequence[Channel], clock: Clock) -> PrivateDoubts:
    return PrivateDoubts(
        doubts=store.doubts,
        marks=store.marks,
        public=[channel.place for channel in channels],
        queue=AGAIN,
        repeat=settings.subscriptions.repeat_unconfirmed,
        clock=clock,
    )


def _go_on(channel: Channel, publications: Sequence[Publication], jobs: Jobs) -> None:
    """A channel's doubt is over."""
    for publication in publications:
        if publication.name == channel.name:
            jobs.now(f"{channel.name}: doubts", publication.news)


def storyteller(store: Store, channels: Sequence[Channel]) -> Storyteller:
    """Tells stories from what the store kept."""
    return Storyteller(
        channels=channels,
        articles=store.articles,
        origins=store.traces,
        traces=store.traces,
        ledger=store.ledger,
        queues=store.queues,
        lineups=lineups_of(store),
    )


def _composer(settings: Settings) -> Callable[[Article, Channel, str], Post]:
    styles = styles_of(settings)
    return lambda article, to, key: post_for(article, to.place, styles[to.name], key=key)


def _recomposer(settings: Settings, store: Store) -> Recompose:
    """What was being sent: alone, or in its round-up as far as its articles are kept; in the editors' words, for on VK
    to look is to send again."""
    styles = styles_of(settings)

    async def compose(article: Article, channel: Channel, key: str, together: Sequence[str]) -> Post:
        keys = together or (key,)
        found = {one: await store.articles.find(one) for one in together}
        wishes = await store.wishes.of(channel.name, keys)
        wanted = {one: wishes.get(one, NOTHING) for one in keys}
        style = styles[channel.name]
        style = replace(style, silent=style.silent or all(wish.silent for wish in wanted.values()))
        said = [edited(kept, wanted[one]) for one, kept in found.items() if kept is not None]
        if said:
            return look_at_roundup(said, channel.place, style).post
        return post_for(edited(article, wanted[keys[0]]), channel.place, style, key=key)

    return compose


def _witnesses(
    settings: Settings, telegram: Telegram | None, publishers: Mapping[Platform, Publisher], clock: Clock
) -> Mapping[Platform, Witness]:
    witnesses: dict[Platform, Witness] = {}
    if telegram is not None:
        witnesses[Platform.TELEGRAM] = TelegramWitness(telegram, settings.telegram.log_chat)
    if Platform.VK in publishers:
        witnesses[Platform.VK] = VkWitness(publishers[Platform.VK], clock)
    return witnesses


def _asking(settings: Settings, store: Store, publishers: Mapping[Platform, Publisher], clock: Clock) -> Asking:
    return Asking(
        publishers=publishers,
        admins=admins_of(settings),
        log_chat=settings.telegram.log_chat,
        subscriptions=store.subscriptions,
        texts=Texts(settings.language),
        clock=clock,
        zone=ZoneInfo(settings.timezone),
    )
