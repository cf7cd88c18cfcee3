"""Readers say when and how they want to be served: `/digest`, `/quiet`, `/pause`, `/resume`, and two buttons under an
article: why it came, and a week's rest from its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta

from bot.errors import CommandError
from bot.query import facets
from bot.readers import Delivery, Form, Preferences, Subscription
from bot.tags import fold
from bot.talk import Button, Reply
from handlers import choosing, hours, naming
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
    except hours.Unclear as error:
        say = asked.say("digest-wrong", about=error.about, most=hours.MOST_A_DAY)
        raise CommandError(str(error), say=say) from error
    meant = await _named(request.rest, asked, doors, unknown="digest-not-subscribed")
    if request.rest and (request.delivery is None or not meant):
        raise CommandError("neither a time nor a way", say=asked.say("digest-how"))
    subscriptions = tuple(
        replace(one, delivery=request.delivery)
        if request.delivery is not None and (one.key in meant or not request.rest)
        else one
        for one in asked.reader.subscriptions
    )
    preferences = request.preferences
    if request.delivery is not None and not request.rest:
        preferences = replace(preferences, delivery=request.delivery)
    asked = await kept(replace(asked.reader, subscriptions=subscriptions, preferences=preferences), asked, doors)
    panel = _panel(asked)
    if asked.pressed:
        return replace(panel, notice=asked.say("digest-set-notice"))
    return replace(panel, text=joined(asked.say.spans("digest-set"), panel.text))


async def quiet(asked: Asked, doors: Doors) -> Reply:
    """`/quiet 22:00-07:00`; `/quiet off`. What comes meanwhile comes together afterwards."""
    say = asked.say
    if not asked.command.argument:
        had = asked.reader.preferences.quiet
        return _quietly("quiet-is", had, asked) if had else Reply(say.spans("quiet-how"))
    try:
        wanted = hours.quiet(asked.command.argument)
    except ValueError as error:
        raise CommandError(str(error), say=say("quiet-wrong")) from error
    asked = await _preferring(asked, doors, quiet=wanted)
    if wanted is None:
        return Reply(say.spans("quiet-off"), notice=say("quiet-off-notice") if asked.pressed else None)
    return _quietly("quiet-set", wanted, asked)


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
        raise CommandError(str(error), say=say("pause-wrong")) from error
    asked = await _preferring(asked, doors, paused_until=until)
    again = Button(say("button-resume"), press="/resume")
    notice = say("pause-set-notice") if asked.pressed else None
    return Reply(say.spans("pause-set", until=asked.own_moment(until)), ((again,),), notice=notice)


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
    meant = await _named(rest if ends else asked.command.argument, asked, doors)
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
    return Reply(asked.say.spans("snooze-set", tag=one.label, until=asked.own_moment(until)), ((again,),))


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
    lines = [
        say.spans("digest-line", many=say("subscriptions", count=counts[kind]), kind=str(kind), **when)
        for kind in Delivery
        if counts[kind]
    ]
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


def _quietly(message: str, hours_of_quiet: tuple[time, time], asked: Asked) -> Reply:
    """Their quiet hours, with a button that ends them."""
    start, end = map(_hour, hours_of_quiet)
    off = Button(asked.say("button-quiet-off"), press="/quiet off")
    return Reply(asked.say.spans(message, start=start, end=end, zone=_zone(asked)), ((off,),))


async def _named(
    text: str, asked: Asked, doors: Doors, *, unknown: str = "not-subscribed"
) -> Mapping[str, Subscription]:
    """The reader's subscriptions that a text or a button names, in any form. Raises CommandError for what is none of
    them."""
    meant = [one.subscription for one in await naming.wanted(text, asked, doors)] if text.strip() else []
    mine = {one.key: one for one in asked.reader.subscriptions}
    for one in meant:
        if one.key not in mine:
            raise CommandError("not a subscription of theirs", say=asked.say(unknown, tag=one.label))
    return {one.key: mine[one.key] for one in meant}


async def _preferring(asked: Asked, doors: Doors, **changes: object) -> Asked:
    preferences: Preferences = replace(asked.reader.preferences, **changes)  # type: ignore[arg-type]  # as named above
    return await kept(replace(asked.reader, preferences=preferences), asked, doors)


def _hour(clock: object) -> str:
    return f"{clock:%H:%M}"


def _zone(asked: Asked) -> str:
    return hours.place_of_zone(asked.reader.preferences.timezone or str(asked.zone), asked.say.language)
