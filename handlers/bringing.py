"""Editors bring articles from the phone: a link or a text becomes a post, `/breaking` one that goes out at once."""

from __future__ import annotations

import re

from bot.errors import CommandError
from bot.model import Article, Post
from bot.render.preview import shown
from bot.roles import Rights, Role
from bot.talk import Button, Heard, Reply, Span
from bot.wishes import UNDO, Entry, Order, Result, Verb, Wish
from handlers import queue_cards as cards
from handlers.hearing import Asked, Doors, Staff
from handlers.queueing import staff_of
from handlers.texts import joined

LEAST = 40
"""Characters of a text that is meant as a post, and not as small talk with a bot."""
MOST_CHANNELS = 8
_LINK = re.compile(r"https?://\S+")
_ON, _YES, _UNDO, _NO = "!on", "!yes", "!undo", "!no"
"""What buttons send in the place of a text."""


def is_brought(heard: Heard, rights: Rights) -> bool:
    """Whether what somebody wrote in private, without a command, is meant as a post."""
    text = heard.text.strip()
    if not heard.private or heard.pressed is not None or text.startswith("/") or not rights.somewhere(Role.EDITOR):
        return False
    return heard.forwarded or _LINK.fullmatch(text) is not None or len(text) >= LEAST


async def post(asked: Asked, doors: Doors) -> Reply:
    """`/post LINK or TEXT`: the article as it would be, and a button for each channel it can go to."""
    staff, words = staff_of(doors), asked.command.argument.split()
    if words[:1] == [_ON] and len(words) == 3:
        return await _queued(words[1], words[2], asked, staff)
    article = await _brought(asked, staff, "post-how")
    theirs = asked.theirs(staff.editing.channels)
    buttons = [Button(name, press=f"/post {_ON} {cards.short(name)} {article.key}") for name in theirs[:MOST_CHANNELS]]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return Reply(
        joined(asked.link(article.headline, article.link), asked.say.spans("post-where")),
        rows,
        before=_preview(article, theirs[0], asked, staff),
    )


async def breaking(asked: Asked, doors: Doors) -> Reply:
    """`/breaking LINK or TEXT`: after one yes at once on every channel, past slots and quiet hours."""
    staff, (word, _, key) = staff_of(doors), asked.command.argument.partition(" ")
    if not asked.rights.everywhere(Role.EDITOR):
        raise CommandError("not everywhere", say=asked.say("queue-not-yours"))
    if word == _NO:
        return Reply(asked.say.spans("breaking-not"), notice=asked.say("breaking-not"))
    if word == _YES:
        return await _everywhere(key, asked, staff)
    if word == _UNDO:
        return await _taken_back(key, asked, staff)
    article = await _brought(asked, staff, "breaking-how")
    yes = Button(asked.say("button-breaking"), press=f"/breaking {_YES} {article.key}")
    no = Button(asked.say("button-no"), press=f"/breaking {_NO}")
    channels = list(staff.editing.channels)
    return Reply(
        joined((Span(article.headline, bold=True),), asked.say.spans("breaking-ask", channels=", ".join(channels))),
        ((yes, no),),
        before=_preview(article, channels[0], asked, staff) if channels else (),
    )


async def _brought(asked: Asked, staff: Staff, how: str) -> Article:
    text = asked.command.argument.strip()
    if not text or staff.bringing is None or not staff.editing.channels:
        raise CommandError("nothing brought", say=asked.say(how))
    if _LINK.fullmatch(text) is None:
        return await staff.bringing.from_text(text)
    article = await staff.bringing.from_link(text)
    if article is None:
        raise CommandError("not readable", say=asked.say("post-unreadable", address=text))
    return article


async def _queued(channel: str, key: str, asked: Asked, staff: Staff) -> Reply:
    name = next((one for one in staff.editing.channels if cards.short(one) == channel), None)
    if name is None or not asked.rights.on(Role.EDITOR, name, staff.editing.channels[name].platform):
        return Reply((), notice=asked.say("queue-not-yours"))
    put = await staff.editing.put(name, key, Wish(wanted=True, approved_by=(asked.by,)), now=asked.now)
    entry = await staff.editing.entry(name, key, now=asked.now)
    if entry is None:
        return Reply(asked.say.spans("post-out"), notice=asked.say("post-out"))
    said = asked.say("post-queued", by=asked.by) if put else asked.say("queue-result", result="same", who="")
    return cards.card(entry, asked, said=said)


async def _everywhere(key: str, asked: Asked, staff: Staff) -> Reply:
    wish = Wish(revision=1, wanted=True, now=asked.now + UNDO, approved_by=(asked.by,))
    going = [name for name in staff.editing.channels if await _goes(name, key, wish, asked, staff)]
    if not going:
        return Reply(asked.say.spans("queue-gone"), notice=asked.say("queue-gone"))
    said = asked.say("breaking-goes", channels=", ".join(going), by=asked.by)
    undo = Button(asked.say("verb", verb="undo"), press=f"/breaking {_UNDO} {key}")
    return Reply((Span(said, bold=True),), ((undo,),), notice=said)


async def _goes(name: str, key: str, wish: Wish, asked: Asked, staff: Staff) -> bool:
    if await staff.editing.put(name, key, wish, now=asked.now):
        return True
    entry = await staff.editing.entry(name, key, now=asked.now)
    order = Order(Verb.NOW)
    return entry is not None and await staff.editing.order(entry, order, by=asked.by, now=asked.now) is Result.DONE


async def _taken_back(key: str, asked: Asked, staff: Staff) -> Reply:
    entries = [one for one in await staff.editing.entries(now=asked.now) if one.article.key == key and one.wish.now]
    for entry in entries:
        await staff.editing.order(entry, Order(Verb.SKIP), by=asked.by, now=asked.now)
    said = asked.say("breaking-back", by=asked.by) if entries else asked.say("queue-gone")
    return Reply((Span(said),), notice=said)


def _preview(article: Article, channel: str, asked: Asked, staff: Staff) -> tuple[Post, ...]:
    entry = Entry(channel, staff.editing.channels[channel], article, Wish())
    return shown(staff.editing.post(entry), asked.heard.place, event=asked.heard.event)
