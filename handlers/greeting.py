"""The bot greets, explains itself, and keeps or forgets what it knows of a person."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.errors import CommandError
from bot.model import DIGEST_CHARS
from bot.tags import fold
from bot.talk import Button, Command, Reply
from handlers import choosing, subscribing
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases, joined

_DEEP_LINK = re.compile(rf"t_([a-z2-7]{{{DIGEST_CHARS}}})")
_OFFERED = 8
"""With the help button below they stay within VK's ten."""
_LANGUAGE_WORDS = {
    "ru": {"ru", "рус", "русский", "russian"},
    "en": {"en", "eng", "английский", "english"},
}
_YES = {"yes", "да"}
_NO = {"no", "нет"}


async def start(asked: Asked, doors: Doors) -> Reply:
    """`/start`; with a deep link `t_<tag id>` the reader is subscribed at once."""
    linked = _DEEP_LINK.fullmatch(asked.command.argument)
    if linked is not None and asked.heard.private:
        followed = replace(asked, command=Command("subscribe", f"t:{linked[1]}"))
        try:
            reply = await subscribing.subscribe(followed, doors)
            return replace(reply, text=joined(asked.say.spans("hello"), reply.text))
        except CommandError:
            pass  # an old link to a tag nobody remembers is still a reader at the door
    buttons = await choosing.popular(asked, doors, _OFFERED)
    choose = asked.say.spans("welcome-choose" if buttons else "tags-none")
    return Reply(
        joined(asked.say.spans("welcome"), choose),
        (*buttons, (Button(asked.say("button-help"), press="/help"),)),
    )


async def language(asked: Asked, doors: Doors) -> Reply:
    """`/language ru|en`: from now on the bot speaks it."""
    wanted = fold(asked.command.argument)
    chosen = next((name for name, words in _LANGUAGE_WORDS.items() if wanted in words), None)
    if chosen is None:
        names = (Button(Phrases(name)("language-name"), press=f"/language {name}") for name in _LANGUAGE_WORDS)
        return Reply(asked.say.spans("language-choose"), choosing.rows(names))
    await doors.subscriptions.save(replace(asked.reader, language=chosen))
    say = Phrases(chosen)
    return Reply(say.spans("language-set"), notice=say("language-set-notice") if asked.pressed else None)


async def forget(asked: Asked, doors: Doors) -> Reply:
    """`/forget`: everything kept about the reader is erased, once they have said yes."""
    say = asked.say
    answer = fold(asked.command.argument)
    if answer in _YES:
        await doors.subscriptions.forget(asked.reader.place)
        return Reply(say.spans("forgotten"), notice=say("forgotten-notice") if asked.pressed else None)
    if answer in _NO:
        return Reply(say.spans("forget-not"), notice=say("forget-not-notice") if asked.pressed else None)
    yes = Button(say("button-forget"), press="/forget yes")
    no = Button(say("button-keep"), press="/forget no")
    return Reply(say.spans("forget-ask", count=len(asked.reader.subscriptions)), ((yes, no),))
