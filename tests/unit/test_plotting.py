"""Pictures of numbers are pictures, whatever stands in them."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

from PIL import Image

from bot.charts import Chart, Panel, Series
from bot.plotting import draw


async def test_a_chart_becomes_a_png_without_a_warning() -> None:
    """Names of channels are anything: signs that the font lacks, and dollars, which the library takes for formulas."""
    bars = Panel("Постов $x_{$", (Series("главный 😀 漢字", (1, 0, 2)), Series("$\\frac{$", (0, -1, 3))))
    chart = Chart("Цифры 😀", ("01.03", "02.03", "03.03"), (bars, Panel("", (Series("", (1, 2, 3)),), "lines")))
    picture = Image.open(BytesIO(await draw(chart)))
    assert picture.format == "PNG"
    assert picture.width > picture.height / 2 > 200


async def test_nothing_at_all_is_drawn_too() -> None:
    """A new newsroom has no numbers yet."""
    assert Image.open(BytesIO(await draw(Chart("", (), ())))).format == "PNG"


def test_a_bot_that_draws_nothing_does_not_wake_the_library() -> None:
    """It takes a second and 60 MB."""
    asks = "import sys, bot.service; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0
