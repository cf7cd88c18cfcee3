"""What is done for readers: articles and digests in their words, and that chats which nothing reaches are forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.model import Article, Place, Platform, Post
from bot.ports import Clock, Publisher, Subscriptions
from bot.readers import Form, Reader
from bot.render import Style, message_for, most_together, roundup
from bot.store import Store
from handlers.newsletter import accompany, digest_words
from handlers.texts import Texts
from scheduler.ageing import Ageing
from scheduler.breaker import Breakers
from scheduler.deliver import Delivery
from scheduler.digesting import MESSAGES, Compose, Digests
from scheduler.digests import Due
from scheduler.fanout import FanOut
from scheduler.jobs import Jobs
from scheduler.mailing import Compose as ComposeLetter
from scheduler.mailing import Hold, Mailing


class Serving:
    """Runs where the bot works for readers."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        publishers: Mapping[Platform, Publisher],
        texts: Texts,
        jobs: Jobs,
        clock: Clock,
        *,
        breakers: Breakers,
        moved: Callable[[Place, Place], Awaitable[None]],
        stopping: asyncio.Event,
    ) -> None:
        self._store = store
        self._platforms = tuple(publishers)
        self._texts = texts
        self._jobs = jobs
        self._clock = clock
        self._stopping = stopping
        self._ageing = Ageing(store.dormant, store.subscriptions, jobs, clock)
        self.digests = Digests(
            agenda=store.agenda,
            arrivals=store.agenda,
            held=store.agenda,
            subscriptions=store.subscriptions,
            marks=store.marks,
            publishers=publishers,
            compose=digest_composer(texts),
            jobs=jobs,
            clock=clock,
            zone=ZoneInfo(settings.timezone),
            stopping=stopping,
            breakers=breakers,
            moved=moved,
            repeat=settings.subscriptions.repeat_unconfirmed,
        )

    def fanout(
        self,
        delivery: Delivery,
        readers: Subscriptions,
        *,
        public: Sequence[Place],
        doubts: Callable[[], Awaitable[None]],
    ) -> FanOut:
        """What brings articles to readers at once."""
        store, clock = self._store, self._clock
        return FanOut(
            queues=store.queues,
            ledger=store.ledger,
            campaigns=store.campaigns,
            mailing=mailing_for(store, readers, delivery, self._texts, clock, self.digests.hold),
            platforms=self._platforms,
            public=public,
            jobs=self._jobs,
            clock=clock,
            stopping=self._stopping,
            doubts=doubts,
        )

    def start(self) -> None:
        """Set the timers."""
        self._ageing.start()
        self.digests.start()


def digest_composer(texts: Texts) -> Compose:
    """How a message of a digest is written to a reader."""

    def compose(reader: Reader, articles: Sequence[Article], due: Due, part: int) -> tuple[Post, int]:
        style = style_of(reader)
        count = most_together(articles, reader.place, style)
        left = len(articles) - count if part + 1 == MESSAGES else 0
        heading, more, buttons = digest_words(due.kinds, left, reader, texts(reader.language))
        post = roundup(articles[:count], reader.place, style, heading=heading, because=more or None, buttons=buttons)
        return post, count

    return compose


def reader_composer(texts: Texts) -> ComposeLetter:
    """How articles are written to a reader: in their language, with the reason why they came."""

    def compose(articles: Sequence[Article], reader: Reader, among: str) -> tuple[Post, int]:
        style = style_of(reader)
        count = most_together(articles, reader.place, style)
        because, buttons = accompany(articles[:count], reader, texts(reader.language))
        if count > 1:
            return roundup(articles[:count], reader.place, style, because=because, buttons=buttons), count
        shown = replace(articles[0], lead=None) if reader.preferences.form is Form.HEADLINE else articles[0]
        return message_for(shown, reader.place, style, buttons=buttons, because=because, among=among), 1

    return compose


def style_of(reader: Reader) -> Style:
    """How a reader wants what they get: their language, with a sound or without."""
    return Style(language="ru" if reader.language == "ru" else "en", silent=reader.preferences.silent)


def mailing_for(
    store: Store, readers: Subscriptions, delivery: Delivery, texts: Texts, clock: Clock, hold: Hold
) -> Mailing:
    """What sends to readers."""
    return Mailing(
        campaigns=store.campaigns,
        subscriptions=readers,
        delivery=delivery,
        compose=reader_composer(texts),
        clock=clock,
        hold=hold,
        calls=store.calls,
    )
