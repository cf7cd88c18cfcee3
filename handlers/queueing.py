"""The queue in the editors' hands: `/queue`, its pages, a card for each article, and what the buttons do.

A button sends `/queue VERB CHANNEL ARTICLE REVISION`. It works as long as nobody changed the entry since: a second
press, an old message and a button that somebody made up change nothing, and show how things are now.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conditions import Planned
from bot.errors import CommandError
from bot.render.preview import shown
from bot.roles import Role
from bot.talk import Reply
from bot.wishes import EVERGREEN, Entry, Order, Result, Verb, Wish
from handlers import queue_cards as cards
from handlers.hearing import Asked, Doors, Staff
from handlers.moments import choices, moment_named

_VIEWS = frozenset({"show", "view", "time", "to", "more", "edit", "why"})
_AHEAD_HOURS = 24.0
_MOVES = frozenset({"up", "down"})


async def queue(asked: Asked, doors: Doors) -> Reply:
    """`/queue`: all that waits, by pages, and what returns; with an argument what a button wants."""
    words = asked.command.argument.split()
    staff = staff_of(doors)
    if not words or words[0] == "page" or words[0].lstrip("-").isdecimal():
        page = next((int(word) for word in words if word.isdecimal() and len(word) < 5), 1)
        entries = await staff.editing.entries(now=asked.now)
        return cards.listing(entries, page, asked, returning=await _returning(asked, doors))
    verb, channel, article, revision, *rest = [*words, "", "", "", ""]
    entry = await _entry(channel, article, asked, staff)
    if entry is None:
        return _gone(asked)
    if not asked.may_edit(entry) and not (verb == "show" and asked.heard.private):
        said = asked.say.spans("queue-not-yours")  # the message is the others', too: it stays as it is
        return Reply((), notice=asked.say("queue-not-yours")) if asked.pressed else Reply(said)
    if verb in _VIEWS:
        return _viewed(verb, entry, asked, staff)
    if str(entry.wish.revision) != revision:
        return cards.card(entry, asked, said=asked.say("queue-old"))
    return await _done(verb, rest[0], entry, asked, staff)


async def _returning(asked: Asked, doors: Doors) -> list[Planned]:
    """What does not wait, but returns where nothing else wants the slot."""
    planned = await doors.desk.plan(now=asked.now, hours=_AHEAD_HOURS)
    return [line for line in planned if line.why == EVERGREEN]


async def _done(verb: str, value: str, entry: Entry, asked: Asked, staff: Staff) -> Reply:
    if verb in _MOVES:
        result = await staff.editing.move(entry, up=verb == "up", now=asked.now)
        return await _answer(result, verb, entry, asked, staff)
    if verb == "on":
        return await _moved_over(value, entry, asked, staff)
    if verb not in set(Verb):
        return cards.card(entry, asked, said=asked.say("queue-old"))
    why = asked.say("reason", reason=value) if value in cards.REASONS else None
    at = moment_named(value, asked) if value and value != "-" else None
    return await ordered(entry, Order(Verb(verb), at=at, why=why), asked, staff)


async def ordered(entry: Entry, order: Order, asked: Asked, staff: Staff) -> Reply:
    """Carry out an order, and say what came of it. The right is asked before."""
    result = await staff.editing.order(entry, order, by=asked.by, now=asked.now)
    return await _answer(result, str(order.verb), entry, asked, staff)


async def _answer(result: Result, verb: str, entry: Entry, asked: Asked, staff: Staff) -> Reply:
    """How the entry stands now, with a word about what was done."""
    now = await staff.editing.entry(entry.channel, entry.article.key, now=asked.now)
    if now is None:
        return _gone(asked)
    if result is Result.DONE:
        return cards.card(now, asked, said=asked.say("queue-done", verb=verb, by=asked.by))
    said = asked.say("queue-result", result=str(result), who=now.wish.taken_by or "")
    return cards.card(now, asked, said=said)


def _viewed(verb: str, entry: Entry, asked: Asked, staff: Staff) -> Reply:
    if verb == "time":
        return cards.times(entry, choices(asked), asked)
    if verb == "more":
        return cards.more(entry, asked)
    if verb == "to":
        theirs = asked.theirs(staff.editing.channels)
        return cards.channels(entry, theirs, asked)
    if verb == "why":
        return cards.reasons(entry, asked)
    if verb == "view":
        reply = cards.card(entry, asked)
        post = staff.editing.post(entry)
        return replace(reply, before=shown(post, asked.heard.place, event=asked.heard.event), notice=None)
    if verb == "edit":
        return cards.card(entry, asked, said=asked.say("queue-edit-how", key=entry.article.key))
    return cards.card(entry, asked)


async def _moved_over(wanted: str, entry: Entry, asked: Asked, staff: Staff) -> Reply:
    """To another channel: there it is put whatever the filter says, here it is left out."""
    to = next((name for name in staff.editing.channels if cards.short(name) == wanted), None)
    if to is None or not asked.rights.on(Role.EDITOR, to, staff.editing.channels[to].platform):
        return cards.card(entry, asked, said=asked.say("queue-not-yours"))
    voices = tuple(dict.fromkeys([*entry.wish.approved_by, asked.by]))
    words = Wish(wanted=True, headline=entry.wish.headline, lead=entry.wish.lead, approved_by=voices)
    await staff.editing.put(to, entry.article.key, words, now=asked.now)
    return await ordered(entry, Order(Verb.SKIP, why=asked.say("moved-to", channel=to)), asked, staff)


async def _entry(channel: str, article: str, asked: Asked, staff: Staff) -> Entry | None:
    """The entry that a button's short names mean."""
    entries = await staff.editing.entries(now=asked.now)
    named = [one for one in entries if one.article.key == article and cards.short(one.channel) == channel]
    return named[0] if named else None


def _gone(asked: Asked) -> Reply:
    notice = asked.say("queue-gone") if asked.pressed else None
    return Reply(asked.say.spans("queue-gone"), notice=notice)


def staff_of(doors: Doors) -> Staff:
    """The doors of the newsroom's own people."""
    if doors.staff is None:
        raise CommandError("there is no newsroom here")
    return doors.staff
