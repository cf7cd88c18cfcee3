"""Several pictures of an article: which is the largest, and which are the same one in another size. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from bot.model import Image

MOST = 9
"""Pictures beyond the first: a platform's album holds ten."""
_SIZE = re.compile(
    r"(?<!\d)\d{1,4}(?:x|×|to|by)\d{1,4}(?!\d)|@[23]x"
    r"|(?<![a-z\d])(?:small|medium|x?x?large|big|full|thumb(?:nail)?|preview|orig(?:inal)?|scaled|retina|crop(?:ped)?"
    r"|master|square|landscape|portrait|\d{2,4}(?:w|px)|[wh]\d{2,4})(?![a-z\d])"
)
_VARIANT = "~_"
"""What several broadcasters set between a picture's name and that of its size."""
_EXTENSION = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
_CROPS = 3
_NEAR = 0.05


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as a source names it, with the size it tells; 0 where it tells none."""

    image: Image
    width: int = 0
    height: int = 0


def pixels(text: object) -> int:
    """A size in pixels; 0 for anything else."""
    said = str(text or "").strip().removesuffix("px")
    return int(said) if said.isdecimal() and len(said) < 6 else 0


def same(one: str, other: str) -> bool:
    """Whether two addresses are of one picture: the same file, but for its size."""
    return one == other or _stem(one) == _stem(other)


def largest(shots: Iterable[Shot]) -> Image | None:
    """The widest picture, the first where no widths are told."""
    best = max(shots, key=lambda shot: shot.width, default=None)
    return best.image if best else None


def beyond(first: Image | None, shots: Sequence[Shot]) -> tuple[Image, ...]:
    """The pictures beside the first one, each once and as large as it is there. One picture cut to several shapes, as
    search engines want it, is one picture."""
    if first is None or _are_crops(shots):
        return ()
    kept: list[Shot] = []
    for shot in shots:
        if same(shot.image.url, first.url):
            continue
        place = next((at for at, one in enumerate(kept) if same(one.image.url, shot.image.url)), None)
        if place is None:
            kept.append(shot)
        elif shot.width > kept[place].width:
            kept[place] = shot
    return tuple(shot.image for shot in kept[:MOST])


def of_one_list(image: Image | None, first: Image | None, others: tuple[Image, ...]) -> tuple[Image, ...]:
    """The other pictures of a list that `image` stands in; empty for a list that does not have it: it may show the same
    under other addresses."""
    listed = [one for one in (first, *others) if one is not None]
    if image is None or not any(same(one.url, image.url) for one in listed):
        return ()
    return tuple(one for one in listed if not same(one.url, image.url))


def from_srcset(srcset: str | None) -> str | None:
    """The candidate of a `srcset` that is told to be the widest or densest; the last where nothing is told."""
    best: tuple[float, str] | None = None
    for candidate in _candidates(srcset or ""):
        address, _, size = candidate.partition(" ")
        width = _number(size)
        if best is None or width >= best[0]:
            best = width, address
    return best[1] if best else None


def _candidates(srcset: str) -> list[str]:
    """Between commas; one without a space behind it stands inside an address."""
    parts = re.split(r",\s+|(?<=\d[wx]),", srcset[:20_000])
    return [part.strip(" ,\n\t") for part in parts if part.strip(" ,\n\t")]


def _number(size: str) -> float:
    found = re.match(r"\s*(\d{1,5}(?:\.\d{1,3})?)[wx]", size)
    return float(found[1]) if found else 0.0


def _stem(address: str) -> str:
    path = unquote(urlsplit(address).path)
    name = _EXTENSION.sub("", path.rpartition("/")[2].lower()).partition(_VARIANT)[0]
    name = _SIZE.sub("", name)
    bare = re.sub(r"[\W_]+", "-", name).strip("-")
    return bare or address


def _are_crops(shots: Sequence[Shot]) -> bool:
    """Two or three pictures without a credit, each of another shape."""
    if not 1 < len(shots) <= _CROPS or any(shot.image.credit or not (shot.width and shot.height) for shot in shots):
        return False
    shapes = sorted(shot.width / shot.height for shot in shots)
    return all(wider - narrower > _NEAR for narrower, wider in pairwise(shapes))
