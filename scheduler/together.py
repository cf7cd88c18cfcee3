"""Several articles in one post: each is claimed and settled for itself, and none of them is sent twice.

All slots are claimed first, then it is remembered which of them go together, then the post is sent once, then each slot
is settled with the same outcome. A crash before the memory leaves claims of articles that were surely not sent; one
after it leaves a doubt about all of them, which is looked into as one: what one of them was seen as, all were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.checkpoints import Moment, passed
from bot.model import Article, Claim, Post, Slot, SlotState
from bot.ports import Companions
from bot.wishes import Wish
from scheduler.deliver import Delivery, Outcome
from scheduler.turns import Channel
from scheduler.wording import wording

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RoundUps:
    """How round-ups are made: `most` says how many of the articles fit into one, `compose` writes it."""

    companions: Companions
    compose: Callable[[Sequence[Article], Channel, Sequence[Wish]], Post]
    most: Callable[[Sequence[Article], Channel], int]

    async def alone(self, slot: Slot) -> None:
        """What was sent together once goes out by itself now."""
        await self.companions.forget(slot.place, slot.article)

    async def send(
        self, articles: Sequence[Article], channel: Channel, delivery: Delivery, *, wish: Callable[[Article], Wish]
    ) -> list[tuple[Article, Outcome]]:
        """Send what of the articles can be claimed; nothing when that is none. Raises StoreError."""
        claims: list[Claim] = []
        mine: list[Article] = []
        for article in articles[: self.most(articles, channel)]:
            claim = await delivery.claim(Slot(article.key, channel.place))
            if claim is not None:
                claims.append(claim)
                mine.append(article)
        if not claims:
            return []
        passed(Moment.CLAIMED)
        await self.companions.remember(channel.place, [article.key for article in mine])
        post = self.compose(mine, channel, [wish(article) for article in mine])
        outcome = await delivery.carry_out(claims[0].slot, post, public=True)
        passed(Moment.SENT)
        ended = []
        for article, claim in zip(mine, claims, strict=True):
            attempt = replace(outcome.attempt, slot=claim.slot, wording=wording(article))
            await delivery.settle(claim, attempt)
            ended.append((article, replace(outcome, attempt=attempt)))
        if outcome.attempt.state is not SlotState.UNCONFIRMED:
            log.info("round_up", channel=channel.name, articles=len(mine), outcome=outcome.attempt.state)
        passed(Moment.SETTLED)
        return ended
