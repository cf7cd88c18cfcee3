"""Admins take an article back: `/retract ARTICLE [reason]`, and yes by a button."""

from __future__ import annotations

from bot.editions import Fate, Retraction, Standing
from bot.errors import CommandError
from bot.roles import Role
from bot.talk import Button, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.queueing import staff_of
from handlers.texts import joined

_YES, _NO = "!yes", "!no"
"""What the buttons send in the place of an article's name; no id or address begins so."""


async def retract(asked: Asked, doors: Doors) -> Reply:
    """Asks first, with what it would do; does it once the button is pressed; tells what became of every post."""
    name, _, rest = asked.command.argument.partition(" ")
    if name == _YES:
        return await _confirmed(rest.strip(), asked, doors)
    if name == _NO:
        return Reply(asked.say.spans("retract-not"), notice=asked.say("retract-not-notice"))
    if not name:
        raise CommandError("no article named", say=asked.say("retract-how"))
    found = await _proposed(asked.command.argument, name, rest.strip(), asked, doors)
    _check(found, asked, doors)
    return _report(found, asked) if found.token is None else _question(found, asked)


async def _proposed(whole: str, name: str, reason: str, asked: Asked, doors: Doors) -> Retraction:
    """By the first word; an id with spaces in it is the whole argument."""
    by = f"{asked.heard.place.platform} {asked.heard.person}"
    found = await doors.desk.propose_retraction(name, by=by, reason=reason or None)
    if found is None and reason:
        found = await doors.desk.propose_retraction(whole, by=by, reason=None)
    if found is None:
        raise CommandError("no such article", say=asked.say("retract-unknown", name=name))
    return found


def _check(found: Retraction, asked: Asked, doors: Doors) -> None:
    """Only who may change what goes out on every channel where it stands or waits; of what only readers have, on all
    there are. Raises CommandError."""
    channels = staff_of(doors).editing.channels
    there = {standing.place for standing in found.public}
    concerned = {name: place for name, place in channels.items() if place in there or name in found.waiting}
    if len(asked.theirs(concerned)) < len(concerned) or not (concerned or asked.rights.everywhere(Role.EDITOR)):
        raise CommandError("not theirs", say=asked.say("queue-not-yours"))


def _question(found: Retraction, asked: Asked) -> Reply:
    say = asked.say
    yes = Button(say("button-retract"), press=f"/retract {_YES} {found.token}")
    no = Button(say("button-keep"), press=f"/retract {_NO}")
    return Reply(
        joined(
            say.spans("retract-ask"),
            asked.link(found.article.headline, found.article.link),
            joined(*(_line("retract-stands", there, asked) for there in found.public), by="\n"),
            _readers(found, asked),
            _waiting("retract-waits", found, asked),
        ),
        ((yes, no),),
    )


async def _confirmed(token: str, asked: Asked, doors: Doors) -> Reply:
    proposed = await doors.desk.proposal(token)
    if proposed is not None:
        _check(proposed, asked, doors)
    found = await doors.desk.retract(token)
    if found is None:
        return Reply(asked.say.spans("retract-used"))
    reply = _report(found, asked)
    return Reply(reply.text, notice=asked.say("retract-done-notice"))


def _report(found: Retraction, asked: Asked) -> Reply:
    """Public posts by what became of them, then readers' messages, then the queues it has left."""
    say = asked.say
    blocks = []
    for fate in Fate:
        lines = [_line("retract-line", there, asked) for there in found.public if there.fate is fate]
        if lines:
            blocks.append(joined(say.spans("retract-fate", fate=str(fate)), *lines, by="\n"))
    return Reply(
        joined(
            say.spans("retract-done", by=found.by or ""),
            asked.link(found.article.headline, found.article.link),
            *blocks,
            _readers(found, asked),
            _waiting("retract-left", found, asked),
        )
    )


def _line(message: str, there: Standing, asked: Asked) -> tuple[Span, ...]:
    where = there.url or str(there.place)
    line = (*asked.say.spans(message), Span(where, url=there.url))
    return (*line, Span(f" ({there.why})")) if there.why else line


def _readers(found: Retraction, asked: Asked) -> tuple[Span, ...]:
    counts = [
        asked.say("retract-count", fate=str(fate), count=found.readers[fate])
        for fate in Fate
        if found.readers.get(fate)
    ]
    return asked.say.spans("retract-readers", counts=", ".join(counts)) if counts else ()


def _waiting(message: str, found: Retraction, asked: Asked) -> tuple[Span, ...]:
    return asked.say.spans(message, channels=", ".join(found.waiting)) if found.waiting else ()
