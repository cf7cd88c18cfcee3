"""Articles that may return: `/evergreen ARTICLE`, `/evergreen off ARTICLE`, and the list of them.

Where and after how long they return is in the settings of each channel; that they may at all is decided here, by who
may change what goes out on every channel.
"""

from __future__ import annotations

from bot.errors import CommandError
from bot.model import Article
from bot.ports import Evergreens
from bot.talk import Button, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.queueing import staff_of
from handlers.texts import joined

SHOWN = 8
_ON, _OFF = frozenset({"on", "да"}), frozenset({"off", "нет"})


async def evergreen(asked: Asked, doors: Doors) -> Reply:
    """Without an argument the list, with a button to take each mark back."""
    staff, words = staff_of(doors), asked.command.argument.split()
    if staff.evergreens is None:
        raise CommandError("nothing returns here", say=asked.say("evergreen-how"))
    if not words:
        return await _listing(staff.evergreens, asked)
    ends = words[0].casefold() in _OFF
    name = " ".join(words[1:] if ends or words[0].casefold() in _ON else words)
    article = await doors.articles.find(name) if name else None
    if article is None:
        raise CommandError("no such article", say=asked.say("evergreen-how"))
    channels = staff.editing.channels
    if len(asked.theirs(channels)) < len(channels):
        raise CommandError("not theirs", say=asked.say("queue-not-yours"))
    return await _marked(article, staff.evergreens, asked, returns=not ends)


async def _marked(article: Article, evergreens: Evergreens, asked: Asked, *, returns: bool) -> Reply:
    changed = await evergreens.mark(article.base, returns=returns)
    outcome = ("on" if returns else "off") if changed else "same"
    said = asked.say.spans("evergreen-done", outcome=outcome, headline=article.headline, by=asked.by)
    other = "off" if returns else "on"
    button = Button(asked.say("evergreen-button", what=other), press=f"/evergreen {other} {article.base}")
    return Reply(said, ((button,),))


async def _listing(evergreens: Evergreens, asked: Asked) -> Reply:
    marked = await evergreens.marked()
    if not marked:
        return Reply(joined(asked.say.spans("evergreen-none"), asked.say.spans("evergreen-how")))
    shown = marked[:SHOWN]
    lines = [(Span(f"{number}. "), *asked.link(one.headline, one.link)) for number, one in enumerate(shown, 1)]
    more = asked.say.spans("evergreen-more", count=len(marked) - SHOWN) if len(marked) > SHOWN else ()
    buttons = [
        Button(asked.say("evergreen-drop", number=number), press=f"/evergreen off {one.base}")
        for number, one in enumerate(shown, 1)
    ]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return Reply(joined(asked.say.spans("evergreen", count=len(marked)), *lines, more), rows)
