"""An admin looks at what would be posted: `/preview URL`."""

from __future__ import annotations

from bot.errors import CommandError
from bot.looks import Preview
from bot.model import Platform, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.texts import joined


async def preview(asked: Asked, doors: Doors) -> Reply:
    """`/preview URL`: the very posts of the channels; those of the other network as their words."""
    name = asked.command.argument
    if not name or doors.staff is None or doors.staff.previews is None:
        raise CommandError("no article named", say=asked.say("shown-how"))
    previews = await doors.staff.previews.show(name, asked.heard.place, now=asked.now)
    if previews is None:
        raise CommandError(f"no article {name!r}", say=asked.say("shown-unknown"))
    if not previews:
        return Reply(asked.say.spans("shown-no-channels"))
    return Reply(joined(*(_told(one, asked) for one in previews)))


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
    if preview.card_seen:
        lines.append(say.spans("shown-card-poor", why=preview.card) if preview.card else say.spans("shown-card-good"))
    if not (preview.place.platform is asked.heard.place.platform is Platform.TELEGRAM):
        words = look.post.params.get("message") or look.post.params.get("text") or look.post.params.get("caption")
        lines.append((Span(f"\n{words}"),))
    return joined(*lines, by="\n")
