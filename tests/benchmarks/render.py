"""How much rendering costs: both networks' posts of one article against a plain f-string.

Run as a module from the project's root: `python -m tests.benchmarks.render`. Prints the median of several rounds, in
microseconds of the processor, and the ratio; then the same for a long article and for a round-up of ten.
"""

from __future__ import annotations

import statistics
import sys
import time
import timeit
from collections.abc import Callable
from dataclasses import replace

from bot.model import Article, Image, Outlet, Place, Platform
from bot.render import Style, look_at_roundup, post_for

ROUNDS = 7
CALLS = 300
ARTICLE = Article(
    id="night-trains",
    url="https://digest.example/2031/night-trains",
    headline="Le Rail: ночные поезда возвращаются на старые пути",
    lead="Спальные вагоны снова ходят между Парижем и Ниццей. Билеты раскупили за день, пишет Le Rail. " * 3,
    image=Image("https://digest.example/train.jpg", "Jeanne Martin"),
    outlet=Outlet("Le Rail"),
    original_url="https://rail.example/trains-de-nuit",
    country="Франция",
    tags=("поезда", "Côte d’Azur", "ночные поезда", "Ницца", "Париж", "путешествия"),
    disclaimer="Мнение редакции может не совпадать с мнением издания.",
)
STYLE = Style()
LONG = replace(ARTICLE, lead=f"{ARTICLE.lead} " * 60)
TEN = [replace(ARTICLE, id=str(number), url=f"https://digest.example/{number}") for number in range(10)]
CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")


def rendered() -> None:
    """Both posts, as the program makes them."""
    post_for(ARTICLE, CHANNEL, STYLE)
    post_for(ARTICLE, WALL, STYLE)


def plain() -> tuple[str, str]:
    """Both texts, as the shortest possible program would make them: no limits, no entities, no checks."""
    tags = " ".join(f"#{tag.replace(' ', '_')}" for tag in ARTICLE.tags)
    outlet = ARTICLE.outlet.name if ARTICLE.outlet else ""
    text = f"{ARTICLE.headline}\n\n{ARTICLE.lead}\n\n{ARTICLE.url}\n{outlet}\n\n{ARTICLE.disclaimer}\n\n{tags}"
    return text, f"{text}"


def microseconds(call: Callable[[], object]) -> float:
    """The median cost of one call."""
    rounds = timeit.repeat(call, number=CALLS, repeat=ROUNDS, timer=time.process_time)
    return statistics.median(rounds) / CALLS * 1e6


def long() -> None:
    """Both posts of an article that has to be shortened."""
    post_for(LONG, CHANNEL, STYLE)
    post_for(LONG, WALL, STYLE)


def together() -> None:
    """Both round-ups of ten articles."""
    look_at_roundup(TEN, CHANNEL, STYLE)
    look_at_roundup(TEN, WALL, STYLE)


def main() -> None:
    """Measure and print."""
    least = microseconds(plain)
    for name, call in (("rendered", rendered), ("long", long), ("round-up of ten", together)):
        full = microseconds(call)
        sys.stdout.write(f"{name} {full:.1f} us, plain {least:.2f} us, ratio {full / least:.0f}\n")


if __name__ == "__main__":
    main()
