"""Several articles in one post: their headlines, each with its outlet and its link. Pure and total.

No article is left out of what is asked for, as long as `most_together` was asked before: headlines are cut alike, at
words, until all of them fit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.looks import Look
from bot.model import Article, Place, Platform, Post, Receipt, Slot, digest
from bot.render import telegram, vk
from bot.render.article import Pieces, hashtags, parts_of, pieces
from bot.render.readymade import ROUNDUP
from bot.render.shorten import hard_cut, shorten, width
from bot.render.style import Style, labels
from bot.render.template import LaidOut, lay_out
from bot.render.text import MAX_ENTITY_BYTES, Text
from bot.render.typography import visible
from bot.talk import Button

MOST = 20
"""How many articles a person still reads through."""
_LEAST_HEADLINE, _LONGEST_HEADLINE = 60, 300
_DISCLAIMER_LIMIT = 600
_LINK_BYTES = 120
"""What an entity costs beside its address."""
_SIGN = "•"

Rows = Sequence[Sequence[Button]]


def name_of(articles: Sequence[Article]) -> str:
    """What this very round-up is known by."""
    return digest("\n".join(article.key for article in articles))


def most_together(articles: Sequence[Article], place: Place, style: Style) -> int:
    """How many of these, from the first on, one post can hold with headlines that say something; at least one."""
    return _most(articles, _stories(articles[:MOST], place, style), place, style)


def _most(articles: Sequence[Article], stories: Sequence[Pieces], place: Place, style: Style) -> int:
    for count in range(len(stories), 1, -1):
        if _links_cost(stories[:count]) <= MAX_ENTITY_BYTES:
            tight = _laid_out(stories[:count], articles[:count], place, style, _LEAST_HEADLINE)
            if width(tight.plain) <= _limit(place, public=False):
                return count
    return 1


def look(articles: Sequence[Article], place: Place, style: Style) -> Look:
    """The round-up for a channel or a wall."""
    text, cut = _fitted(articles, place, style, _limit(place, public=True))
    if place.platform is Platform.TELEGRAM:
        said = Text.of(text.spans())
        return Look(telegram.plain_post(said, place, style), said.width, telegram.TEXT_LIMIT, cut)
    guid = digest(str(Slot(name_of(articles), place)))
    return Look(vk.plain_post(text.plain, place, style, guid=guid), width(text.plain), vk.WALL_LIMIT, cut)


def correction(articles: Sequence[Article], place: Place, style: Style, receipt: Receipt) -> Post:
    """The edit that makes a round-up say what these articles say now."""
    post = look(articles, place, style).post
    if place.platform is Platform.TELEGRAM:
        return telegram.edited(post, receipt)
    return vk.edited(post, receipt, keeps=True)


def roundup(
    articles: Sequence[Article],
    place: Place,
    style: Style,
    *,
    heading: str | None = None,
    because: str | None = None,
    buttons: Rows = (),
) -> Post:
    """The round-up as a message to a reader, with the reason why it came."""
    text, _ = _fitted(articles, place, replace(style, mark=""), _limit(place, public=False), heading, because)
    if place.platform is Platform.TELEGRAM:
        return telegram.plain_message(Text.of(text.spans()), place, style, buttons)
    return vk.plain_message(text.plain, place, name_of(articles), buttons)


def roundup_edit_for(
    articles: Sequence[Article],
    place: Place,
    style: Style,
    receipt: Receipt,
    *,
    because: str | None = None,
    buttons: Rows = (),
) -> Post:
    """What makes a round-up that a reader has say what its articles say now; with the style's mark."""
    text, _ = _fitted(articles, place, style, _limit(place, public=False), None, because)
    if place.platform is Platform.TELEGRAM:
        return telegram.edited(telegram.plain_message(Text.of(text.spans()), place, style, buttons), receipt)
    return vk.edited(vk.plain_message(text.plain, place, name_of(articles), buttons), receipt)


def _limit(place: Place, *, public: bool) -> int:
    if place.platform is Platform.TELEGRAM:
        return telegram.TEXT_LIMIT
    return vk.WALL_LIMIT if public else vk.MESSAGE_LIMIT


def _stories(articles: Sequence[Article], place: Place, style: Style) -> list[Pieces]:
    found = [pieces(article, style) for article in articles]
    return found if place.platform is Platform.TELEGRAM else [vk.in_text(whole) for whole in found]


def _links_cost(stories: Sequence[Pieces]) -> int:
    return sum(len((story.link or "").encode("utf-8", "replace")) + _LINK_BYTES for story in stories)


def _fitted(
    articles: Sequence[Article],
    place: Place,
    style: Style,
    limit: int,
    heading: str | None = None,
    because: str | None = None,
) -> tuple[LaidOut, tuple[str, ...]]:
    """The longest headlines with which all of it fits, and what was cut."""
    stories = _stories(articles[:MOST], place, style)
    count = _most(articles, stories, place, style)
    articles, stories = articles[:count], stories[:count]

    def laid(room: int) -> LaidOut:
        return _laid_out(stories, articles, place, style, room, heading, because)

    whole = laid(_LONGEST_HEADLINE)
    if width(whole.plain) <= limit:
        return whole, _cuts(stories, _LONGEST_HEADLINE)
    room = bisect_right(range(1, _LONGEST_HEADLINE), limit, key=lambda room: width(laid(room).plain))
    return laid(max(room, 1)), _cuts(stories, room)


def _cuts(stories: Sequence[Pieces], room: int) -> tuple[str, ...]:
    long = sum(width(story.headline) > room for story in stories)
    return (f"headlines: {long} are cut to {room} characters",) if long else ()


def _laid_out(
    stories: Sequence[Pieces],
    articles: Sequence[Article],
    place: Place,
    style: Style,
    room: int,
    heading: str | None = None,
    because: str | None = None,
) -> LaidOut:
    words = labels(style.language)
    local = place.platform is Platform.VK and style.local_tags
    tags = hashtags(tuple(tag for article in articles for tag in article.tags), style.max_hashtags)
    disclaimers = dict.fromkeys(story.disclaimer for story in stories if story.disclaimer)
    parts: dict[str, Any] = {
        "platform": str(place.platform),
        "heading": heading or words.roundup,
        "sign": _SIGN,
        "stories": [parts_of(replace(story, headline=_cut(story.headline, room)), place.platform) for story in stories],
        "disclaimer": shorten(" ".join(disclaimers), _DISCLAIMER_LIMIT),
        "hashtags": " ".join(f"{tag}@{style.local_tags}" if local else tag for tag in tags),
        "because": because or "",
        "mark": style.mark,
    }
    try:
        found = lay_out(style.roundup, parts)
    except Exception:  # noqa: BLE001 - whatever a person's template raises
        return lay_out(ROUNDUP, parts)
    return found if visible(found.plain) else lay_out(ROUNDUP, parts)


def _cut(headline: str, room: int) -> str:
    return shorten(headline, room) or hard_cut(headline, room)
