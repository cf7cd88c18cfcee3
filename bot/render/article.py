"""An article as the tidy pieces of a message, and the pieces made to fit. Pure and total.

What is sacrificed when a message is too long, in this order: the lead (by sentences, clauses, words), then the hashtags
from the last one on. Headline, link, outlet and disclaimer are never lost; a disclaimer or a headline that alone is
longer than a whole message is cut at a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bot.model import Article, Platform
from bot.render.readymade import FULL
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Labels, Style, labels
from bot.render.template import LaidOut, lay_out, mark_link
from bot.render.typeset import typeset
from bot.render.typography import tidy, visible, web_url
from bot.tags import fold, hashtag
from bot.talk import Span

_NAME_LIMIT = 128
"""Longest outlet, credit, country or reason that is shown, in UTF-16 units: they are names, and never sacrificed."""
_RAW_LIMIT = 60_000
"""Characters of a text that are looked at: several times the longest message, and quick even for a hostile feed."""
_LEAST_LEAD = 24
"""A lead of less than this is no lead; in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """An article's visible texts, tidy, each "" or () when there is none; addresses are ready for the wire, or None.

    `link` is where readers are sent to, `shown_link` and `shown_original` what stands in the text as an address.
    `follow`: lines with the links that subscribe.
    """

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
    shown_link: str = ""
    shown_original: str = ""
    follow: tuple[str, ...] = ()


def pieces(article: Article, style: Style, because: str | None = None) -> Pieces:
    """What there is to show of an article."""
    words = labels(style.language)
    outlet = _name(article.outlet.name) if article.outlet else ""
    original = web_url(article.original_url) or (web_url(article.outlet.url) if article.outlet else None)
    credit = article.image.credit if article.image and style.image != "none" else None
    headline = _headline(_set(_shown(article.headline), article, style, loose=False), outlet, style)
    lead = _set(_shown(article.lead), article, style)
    return Pieces(
        headline=headline or outlet or words.untitled,
        lead="" if lead == headline else lead,
        link=with_utm(web_url(article.link) or web_url(article.url), style.utm),
        outlet=outlet or (words.original if original else ""),
        country=_name(article.country),
        original=original,
        credit=_name(credit),
        disclaimer=_set(_shown(article.disclaimer), article, style) if style.disclaimer else "",
        hashtags=hashtags(article.tags, style.max_hashtags),
        because=_name(because),
        mark=_name(style.mark),
        words=words,
    )


def _set(text: str, article: Article, style: Style, *, loose: bool = True) -> str:
    return typeset(text, article.language or style.language, loose=loose) if style.typography else text


def _headline(headline: str, outlet: str, style: Style) -> str:
    """Without "Outlet: " in front where the outlet has its own line, and something is left."""
    if style.prefix == "keep" or not outlet:
        return headline
    prefix, colon, rest = headline.partition(":")
    rest = rest.strip()
    if not colon or fold(prefix) != fold(outlet) or not visible(rest):
        return headline
    return rest[0].upper() + rest[1:] if len(rest[0].upper()) == 1 else rest


def with_utm(link: str | None, utm: tuple[tuple[str, str], ...]) -> str | None:
    """The address with the parameters that it has not yet; as it was where it would get too long."""
    if not link or not utm:
        return link
    address, sharp, fragment = link.partition("#")
    known = {name for name, _ in parse_qsl(address.partition("?")[2], keep_blank_values=True)}
    wanted = urlencode([(name, value) for name, value in utm if name not in known])
    if not wanted:
        return link
    query = "&" if "?" in address else "?"
    return web_url(f"{address}{query}{wanted}{sharp}{fragment}") or link


def cuts(whole: Pieces, fitted: Pieces) -> tuple[str, ...]:
    """What had to be left out of a message, in words for whoever looks at a preview."""
    said = []
    for name in ("lead", "disclaimer", "headline"):
        before, after = getattr(whole, name), getattr(fitted, name)
        if after != before:
            said.append(
                f"{name}: {width(after)} of {width(before)} characters are left" if after else f"{name}: left out"
            )
    if len(fitted.hashtags) < len(whole.hashtags):
        said.append(f"hashtags: {len(fitted.hashtags)} of {len(whole.hashtags)} are left")
    return tuple(said)


def hashtags(tags: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first tags that make a hashtag, each once."""
    found: dict[str, str] = {}
    for tag in tags:
        if len(found) >= most:
            break
        word, term = _hashtag(tag)
        if word:
            found.setdefault(term, word)
    return tuple(found.values())


@lru_cache(maxsize=2048)
def _hashtag(tag: str) -> tuple[str, str]:
    """A tag's hashtag, "" when it makes none, and the term that tells it from others: the same tags come every day."""
    word = hashtag(tag) or ""
    return word, fold(word)


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


def parts_of(whole: Pieces, platform: Platform) -> dict[str, Any]:
    """The pieces as templates know them."""
    words, telegram = whole.words, platform is Platform.TELEGRAM
    outlet = mark_link(whole.outlet, whole.original) if telegram else whole.outlet
    country = f", {whole.country}" if whole.country else ""
    return {
        "platform": str(platform),
        "headline": whole.headline,
        "lead": whole.lead,
        "link": whole.link or "",
        "read": (mark_link(words.read, whole.link) if whole.link else "") if telegram else whole.shown_link,
        "address": "" if telegram else whole.shown_link,
        "outlet": whole.outlet,
        "country": whole.country,
        "source": f"{words.source}: {outlet}{country}" if whole.outlet else "",
        "original": whole.shown_original,
        "credit": whole.credit,
        "photo": f"{words.photo}: {whole.credit}" if whole.credit else "",
        "disclaimer": whole.disclaimer,
        "hashtags": " ".join(whole.hashtags),
    }


def spans_of(whole: Pieces, platform: Platform, style: Style) -> list[Span]:
    """The article in the channel's template. The reason why it came and the mark of a correction stand below, whatever
    the template says."""
    spans = _laid_out(whole, platform, style).spans(style.fold_over)
    for line in _below(whole):
        spans += [Span("\n\n"), Span(line, italic=True)]
    return spans


def width_of(whole: Pieces, platform: Platform, style: Style) -> int:
    """How wide those spans are together."""
    return width(_laid_out(whole, platform, style).plain) + sum(width(line) + 2 for line in _below(whole))


@lru_cache(maxsize=8)
def _laid_out(whole: Pieces, platform: Platform, style: Style) -> LaidOut:
    """A template may meet an article that none of the samples foresaw: then it goes out in the plainest one. What was
    measured last is what is sent, so it is not laid out again."""
    parts = parts_of(whole, platform)
    try:
        laid_out = lay_out(style.template, parts)
    except Exception:  # noqa: BLE001 - whatever a person's template raises
        return lay_out(FULL, parts)
    return laid_out if visible(laid_out.plain) else lay_out(FULL, parts)


def _below(whole: Pieces) -> list[str]:
    return [line for line in (whole.because, *whole.follow, whole.mark) if line]


def _shown(text: str | None) -> str:
    """The text on one line, or "" when a person would see nothing of it."""
    line = tidy(text[:_RAW_LIMIT]) if text else ""
    return line if visible(line) else ""


def _name(text: str | None) -> str:
    line = _shown(text)
    return shorten(line, _NAME_LIMIT)
