"""The newsroom's pictures: flat drawings of 1200x630, the same for the same article every time."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

WIDTH, HEIGHT = 1200, 630
_SKIES = (
    ("#fde8d0", "#f4a672", "#c8553d", "#7d3b3b", "#3a2a3a"),
    ("#e6f1f4", "#a9cfd6", "#5f9ea6", "#2f6b78", "#17414d"),
    ("#fff3d6", "#f3cf7a", "#8fa35a", "#4f7a4c", "#28503c"),
    ("#f3e6f1", "#d3a8cf", "#8f6fae", "#56478a", "#2b2a5c"),
    ("#fbe4dc", "#eeb4a8", "#6f8fb0", "#3f5f88", "#22385c"),
)
_NIGHT = ("#0d1730", "#1f2f5a", "#41558c", "#26365f", "#121c38")
Palette = tuple[str, str, str, str, str]


def picture(slug: str, scene: str) -> str:
    """The drawing as SVG. An unknown scene is a hilly one."""
    dice = Random(slug)  # noqa: S311 - a picture is no secret
    palette = _NIGHT if scene == "night" else dice.choice(_SKIES)
    drawing = _SCENES.get(scene, _hills)(dice, palette)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{palette[0]}"/>'
        f'<stop offset="1" stop-color="{palette[1]}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>{drawing}</svg>\n'
    )


def _circle(x: float, y: float, radius: float, fill: str, opacity: float = 1.0) -> str:
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}" fill="{fill}" opacity="{opacity:.2f}"/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, round_: float = 0) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="{round_:.0f}" fill="{fill}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float) -> str:
    ends = f'x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{width:.0f}" stroke-linecap="round"/>'


def _ridge(dice: Random, level: float, height: float, fill: str, waves: float = 2.0) -> str:
    """A rolling silhouette from one edge to the other."""
    shift, second = dice.uniform(0, math.tau), dice.uniform(0, math.tau)
    points = []
    for step in range(61):
        x = step * WIDTH / 60
        turn = x / WIDTH * math.tau
        y = level - height * (0.6 * math.sin(turn * waves + shift) + 0.4 * math.sin(turn * waves * 2.3 + second))
        points.append(f"{x:.0f} {y:.0f}")
    return f'<path d="M0 {HEIGHT} L{" L".join(points)} L{WIDTH} {HEIGHT} Z" fill="{fill}"/>'


def _sun(dice: Random, fill: str = "#fff6e0") -> str:
    x, y, radius = dice.uniform(220, 980), dice.uniform(120, 220), dice.uniform(55, 85)
    return _circle(x, y, radius * 1.7, fill, 0.25) + _circle(x, y, radius, fill, 0.95)


def _hills(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice)]
    for number, fill in enumerate(palette[2:]):
        parts.append(_ridge(dice, 360 + number * 90, 70 - number * 12, fill, 1.4 + number * 0.5))
    for _ in range(9):
        x, size = dice.uniform(40, 1160), dice.uniform(24, 44)
        parts.append(
            f'<path d="M{x:.0f} {600 - size * 2.4:.0f} l{size:.0f} {size * 2.4:.0f} h-{size * 2:.0f} z" '
            f'fill="{palette[4]}"/>'
        )
    return "".join(parts)


def _sea(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice)]
    for number, fill in enumerate(palette[2:]):
        parts.append(_ridge(dice, 390 + number * 80, 16, fill, 4 + number))
    x = dice.uniform(300, 800)
    parts.append(f'<path d="M{x:.0f} 420 h190 l-34 44 h-122 z" fill="#fffaf0"/>')
    parts.append(f'<path d="M{x + 92:.0f} 408 V230 L{x + 190:.0f} 400 Z" fill="#fffaf0" opacity=".95"/>')
    parts.append(f'<path d="M{x + 82:.0f} 408 V260 L{x + 14:.0f} 400 Z" fill="{palette[1]}"/>')
    for _ in range(4):
        bird_x, bird_y = dice.uniform(80, 1120), dice.uniform(70, 240)
        wings = f"M{bird_x:.0f} {bird_y:.0f} q14 -16 28 0 q14 -16 28 0"
        parts.append(f'<path d="{wings}" fill="none" stroke="{palette[4]}" stroke-width="5" stroke-linecap="round"/>')
    return "".join(parts)


def _night(dice: Random, palette: Palette) -> str:
    parts = [_circle(dice.uniform(0, WIDTH), dice.uniform(0, 420), dice.uniform(1, 3.4), "#fdf6dd") for _ in range(120)]
    x, y = dice.uniform(300, 900), dice.uniform(150, 240)
    parts += [
        _circle(x, y, 95, "#f2d9a0"),
        _circle(x + 30, y - 18, 22, "#dcbf80"),
        _circle(x - 34, y + 26, 14, "#dcbf80"),
    ]
    ring = f'cx="{x:.0f}" cy="{y:.0f}" rx="168" ry="34" transform="rotate(-18 {x:.0f} {y:.0f})"'
    parts.append(f'<ellipse {ring} fill="none" stroke="#e9e2cf" stroke-width="9" opacity=".75"/>')
    parts += [_ridge(dice, 480 + number * 60, 40, fill, 1.5 + number) for number, fill in enumerate(palette[3:])]
    dome = dice.uniform(150, 950)
    parts.append(f'<path d="M{dome:.0f} 540 a70 70 0 0 1 140 0 z" fill="#d9deea"/>')
    parts.append(_rect(dome, 538, 140, 62, "#b5bdd1") + _rect(dome + 62, 470, 18, 62, palette[0]))
    return "".join(parts)


def _rails(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice), _ridge(dice, 350, 70, palette[2], 1.3), _ridge(dice, 430, 36, palette[3], 2)]
    parts.append(_rect(0, 500, WIDTH, 130, palette[4]) + _rect(0, 498, WIDTH, 8, "#e9dcc3"))
    parts += [_rect(60 + number * 220, 506, 26, 124, palette[3]) for number in range(6)]
    x = dice.uniform(80, 240)
    for car in range(4):
        left = x + car * 212
        parts.append(_rect(left, 396, 200, 92, "#fffaf0", 16) + _rect(left, 452, 200, 18, "#c8553d"))
        parts += [_rect(left + 20 + window * 44, 414, 30, 28, palette[3], 5) for window in range(4)]
        parts += [_circle(left + 44, 490, 11, "#2b2622"), _circle(left + 156, 490, 11, "#2b2622")]
    return "".join(parts)


def _garden(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice), _ridge(dice, 380, 60, palette[2], 1.2), _ridge(dice, 470, 26, palette[3], 2)]
    petals = ("#e8604c", "#f2b134", "#fff3e0", "#d66a9a", "#7a5ea8")
    for number in range(26):
        x, y, size = 30 + number * 46 + dice.uniform(-14, 14), dice.uniform(430, 560), dice.uniform(15, 27)
        parts.append(_line(x, y, x, HEIGHT, palette[4], 5))
        fill = dice.choice(petals)
        for leaf in range(6):
            turn = leaf / 6 * math.tau
            parts.append(_circle(x + math.cos(turn) * size, y + math.sin(turn) * size, size * 0.62, fill))
        parts.append(_circle(x, y, size * 0.6, "#5b3a1e"))
    return "".join(parts)


def _city(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice)]
    for row, fill in enumerate(palette[2:]):
        x = -20.0
        while x < WIDTH:
            width, height = dice.uniform(70, 140), dice.uniform(120, 300) - row * 40
            top = 560 + row * 40 - height
            peak = f"{x + width / 2:.0f} {top - dice.uniform(10, 70):.0f}"
            roof = f"M{x:.0f} {top + 1:.0f} L{peak} L{x + width:.0f} {top + 1:.0f} z"
            parts.append(_rect(x, top, width, HEIGHT, fill) + f'<path d="{roof}" fill="{fill}"/>')
            lit = [
                (x + 14 + column * 26, top + 40 + floor * 38)
                for column in range(int(width // 32))
                for floor in range(4)
            ]
            parts += [_rect(left, high, 12, 18, "#ffe9b0", 2) for left, high in lit if dice.random() < 0.45]
            x += width + dice.uniform(2, 18)
    return "".join(parts)


def _kitchen(dice: Random, palette: Palette) -> str:
    parts = [_rect(0, 430, WIDTH, 200, palette[3]), _rect(0, 430, WIDTH, 14, palette[2])]
    parts += [
        _circle(dice.uniform(0, WIDTH), dice.uniform(30, 360), dice.uniform(30, 90), palette[1], 0.35) for _ in range(9)
    ]
    x = dice.uniform(380, 620)
    parts.append(f'<ellipse cx="{x:.0f}" cy="452" rx="250" ry="34" fill="{palette[4]}" opacity=".35"/>')
    parts.append(f'<path d="M{x - 190:.0f} 300 h380 q-10 150 -190 150 t-190 -150 z" fill="#fffaf0"/>')
    parts.append(f'<ellipse cx="{x:.0f}" cy="300" rx="190" ry="36" fill="#c8553d"/>')
    for _ in range(14):
        parts.append(
            _circle(
                x + dice.uniform(-150, 150),
                300 + dice.uniform(-20, 20),
                dice.uniform(6, 13),
                dice.choice(("#f2b134", "#8fa35a", "#fff3e0")),
            )
        )
    for shift in (-80, 0, 80):
        steam = f"M{x + shift:.0f} 240 q-30 -36 0 -72 t0 -72"
        parts.append(
            f'<path d="{steam}" fill="none" stroke="#fff" stroke-width="10" stroke-linecap="round" opacity=".6"/>'
        )
    return "".join(parts)


def _books(dice: Random, palette: Palette) -> str:
    parts = []
    for shelf in range(3):
        floor, x = 190 + shelf * 205, 40.0
        while x < WIDTH - 70:
            width, height = dice.uniform(24, 58), dice.uniform(100, 165)
            fill = dice.choice((*palette[2:], "#fffaf0", "#c8553d", "#f2b134"))
            parts.append(
                _rect(x, floor - height, width, height, fill, 4)
                + _rect(x + 6, floor - height + 18, width - 12, 7, palette[0])
            )
            x += width + (dice.uniform(40, 130) if dice.random() < 0.1 else 3)
        parts.append(_rect(20, floor, WIDTH - 40, 16, palette[4], 4))
    return "".join(parts)


def _chess(dice: Random, palette: Palette) -> str:
    parts = [_sun(dice)]
    for row in range(4):
        for column in range(12):
            fill = "#fffaf0" if (row + column) % 2 else palette[3]
            parts.append(_rect(column * 100, 330 + row * 75, 100, 75, fill))
    for number, x in enumerate(sorted(dice.sample(range(80, 1120, 130), 5))):
        base, tall = 520 - (number % 2) * 70, dice.uniform(130, 220)
        fill = "#2b2622" if number % 2 else palette[2]
        parts.append(
            f'<path d="M{x - 52} {base} q52 -40 34 -{tall:.0f} h36 q-18 {tall - 40:.0f} 34 {tall:.0f} z" '
            f'fill="{fill}"/>'
        )
        parts.append(_rect(x - 60, base, 120, 24, fill, 10) + _circle(x, base - tall - 18, 36, fill))
    return "".join(parts)


_SCENES: dict[str, Callable[[Random, Palette], str]] = {
    "hills": _hills,
    "sea": _sea,
    "night": _night,
    "rails": _rails,
    "garden": _garden,
    "city": _city,
    "kitchen": _kitchen,
    "books": _books,
    "chess": _chess,
}
