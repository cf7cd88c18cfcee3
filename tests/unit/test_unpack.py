"""What servers pack is unpacked, and never further than the limit."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from functools import partial

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bot.source.unpack import UnpackError, unpacked

LIMIT = 1_000_000


def bare_deflate(body: bytes) -> bytes:
    """As some servers send it: without zlib's head."""
    pack = zlib.compressobj(wbits=-15)
    return pack.compress(body) + pack.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "br": ("br", partial(brotli.compress, quality=1)),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
}
packed = pytest.mark.parametrize(("encoding", "pack"), PACKERS.values(), ids=PACKERS.keys())


@packed
@given(body=st.binary(max_size=3000))
def test_every_packing_is_undone(encoding: str, pack: Callable[[bytes], bytes], body: bytes) -> None:
    """Any bytes come back, also through two layers."""
    assert unpacked(pack(body), encoding, LIMIT) == body
    assert unpacked(gzip.compress(pack(body)), f"{encoding}, GZIP", LIMIT) == body


@packed
def test_a_bomb_stops_at_the_limit(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """A hundred megabytes of nothing: in no time, and one byte beyond the limit, so that the caller sees it."""
    bomb = pack(bytes(100_000_000))
    started = time.process_time()
    assert len(unpacked(bomb, encoding, LIMIT)) == LIMIT + 1
    assert time.process_time() - started < 0.5


@packed
def test_half_an_answer_is_an_error(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """The connection broke; what came is not taken for the whole."""
    whole = pack(bytes(range(256)) * 40)
    with pytest.raises(UnpackError):
        unpacked(whole[: len(whole) // 2], encoding, LIMIT)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip, gzip", "\x00"])
def test_nonsense_is_an_error(encoding: str) -> None:
    """Neither packed so, nor a packing anybody knows."""
    with pytest.raises(UnpackError):
        unpacked(b"<rss>no bytes of any packing</rss>", encoding, LIMIT)


def test_what_is_not_packed_stays() -> None:
    """Nothing, or "identity"."""
    for said in (None, "", "identity"):
        assert unpacked(b"x", said, LIMIT) == b"x"


def test_members_one_after_another_are_one_body() -> None:
    """As `cat a.gz b.gz` makes them."""
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", LIMIT) == b"ab"
