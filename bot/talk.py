"""What is said between people and the bot: commands, answers, buttons; the same on every platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.model import Place, Post


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `url` makes it a link where the platform has links, else it is dropped. `quote`: a
    block of its own; a folded one shows its first lines until it is tapped."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None
    quote: Literal["", "plain", "folded"] = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens `url`, or sends the command `press` (at most 64 bytes) as if typed."""

    label: str
    press: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file of text to be handed over."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of our own: the bytes of a PNG."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says to a person: spans of text and rows of buttons. `notice`: a short word on a pressed button.
    `document`: a file that follows; `picture`: one that people look at; `before`: posts that are shown first, as they
    are; `about`: the entry of a queue that an answer to it would be about."""

    text: tuple[Span, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    notice: str | None = None
    document: Document | None = None
    picture: Picture | None = None
    before: tuple[Post, ...] = ()
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A person's wish: a name without the slash, and the rest of the line."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something a person typed or pressed, on any platform.

    `place` is the chat to answer in; `person` the platform's id of who spoke; `event` names the update, the same when
    it is delivered again. For a pressed button, `pressed` is the id of the message under which it stands and
    `callback` is what the platform wants acknowledged; a press without a text is one on a button that is not there (any
    more). `private` is False in groups and channels. `as_chat`: said in a group's own name, which only its admins can.
    `reply_to` is the id of the message that was answered; `forwarded`: somebody else's words, passed on.
    """

    place: Place
    person: str
    text: str
    event: str
    language: str | None = None
    private: bool = True
    pressed: str | None = None
    callback: str | None = None
    as_chat: bool = False
    reply_to: str | None = None
    forwarded: bool = False
