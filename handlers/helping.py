"""What the bot can do, for whom and where: `/help`, Telegram's menus, and the answer to what is no command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.errors import DeliveryError
from bot.roles import NO_RIGHTS, Rights
from bot.talk import Button, Reply, Span
from handlers.commands import READER_COMMANDS, STAFF_COMMANDS
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases, Texts, joined

FOR_ONESELF = frozenset({"start", "forget", "export"})
"""Commands that belong into a private chat: no menu of a group shows them."""
FOR_ALL_IN_A_GROUP = frozenset({"help", "tags", "mytags", "latest", "search"})
"""What changes nothing: everybody in a group may ask for it."""


class Menu(StrEnum):
    """A list of commands, called as Telegram calls its scope."""

    READERS = "default"
    PRIVATE = "all_private_chats"
    GROUPS = "all_group_chats"
    GROUP_ADMINS = "all_chat_administrators"
    STAFF = "chat"


def menu(audience: Menu, rights: Rights = NO_RIGHTS) -> tuple[str, ...]:
    """The names of the commands in a menu, in the order of the help. The newsroom's people see what theirs allow."""
    if audience is Menu.STAFF:
        return (*READER_COMMANDS, *(name for name, role in STAFF_COMMANDS.items() if rights.somewhere(role)))
    if audience is Menu.GROUPS:
        return tuple(name for name in READER_COMMANDS if name in FOR_ALL_IN_A_GROUP)
    if audience is Menu.GROUP_ADMINS:
        return tuple(name for name in READER_COMMANDS if name not in FOR_ONESELF)
    return READER_COMMANDS


def command_list(language: str, audience: Menu = Menu.READERS, rights: Rights = NO_RIGHTS) -> list[tuple[str, str]]:
    """The commands with their descriptions, as Telegram's menu shows them (setMyCommands).

    A language that we don't speak gets English: Telegram shows its list to everybody without one of their own.
    """
    say = Texts("en")(language)
    return [(name, say(f"command-{name}")) for name in menu(audience, rights)]


async def help_(asked: Asked, doors: Doors) -> Reply:
    """`/help`: what this person can do here, and nothing that they can't."""
    say, private = asked.say, asked.heard.private
    rules = private or await _rules(asked, doors)
    audience = Menu.READERS if private else Menu.GROUP_ADMINS if rules else Menu.GROUPS
    parts = [say.spans("help"), _lines(menu(audience), say)]
    theirs = [name for name, role in STAFF_COMMANDS.items() if asked.rights.somewhere(role)]
    if theirs and (private or asked.office):
        parts += [say.spans("help-admin"), _lines(theirs, say)]
    if not private:
        parts.append(say.spans("help-group-admin" if rules else "help-group"))
    if rules:
        parts.append(say.spans("help-hint", platform=str(asked.heard.place.platform), private=int(private)))
    return Reply(joined(*parts))


def not_understood(asked: Asked) -> Reply:
    """The one answer to what is no command, and to a command that is not this person's: nobody can tell which."""
    tags, guide = (Button(asked.say(f"button-{name}"), press=f"/{name}") for name in ("tags", "help"))
    return Reply(asked.say.spans("not-understood", platform=str(asked.heard.place.platform)), ((tags, guide),))


async def _rules(asked: Asked, doors: Doors) -> bool:
    """Whether the person may change what this group gets; while nobody can tell, no."""
    try:
        return await doors.admins.may_change(asked.heard)
    except DeliveryError:
        return False


def _lines(names: Iterable[str], say: Phrases) -> tuple[Span, ...]:
    return joined(*(_line(name, say) for name in names), by="\n")


def _line(name: str, say: Phrases) -> tuple[Span, ...]:
    return (Span(say("help-line", command=name, description=say(f"command-{name}"))),)
