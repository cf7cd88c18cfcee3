"""What somebody wants, in their own words: tags by any spelling or form, and queries made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import CommandError
from bot.model import DIGEST_CHARS
from bot.names import Kind, Name
from bot.query import Missing, QueryError, Spot, Term, split_at_commas, spots
from bot.readers import Subscription
from bot.spelling import phrase
from bot.tags import fold, tag_id
from bot.talk import Span
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases

MAX_TAG_CHARS = 100
MAX_QUERY_CHARS = 500
MAX_WORDS = 10
"""More words than this are a sentence, not a row of tags, and aren't looked up one by one."""
_REFERENCE = re.compile(rf"t:([a-z2-7]{{{DIGEST_CHARS}}})")
_PREPOSITION = re.compile(r"(?:на|от|to|from)\s+(?=\S)", re.IGNORECASE)
"""As people say it: «подписаться на выборы». Part of a name only where a name is known with it."""
_MISSING = {
    Missing.TAG: "query-missing-tag",
    Missing.OPERATOR: "query-missing-operator",
    Missing.BRACKET: "query-missing-bracket",
    Missing.QUOTE: "query-missing-quote",
    Missing.DEPTH: "query-missing-depth",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A tag nobody has used, and the known ones that look like it."""

    tag: str
    similar: tuple[Name, ...] = ()
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wish. `exact`: it was quoted, or stands for itself. `unknown`: its tags that no article has."""

    subscription: Subscription
    names: tuple[Name, ...] = ()
    unknown: tuple[Doubt, ...] = ()
    exact: bool = False

    @property
    def query(self) -> bool:
        """Whether it is more than a plain tag."""
        return not isinstance(self.subscription.query, Term) or self.subscription.query.field is not None

    @property
    def named(self) -> bool:
        """Whether it is just one name that we know."""
        return len(self.names) == 1 and self.names[0].id == self.subscription.key

    @property
    def unseen(self) -> bool:
        """Whether it is a plain tag that no article has."""
        return bool(self.unknown) and not self.query

    @property
    def doubtful(self) -> bool:
        """Whether to ask first: a single tag, not quoted, that looks like another."""
        return not self.exact and len(self.unknown) == 1 and bool(self.unknown[0].similar) and not self.names


async def wanted(argument: str, asked: Asked, doors: Doors) -> list[Wanted]:
    """The wishes somebody named, each once, their tags spelled as the archive spells them.

    Separated by commas; or by spaces, when the whole is no tag that we know but each word is. Raises CommandError for a
    query that can't be read, with the place of the mistake, and for a button whose tag is forgotten.
    """
    if (reference := _REFERENCE.fullmatch(argument)) is not None:
        return [await referred(reference[1], asked, doors)]
    parts = split_at_commas(argument)
    words = argument.split()
    if len(parts) == 1 and 1 < len(words) <= MAX_WORDS and not await _had(parts[0][1], asked, doors):
        apart = [part for word in words for part in split_at_commas(word)]
        if all([fold(part) and await _had(part, asked, doors) for _, part in apart]):
            parts = apart
    return _once([one for place, part in parts if (one := await _wanted(part, place, argument, asked, doors))])


async def referred(key: str, asked: Asked, doors: Doors) -> Wanted:
    """The wish behind the short name in a button or a link. Raises CommandError when nobody remembers it."""
    mine = asked.reader.subscription(key)
    if mine is not None:
        return Wanted(mine, exact=True)
    label = await doors.labels.label(key)
    if label is None:
        raise CommandError(f"no tag is called {key}", say=asked.say("button-stale"))
    name = await doors.names.known(label)
    return Wanted(Subscription.to(name.label if name else label), (name,) if name else (), exact=True)


async def known(tag: str, doors: Doors) -> bool:
    """Whether the archive has an article under this tag."""
    return bool(await doors.articles.recent(1, tag=fold(tag)))


def called(name: Name, say: Phrases) -> str:
    """A name in quotes, with its kind unless it is a mere tag."""
    kind = kind_of(name)
    return say("quoted-tag", tag=name.label) if kind is Kind.TAG else say(f"quoted-{kind}", tag=name.label)


def kind_of(name: Name) -> Kind:
    """What it is first of all: a country is more than a tag of that name."""
    return next((kind for kind in (Kind.COUNTRY, Kind.REGION, Kind.OUTLET) if kind in name.kinds), Kind.TAG)


async def _wanted(part: str, place: int, argument: str, asked: Asked, doors: Doors) -> Wanted | None:
    """One wish of several. Names that look like queries are names: «R&B»."""
    tag = part.lstrip("#").strip()
    if not any(char.isalnum() for char in tag):
        return None
    if len(part) > MAX_QUERY_CHARS:
        raise CommandError("too long", say=asked.say("query-too-long", limit=MAX_QUERY_CHARS))
    mine = asked.reader.subscription(tag_id(tag))
    name = await doors.names.known(tag)
    if name is not None or mine is not None:
        return Wanted(Subscription.to(name.label) if name else mine or Subscription.to(tag), (name,) if name else ())
    if (preposition := _PREPOSITION.match(part)) is not None:
        begin = preposition.end()
        return await _wanted(part[begin:], place + begin, argument, asked, doors)
    try:
        found = spots(part)
    except QueryError as error:
        raise wrong(argument, place + error.position, error.expected, asked.say) from None
    return await _query(part, found, doors)


async def _query(part: str, found: Sequence[Spot], doors: Doors) -> Wanted:
    """Each term is looked up; those that are known are written as they are known."""
    text, names, unknown = part, [], []
    for spot in reversed(found):
        if spot.field == "source" or len(spot.text) > MAX_TAG_CHARS:
            continue
        seen = await doors.names.known(spot.text) if spot.quoted else None
        result = await doors.names.look_up(spot.text) if not spot.quoted else None
        name = seen or (result.name if result else None)
        if name is not None:
            names.append(name)
            text = text[: spot.start] + phrase(name.label) + text[spot.end :]
        else:
            unknown.append(Doubt(spot.text, result.similar if result else (), spot.field))
    single = len(found) == 1 and found[0].field is None and (found[0].text in (part, part.lstrip("#").strip()))
    if single and not names:
        text = phrase(found[0].text)
    return Wanted(Subscription(text), tuple(reversed(names)), tuple(reversed(unknown)), exact=found[0].quoted)


def wrong(text: str, position: int, expected: Missing, say: Phrases) -> CommandError:
    """A query with a mark where its mistake is, and what belongs there."""
    marked = f"{text[:position]}▸{text[position:]}"
    sentence = f"{say('query-wrong')}\n\n{marked}\n\n{say(_MISSING[expected])}"
    return CommandError(f"at {position}: {expected}", say=sentence)


async def _had(tag: str, asked: Asked, doors: Doors) -> bool:
    """Whether the reader's own list or the archive has the tag."""
    return asked.reader.has(tag) or await doors.names.known(tag) is not None


def _once(wishes: Iterable[Wanted]) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    for one in wishes:
        found.setdefault(one.subscription.key, one)
    return list(found.values())


def doubts(wishes: Sequence[Wanted], say: Phrases) -> tuple[Span, ...]:
    """What nobody has used yet, and what it looks like, in one sentence; then what follows."""
    found = {doubt.tag: doubt for one in wishes if not one.doubtful for doubt in one.unknown}
    if not found:
        return ()
    kind = next(iter(found.values())).field or "tag"
    plain = all(one.unseen for one in wishes if one.unknown) and not any(doubt.similar for doubt in found.values())
    listed = ", ".join(_doubt(doubt, say) for doubt in found.values())
    return say.spans("unseen", count=len(found), kind=kind, tags=listed, plain=int(plain))


def _doubt(doubt: Doubt, say: Phrases) -> str:
    tag = say("quoted-tag", tag=doubt.tag)
    similar = say.quoted(name.label for name in doubt.similar)
    return say("unseen-like", tag=tag, similar=similar) if similar else tag
