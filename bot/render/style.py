"""How a place wants its articles to look, and the few words that rendering adds to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.render.readymade import FULL, ROUNDUP


@dataclass(frozen=True, slots=True)
class Style:
    """The look of an article at a place.

    `image`: "preview" is the link's large card, "photo" the picture itself (on VK with a user key), "none" no picture.
    `preview_above` puts the card above the text. `silent`: without a sound for followers; `protect`: nobody can forward
    it. `template` and `roundup` are texts of templates (see `readymade`). `typography`: marks and spaces are set as a
    typesetter would. `prefix`: whether "Outlet: what happened" keeps its outlet, or leaves it to the outlet's own line.
    `fold_over`: a longer lead is folded (0: never). `local_tags`: the page's short name in VK's `#tag@page`.
    `utm`: parameters added to the article's address. `bot` is the bot's username, and `group` the community's number on
    VK, for `subscribe_buttons` under a post. `first_comment`, a template, and `short_links` are VK's. `mark`: a last
    line in italics, such as "updated 14:05".
    """

    language: Literal["ru", "en"] = "ru"
    image: Literal["preview", "photo", "none"] = "preview"
    preview_above: bool = False
    max_hashtags: int = 6
    silent: bool = False
    protect: bool = False
    disclaimer: bool = True
    template: str = FULL
    roundup: str = ROUNDUP
    typography: bool = True
    prefix: Literal["keep", "move"] = "keep"
    fold_over: int = 700
    local_tags: str = ""
    utm: tuple[tuple[str, str], ...] = ()
    bot: str = ""
    group: int = 0
    subscribe_buttons: int = 0
    first_comment: str = ""
    short_links: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that stand around an article. `original` names a source whose name is not known."""

    read: str
    source: str
    photo: str
    original: str
    untitled: str
    updated: str
    retracted: str
    follow: str
    roundup: str


_LABELS = {
    "ru": Labels(
        read="Читать полностью",
        source="Источник",
        photo="Фото",
        original="оригинал",
        untitled="Без заголовка",
        updated="обновлено",
        retracted="Публикация отозвана",
        follow="Подписаться на",
        roundup="Коротко",
    ),
    "en": Labels(
        read="Read in full",
        source="Source",
        photo="Photo",
        original="the original",
        untitled="Untitled",
        updated="updated",
        retracted="Retracted",
        follow="Follow",
        roundup="In brief",
    ),
}


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def labels(language: str) -> Labels:
    """The words in a language; English where there are none."""
    return _LABELS.get(language, _LABELS["en"])


def updated_mark(language: str, at: datetime, posted_at: datetime) -> str:
    """The mark of a correction, in the time zone of `at`; with the day when the post is of another day."""
    hour = f"{at:%H:%M}"
    if posted_at.astimezone(at.tzinfo).date() != at.date():
        day = f"{at:%d.%m} в" if language == "ru" else f"{at.day} {_MONTHS[at.month - 1]},"
        hour = f"{day} {hour}"
    return f"{labels(language).updated} {hour}"
