"""A person takes all that is kept about them away as a file: `/export`."""

from __future__ import annotations

import json

from bot.errors import CommandError
from bot.talk import Document, Reply
from handlers.hearing import Asked, Doors
from handlers.throttling import Turn


async def export(asked: Asked, doors: Doors) -> Reply:
    """`/export`: one JSON file. In a channel's or a group's name its admins get what is kept of that."""
    place = asked.reader.place
    if doors.exports.take(str(place), asked.now) is not Turn.ANSWER:
        raise CommandError("exported just now", say=asked.say("export-later"))
    kept = await doors.dossiers.about(place) if doors.dossiers is not None else {}
    if not kept:
        return Reply(asked.say.spans("export-nothing"))
    zone = asked.now.astimezone(asked.zone)
    told = {
        "about": str(place),
        "at": zone.isoformat(timespec="seconds"),
        "kept": {k: _read(v) for k, v in kept.items()},
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    document = Document(f"depeche-{zone:%Y-%m-%d}.json", text)
    return Reply(asked.say.spans("export", count=len(kept)), document=document)


def _read(value: object) -> object:
    """What is kept as JSON in a text, as that."""
    if isinstance(value, dict):
        return {name: _read(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_read(inner) for inner in value]
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
