"""What follows from what was seen of a post of unknown outcome. Pure: evidence and `now` in, a verdict or a step out.

Two rules stand above the rest. A post is taken to be there only when it is recognised, or when nothing else can be
what was seen. It is sent again only when everything that could be it was looked at, twice, and was not it: whatever
else may be meant is left to a person. Zero posts beat two.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from bot.model import Post, Receipt
from bot.sightings import Doubt, Seen, Sighting, Trace

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_FRONT = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class There:
    """It is there."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Absent:
    """It surely does not stand there now."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell. `again`: a later look may."""

    why: str
    again: bool = True


Verdict = There | Absent | Unknown


def trace(post: Post) -> Trace:
    """What a post will be recognised by, whatever platform it was meant for."""
    media: Sequence[Mapping[str, Any]] = post.params.get("media") or ({},)
    params = {**media[0], **post.params}  # in an album the first picture has the caption
    text = str(params.get("text") or params.get("caption") or params.get("message") or "")
    links = [*_links(params), *_ADDRESS.findall(text)]
    return Trace(bare_text(text), headline(text), bare_link(links[0]) if links else None)


def _links(params: Mapping[str, Any]) -> Iterator[str]:
    """The article's address comes first in each of these."""
    preview = params.get("link_preview_options") or {}
    if preview.get("url"):
        yield str(preview["url"])
    for entity in (*(params.get("entities") or ()), *(params.get("caption_entities") or ())):
        if entity.get("url"):
            yield str(entity["url"])
    attachments = params.get("attachments") or ""
    for part in attachments.split(",") if isinstance(attachments, str) else attachments:
        if str(part).startswith("http"):
            yield str(part)


def bare_text(text: str) -> str:
    """A text without what platforms change in it: spacing, forms of the same letter, escapes."""
    return " ".join(unicodedata.normalize("NFKC", html.unescape(text)).split())


def headline(text: str) -> str:
    """The first line that says something."""
    return next((bare for line in text.splitlines() if (bare := bare_text(line))), "")


def bare_link(url: str) -> str:
    """An address without what platforms change in it.

    >>> bare_link("HTTPS://www.Example.org/a%2Cb/#top"), bare_link("http://example.org/a,b")
    ('example.org/a,b', 'example.org/a,b')
    """
    host, slash, rest = _FRONT.sub("", unquote(url)).partition("#")[0].partition("/")
    return f"{host.casefold()}{slash}{rest}".rstrip("/")


def links_of(seen: Seen) -> frozenset[str]:
    """Every address in a message, normalised."""
    return frozenset(map(bare_link, (*seen.links, *_ADDRESS.findall(seen.text or ""))))


def judge(doubt: Doubt, sighting: Sighting, *, rivals: int, now: datetime) -> Verdict:
    """What the evidence says of a post. `rivals`: how many other messages of ours may stand at the place without being
    accounted for."""
    if sighting.receipt is not None:
        return There(sighting.receipt)
    wanted = doubt.said or trace(doubt.post)
    strangers = [seen for seen in sighting.seen if seen.message_id not in doubt.known]
    for seen in strangers:
        if _is(wanted, seen):
            return There(Receipt(seen.message_id, now, seen.url, others=_rest(doubt, seen, strangers)))
    unread = [seen for seen in strangers if seen.text is None]
    rest = _rest(doubt, unread[0], unread) if unread else ()
    if unread and not rivals and (len(unread) == 1 or len(unread) == 1 + len(rest) == _pictures(doubt)):
        return There(Receipt(unread[0].message_id, now, unread[0].url, others=rest))
    if unread:
        return Unknown(f"{len(unread)} posts of ours stand there that may be this one or another")
    if any(_may_be(wanted, seen) for seen in strangers):
        return Unknown("something like it stands there", again=False)
    return Absent() if sighting.whole else Unknown(sighting.why or "not everything could be seen", sighting.again)


def _rest(doubt: Doubt, first: Seen, strangers: Sequence[Seen]) -> tuple[str, ...]:
    """The further pictures of an album, which stand behind its first without a word, number after number."""
    if not first.message_id.isdecimal() or not (first.picture or first.text is None):
        return ()
    behind = range(int(first.message_id) + 1, int(first.message_id) + _pictures(doubt))
    bare = {seen.message_id for seen in strangers if seen.text is None or (seen.picture and not seen.text)}
    return tuple(str(number) for number in behind if str(number) in bare)


def _pictures(doubt: Doubt) -> int:
    """How many messages the post makes."""
    return len(doubt.post.params.get("media") or ("",))


def _is(wanted: Trace, seen: Seen) -> bool:
    """Recognised: headline and address, or the whole text where no address can be seen."""
    if seen.text is None:
        return False
    links = links_of(seen)
    if wanted.link is not None and wanted.link in links:
        return wanted.headline == headline(seen.text)
    return not links and bool(wanted.text) and wanted.text == bare_text(seen.text)


def _may_be(wanted: Trace, seen: Seen) -> bool:
    """Half recognised: enough not to send it again."""
    if seen.text is None:
        return True
    return wanted.link in links_of(seen) or wanted.headline == headline(seen.text)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long looking goes on.

    `first`: before the first look; the answer may only be late. `pauses`: after each look that told nothing; then a
    person is asked. `settle`: between two looks that both must find nothing. `blind`: how long a platform that shows
    nothing is waited for. `hold`: how long later articles wait for this one.
    """

    first: timedelta = timedelta(seconds=2)
    pauses: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2))
    settle: timedelta = timedelta(seconds=45)
    blind: timedelta = timedelta(hours=1)
    hold: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Case:
    """What is remembered of one doubt between two looks. `began`: when it became one; `absent_since`: the first of the
    looks in a row that found nothing; `blind`: the last look could not be had."""

    began: datetime
    next_look: datetime
    unknowns: int = 0
    absent_since: datetime | None = None
    blind: bool = False
    asked: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """Write down that it is there."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Put it back in its queue."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `case.next_look`."""

    case: Case


@dataclass(frozen=True, slots=True)
class Ask:
    """Leave it to a person."""

    why: str


Step = Settle | SendAgain | Wait | Ask


def next_step(case: Case, verdict: Verdict, patience: Patience, *, now: datetime) -> Step:
    """What to do after a look.

    Why sending again after two empty looks does not double: when a slot becomes unconfirmed, our side of its connection
    is closed, so nothing of the request is still on its way from here. What can land later is a request that the
    platform had taken in whole and is slow to carry out. The looks ask the same platform about the same place, later,
    and get answers: it is at work, and for `settle` and longer it has not carried out the older request. A platform
    that is stuck does not answer the looks either, and then they don't count.
    """
    if isinstance(verdict, There):
        return Settle(verdict.receipt)
    if isinstance(verdict, Absent):
        since = case.absent_since or now
        if now - since >= patience.settle:
            return SendAgain()
        return Wait(replace(case, absent_since=since, next_look=since + patience.settle, blind=False))
    if not verdict.again or case.unknowns >= len(patience.pauses):
        return Ask(verdict.why)
    pause = patience.pauses[case.unknowns]
    later = replace(case, unknowns=case.unknowns + 1, absent_since=None, next_look=now + pause)
    return Wait(replace(later, blind=False, why=verdict.why))


def after_no_look(case: Case, wait: timedelta, why: str, patience: Patience, *, now: datetime) -> Step:
    """What to do when nothing could be seen for now: the platform is away, or wants to be left alone for `wait`."""
    if now + wait > case.began + patience.blind:
        return Ask(why)
    return Wait(replace(case, absent_since=None, next_look=now + wait, blind=True, why=why))


def held_until(case: Case, patience: Patience, *, now: datetime) -> datetime | None:
    """Until when later articles of the place wait, at least; None: they go on.

    A platform that shows nothing takes nothing either: while it is blind, waiting costs nothing.
    """
    if case.asked or (now - case.began >= patience.hold and not case.blind):
        return None
    return max(case.next_look, now) + timedelta(seconds=1)
