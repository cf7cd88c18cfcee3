"""A picture by its address, for platforms that want it uploaded."""

from __future__ import annotations

import structlog

from bot.errors import SourceError
from bot.source.fetch import Fetcher

log = structlog.get_logger(__name__)

LARGEST = 10 * 1024 * 1024
"""Bytes of a photo that Telegram takes (core.telegram.org/bots/api, Sending files)."""
_SIGNS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")


class Pictures:
    """Fetches pictures under the same guard and limits as pages."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def __call__(self, address: str) -> bytes | None:
        """The picture, or None: it can't be read, is too big, or is no JPEG, PNG, GIF or WebP."""
        try:
            body = (await self._fetcher.get(address)).body
        except SourceError as error:
            log.info("picture_unread", url=address, error=str(error))
            return None
        webp = body[:4] == b"RIFF" and body[8:12] == b"WEBP"
        return body if len(body) <= LARGEST and (webp or body.startswith(_SIGNS)) else None
