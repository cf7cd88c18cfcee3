"""Admins look after the newsroom: `/status`, `/now [channel]`."""

from __future__ import annotations

from datetime import timedelta

from bot.conditions import ChannelStatus, SourceStatus, Status
from bot.errors import CommandError
from bot.model import Attempt, SlotState
from bot.talk import Reply, Span
from handlers.hearing import Asked, Doors
from handlers.queueing import staff_of
from handlers.texts import joined

SHOWN_SOURCES = 10
SHOWN_PROBLEMS = 2
_TALLIED = (SlotState.SENT, SlotState.DEFERRED, SlotState.REFUSED, SlotState.SKIPPED, SlotState.CLAIMED)


async def status(asked: Asked, doors: Doors) -> Reply:
    """`/status`: the state of things on one screen, what is broken first."""
    state = await doors.desk.status(now=asked.now)
    say = asked.say
    sources = [_source(source, asked) for source in sorted(state.sources, key=lambda s: s.state.error is None)]
    more = len(sources) - SHOWN_SOURCES
    return Reply(
        joined(
            _header(state, asked),
            _block("status-problems", [(Span(f"! {problem}"),) for problem in state.problems], asked),
            _block(
                "status-sources",
                [*sources[:SHOWN_SOURCES], *([say.spans("status-more", count=more)] if more > 0 else [])],
                asked,
            ),
            _block("status-channels", [_channel(channel, asked) for channel in state.channels], asked),
            _breakers(state, asked),
            _readers(state, asked),
            _tally(state, asked),
        )
    )


async def now(asked: Asked, doors: Doors) -> Reply:
    """`/now [channel]`: the next article goes out at once; what happened, channel by channel. Without a name on each
    where the person may."""
    channels = staff_of(doors).editing.channels
    theirs, named = asked.theirs(channels), asked.command.argument or None
    if named in channels and named not in theirs:
        raise CommandError("not theirs", say=asked.say("queue-not-yours"))
    wanted = [named] if named is not None or len(theirs) == len(channels) else theirs
    attempts = [attempt for one in wanted for attempt in await doors.desk.post_now(one, now=asked.now)]
    if not attempts:
        return Reply(asked.say.spans("now-none"))
    state = await doors.desk.status(now=asked.now)
    names = {channel.place: channel.name for channel in state.channels}
    return Reply(
        joined(
            *(_attempt(attempt, names.get(attempt.slot.place, str(attempt.slot.place)), asked) for attempt in attempts),
            by="\n",
        )
    )


def _header(state: Status, asked: Asked) -> tuple[Span, ...]:
    minutes = max(asked.now - state.started_at, timedelta()) // timedelta(minutes=1)
    return asked.say.spans(
        "status",
        version=state.version,
        days=minutes // (24 * 60),
        hours=minutes // 60 % 24,
        minutes=minutes % 60,
    )


def _block(heading: str, lines: list[tuple[Span, ...]], asked: Asked) -> tuple[Span, ...]:
    """A heading with its lines, or nothing when there are none."""
    return joined(asked.say.spans(heading), *lines, by="\n") if lines else ()


def _source(source: SourceStatus, asked: Asked) -> tuple[Span, ...]:
    say, state = asked.say, source.state
    succeeded = asked.moment(state.succeeded_at) if state.succeeded_at else say("never")
    if state.error is None and state.succeeded_at is None:
        first = say.spans("status-source-unread", name=source.name)
    elif state.error is None:
        first = say.spans("status-source", name=source.name, succeeded=succeeded)
    else:
        first = say.spans(
            "status-source-failing",
            name=source.name,
            succeeded=succeeded,
            error=state.error,
            failures=state.failures,
        )
    problems = [joined((Span(f"   – {problem}"),)) for problem in state.problems[:SHOWN_PROBLEMS]]
    if (more := len(state.problems) - SHOWN_PROBLEMS) > 0:
        problems.append(say.spans("status-more-problems", count=more))
    return joined(first, *problems, by="\n")


def _channel(channel: ChannelStatus, asked: Asked) -> tuple[Span, ...]:
    say = asked.say
    line = say.spans(
        "status-channel",
        name=channel.name,
        place=channel.place.chat,
        waiting=channel.waiting,
        next=asked.moment(channel.next_post) if channel.next_post else say("never"),
        last=asked.moment(channel.last_sent) if channel.last_sent else say("never"),
    )
    platform = say("platform", platform=str(channel.place.platform))
    return joined(
        line,
        say.spans("status-oldest", since=asked.moment(channel.oldest)) if channel.oldest else (),
        say.spans("status-put-off", platform=platform, until=asked.moment(channel.put_off)) if channel.put_off else (),
        (Span(f"   ! {channel.problem}"),) if channel.problem else (),
        by="\n",
    )


def _breakers(state: Status, asked: Asked) -> tuple[Span, ...]:
    names = (asked.say("status-breaker", name=name, until=asked.moment(until)) for name, until in state.breakers)
    return asked.say.spans("status-breakers", count=len(state.breakers), names="; ".join(names))


def _readers(state: Status, asked: Asked) -> tuple[Span, ...]:
    counts = ", ".join(
        asked.say("status-platform", platform=platform, count=count) for platform, count in state.readers.items()
    )
    return asked.say.spans("status-readers", counts=counts or "0")


def _tally(state: Status, asked: Asked) -> tuple[Span, ...]:
    """How the posts ended; the unconfirmed stand apart, since only a person can settle them."""
    counts = ", ".join(
        asked.say("status-count", state=asked.say("slot-state", state=str(name)), count=state.tally[name])
        for name in _TALLIED
        if state.tally.get(name)
    )
    return joined(
        asked.say.spans("status-posts", counts=counts or "0"),
        asked.say.spans("status-unconfirmed", count=state.tally.get(SlotState.UNCONFIRMED, 0)),
        by="\n",
    )


def _attempt(attempt: Attempt, channel: str, asked: Asked) -> tuple[Span, ...]:
    state = asked.say("slot-state", state=str(attempt.state))
    line = [*asked.say.spans("now-line", channel=channel, state=state)]
    if attempt.receipt is not None and attempt.receipt.url:
        line += [Span(" "), Span(attempt.receipt.url, url=attempt.receipt.url)]
    if attempt.reason:
        line.append(Span(f" ({attempt.reason})"))
    return tuple(line)
