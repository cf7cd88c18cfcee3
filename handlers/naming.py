"""Which tags somebody named: by words, by a list, or by the short name in a button or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.errors import CommandError
from bot.model import DIGEST_CHARS
from bot.tags import fold, split, tag_id
from handlers.hearing import Asked, Doors

MAX_TAG_CHARS = 100
MAX_WORDS = 10
"""More words than this are a sentence, not a row of tags, and aren't looked up one by one."""
_REFERENCE = re.compile(rf"t:([a-z2-7]{{{DIGEST_CHARS}}})")


async def wished(argument: str, asked: Asked, doors: Doors) -> list[str]:
    """The tags somebody named, each once, spelled as the archive spells them.

    Separated by commas; or by spaces, when the whole is no tag that we know but each word is. Raises CommandError for
    a button whose tag is forgotten.
    """
    if (reference := _REFERENCE.fullmatch(argument)) is not None:
        return [await referred(reference[1], asked, doors)]
    named = split(argument)
    words = argument.split()
    if len(named) == 1 and 1 < len(words) <= MAX_WORDS and not await _had(named[0], asked, doors):
        parts = split(",".join(words))
        if all([await _had(part, asked, doors) for part in parts]):
            named = parts
    return _once([await _spelled(tag, doors) for tag in named])


async def referred(name: str, asked: Asked, doors: Doors) -> str:
    """The tag behind the short name in a button or a link. Raises CommandError when nobody remembers it."""
    mine = asked.reader.subscription(name)
    label = mine.label if mine else await doors.labels.label(name)
    if label is None:
        raise CommandError(f"no tag is called {name}", say=asked.say("button-stale"))
    return label


async def known(tag: str, doors: Doors) -> bool:
    """Whether the archive has an article under this tag."""
    return bool(await doors.articles.recent(1, tag=fold(tag)))


async def _had(tag: str, asked: Asked, doors: Doors) -> bool:
    """Whether the reader's own list or the archive has the tag."""
    return asked.reader.has(tag) or await known(tag, doors)


async def _spelled(tag: str, doors: Doors) -> str:
    return tag if len(tag) > MAX_TAG_CHARS else await doors.labels.label(tag_id(tag)) or tag


def _once(labels: Iterable[str]) -> list[str]:
    """Without the second spelling of the same tag. Not `split`: an archive's label may have a comma in it."""
    found: dict[str, str] = {}
    for label in labels:
        found.setdefault(fold(label), label)
    return list(found.values())
