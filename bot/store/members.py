"""Sets of reader numbers as the audience keeps them: a short array while they are few, a roaring bitmap when many.

A bitmap has some hundred bytes of its own, and most tags have a handful of readers.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable

from pyroaring import BitMap

FEW = 16
"""From here on a bitmap; back to an array at half of it, so that a set on the edge keeps its shape. Less memory would
be used with more of them, but bitmaps are united in half the time."""

Members = array | BitMap  # type: ignore[type-arg]  # an array of unsigned 32-bit integers; typeshed's array can't be subscripted in 3.11's isinstance


def few(numbers: Iterable[int] = ()) -> array[int]:
    """A short array."""
    return array("I", numbers)


def with_one(members: Members | None, number: int) -> Members:
    """The set with one more; the set given may be changed."""
    if members is None:
        return few((number,))
    if isinstance(members, BitMap):
        members.add(number)
        return members
    if number not in members:
        members.append(number)
    return BitMap(members) if len(members) > FEW else members


def without(members: Members, number: int) -> Members | None:
    """The set with one less, or None when nothing is left; the set given may be changed."""
    if isinstance(members, BitMap):
        members.discard(number)
        return few(members) if len(members) <= FEW // 2 else members
    if number in members:
        members.remove(number)
    return members or None


def union(sets: Iterable[Members | None]) -> BitMap:
    """All of them together, but for those that are None; a set of its own.

    One after the other: with a handful of readers in each, which is the rule, that takes a quarter of the time of
    pyroaring's union of many, and with half a million it takes as long.
    """
    found = BitMap()
    short: list[array[int]] = []
    for members in sets:
        if isinstance(members, BitMap):
            found |= members
        elif members:
            short.append(members)
    if short:
        found.update(array("I", b"".join(short)))
    return found


def packed(members: Members) -> bytes:
    """As bytes: a mark, then little-endian numbers or a serialised bitmap."""
    if isinstance(members, BitMap):
        members.run_optimize()
        return b"b" + members.serialize()
    return b"a" + _little(members).tobytes()


def unpacked(raw: bytes) -> Members:
    """The reverse. Raises ValueError for what was never packed here."""
    if raw[:1] == b"b":
        return BitMap.deserialize(raw[1:])
    if raw[:1] != b"a":
        raise ValueError("not a packed set of readers")
    members = few()
    members.frombytes(raw[1:])
    return _little(members)


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "little":
        return numbers
    swapped = array("I", numbers)
    swapped.byteswap()
    return swapped
