"""Whether what a tool read is what truth says. Pure.

A title is right if it is equal, loosely also if only case, spaces, quotes or a site's name behind it differ: behind a
bar, or a dash, dot or colon that stands apart, on either of the two. A lead is right with forty characters in common at
the start, or four fifths of the words. A date is right on the same day. A picture is right by its address or its file's
name. Tags and authors are compared as sets, without case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.model import Article

_BYLINE = re.compile(r"^(by|von|par|por|di|автор|text)\b:?", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;|&/]|\band\b|\bund\b|\bet\b|\by\b|\bи\b)\s*", re.IGNORECASE)
_QUOTE = re.compile(r"[\"'`´‘’‚‛“”„‟«»‹›]")
_SET_OFF = re.compile(r"\s*[|│]|\s[-–—·•:~/]+\s")
LIKE = 0.8


@dataclass(frozen=True, slots=True)
class Seen:
    """What a tool read on a page; None or empty where it found nothing."""

    title: str | None = None
    lead: str | None = None
    date: datetime | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    site: str | None = None
    authors: tuple[str, ...] = ()


def seen_of(article: Article) -> Seen:
    """What our own reading found."""
    return Seen(
        title=article.headline,
        lead=article.lead,
        date=article.published_at,
        image=article.image.url if article.image else None,
        tags=article.tags,
        site=article.outlet.name if article.outlet else None,
        authors=article.authors,
    )


def judged(seen: Seen, truth: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Field by field a score from 0 to 1, for the fields that truth knows."""
    if title := truth.get("title"):
        yield "title", float(_spaced(seen.title) == _spaced(title))
        yield "title loose", float(like_title(seen.title, title))
    if lead := truth.get("excerpt"):
        yield "lead", float(like_lead(seen.lead, lead))
    if date := moment(truth.get("date")):
        right = seen.date is not None and same_day(seen.date, date)
        yield "date", float(right)
        yield "date wrong", float(seen.date is not None and not right)
    if image := truth.get("image"):
        yield "image", float(same_picture(seen.image, image))
    if tags := truth.get("tags"):
        yield "tags", overlap(map(folded, seen.tags), map(folded, tags))
    if site := truth.get("site"):
        yield "site", float(like_site(seen.site, site))
    if byline := truth.get("byline"):
        yield "authors", overlap(names(seen.authors), names([byline] if isinstance(byline, str) else byline))


def folded(text: str | None) -> str:
    """A text for a loose comparison: without case, spacing and punctuation."""
    return re.sub(r"[\W_]+", " ", (text or "").casefold()).strip()


def like_title(got: str | None, wanted: str) -> bool:
    """Equal but for case, spaces and quotes; or one is the other with something set off behind it: a site's name."""
    one, two = _spelled(got), _spelled(wanted)
    return bool(one) and (
        _squeezed(one) in _with_and_without_site(two) or _squeezed(two) in _with_and_without_site(one)
    )


def _with_and_without_site(title: str) -> set[str]:
    return {_squeezed(title), *(_squeezed(title[: bar.start()]) for bar in _SET_OFF.finditer(title) if bar.start())}


def _spelled(title: str | None) -> str:
    return _spaced(_QUOTE.sub("", (title or "").casefold()))


def _squeezed(title: str) -> str:
    return "".join(title.split())


def like_lead(got: str | None, wanted: str) -> bool:
    """Forty characters in common at the start, or four fifths of the words."""
    one, two = folded(got), folded(wanted)
    if one and one[:40] == two[:40]:
        return True
    common = sum((Counter(one.split()) & Counter(two.split())).values())
    return common > 0 and 2 * common / (len(one.split()) + len(two.split())) >= LIKE


def same_day(got: datetime, wanted: datetime) -> bool:
    """As the two are written, or as the same moment is in UTC."""
    return got.date() == wanted.date() or got.astimezone(UTC).date() == wanted.astimezone(UTC).date()


def moment(text: object) -> datetime | None:
    """Truth's dates, read by the standard library so that no reader under test judges itself."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(str(text or ""))
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def same_picture(got: str | None, wanted: str) -> bool:
    """The same address, whatever the scheme, or the same file's name."""
    if not got:
        return False
    one, two = urlsplit(unquote(got)), urlsplit(unquote(wanted))
    if (one.netloc, one.path, one.query) == (two.netloc, two.path, two.query):
        return True
    name = one.path.rpartition("/")[2]
    return len(name) > 4 and name == two.path.rpartition("/")[2]


def like_site(got: str | None, wanted: str) -> bool:
    """The same name, whatever stands for the spaces, with or without an article and a domain's end."""
    return bool(got) and _bare_site(got or "") == _bare_site(wanted)


def _bare_site(name: str) -> str:
    bare = re.sub(r"^(https?://)?(www\.)?|\.(com|org|net|de|co\.uk|fr|ru|io)/?$", "", name.strip().casefold())
    return re.sub(r"^(the|der|die|das|le|la)(?=\S)", "", re.sub(r"[\W_]+", "", bare))


def names(bylines: Iterable[str]) -> Iterator[str]:
    """The people bylines name."""
    for byline in bylines:
        for one in _BETWEEN_NAMES.split(_BYLINE.sub("", byline.strip())):
            if name := folded(one):
                yield name


def overlap(got: Iterator[str], wanted: Iterator[str]) -> float:
    """F1 of two sets."""
    one, two = {name for name in got if name}, {name for name in wanted if name}
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())
