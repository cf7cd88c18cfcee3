"""What became of a campaign's messages, seven bytes a reader. Pure.

A record is a number, minutes since the campaign began, and a kind: untouched, claimed (the number is when the claim
ends, in seconds since the campaign began; in the place of the minutes stands a random number, by which the claimer
knows its own), told elsewhere (there is a word in the readers' ledger), or sent (the number is the message's id; the
kinds from SENT on name what was said, see `campaigns`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH = 7
CLAIMED, ELSEWHERE, SENT = 1, 2, 16
UNTOUCHED = bytes(WIDTH)
TOLD_ELSEWHERE = struct.pack("<IHB", 0, 0, ELSEWHERE)
MOST_NUMBER, MOST_MINUTES, MOST_KINDS = 0xFFFF_FFFF, 0xFFFF, 256 - SENT
_RECORD = struct.Struct("<IHB")
_CLAIMED, _SETTLED = struct.Struct("<I7s"), struct.Struct("<I7s6sH")
"""As the scripts CLAIM and SETTLE of `campaign_scripts` unpack them: 11 and 19 bytes."""


@dataclass(frozen=True, slots=True)
class Ack:
    """One record. `number` and `minutes` mean what the kind says."""

    number: int
    minutes: int
    kind: int


def claim(until: int, mark: int) -> bytes:
    """A claim that ends so many seconds after the campaign began."""
    return _RECORD.pack(until, mark, CLAIMED)


def sent(message_id: str, minutes: int) -> bytes | None:
    """A message that is there, but for its kind; None when it doesn't fit into a record."""
    number = int(message_id) if message_id.isdecimal() and len(message_id) <= len(str(MOST_NUMBER)) else 0
    if not 0 < number <= MOST_NUMBER or not 0 <= minutes <= MOST_MINUTES:
        return None
    return _RECORD.pack(number, minutes, 0)[:-1]


def packed(ack: Ack) -> bytes:
    """A record as it stands in redis."""
    return _RECORD.pack(ack.number, ack.minutes, ack.kind)


def packed_claims(batch: Iterable[tuple[int, bytes]]) -> bytes:
    """Ranks and records, as a script takes them: one argument for all is much quicker than one for each."""
    return b"".join([_CLAIMED.pack(rank, record) for rank, record in batch])


def packed_ends(batch: Sequence[tuple[int, bytes, bytes, str]]) -> list[bytes | str]:
    """Ranks, claims, what `sent` gave, and the place in this list, counted from one, of what was said; then all that
    was said, each once."""
    said = {text: place for place, text in enumerate(dict.fromkeys(text for *_, text in batch), 2)}
    return [b"".join([_SETTLED.pack(rank, claim, there, said[text]) for rank, claim, there, text in batch]), *said]


def fence(record: bytes) -> int:
    """The number of a claim."""
    return int.from_bytes(record[:-1], "big")


def kinds(acks: bytes) -> bytes:
    """The kind of every record, a byte each: found by slicing, so that a million take a millisecond."""
    return acks[WIDTH - 1 :: WIDTH]


def at(acks: bytes, rank: int) -> Ack:
    """One record of them."""
    return Ack(*_RECORD.unpack_from(acks, rank * WIDTH))


def each(acks: bytes) -> Iterator[tuple[int, Ack]]:
    """Every record with its rank."""
    for rank, record in enumerate(_RECORD.iter_unpack(acks)):
        yield rank, Ack(*record)


def claimed(acks: bytes) -> list[tuple[int, Ack]]:
    """The claims among them."""
    found, position, all_kinds = [], -1, kinds(acks)
    while (position := all_kinds.find(CLAIMED, position + 1)) >= 0:
        found.append((position, at(acks, position)))
    return found
