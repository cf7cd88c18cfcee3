"""The limiter of one token: the books of who sent when, in redis, so that every process and the next start see them.

A turn is given by one script that looks at everything at once: the evenly spaced slots (GCRA), the messages of the
current second, the chat's own rhythm, the last minute of a group, and what the platform asked to wait. Moments are
milliseconds since 1970 with three decimals.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.model import Place
from bot.pacing import AHEAD, Ask, Lane, Limits, Pace, Tally, Trial, Turn, Wait
from bot.store import keys
from bot.store.connection import Answer, Client, Script

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIELDS = "'limit', 'wall', 'wall_until', 'next_trial', 'cut_at', 'trial', 'opens', 'bursts', 'version'"

RESERVE = Script(
    """
    -- KEYS: pace, second, starts, chat, group
    -- ARGV: id, now, how far ahead, slack, quiet, first limit, chat interval, chat burst, group count, group span,
    --       lifetime of the pace (s), of the turns (s)
    -- Answers {1, moment} for a turn, {0, wait, 1} when everybody must wait, {0, wait, 0} when the chat must.
    local now, ahead, slack, quiet = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
    local every, burst, count, span = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
    local function text(moment) return string.format('%.3f', moment) end
    local given = redis.call('ZSCORE', KEYS[3], ARGV[1])
    if given then return {1, given} end

    local chat = redis.call('HMGET', KEYS[4], 'tat', 'hold')
    local chat_tat = tonumber(chat[1] or 0)
    local free = math.max(chat_tat - (burst - 1) * every, tonumber(chat[2] or 0))
    if count > 0 then
      local last = redis.call('LINDEX', KEYS[5], count - 1)
      if last then free = math.max(free, tonumber(last) + span) end
    end
    if free > now then return {0, text(free - now), 0} end

    local state = redis.call('HMGET', KEYS[1], 'limit', 'tat', 'hold', 'trial', 'opens', 'bursts', 'placed', 'last')
    local function kept(at, other) return tonumber(state[at] or other) end
    local limit, tat, hold, last = kept(1, ARGV[6]), kept(2, 0), kept(3, 0), kept(8, 0)
    local trial, opens, bursts, placed = kept(4, 0), kept(5, 0), kept(6, 0), kept(7, 0)
    if hold > now then return {0, text(hold - now), 1} end

    -- What nobody took in time is no trial: its second is over.
    local trying = placed < trial and now <= bursts + 300
    local interval = 1000 / limit
    local slot = math.max(tat, now - 2 * interval)
    local moment = math.max(now, slot)
    if trying and now >= bursts then
      moment, tat = now, tat + interval
    else
      redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
      local over = redis.call('ZCARD', KEYS[2]) - math.max(1, math.floor(limit))
      if over >= 0 then
        moment = math.max(moment, tonumber(redis.call('ZRANGE', KEYS[2], over, over, 'WITHSCORES')[2]))
      end
      if trying then
        moment = math.max(moment, opens)
        if moment >= bursts then return {0, text(bursts - now), 1} end
      end
      if moment - now > math.max(ahead, 2 * interval) then return {0, text(moment - now - interval), 1} end
      tat = math.max(slot, moment - 2 * interval) + interval
    end

    if trying then
      placed = placed + 1
      redis.call('HSET', KEYS[1], 'placed', placed)
      if placed >= trial then
        tat = math.max(tat, moment + quiet)
        redis.call('HSET', KEYS[1], 'closed', text(moment))
      end
    end
    redis.call('HSET', KEYS[1], 'tat', text(tat), 'last', text(math.max(last, moment)))
    redis.call('EXPIRE', KEYS[1], ARGV[11])
    redis.call('ZADD', KEYS[2], text(moment + 1000 + slack), ARGV[1])
    redis.call('EXPIRE', KEYS[2], ARGV[12])
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 10000)
    redis.call('ZADD', KEYS[3], text(moment), ARGV[1])
    redis.call('EXPIRE', KEYS[3], ARGV[12])
    if every > 0 then
      chat_tat = math.max(chat_tat, moment) + every
      redis.call('HSET', KEYS[4], 'tat', text(chat_tat))
      redis.call('PEXPIRE', KEYS[4], math.ceil(chat_tat - now))
    end
    if count > 0 then
      redis.call('LPUSH', KEYS[5], text(moment))
      redis.call('LTRIM', KEYS[5], 0, count - 1)
      redis.call('PEXPIRE', KEYS[5], math.ceil(moment - now + span))
    end
    return {1, text(moment)}
    """,
    repeatable=True,
)

SETTLE = Script(
    f"""
    -- KEYS: pace, second, starts. ARGV: id, 1 when sent, until when it counts, now
    -- Answers the fields of the pace, how many count now, how many were sent in the second before a refused one, and 1
    -- when every message of the trial has its answer.
    local start, before = redis.call('ZSCORE', KEYS[3], ARGV[1]), 0
    local state = redis.call('HMGET', KEYS[1], 'trial', 'opens', 'closed', 'answered')
    local trial, answered = tonumber(state[1] or 0), tonumber(state[4] or 0)
    if ARGV[2] == '1' then
      redis.call('ZADD', KEYS[2], 'XX', ARGV[3], ARGV[1])
      local at = tonumber(start or 0)
      if trial > 0 and at >= tonumber(state[2]) and at <= tonumber(state[3] or at) then
        answered = redis.call('HINCRBY', KEYS[1], 'answered', 1)
      end
    elseif start then
      before = redis.call('ZCOUNT', KEYS[3], '(' .. (tonumber(start) - 1000), '(' .. start)
      redis.call('ZREM', KEYS[2], ARGV[1])
      redis.call('ZREM', KEYS[3], ARGV[1])
    end
    local answer = redis.call('HMGET', KEYS[1], {_FIELDS})
    answer[#answer + 1] = redis.call('ZCOUNT', KEYS[2], '(' .. ARGV[4], '+inf')
    answer[#answer + 1] = before
    answer[#answer + 1] = trial > 0 and answered >= trial and 1 or 0
    return answer
    """
)
"""Not repeatable: it counts the answers of a trial."""

ADOPT = Script(
    """
    -- KEYS: pace. ARGV: version replaced, limit, wall, wall_until, next_trial, cut_at, trial, opens, bursts, lifetime
    -- A trial needs a gap before it: when a turn was given past its beginning, it can't be had. Answers 1 when done.
    local state = redis.call('HMGET', KEYS[1], 'version', 'last')
    if tonumber(state[1] or 0) ~= tonumber(ARGV[1]) then return 0 end
    local opens, bursts = tonumber(ARGV[8]), tonumber(ARGV[9])
    if tonumber(ARGV[7]) > 0 and tonumber(state[2] or 0) > 2 * bursts - opens - 2000 then return 0 end
    redis.call('HSET', KEYS[1], 'limit', ARGV[2], 'wall', ARGV[3], 'wall_until', ARGV[4], 'next_trial', ARGV[5],
      'cut_at', ARGV[6], 'trial', ARGV[7], 'opens', ARGV[8], 'bursts', ARGV[9], 'placed', 0, 'answered', 0,
      'version', ARGV[1] + 1)
    redis.call('HDEL', KEYS[1], 'closed')
    redis.call('EXPIRE', KEYS[1], ARGV[10])
    return 1
    """
)

HOLD = Script(
    """
    -- KEYS: pace or chat. ARGV: until when, now, least lifetime (ms). A longer hold is never cut short.
    local until_then = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'hold') or 0))
    redis.call('HSET', KEYS[1], 'hold', string.format('%.3f', until_then))
    local life = math.max(until_then - tonumber(ARGV[2]), tonumber(ARGV[3]), redis.call('PTTL', KEYS[1]))
    redis.call('PEXPIRE', KEYS[1], math.ceil(life))
    return 1
    """,
    repeatable=True,
)


class RedisLimiter:
    """Limiter over redis. The token itself stands in no key."""

    def __init__(self, client: Client, token: str, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._token = hashlib.blake2b(token.encode(), digest_size=16, person=b"depeche pace").hexdigest()

    async def reserve(self, ask: Ask, *, now: datetime) -> Turn | Wait:
        """A turn, or how long to wait before asking again."""
        limits, token = self._limits, secrets.token_hex(6)
        in_chat = ask.place is not None and limits.chat_every is not None
        in_group = in_chat and ask.place is not None and not keys.is_private(ask.place)
        every = limits.chat_every if in_chat and limits.chat_every is not None else timedelta(0)
        burst = limits.chat_burst if ask.lane is Lane.REPLY else 1
        given, moment, *rest = await self._client.run(
            RESERVE,
            [*self._keys, self._chat(ask.place), keys.group(self._token, _name(ask.place))],
            [
                *(token, _text(now), _ms(AHEAD[ask.lane]), _ms(ask.slack), _ms(ask.quiet), limits.start),
                *(_ms(every), burst, limits.group_count if in_group else 0, _ms(limits.group_span)),
                *(keys.seconds(keys.PACE), keys.seconds(keys.TURNS)),
            ],
        )
        if given:
            return Turn(token, _moment(moment), now)
        return Wait(timedelta(milliseconds=max(1.0, float(moment))), everybody=rest == [1])

    async def settle(self, turn: Turn, *, sent: bool, release: datetime, now: datetime) -> Tally:
        """Note the answer to a turn."""
        answer = await self._client.run(SETTLE, self._keys, [turn.id, int(sent), _text(release), _text(now)])
        *fields, in_second, before, trial_over = answer
        return Tally(_pace(fields, self._limits), int(in_second), int(before), trial_over=bool(trial_over))

    async def hold(self, place: Place | None, *, until: datetime, now: datetime) -> None:
        """Give no turns before a moment."""
        key = self._keys[0] if place is None else self._chat(place)
        least = keys.milliseconds(keys.PACE) if place is None else 1
        await self._client.run(HOLD, [key], [_text(until), _text(now), least])

    async def adopt(self, pace: Pace, *, instead_of: Pace) -> bool:
        """Change the pace, unless somebody else was first."""
        trial = pace.trial
        done = await self._client.run(
            ADOPT,
            self._keys[:1],
            [
                *(instead_of.version, pace.limit, pace.wall or 0),
                *(_text(moment) for moment in (pace.wall_until, pace.next_trial, pace.cut_at)),
                *((trial.rate, _text(trial.opens), _text(trial.bursts)) if trial else (0, 0, 0)),
                keys.seconds(keys.PACE),
            ],
        )
        return bool(done)

    @property
    def _keys(self) -> Sequence[str]:
        return [keys.pace(self._token), keys.second(self._token), keys.starts(self._token)]

    def _chat(self, place: Place | None) -> str:
        return keys.chat(self._token, _name(place))


def _name(place: Place | None) -> str:
    """A forum's topics are one chat."""
    return "" if place is None else place.chat


def _pace(fields: Sequence[Answer], limits: Limits) -> Pace:
    limit, wall, wall_until, next_trial, cut_at, trial, opens, bursts, version = fields
    return Pace(
        limit=float(limit or limits.start),
        wall=int(wall or 0) or None,
        wall_until=_known(wall_until),
        next_trial=_known(next_trial),
        cut_at=_known(cut_at),
        trial=Trial(int(trial), _moment(opens), _moment(bursts)) if int(trial or 0) else None,
        version=int(version or 0),
    )


def _ms(span: timedelta) -> float:
    return span / _MILLISECOND


def _text(moment: datetime | None) -> str:
    return "0" if moment is None else f"{(moment - _EPOCH) / _MILLISECOND:.3f}"


def _moment(ms: str | float) -> datetime:
    return _EPOCH + timedelta(milliseconds=float(ms))


def _known(ms: str | None) -> datetime | None:
    return _moment(ms) if ms and float(ms) > 0 else None
