"""Which answer belongs to which command, and who may have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.errors import CommandError, DeliveryError
from bot.model import Reply
from handlers import (
    administering,
    aiming,
    choosing,
    confirming,
    exporting,
    greeting,
    reading,
    retracting,
    subscribing,
    telling,
)
from handlers.hearing import Asked, Doors

Capability = Callable[[Asked, Doors], Awaitable[Reply]]

READERS: Mapping[str, Capability] = {
    "start": greeting.start,
    "help": greeting.help_,
    "tags": choosing.tags,
    "subscribe": subscribing.subscribe,
    "unsubscribe": subscribing.unsubscribe,
    "mytags": choosing.mytags,
    "latest": reading.latest,
    "language": greeting.language,
    "forget": greeting.forget,
    "export": exporting.export,
}
ADMINS: Mapping[str, Capability] = {
    "status": administering.status,
    "queue": administering.queue,
    "now": administering.now,
    "why": telling.why,
    "unconfirmed": confirming.unconfirmed,
    "retract": retracting.retract,
}
CHANGING = frozenset({"subscribe", "unsubscribe", "language", "forget", "export"})
"""A group's subscriptions are everybody's: there only the group's admins change them, or take away what is kept."""
SUBSCRIBING = frozenset({"tags", "subscribe", "unsubscribe", "mytags"})
"""What makes no sense while subscriptions are switched off."""


async def answer(asked: Asked, doors: Doors) -> Reply:
    """What the bot says. Raises CommandError with the sentence to say instead.

    An admin's command from anybody else is answered exactly as one that does not exist: the right is asked before the
    argument is looked at.
    """
    name, private = asked.command.name, asked.heard.private
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
        return aim.answered(await READERS[name](aim.asked, doors))
    if capability := READERS.get(name):
        return await capability(asked, doors)
    if asked.admin and private and (capability := ADMINS.get(name)):
        return await capability(asked, doors)
    return greeting.not_understood(asked)


async def _may_change(asked: Asked, doors: Doors) -> bool:
    try:
        return await doors.admins.may_change(asked.heard)
    except DeliveryError as error:
        raise CommandError("nobody can tell who is an admin", say=asked.say("rights-unknown")) from error
