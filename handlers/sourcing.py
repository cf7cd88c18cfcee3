"""`/sources`: how the sources are; add, test, pause, resume and remove them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import SourceError
from bot.ports import Sourcing
from bot.roles import Role
from bot.sourcing import Outcome, Report, Sample, Trial
from bot.talk import Button, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases, joined

SHOWN = 20
BUTTONS = 5
PRESS_BYTES = 64
NAME_CHARS = 64
_ADDRESS = re.compile(r"https?://\S+$", re.IGNORECASE)
_WORDS = {
    "add": ("add", "добавить"),
    "test": ("test", "проверить"),
    "pause": ("pause", "пауза"),
    "resume": ("resume", "продолжить"),
    "remove": ("remove", "удалить"),
}
_NAMES = {word: name for name, words in _WORDS.items() for word in words}


async def sources(asked: Asked, doors: Doors) -> Reply:
    """The list, or what was asked to be done. Looking is for all of the staff, changing for owners."""
    if doors.sourcing is None:
        return Reply(asked.say.spans("sources-none"))
    word, _, rest = asked.command.argument.strip().partition(" ")
    if not word:
        return await _listing(asked, doors.sourcing)
    name, rest = _NAMES.get(word.casefold()), rest.strip()
    if name is None:
        return Reply(asked.say.spans("sources-how"))
    if not asked.rights.everywhere(Role.OWNER):
        return Reply(asked.say.spans("sources-owners"))
    if name in _TRIED:
        return await _TRIED[name](rest, asked, doors.sourcing)
    return await _changed(name, rest, asked, doors.sourcing)


async def _changed(what: str, name: str, asked: Asked, sourcing: Sourcing) -> Reply:
    """Pause, resume or remove one."""
    if not name:
        return Reply(asked.say.spans("sources-how"))
    deeds: dict[str, Callable[..., Awaitable[Outcome]]] = {
        "pause": sourcing.pause,
        "resume": sourcing.resume,
        "remove": sourcing.remove,
    }
    outcome = await deeds[what](name, by=asked.by)
    said = asked.say.spans("sources-changed", what=what, outcome=str(outcome), name=name)
    if not asked.pressed:
        return Reply(said)
    listing = await _listing(asked, sourcing)
    return Reply(joined(said, listing.text), listing.buttons, notice=asked.say("sources-done-notice"))


async def _listing(asked: Asked, sourcing: Sourcing) -> Reply:
    reports = await sourcing.reports(now=asked.now)
    if not reports:
        return Reply(asked.say.spans("sources-none"))
    more = len(reports) - SHOWN
    text = joined(
        asked.say.spans("sources", count=len(reports)),
        *(_line(report, asked) for report in reports[:SHOWN]),
        asked.say.spans("sources-more", count=more) if more > 0 else (),
        asked.say.spans("sources-how") if asked.rights.everywhere(Role.OWNER) else (),
    )
    return Reply(text, tuple(_buttons(reports, asked)) if asked.rights.everywhere(Role.OWNER) else ())


def _line(report: Report, asked: Asked) -> tuple[Span, ...]:
    """`✓ digest: read 12:00, next 12:05, an article every 40 min`, and what is wrong below."""
    say, state = asked.say, report.state
    how = "paused" if report.paused else "failing" if state.error else "unread" if not state.succeeded_at else "fine"
    head = say.spans(
        "sources-line",
        how=how,
        name=report.name,
        succeeded=asked.moment(state.succeeded_at) if state.succeeded_at else say("never"),
        next=asked.moment(report.next_check) if report.next_check else say("never"),
        added="yes" if report.added else "no",
    )
    parts = [head, (Span(f"   {report.url}"),)]
    if report.usual is not None:
        parts.append((Span("   "), *say.spans("sources-rate", rate=_length(report.usual, say))))
    if state.error:
        parts.append((Span("   "), *say.spans("sources-error", error=state.error, failures=state.failures)))
    parts += [(Span(f"   – {problem}"),) for problem in state.problems[:2]]
    return joined(*parts, by="\n")


def _buttons(reports: list[Report], asked: Asked) -> list[tuple[Button, ...]]:
    rows: list[tuple[Button, ...]] = []
    for report in reports[:BUTTONS]:
        press = f"/sources {'resume' if report.paused else 'pause'} {report.name}"
        if len(press.encode()) <= PRESS_BYTES:
            label = asked.say("button-source-on" if report.paused else "button-source-off", name=report.name)
            rows.append((Button(label, press),))
    return rows


async def _added(rest: str, asked: Asked, sourcing: Sourcing) -> Reply:
    """Only what can be read is added, and what would come out of it is shown."""
    name, _, url = rest.rpartition(" ")
    name = name.strip()
    if not name or not _ADDRESS.match(url) or name.startswith("@") or not name.isprintable() or len(name) > NAME_CHARS:
        return Reply(asked.say.spans("sources-add-how"))
    try:
        found = await sourcing.trial(url)
    except SourceError as error:
        return Reply(asked.say.spans("sources-unreadable", error=error.say or str(error)))
    outcome = await sourcing.add(name, url, by=asked.by)
    said = asked.say.spans("sources-changed", what="add", outcome=str(outcome), name=name)
    return Reply(joined(said, _shown(found, asked)) if outcome is Outcome.DONE else said)


async def _tested(url: str, asked: Asked, sourcing: Sourcing) -> Reply:
    if not _ADDRESS.match(url):
        return Reply(asked.say.spans("sources-test-how"))
    try:
        return Reply(_shown(await sourcing.trial(url), asked))
    except SourceError as error:
        return Reply(asked.say.spans("sources-unreadable", error=error.say or str(error)))


_TRIED: dict[str, Callable[[str, Asked, Sourcing], Awaitable[Reply]]] = {"add": _added, "test": _tested}


def _shown(found: Trial, asked: Asked) -> tuple[Span, ...]:
    say = asked.say
    return joined(
        say.spans("sources-trial", count=found.count),
        (Span(found.why_there),) if found.why_there else (),
        *(_sample(sample, asked) for sample in found.samples),
        *((Span(f"– {problem}"),) for problem in found.problems[:3]),
    )


def _sample(sample: Sample, asked: Asked) -> tuple[Span, ...]:
    """A headline that leads to its article, and what each of its fields is known from."""
    article = sample.article
    told = "; ".join(f"{name}: {where}" for name, where in sample.evidence.items())
    return joined(
        asked.link(article.headline or article.link, article.link),
        (Span(article.lead),) if article.lead else (),
        (Span(told, italic=True),) if told else (),
        (Span(f"– {sample.why}"),) if sample.why else (),
        by="\n",
    )


def _length(length: timedelta, say: Phrases) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    return say("minutes", count=minutes) if minutes < 120 else say("sources-hours", count=round(minutes / 60))
