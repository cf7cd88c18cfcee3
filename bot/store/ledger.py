"""The ledger: one word per slot, written by scripts that look and write in one step.

A slot's word is JSON: state, at, fence, until, due (ms), reason, receipt. The ledger of readers keeps only the last
word of each slot, the public one the whole story.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreError, Superseded
from bot.model import Attempt, Claim, Place, Receipt, Slot, SlotState
from bot.store import keys, scripts
from bot.store.articles import queue_score
from bot.store.campaigns import RedisCampaigns
from bot.store.connection import Client, scored
from bot.store.leases import Fence
from bot.store.moments import from_ms, from_text, to_ms, to_text

NO_FENCE = 0
EXPIRED = "the lease ran out before the outcome was known"
ORPHANED = "the bot died before the outcome was known"


class RedisLedger:
    """Ledger, Overdue, Posted and Doubts over redis."""

    def __init__(self, client: Client, campaigns: RedisCampaigns, lease: Fence | None = None) -> None:
        self._client = client
        self._campaigns = campaigns
        self._lease = lease or Fence()
        self._unanswered: dict[Slot, str] = {}

    async def claim(self, slot: Slot, *, now: datetime, lease: timedelta) -> Claim | None:
        """The right to send, or None: somebody has it, it is decided, or it is not due. Raises Superseded."""
        spot = await self._campaigns.spot(slot)
        if spot is not None:
            claimed = await self._campaigns.claim(slot, spot, now=now, lease=lease)
            if not isinstance(claimed, bool):
                return claimed
        until = now + lease
        # An asking that got no answer may have been heard: asked again in the same words, the claim is still ours.
        token = self._unanswered.pop(slot, None) or secrets.token_hex(8)
        try:
            fence = await self._client.run(
                scripts.CLAIM,
                [
                    keys.ledger(slot.article, slot.place),
                    keys.FENCE,
                    keys.CLAIMS,
                    keys.deferred(slot.place),
                    keys.DEFERRED,
                    self._lease.key,
                ],
                [
                    *(str(slot.place), str(slot), slot.article),
                    *(to_ms(now), to_ms(until), token),
                    *(to_text(now) or "", to_text(until) or ""),
                    *(_lifetime(slot.place), self._lease.token),
                ],
            )
        except StoreError:
            self._unanswered[slot] = token
            raise
        if int(fence) < 0:
            raise Superseded("another copy of the bot leads now: this one sends nothing")
        return Claim(slot, int(fence), until) if fence else None

    async def settle(self, claim: Claim, attempt: Attempt) -> bool:
        """Write down how it ended.

        The last claimer's word counts even after the lease, as long as nobody has decided since: it knows best. False:
        a newer claim or an admin was first, and nothing was changed. Raises ValueError for an attempt of another slot
        or one that ends nothing.
        """
        if attempt.slot != claim.slot or attempt.state is SlotState.CLAIMED:
            raise ValueError(f"a claim of {claim.slot} can't end as {attempt.state} of {attempt.slot}")
        if await self._campaigns.settle(claim, attempt):
            return True
        return await self._write("settle", claim.fence, attempt)

    async def skip(self, slot: Slot, *, now: datetime, reason: str) -> None:
        """Decide that a slot will not be sent. A slot that has a state keeps it."""
        spot = await self._campaigns.spot(slot)
        if spot is None or await self._campaigns.set_aside(spot):
            await self._write("skip", NO_FENCE, Attempt(slot, now, SlotState.SKIPPED, reason))

    async def resolve(self, attempt: Attempt, *, queue: str | None = None) -> bool:
        """Decide about an unconfirmed slot, after looking or asking; with `queue` the article goes back into that queue
        in the same step, at its old place. False: it was not unconfirmed (any more)."""
        if attempt.state in {SlotState.CLAIMED, SlotState.UNCONFIRMED}:
            raise ValueError(f"{attempt.state} decides nothing")
        return await self._write("resolve", NO_FENCE, attempt, queue)

    async def states(self, slots: Sequence[Slot]) -> list[Attempt | None]:
        """The last word on each slot."""
        words = await self._client.reads([("HGET", keys.ledger(s.article, s.place), str(s.place)) for s in slots])
        return [
            _attempt(slot, word) if word else await self._recorded(slot)
            for slot, word in zip(slots, words, strict=True)
        ]

    async def _recorded(self, slot: Slot) -> Attempt | None:
        spot = await self._campaigns.spot(slot)
        return None if spot is None else await self._campaigns.word(slot, spot)

    async def put_off(self, article: str) -> list[Attempt]:
        """The slots of an article whose last word is `deferred`."""
        public, private = await self._client.reads([("HGETALL", key) for key in keys.ledgers(article)])
        words = [_attempt(Slot(article, Place.parse(place)), word) for place, word in {**public, **private}.items()]
        return [word for word in words if word.state is SlotState.DEFERRED]

    async def story(self, article: str) -> list[Attempt]:
        """Everything about one article, in order of time; of readers only the last word on each."""
        public, private = keys.ledgers(article)
        told, words, readers = await self._client.reads(
            [("LRANGE", keys.story(article), 0, -1), ("HGETALL", public), ("HGETALL", private)]
        )
        story = [_attempt(Slot(article, Place.parse(json.loads(word)["place"])), word) for word in told]
        last = [_attempt(Slot(article, Place.parse(place)), word) for place, word in {**words, **readers}.items()]
        story += [word for word in last if word.state is SlotState.CLAIMED or keys.is_private(word.slot.place)]
        story += await self._campaigns.story(article)
        return sorted(story, key=lambda word: word.at)

    async def expire(self, *, now: datetime, orphaned: bool = False) -> list[Slot]:
        """Turn every claim whose lease has run out, or `orphaned` all there are, into `unconfirmed`, and name them."""
        await self._campaigns.expire(now=now, orphaned=orphaned)
        last = "+inf" if orphaned else to_ms(now)
        overdue = [_slot(text) for text in await self._client.read("ZRANGEBYSCORE", keys.CLAIMS, "-inf", last)]
        words = await self._client.reads([("HGET", keys.ledger(s.article, s.place), str(s.place)) for s in overdue])
        expired = []
        for slot, word in zip(overdue, words, strict=True):
            claim: dict[str, Any] = json.loads(word) if word else {"fence": NO_FENCE}
            reason = ORPHANED if orphaned else EXPIRED
            lost = Attempt(slot, now, SlotState.UNCONFIRMED, reason, since=from_text(claim.get("at")))
            if await self._write("expire", claim["fence"], lost):
                expired.append(slot)
            elif not word:
                await self._client.write("ZREM", keys.CLAIMS, str(slot))
        long_ago = to_ms(now - keys.LEDGER)
        await self._client.writes(
            [("ZREMRANGEBYSCORE", index, "-inf", long_ago) for index in (keys.DEFERRED, keys.UNCONFIRMED)]
        )
        return expired

    async def deferred(self, place: Place, *, now: datetime) -> tuple[list[str], datetime | None]:
        """Articles at a place that are due again, and when the next one will be."""
        index, moment = keys.deferred(place), to_ms(now)
        due, later = await self._client.reads(
            [
                ("ZRANGEBYSCORE", index, "-inf", moment),
                ("ZRANGEBYSCORE", index, f"({moment}", "+inf", "WITHSCORES", "LIMIT", 0, 1),
            ]
        )
        return due, from_ms(scored(later)[0][1]) if later else None

    async def unconfirmed(self, limit: int = 100) -> list[Attempt]:
        """Slots of which nobody knows whether they were sent, the oldest first."""
        slots = [_slot(text) for text in await self._client.read("ZRANGE", keys.UNCONFIRMED, 0, limit - 1)]
        return [word for word in await self.states(slots) if word and word.state is SlotState.UNCONFIRMED]

    async def unsettled(self, place: Place) -> list[Slot]:
        """What is being sent to a place, or was with an unknown end: messages that no receipt accounts for."""
        sending, unknown = await self._client.reads(
            [("ZRANGE", keys.CLAIMS, 0, -1), ("ZRANGE", keys.UNCONFIRMED, 0, -1)]
        )
        slots = [_slot(text) for text in dict.fromkeys([*sending, *unknown])]
        return [slot for slot in slots if slot.place == place]

    async def last_sent(self, place: Place) -> datetime | None:
        """When something was last sent there, by our clock."""
        moment = await self._client.read("GET", keys.last_sent(place))
        return from_ms(int(moment)) if moment else None

    async def posted(self, place: Place, *, since: datetime) -> list[tuple[str, datetime]]:
        """Articles that went out at a public place, with their times, in order of time."""
        found = await self._client.read("ZRANGEBYSCORE", keys.posted(place), to_ms(since), "+inf", "WITHSCORES")
        return [(article, from_ms(moment)) for article, moment in scored(found)]

    async def tally(self) -> Mapping[SlotState, int]:
        """How many slots are claimed, deferred and unconfirmed now, and how many were ever sent, refused or skipped."""
        claimed, deferred, unconfirmed, ended = await self._client.reads(
            [("ZCARD", keys.CLAIMS), ("ZCARD", keys.DEFERRED), ("ZCARD", keys.UNCONFIRMED), ("HGETALL", keys.TALLY)]
        )
        return {
            SlotState.CLAIMED: claimed + await self._campaigns.claimed(),
            SlotState.SENT: int(ended.get(SlotState.SENT, 0)),
            SlotState.DEFERRED: deferred,
            SlotState.REFUSED: int(ended.get(SlotState.REFUSED, 0)),
            SlotState.UNCONFIRMED: unconfirmed,
            SlotState.SKIPPED: int(ended.get(SlotState.SKIPPED, 0)),
        }

    async def first_firing(self, name: str, at: datetime) -> bool:
        """True for the first caller only."""
        key, life = keys.firing(name, to_ms(at)), keys.milliseconds(keys.FIRING)
        return bool(await self._client.run(scripts.ONCE, [key], [secrets.token_hex(8), life]))

    async def _write(self, kind: str, fence: int, attempt: Attempt, queue: str | None = None) -> bool:
        slot, due = attempt.slot, attempt.until or attempt.at
        place = slot.place
        score = await queue_score(self._client, slot.article) if queue else None
        written = await self._client.run(
            scripts.WRITE,
            [
                keys.ledger(slot.article, place),
                keys.CLAIMS,
                keys.deferred(place),
                keys.DEFERRED,
                keys.UNCONFIRMED,
                keys.TALLY,
                keys.last_sent(place),
                keys.story(slot.article),
                keys.receipts(place),
                keys.queue(queue or ""),
                keys.posted(place),
            ],
            [
                *(str(place), str(slot), slot.article, kind, fence, attempt.state.value, _word(attempt, fence)),
                *(to_ms(attempt.at), to_ms(due), _lifetime(place), keys.seconds(keys.LEDGER)),
                0 if keys.is_private(place) else 1,
                *(_number(attempt), keys.RECEIPTS_KEPT),
                *("" if score is None else score, keys.seconds(keys.ARTICLE)),
                *(_others(attempt) if _number(attempt) else ()),
            ],
        )
        return bool(written)


def _lifetime(place: Place) -> int:
    return keys.seconds(keys.READERS_LEDGER if keys.is_private(place) else keys.LEDGER)


def _number(attempt: Attempt) -> str:
    """The post's number at a public place, as it is looked for when the outcome of the next one is in doubt."""
    number = attempt.receipt.message_id if attempt.receipt and attempt.state is SlotState.SENT else ""
    return number if number.isdecimal() and not keys.is_private(attempt.slot.place) else ""


def _others(attempt: Attempt) -> list[str]:
    """The numbers of the rest of an album."""
    return [number for number in attempt.receipt.others if number.isdecimal()] if attempt.receipt else []


def _slot(text: str) -> Slot:
    article, _, place = text.partition("@")
    return Slot(article, Place.parse(place))


def _word(attempt: Attempt, fence: int) -> str:
    receipt = attempt.receipt and {
        "message_id": attempt.receipt.message_id,
        "at": to_text(attempt.receipt.at),
        "url": attempt.receipt.url,
        **({"others": attempt.receipt.others} if attempt.receipt.others else {}),
    }
    word: dict[str, Any] = {
        "state": attempt.state.value,
        "at": to_text(attempt.at),
        "place": str(attempt.slot.place),
        "fence": fence,
        "reason": attempt.reason,
        "until": to_text(attempt.until),
        "due": to_ms(attempt.until or attempt.at),
        "receipt": receipt,
        "since": to_text(attempt.since),
        "wording": attempt.wording,
        "together": attempt.together or None,
    }
    return json.dumps({name: value for name, value in word.items() if value is not None}, ensure_ascii=False)


def _attempt(slot: Slot, text: str) -> Attempt:
    word = json.loads(text)
    return Attempt(
        slot,
        datetime.fromisoformat(word["at"]),
        SlotState(word["state"]),
        word.get("reason"),
        from_text(word.get("until")),
        _receipt(word["receipt"]) if word.get("receipt") else None,
        from_text(word.get("since")),
        word.get("wording"),
        tuple(word.get("together", ())),
    )


def _receipt(kept: Mapping[str, Any]) -> Receipt:
    at, others = datetime.fromisoformat(kept["at"]), tuple(kept.get("others", ()))
    return Receipt(kept["message_id"], at, kept.get("url"), others=others)
