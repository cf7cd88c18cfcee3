"""How the posts of channels are written, for who sends, shows or edits them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.assembly import lineups_of, styles_of
from bot.config import Settings
from bot.looks import Look
from bot.model import Article, Post
from bot.render import look, look_at_roundup, most_together
from bot.store import Store
from bot.wishes import Wish, edited
from scheduler.jobs import Jobs
from scheduler.publish import Publication
from scheduler.queueing import QueueDesk
from scheduler.selection import Channel
from scheduler.together import RoundUps


def looks_of(settings: Settings) -> Callable[[Article, Channel, Wish], Look]:
    """How an article looks on a channel, in the editors' words: what is previewed, and what is posted."""
    styles = styles_of(settings)

    def look_at(article: Article, channel: Channel, wish: Wish) -> Look:
        style = styles[channel.name]
        style = replace(style, silent=style.silent or wish.silent)
        return look(edited(article, wish), channel.place, style)

    return look_at


def channel_composer(settings: Settings) -> Callable[[Article, Channel, Wish], Post]:
    """The post of that look."""
    look_at = looks_of(settings)
    return lambda article, channel, wish: look_at(article, channel, wish).post


def round_ups_of(settings: Settings, store: Store) -> RoundUps:
    """How several articles are written for a channel, in the editors' words."""
    styles = styles_of(settings)

    def compose(articles: Sequence[Article], channel: Channel, wishes: Sequence[Wish]) -> Post:
        style = styles[channel.name]
        style = replace(style, silent=style.silent or all(wish.silent for wish in wishes))
        said = [edited(article, wish) for article, wish in zip(articles, wishes, strict=True)]
        return look_at_roundup(said, channel.place, style).post

    return RoundUps(
        store.companions,
        compose,
        lambda articles, channel: most_together(articles, channel.place, styles[channel.name]),
    )


def queue_desk(settings: Settings, store: Store, publications: Sequence[Publication], jobs: Jobs) -> QueueDesk:
    """What editors do to the queue. A channel whose queue they change looks at once what there is to do."""
    by_name = {one.name: one for one in publications}
    return QueueDesk(
        [one.channel for one in publications],
        lineups_of(store),
        store.wishes,
        wake=lambda name: jobs.now(f"{name}: news", by_name[name].news),
        budget=lambda name: by_name[name].budget,
        compose=channel_composer(settings),
    )
