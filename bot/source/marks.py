"""What the classes and ids of elements say about their content: dates, people, tags, standfirsts, and boxes that belong
to something else. Each spelling is judged once, by its words and its pairs of words."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise

from bot.source.markup import Element, tag_of

_MAX_KEY = 300
_ANCESTORS = 25


class Mark(StrEnum):
    """What an element may hold."""

    DATE = "date"
    PERSON = "person"
    TAGS = "tags"
    STANDFIRST = "standfirst"
    KICKER = "kicker"
    OTHERS = "others"
    APART = "apart"


# Words as they stand in class names, in lower case; pairs of them written as one.
_WORDS: Mapping[Mark, str] = {
    Mark.DATE: """
        date dates datum datetime dateline timestamp time publish published publication publie publicado publiziert
        pubdate postdate entrydate articledate newsdate createdate creationdate publishdate publisheddate pubtime
        publishtime posted postedon submitted created create byline meta postmeta entrymeta articlemeta newsmeta
        storymeta pagemeta blogmeta contentmeta postinfo entryinfo articleinfo newsinfo storyinfo postdata articledata
        postdetails articledetails data fecha dato dtreviewed authored erschienen veroeffentlicht timeago releasedate
        displaydate
        """,
    Mark.PERSON: """
        author authors autor autoren autorin authorname byline bylines byauthor writer writers writtenby verfasser
        contributor contributors redakteur redakteurin auteur auteurs autore firma journalist creator postauthor
        entryauthor articleauthor authorlink creditline avtor
        """,
    Mark.TAGS: """
        tag tags taglist tagslist tagslinks taglinks posttags entrytags articletags newstags storytags blogtags topic
        topics keyword keywords schlagwort schlagworte schlagwoerter labels postlabels themen stichworte stichwort
        motscles hashtag hashtags etiquetas posttag articletag tagitem tagged
        """,
    Mark.STANDFIRST: """
        standfirst subtitle subtitles subhead subheading subheadline subheader dek deck lead leadtext leadin
        leadparagraph lede intro introduction introtext vorspann chapo chapeau entradilla strapline anlauf excerpt
        summary synopsis abstract teasertext sottotitolo sommario ingress manchet perex bajada announce anons subhed
        epigraph herotext
        """,
    Mark.KICKER: """
        kicker overline topline roofline supertitle suptitle pretitle eyebrow dachzeile spitzmarke surtitre antetitulo
        preheadline headlineprefix titleprefix topiclabel titletopic headlinetopic entrysection
        subtitle subheadline subline subhead subheading headlinecolon colon offscreen visuallyhidden sronly hsmall label
        badge
        """,
    Mark.OTHERS: """
        related recommend recommended recommendation recommendations recommends comment comments respond popular
        mostread readmore morenews latest trending similar teaser teasers promo promos promotion newsletter tagcloud
        """,
    Mark.APART: """
        sidebar widget widgets footer nav navigation navbar menu breadcrumb breadcrumbs share social cookie cookies
        consent banner advert advertisement ad ads carousel archive search login subscribe paywall mehr aktuell ticker
        """,
}
_MARKS: dict[str, frozenset[Mark]] = {}
for _mark, _listed in _WORDS.items():
    for _word in _listed.split():
        _MARKS[_word] = _MARKS.get(_word, frozenset()) | {_mark}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+")
_NONE: frozenset[Mark] = frozenset()
_OTHERS = frozenset({Mark.OTHERS})
_APART = frozenset({Mark.OTHERS, Mark.APART})
_BESIDE = frozenset(("has", "with", "no", "without", "left", "right", "both", "elementor"))
"""Words that make of the next one a thing beside the element or a kind of frame, not what the element is."""


def marked(elements: Iterable[Element]) -> Mapping[Mark, list[Element]]:
    """The elements by what they are marked as, in the page's order."""
    found: dict[Mark, list[Element]] = {mark: [] for mark in Mark}
    for element in elements:
        for mark in marks_of(element):
            found[mark].append(element)
    return found


def marks_of(element: Element) -> frozenset[Mark]:
    """What the classes and the id of an element say."""
    called, name = element.get("class"), element.get("id")
    if not called and not name:
        return _NONE
    return _judged((f"{called} {name}" if called and name else called or name or "")[:_MAX_KEY])


@lru_cache(maxsize=20_000)
def _judged(key: str) -> frozenset[Mark]:
    words = _WORD.findall(_CAMEL.sub(" ", key).lower())
    found = _MARKS.get(words[0], _NONE) if words else _NONE
    for first, second in pairwise(words):
        found |= _MARKS.get(first + second, _NONE)
        if first not in _BESIDE:
            found |= _MARKS.get(second, _NONE)
    return found


def is_apart(element: Element, beside: Container[Element] = ()) -> bool:
    """Whether an element stands in a box of its own: other stories, comments, navigation, a sidebar, a footer.

    A box that holds also what the element stands `beside` (an element's ancestors) is none.
    """
    return _within(element, _APART, ("nav", "aside", "footer", "form"), beside)


def is_of_others(element: Element, beside: Container[Element] = ()) -> bool:
    """Whether an element belongs to other stories or to comments."""
    return _within(element, _OTHERS, ("nav", "footer"), beside)


def _within(element: Element, wanted: frozenset[Mark], tags: tuple[str, ...], beside: Container[Element]) -> bool:
    if tag_of(element) in tags or not wanted.isdisjoint(marks_of(element)):
        return True
    for ancestor in islice(element.iterancestors(), _ANCESTORS):
        tag = tag_of(ancestor)
        if tag in ("body", "html", "main", "article") or ancestor in beside:
            return False
        if tag in tags or not wanted.isdisjoint(marks_of(ancestor)):
            return True
    return False
