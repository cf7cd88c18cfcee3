"""What campaigns do in one step. Records stand in one string, seven bytes each, see `acks`."""

from __future__ import annotations

from bot.store.connection import Script

HELD, ELSEWHERE = 1, 2

BEGIN = Script(
    """
    -- KEYS: campaign, number of the last campaign. ARGV: now (ms), bytes of the records, lifetime (s), prefixes of
    -- crowds and of records, then platform and crowd by turns. Answers the campaign's number; 0: it had begun before,
    -- and stays as it is.
    if redis.call('HEXISTS', KEYS[1], 'number') == 1 then return 0 end
    local number = redis.call('INCR', KEYS[2])
    for a = 6, #ARGV, 2 do redis.call('SET', ARGV[4] .. number .. ':' .. ARGV[a], ARGV[a + 1], 'EX', ARGV[3]) end
    if ARGV[2] ~= '0' then
      redis.call('SETRANGE', ARGV[5] .. number, ARGV[2] - 1, string.char(0))
      redis.call('EXPIRE', ARGV[5] .. number, ARGV[3])
    end
    redis.call('HSET', KEYS[1], 'number', number, 'began', ARGV[1])
    redis.call('EXPIRE', KEYS[1], ARGV[3])
    return number
    """,
    repeatable=True,
)

_RUNS = """
    local run, first, last = {}, nil, nil
    local function flush()
      if first then redis.call('SETRANGE', KEYS[1], first * 7, table.concat(run)) end
      run, first = {}, nil
    end
    local function write(rank, record)
      if first and rank > last + 9 then flush() end
      if not first then first = rank
      elseif rank > last + 1 then run[#run + 1] = redis.call('GETRANGE', KEYS[1], last * 7 + 7, rank * 7 - 1) end
      run[#run + 1], last = record, rank
    end
"""
"""Neighbours are written in one command, with the few that stand between them: another command is longer than eight of
them. Ranks come in rising order."""

CLAIM = Script(
    f"""
    -- KEYS: records, flights, campaign, lease of the process. ARGV: article, end of the claims (ms), what the lease
    -- must say ('' when the process works without one), then ranks with their records, packed. Answers for each 1 (it
    -- is ours), 2 (the ledger has a word on it) or 0; or -1 alone when another process leads. What is ours already is
    -- ours again.
    {_RUNS}
    local may = ARGV[3] == '' or redis.call('GET', KEYS[4]) == ARGV[3]
    local off = redis.call('HEXISTS', KEYS[3], 'off') == 1
    local said = {{}}
    for at = 1, #ARGV[4], 11 do
      local rank, record = struct.unpack('<I4c7', ARGV[4], at)
      local there = redis.call('GETRANGE', KEYS[1], rank * 7, rank * 7 + 6)
      local kind = string.byte(there, 7)
      if there == record then said[#said + 1] = {HELD}
      elseif not may then return {{-1}}
      elseif kind == nil or kind == 2 then said[#said + 1] = {ELSEWHERE}
      elseif kind == 0 and not off then
        write(rank, record)
        said[#said + 1] = {HELD}
      else said[#said + 1] = 0 end
    end
    if first then redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[1]) end
    flush()
    return said
    """,
    repeatable=True,
)

SETTLE = Script(
    f"""
    -- KEYS: records, campaign, tally. ARGV: ranks, claims, six bytes of the new record, and which of what was said, all
    -- packed; then what was said. The last byte of a record names it; the campaign knows the names. Answers for each 1
    -- (written), or 0: the claim is no longer there, or there are too many names.
    {_RUNS}
    local kinds, said, written = {{}}, {{}}, 0
    local function kind_of(text)
      if not kinds[text] then
        local kind = redis.call('HGET', KEYS[2], 'said:' .. text)
        if not kind then
          kind = tonumber(redis.call('HGET', KEYS[2], 'kinds') or 16)
          if kind > 255 then return nil end
          redis.call('HSET', KEYS[2], 'said:' .. text, kind, 'kinds', kind + 1)
        end
        kinds[text] = tonumber(kind)
      end
      return kinds[text]
    end
    for at = 1, #ARGV[1], 19 do
      local rank, claim, record, which = struct.unpack('<I4c7c6I2', ARGV[1], at)
      local there = redis.call('GETRANGE', KEYS[1], rank * 7, rank * 7 + 6)
      if there == claim then
        local kind = kind_of(ARGV[which])
        if kind then
          write(rank, record .. string.char(kind))
          written = written + 1
        end
        said[#said + 1] = kind and 1 or 0
      else said[#said + 1] = string.sub(there, 1, 6) == record and string.byte(there, 7) >= 16 and 1 or 0 end
    end
    flush()
    if written > 0 then redis.call('HINCRBY', KEYS[3], 'sent', written) end
    return said
    """,
    repeatable=True,
)

TO_LEDGER = Script(
    """
    -- KEYS: records, readers' ledger, claims. ARGV: rank, record that must be there, record that says "elsewhere",
    -- place, slot, word (JSON), end of the claim (ms), lifetime (s). The slot is claimed by the same claim, but in the
    -- ledger. Answers 1 when it is so, 0 when something else is there.
    local there = redis.call('GETRANGE', KEYS[1], ARGV[1] * 7, ARGV[1] * 7 + 6)
    if there == ARGV[3] then return redis.call('HGET', KEYS[2], ARGV[4]) == ARGV[6] and 1 or 0 end
    if there ~= ARGV[2] then return 0 end
    redis.call('HSET', KEYS[2], ARGV[4], ARGV[6])
    redis.call('EXPIRE', KEYS[2], ARGV[8])
    redis.call('ZADD', KEYS[3], ARGV[7], ARGV[5])
    redis.call('SETRANGE', KEYS[1], ARGV[1] * 7, ARGV[3])
    return 1
    """,
    repeatable=True,
)

SET_ASIDE = Script(
    """
    -- KEYS: records. ARGV: rank, untouched record, record that says "elsewhere". Answers 1: the ledger has the slot.
    local there = redis.call('GETRANGE', KEYS[1], ARGV[1] * 7, ARGV[1] * 7 + 6)
    if there == ARGV[2] then redis.call('SETRANGE', KEYS[1], ARGV[1] * 7, ARGV[3]) end
    return (there == ARGV[2] or there == ARGV[3]) and 1 or 0
    """,
    repeatable=True,
)

LAND = Script(
    """
    -- KEYS: flights. ARGV: article, when its last claim ended (ms). None is left; a claim made meanwhile ends later.
    if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) > tonumber(ARGV[2]) then return 0 end
    return redis.call('ZREM', KEYS[1], ARGV[1])
    """,
    repeatable=True,
)
