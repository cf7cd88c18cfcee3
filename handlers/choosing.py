"""Readers choose from lists: what there is (`/tags`) and what they have (`/mytags`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.catalogue import Catalogue
from bot.names import Kind, Name
from bot.readers import Delivery, Subscription
from bot.tags import fold
from bot.talk import Button, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.naming import kind_of
from handlers.texts import joined

POPULAR = 10
"""As many buttons as VK allows under one message."""
PAGE = 6
"""Names on one screen: with the buttons around them they stay within VK's six rows."""
PRESS_BYTES = 64
"""Telegram's longest callback_data (core.telegram.org/bots/api#inlinekeyboardbutton)."""
RANGES = 6
"""Buttons of the alphabet."""
_PAGE_NUMBER = re.compile(r"\d{1,3}")
_VIEW = re.compile(r"(?P<what>.*?)(?::(?P<page>\d{1,4}))?")
_RANGE = re.compile(r"(\w)[-–](\w)")
_KINDS = {
    fold(word): kind
    for kind, words in {
        Kind.TAG: ("tag", "теги", "тэги", "tags"),
        Kind.COUNTRY: ("country", "страны", "страна", "countries"),
        Kind.REGION: ("region", "регионы", "регион", "regions"),
        Kind.OUTLET: ("outlet", "издания", "издание", "outlets", "сми", "газеты"),
    }.items()
    for word in words
}
_ALPHABET = {fold(word) for word in ("abc", "абв", "алфавит", "а-я", "a-z")}

Rows = tuple[tuple[Button, ...], ...]


def rows(buttons: Iterable[Button], width: int = 2) -> Rows:
    """Buttons in rows of `width`."""
    line = tuple(buttons)
    return tuple(line[start : start + width] for start in range(0, len(line), width))


def drop(one: Subscription, asked: Asked) -> Button:
    """The button that unsubscribes from one wish, under a list of the reader's own."""
    return Button(asked.say("button-drop", tag=one.label), press=f"/unsubscribe t:{one.key} from:mytags")


async def popular(asked: Asked, doors: Doors, limit: int = POPULAR) -> Rows:
    """The most used names, with a tick on those the reader has: pressing changes one and keeps the list."""
    names = (await doors.names.catalogue()).names[:limit]
    return rows(_toggle(name, "", asked) for name in names)


@dataclass(frozen=True, slots=True)
class _View:
    """One of the lists of `/tags`, by the word that leads to it, and its page."""

    word: str
    names: Sequence[Name]
    page: int = 1

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.names) // PAGE))

    def at(self, page: int) -> str:
        """The argument of `/tags` that leads to a page."""
        return f"{self.word}:{page}"


async def tags(asked: Asked, doors: Doors) -> Reply:
    """`/tags`: the most used names; `/tags countries`, `/tags Fr`, `/tags abc`: of a kind, by beginning, by letter."""
    catalogue = await doors.names.catalogue()
    if not catalogue.names:
        return Reply(asked.say.spans("tags-none"))
    argument = asked.command.argument.strip()
    if fold(argument) in _ALPHABET:
        return _alphabet(catalogue, asked)
    view = _view(argument, catalogue)
    if not view.names:
        return Reply(asked.say.spans("tags-none-so", word=argument), await popular(asked, doors))
    shown = view.names[(view.page - 1) * PAGE : view.page * PAGE]
    turns = [("‹", view.page - 1), ("›", view.page + 1)]
    turn = [Button(arrow, press=f"/tags {view.at(page)}") for arrow, page in turns if 1 <= page <= view.pages]
    abc = Button(asked.say("button-alphabet"), press="/tags abc")
    return Reply(
        _heading(view, asked),
        (*rows(_toggle(name, view.at(view.page), asked) for name in shown), (*turn, abc)),
        notice=asked.say("page", page=view.page, pages=view.pages) if asked.pressed and argument else None,
    )


def _view(argument: str, catalogue: Catalogue) -> _View:
    found = _VIEW.fullmatch(argument)
    word = found["what"].strip() if found else argument
    names: Sequence[Name]
    if word in {"", "p"}:
        word, names = "p", catalogue.names
    elif (kind := _KINDS.get(fold(word))) is not None:
        word, names = kind.value, catalogue.of_kind(kind)
    elif (ends := _RANGE.fullmatch(word)) is not None:
        names = [name for letter in _between(ends[1], ends[2], catalogue) for name in catalogue.letters[letter]]
    else:
        names = catalogue.beginning(word)
    view = _View(word, names)
    page = int(found["page"]) if found and found["page"] else 1
    return replace(view, page=min(max(page, 1), view.pages))


def _between(first: str, last: str, catalogue: Catalogue) -> list[str]:
    letters = list(catalogue.letters)
    if first.upper() not in letters or last.upper() not in letters:
        return []
    return letters[letters.index(first.upper()) : letters.index(last.upper()) + 1]


def _heading(view: _View, asked: Asked) -> tuple[Span, ...]:
    by_word = {"p": "tags", Kind.TAG: "tags", Kind.COUNTRY: "tags-countries", Kind.REGION: "tags-regions"}
    by_word[Kind.OUTLET] = "tags-outlets"
    message = by_word.get(view.word)
    if message is not None:
        return asked.say.spans(message)
    return asked.say.spans("tags-so", word=view.word.upper(), count=len(view.names))


def _alphabet(catalogue: Catalogue, asked: Asked) -> Reply:
    """The letters in a few ranges of much the same size, and the kinds."""
    letters = [letter for letter in catalogue.letters if letter.isalpha()] or list(catalogue.letters)
    cyrillic = [letter for letter in letters if "А" <= letter <= "Я"]
    parts = _parts(cyrillic, RANGES - 2) + _parts(letters[len(cyrillic) :], 2 if cyrillic else RANGES)
    spans = [part[0] if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]
    ranges = [Button(span, press=f"/tags {span}:1") for span in spans]
    kinds = [Button(asked.say(f"button-{kind}"), press=f"/tags {kind}:1") for kind in Kind if catalogue.of_kind(kind)]
    text = asked.say.spans("tags-alphabet", count=len(catalogue.names))
    return Reply(
        text,
        (*rows(ranges, 3), *rows(kinds)),
        notice=asked.say("tags-alphabet-notice") if asked.pressed else None,
    )


def _parts(letters: Sequence[str], most: int) -> list[Sequence[str]]:
    """In at most so many runs of the same length."""
    size = max(1, -(-len(letters) // most))
    return [letters[start : start + size] for start in range(0, len(letters), size)]


def _toggle(name: Name, view: str, asked: Asked) -> Button:
    """Subscribes, or with a tick unsubscribes; the list stays as it was turned."""
    ticked = asked.reader.has(name.label)
    label = asked.say("tag-count", label=name.label, kind=kind_of(name).value, count=name.count)
    verb = "unsubscribe" if ticked else "subscribe"
    press = f"/{verb} t:{name.id} from:tags"
    there = f"{press}@{view}"
    fits = view and " " not in view and len(there.encode()) <= PRESS_BYTES
    return Button(f"✓ {label}" if ticked else label, press=there if fits else press)


async def mytags(asked: Asked, doors: Doors) -> Reply:
    """`/mytags [page]`: what the reader is subscribed to, each with a button to drop it."""
    mine = asked.reader.subscriptions
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
            asked.say.spans("mytags", count=len(mine), tags=", ".join(_noted(one, asked) for one in mine)),
            asked.say.spans("mytags-drop"),
        ),
        (*rows(drop(one, asked) for one in shown), *rows(turn), (everything,)),
        notice=asked.say("page", page=page, pages=pages) if asked.pressed and wanted else None,
    )


def _noted(one: Subscription, asked: Asked) -> str:
    """A subscription with how it comes, where that is not at once."""
    say = asked.say
    until = asked.reader.preferences.snoozed.get(one.key, asked.now)
    notes = [
        *([say("mytags-way", kind=str(one.delivery))] if one.delivery is not Delivery.NOW else []),
        *([say("mytags-rests", until=asked.own_moment(until))] if until > asked.now else []),
    ]
    title = say("quoted-tag", tag=one.label)
    return f"{title} ({', '.join(notes)})" if notes else title


def below(line: tuple[Span, ...], panel: Reply, notice: str | None = None) -> Reply:
    """A list with what has changed on top. With a notice it is drawn over the one whose button was pressed."""
    return replace(panel, text=joined(line, panel.text), notice=notice)
