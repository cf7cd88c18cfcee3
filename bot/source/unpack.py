"""What servers pack for the way: gzip, deflate, Brotli, Zstandard, unpacked no further than a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import brotli
import zstandard

ACCEPTED = "gzip, deflate, br, zstd"
MOST_LAYERS = 2
_STEP = 64 * 1024
_GZIP = 31
_DROP = 64
"""Bytes of Zstandard unpacked at a time: four of them may become 128 KiB."""
_WINDOW = 8 * 1024 * 1024
"""The memory a Zstandard stream may ask for (RFC 8878, section 3.1.1.1.2, and every browser)."""


class UnpackError(ValueError):
    """Bytes that are not what they are said to be, or a packing nobody knows."""


def unpacked(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body behind a Content-Encoding, as far as one byte beyond the limit. Raises UnpackError."""
    layers = [name for part in (encoding or "").split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(layers) > MOST_LAYERS:
        raise UnpackError("packed too many times")
    for layer in reversed(layers):
        body = _bounded(_pieces(body, layer), limit)
    return body


def _bounded(pieces: Iterator[bytes], limit: int) -> bytes:
    found = bytearray()
    try:
        for piece in pieces:
            found += piece
            if len(found) > limit:
                break
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise UnpackError(str(error)) from error
    return bytes(found[: limit + 1])


def _pieces(body: bytes, layer: str) -> Iterator[bytes]:
    if layer in ("gzip", "x-gzip"):
        return _inflated(body, _GZIP)
    if layer == "deflate":
        # RFC 9110 means zlib's format; some servers send it bare
        return _inflated(body, 15 if body[:1] and body[0] & 0x0F == 8 else -15)
    if layer == "br":
        return _brotli(body)
    if layer == "zstd":
        return _zstandard(body)
    raise UnpackError(f"packed as {layer[:40]}")


def _inflated(body: bytes, bits: int) -> Iterator[bytes]:
    while body:
        inflate = zlib.decompressobj(wbits=bits)
        rest = body
        while not inflate.eof:
            if not rest:
                raise UnpackError("cut off")
            yield inflate.decompress(rest, _STEP)
            rest = inflate.unconsumed_tail
        body = inflate.unused_data.lstrip(b"\0") if bits == _GZIP else b""


def _brotli(body: bytes) -> Iterator[bytes]:
    unpack = brotli.Decompressor()
    piece = unpack.process(body, output_buffer_limit=_STEP)
    while piece or not unpack.is_finished():
        yield piece
        if not piece and unpack.can_accept_more_data():
            raise UnpackError("cut off")
        piece = unpack.process(b"", output_buffer_limit=_STEP)


def _zstandard(body: bytes) -> Iterator[bytes]:
    while body:
        unpack = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj(write_size=_STEP)
        for start in range(0, len(body), _DROP):
            yield unpack.decompress(body[start : start + _DROP])
            if unpack.eof:
                body = unpack.unused_data + body[start + _DROP :]
                break
        else:
            raise UnpackError("cut off")
