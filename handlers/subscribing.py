"""Readers subscribe to tags and queries and drop them again: `/subscribe`, `/unsubscribe`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.names import Kind
from bot.query import Term
from bot.readers import Delivery, Subscription
from bot.tags import fold
from bot.talk import Button, Command, Reply, Span
from handlers import choosing, naming, previewing, reading
from handlers.hearing import Asked, Doors
from handlers.keeping import kept
from handlers.naming import MAX_TAG_CHARS, Wanted
from handlers.texts import joined

MAX_TAGS = 100
_EVERYTHING = {fold(word) for word in ("*", "всё", "все", "от всего", "от всех", "all", "everything")}
_ORIGIN = re.compile(r"\s*\bfrom:(?P<origin>tags|mytags|latest)(?:@(?P<view>\S+))?$")
"""Which of our lists a button stands under, and how far it was turned, so that the same list is drawn again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a wish does to a reader's subscriptions, which stand so afterwards; the rest tells what was asked for."""

    subscriptions: tuple[Subscription, ...]
    changed: tuple[Subscription, ...] = ()
    unchanged: tuple[Subscription, ...] = ()
    too_long: tuple[Subscription, ...] = ()
    over_limit: tuple[Subscription, ...] = ()


def added(had: Sequence[Subscription], wished: Sequence[Subscription]) -> Change:
    """Subscribe: a wish is had once, whatever its spelling; no more than `MAX_TAGS` in all."""
    mine = {one.key for one in had}
    short = [one for one in wished if not _too_long(one)]
    fresh = [one for one in short if one.key not in mine]
    room = max(MAX_TAGS - len(had), 0)
    return Change(
        subscriptions=(*had, *fresh[:room]),
        changed=tuple(fresh[:room]),
        unchanged=tuple(one for one in short if one.key in mine),
        too_long=tuple(one for one in wished if _too_long(one)),
        over_limit=tuple(fresh[room:]),
    )


def removed(had: Sequence[Subscription], wished: Sequence[Subscription]) -> Change:
    """Unsubscribe: by any spelling."""
    unwanted = {one.key for one in wished}
    mine = {one.key for one in had}
    return Change(
        subscriptions=tuple(one for one in had if one.key not in unwanted),
        changed=tuple(one for one in had if one.key in unwanted),
        unchanged=tuple(one for one in wished if one.key not in mine),
    )


def _too_long(one: Subscription) -> bool:
    return isinstance(one.query, Term) and len(one.label) > MAX_TAG_CHARS


async def subscribe(asked: Asked, doors: Doors) -> Reply:
    """`/subscribe Science, Gardens & !trees`."""
    argument, origin, view = _origin(asked)
    wishes = await naming.wanted(argument, asked, doors)
    if not wishes:
        return Reply(asked.say.spans("subscribe-how"), await choosing.popular(asked, doors))
    sure = [one for one in wishes if not one.doubtful]
    way = asked.reader.preferences.delivery
    change = added(asked.reader.subscriptions, [replace(one.subscription, delivery=way) for one in sure])
    asked = await _saved(asked, doors, change)
    line = await _subscribed(change, sure, asked, doors)
    if origin:
        notice = asked.say("subscribed-notice" if change.changed else "subscribed-notice-not")
        return choosing.below(line, await _panel(origin, view, sure[0], asked, doors), notice)
    asking, buttons = _asked_back([one for one in wishes if one.doubtful], asked)
    shown = (*change.changed, *change.unchanged)[: choosing.POPULAR - len(buttons)]
    drops = choosing.rows(choosing.drop(one, asked) for one in shown)
    return Reply(joined(line, asking), (*choosing.rows(buttons), *drops))


async def unsubscribe(asked: Asked, doors: Doors) -> Reply:
    """`/unsubscribe Science, Gardens`, or `*` for all; without an argument the list to choose from."""
    argument, origin, view = _origin(asked)
    if fold(argument) in _EVERYTHING:
        wished = list(asked.reader.subscriptions)
    else:
        wished = [one.subscription for one in await naming.wanted(argument, asked, doors)]
    if not wished:
        return await _mine(asked, doors)
    change = removed(asked.reader.subscriptions, wished)
    asked = await _saved(asked, doors, change)
    line = joined(
        _listed("unsubscribed", change.changed, asked),
        _listed("unsubscribed-not", change.unchanged, asked),
    )
    if origin:
        panel = await _panel(origin, view, Wanted(wished[0]), asked, doors)
        return choosing.below(line, panel, asked.say("unsubscribed-notice"))
    return choosing.below(line, await _mine(asked, doors))


async def _subscribed(change: Change, wishes: Sequence[Wanted], asked: Asked, doors: Doors) -> tuple[Span, ...]:
    """The confirmation: what is new, what was there, what can't be, each in its own paragraph."""
    say = asked.say
    fresh = {one.key for one in change.changed}
    new = [one for one in wishes if one.subscription.key in fresh]
    titles = [_title(one, asked) for one in new]
    later = asked.reader.preferences.delivery is not Delivery.NOW
    return joined(
        say.spans("subscribed", what=_what(new), tags=", ".join(titles)) if new else (),
        say.spans("subscribed-way", kind=str(asked.reader.preferences.delivery)) if new and later else (),
        naming.doubts(new, say),
        await previewing.preview(new[0].subscription, asked, doors) if len(new) == 1 and not new[0].unseen else (),
        _listed("subscribed-already", change.unchanged, asked),
        say.spans("tag-too-long", limit=MAX_TAG_CHARS) if change.too_long else (),
        say.spans("tags-limit", limit=MAX_TAGS, tags=say.quoted(one.label for one in change.over_limit))
        if change.over_limit
        else (),
    )


def _what(wishes: Sequence[Wanted]) -> str:
    """What is said to be subscribed to: one whose kind is shown beside its name is not called a tag as well."""
    if len(wishes) == 1 and wishes[0].query:
        return "query"
    if any(one.query or (one.named and naming.kind_of(one.names[0]) is not Kind.TAG) for one in wishes):
        return "names"
    return "tag" if len(wishes) == 1 else "tags"


def _title(one: Wanted, asked: Asked) -> str:
    """A known name with its kind; a query as it is understood."""
    if one.named:
        return naming.called(one.names[0], asked.say)
    return asked.say("quoted-tag", tag=one.subscription.label)


def _asked_back(doubtful: Sequence[Wanted], asked: Asked) -> tuple[tuple[Span, ...], list[Button]]:
    """Did you mean…? With a button for each known name, and one for the tag as it was typed."""
    say, lines, buttons = asked.say, [], []
    for one in doubtful:
        [doubt] = one.unknown
        lines.append(say.spans("did-you-mean", tag=say("quoted-tag", tag=doubt.tag)))
        buttons += [Button(naming.called(name, say), press=f"/subscribe t:{name.id}") for name in doubt.similar]
        exact = f'/subscribe "{doubt.tag}"'
        if len(exact.encode()) <= choosing.PRESS_BYTES:
            buttons.append(Button(say("button-exact", tag=doubt.tag), press=exact))
    return joined(*lines), buttons[: choosing.POPULAR]


def _listed(message: str, wishes: Sequence[Subscription], asked: Asked) -> tuple[Span, ...]:
    tags = asked.say.quoted(one.label for one in wishes)
    return asked.say.spans(message, tags=tags) if wishes else ()


async def _panel(origin: str, view: str, one: Wanted, asked: Asked, doors: Doors) -> Reply:
    """The list under which the button was pressed, as it looks now."""
    if origin == "latest":
        return await reading.of(one.subscription, asked, doors)
    if origin == "mytags":
        return await _mine(asked, doors)
    return await choosing.tags(replace(asked, command=Command("tags", view)), doors)


async def _mine(asked: Asked, doors: Doors) -> Reply:
    """The reader's own list from its first page."""
    return await choosing.mytags(replace(asked, command=Command("mytags")), doors)


async def _saved(asked: Asked, doors: Doors, change: Change) -> Asked:
    """Keep the reader as changed; a wish that changes nothing writes nothing."""
    if not change.changed:
        return asked
    reader = replace(asked.reader, subscriptions=change.subscriptions, active=True)
    return await kept(reader, asked, doors)


def _origin(asked: Asked) -> tuple[str, str | None, str]:
    """A button's argument without the word for its list, that word, and how far the list was turned. What is typed has
    no such word."""
    found = _ORIGIN.search(asked.command.argument) if asked.pressed else None
    if found is None:
        return asked.command.argument, None, ""
    return asked.command.argument[: found.start()], found["origin"], found["view"] or ""
