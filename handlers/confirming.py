"""Posts of which nobody knows whether they are there: the question to the admins, and what they decide."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.model import Place, Platform
from bot.roles import Role
from bot.sightings import Choice, OpenDoubt
from bot.talk import Button, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases, joined
from handlers.times import moment

SHOWN = 3
"""Three buttons each: more would not fit under a message on VK."""


def question(doubt: OpenDoubt, say: Phrases, *, zone: tzinfo, now: datetime) -> Reply:
    """What the admins are asked about one post."""
    text = joined(say.spans("doubt"), _described(doubt, say, zone=zone, now=now))
    return Reply(text, (_choices(doubt, say),))


async def unconfirmed(asked: Asked, doors: Doors) -> Reply:
    """`/unconfirmed`: what is open, with the buttons; a button comes back as `/unconfirmed there TOKEN`."""
    if doors.confirming is None:
        return Reply(asked.say.spans("unconfirmed-none"))
    word, _, token = asked.command.argument.partition(" ")
    if token and word in list(Choice):
        return await _decided(Choice(word), token, asked, doors)
    return _listing([one for one in await doors.confirming.open() if _may(one, asked)], asked)


async def _decided(choice: Choice, token: str, asked: Asked, doors: Doors) -> Reply:
    if doors.confirming is None:
        return Reply(asked.say.spans("unconfirmed-none"))
    if any(one.token == token and not _may(one, asked) for one in await doors.confirming.open()):
        said = asked.say("queue-not-yours")
        return Reply((), notice=said) if asked.pressed else Reply((Span(said),))
    doubt = await doors.confirming.decide(token, choice, by=f"{asked.heard.place.platform} {asked.heard.person}")
    say = asked.say
    if doubt is None:
        notice = say("doubt-decided-before") if asked.pressed else None
        return Reply(say.spans("doubt-decided-before"), notice=notice)
    left = sum(_may(one, asked) for one in await doors.confirming.open())
    text = joined(
        say.spans("doubt-decided", choice=str(choice)),
        _described(doubt, say, zone=asked.zone, now=asked.now),
        say.spans("doubts-left", count=left) if left else (),
    )
    return Reply(text, notice=say("doubt-decided-notice") if asked.pressed else None)


def _may(doubt: OpenDoubt, asked: Asked) -> bool:
    """Decided by who may change what goes out there."""
    return asked.rights.on(Role.EDITOR, doubt.channel, doubt.place.platform)


def _listing(doubts: list[OpenDoubt], asked: Asked) -> Reply:
    say = asked.say
    if not doubts:
        return Reply(say.spans("unconfirmed-none"))
    shown = doubts[:SHOWN]
    numbered = [
        (Span(f"{number}. "), *_described(doubt, say, zone=asked.zone, now=asked.now))
        for number, doubt in enumerate(shown, 1)
    ]
    more = say.spans("unconfirmed-more", count=len(doubts) - SHOWN) if len(doubts) > SHOWN else ()
    rows = tuple(_choices(doubt, say, number if len(shown) > 1 else None) for number, doubt in enumerate(shown, 1))
    return Reply(joined(say.spans("unconfirmed", count=len(doubts)), *numbered, more), rows)


def _described(doubt: OpenDoubt, say: Phrases, *, zone: tzinfo, now: datetime) -> tuple[Span, ...]:
    """Headline, channel with its address, time, and what is known."""
    when = moment(doubt.since, say, zone=zone, now=now)
    page = _page(doubt.place)
    where = Span(doubt.channel, url=page) if page else Span(doubt.channel)
    lines = [(Span(doubt.headline, bold=True),), (where, Span(f" · {when}"))]
    if page and doubt.place.platform is Platform.VK:
        lines.append((Span(page),))
    if doubt.why:
        lines.append((Span(doubt.why, italic=True),))
    return joined(*lines, by="\n")


def _page(place: Place) -> str | None:
    """Where people see a place; a private channel's number leads nowhere."""
    if place.platform is Platform.VK:
        return f"https://vk.com/wall{place.chat}"
    return f"https://t.me/{place.chat[1:]}" if place.chat.startswith("@") else None


def _choices(doubt: OpenDoubt, say: Phrases, number: int | None = None) -> tuple[Button, ...]:
    labels = {
        Choice.THERE: say("button-there"),
        Choice.AGAIN: say("button-again"),
        Choice.DROP: say("button-leave"),
    }
    before = f"{number}. " if number is not None else ""
    return tuple(
        Button(f"{before}{label}", press=f"/unconfirmed {choice} {doubt.token}") for choice, label in labels.items()
    )
