"""Which answer belongs to which command, and who may have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.errors import CommandError, DeliveryError
from bot.roles import Deed
from bot.talk import Reply
from bot.wishes import Verb
from handlers import (
    administering,
    aiming,
    bringing,
    choosing,
    confirming,
    counting,
    exporting,
    granting,
    greeting,
    helping,
    ordering,
    queueing,
    reading,
    retracting,
    returning,
    searching,
    serving,
    showing,
    sourcing,
    subscribing,
    telling,
)
from handlers.commands import STAFF_COMMANDS
from handlers.hearing import Asked, Doors

Capability = Callable[[Asked, Doors], Awaitable[Reply]]

READERS: dict[str, Capability] = {
    "start": greeting.start,
    "help": helping.help_,
    "tags": choosing.tags,
    "subscribe": subscribing.subscribe,
    "unsubscribe": subscribing.unsubscribe,
    "mytags": choosing.mytags,
    "latest": reading.latest,
    "search": searching.search,
    "digest": serving.digest,
    "quiet": serving.quiet,
    "pause": serving.pause,
    "resume": serving.resume,
    "language": greeting.language,
    "forget": greeting.forget,
    "export": exporting.export,
}
BENEATH: dict[str, Capability] = {"snooze": serving.snooze, "because": serving.because}
"""What the buttons under an article say; help does not name it."""
ADMINS: Mapping[str, Capability] = {
    "status": administering.status,
    "queue": queueing.queue,
    "now": administering.now,
    "stats": counting.stats,
    "why": telling.why,
    "preview": showing.preview,
    "unconfirmed": confirming.unconfirmed,
    "retract": retracting.retract,
    "post": bringing.post,
    "breaking": bringing.breaking,
    "hold": ordering.hold,
    "skip": ordering.skip,
    "edit": ordering.edit,
    "evergreen": returning.evergreen,
    "approve": ordering.approve,
    "reject": ordering.reject,
    "grant": granting.grant,
    "revoke": granting.revoke,
    "audit": granting.audit,
    "sources": sourcing.sources,
}
ACTS = frozenset(
    {
        "now",
        "retract",
        "unconfirmed",
        "grant",
        "revoke",
        "sources",
        "hold",
        "skip",
        "edit",
        "approve",
        "reject",
        "evergreen",
    }
)
"""What changes something when it comes with an argument, and is told in the audit log then; `now` without one, too, and
`queue` and what is brought with any of DOING."""
DOING = frozenset({*Verb, "up", "down", "on", "!on", "!yes", "!undo"})
LOGGED = 300
"""Characters of a line in the audit log."""
CHANGING = frozenset(
    {"subscribe", "unsubscribe", "digest", "quiet", "pause", "resume", "snooze", "language", "forget", "export"}
)
"""A group's subscriptions are everybody's: there only the group's admins change them, or take away what is kept."""
SUBSCRIBING = frozenset({"tags", "subscribe", "unsubscribe", "mytags", "digest", "quiet", "pause", "resume", "snooze"})
"""What makes no sense while subscriptions are switched off."""


async def answer(asked: Asked, doors: Doors) -> Reply:
    """What the bot says. Raises CommandError with the sentence to say instead.

    An admin's command from anybody else is answered exactly as one that does not exist: the right is asked before the
    argument is looked at.
    """
    name = asked.command.name
    if asked.pressed and not asked.heard.text:
        return Reply((), notice=asked.say("button-stale"))
    if name in CHANGING and not await _may_change(asked, doors):
        if asked.pressed:
            return Reply((), notice=asked.say("group-admins-only-notice"))
        return Reply(asked.say.spans("group-admins-only"))
    if name in SUBSCRIBING and not doors.subscribing:
        return Reply(asked.say.spans("subscriptions-off"))
    if name in aiming.AIMABLE:
        aim = await aiming.aimed(asked, doors)
        return aim.answered(await (READERS | BENEATH)[name](aim.asked, doors))
    if capability := (READERS | BENEATH).get(name):
        return await capability(asked, doors)
    return await _by_staff(asked, doors)


async def _by_staff(asked: Asked, doors: Doors) -> Reply:
    """What only the newsroom's own people may ask, each by their role. A right is a person's: who speaks as a group has
    none."""
    role = STAFF_COMMANDS.get(asked.command.name)
    if role is None or not (asked.heard.private or asked.office):
        return _nothing(asked)
    if asked.heard.as_chat:
        return Reply(asked.say.spans("staff-anonymous"))
    if not asked.rights.somewhere(role):
        return _nothing(asked)
    return await _audited(asked, doors)


def _nothing(asked: Asked) -> Reply:
    """A press in a group is answered to the one who pressed, and the message stays as it is."""
    if asked.pressed and not asked.heard.private:
        return Reply((), notice=asked.say("button-stale"))
    return helping.not_understood(asked)


async def _audited(asked: Asked, doors: Doors) -> Reply:
    """What somebody did is written down with what came of it; what failed did nothing."""
    name, argument = asked.command.name, asked.command.argument
    reply = await ADMINS[name](asked, doors)
    if doors.staff is not None and _acts(name, argument):
        outcome = reply.notice or "".join(span.text for span in reply.text).partition("\n")[0]
        what = f"/{name} {argument}".strip()
        await doors.staff.audit.record(Deed(asked.now, asked.by, what[:LOGGED], outcome[:LOGGED]))
    return reply


def _acts(name: str, argument: str) -> bool:
    if name in {"queue", "post", "breaking"}:
        return argument.partition(" ")[0] in DOING
    return name in ACTS and (bool(argument) or name == "now")


async def _may_change(asked: Asked, doors: Doors) -> bool:
    try:
        return await doors.admins.may_change(asked.heard)
    except DeliveryError as error:
        raise CommandError("nobody can tell who is an admin", say=asked.say("rights-unknown")) from error
