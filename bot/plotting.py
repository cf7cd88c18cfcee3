"""Charts drawn by matplotlib, in a thread: it takes a second to wake and half a one to draw.

The figure is made without pyplot, which keeps state of its own and wants the main thread. The drawing library is
imported when the first picture is asked for.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.charts import Chart, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, PANEL_HEIGHT = 8.0, 2.6
"""Inches; a phone shows a picture a little higher than wide best."""
DOTS = 120
COLOURS = ("#2a6fb0", "#e08a1e", "#3a9a5b", "#b5475d", "#7a5aa8", "#4aa6b5", "#8c8c3c", "#8a6a58")
MOST_LABELS = 10
LONGEST_NAME = 28
_UNKNOWN = "·"


async def draw(chart: Chart) -> bytes:
    """A PNG."""
    return await asyncio.to_thread(_drawn, chart)


def _drawn(chart: Chart) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy, and most bots never draw

    height = PANEL_HEIGHT * max(1, len(chart.panels)) + 0.8
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS, layout="constrained")
    figure.suptitle(_plain(chart.title), parse_math=False, fontsize=13)
    axes = figure.subplots(len(chart.panels) or 1, 1, squeeze=False)[:, 0]
    for panel, where in zip(chart.panels, axes, strict=False):
        _draw_panel(panel, where, len(chart.labels))
    step = max(1, -(-len(chart.labels) // MOST_LABELS))
    for where in axes:
        where.set_xticks(range(0, len(chart.labels), step))
        where.set_xticklabels([_plain(one) for one in chart.labels[::step]], parse_math=False, fontsize=8)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _draw_panel(panel: Panel, axes: Axes, count: int) -> None:
    above, below = [0.0] * count, [0.0] * count
    drawn: list[tuple[Any, str]] = []
    for number, one in enumerate(panel.series):
        colour, name = COLOURS[number % len(COLOURS)], _plain(one.name)[:LONGEST_NAME]
        if panel.form == "lines":
            drawn.append((axes.plot(range(count), one.values, color=colour, marker="o", markersize=3)[0], name))
            continue
        base = [high if value >= 0 else low for value, high, low in zip(one.values, above, below, strict=True)]
        drawn.append((axes.bar(range(count), one.values, bottom=base, color=colour, width=0.8), name))
        above = [high + max(value, 0) for value, high in zip(one.values, above, strict=True)]
        below = [low + min(value, 0) for value, low in zip(one.values, below, strict=True)]
    axes.set_title(_plain(panel.title), parse_math=False, fontsize=10, loc="left")
    axes.locator_params(axis="y", integer=True, nbins=5)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if drawn:
        handles, names = [one for one, _ in drawn], [name for _, name in drawn]
        legend = axes.legend(handles, names, fontsize=8, frameon=False, loc="upper left", ncols=min(4, len(names)))
        for text in legend.get_texts():
            text.set_parse_math(False)


def _plain(text: str) -> str:
    """What the font of the pictures has signs for: a missing one is a warning each time, and an empty box."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415 - heavy, see above

    known = get_font(findfont("DejaVu Sans")).get_charmap()
    return "".join(char if ord(char) in known else _UNKNOWN for char in text)
