"""A page's link card, looked at before a post as VK's crawler would see it."""

from __future__ import annotations

import io
from typing import Any

from bot.errors import SourceError
from bot.ports import Card
from bot.source.charset import decode
from bot.source.fetch import Fetched, Fetcher
from bot.source.links import resolve
from bot.source.markup import parse_html

CRAWLER = "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)"
"""What VK calls itself when it reads a page for its card (dev.vk.com, wall.post)."""
LEAST_WIDTH = 500
"""Pixels of a card's picture; a narrower one makes a small card (dev.vk.com, wall.post)."""


class LinkCards:
    """Reads pages as VK does: answers 200, has og:title, and an og:image that is wide enough."""

    def __init__(self, fetcher: Fetcher) -> None:
        """`fetcher` calls itself CRAWLER."""
        self._fetcher = fetcher

    async def __call__(self, address: str) -> Card:
        """What VK would make of the page at an address."""
        try:
            page = await self._fetcher.get(address)
        except SourceError as error:
            return Card(up=False, problem=str(error))
        told = open_graph(page.body, page.content_type)
        if not told.get("og:title"):
            return Card(up=True, problem=f"{address} has no og:title: VK shows a bare link. Add it to the page.")
        image = resolve(told.get("og:image") or told.get("og:image:url"), page.url)
        if not image:
            return Card(up=True, problem=f"{address} has no og:image: VK shows no card. Add one to the page.")
        return Card(up=True, problem=await self._about_picture(image, told))

    async def _about_picture(self, image: str, told: dict[str, str]) -> str | None:
        try:
            picture = await self._fetcher.get(image)
        except SourceError as error:
            return f"the og:image {image} can't be read, so VK shows no card: {error}"
        width = _width(picture) or _number(told.get("og:image:width"))
        if width is None:
            return f"the og:image {image} is no picture that VK reads: JPG, PNG or GIF, please."
        if width < LEAST_WIDTH:
            return f"the og:image {image} is {width} pixels wide: VK shows a large card from {LEAST_WIDTH} on."
        return None


def open_graph(body: bytes, content_type: str | None) -> dict[str, str]:
    """The first of each of a page's `og:` properties."""
    try:
        root = parse_html(decode(body, content_type))
    except SourceError:
        return {}
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = str(meta.get("property") or meta.get("name") or "").strip().lower()
        if name.startswith("og:"):
            found.setdefault(name, str(meta.get("content") or "").strip())
    return found


def _width(picture: Fetched) -> int | None:
    """As the file itself says; None for what is no picture of a kind we know."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - half a second that most runs of the bot don't need

    try:
        with Image.open(io.BytesIO(picture.body)) as opened:
            size: tuple[Any, Any] = opened.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    return int(size[0])


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 else None
