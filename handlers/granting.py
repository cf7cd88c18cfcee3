"""Owners give and take rights: `/grant ROLE PERSON [CHANNEL]`, `/revoke PERSON [CHANNEL]`. `/audit` shows deeds."""

from __future__ import annotations

from bot.errors import CommandError
from bot.model import Platform
from bot.roles import Deed, Grant, Role
from bot.talk import Reply, Span
from handlers.hearing import Asked, Doors, Staff
from handlers.texts import joined

SHOWN = 20
MOST_SHOWN = 100
_WORDS = {"наблюдатель": Role.VIEWER, "редактор": Role.EDITOR, "владелец": Role.OWNER} | {str(r): r for r in Role}


async def grant(asked: Asked, doors: Doors) -> Reply:
    """Without an argument: who has which right, and from where."""
    words = asked.command.argument.split(maxsplit=2)
    if not words:
        return await _listing(asked, doors)
    role = _WORDS.get(words[0].casefold())
    if role is None or len(words) < 2:
        raise CommandError("no role and person", say=asked.say("grant-how"))
    given = await _named(words[1], words[2] if len(words) > 2 else None, role, asked, doors)
    await _staff(doors).grants.give(given)
    return Reply(asked.say.spans("granted", person=given.person, role=role.value, scope=given.scope or "none"))


async def revoke(asked: Asked, doors: Doors) -> Reply:
    """What the settings say is taken away only there."""
    person, _, scope = asked.command.argument.partition(" ")
    if not person:
        raise CommandError("no person", say=asked.say("revoke-how"))
    taken = await _named(person, scope.strip() or None, Role.VIEWER, asked, doors)
    if await _staff(doors).grants.take(taken):
        return Reply(asked.say.spans("revoked", person=str(taken)))
    written = {str(one) for one in doors.authority.written}
    raise CommandError("not given", say=asked.say("revoke-settings" if str(taken) in written else "revoke-nothing"))


async def audit(asked: Asked, doors: Doors) -> Reply:
    """`/audit [HOW MANY]`: the last deeds, the newest first."""
    argument = asked.command.argument
    limit = min(int(argument), MOST_SHOWN) if argument.isdecimal() and len(argument) < 5 and int(argument) else SHOWN
    deeds = await _staff(doors).audit.deeds(limit)
    if not deeds:
        return Reply(asked.say.spans("audit-none"))
    return Reply(joined(asked.say.spans("audit"), *(_deed(deed, asked) for deed in deeds)))


async def _named(person: str, scope: str | None, role: Role, asked: Asked, doors: Doors) -> Grant:
    """A bare number is a person of the platform one speaks on."""
    text = f"{asked.heard.place.platform}:{person}" if person.isdecimal() else person
    try:
        named = Grant.parse(text, role)
    except ValueError as error:
        raise CommandError(str(error), say=asked.say("grant-how")) from None
    scope = scope or named.scope
    known = {channel.name: channel.place.platform for channel in (await doors.desk.status(now=asked.now)).channels}
    channels = list(known)
    if scope is not None and scope not in {*channels, *Platform}:
        raise CommandError("no such channel", say=asked.say("grant-channel", names=", ".join([*channels, *Platform])))
    if not asked.rights.over(Role.OWNER, scope, known):  # who owns one channel gives nothing beyond it
        raise CommandError("not theirs to give", say=asked.say("grant-not-yours"))
    return Grant(named.person, role, scope)


async def _listing(asked: Asked, doors: Doors) -> Reply:
    say = asked.say
    written = [say.spans("grant-line", person=str(one), role=one.role.value) for one in doors.authority.written]
    given = [
        say.spans("grant-line", person=str(one), role=one.role.value) for one in await _staff(doors).grants.given()
    ]
    return Reply(
        joined(
            joined(say.spans("grants-written"), *written, by="\n") if written else (),
            joined(say.spans("grants-given"), *given, by="\n") if given else (),
            say.spans("grant-how"),
        )
    )


def _staff(doors: Doors) -> Staff:
    if doors.staff is None:
        raise CommandError("no rights can be given here")
    return doors.staff


def _line(one: Grant, asked: Asked) -> tuple[Span, ...]:
    return asked.say.spans("grant-line", person=str(one), role=one.role.value)


def _deed(deed: Deed, asked: Asked) -> tuple[Span, ...]:
    line = (Span(asked.moment(deed.at), bold=True), Span(f" {deed.by}: {deed.what}"))
    return joined(line, (Span(deed.outcome, italic=True),) if deed.outcome else (), by="\n")
