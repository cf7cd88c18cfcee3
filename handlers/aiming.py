"""A command given in private for a channel or a group: `/subscribe @channel Science`. Only its admins may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.chats import ChatKind, FoundChat
from bot.errors import CommandError, DeliveryError
from bot.model import Platform
from bot.readers import Reader
from bot.talk import Button, Command, Reply
from handlers.commands import addressed
from handlers.hearing import Asked, Doors
from handlers.texts import joined

AIMABLE = frozenset(
    {"subscribe", "unsubscribe", "mytags", "digest", "quiet", "pause", "resume", "snooze", "language", "forget"}
    | {"export"}
)
"""What can be said of another chat than the one it is said in."""
NAMED = re.compile(
    r"(?:(?:https?://)?t\.me/(?P<link>[A-Za-z]\w{3,31})|(?P<name>@[A-Za-z]\w{3,31}|-100\d{6,13}))(?:\s+|$)"
)
"""A chat's @name, its link, or the number by which buttons name it."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What was asked, of whom: `chat` is the channel or group it is about, None where it is about the chat it was said
    in."""

    asked: Asked
    chat: FoundChat | None = None

    def answered(self, reply: Reply) -> Reply:
        """The answer says which chat it is about, and its buttons and commands stay with it."""
        if self.chat is None:
            return reply
        heading = self.asked.say.spans("aimed", chat=self.chat.title)
        rows = tuple(tuple(_kept(row, self.chat)) for row in reply.buttons)
        name = f"@{self.chat.username}" if self.chat.username else self.chat.place.chat
        return replace(reply, text=joined(heading, addressed(reply.text, name, AIMABLE)), buttons=rows)


async def aimed(asked: Asked, doors: Doors) -> Aim:
    """Whose subscriptions a command is about. Raises CommandError when they are not this person's to change."""
    named = NAMED.match(asked.command.argument)
    if named is None or not asked.heard.private or asked.heard.place.platform is not Platform.TELEGRAM:
        return Aim(asked)
    name = named["name"] or f"@{named['link']}"
    chat = await _administered(name, asked, doors)
    kept = await doors.subscriptions.reader(chat.place)
    reader = replace(kept or Reader(chat.place, asked.reader.language), broadcast=chat.kind is ChatKind.CHANNEL)
    command = Command(asked.command.name, asked.command.argument[named.end() :])
    return Aim(replace(asked, command=command, reader=reader), chat)


async def _administered(name: str, asked: Asked, doors: Doors) -> FoundChat:
    """The chat, once it is sure that the person administers it. Nobody else learns whether it exists."""
    say = asked.say
    try:
        chat = await doors.admins.find(name, asked.heard.place.platform)
        is_admin = chat is not None and await doors.admins.administers(asked.heard.person, chat.place)
    except DeliveryError as error:
        raise CommandError("nobody can tell who is an admin", say=say("rights-unknown")) from error
    if chat is None or not is_admin:
        raise CommandError("not an admin there", say=say("aimed-not-admin", chat=name))
    if chat.place.chat in doors.ours or f"@{chat.username}".casefold() in doors.ours:
        raise CommandError("a channel of the newsroom", say=say("aimed-ours", chat=name))
    if not chat.may_post and asked.command.name == "subscribe":
        raise CommandError("the bot may not post there", say=say("aimed-no-right", kind=str(chat.kind), chat=name))
    return chat


def _kept(row: tuple[Button, ...], chat: FoundChat) -> Iterator[Button]:
    """Buttons that change something name the chat; those that lead elsewhere are left out of an answer about it."""
    for button in row:
        verb, _, rest = (button.press or "").partition(" ")
        if verb.removeprefix("/") in AIMABLE:
            yield replace(button, press=f"{verb} {chat.place.chat} {rest}".rstrip())
