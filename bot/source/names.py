"""Titles and the names in them: folded for comparing, freed of the site's name, held against the page's headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from bot.source.links import host

_BAR = re.compile(r"\s+[-–—|·•:»«›~/]+\s+|\s*[|｜│»«]+\s*|\s+[-–—»«›|]+$|(?<=\S)\s[-–—]{1,2}(?=\S)")
_COLON = re.compile(r":\s")
_SURE_BAR = re.compile(r"\s*[|｜│»«]")
_MANY_CUTS = 12
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
"""Hosts' names are written without them."""
_ADDITION = 10
"""Letters that may follow the name of a site's host in the site's name: "Blog", "Magazine"."""
LONGEST_TOLD = 100
"""Characters of a title beyond which it may have been cut off to fit: search engines asked for at most 110."""
SHORT_TAIL = 4
"""Words a site's name has at most, where nothing tells the name."""
_DOMAIN_ENDS = ("com", "org", "net", "de", "ru", "fr", "at", "ch", "couk", "info", "online", "news")


def fold(text: str | None) -> str:
    """A text for comparing: words in lower case with a space between them."""
    return re.sub(r"[\W_]+", " ", (text or "").casefold()).strip()


def squeeze(text: str | None) -> str:
    """A name for comparing: letters and digits in lower case, nothing between them."""
    return re.sub(r"[\W_]+", "", (text or "").casefold().translate(_UMLAUTS))


def site_names(names: Iterable[str | None], url: str) -> frozenset[str]:
    """The names a site goes by, squeezed: as it says itself, and the parts of its host's name."""
    told = {squeeze(name) for name in names}
    labels = [squeeze(label) for label in host(url).split(".")]
    domain = {"".join(labels), *(label for label in labels[:-1] if len(label) > 3)} if len(labels) > 1 else set()
    known = {name for name in told | domain if len(name) > 1}
    return frozenset(known | {name.removesuffix(end) for name in known for end in _DOMAIN_ENDS if len(name) > 6})


def is_site(text: str, sites: AbstractSet[str]) -> bool:
    """Whether a text is a name of the site."""
    said = squeeze(text).removeprefix("www")
    if not said or said in sites or said.removeprefix("the") in sites:
        return True
    return any(len(site) > 5 and said.startswith(site) and len(said) <= len(site) + _ADDITION for site in sites)


def without_site(title: str, sites: AbstractSet[str], *, guess: bool = False) -> str:
    """A title without the site's name at its ends: a name that is known, or anything short after a bar; with `guess`
    also after a dash."""
    for _ in range(_MANY_CUTS):
        shorter = _cut_once(title, sites, guess=guess)
        if shorter == title:
            break
        title, guess = shorter, False
    return title


def _cut_once(title: str, sites: AbstractSet[str], *, guess: bool) -> str:
    cuts = list(_BAR.finditer(title))[:_MANY_CUTS]
    if not cuts:
        return title
    head, tail = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :].strip()
    if head and (_names_site(tail, sites) or _looks_like_name(head, tail, cuts[-1][0], guess=guess)):
        return head
    first, rest = title[: cuts[0].start()].strip(), title[cuts[0].end() :].strip()
    return rest if rest and is_site(first, sites) else title


def _names_site(tail: str, sites: AbstractSet[str]) -> bool:
    said = squeeze(tail)
    return is_site(tail, sites) or any(len(site) > 3 and said.startswith(site) for site in sites)


def _looks_like_name(head: str, tail: str, bar: str, *, guess: bool) -> bool:
    surely = _SURE_BAR.match(bar) is not None and len(head.split()) > 1
    return (surely or guess) and len(head) > len(tail) and len(tail.split()) <= SHORT_TAIL


def shown_in(title: str, headings: Sequence[str], sites: AbstractSet[str], *, part: bool = False) -> str | None:
    """The longest heading that stands in a title whole: what the page itself calls the article. With `part` it must be
    set off in the title, or be most of it."""
    whole = fold(title)
    parts = {fold(one) for one in (*_BAR.split(title), *_COLON.split(without_site(title, sites)))}
    best: tuple[int, str] | None = None
    for heading in headings:
        said = fold(heading)
        if not said or f" {said} " not in f" {whole} " or is_site(heading, sites):
            continue
        begins = not part and whole.startswith(said) and " " in said
        telling = begins or said in parts or len(said) * 2 >= len(whole)
        if telling and (best is None or len(said) > best[0]):
            best = len(said), heading
    return best[1] if best else None


def completed(title: str, headings: Sequence[str]) -> str:
    """A title that was cut off with an ellipsis, as a heading has it whole."""
    bare = title.rstrip(" .…")
    cut_off = title.endswith(("...", "…")) or len(title) > LONGEST_TOLD
    if not bare or not cut_off:
        return title
    start = fold(bare)
    return next((heading for heading in headings if fold(heading).startswith(start)), title)


def alike(one: str, two: str) -> bool:
    """Whether most words of the shorter text stand in the longer."""
    words, others = set(fold(one).split()), set(fold(two).split())
    return len(words & others) * 2 >= min(len(words), len(others)) > 0


def holder_of(title: str, headings: Sequence[str]) -> str | None:
    """The first heading that holds a title whole."""
    said = fold(title)
    return next((heading for heading in headings if said and f" {said} " in f" {fold(heading)} "), None)
