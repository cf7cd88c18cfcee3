"""Readers choose from lists of tags: the popular ones (`/tags`) and their own (`/mytags`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.model import Button, Reply, Span
from bot.tags import tag_id
from handlers.hearing import Asked, Doors
from handlers.texts import joined

POPULAR = 10
"""As many buttons as VK allows under one message."""
PAGE = 6
"""A reader's own tags on one screen: with the buttons around them they stay within VK's six rows."""
_PAGE_NUMBER = re.compile(r"\d{1,3}")

Rows = tuple[tuple[Button, ...], ...]


def rows(buttons: Iterable[Button], width: int = 2) -> Rows:
    """Buttons in rows of `width`."""
    line = tuple(buttons)
    return tuple(line[start : start + width] for start in range(0, len(line), width))


def drop(label: str, asked: Asked) -> Button:
    """The button that unsubscribes from one tag, under a list of the reader's own."""
    return Button(asked.say("button-drop", tag=label), press=f"/unsubscribe t:{tag_id(label)} from:mytags")


async def popular(asked: Asked, doors: Doors, limit: int = POPULAR) -> Rows:
    """The most used tags, with a tick on those the reader has: pressing changes one and keeps the list."""
    buttons = []
    for tag in await doors.articles.tags(limit):
        ticked = asked.reader.has(tag.label)
        label = asked.say("tag-count-ticked" if ticked else "tag-count", label=tag.label, count=tag.count)
        verb = "unsubscribe" if ticked else "subscribe"
        buttons.append(Button(label, press=f"/{verb} t:{tag_id(tag.label)} from:tags"))
    return rows(buttons)


async def tags(asked: Asked, doors: Doors) -> Reply:
    """`/tags`: the popular tags with how many articles carry them."""
    buttons = await popular(asked, doors)
    return Reply(asked.say.spans("tags" if buttons else "tags-none"), buttons)


async def mytags(asked: Asked, doors: Doors) -> Reply:
    """`/mytags [page]`: what the reader is subscribed to, each with a button to drop it."""
    mine = asked.reader.labels
    if not mine:
        return Reply(asked.say.spans("mytags-none"), await popular(asked, doors))
    pages = -(-len(mine) // PAGE)
    wanted = asked.command.argument
    page = min(max(int(wanted), 1), pages) if _PAGE_NUMBER.fullmatch(wanted) else 1
    shown = mine[(page - 1) * PAGE : page * PAGE]
    turns = (("‹", page - 1), ("›", page + 1))
    turn = [Button(arrow, press=f"/mytags {to}") for arrow, to in turns if 1 <= to <= pages]
    everything = Button(asked.say("button-drop-all"), press="/unsubscribe * from:mytags")
    return Reply(
        joined(
            asked.say.spans("mytags", count=len(mine), tags=asked.say.quoted(mine)),
            asked.say.spans("mytags-drop"),
        ),
        (*rows(drop(label, asked) for label in shown), *rows(turn), (everything,)),
        notice=asked.say("page", page=page, pages=pages) if asked.pressed and wanted else None,
    )


def below(line: tuple[Span, ...], panel: Reply, notice: str | None = None) -> Reply:
    """A list with what has changed on top. With a notice it is drawn over the one whose button was pressed."""
    return replace(panel, text=joined(line, panel.text), notice=notice)
