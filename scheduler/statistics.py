"""The numbers: the port `Statistics` over what went out, what came back, and who came and went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.model import Article
from bot.ports import Articles, Echoes, Followers, Labels, Posted
from bot.statistics import Echo, Following, Posting, Response, Sheet
from scheduler.selection import Channel


class Statistician:
    """Counts and adds up. Days are the newsroom's."""

    def __init__(
        self,
        channels: Iterable[Channel],
        *,
        posted: Posted,
        articles: Articles,
        echoes: Echoes,
        followers: Followers,
        labels: Labels,
        zone: tzinfo,
    ) -> None:
        self._channels = tuple(channels)
        self._posted = posted
        self._articles = articles
        self._echoes = echoes
        self._followers = followers
        self._labels = labels
        self._zone = zone

    def today(self, now: datetime) -> date:
        """The day in the newsroom."""
        return now.astimezone(self._zone).date()

    async def hear(self, echo: Echo) -> None:
        """Count what came back of a message on one of our channels; of any other, nothing."""
        names = {name.casefold() for name in echo.chats}
        for channel in self._channels:
            if channel.place.platform is echo.platform and channel.place.chat.casefold() in names:
                await self._echoes.note(channel.place, echo)
                return

    async def sheet(self, first: date, last: date) -> Sheet:
        """Everything of these days."""
        postings: list[Posting] = []
        for channel in self._channels:
            postings += await self._postings(channel, first, last)
        days = Sheet(first, last, (), {}).days
        following = await self._followers.following(days)
        return Sheet(first, last, tuple(postings), following, await self._named(following.values()))

    async def _postings(self, channel: Channel, first: date, last: date) -> list[Posting]:
        since = datetime.combine(first, time(), self._zone).astimezone(UTC)
        ends = datetime.combine(last + timedelta(days=1), time(), self._zone).astimezone(UTC)
        posted = [(key, at) for key, at in await self._posted.posted(channel.place, since=since) if at < ends]
        kept = {one.key: one for one in await self._articles.several([key for key, _ in posted])}
        numbers = await self._echoes.numbers(channel.place, [key for key, _ in posted])
        together: dict[str, list[tuple[str, datetime]]] = {}
        for (key, at), number in zip(posted, numbers, strict=True):
            together.setdefault(number or f"?{key}", []).append((key, at))
        known = [number for number in together if not number.startswith("?")]
        came = dict(zip(known, await self._echoes.of(channel.place, known), strict=True))
        return [self._posting(channel, those, kept, came.get(number, {})) for number, those in together.items()]

    def _posting(
        self,
        channel: Channel,
        those: Sequence[tuple[str, datetime]],
        kept: Mapping[str, Article],
        responses: Mapping[Response, int],
    ) -> Posting:
        articles = tuple(kept[key] for key, _ in those if key in kept)
        return Posting(self.today(those[0][1]), channel.name, articles, responses)

    async def _named(self, following: Iterable[Following]) -> Mapping[str, str]:
        keys = dict.fromkeys(key for one in following for key in (*one.gained, *one.lost) if key)
        return {key: label for key in keys if (label := await self._labels.label(key)) is not None}
