"""What still has to be changed where articles stand, and what became of it.

Each edition of an article at a place is a slot of its own, claimed before it is carried out and settled after. It is
not a slot of the ledger, since its rules are others: carrying it out twice does what once does, so a claim whose lease
ran out may be taken again instead of becoming unconfirmed; and an older edition never follows a newer one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Superseded
from bot.model import Attempt, Claim, Place, Slot, SlotState
from bot.store import keys
from bot.store.connection import Client, Script, scored
from bot.store.leases import Fence
from bot.store.moments import from_ms, to_ms, to_text

TAKE = Script(
    """
    -- KEYS: amended, fence, lease of the process. ARGV: place, number of the edition, now (ms), end of the lease (ms),
    --       token, now as text, lifetime (s), what the lease of the process must say ('' when it works without one)
    -- Answers the fence, 0, or -1 when another process leads. An older edition that is on its way holds back a newer
    -- one until its lease ends: else it could arrive after it.
    local raw = redis.call('HGET', KEYS[1], ARGV[1])
    local word = raw and cjson.decode(raw)
    local number, now = tonumber(ARGV[2]), tonumber(ARGV[3])
    if word and word.token == ARGV[5] then return word.fence end
    if ARGV[8] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[8] then return -1 end
    if word then
      local open = word.state == 'claimed' or word.state == 'deferred'
      if word.number > number or (word.number == number and not open) then return 0 end
      if word.state == 'claimed' and word.due > now then return 0 end
      if word.number == number and word.due > now then return 0 end
    end
    local fence = redis.call('INCR', KEYS[2])
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
      state = 'claimed', number = number, fence = fence, token = ARGV[5], at = ARGV[6], due = tonumber(ARGV[4])}))
    redis.call('EXPIRE', KEYS[1], ARGV[7])
    return fence
    """,
    repeatable=True,
)

END = Script(
    """
    -- KEYS: amended. ARGV: place, fence, word, lifetime (s). Answers 1 when written: the claim was still the last one.
    local raw = redis.call('HGET', KEYS[1], ARGV[1])
    if raw == ARGV[3] then return 1 end
    if not raw or cjson.decode(raw).fence ~= tonumber(ARGV[2]) then return 0 end
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
    return 1
    """,
    repeatable=True,
)


class RedisAmendments:
    """Amendments over redis."""

    def __init__(self, client: Client, lease: Fence | None = None) -> None:
        self._client = client
        self._lease = lease or Fence()

    async def due(self, *, now: datetime) -> tuple[list[str], datetime | None]:
        """Names of the editions to be worked on now, the longest due first, and when the next one will be."""
        moment = to_ms(now)
        due, later = await self._client.reads(
            [
                ("ZRANGEBYSCORE", keys.AMENDING, "-inf", moment),
                ("ZRANGEBYSCORE", keys.AMENDING, f"({moment}", "+inf", "WITHSCORES", "LIMIT", 0, 1),
            ]
        )
        return due, from_ms(scored(later)[0][1]) if later else None

    async def postpone(self, name: str, *, until: datetime) -> None:
        """Look at an edition again later; one that is closed stays so."""
        await self._client.write("ZADD", keys.AMENDING, "XX", to_ms(until), name)

    async def close(self, name: str) -> None:
        """An edition is brought everywhere."""
        await self._client.write("ZREM", keys.AMENDING, name)

    async def claim(self, slot: Slot, *, now: datetime, lease: timedelta) -> Claim | None:
        """The right to bring an edition (`slot.article` is its name) to a place. None: that is decided, not due, or
        somebody is at it; or a newer edition was there. Raises Superseded."""
        article, number = _parted(slot.article)
        until = now + lease
        fence = await self._client.run(
            TAKE,
            [keys.amended(article), keys.FENCE, self._lease.key],
            [
                *(str(slot.place), number, to_ms(now), to_ms(until), secrets.token_hex(8), to_text(now) or ""),
                *(keys.seconds(keys.LEDGER), self._lease.token),
            ],
        )
        if int(fence) < 0:
            raise Superseded("another copy of the bot leads now: this one edits nothing")
        return Claim(slot, int(fence), until) if fence else None

    async def settle(self, claim: Claim, attempt: Attempt) -> bool:
        """Write down how it ended. False: somebody else had it since."""
        article, number = _parted(claim.slot.article)
        word = {
            "state": attempt.state.value,
            "number": number,
            "fence": claim.fence,
            "at": to_text(attempt.at),
            "due": to_ms(attempt.until or attempt.at),
            "reason": attempt.reason,
        }
        told = json.dumps({name: value for name, value in word.items() if value is not None}, ensure_ascii=False)
        place, life = str(claim.slot.place), keys.seconds(keys.LEDGER)
        return bool(await self._client.run(END, [keys.amended(article)], [place, claim.fence, told, life]))

    async def words(self, article: str) -> Mapping[Place, Attempt]:
        """The last word at each place an edition of an article was brought to."""
        kept = await self._client.read("HGETALL", keys.amended(article))
        words = {Place.parse(place): json.loads(word) for place, word in kept.items()}
        return {place: _attempt(article, place, word) for place, word in words.items()}


def _parted(name: str) -> tuple[str, int]:
    article, _, number = name.partition("~")
    return article, int(number)


def _attempt(article: str, place: Place, word: dict[str, Any]) -> Attempt:
    state = SlotState(word["state"])
    # to the millisecond, as claims are compared: else a moment could be due here and not yet due there
    until = from_ms(word["due"]) if state in {SlotState.CLAIMED, SlotState.DEFERRED} else None
    slot = Slot(f"{article}~{word['number']}", place)
    return Attempt(slot, datetime.fromisoformat(word["at"]), state, word.get("reason"), until)
