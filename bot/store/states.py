"""What is remembered of sources, and small facts that survive a restart."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from bot.conditions import SourceState
from bot.store import keys, scripts
from bot.store.connection import Answer, Client
from bot.store.group_commit import GroupCommit
from bot.store.moments import from_ms, from_text, to_ms, to_text

_TIMES = ("checked_at", "succeeded_at", "next_check", "not_before", "whole_at")


class RedisSourceStates:
    """SourceStates over redis. Of many sources that are read at once the states are asked for, and kept, together; what
    is found as it was written last is not parsed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loads, self._saves = GroupCommit(), GroupCommit()
        self._written: dict[str, tuple[str, SourceState]] = {}

    async def load(self, source: str) -> SourceState:
        """A source never read before has an empty state."""
        raw = await self._loads.say(keys.source(source), self._load)
        if raw is None:
            return SourceState()
        text, state = self._written.get(source, (None, None))
        if state is None or text != raw:
            state = _read(raw)
            self._written[source] = (raw, state)
        return state

    async def save(self, source: str, state: SourceState) -> None:
        """Remember it."""
        text = _written(state)
        await self._saves.say(("SET", keys.source(source), text, "EX", keys.seconds(keys.KNOWN)), self._client.writes)
        self._written[source] = (text, state)

    async def _load(self, asked: Sequence[str]) -> Sequence[Answer]:
        found: Sequence[Answer] = await self._client.read("MGET", *asked)
        return found


def _read(raw: str) -> SourceState:
    kept = json.loads(raw)
    times = {name: from_text(kept.get(name)) for name in _TIMES}
    came = tuple(from_ms(ms) for ms in kept.get("times", ()))
    ttl = timedelta(seconds=kept["ttl"]) if kept.get("ttl") else None
    lists = {name: tuple(kept.get(name, ())) for name in ("problems", "stood")}
    return SourceState(**{**kept, **times, **lists, "times": came, "ttl": ttl})


def _written(state: SourceState) -> str:
    kept = {name: getattr(state, name) for name in SourceState.__slots__}
    kept |= {name: to_text(kept[name]) for name in _TIMES} | {"times": _milliseconds(state.times)}
    kept["ttl"] = state.ttl.total_seconds() if state.ttl else None
    return json.dumps(kept, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _milliseconds(times: tuple[datetime, ...]) -> list[int]:
    """Of a source that says nothing new they are the same each time."""
    return [to_ms(moment) for moment in times]


class RedisMarks:
    """Marks over redis. A mark about a reader has their place in its name, so that forgetting them finds it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def get(self, name: str) -> str | None:
        """The value, if there is one."""
        value: str | None = await self._client.read("GET", keys.mark(name))
        return value

    async def put(self, name: str, value: str) -> None:
        """Remember it for ever."""
        await self._client.write("SET", keys.mark(name), value)

    async def once(self, name: str, lifetime: timedelta) -> bool:
        """True for the first caller within the lifetime."""
        life = keys.milliseconds(lifetime)
        return bool(await self._client.run(scripts.ONCE, [keys.once(name)], [secrets.token_hex(8), life]))
