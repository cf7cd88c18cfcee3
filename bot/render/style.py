"""How a place wants its articles to look, and the few words that rendering adds to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Style:
    """The look of an article at a place.

    `image`: "preview" is the large link card, "photo" the picture itself with a caption (Telegram only), "none" no
    picture. `preview_above` puts the card above the text. `silent`: without a sound for followers.
    """

    language: Literal["ru", "en"] = "ru"
    image: Literal["preview", "photo", "none"] = "preview"
    preview_above: bool = False
    max_hashtags: int = 6
    silent: bool = False
    disclaimer: bool = True


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that stand around an article. `original` names a source whose name is not known."""

    read: str
    source: str
    photo: str
    original: str
    untitled: str


_LABELS = {
    "ru": Labels("Читать полностью", "Источник", "Фото", "оригинал", "Без заголовка"),
    "en": Labels("Read in full", "Source", "Photo", "the original", "Untitled"),
}


def labels(language: str) -> Labels:
    """The words in a language; English where there are none."""
    return _LABELS.get(language, _LABELS["en"])
