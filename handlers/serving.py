"""Readers say when and how they want to be served: `/digest`, `/quiet`, `/pause`, `/resume`, and two buttons under an
article: why it came, and a week's rest from its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import CommandError
from bot.query import facets
from bot.readers import Delivery, Form, Preferences, Subscription
from bot.tags import fold, tag_id
from bot.talk import Button, Reply
from handlers import choosing, hours
from handlers.hearing import Asked, Doors
from handlers.keeping import kept
from handlers.texts import joined

SNOOZE = timedelta(days=7)
_SHOWN = 5


async def digest(asked: Asked, doors: Doors) -> Reply:
    """`/digest daily 9:00`, `/digest weekly fri Science`, `/digest silent`; without an argument how it is now."""
    if not asked.command.argument:
        return _panel(asked)
    try:
        request = hours.requested(asked.command.argument, asked.reader.preferences)
    except ValueError as error:
        raise CommandError(str(error), say=asked.say("digest-how")) from error
    meant = _named(request.rest, asked)
    if request.delivery is None and request.rest:
        raise CommandError("neither a time nor a way", say=asked.say("digest-how"))
    subscriptions = tuple(
        replace(one, delivery=request.delivery) if request.delivery is not None and one.key in meant else one
        for one in asked.reader.subscriptions
    )
    preferences = request.preferences
    if request.delivery is not None and not request.rest:
        preferences = replace(preferences, delivery=request.delivery)
    asked = await kept(replace(asked.reader, subscriptions=subscriptions, preferences=preferences), asked, doors)
    panel = _panel(asked)
    return replace(panel, notice=asked.say("digest-set-notice") if asked.pressed else None)


async def quiet(asked: Asked, doors: Doors) -> Reply:
    """`/quiet 22:00-07:00`; `/quiet off`. What comes meanwhile comes together afterwards."""
    say = asked.say
    if not asked.command.argument:
        had = asked.reader.preferences.quiet
        return Reply(say.spans("quiet-is", start=_hour(had[0]), end=_hour(had[1])) if had else say.spans("quiet-how"))
    try:
        wanted = hours.quiet(asked.command.argument)
    except ValueError as error:
        raise CommandError(str(error), say=say("quiet-how")) from error
    asked = await _preferring(asked, doors, quiet=wanted)
    if wanted is None:
        return Reply(say.spans("quiet-off"))
    return Reply(say.spans("quiet-set", start=_hour(wanted[0]), end=_hour(wanted[1]), zone=_zone(asked)))


async def pause(asked: Asked, doors: Doors) -> Reply:
    """`/pause 3d`: nothing comes until then, and what came meanwhile comes together."""
    say = asked.say
    if not asked.command.argument:
        lengths = {"1d": 1, "3d": 3, "7d": 7}
        buttons = (Button(say("button-pause", days=days), press=f"/pause {text}") for text, days in lengths.items())
        return Reply(say.spans("pause-how"), (tuple(buttons),))
    try:
        until = asked.now + hours.length(asked.command.argument)
    except ValueError as error:
        raise CommandError(str(error), say=say("pause-how")) from error
    asked = await _preferring(asked, doors, paused_until=until)
    again = Button(say("button-resume"), press="/resume")
    notice = say("pause-set-notice") if asked.pressed else None
    return Reply(say.spans("pause-set", until=_moment(until, asked)), ((again,),), notice=notice)


async def resume(asked: Asked, doors: Doors) -> Reply:
    """`/resume`: what was held comes soon."""
    paused = asked.reader.preferences.paused_until
    if paused is None or paused <= asked.now:
        return Reply(asked.say.spans("resume-not"))
    await _preferring(asked, doors, paused_until=None)
    if doors.held is not None:
        await doors.held.release(asked.reader.place, now=asked.now)
    return Reply(asked.say.spans("resume-done"), notice=asked.say("resume-notice") if asked.pressed else None)


async def snooze(asked: Asked, doors: Doors) -> Reply:
    """`/snooze Science`: a week without it; `/snooze off Science` ends that."""
    first, _, rest = asked.command.argument.partition(" ")
    ends = fold(first) in {"off", "выкл"}
    meant = _named(rest if ends else asked.command.argument, asked, everything=False)
    if not meant:
        raise CommandError("no such subscription", say=asked.say("snooze-how"))
    one = next(iter(meant.values()))
    snoozed = {key: until for key, until in asked.reader.preferences.snoozed.items() if until > asked.now}
    snoozed.pop(one.key, None)
    if ends:
        await _preferring(asked, doors, snoozed=snoozed)
        return Reply(asked.say.spans("snooze-over", tag=one.label))
    until = asked.now + SNOOZE
    await _preferring(asked, doors, snoozed={**snoozed, one.key: until})
    again = Button(asked.say("button-wake", tag=one.label), press=f"/snooze off t:{one.key}")
    return Reply(asked.say.spans("snooze-set", tag=one.label, until=_moment(until, asked)), ((again,),))


async def because(asked: Asked, doors: Doors) -> Reply:
    """The button “Why?” under an article: which subscriptions brought it, and what can be done about each."""
    article = await doors.articles.find(asked.command.argument)
    matching = asked.reader.wanting(facets(article)) if article is not None else ()
    if article is None or not matching:
        return Reply(asked.say.spans("because-nothing"))
    ways = {one.delivery for one in matching}
    soonest = next(kind for kind in Delivery if kind in ways)
    text = joined(
        asked.link(article.headline, article.link),
        asked.say.spans("because-why", count=len(matching), tags=asked.say.quoted(one.label for one in matching)),
        asked.say.spans("because-way", kind=str(soonest)),
    )
    drops = [choosing.drop(one, asked) for one in matching[:_SHOWN]]
    return Reply(text, choosing.rows([*drops, Button(asked.say("button-digest"), press="/digest")]))


def _panel(asked: Asked) -> Reply:
    """How a reader is served, with a button for each other way."""
    say, had = asked.say, asked.reader.preferences
    counts = Counter(one.delivery for one in asked.reader.subscriptions)
    when: dict[str, str | int] = {"at": _hour(had.digest_at), "day": had.digest_day}
    lines = [say.spans("digest-line", count=counts[kind], kind=str(kind), **when) for kind in Delivery if counts[kind]]
    lines.append(say.spans("digest-next", kind=str(had.delivery), **when) if set(counts) != {had.delivery} else ())
    details = say.spans(
        "digest-details", zone=_zone(asked), silent=int(had.silent), form=str(had.form), cap=had.daily_cap or 0
    )
    ways = (Button(say("button-way", kind=str(kind)), press=f"/digest {kind}") for kind in Delivery)
    other = Form.LEAD if had.form is Form.HEADLINE else Form.HEADLINE
    sound = Button(
        say("button-sound", silent=int(had.silent)), press="/digest sound" if had.silent else "/digest silent"
    )
    form = Button(say("button-form", form=str(other)), press=f"/digest {other}")
    none = () if counts else say.spans("digest-none")
    text = joined(joined(*lines, by="\n"), none, details, say.spans("digest-how"))
    return Reply(text, (*choosing.rows(ways), (sound, form)))


def _named(text: str, asked: Asked, *, everything: bool = True) -> Mapping[str, Subscription]:
    """The reader's subscriptions that a text or a button names; all of them when it names nothing. Raises CommandError
    for what is none of them."""
    mine = {one.key: one for one in asked.reader.subscriptions}
    if not text.strip():
        return mine if everything else {}
    key = text.strip().removeprefix("t:") if text.strip().startswith("t:") else tag_id(text)
    if key not in mine:
        raise CommandError("not a subscription of theirs", say=asked.say("not-subscribed", tag=text.strip()))
    return {key: mine[key]}


async def _preferring(asked: Asked, doors: Doors, **changes: object) -> Asked:
    preferences: Preferences = replace(asked.reader.preferences, **changes)  # type: ignore[arg-type]  # as named above
    return await kept(replace(asked.reader, preferences=preferences), asked, doors)


def _hour(clock: object) -> str:
    return f"{clock:%H:%M}"


def _zone(asked: Asked) -> str:
    return asked.reader.preferences.timezone or str(asked.zone)


def _moment(at: datetime, asked: Asked) -> str:
    """A time by the reader's own clock."""
    zone = ZoneInfo(asked.reader.preferences.timezone) if asked.reader.preferences.timezone else asked.zone
    return replace(asked, zone=zone).moment(at)
