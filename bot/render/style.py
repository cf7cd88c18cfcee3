"""How a place wants its articles to look, and the few words that rendering adds to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Style:
    """The look of an article at a place.

    `image`: "preview" is the large link card, "photo" the picture itself with a caption (Telegram only), "none" no
    picture. `preview_above` puts the card above the text. `silent`: without a sound for followers. `mark`: a last
    line in italics, such as "updated 14:05".
    """

    language: Literal["ru", "en"] = "ru"
    image: Literal["preview", "photo", "none"] = "preview"
    preview_above: bool = False
    max_hashtags: int = 6
    silent: bool = False
    disclaimer: bool = True
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


_LABELS = {
    "ru": Labels(
        "Читать полностью", "Источник", "Фото", "оригинал", "Без заголовка", "обновлено", "Публикация отозвана"
    ),
    "en": Labels("Read in full", "Source", "Photo", "the original", "Untitled", "updated", "Retracted"),
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
