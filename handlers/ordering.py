"""Orders in words: `/hold`, `/skip`, `/edit`, `/approve`, `/reject` with an article, and an answer to its card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import CommandError
from bot.talk import Reply
from bot.wishes import Entry, Order, Verb
from handlers import queue_cards as cards
from handlers.hearing import Asked, Doors, Staff
from handlers.moments import moment_named
from handlers.queueing import ordered, staff_of
from handlers.texts import joined

_WORDS = re.compile(r"\s*(?P<what>headline|lead|заголовок|лид)\s*:\s*(?P<text>.*)", re.IGNORECASE)
_HEADLINE = frozenset({"headline", "заголовок"})
LONGEST_HEADLINE, LONGEST_LEAD = 300, 4000


@dataclass(frozen=True, slots=True)
class _Named:
    """The entries that were meant, and what was said of them."""

    entries: Sequence[Entry]
    rest: str


async def hold(asked: Asked, doors: Doors) -> Reply:
    """`/hold ARTICLE [CHANNEL] [UNTIL]`: it waits until somebody releases it, or until a time."""
    named = await _named(asked, doors)
    until = moment_named(named.rest, asked) if named.rest else None
    if named.rest and until is None:
        raise CommandError("no moment", say=asked.say("moment-how"))
    order = Order(Verb.EMBARGO, at=until) if until is not None else Order(Verb.HOLD)
    return await _each(named.entries, order, asked, staff_of(doors))


async def skip(asked: Asked, doors: Doors) -> Reply:
    """`/skip ARTICLE [CHANNEL] [REASON]`: it will not go out; ten seconds to undo."""
    named = await _named(asked, doors)
    return await _each(named.entries, Order(Verb.SKIP, why=named.rest or None), asked, staff_of(doors))


async def approve(asked: Asked, doors: Doors) -> Reply:
    """`/approve ARTICLE [CHANNEL]`; without an article: the drafts."""
    return await _decided(Verb.APPROVE, asked, doors)


async def reject(asked: Asked, doors: Doors) -> Reply:
    """`/reject ARTICLE [CHANNEL] REASON`; without an article: the drafts."""
    return await _decided(Verb.REJECT, asked, doors)


async def edit(asked: Asked, doors: Doors) -> Reply:
    """`/edit ARTICLE [CHANNEL or PLATFORM] headline: …` or `lead: …`, on lines of their own."""
    named = await _named(asked, doors)
    headline, lead = _new_words(named.rest)
    if headline is None and lead is None:
        raise CommandError("no words", say=asked.say("edit-how"))
    if len(headline or "") > LONGEST_HEADLINE or len(lead or "") > LONGEST_LEAD or headline == "":
        raise CommandError("too long", say=asked.say("edit-length", headline=LONGEST_HEADLINE, lead=LONGEST_LEAD))
    return await _each(named.entries, Order(Verb.WORDS, headline=headline, lead=lead), asked, staff_of(doors))


async def _decided(verb: Verb, asked: Asked, doors: Doors) -> Reply:
    if not asked.command.argument:
        drafts = [one for one in await staff_of(doors).editing.entries(now=asked.now) if one.draft]
        return cards.listing(drafts, 1, asked)
    named = await _named(asked, doors)
    drafts = [one for one in named.entries if one.draft]
    if not drafts:
        raise CommandError("no draft", say=asked.say("draft-none"))
    return await _each(drafts, Order(verb, why=named.rest or None), asked, staff_of(doors))


async def _each(entries: Sequence[Entry], order: Order, asked: Asked, staff: Staff) -> Reply:
    """The card of one, or the cards of several one under another."""
    replies = [await ordered(entry, order, asked, staff) for entry in entries]
    return replies[0] if len(replies) == 1 else Reply(joined(*(reply.text for reply in replies)))


async def _named(asked: Asked, doors: Doors) -> _Named:
    """By key, id or address, on every channel where it waits and where the person may, or on those that are named."""
    name, _, rest = asked.command.argument.partition(" ")
    entries = await staff_of(doors).editing.entries(now=asked.now)
    if name.startswith("@"):  # an answer to a card: the channel's short name, the key, and the words
        key, _, rest = rest.partition("\n")
        found = [one for one in entries if one.article.key == key and f"@{cards.short(one.channel)}" == name]
    else:
        article = await doors.articles.find(name) if name else None
        key = article.key if article else name
        found = [one for one in entries if one.article.key == key]
        narrowed, narrower = _narrowed(found, rest)
        found, rest = (narrowed, narrower) if narrowed else (found, rest)
    if not name:
        raise CommandError("no article", say=asked.say("order-how", command=asked.command.name))
    if not found:
        raise CommandError("not waiting", say=asked.say("queue-gone"))
    theirs = [one for one in found if asked.may_edit(one)]
    if not theirs:
        raise CommandError("not theirs", say=asked.say("queue-not-yours"))
    return _Named(theirs, rest.strip())


def _narrowed(entries: Sequence[Entry], rest: str) -> tuple[list[Entry], str]:
    """On the channel, or the platform, that the next word names."""
    first, *_ = rest.split(maxsplit=1) or [""]
    found = [one for one in entries if first and first in {one.channel, str(one.place.platform)}]
    return found, rest[rest.index(first) + len(first) :] if found else rest


def _new_words(text: str) -> tuple[str | None, str | None]:
    """Headline and lead. Lines without a name belong to what was named before, at first to the lead."""
    parts: dict[str, list[str]] = {}
    what = "lead"
    for line in text.splitlines():
        named = _WORDS.fullmatch(line)
        if named is not None:
            what = "headline" if named["what"].casefold() in _HEADLINE else "lead"
        parts.setdefault(what, []).append(named["text"] if named is not None else line)
    words = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    return words.get("headline"), words.get("lead") or None
