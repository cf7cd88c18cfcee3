"""What a picture of numbers shows, as plain values: panels one under another, over the same days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Series:
    """A number for each label of the chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars stand on one another, those below zero hang; lines cross."""

    title: str
    series: tuple[Series, ...]
    form: Literal["bars", "lines"] = "bars"


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` stand under the last panel."""

    title: str
    labels: tuple[str, ...]
    panels: tuple[Panel, ...]


def series(names: Iterable[tuple[str, Iterable[float]]]) -> tuple[Series, ...]:
    """Those that have anything but zeros."""
    found = [Series(name, tuple(values)) for name, values in names]
    return tuple(one for one in found if any(one.values))
