"""What admins are told when something goes wrong, and when it is over. The problems' own sentences are English."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.problems import UNCONFIRMED, named
from bot.talk import Reply, Span
from handlers.texts import Phrases, joined

_KINDS = (
    ("store", re.compile(r"store$")),
    ("moved", re.compile(r"moved ")),
    ("source", re.compile(r"source ")),
    ("queue", re.compile(r"queue ")),
    ("captcha", re.compile(r".*: captcha$")),
    ("token", re.compile(r".*: token$")),
    ("rights", re.compile(r"(.*: rights|telegram|vk)$")),
    ("flood", re.compile(r".*: (flood control|quota)$")),
    ("network", re.compile(r"(.*: unreachable|.* updates)$")),
)


def kind(name: str) -> str:
    """The sort of advice that a problem of this name needs."""
    return next((kind for kind, pattern in _KINDS if pattern.match(name)), "other")


def alarm(began: Iterable[tuple[str, str]], over: Iterable[tuple[str, str]], say: Phrases) -> Reply:
    """One message for all that began and all that ended: names with their sentences."""
    problems = [
        joined((Span(f"! {named(name, sentence)}"),), say.spans("alert-do", kind=kind(name)), by="\n")
        for name, sentence in began
    ]
    ended = [(Span(f"✓ {told if name.startswith(UNCONFIRMED) else name}"),) for name, told in over]
    return Reply(
        joined(
            *([say.spans("alert"), *problems] if problems else []),
            joined(say.spans("alert-over"), *ended, by="\n") if ended else (),
            say.spans("alert-status"),
        )
    )
