"""How the queue looks: a page of the list, the card of one article, and the menus under it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.conditions import Planned
from bot.model import Platform, digest
from bot.talk import Button, Reply, Span
from bot.wishes import Entry, Verb
from handlers.hearing import Asked
from handlers.moments import COMPACT
from handlers.texts import Phrases, joined

PAGE = 8
"""Articles on a page: with the buttons that turn it they stay within VK's ten."""
REASONS = ("duplicate", "topic", "facts", "later")


def short(channel: str) -> str:
    """A channel's name in a button."""
    return digest(channel)[:6]


def why(text: str, say: Phrases) -> str:
    """Why an article goes out then, in a person's words."""
    kind, _, schedule = text.partition(" ")
    return say("due-why", kind=kind, schedule=schedule)


def listing(entries: Sequence[Entry], page: int, asked: Asked, *, returning: Sequence[Planned] = ()) -> Reply:
    """A page of the queue, with a button for each article on it; the last one also tells what returns."""
    say = asked.say
    notice = say("queue-shown") if asked.pressed else None
    if not entries:
        return Reply(joined(say.spans("queue-empty"), _returns(returning, asked)), notice=notice)
    pages = -(-len(entries) // PAGE)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lines = [_line(number, entry, asked) for number, entry in enumerate(entries[first : first + PAGE], first + 1)]
    numbers = [
        Button(str(number), press=press("show", entry))
        for number, entry in enumerate(entries[first : first + PAGE], first + 1)
    ]
    turning = [
        Button(sign, press=f"/queue page {to}") for sign, to in (("‹", page - 1), ("›", page + 1)) if 1 <= to <= pages
    ]
    rows = (*(tuple(numbers[at : at + 4]) for at in range(0, len(numbers), 4)), tuple(turning))
    heading = say.spans("queue-heading", count=len(entries), page=page, pages=pages)
    last = _returns(returning, asked) if page == pages else ()
    return Reply(joined(heading, *lines, last), tuple(row for row in rows if row), notice=notice)


def card(entry: Entry, asked: Asked, *, said: str = "") -> Reply:
    """One article: what it is, where and when it goes out, how it stands; `said`: what was just done."""
    rows = _draft_rows(entry, asked) if entry.draft else _rows(entry, asked)
    return Reply(
        joined(*described(entry, asked), (Span(said, bold=True),) if said else ()),
        tuple(rows) if asked.may_edit(entry) else (),
        notice=(said or asked.say("queue-shown")) if asked.pressed else None,
        about=f"{short(entry.channel)} {entry.article.key}",
    )


def described(entry: Entry, asked: Asked) -> list[tuple[Span, ...]]:
    """The paragraphs of a card."""
    say, wish = asked.say, entry.wish
    if entry.planned is not None:
        reason = why(entry.planned.why, say)
        when = say.spans("card-goes", channel=entry.channel, time=asked.moment(entry.planned.time), why=reason)
    else:
        when = say.spans("card-waits", channel=entry.channel)
    states = [
        say("card-held", who=wish.held_by) if wish.held_by else "",
        say("card-drops") if wish.drop_at else "",
        say("card-now") if wish.now else "",
        say("card-embargo", time=asked.moment(wish.embargo)) if wish.embargo and wish.embargo > asked.now else "",
        say("card-draft", have=len(wish.approved_by), need=entry.approvers) if entry.draft else "",
        say("card-taken", who=wish.taken_by) if wish.taken_by else "",
        say("card-silent") if wish.silent else "",
        say("card-pinned") if wish.pinned else "",
        say("card-edited") if wish.headline is not None or wish.lead is not None else "",
    ]
    standing = joined(*((Span(state),) for state in states if state), by="\n")
    lead = (Span(entry.article.lead),) if entry.article.lead else ()
    return [when, asked.link(entry.article.headline, entry.article.link), lead, standing]


def times(entry: Entry, offered: Iterable[tuple[str, datetime]], asked: Asked) -> Reply:
    """When it shall go out instead, or not before when."""
    offered = list(offered)
    say = asked.say
    at = [Button(say("when", kind=kind), press=press(Verb.AT, entry, f"{when:{COMPACT}}")) for kind, when in offered]
    embargo = [
        Button(say("not-before", kind=kind), press=press(Verb.EMBARGO, entry, f"{when:{COMPACT}}"))
        for kind, when in offered[1:4:2]
    ]
    usual = Button(say("when-usual"), press=press(Verb.AT, entry, "-"))
    rows = (tuple(at[:2]), tuple(at[2:]), tuple(embargo), (usual, _back(entry, say)))
    return _menu(entry, asked, say("time-how", key=entry.article.key), rows)


def more(entry: Entry, asked: Asked) -> Reply:
    """What is wanted less often."""
    say, wish = asked.say, entry.wish
    sound = Verb.LOUD if wish.silent else Verb.SILENT
    pin = Verb.UNPIN if wish.pinned else Verb.PIN
    pinnable = entry.place.platform is Platform.TELEGRAM
    rows = (
        tuple(_button(verb, entry, say) for verb in ((sound, pin) if pinnable else (sound,))),
        (Button(say("button-evergreen"), press=f"/evergreen on {entry.article.base}"),),
        (_button("view", entry, say), _back(entry, say)),
    )
    return _menu(entry, asked, "", rows)


def channels(entry: Entry, names: Iterable[str], asked: Asked) -> Reply:
    """Where it may go instead."""
    others = [Button(name, press=press("on", entry, short(name))) for name in names if name != entry.channel]
    rows = (*(tuple(others[at : at + 2]) for at in range(0, min(len(others), 8), 2)), (_back(entry, asked.say),))
    return _menu(entry, asked, asked.say("channel-which") if others else asked.say("channel-none"), rows)


def reasons(entry: Entry, asked: Asked) -> Reply:
    """Why a draft is rejected."""
    say = asked.say
    buttons = [Button(say("reason", reason=one), press=press(Verb.REJECT, entry, one)) for one in REASONS]
    rows = (tuple(buttons[:2]), tuple(buttons[2:]), (_back(entry, say),))
    return _menu(entry, asked, say("reject-why", key=entry.article.key), rows)


def press(verb: str, entry: Entry, value: str = "") -> str:
    """What a button sends: at most 64 bytes."""
    return f"/queue {verb} {short(entry.channel)} {entry.article.key} {entry.wish.revision} {value}".strip()


def _menu(entry: Entry, asked: Asked, said: str, rows: Sequence[tuple[Button, ...]]) -> Reply:
    return replace(card(entry, asked, said=said), buttons=tuple(row for row in rows if row))


def _line(number: int, entry: Entry, asked: Asked) -> tuple[Span, ...]:
    say = asked.say
    when = asked.moment(entry.planned.time) if entry.planned else say("never")
    about = why(entry.planned.why, say) if entry.planned else _standing(entry, say)
    return (
        *say.spans("queue-entry", number=number, time=when, channel=entry.channel),
        Span("\n"),
        *asked.link(entry.article.headline, entry.article.link),
        *((Span(f"\n{about}", italic=True),) if about else ()),
    )


def _returns(planned: Sequence[Planned], asked: Asked) -> tuple[Span, ...]:
    lines = [
        joined(
            asked.say.spans("queue-return", time=asked.moment(line.time), channel=line.channel),
            asked.link(line.article.headline, line.article.link),
            by=" ",
        )
        for line in planned[:PAGE]
    ]
    return joined(asked.say.spans("queue-returns"), *lines, by="\n") if lines else ()


def _standing(entry: Entry, say: Phrases) -> str:
    if entry.wish.held_by:
        return say("card-held", who=entry.wish.held_by)
    if entry.draft:
        return say("card-draft", have=len(entry.wish.approved_by), need=entry.approvers)
    return say("card-drops") if entry.wish.drop_at else ""


def _rows(entry: Entry, asked: Asked) -> list[tuple[Button, ...]]:
    """At most ten buttons, VK's limit."""
    say, wish = asked.say, entry.wish
    if wish.now or wish.drop_at:
        return [(_button(Verb.UNDO, entry, say),)]
    hold = Verb.RELEASE if wish.held_by else Verb.HOLD
    rows: list[tuple[str, ...]] = [("up", "down", hold, Verb.SKIP), ("time", "to", "edit", "more"), (Verb.NOW,)]
    drawn = [tuple(_button(verb, entry, say) for verb in row) for row in rows]
    drawn[-1] += (Button(say("button-queue"), press="/queue page 1"),)
    return drawn


def _draft_rows(entry: Entry, asked: Asked) -> list[tuple[Button, ...]]:
    say, wish = asked.say, entry.wish
    if wish.drop_at:
        return [(_button(Verb.UNDO, entry, say),)]
    lock = Verb.LEAVE if wish.taken_by == asked.by else Verb.TAKE
    rows: list[tuple[str, ...]] = [(Verb.APPROVE, "why"), (lock, "edit", "time"), ("view",)]
    return [tuple(_button(verb, entry, say) for verb in row) for row in rows]


def _button(verb: str, entry: Entry, say: Phrases) -> Button:
    return Button(say("verb", verb=str(verb)), press=press(verb, entry))


def _back(entry: Entry, say: Phrases) -> Button:
    return Button(say("button-back"), press=press("show", entry))
