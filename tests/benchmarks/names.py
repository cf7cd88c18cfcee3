"""How long it takes to find a name among 20,000, beside simpler ways, in one run: python -m tests.benchmarks.names"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from difflib import get_close_matches
from statistics import median

from bot import lexicon
from bot.catalogue import Catalogue
from bot.names import Name

NAMES = 20_000
ROUNDS = 20
SHARE = 20
"""Of the slow way only a part is done, and multiplied."""
_LETTERS = "абвгдежзиклмнопрстуфхцчшщэюя"


def _names() -> list[Name]:
    dice = random.Random(7)  # noqa: S311 - invented names
    made = {"".join(dice.choices(_LETTERS, k=dice.randint(4, 12))) for _ in range(NAMES)}
    return [Name("Франция", 9), Name("Вьетнам", 3), *map(Name, sorted(made))]


def _took(action: Callable[[], object]) -> float:
    """The median of some rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def main() -> None:
    """Print the table."""
    names = _names()
    catalogue = Catalogue(names)
    labels = [name.label for name in names]
    wanted, sample = lexicon.forms("Франции"), labels[: NAMES // SHARE]
    began = time.perf_counter()
    every = [label for label in sample if wanted & lexicon.forms(label)]
    forms_of_all = (time.perf_counter() - began) * 1000 * SHARE
    assert [name.label for name in catalogue.inflected("Франции")] == every
    rows = {
        "exact spelling": (_took(lambda: catalogue.find("франция")), None),
        "a Russian form": (
            _took(lambda: catalogue.inflected("Франции")),
            ("every name in its forms, once", forms_of_all),
        ),
        "a misspelling": (
            _took(lambda: catalogue.similar("Вьетам")),
            ("difflib.get_close_matches", _took(lambda: get_close_matches("вьетам", labels, cutoff=0.75))),
        ),
        "building it again": (_took(lambda: Catalogue(names)), None),
    }
    for what, (took, other) in rows.items():
        beside = f"   {other[0]}: {other[1]:.1f} ms, {other[1] / took:.0f} times as long" if other else ""
        print(f"{what:<24} {took:8.3f} ms{beside}")


if __name__ == "__main__":
    main()
