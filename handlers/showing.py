"""An admin looks at what would be posted: `/preview URL`."""

from __future__ import annotations

from bot.errors import CommandError
from bot.looks import Preview
from bot.render.preview import shown
from bot.talk import Reply, Span
from handlers.hearing import Asked, Doors
from handlers.texts import joined


async def preview(asked: Asked, doors: Doors) -> Reply:
    """`/preview URL`: the very posts of the channels, those of the other network as their words; and what is known of
    each."""
    name = asked.command.argument
    if not name or doors.staff is None or doors.staff.previews is None:
        raise CommandError("no article named", say=asked.say("shown-how"))
    previews = await doors.staff.previews.of(name, now=asked.now)
    if previews is None:
        raise CommandError(f"no article {name!r}", say=asked.say("shown-unknown"))
    if not previews:
        return Reply(asked.say.spans("shown-no-channels"))
    posts = [
        post
        for one in previews
        for post in shown(one.look.post, asked.heard.place, event=f"{asked.heard.event} {one.channel}")
    ]
    return Reply(joined(*(_told(one, asked) for one in previews)), before=tuple(posts))


def _told(preview: Preview, asked: Asked) -> tuple[Span, ...]:
    say, look = asked.say, preview.look
    lines = [
        say.spans(
            "shown",
            channel=preview.channel,
            length=look.length,
            limit=look.limit,
            slot=asked.moment(preview.slot) if preview.slot else say("shown-at-once"),
        )
    ]
    lines += [say.spans("shown-cut", what=what) for what in look.cut]
    if preview.not_here:
        lines.append(say.spans("shown-not-here", why=preview.not_here))
    if preview.above:
        lines.append(say.spans("shown-above", post=preview.above.url or preview.above.message_id))
    if preview.card_seen:
        lines.append(say.spans("shown-card-poor", why=preview.card) if preview.card else say.spans("shown-card-good"))
    return joined(*lines, by="\n")
