"""An article as the tidy pieces of a message, and the pieces made to fit. Pure and total.

What is sacrificed when a message is too long, in this order: the lead (by sentences, clauses, words), the hashtags
from the last one on, the disclaimer. The headline, the link and the outlet are never lost; a headline that alone is
too long is cut at a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.model import Article
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Labels, Style, labels
from bot.render.typography import tidy, visible, web_url
from bot.tags import fold, hashtag

_NAME_LIMIT = 128
"""Longest outlet, credit, country or reason that is shown, in UTF-16 units: they are names, and never sacrificed."""
_RAW_LIMIT = 60_000
"""Characters of a text that are looked at: several times the longest message, and quick even for a hostile feed."""
_LEAST_LEAD = 24
"""A lead of less than this is no lead; in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """An article's visible texts, tidy, each "" or () when there is none; addresses are ready for the wire, or None."""

    headline: str
    lead: str
    link: str | None
    outlet: str
    country: str
    original: str | None
    credit: str
    disclaimer: str
    hashtags: tuple[str, ...]
    because: str
    mark: str
    words: Labels


def pieces(article: Article, style: Style, because: str | None = None) -> Pieces:
    """What there is to show of an article."""
    words = labels(style.language)
    outlet = _name(article.outlet.name) if article.outlet else ""
    original = web_url(article.original_url) or (web_url(article.outlet.url) if article.outlet else None)
    credit = article.image.credit if article.image and style.image != "none" else None
    headline = _shown(article.headline) or outlet or words.untitled
    lead = _shown(article.lead)
    return Pieces(
        headline=headline,
        lead="" if lead == headline else lead,
        link=web_url(article.link) or web_url(article.url),
        outlet=outlet or (words.original if original else ""),
        country=_name(article.country),
        original=original,
        credit=_name(credit),
        disclaimer=_shown(article.disclaimer) if style.disclaimer else "",
        hashtags=hashtags(article.tags, style.max_hashtags),
        because=_name(because),
        mark=_name(style.mark),
        words=words,
    )


def hashtags(tags: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first tags that make a hashtag, each once."""
    found: dict[str, str] = {}
    for tag in tags:
        if len(found) >= most:
            break
        if word := hashtag(tag):
            found.setdefault(fold(word), word)
    return tuple(found.values())


def fit(whole: Pieces, limit: int, measure: Callable[[Pieces], int]) -> Pieces:
    """The pieces, shortened until `measure` (the message's length in UTF-16 units) is at most `limit`."""
    for step in (_fit_lead, _fit_hashtags, _fit_disclaimer, _fit_headline):
        if measure(whole) <= limit:
            break
        whole = step(whole, limit, measure)
    return whole


def _fit_lead(whole: Pieces, limit: int, measure: Callable[[Pieces], int]) -> Pieces:
    room = limit - measure(whole) + width(whole.lead)
    return replace(whole, lead=shorten(whole.lead, room) if room >= _LEAST_LEAD else "")


def _fit_hashtags(whole: Pieces, limit: int, measure: Callable[[Pieces], int]) -> Pieces:
    while whole.hashtags and measure(whole) > limit:
        whole = replace(whole, hashtags=whole.hashtags[:-1])
    return whole


def _fit_disclaimer(whole: Pieces, limit: int, measure: Callable[[Pieces], int]) -> Pieces:
    return replace(whole, disclaimer=shorten(whole.disclaimer, limit - measure(whole) + width(whole.disclaimer)))


def _fit_headline(whole: Pieces, limit: int, measure: Callable[[Pieces], int]) -> Pieces:
    room = limit - measure(whole) + width(whole.headline)
    return replace(whole, headline=shorten(whole.headline, room) or hard_cut(whole.headline, room))


def _shown(text: str | None) -> str:
    """The text on one line, or "" when a person would see nothing of it."""
    line = tidy(text[:_RAW_LIMIT]) if text else ""
    return line if visible(line) else ""


def _name(text: str | None) -> str:
    line = _shown(text)
    return shorten(line, _NAME_LIMIT)
