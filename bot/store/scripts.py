"""The Lua scripts: what must happen in one step. All are repeatable unless they say otherwise.

Times are milliseconds since 1970 and always arguments: a script never asks the server's clock. Scripts name all their
keys in KEYS.
"""

from __future__ import annotations

from bot.store.connection import Script

ADD = Script(
    """
    -- KEYS: article, recent, counts of the day, id, terms, then as counted: names, labels, terms (sorted sets), queues
    -- ARGV: article JSON, key, time (ms), lifetime of names, of articles, of the day, kept in recent, kept under a
    --       term, how many names, labels, terms, queues, how many of the names no other article may have, then the
    --       labels, then the kinds and ids to count
    local key, time, known_life, life = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
    local names, labels, terms, queues = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
    for k = 6, 5 + tonumber(ARGV[13]) do
      if redis.call('EXISTS', KEYS[k]) == 1 then return 0 end
    end
    redis.call('SET', KEYS[1], ARGV[1], 'EX', life)
    redis.call('SET', KEYS[4], key, 'EX', known_life)
    local at = 5
    for k = at + 1, at + names do redis.call('SET', KEYS[k], key, 'NX', 'EX', known_life) end
    at = at + names
    for k = 1, labels do redis.call('SET', KEYS[at + k], ARGV[13 + k], 'EX', known_life) end
    at = at + labels
    -- Feeds tell the time in whole seconds: what came later in the same moment is put a 1024th of a ms later.
    local function moment(set)
      local before = '(' .. string.format('%.0f', time + 1)
      local last = redis.call('ZREVRANGEBYSCORE', set, before, time, 'WITHSCORES', 'LIMIT', 0, 1)
      return last[2] and string.format('%.6f', tonumber(last[2]) + 1 / 1024) or time
    end
    local function file(set, kept)
      redis.call('ZADD', set, moment(set), key)
      redis.call('ZREMRANGEBYRANK', set, 0, -1 - kept)
      redis.call('EXPIRE', set, life)
    end
    file(KEYS[2], tonumber(ARGV[7]))
    for k = at + 1, at + terms do file(KEYS[k], tonumber(ARGV[8])) end
    at = at + terms
    for k = at + 1, at + queues do
      redis.call('ZADD', KEYS[k], moment(KEYS[k]), key)
      redis.call('EXPIRE', KEYS[k], life)
    end
    for a = 14 + labels, #ARGV do
      redis.call('ZINCRBY', KEYS[3], 1, ARGV[a])
      redis.call('ZADD', KEYS[5], 'GT', time, ARGV[a])
    end
    redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', '(' .. string.format('%.0f', time - known_life * 1000))
    if redis.call('EXISTS', KEYS[5]) == 1 then redis.call('EXPIRE', KEYS[5], known_life) end
    if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('EXPIRE', KEYS[3], ARGV[6]) end
    return 1
    """,
    repeatable=True,
)

CLAIM = Script(
    """
    -- KEYS: ledger, fence, claims, deferred of the place, deferred, lease of the process
    -- ARGV: place, slot, article, now (ms), until (ms), token, at and until as text, lifetime (s), what the lease must
    --       say ('' when the process works without one)
    -- Answers the fence, 0, or -1 when another process leads. The token makes a second asking by the same claimer
    -- harmless.
    local raw = redis.call('HGET', KEYS[1], ARGV[1])
    local word = raw and cjson.decode(raw)
    if word and word.state == 'claimed' and word.token == ARGV[6] then return word.fence end
    if ARGV[10] ~= '' and redis.call('GET', KEYS[6]) ~= ARGV[10] then return -1 end
    if word and (word.state ~= 'deferred' or word.due > tonumber(ARGV[4])) then return 0 end
    local fence = redis.call('INCR', KEYS[2])
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
      state = 'claimed', fence = fence, token = ARGV[6], at = ARGV[7], ['until'] = ARGV[8], due = tonumber(ARGV[5])}))
    redis.call('EXPIRE', KEYS[1], ARGV[9])
    redis.call('ZADD', KEYS[3], ARGV[5], ARGV[2])
    redis.call('ZREM', KEYS[4], ARGV[3])
    redis.call('ZREM', KEYS[5], ARGV[2])
    return fence
    """,
    repeatable=True,
)

WRITE = Script(
    """
    -- KEYS: ledger, claims, deferred of the place, deferred, unconfirmed, tally, last_sent, story, receipts, queue,
    --       posted
    -- ARGV: place, slot, article, kind, fence, state, word (JSON), at (ms), due (ms), lifetime (s), lifetime of the
    --       place's own keys (s), 1 when the story is kept, number of the post ('' without one), receipts kept, score
    --       in the queue ('' when the article does not go back into one), lifetime of the queue, then the numbers of
    --       what else is part of the post
    -- Kinds: settle (by the last claimer, while nobody else decided), skip (only where nothing is written yet),
    --        expire (a claim whose lease ran out), resolve (a slot that is unconfirmed). Answers 1 when written.
    local raw = redis.call('HGET', KEYS[1], ARGV[1])
    if raw == ARGV[7] then return 1 end
    local old = raw and cjson.decode(raw)
    local mine = old and old.fence == tonumber(ARGV[5])
    local open = old and (old.state == 'claimed' or old.state == 'unconfirmed')
    local may = {
      settle = mine and open,
      skip = not old,
      expire = mine and old.state == 'claimed',
      resolve = old and old.state == 'unconfirmed',
    }
    if not may[ARGV[4]] then return 0 end

    redis.call('HSET', KEYS[1], ARGV[1], ARGV[7])
    redis.call('EXPIRE', KEYS[1], ARGV[10])
    redis.call('ZREM', KEYS[2], ARGV[2])
    redis.call('ZREM', KEYS[5], ARGV[2])
    local state = ARGV[6]
    if state == 'deferred' then
      redis.call('ZADD', KEYS[3], ARGV[9], ARGV[3])
      redis.call('EXPIRE', KEYS[3], ARGV[11])
      redis.call('ZADD', KEYS[4], ARGV[9], ARGV[2])
    elseif state == 'unconfirmed' then
      redis.call('ZADD', KEYS[5], ARGV[8], ARGV[2])
    else
      redis.call('HINCRBY', KEYS[6], state, 1)
    end
    if state == 'sent' and tonumber(redis.call('GET', KEYS[7]) or 0) < tonumber(ARGV[8]) then
      redis.call('SET', KEYS[7], ARGV[8], 'EX', ARGV[11])
    end
    if ARGV[12] == '1' then
      redis.call('RPUSH', KEYS[8], ARGV[7])
      redis.call('EXPIRE', KEYS[8], ARGV[10])
    end
    if state == 'sent' and ARGV[12] == '1' then
      redis.call('ZADD', KEYS[11], ARGV[8], ARGV[3])
      redis.call('ZREMRANGEBYRANK', KEYS[11], 0, -1 - tonumber(ARGV[14]))
      redis.call('EXPIRE', KEYS[11], ARGV[11])
    end
    if ARGV[13] ~= '' then
      redis.call('ZADD', KEYS[9], ARGV[13], ARGV[3])
      for a = 17, #ARGV do redis.call('ZADD', KEYS[9], ARGV[a], ARGV[3] .. '#' .. ARGV[a]) end
      redis.call('ZREMRANGEBYRANK', KEYS[9], 0, -1 - tonumber(ARGV[14]))
      redis.call('EXPIRE', KEYS[9], ARGV[11])
    end
    if ARGV[15] ~= '' then
      redis.call('ZADD', KEYS[10], 'NX', ARGV[15], ARGV[3])
      redis.call('EXPIRE', KEYS[10], ARGV[16])
    end
    return 1
    """,
    repeatable=True,
)

ONCE = Script(
    """
    -- KEYS: the deed. ARGV: token, lifetime (ms). Answers 1 to the first asker, also when the same one asks again.
    if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
    return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
    """,
    repeatable=True,
)
