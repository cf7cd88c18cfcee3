"""Readers subscribe to tags and drop them again: `/subscribe`, `/unsubscribe`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import Command, Reply, Span
from bot.readers import Subscription, to_tags
from bot.tags import fold, tag_id
from handlers import choosing, naming, reading
from handlers.hearing import Asked, Doors
from handlers.naming import MAX_TAG_CHARS
from handlers.texts import joined

MAX_TAGS = 100
_EVERYTHING = {fold(word) for word in ("*", "всё", "все", "от всего", "от всех", "all", "everything")}
_ORIGIN = re.compile(r"\s*\bfrom:(?P<origin>tags|mytags|latest)$")
"""Which of our lists a button stands under, so that the same list is drawn again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a wish does to a reader's subscriptions, which stand so afterwards; the rest tells what was asked for."""

    subscriptions: tuple[Subscription, ...]
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    too_long: tuple[str, ...] = ()
    over_limit: tuple[str, ...] = ()


def added(had: Sequence[Subscription], wished: Sequence[str]) -> Change:
    """Subscribe: a tag is had once, whatever its spelling; no more than `MAX_TAGS` in all."""
    mine = {one.key for one in had}
    short = [tag for tag in wished if len(tag) <= MAX_TAG_CHARS]
    fresh = [tag for tag in short if tag_id(tag) not in mine]
    room = max(MAX_TAGS - len(had), 0)
    return Change(
        subscriptions=(*had, *to_tags(fresh[:room])),
        changed=tuple(fresh[:room]),
        unchanged=tuple(tag for tag in short if tag_id(tag) in mine),
        too_long=tuple(tag for tag in wished if len(tag) > MAX_TAG_CHARS),
        over_limit=tuple(fresh[room:]),
    )


def removed(had: Sequence[Subscription], wished: Sequence[str]) -> Change:
    """Unsubscribe: by any spelling."""
    unwanted = {tag_id(tag) for tag in wished}
    mine = {one.key for one in had}
    return Change(
        subscriptions=tuple(one for one in had if one.key not in unwanted),
        changed=tuple(one.label for one in had if one.key in unwanted),
        unchanged=tuple(tag for tag in wished if tag_id(tag) not in mine),
    )


async def subscribe(asked: Asked, doors: Doors) -> Reply:
    """`/subscribe Science, Gardens`."""
    argument, origin = _origin(asked)
    wished = await naming.wished(argument, asked, doors)
    if not wished:
        return Reply(asked.say.spans("subscribe-how"), await choosing.popular(asked, doors))
    change = added(asked.reader.subscriptions, wished)
    asked = await _saved(asked, doors, change)
    line = await _subscribed(change, asked, doors)
    if origin:
        notice = asked.say("subscribed-notice" if change.changed else "subscribed-notice-not")
        return choosing.below(line, await _panel(origin, wished[0], asked, doors), notice)
    shown = (*change.changed, *change.unchanged)[: choosing.POPULAR]
    return Reply(line, choosing.rows(choosing.drop(tag, asked) for tag in shown))


async def unsubscribe(asked: Asked, doors: Doors) -> Reply:
    """`/unsubscribe Science, Gardens`, or `*` for all; without an argument the list to choose from."""
    argument, origin = _origin(asked)
    if fold(argument) in _EVERYTHING:
        wished = list(asked.reader.labels)
    else:
        wished = await naming.wished(argument, asked, doors)
    if not wished:
        return await _mine(asked, doors)
    change = removed(asked.reader.subscriptions, wished)
    asked = await _saved(asked, doors, change)
    line = joined(
        _listed("unsubscribed", change.changed, asked),
        _listed("unsubscribed-not", change.unchanged, asked),
    )
    if origin:
        return choosing.below(line, await _panel(origin, wished[0], asked, doors), asked.say("unsubscribed-notice"))
    return choosing.below(line, await _mine(asked, doors))


async def _subscribed(change: Change, asked: Asked, doors: Doors) -> tuple[Span, ...]:
    """The confirmation: what is new, what was there, what can't be, each in its own paragraph."""
    unseen = [tag for tag in change.changed if not await naming.known(tag, doors)]
    return joined(
        _listed("subscribed", change.changed, asked),
        _listed("subscribed-unseen", unseen, asked),
        _listed("subscribed-already", change.unchanged, asked),
        asked.say.spans("tag-too-long", limit=MAX_TAG_CHARS) if change.too_long else (),
        asked.say.spans("tags-limit", limit=MAX_TAGS, tags=asked.say.quoted(change.over_limit))
        if change.over_limit
        else (),
    )


def _listed(message: str, tags: Sequence[str], asked: Asked) -> tuple[Span, ...]:
    return asked.say.spans(message, count=len(tags), tags=asked.say.quoted(tags)) if tags else ()


async def _panel(origin: str, tag: str, asked: Asked, doors: Doors) -> Reply:
    """The list under which the button was pressed, as it looks now."""
    if origin == "latest":
        return await reading.of_tag(tag, asked, doors)
    if origin == "mytags":
        return await _mine(asked, doors)
    return await choosing.tags(asked, doors)


async def _mine(asked: Asked, doors: Doors) -> Reply:
    """The reader's own list from its first page."""
    return await choosing.mytags(replace(asked, command=Command("mytags")), doors)


async def _saved(asked: Asked, doors: Doors, change: Change) -> Asked:
    """Keep the reader as changed; a wish that changes nothing writes nothing."""
    if not change.changed:
        return asked
    reader = replace(asked.reader, subscriptions=change.subscriptions, active=True)
    await doors.subscriptions.save(reader)
    return replace(asked, reader=reader)


def _origin(asked: Asked) -> tuple[str, str | None]:
    """A button's argument without the word for its list. What is typed has no such word."""
    found = _ORIGIN.search(asked.command.argument) if asked.pressed else None
    if found is None:
        return asked.command.argument, None
    return asked.command.argument[: found.start()], found["origin"]
